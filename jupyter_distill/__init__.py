"""Distil a model nobody can read into one that people can, inside Jupyter.

>>> import jupyter_distill as jd
>>> d = jd.distill(model, X, y)  # doctest: +SKIP
>>> d  # doctest: +SKIP

Names are loaded when first used, so that ``import jupyter_distill`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# public name -> module that defines it
_HOME = {
    "distill": "distillation",
    "check_teacher": "checks",
    "load": "saving",
    "Distillation": "distillation",
    "as_teacher": "teachers",
    "soften": "targets",
    "soft_targets": "targets.asking",
    "Store": "targets.store",
    "SoftTargets": "targets",
    "CompositeLoss": "targets",
    "Constraints": "constraints",
    "Expectations": "expectations",
    "Table": "data",
    "Files": "data.files",
    "TreeStudent": "students.tree",
    "TreeRegressionStudent": "students.tree",
    "RulesStudent": "students.rules",
    "RulesRegressionStudent": "students.rules",
    "LinearStudent": "students.linear",
    "LinearRegressionStudent": "students.linear",
    "EbmStudent": "students.ebm",
    "EbmRegressionStudent": "students.ebm",
    "NetStudent": "students.net",
    "NetRegressionStudent": "students.net",
    "TreeView": "widgets.tree",
    "RulesView": "widgets.rules",
    "TermsView": "widgets.terms",
    "DisagreementTable": "widgets.disagreement",
    "TemperatureSlider": "widgets.temperature",
    "LadderView": "widgets.ladder",
    "AuditView": "widgets.audit",
    "CertificateView": "widgets.certificate",
    "doctor": "doctor",
}
__all__ = list(_HOME)  # noqa: PLE0604 - the keys are names


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"jupyter_distill.{_HOME[name]}"), name)
        globals()[name] = value  # also replaces a submodule of the same name, e.g. `doctor`
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


def load_ipython_extension(ipython: Any) -> None:
    """Add the ``%distill`` magic: called by ``%load_ext jupyter_distill``."""
    import_module("jupyter_distill.magics").load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Take the magic away again: called by ``%unload_ext jupyter_distill``."""
    import_module("jupyter_distill.magics").unload(ipython)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-distill"}]
