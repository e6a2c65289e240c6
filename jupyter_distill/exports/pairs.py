"""A pair of columns as a small heat map: what it adds where the two meet."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.explanation import Shape
from jupyter_distill.explanation.shapes import Axis
from jupyter_distill.exports import theme
from jupyter_distill.exports.html import count, escape, number

WIDTH, SIDE, HEAD, FOOT = 624, 128, 44, 92
LEGEND = SIDE + 6 * 62  # width of its line
LINE, WIDEST = 20, 72  # height of a cell, and its greatest width
LETTERS = 18  # of a name beside the map
LABELLED = 6  # cells that say their number: those that add or take most
DIGITS = 4  # of a bound beside the map; what is said of a cell has all of them
STRONGEST = 0.6  # opacity up to which text on a cell is readable, light or dark
# style rather than attributes, which the page's own rules for text would overrule
TEXT = "font-size:9px;fill:currentColor"
NUMBER = "font-size:10px;fill:var(--jd-dim)"
NAME = "font-size:11px;fill:var(--jd-dim)"

Places = NDArray[np.intp]


def pair(term: Shape, scores: tuple[str, ...]) -> str:
    """Return a heat map of a term of two columns.

    Of several classes a cell has the colour of the one whose score rises most there.
    """
    down, across = term.axes
    support = term.support.reshape(len(down.bins), len(across.bins))
    rows, columns = np.flatnonzero(support.any(1)), np.flatnonzero(support.any(0))
    wide = min((WIDTH - SIDE) / max(len(columns), 1), WIDEST)
    height = HEAD + LINE * len(rows) + FOOT
    width = min(max(round(SIDE + wide * len(columns)), LEGEND) + 4, WIDTH + 4)
    # of several classes a score has no zero of its own: it counts beside the others
    says = term.scores.argmax(1)
    told = term.scores[np.arange(len(says)), says]
    met = np.flatnonzero(term.support > 0)
    top = float(np.abs(told[met]).max(initial=0)) or 1.0
    most = met[np.argsort(-np.abs(told[met]), kind="stable")[:LABELLED]]
    said = "; ".join(f"{term.bins[b]}: {_all(term, scores, int(b))}" for b in most)
    drawn = [
        f'<text x="0" y="13" fill="currentColor">{escape(term.name)}</text>',
        *_legend(top, len(scores) > 1),
        *_names(down, across, rows, columns, wide),
    ]
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            b = int(row * len(across.bins) + column)
            x, y = SIDE + wide * j, HEAD + LINE * i
            ink = theme.colour(int(says[b])) if len(scores) > 1 else _ink(told[b])
            drawn.append(_cell(term, scores, b, (x, y, wide), ink, abs(told[b]) / top))
            if b in most and wide >= 28:
                drawn.append(
                    f'<text x="{x + wide / 2:.1f}" y="{y + 14}" text-anchor="middle" '
                    f'style="{TEXT}" pointer-events="none">'
                    f"{told[b]:+.2f}</text>"
                )
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(term.name)}: {escape(said)}" style="font-size:12px">'
        f"{''.join(drawn)}</svg>"
    )


def _ink(value: float) -> str:
    return "var(--jd-accent)" if value >= 0 else "var(--jd-warn)"


def _all(term: Shape, scores: tuple[str, ...], b: int) -> str:
    told = zip(scores, term.scores[b], strict=True)
    return ", ".join(f"{name} {value:+.2f}" for name, value in told)


def _cell(
    term: Shape,
    scores: tuple[str, ...],
    b: int,
    place: tuple[float, float, float],
    ink: str,
    share: float,
) -> str:
    x, y, wide = place
    met = term.support[b] > 0
    # of cells without rows nothing is shown, but what would be added there can be asked
    fill = f'fill="{ink}" fill-opacity="{STRONGEST * min(share, 1):.3f}"'
    if not met:
        fill = 'fill="var(--jd-shade)" fill-opacity="0.4" stroke-dasharray="1 3"'
    title = f"{term.bins[b]} ({count(term.support[b])} rows): {_all(term, scores, b)}"
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{LINE}" {fill} '
        f'stroke="var(--jd-line)" stroke-width="0.5"><title>{escape(title)}</title></rect>'
    )


def _legend(top: float, several: bool) -> Iterator[str]:
    """Show which number is how strong a colour."""
    shares = (0.0, 0.5, 1.0) if several else (-1.0, -0.5, 0.0, 0.5, 1.0)
    for i, share in enumerate(shares):
        x = SIDE + 62 * i
        ink = "var(--jd-dim)" if several else _ink(share)
        yield (
            f'<rect x="{x}" y="22" width="14" height="12" fill="{ink}" '
            f'fill-opacity="{STRONGEST * abs(share):.2f}" stroke="var(--jd-line)"/>'
            f'<text x="{x + 18}" y="32" style="{NUMBER}">'
            f"{share * top:+.2f}</text>"
        )
    x = SIDE + 62 * len(shares)
    yield (
        f'<rect x="{x}" y="22" width="14" height="12" fill="var(--jd-shade)" fill-opacity="0.4" '
        'stroke="var(--jd-edge)" stroke-dasharray="1 2"/>'
        f'<text x="{x + 18}" y="32" style="{NUMBER}">no rows</text>'
    )


def _names(down: Axis, across: Axis, rows: Places, columns: Places, wide: float) -> Iterator[str]:
    yield (
        f'<text x="{SIDE - 6}" y="{HEAD - 6}" text-anchor="end" '
        f'style="{NAME}">{escape(down.name[:LETTERS])}</text>'
    )
    for i, row in enumerate(rows):
        yield (
            f'<text x="{SIDE - 6}" y="{HEAD + LINE * i + 14}" text-anchor="end" '
            f'style="{NAME}">{escape(bin_text(down, int(row)))}</text>'
        )
    bottom = HEAD + LINE * len(rows) + 12
    for j, column in enumerate(columns):
        x = SIDE + wide * (j + 0.5) + 4
        yield (
            f'<text transform="translate({x:.1f},{bottom}) rotate(-40)" text-anchor="end" '
            f'style="{NAME}">{escape(bin_text(across, int(column)))}</text>'
        )
    yield (
        f'<text x="0" y="{bottom + FOOT - 20}" style="{NAME}">across: {escape(across.name)}</text>'
    )


def bin_text(axis: Axis, b: int) -> str:
    """Return a bin in few letters, without the name of its column."""
    low, high = float(axis.low[b]), float(axis.high[b])
    if np.isnan(low):
        text = axis.bins[b].removeprefix(f"{axis.name} is ").replace("another value", "other")
        return text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}\N{HORIZONTAL ELLIPSIS}"
    if np.isinf(low):
        return "any" if np.isinf(high) else f"\N{LESS-THAN OR EQUAL TO} {_rounded(high)}"
    if np.isinf(high):
        return f"> {_rounded(low)}"
    return f"{_rounded(low)} to {_rounded(high)}"


def _rounded(value: float) -> str:
    return number(float(f"{value:.{DIGITS}g}"))
