"""Views of a distillation inside notebook cells, one per file, each with a twin in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_distill._optional import Missing

if TYPE_CHECKING:
    from jupyter_distill.distillation import Distillation


def view(d: Distillation) -> Any:
    """Return the view of a distillation: all of it, linked."""
    from jupyter_distill.widgets.distillation import DistillationView

    return DistillationView(d)


def mimebundle(d: Distillation) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a notebook shows for a distillation.

    The view with a static fallback; the fallback alone, saying why, where the view's program has
    not been built, or what draws it is not installed.
    """
    try:
        bundle: tuple[dict[str, Any], dict[str, Any]] = view(d)._repr_mimebundle_()
        return bundle  # with a picture of its own
    except (FileNotFoundError, Missing) as error:
        from jupyter_distill.exports import html, overview
        from jupyter_distill.exports.answers import row_index

        note = html.notes([f"This is a still picture. {error}"])
        inside = note + overview.overview(d, d.explanation(), row_index(d), d.fidelity())
        return {"text/plain": repr(d), "text/html": html.framed(inside)}, {}
