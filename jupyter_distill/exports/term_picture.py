"""Terms as still drawings: both models along a column, and how many rows there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.explanation import Shape
from jupyter_distill.exports import marks, overview, theme
from jupyter_distill.exports.axes import Scale, round_levels
from jupyter_distill.exports.bars import signed
from jupyter_distill.exports.drawn_terms import Drawn
from jupyter_distill.exports.html import count, escape, number
from jupyter_distill.exports.marks import INK, STUDENT, TEACHER
from jupyter_distill.exports.pairs import pair
from jupyter_distill.exports.term_model import Overlay, TermModel
from jupyter_distill.exports.term_state import sum_of

Floats = NDArray[np.float64]

WIDTH, LEFT, RIGHT, HEAD = 640, 62, 24, 30
TALL, STRIP, FOOT = 190, 34, 40  # of the curve, of the density below it, of what is written there
MISSING = 76  # room at the right for rows whose value is missing
NAMES, LINE = 190, 22  # of bars: width of their names, and height of each
APART = 26  # between two terms


def page(model: TermModel, term: int | None, score: int, row: int | None) -> str:
    """Return the whole student, and before it the chosen term and what it adds for a row."""
    parts = []
    if row is not None:
        parts.append(f"<p>{escape(sum_of(model, row, score))}</p>")
    if term is not None:
        parts.append(picture(model, [term], score, row))
    return f"{''.join(parts)}{overview.student(model.explanation)}"


def picture(model: TermModel, terms: Iterable[int], score: int, row: int | None) -> str:
    """Return some terms one below the other, as one drawing.

    Parameters
    ----------
    model : TermModel
        Whose terms.
    terms : iterable of int
        Which.
    score : int
        What they add to.
    row : int or None
        A row whose place is marked.
    """
    reasons = None if row is None else model.reasons(row)
    drawn, told, y = [], [], 0.0
    for t in terms:
        place = None if reasons is None else float(reasons.at[t])
        body, high = _term(model, t, score, place)
        drawn.append(f'<g transform="translate(0 {y:.0f})">{body}</g>')
        told.append(_aloud(model.terms[t], score))
        y += high + APART
    title = f"What each term adds to the {_what(model, score)}"
    if not drawn:
        drawn, y = (
            [marks.cut("The student has no term: it says the same of all rows.", WIDTH, 0, 16)],
            30,
        )
    inside = f'<g style="color:var(--jd-text)">{"".join(drawn)}</g>'
    return marks.picture(title, " ".join(told), inside, WIDTH, y)


def _what(model: TermModel, score: int) -> str:
    name = model.explanation.scores[score]
    return f"score of {name}" if len(model.intercept) > 1 else name


def _aloud(drawn: Drawn, score: int) -> str:
    scores = drawn.scores[:, score]
    if drawn.numeric:
        return (
            f"{drawn.name} from {number(drawn.edges[0])} to {number(drawn.edges[-1])}: adds "
            f"{signed(scores[0])} at first, {signed(scores[-1])} at last, between "
            f"{signed(scores.min())} and {signed(scores.max())}."
        )
    if drawn.kind == "pair":
        return f"{drawn.name}: adds {signed(scores.min())} to {signed(scores.max())}."
    each = ", ".join(
        f"{name} {signed(value)}" for name, value in zip(drawn.names[0], scores, strict=True)
    )
    return f"{drawn.name}: {each}."


def _ink(model: TermModel, score: int) -> str:
    return theme.colour(score) if len(model.intercept) > 1 else INK[STUDENT]


def _term(model: TermModel, t: int, score: int, place: float | None) -> tuple[str, float]:
    """Return one term and how tall it is."""
    drawn, overlay = model.terms[t], model.overlay(t)
    if drawn.kind == "pair":
        shape = next(
            s
            for s in model.explanation.terms
            if isinstance(s, Shape) and s.features == drawn.features
        )
        svg = pair(shape, model.explanation.scores)
        start, inside = svg.removesuffix("</svg>").split(">", 1)
        high = float(start.split(' height="')[1].split('"')[0])
        return f'<g style="font-size:12px">{inside}</g>', high
    head = marks.cut(drawn.name, WIDTH * 0.5, 0, 14, "b s")
    about = f"adds to the {_what(model, score)}"
    if drawn.kind == "line" and len(drawn.coefficients):
        of = next((c for c in drawn.coefficients if c.name == drawn.name), None)
        about = "" if of is None else f"{signed(of.values[score])} for each 1 more"
    head += f'<text class="d s e" x="{WIDTH}" y="14">{escape(about)}</text>'
    if not drawn.numeric:
        teacher = model.on_bars(t)
        at = None if teacher is None else teacher[:, score]
        body, high = _bars(drawn, drawn.scores[:, score], at, _ink(model, score), place)
    else:
        body, high = _curve(drawn, overlay, score, _ink(model, score), place)
    if overlay is not None and model.d is not None:
        items = [
            ("line" if drawn.numeric else "bar", _ink(model, score), f"student: {model.d.title}"),
            ("dash" if drawn.numeric else "diamond", INK[TEACHER], f"teacher: {overlay.said}"),
        ]
        legend, end = marks.legend(items, 0, high + 12, WIDTH)  # type: ignore[arg-type]
        return head + body + legend, end + 6
    return head + body, high


def _curve(
    drawn: Drawn, overlay: Overlay | None, score: int, ink: str, place: float | None
) -> tuple[str, float]:
    lost = drawn.missing is not None
    right = WIDTH - RIGHT - (MISSING if lost else 0)
    low, high = float(drawn.edges[0]), float(drawn.edges[-1])
    if low == high:
        low, high = low - 0.5, high + 0.5
    x = Scale(low, high, LEFT, right)
    levels = [0.0, *drawn.scores[:, score]]
    if drawn.missing is not None:
        levels.append(drawn.missing[score])
    if overlay is not None:
        levels += overlay.scores[:, score].tolist()
    ticks = round_levels(min(levels), max(levels))
    y = Scale(ticks[0], ticks[-1], HEAD + TALL, HEAD)
    parts = [*_grid(ticks, y, right), *_density(drawn, x)]
    parts.append(
        f'<path d="{_path(drawn, score, x, y)}" fill="none" stroke="{ink}" stroke-width="2"/>'
    )
    if overlay is not None:
        known = overlay.known
        at = [
            (x(v), y(s))
            for v, s in zip(overlay.values[known], overlay.scores[known, score], strict=True)
        ]
        if at:
            line = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in at)
            parts.append(
                f'<path d="{line}" fill="none" stroke="{INK[TEACHER]}" stroke-width="1.5" '
                'stroke-dasharray="5 3"/>'
            )
        parts += [marks.mark("diamond", a, b, INK[TEACHER]) for a, b in at]
    middle = WIDTH - MISSING / 2
    if drawn.missing is not None:
        parts.append(marks.mark("dot", middle + 7, y(float(drawn.missing[score])), ink, "missing"))
        if overlay is not None and not overlay.known.all():
            said = float(overlay.scores[~overlay.known, score][0])
            parts.append(
                marks.mark("diamond", middle - 7, y(said), INK[TEACHER], "missing, teacher")
            )
        told = "" if np.isnan(drawn.n_missing) else f", {count(drawn.n_missing)}"
        parts.append(
            f'<text class="d s m" x="{middle:.0f}" y="{HEAD + TALL + STRIP + 24}">'
            f"missing{told}</text>"
        )
    if place is not None:
        a = middle if np.isnan(place) else x(place)
        parts.append(
            f'<path d="M{a:.1f} {HEAD}v{TALL}" stroke="var(--jd-alert)" stroke-width="1.5" '
            'stroke-dasharray="2 3"/>'
        )
    base = HEAD + TALL + STRIP + 8
    for value in [v for v in round_levels(low, high) if low <= v <= high] or [low, high]:
        text = escape(number(float(f"{value:.10g}")))
        parts.append(f'<text class="d s m" x="{x(value):.1f}" y="{base + 16}">{text}</text>')
    return "".join(parts), base + FOOT - 18


def _path(drawn: Drawn, score: int, x: Scale, y: Scale) -> str:
    levels = drawn.scores[:, score]
    if drawn.kind == "line":
        ends = zip(drawn.edges, levels, strict=True)
        return "M" + "L".join(f"{x(a):.1f} {y(b):.1f}" for a, b in ends)
    moves = []
    for left, right, level in zip(drawn.edges[:-1], drawn.edges[1:], levels, strict=True):
        moves.append(f"{x(left):.1f} {y(level):.1f}L{x(right):.1f} {y(level):.1f}")
    return "M" + "L".join(moves)


def _grid(ticks: list[float], y: Scale, right: float) -> Iterator[str]:
    for level in ticks:
        shown = float(f"{level:.10g}")
        ink = "var(--jd-line)" if shown else "var(--jd-edge)"
        text = f"{shown:+.4g}".replace("-", "\N{MINUS SIGN}") if shown else "0"
        yield (
            f'<path d="M{LEFT} {y(level):.1f}H{right:.1f}" stroke="{ink}"/>'
            f'<text class="d s e" x="{LEFT - 8}" y="{y(level) + 4:.1f}">{text}</text>'
        )


def _density(drawn: Drawn, x: Scale) -> Iterator[str]:
    """Draw how many rows there are, below the curve: by even bins, or in each step."""
    if drawn.density is not None:
        low, high, met = drawn.density
        edges, counts = np.linspace(low, high, len(met) + 1), met.astype(np.float64)
    elif drawn.support is not None:
        edges, counts = drawn.edges, drawn.support
    else:
        return
    base, most = HEAD + TALL + 8 + STRIP, float(counts.max(initial=0)) or 1.0
    start, end = min(x.start, x.end), max(x.start, x.end)
    for left, right, n in zip(edges[:-1], edges[1:], counts, strict=True):
        a, b = max(x(left), start), min(x(right), end)
        tall = STRIP * float(n) / most
        if b > a and n:
            yield (
                f'<rect x="{a:.1f}" y="{base - tall:.1f}" width="{max(b - a - 1, 0.5):.1f}" '
                f'height="{tall:.1f}" fill="var(--jd-edge)">'
                f"<title>{count(float(n))} rows</title></rect>"
            )
    yield f'<text class="d s e" x="{LEFT - 8}" y="{base:.0f}">rows</text>'


def _bars(
    drawn: Drawn, scores: Floats, teacher: Floats | None, ink: str, place: float | None
) -> tuple[str, float]:
    levels = [0.0, *scores, *([] if teacher is None else teacher[~np.isnan(teacher)])]
    right = WIDTH - 150
    x = Scale(min(levels), max(levels) if max(levels) > min(levels) else 1.0, NAMES + 12, right)
    zero, parts = x(0.0), []
    for k, (name, value) in enumerate(zip(drawn.names[0], scores, strict=True)):
        y = HEAD + LINE * k
        if place is not None and place == k:
            parts.append(
                f'<rect x="0" y="{y}" width="{WIDTH}" height="{LINE}" fill="none" rx="3" '
                'stroke="var(--jd-alert)" stroke-dasharray="2 3"/>'
            )
        start, end = sorted((zero, x(float(value))))
        parts.append(marks.cut(name, NAMES - 8, 4, y + 15, "d s"))
        parts.append(
            f'<rect x="{start:.1f}" y="{y + 5}" width="{end - start:.1f}" height="{LINE - 10}" '
            f'fill="{ink}"/>'
        )
        if teacher is not None and not np.isnan(teacher[k]):
            said = f"teacher {signed(float(teacher[k]))}"
            parts.append(
                marks.mark("diamond", x(float(teacher[k])), y + LINE / 2, INK[TEACHER], said)
            )
        rows = "" if drawn.support is None else f"{count(float(drawn.support[k]))} rows"
        parts.append(
            f'<text class="s e" x="{WIDTH - 84}" y="{y + 15}">{signed(float(value))}</text>'
        )
        parts.append(f'<text class="d s e" x="{WIDTH - 4}" y="{y + 15}">{rows}</text>')
    high = HEAD + LINE * len(scores)
    parts.append(f'<path d="M{zero:.1f} {HEAD}V{high}" stroke="var(--jd-edge)"/>')
    return "".join(parts), high + 6
