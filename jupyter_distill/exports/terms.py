"""A linear model as lines with bars: how far each term moves a score, and its coefficient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.explanation import Coefficients, TermExplanation
from jupyter_distill.exports import bars, html, theme
from jupyter_distill.exports.html import escape

Floats = NDArray[np.float64]


def terms(explanation: TermExplanation) -> str:
    """Return how an answer comes about, a line per term, and the intercept."""
    ordered = explanation.ordered
    most = max((term.importance for term in ordered), default=0.0) or 1.0
    shown, folded = ordered[: bars.OPEN], ordered[bars.OPEN :]
    start = bars.row("(intercept)", *_beside([""] * len(explanation.scores), explanation.intercept))
    rows = [_head(explanation), *(_line(term, most) for term in shown), start]
    more = ""
    if folded:
        rest = [_head(explanation), *(_line(term, most) for term in folded)]
        summary = (
            f"{len(folded)} more {'term' if len(folded) == 1 else 'terms'}: each moves a score by "
            f"at most {folded[0].importance:.3g}"
        )
        more = f"<details><summary>{summary}</summary>{bars.lines(rest)}</details>"
    about = (
        "What the student says, term by term. A bar: how far the term moves the score, as the "
        "standard deviation over the rows of what it adds; to the left where more of it lowers the "
        "score. The number: the coefficient, in own units."
    )
    if any(term.name.endswith(" is missing") for term in ordered):
        about += (
            " A bar of what is missing compares it with the mean of its column, and so may point "
            "the other way than its coefficient."
        )
    return f'<p>{escape(explanation.reading)}</p><p class="dim">{about}</p>{bars.lines(rows)}{more}'


def _head(explanation: TermExplanation) -> str:
    if len(explanation.scores) == 1:
        return bars.head("term", "", "coefficient")
    heads = "".join(
        f'<th scope="colgroup" colspan="2">{html.dot(k)}{escape(name)}</th>'
        for k, name in enumerate(explanation.scores)
    )
    return f'<tr><th scope="col">term</th>{heads}</tr>'


def _line(term: Coefficients, most: float) -> str:
    several = len(term.moves) > 1
    drawn = [
        bars.bar(float(move), most, theme.colour(k) if several else "var(--jd-accent)")
        for k, move in enumerate(term.moves)
    ]
    return bars.row(escape(term.name), *_beside(drawn, term.values))


def _beside(drawn: list[str], values: Floats) -> list[str | float]:
    """Return bars and numbers in turn."""
    pairs = zip(drawn, values.tolist(), strict=True)
    return [cell for pair in pairs for cell in pair]
