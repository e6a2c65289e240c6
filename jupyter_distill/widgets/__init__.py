"""Views of a distillation inside notebook cells, one per file, each with a twin in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_distill.distillation import Distillation
    from jupyter_distill.widgets.distillation import DistillationView


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
