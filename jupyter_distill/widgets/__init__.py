"""Views of a distillation inside notebook cells, one per file, each with a twin in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_distill.explanation import TreeExplanation

if TYPE_CHECKING:
    from jupyter_distill.distillation import Distillation


def view(d: Distillation) -> Any:
    """Return the view of a distillation: linked for a tree, page and table for other students."""
    if isinstance(d.explanation(), TreeExplanation):
        from jupyter_distill.widgets.distillation import DistillationView

        return DistillationView(d)
    from jupyter_distill.widgets._plain import plain_view

    return plain_view(d)


def mimebundle(d: Distillation) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook shows for a distillation.

    The view with a static fallback; the fallback alone, saying why, where the view's program has
    not been built.
    """
    from jupyter_distill.exports import html, overview
    from jupyter_distill.exports.answers import row_index

    live, note = {}, ""
    try:
        shown = view(d)
        if isinstance(d.explanation(), TreeExplanation):
            bundle: tuple[dict[str, Any], dict[str, Any]] = shown._repr_mimebundle_()
            return bundle  # with a picture of its own
        live = shown._repr_mimebundle_()
    except FileNotFoundError as error:
        note = html.notes([f"This is a still picture. {error}"])
    inside = note + overview.overview(d, d.explanation(), row_index(d), d.fidelity())
    return {**live, "text/plain": repr(d), "text/html": html.framed(inside)}, {}
