"""A tree as an outline: which rows it has, how text wraps in them, and how they read as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports.html import count
from jupyter_distill.exports.says import says

# Beyond this many ends a page of tree is searched, not read.
MOST_LEAVES = 64

# Widths of letters in ems, of the widest sans serif that is common (DejaVu Sans): text that fits
# by these fits in every other.
_EMS = {
    letter: ems
    for ems, letters in (
        (0.31, "ijl|' "),
        (0.41, 'ftr()[]{}I.,:;/\\!-"\N{NO-BREAK SPACE}'),
        (0.55, "sc_?J*"),
        (0.78, "DGHNOQ"),
        (0.85, "<>=+~#^w\N{LESS-THAN OR EQUAL TO}\N{HORIZONTAL ELLIPSIS}"),
        (0.99, "mMW@%&"),
    )
    for letter in letters
}
BOLD = 1.13  # how much wider bold letters are


@dataclass(frozen=True)
class Row:
    """One node of the outline: its number and how many leaves are hidden below it."""

    node: int
    hidden: int


def rows(tree: TreeExplanation) -> tuple[list[Row], int | None]:
    """Return the rows of an outline, top down, and the depth it is folded to (None: whole).

    The fold is at the greatest depth that shows at most `MOST_LEAVES` ends.
    """
    leaf = tree.left < 0
    fold: int | None = None
    if tree.n_leaves > MOST_LEAVES:
        fold = 0
        for depth in range(int(tree.depth.max()) + 1):
            ends = int(((leaf & (tree.depth < depth)) | (tree.depth == depth)).sum())
            if ends > MOST_LEAVES:
                break
            fold = depth
    below = leaves_below(tree)
    found = []
    for node in walk(tree, fold):
        folded = fold is not None and tree.depth[node] == fold and not leaf[node]
        found.append(Row(node, int(below[node]) if folded else 0))
    return found, fold


def walk(tree: TreeExplanation, fold: int | None = None) -> Iterator[int]:
    """Yield the nodes top down, left before right, no deeper than `fold`."""
    waiting = [0]
    while waiting:
        node = waiting.pop()
        yield node
        if tree.left[node] >= 0 and (fold is None or tree.depth[node] < fold):
            waiting += [int(tree.right[node]), int(tree.left[node])]


def leaves_below(tree: TreeExplanation) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return for every node the number of leaves under it; 1 for a leaf."""
    count = (tree.left < 0).astype(np.int64)
    for node in range(len(tree) - 1, 0, -1):  # children come after parents
        count[tree.parent[node]] += count[node]
    return count


def width(text: str, size: float = 13) -> float:
    """Estimate how wide a text is at most, in pixels."""
    return size * sum(_EMS.get(letter) or _ems(letter) for letter in text)


def _ems(letter: str) -> float:
    if ord(letter) > 0x2E80:  # ideographs fill their square
        return 1.05
    return 0.7 if letter.isupper() else 0.63


def wrap(text: str, room: float, size: float = 13) -> list[str]:
    """Break a text into lines that fit; a word longer than a line is broken inside."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and width(lines[-1] + letter, size) > room:
                lines.append("")
            lines[-1] += letter
    return lines


def shorten(text: str, room: float, size: float = 13) -> str:
    """Cut a text to one line, with an ellipsis where something is missing."""
    if width(text, size) <= room:
        return text
    while text and width(text + "\N{HORIZONTAL ELLIPSIS}", size) > room:
        text = text[:-1]
    return text.rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def plain(tree: TreeExplanation) -> str:
    """Return the tree as indented text, for terminals and for readers without pictures."""
    shown, fold = rows(tree)
    lines = []
    node_says = says(tree)
    for row in shown:
        node = row.node
        said = ""
        if tree.left[node] < 0 or row.hidden:
            said = f": {node_says.name(node)} {node_says.share(node)}".rstrip()
        more = f", {row.hidden} leaves folded" if row.hidden else ""
        text = tree.condition(node) or "all rows"
        indent = "    " * int(tree.depth[node])
        lines.append(f"{indent}{text}{said} ({count(float(tree.support[node]))} rows{more})")
    if fold is not None:
        lines.append(f"Folded at depth {fold}; the tree has {tree.n_leaves} leaves.")
    return "\n".join(lines)
