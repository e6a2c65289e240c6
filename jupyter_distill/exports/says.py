"""What a node of a tree says, in words and bars: a class with its share, or a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._shares import percent
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports import theme
from jupyter_distill.exports.html import escape, number

Boxes = Iterable[tuple[float, float, float, str]]  # left, width, how far below the middle, colour
BAR_H = 7
# Where the two bars of a node begin, from the middle of its line: the teacher's above.
TEACHER_Y, STUDENT_Y = -BAR_H - 0.5, 1.0


class Says(Protocol):
    """How nodes are named, coloured and drawn."""

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Colours and what they stand for."""

    @property
    def bars_head(self) -> str:
        """What stands above the bars."""

    @property
    def last_head(self) -> str:
        """What stands above the last column."""

    @property
    def about(self) -> str:
        """What a row shows, for those who do not see it."""

    def name(self, node: int) -> str:
        """Return what the student says."""

    def share(self, node: int) -> str:
        """Return how sure it is; empty for a number."""

    def last(self, node: int) -> str:
        """Return how well that fits the teacher."""

    def colour(self, node: int) -> str:
        """Return the colour of what it says."""

    def boxes(self, node: int, width: float) -> Boxes:
        """Yield the bars of teacher and student."""

    def spoken(self, node: int) -> str:
        """Return the numbers behind the bars."""


def says(tree: TreeExplanation) -> Says:
    """Return how the nodes of a tree speak."""
    return NumbersSay(tree) if tree.error is not None else ClassesSay(tree)


@dataclass(frozen=True, eq=False)
class ClassesSay:
    """Nodes that name a class."""

    tree: TreeExplanation
    last_head = "agreement"

    @property
    def bars_head(self) -> str:
        """Return whose mixes they are."""
        return "{}, {} below".format(*self.tree.names)

    @property
    def about(self) -> str:
        """Return what stands in a row."""
        return (
            "the class mix of {} and {}, the rows that reach it, and the share of them for which "
            "both name the same class"
        ).format(*self.tree.names)

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Return the colours of the classes."""
        return tuple((theme.colour(k), name) for k, name in enumerate(self.tree.classes))

    def _best(self, node: int) -> int:
        return int(self.tree.student[node].argmax())

    def name(self, node: int) -> str:
        """Return the class."""
        return self.tree.classes[self._best(node)]

    def share(self, node: int) -> str:
        """Return its share."""
        return percent(float(self.tree.student[node].max()))

    def last(self, node: int) -> str:
        """Return the agreement."""
        return percent(float(self.tree.agreement[node]))

    def colour(self, node: int) -> str:
        """Return the colour of the class."""
        return theme.colour(self._best(node))

    def boxes(self, node: int, width: float) -> Boxes:
        """Yield a box for every class, teacher above, student below."""
        for mix, y in ((self.tree.teacher, TEACHER_Y), (self.tree.student, STUDENT_Y)):
            shares = np.nan_to_num(mix[node])
            ends = width * np.cumsum(shares)
            for k, (share, end) in enumerate(zip(width * shares, ends, strict=True)):
                if share >= 0.05:
                    yield float(end - share), float(share), y, theme.colour(k)

    def spoken(self, node: int) -> str:
        """Return both mixes."""
        tree = self.tree
        return "; ".join(
            f"{who}: "
            + ", ".join(f"{n} {percent(p)}" for n, p in zip(tree.classes, mix[node], strict=True))
            for who, mix in zip(tree.names, (tree.teacher, tree.student), strict=True)
        )


@dataclass(frozen=True, eq=False)
class NumbersSay:
    """Nodes that give a number; bars stand on the range of all numbers of the tree."""

    tree: TreeExplanation
    last_head = "error (RMS)"

    @property
    def about(self) -> str:
        """Return what stands in a row."""
        return (
            "the mean of {} and {} on the range of all numbers of the tree, the rows that "
            "reach it, and the root mean squared difference between the two on them"
        ).format(*self.tree.names)

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Return the colours of the two."""
        first, second = self.tree.names
        return (("var(--jd-dim)", f"mean of the {first}"), ("var(--jd-accent)", f"the {second}"))

    @property
    def bars_head(self) -> str:
        """Return the range."""
        low, high = span(self.tree)
        return f"{brief(low, low, high)} to {brief(high, low, high)}"

    def _brief(self, value: float) -> str:
        return brief(value, *span(self.tree))

    def name(self, node: int) -> str:
        """Return the number."""
        return self._brief(float(self.tree.student[node, 0]))

    def share(self, node: int) -> str:
        """Return nothing: a number has no share."""
        return ""

    def last(self, node: int) -> str:
        """Return the error."""
        assert self.tree.error is not None
        return self._brief(float(self.tree.error[node]))

    def colour(self, node: int) -> str:
        """Return one colour for all."""
        return "var(--jd-accent)"

    def boxes(self, node: int, width: float) -> Boxes:
        """Yield two bars from the least number of the tree to that of the node."""
        low, high = span(self.tree)
        for values, y, colour in (
            (self.tree.teacher, TEACHER_Y, "var(--jd-dim)"),
            (self.tree.student, STUDENT_Y, "var(--jd-accent)"),
        ):
            value = float(values[node, 0])
            if not np.isnan(value):
                # the least number has a bar too, if a thin one
                yield 0.0, max(1.5, width * (value - low) / (high - low)), y, colour

    def spoken(self, node: int) -> str:
        """Return both means."""
        teacher, student = float(self.tree.teacher[node, 0]), float(self.tree.student[node, 0])
        first, second = self.tree.names
        return f"{first}: {self._brief(teacher)} on average; {second}: {self._brief(student)}"


class Means(Protocol):
    """Nodes or rules of a regression."""

    @property
    def teacher(self) -> NDArray[np.float64]:
        """Mean of the teacher in each, shape (m, 1)."""

    @property
    def student(self) -> NDArray[np.float64]:
        """What the student says in each, shape (m, 1)."""


def span(of: Means) -> tuple[float, float]:
    """Return the least and greatest number that teacher or student say in any of them."""
    values = np.concatenate([of.teacher[:, 0], of.student[:, 0]])
    values = values[np.isfinite(values)]
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def brief(value: float, low: float, high: float) -> str:
    """Write a number with as many decimals as tell numbers of this range apart."""
    if np.isnan(value):
        return "\N{EN DASH}"
    digits = 3 - int(np.floor(np.log10(high - low)))
    if not -9 <= digits <= 6:
        return number(float(f"{value:.4g}"))
    text = f"{value:,.{max(digits, 0)}f}"
    return text.replace(",", "") if abs(value) < 10_000 else text


def bars(says: Says, nodes: Mapping[int, float], left: float, width: float) -> str:
    """Draw the bars of all nodes, one path a colour; `nodes` gives each its height."""
    paths: dict[str, list[str]] = {}
    for node, middle in nodes.items():
        for x, wide, shift, colour in says.boxes(node, width):
            box = f"M{left + x:.1f} {middle + shift:.1f}h{wide:.1f}v{BAR_H}h{-wide:.1f}z"
            paths.setdefault(colour, []).append(box)
    return "".join(f'<path fill="{c}" d="{"".join(d)}"/>' for c, d in paths.items())


def hover(says: Says, node: int, left: float, middle: float, width: float) -> str:
    """Return the numbers behind the bars, said to a pointer and to a screen reader."""
    return (
        f'<rect x="{left}" y="{middle - 9:.1f}" width="{width}" height="18" fill="transparent" '
        f'role="img"><title>{escape(says.spoken(node))}</title></rect>'
    )
