"""A student tree as a drawing: no script, light and dark, readable by people and screen readers."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports import outline
from jupyter_distill.exports.html import count, escape, share_html
from jupyter_distill.exports.says import Says, bars, hover
from jupyter_distill.exports.says import says as says_of

WIDTH = 960
TOP, LINE, PAD, STEP = 34, 17, 13, 18
# right edges and widths of the columns beside the outline
ANSWER_X, SHARE_X = 412, 602
BAR_X, BAR_W = 618, 136
ROWS_X, PART_X, AGREE_X = 826, 872, 948


def tree_svg(tree: TreeExplanation) -> str:
    """Draw a tree as an outline: one row per node, its condition written out in full.

    It takes its colours from the frame around it (:func:`~jupyter_distill.exports.html.framed`).
    A tree that is too large to read is folded, and says so.

    Parameters
    ----------
    tree : TreeExplanation
        What to draw.
    """
    shown, fold = outline.rows(tree)
    texts = [
        outline.wrap(tree.condition(r.node) or "all rows", _room(int(tree.depth[r.node])))
        for r in shown
    ]
    node_says = says_of(tree)
    legend, legend_height = _legend(node_says)
    head = legend_height + TOP
    heights = [
        LINE * (len(lines) + bool(r.hidden)) + PAD for lines, r in zip(texts, shown, strict=True)
    ]
    tops = head + np.concatenate([[0], np.cumsum(heights)])
    # a node's dot stands in the middle of its first line
    y = {r.node: float(tops[i]) + PAD / 2 + LINE / 2 for i, r in enumerate(shown)}
    body = [legend, _heads(head, node_says, tree.names[1]), _stripes(tops), _edges(tree, y)]
    body.append(bars(node_says, y, BAR_X, BAR_W))
    for row, lines in zip(shown, texts, strict=True):
        body.append(_row(tree, node_says, row, lines, y[row.node]))
    height = float(tops[-1]) + 8
    if fold is not None:
        height += 24
        body.append(
            f'<text class="d s" x="12" y="{height - 12:.0f}">Folded at depth {fold}: '
            f"{sum(not r.hidden and tree.left[r.node] < 0 for r in shown)} of {tree.n_leaves} "
            "leaves are drawn, the others are counted where they hang.</text>"
        )
    second = tree.names[1]
    about = (
        f"{tree.n_leaves} leaves on {count(float(tree.support[0]))} rows. Each row of the outline "
        f"is a node: its condition, what the {second} says, {node_says.about}: all rows, also "
        f"those that the {second} learnt from."
    )
    return _frame("".join(body), height, about, f"The {second}, a decision tree")


def _frame(body: str, height: float, about: str, title: str) -> str:
    name = "jd" + blake2b(body.encode(), digest_size=5).hexdigest()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="jd" role="graphics-document document" '
        f'aria-labelledby="{name}t {name}d" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}" style="max-width:100%;min-width:860px;height:auto">'
        f'<title id="{name}t">{escape(title)}</title><desc id="{name}d">{escape(about)}</desc>'
        f"{body}</svg>"
    )


def _x(depth: int) -> float:
    # very deep trees are indented less, so that the text keeps its room
    return 18 + STEP * min(depth, 12)


def _room(depth: int) -> float:
    return ANSWER_X - 14 - (_x(depth) + 12)


def _legend(says: Says) -> tuple[str, int]:
    """Return the colours with what they stand for, and the height that they take."""
    parts, x, y = [], 12.0, 20
    for ink, name in says.legend:
        text = outline.shorten(name, 200, 12)
        if x > 12 and x + 30 + outline.width(text, 12) > WIDTH:
            x, y = 12.0, y + 20
        parts.append(
            f'<rect x="{x:.0f}" y="{y - 9}" width="9" height="9" rx="2" fill="{ink}"/>'
            f'<text class="s" x="{x + 14:.0f}" y="{y}">{escape(text)}</text>'
        )
        x += 30 + outline.width(text, 12)
    return "".join(parts), y + 6


def _heads(y: float, says: Says, second: str) -> str:
    heads = (
        (12, "", "condition"),
        (ANSWER_X, "", f"{second} says"),
        (BAR_X, "", escape(says.bars_head)),
        (PART_X, " e", "rows"),
        (AGREE_X, " e", f'{says.last_head},<tspan x="{AGREE_X}" dy="14"> all rows</tspan>'),
    )
    return "".join(
        f'<text class="d s{side}" x="{x}" y="{y - (24 if "<" in text else 10):.0f}">{text}</text>'
        for x, side, text in heads
    )


def _stripes(tops: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    lines = "".join(f"M8 {y:.1f}H{WIDTH - 8}" for y in tops[:-1])
    return f'<path class="h" style="opacity:.6" d="{lines}"/>'


def _edges(tree: TreeExplanation, y: dict[int, float]) -> str:
    """Draw every edge as an elbow, as wide as the share of rows that take it."""
    parts = []
    for node in sorted(y, key=lambda n: -tree.support[n]):
        parent = int(tree.parent[node])
        if parent < 0:
            continue
        share = tree.support[node] / max(tree.support[0], 1)
        start, end = _x(int(tree.depth[parent])), _x(int(tree.depth[node]))
        parts.append(
            f'<path class="w" stroke-width="{1.2 + 4.8 * share:.1f}" '
            f'd="M{start:.0f} {y[parent] + 4:.1f}V{y[node]:.1f}H{end:.0f}"/>'
        )
    return "".join(parts)


def _row(tree: TreeExplanation, says: Says, row: outline.Row, lines: list[str], y: float) -> str:
    node, leaf = row.node, bool(tree.left[row.node] < 0)
    x = _x(int(tree.depth[node]))
    fill = says.colour(node) if leaf else "var(--jd-bg)"
    ring = says.colour(node) if leaf else "var(--jd-dim)"
    down = y + 4.5
    text = "".join(
        f'<text x="{x + 12:.0f}" y="{down + LINE * i:.1f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    if row.hidden:
        text += (
            f'<text class="d s" x="{x + 12:.0f}" y="{down + LINE * len(lines):.1f}">'
            f"+ {row.hidden} leaves below</text>"
        )
    name = says.name(node)
    # bold letters are wider than the estimate
    short = outline.shorten(name, (SHARE_X - ANSWER_X - 50) / outline.BOLD)
    full = f"<title>{escape(name)}</title>" if short != name else ""
    weight = "b" if leaf else "d"
    return (
        f'<circle cx="{x:.0f}" cy="{y:.1f}" r="4" stroke-width="1.5" '
        f'fill="{fill}" stroke="{ring}"/>'
        f"{text}"
        f'<text class="{weight}" x="{ANSWER_X}" y="{down:.1f}">{full}{escape(short)}</text>'
        f'<text class="{weight} e" x="{SHARE_X}" y="{down:.1f}">{escape(says.share(node))}</text>'
        f"{hover(says, node, BAR_X, y, BAR_W)}"
        f'<text class="s e" x="{ROWS_X}" y="{down:.1f}">{count(float(tree.support[node]))}</text>'
        f'<text class="d s e" x="{PART_X}" y="{down:.1f}">{share_html(_share(tree, node))}</text>'
        f'<text class="s e" x="{AGREE_X}" y="{down:.1f}">'
        f"{escape(says.last(node))}</text>"
    )


def _share(tree: TreeExplanation, node: int) -> float:
    return float(tree.support[node] / tree.support[0]) if tree.support[0] else float("nan")
