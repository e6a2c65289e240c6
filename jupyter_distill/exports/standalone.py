"""A drawing as an SVG file of its own: with the style that a page or a cell gives it otherwise."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_distill._validation import target_file
from jupyter_distill.exports import theme

_SVG = re.compile(r"<svg\b[^>]*>.*?</svg>", re.DOTALL)
NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


def write_svg(path: str | Path, picture: str) -> Path:
    """Write the drawing in a picture as one SVG file, light or dark as its reader prefers.

    Parameters
    ----------
    path : str or Path
        Where to; an existing file is replaced.
    picture : str
        HTML that holds the drawing, the first SVG element in it.

    Returns
    -------
    Path
        Where it was written.
    """
    target = target_file(path, "view.svg")
    found = _SVG.search(picture)
    assert found is not None, "a view that is written as SVG draws one"
    drawing = found[0]
    if NAMESPACE not in drawing:
        drawing = drawing.replace("<svg ", f"<svg {NAMESPACE} ", 1)
    # the root has the class that every rule starts at
    ground = "svg.jd{background:var(--jd-bg)}"
    style = f"<style>{theme.variables()}{theme.drawing()}{ground}</style>"
    text = re.sub(r"(<svg\b[^>]*>)", lambda start: start[1] + style, drawing, count=1)
    target.write_text(text, encoding="utf-8")
    return target
