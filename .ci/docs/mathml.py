"""Formulas as MathML, which browsers draw themselves: nothing is loaded, no script runs."""

from __future__ import annotations

from typing import Any

from docutils.nodes import SkipNode
from latex2mathml.converter import convert


def _inline(self: Any, node: Any) -> None:
    self.body.append(convert(node.astext()))
    raise SkipNode


def _block(self: Any, node: Any) -> None:
    drawn = convert(node.astext(), display="block")
    self.body.append(f'<div class="formula">{drawn}</div>')
    raise SkipNode


def setup(app: Any) -> dict[str, Any]:
    """Offer it to Sphinx as ``html_math_renderer = "mathml"``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
