"""Small drawings of the shapes of an EBM: one per term, all on the same scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.explanation import Shape, ShapeExplanation
from jupyter_distill.exports import bars, html, theme
from jupyter_distill.exports.html import escape, number
from jupyter_distill.exports.outline import shorten, width
from jupyter_distill.exports.pairs import pair

WIDTH, HEIGHT, HEAD, FOOT = 300, 96, 20, 16
SIZE = 12  # of letters
NAMES = 166  # width of names of values; bars begin right of them
GAP = 12  # between the name of a term and its span


def shapes(explanation: ShapeExplanation) -> str:
    """Return how an answer comes about and all terms as drawings, the most important first."""
    one = [term for term in explanation.terms if term.kind != "pair"]
    top = max((float(np.abs(term.scores).max(initial=0)) for term in one), default=0.0) or 1.0
    panels = "".join(
        f'<div class="scroll">{pair(term, explanation.scores)}</div>'
        if term.kind == "pair"
        else _panel(term, explanation, top)
        for term in explanation.terms
    )
    return (
        f"<p>{escape(explanation.reading)} {_start(explanation)}</p>"
        f'<p class="dim">{_about(explanation, one, top)}</p>'
        f'<div style="display:flex;flex-wrap:wrap;gap:12px 24px">{panels}</div>'
    )


def _start(explanation: ShapeExplanation) -> str:
    """Say what the sum starts from; of several classes this is the key to their colours too."""
    starts = [bars.signed(value) for value in explanation.intercept.tolist()]
    if len(starts) == 1:
        return f"It starts from the intercept, {starts[0]}."
    each = ", ".join(
        f'<span style="white-space:nowrap">{html.dot(k)}{escape(name)} {start}</span>'
        for k, (name, start) in enumerate(zip(explanation.scores, starts, strict=True))
    )
    return f"It starts from the intercept: {each}."


def _about(explanation: ShapeExplanation, one: list[Shape], top: float) -> str:
    """Say how the drawings of single columns are read."""
    if not one:
        return "What the student says, drawn pair by pair of columns."
    to = "the score of each class" if len(explanation.scores) > 1 else explanation.scores[0]
    text = (
        f"What the student says, term by term: what a column adds to {escape(to)}, all on one "
        f"scale from {_written(-top, top)} to {_written(top, top)}; beside its name how far "
        "its own curve or bars go."
    )
    dots = any(
        bin_.endswith("is missing") and rows > 0
        for term in one
        if _numeric(term)
        for bin_, rows in zip(term.bins, term.support, strict=True)
    )
    text += " A dot: missing." if dots else ""
    return text + (" Pairs have scales of their own." if len(one) < len(explanation.terms) else "")


def _bounded(term: Shape) -> NDArray[np.bool_]:
    """Return which bins are intervals of a number: those that a curve runs through."""
    return np.asarray(np.isfinite(term.low) | np.isfinite(term.high))


def _numeric(term: Shape) -> bool:
    return bool(_bounded(term).any())


def _written(value: float, top: float) -> str:
    """Write a number with as many decimals as the largest needs for three digits, at most two."""
    decimals = 2 if top >= 1 else 2 + max(0, int(-np.floor(np.log10(top))) - 1)
    return f"{value:+.{decimals if top < 1_000 else 0}f}"


def _panel(term: Shape, explanation: ShapeExplanation, top: float) -> str:
    numeric = _numeric(term)
    lines = list(_steps(term, top) if numeric else _bars(term, explanation, top))
    height = HEIGHT if numeric else HEAD + 16 * len(term.scores) + 4
    said = "; ".join(
        f"{bin_}: {', '.join(_written(v, top) for v in scores)}"
        for bin_, scores in zip(term.bins[:20], term.scores[:20], strict=True)
    )
    drawn = term.scores[_bounded(term)] if numeric else term.scores
    span = f"{_written(drawn.min(), top)} to {_written(drawn.max(), top)}"
    name = shorten(term.name, WIDTH - width(span, SIZE) - GAP, SIZE)
    whole = f"<title>{escape(term.name)}</title>" if name != term.name else ""
    return (
        f'<svg width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(term.name)}: {escape(said)}" '
        f'style="max-width:100%">'
        f'<text class="s" x="0" y="13">{escape(name)}{whole}</text>'
        f'<text class="d s e" x="{WIDTH}" y="13">{span}</text>{"".join(lines)}</svg>'
    )


def _steps(term: Shape, top: float) -> Iterator[str]:
    """Draw a step for every bin between the outermost bounds, and a dot for missing values."""
    known = _bounded(term)
    low, high = term.low[known], term.high[known]
    bounds = np.concatenate([low[np.isfinite(low)], high[np.isfinite(high)]])
    first, last = float(bounds.min()), float(bounds.max())
    room = (last - first) * 0.08 or 1.0
    left, right = np.maximum(low, first - room), np.minimum(high, last + room)
    left = np.where(np.isfinite(low), left, first - room)
    right = np.where(np.isfinite(high), right, last + room)
    inner = WIDTH - 24
    x0 = inner * (left - first + room) / (last - first + 2 * room)
    x1 = inner * (right - first + room) / (last - first + 2 * room)
    middle = HEAD + (HEIGHT - HEAD - FOOT) / 2
    unit = (HEIGHT - HEAD - FOOT) / 2 / top
    yield f'<line x1="0" x2="{WIDTH}" y1="{middle}" y2="{middle}" stroke="var(--jd-line)"/>'
    for j, scores in enumerate(term.scores.T):
        ink = theme.colour(j) if term.scores.shape[1] > 1 else "var(--jd-accent)"
        y = middle - unit * scores[known]
        path = " ".join(
            f"{'M' if i == 0 else 'L'}{a:.1f},{at:.1f} L{b:.1f},{at:.1f}"
            for i, (a, b, at) in enumerate(zip(x0, x1, y, strict=True))
        )
        yield f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.5"/>'
        for bin_, score, rows in zip(term.bins, term.scores[:, j], term.support, strict=True):
            if bin_.endswith("is missing") and rows > 0:
                at = middle - unit * float(score)
                yield f'<circle cx="{WIDTH - 10}" cy="{at:.1f}" r="3" fill="{ink}">'
                yield f"<title>{escape(bin_)}: {_written(score, top)}</title></circle>"
    for x, anchor, value in ((0, "start", first), (inner, "end", last)):
        yield (
            f'<text class="d s" x="{x}" y="{HEIGHT - 3}" text-anchor="{anchor}">'
            f"{escape(number(value))}</text>"
        )


def _bars(term: Shape, explanation: ShapeExplanation, top: float) -> Iterator[str]:
    """Draw a bar for every value of a category."""
    room = (WIDTH - NAMES) / 2
    middle, unit = NAMES + room, room / top
    for line, (bin_, scores) in enumerate(zip(term.bins, term.scores, strict=True)):
        y = HEAD + 16 * line
        value = bin_.removeprefix(f"{term.name} ").removeprefix("is ")
        name = shorten(value, NAMES - 4, SIZE)
        whole = f"<title>{escape(value)}</title>" if name != value else ""
        yield f'<text class="d s" x="0" y="{y + 11}">{escape(name)}{whole}</text>'
        thick = 10 / len(scores)
        for j, score in enumerate(scores):
            ink = theme.colour(j) if len(scores) > 1 else "var(--jd-accent)"
            width = abs(float(score)) * unit
            x = middle - (width if score < 0 else 0)
            yield (
                f'<rect x="{x:.1f}" y="{y + 2 + thick * j:.1f}" width="{width:.1f}" '
                f'height="{thick:.1f}" fill="{ink}"><title>{escape(bin_)}: '
                f"{escape(explanation.scores[j])} {_written(score, top)}</title></rect>"
            )
    bottom = HEAD + 16 * len(term.bins)
    yield f'<line x1="{middle}" x2="{middle}" y1="{HEAD}" y2="{bottom}" stroke="var(--jd-line)"/>'
