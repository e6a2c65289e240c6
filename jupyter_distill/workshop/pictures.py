"""Small grey pictures in a cell, each with a word beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from jupyter_distill.exports.html import escape

PIXEL = 8


@dataclass(frozen=True, repr=False)
class Pictures:
    """Rows of pixels, shown as pictures.

    Parameters
    ----------
    rows : array_like of shape (n, height x width)
        Brightness; the brightest pixel of all is drawn in black.
    captions : sequence, optional
        What stands beneath each.
    shape : tuple of int, default (8, 8)
        Height and width.
    """

    rows: Any
    captions: Sequence[object] = ()
    shape: tuple[int, int] = (8, 8)

    def __repr__(self) -> str:
        said = f": {', '.join(map(str, self.captions))}" if len(self.captions) else ""
        return f"{len(np.asarray(self.rows))} pictures{said}"

    def _repr_html_(self) -> str:
        pixels = np.asarray(self.rows, dtype=float)
        top = float(pixels.max()) or 1.0
        said = [str(caption) for caption in self.captions] or [""] * len(pixels)
        figures = "".join(
            f'<figure style="margin:0;text-align:center">{_drawn(row / top, self.shape)}'
            f'<figcaption style="font-size:12px">{escape(caption)}</figcaption></figure>'
            for row, caption in zip(pixels, said, strict=True)
        )
        return f'<div style="display:flex;flex-wrap:wrap;gap:14px">{figures}</div>'


def _drawn(row: ArrayLike, shape: tuple[int, int]) -> str:
    """Return one picture as SVG, black on white in a dark theme too."""
    height, width = shape
    squares = "".join(
        f'<rect x="{x * PIXEL}" y="{y * PIXEL}" width="{PIXEL}" height="{PIXEL}" '
        f'fill-opacity="{value:.2f}"/>'
        for (y, x), value in np.ndenumerate(np.reshape(row, shape))
        if value > 0
    )
    size = f'width="{width * PIXEL}" height="{height * PIXEL}"'
    return (
        f'<svg {size} role="img" aria-label="a picture of {height} by {width} pixels" '
        f'style="border:1px solid #8884"><rect {size} fill="#fff"/>{squares}</svg>'
    )
