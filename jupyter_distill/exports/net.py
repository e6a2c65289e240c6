"""A net as small tables of bars: what each unit reads and adds, and what goes straight through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from jupyter_distill.explanation import NetExplanation
from jupyter_distill.exports import bars, html, theme
from jupyter_distill.exports.html import escape

NAMED = 3  # columns that a folded part names


def net(explanation: NetExplanation) -> str:
    """Return how an answer comes about, every unit, the direct weights, and what is read."""
    drawing = _Drawing.of(explanation)
    parts = [drawing.unit(name) for name in explanation.units]
    parts += [drawing.straight(answer) for answer in explanation.answers]
    about = (
        "What the student says, weight by weight: as drawn for columns with mean 0 and spread 1, "
        "so that they compare; "
        "\u201cown units\u201d has the same weights for columns as they are (a level is 1 or 0, a "
        "missing value counts as the mean)."
    )
    reads = html.table(
        explanation.frame(),
        caption="What the student reads, and by how much a column moves the answer",
        digits={"importance": 3},
    )
    wide = "minmax(min(400px,100%),1fr)" if drawing.unfolded else "100%"
    style = f"display:grid;grid-template-columns:repeat(auto-fill,{wide});gap:2px 28px"
    if not drawing.unfolded:
        reads = f"<details><summary>What the student reads</summary>{reads}</details>"
    return (
        f"<p>{escape(explanation.reading)}</p>"
        f'<p class="dim">{about}</p><div style="{style}">{"".join(parts)}</div>{reads}'
    )


@dataclass(frozen=True, eq=False)
class _Drawing:
    """A net with the scales of its bars: of sums inside units, and of what is added to answers."""

    net: NetExplanation
    inside: float
    added: float

    @classmethod
    def of(cls, net: NetExplanation) -> _Drawing:
        """Measure the scales."""
        size = net.weights["weight"].abs()
        # constants may be large, and are not drawn
        within = net.weights["part"] == "column to unit"
        outside = net.weights["part"].isin(["unit to answer", "column to answer"])
        return cls(
            net,
            float(size[within].max()) if within.any() else 1.0,
            float(size[outside].max()) if outside.any() else 1.0,
        )

    def unit(self, name: str) -> str:
        """Return what a unit reads and what it adds."""
        into = self.net.of("column to unit", to=name)
        start = self.net.of("constant to unit", to=name)
        adds = self.net.of("unit to answer", source=name)
        rows = [
            bars.head(f"{name} = tanh of the sum of", "", "weight", "own units"),
            *_lines(into["from"], into, self.inside, "var(--jd-accent)"),
            *_lines(start["from"], start, None, "var(--jd-dim)"),
            bars.head(f"{name}, times its weight, adds to", "", "weight", ""),
        ]
        told = list(zip(adds["to"], adds["weight"], strict=True))
        for to, weight in told:
            bar = bars.bar(weight, self.added, self._ink(to))
            rows.append(bars.row(self._dot(to) + escape(to), bar, weight, None))
        most = ", ".join(into["from"].iloc[:NAMED])
        said = ", ".join(f"{bars.signed(weight)} to {to}" for to, weight in told[:NAMED])
        return self._fold(f"{name}: {_columns(len(into))} ({most}); adds {said}", rows)

    def straight(self, answer: str) -> str:
        """Return what columns add to an answer without a unit."""
        direct = self.net.of("column to answer", to=answer)
        start = self.net.of("constant to answer", to=answer)
        rows = [
            bars.head(f"{answer}: direct", "", "weight", "own units"),
            *_lines(direct["from"], direct, self.added, self._ink(answer)),
            *_lines(start["from"], start, None, "var(--jd-dim)"),
        ]
        most = f" ({', '.join(direct['from'].iloc[:NAMED])})" if len(direct) else ""
        return self._fold(f"{answer}: {_columns(len(direct))} direct{most}, constant", rows)

    def _fold(self, summary: str, rows: Iterable[str]) -> str:
        state = " open" if self.unfolded else ""
        return f"<details{state}><summary>{escape(summary)}</summary>{bars.lines(rows)}</details>"

    @property
    def unfolded(self) -> bool:
        """Whether there are few enough weights to be seen at once."""
        return len(self.net.weights) <= bars.OPEN

    def _place(self, answer: str) -> int | None:
        several = len(self.net.answers) > 1
        return self.net.classes.index(answer) if several else None

    def _ink(self, answer: str) -> str:
        place = self._place(answer)
        return "var(--jd-accent)" if place is None else theme.colour(place)

    def _dot(self, answer: str) -> str:
        place = self._place(answer)
        return "" if place is None else html.dot(place)


def _columns(count: int) -> str:
    return f"{count} {'column' if count == 1 else 'columns'}"


def _lines(names: pd.Series, frame: pd.DataFrame, most: float | None, ink: str) -> Iterable[str]:
    for name, weight, own in zip(names, frame["weight"], frame["own"], strict=True):
        bar = "" if most is None else bars.bar(weight, most, ink)
        yield bars.row(escape(name), bar, weight, own)
