"""What the side panel of JupyterLab asks of a kernel: its distillations, variables and views.

It is asked by the channel of the kernel itself, between two cells. So it computes no figure,
imports nothing heavy, runs no property of a user's object, and leaves no name behind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import jupyter_distill
from jupyter_distill._families import families
from jupyter_distill._optional import Missing, loaded
from jupyter_distill._validation import expected, some
from jupyter_distill._variables import distillations, fitting, own

# Whose rows and columns may be counted: attributes of anybody else's objects are not touched.
_TABLES = {"dask", "numpy", "pandas", "polars", "pyarrow", "scipy", "torch"}
_TREES, _RULES, _SUMS = {"tree"}, {"tree", "rules"}, {"linear", "ebm"}
# What a view shows -> its class, by its public name; None is the whole of them, d.view().
VIEWS: dict[str, str | None] = {
    "whole": None,
    "tree": "TreeView",
    "rules": "RulesView",
    "terms": "TermsView",
    "ladder": "LadderView",
    "disagreements": "DisagreementTable",
    "temperature": "TemperatureSlider",
}
_open: dict[str, Any] = {}  # by model id: what was opened in a tab, and is to be closed with it


class Answer:
    """What is sent back: an object that displays as JSON, and as nothing else."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = dict(content)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {"application/json": self.content, "text/plain": ""}


def answer(question: str) -> Answer:
    """Answer one question of the panel.

    Parameters
    ----------
    question : str
        A JSON object: ``ask`` is one of ``"look"``, ``"variables"``, ``"view"`` and ``"close"``,
        the rest its arguments.
    """
    given = json.loads(question)
    what = given.pop("ask", None)
    if what not in _QUESTIONS:
        raise ValueError(expected(f"one of {some(_QUESTIONS, 9)}", got=repr(what)))
    return Answer(_QUESTIONS[what](**given))


def look() -> dict[str, Any]:
    """Return the distillations by their names, and what the kernel runs on."""
    shell = _shell()
    return {
        **_about_kernel(shell),
        "distillations": [_distillation(*named) for named in _distillations(shell).items()],
    }


def variables() -> dict[str, Any]:
    """Return the variables that may be teacher, rows and truth, and the families of students."""
    shell = _shell()
    taken = own(shell)
    return {
        **_about_kernel(shell),
        "taken": sorted(taken),
        "families": families(),
        **{
            place: [_variable(name, taken[name]) for name in fitting(taken, place)]
            for place in ("teacher", "X", "y")
        },
        "distillations": [_distillation(*named) for named in _distillations(shell).items()],
    }


def view(name: str, kind: str, rows: int | None = None) -> dict[str, Any]:
    """Make a view of a distillation and return what displays it.

    Parameters
    ----------
    name : str
        The variable that holds the distillation.
    kind : str
        One of :data:`VIEWS`.
    rows : int, optional
        How many rows' soft targets it may load.
    """
    from jupyter_distill.exports import payload

    shell = _shell()
    there = _distillations(shell)
    if name not in there:
        remedy = "Run the cell that makes it again."
        raise NameError(expected(f"a distillation named {name}", got="none", remedy=remedy))
    d = there[name]
    kinds = views(d)
    if kind not in kinds:
        raise ValueError(expected(f"one of the views {some(kinds, 9)}", got=repr(kind)))
    door = VIEWS[kind]
    with payload.rows_at_most(rows):
        try:
            shown = d.view() if door is None else getattr(jupyter_distill, door)(d)
        except Missing:  # then there is a still picture of the whole, which says what is missing
            shown = d
    data, metadata = shell.display_formatter.format(shown)
    model = data.get("application/vnd.jupyter.widget-view+json", {}).get("model_id")
    if model is not None:
        _open[model] = shown
    return {"data": data, "metadata": metadata, "model": model, "subject": d.subject}


def close(model: str) -> dict[str, Any]:
    """Close a view whose tab was closed, so that the kernel does not keep it."""
    shown = _open.pop(model, None)
    if shown is not None:
        for part in getattr(shown, "children", ()):
            part.close()
        shown.close()
    return {"closed": shown is not None}


_QUESTIONS: dict[str, Callable[..., dict[str, Any]]] = {
    "look": look,
    "variables": variables,
    "view": view,
    "close": close,
}


def views(d: Any) -> list[str]:
    """Return which views there are of a distillation."""
    only = {"tree": _TREES, "rules": _RULES, "terms": _SUMS}
    return [
        kind
        for kind in VIEWS
        if d.family in only.get(kind, {d.family})
        and not (kind == "temperature" and d.temperature is None)
    ]


def _shell() -> Any:
    ipython = loaded("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        remedy = "Ask in a notebook."
        raise RuntimeError(expected("a running IPython", got="none", remedy=remedy))
    return shell


def _about_kernel(shell: Any) -> dict[str, Any]:
    package = sys.modules[jupyter_distill.__name__]
    names = (name for name, value in shell.user_ns.items() if value is package)
    return {
        "version": jupyter_distill.__version__,
        "python": sys.prefix,
        "missing": [name for name in ("ipywidgets", "anywidget") if not find_spec(name)],
        "alias": min((name for name in names if not name.startswith("_")), key=len, default=None),
    }


def _distillations(shell: Any) -> dict[str, Any]:
    return distillations(own(shell))


def _distillation(name: str, d: Any) -> dict[str, Any]:
    rung = d.rung
    return {
        "name": name,
        "id": id(d),
        "teacher": d.teacher.name,
        "student": d.title,
        "family": d.family,
        "size": d.size,
        "temperature": d.temperature,
        "alpha": d.alpha,
        "measure": "R2" if d.task == "regression" else "agreement",
        "fidelity": [_finite(value) for value in (rung.fidelity, rung.low, rung.high)],
        "rows": d.table.n_rows,
        "findings": [one.severity for one in d.findings],
        "views": views(d),
    }


def _finite(value: float) -> float | None:
    return float(value) if abs(value) < float("inf") else None  # JSON knows no NaN


def _variable(name: str, value: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"name": name, "kind": type(value).__name__, "shape": []}
    if type(value).__module__.partition(".")[0] in _TABLES:
        shape = getattr(value, "shape", ())
        about["shape"] = [int(n) for n in shape if isinstance(n, int)]
    elif type(value) is list:
        about["shape"] = [len(value)]
    return about
