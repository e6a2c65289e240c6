"""Views of a distillation inside notebook cells, one per file, each with a twin in the browser."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_distill.distillation import Distillation
    from jupyter_distill.widgets.disagreement import DisagreementTable
    from jupyter_distill.widgets.distillation import DistillationView
    from jupyter_distill.widgets.temperature import TemperatureSlider
    from jupyter_distill.widgets.tree import TreeView

__all__ = ["DisagreementTable", "DistillationView", "TemperatureSlider", "TreeView"]

_HOME = {
    "DisagreementTable": "disagreement",
    "DistillationView": "distillation",
    "TemperatureSlider": "temperature",
    "TreeView": "tree",
}


def __getattr__(name: str) -> Any:
    # a view is loaded when it is asked for: one that is not built does not stop the others
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def view(d: Distillation) -> DistillationView:
    """Return the linked view of a distillation."""
    from jupyter_distill.widgets.distillation import DistillationView

    return DistillationView(d)


def mimebundle(d: Distillation) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook shows for a distillation.

    The linked view with a static fallback; the fallback alone, saying why, where the view's
    program has not been built.
    """
    try:
        return view(d)._repr_mimebundle_()
    except FileNotFoundError as error:
        from jupyter_distill.exports import html, overview
        from jupyter_distill.exports.answers import row_index

        inside = html.notes([f"This is a still picture. {error}"])
        inside += overview.overview(d, d.explanation(), row_index(d), d.fidelity())
        return {"text/plain": repr(d), "text/html": html.framed(inside)}, {}
