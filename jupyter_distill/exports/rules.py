"""Rules as a table without scripts, with what both models say on average drawn into it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jupyter_distill._shares import percent
from jupyter_distill.explanation import RuleExplanation, TreeExplanation
from jupyter_distill.exports import theme
from jupyter_distill.exports.html import count, dot, escape, share_html
from jupyter_distill.exports.marks import INK, SHAPE, STUDENT, TEACHER, mark, whisker
from jupyter_distill.exports.rule_lines import RuleLines, rule_lines

# Rules that are shown before the reader is sent to their data frame.
MOST = 100
WIDTH, PAD, TRACK = 148, 6, 14  # of the drawing in a line; one track a model
TALL, LOW = 9, 4  # parts of a bar: the class that the rule names, and the others


def rules(explanation: RuleExplanation | TreeExplanation) -> str:
    """Return the rules as a table: each with what both models say, its rows and its agreement."""
    lines = rule_lines(explanation)
    caption = "What the student says"
    if len(lines) > MOST:
        caption += (
            f"; the first {MOST} of {count(len(lines))} lines, d.explanation().frame() has all"
        )
    last = "agreement" if lines.classes else "error (RMS)"
    heads = ("", "rule", "says", _drawn_head(lines), "rows", "", last)
    right = (False, False, False, False, True, True, True)
    head = "".join(
        f'<th scope="col"{" class=num" if r else ""}>{escape(name)}</th>' if name else "<td></td>"
        for name, r in zip(heads, right, strict=True)
    )
    body = "".join(_line(lines, place) for place in range(min(len(lines), MOST)))
    label = f'tabindex="0" role="region" aria-label="{escape(caption)}"'
    return (
        f'<p>{escape(lines.reading)} <span class="dim">{_key(lines)}</span></p>'
        f'<div class="scroll" {label}><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _drawn_head(lines: RuleLines) -> str:
    if lines.classes:
        return "teacher, student below"
    low, high = (lines.number(end) for end in lines.axis)
    return f"teacher, student below: {low} to {high}"


def _key(lines: RuleLines) -> str:
    """Return what colours and shapes stand for."""
    if lines.classes:
        names = "".join(
            f'<span style="display:inline-block;margin-right:12px">{dot(k)}{escape(name)}</span>'
            for k, name in enumerate(lines.classes)
        )
        return f"{names} Tall: the class that the rule names."
    return (
        "Hollow: mean of the teacher. Filled: what the rule says, with the error (root mean "
        "squared difference) to either side."
    )


def _line(lines: RuleLines, place: int) -> str:
    asked = ' <span class="dim">and</span> '.join(map(escape, lines.asked(place)))
    asked = f'<span class="dim">if</span> {asked}' if asked else "otherwise"
    says = escape(lines.answer(place))
    if lines.classes:
        says = dot(int(lines.student[place].argmax())) + says
        last = share_html(float(lines.agreement[place]))
    else:
        assert lines.error is not None
        last = escape(lines.number(lines.error[place]))
    rows, total = float(lines.support[place]), float(lines.support.sum())
    return (
        f'<tr><td class="num dim">{place + 1}</td><td class="wide">{asked}</td>'
        f"<td>{says}</td><td>{_drawing(lines, place)}</td>"
        f'<td class="num">{count(rows)}</td>'
        f'<td class="num dim">{share_html(rows / total if total else np.nan)}</td>'
        f'<td class="num">{last}</td></tr>'
    )


def _drawing(lines: RuleLines, place: int) -> str:
    high = 2 * TRACK
    body = "".join(_bars(lines, place) if lines.classes else _numbers(lines, place))
    return (
        f'<svg role="img" width="{WIDTH}" height="{high}" viewBox="0 0 {WIDTH} {high}">'
        f"<title>{escape(spoken(lines, place))}</title>{body}</svg>"
    )


def _bars(lines: RuleLines, place: int) -> Iterator[str]:
    named = int(lines.student[place].argmax())
    for mix, middle in ((lines.teacher, TRACK / 2), (lines.student, 1.5 * TRACK)):
        shares = np.nan_to_num(mix[place])
        ends = WIDTH * np.cumsum(shares)
        for k, (end, wide) in enumerate(zip(ends, WIDTH * shares, strict=True)):
            if wide >= 0.05:
                high = TALL if k == named else LOW
                yield (
                    f'<rect x="{end - wide:.1f}" y="{middle - high / 2:.1f}" '
                    f'width="{max(wide - 0.8, 0.2):.1f}" height="{high}" fill="{theme.colour(k)}"/>'
                )


def _numbers(lines: RuleLines, place: int) -> Iterator[str]:
    assert lines.error is not None
    low, high = lines.axis

    def x(value: float) -> float:
        return PAD + (WIDTH - 2 * PAD) * float(np.clip((value - low) / (high - low), 0, 1))

    middle = {TEACHER: TRACK / 2, STUDENT: 1.5 * TRACK}
    values = {TEACHER: lines.teacher[place, 0], STUDENT: lines.student[place, 0]}
    for who, value in values.items():
        yield f'<path class="h" d="M{PAD} {middle[who]}H{WIDTH - PAD}"/>'
        if who == STUDENT:
            error = float(lines.error[place])
            yield whisker(x(value - error), x(value + error), middle[who], INK[who])
        if np.isfinite(value):
            yield mark(SHAPE[who], x(value), middle[who], INK[who])


def spoken(lines: RuleLines, place: int) -> str:
    """Return the numbers behind the drawing of a rule."""
    if not lines.classes:
        teacher, student = (lines.number(of[place, 0]) for of in (lines.teacher, lines.student))
        return f"teacher: {teacher} on average; student: {student}"
    return "; ".join(
        f"{who}: "
        + ", ".join(f"{n} {percent(p)}" for n, p in zip(lines.classes, mix[place], strict=True))
        for who, mix in ((TEACHER, lines.teacher), (STUDENT, lines.student))
    )
