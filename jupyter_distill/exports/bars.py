"""Lines of tables with a bar: to the right for what is added, to the left for what is taken."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_distill.exports.html import escape

WIDTH, HEIGHT = 100, 10
OPEN = 60  # lines up to which everything stands unfolded


def head(name: str, *titles: str) -> str:
    """Return the line with titles; a column of bars has none."""
    heads = "".join(
        f'<th scope="col" class="num">{escape(title)}</th>' if title else "<td></td>"
        for title in titles
    )
    return f'<tr><th scope="col">{escape(name)}</th>{heads}</tr>'


def row(name: str, *cells: str | float | None) -> str:
    """Return a line; `name` and texts are HTML already, numbers are written here."""
    return f"<tr><td>{name}</td>{''.join(map(_cell, cells))}</tr>"


def _cell(cell: str | float | None) -> str:
    if isinstance(cell, str):
        return f"<td>{cell}</td>"
    return f'<td class="num">{"" if cell is None else signed(cell)}</td>'


def lines(rows: Iterable[str]) -> str:
    """Return a table that scrolls by itself."""
    return f'<div class="scroll"><table><tbody>{"".join(rows)}</tbody></table></div>'


def signed(value: float) -> str:
    """Write a number with three digits that count and its sign."""
    size = abs(value)
    if 1e-4 <= size < 1e6:
        decimals = 2 - int(f"{size:.2e}".partition("e")[2])
        text = f"{round(size, decimals):.{max(decimals, 0)}f}"
    else:
        text = f"{size:.3g}"
    return ("\N{MINUS SIGN}" if value < 0 else "+") + text


def bar(value: float, most: float, ink: str) -> str:
    """Draw a bar to the right of the middle, or to the left for what is below 0."""
    middle = WIDTH / 2
    width = middle * abs(value) / most
    left = middle - (width if value < 0 else 0)
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT + 4}" viewBox="0 0 {WIDTH} {HEIGHT + 4}" '
        f'aria-hidden="true"><rect x="{left:.1f}" y="2" width="{width:.1f}" height="{HEIGHT}" '
        f'fill="{ink}"/><path d="M{middle} 0V{HEIGHT + 4}" stroke="var(--jd-edge)"/></svg>'
    )
