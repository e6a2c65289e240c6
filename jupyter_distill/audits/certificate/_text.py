"""A certificate as text."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import TYPE_CHECKING

from jupyter_distill._validation import with_article
from jupyter_distill.audits.certificate._certified import (
    Change,
    DecidingRule,
    DecidingSum,
    Said,
    figure,
)
from jupyter_distill.audits.certificate._constrained import Constraint
from jupyter_distill.audits.certificate._margins import Margin
from jupyter_distill.audits.certificate._near_rows import Support
from jupyter_distill.audits.certificate._reasons import Reasons
from jupyter_distill.audits.certificate._reasons_beside import Beside

if TYPE_CHECKING:
    from jupyter_distill.audits.certificate._certificate import Certificate

LISTED = 12  # terms, margins and reasons that are listed; all are in to_dict()


def described(one: Certificate) -> str:
    """Return the account of one decision."""
    blocks = [
        [f"{one.title}: {with_article(one.student_name)}, distilled from {one.teacher_name}"],
        [answered(one)],
        decision(one.decision),
        [supported(one.support, regression=not one.student.probabilities)],
        _margins(one.margins),
        [] if one.change is None else changed(one.change),
        _constraints(one.constraints),
        [] if one.reasons is None else _reasons(one.reasons, one.student),
        _beside(one.beside),
        [one.verified],
        repr(one.findings).splitlines() if one.findings else [],
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def answered(one: Certificate) -> str:
    """Say what student, teacher and truth are."""
    told = [f"The student says {one.student.text}."]
    if one.teacher is not None:
        told.append(f"The teacher says {one.teacher.text}.")
    else:
        told.append(f"What the teacher says is not known: {one.teacher_note}.")
    if one.truth is not None:
        truth = figure(one.truth) if isinstance(one.truth, float) else one.truth
        told.append(f"True is {truth}.")
    return " ".join(told)


def decision(why: DecidingRule | DecidingSum) -> list[str]:
    """Say why the student says so, line by line."""
    if isinstance(why, DecidingRule):
        lines = [f"Because {why.text}"]
        for place, texts in why.earlier:
            lines.append(f"  rule {place + 1} does not hold, as not: {' nor: '.join(texts)}")
        return lines
    lines = [why.text]
    terms = [term for term in why.terms if not term.empty]
    shown = [("intercept", why.intercept), *((term.text, term.adds) for term in terms[:LISTED])]
    if len(terms) > LISTED:
        rest = [sum(term.adds[j] for term in terms[LISTED:]) for j in range(len(why.scores))]
        shown.append((f"{len(terms) - LISTED} more terms", tuple(rest)))
    shown.append(("sum", why.total))
    width = max(len(name) for name, _ in shown)
    if len(why.scores) > 1:
        lines.append(f"  {'':{width}} " + " ".join(f"{name:>10.10}" for name in why.scores))
    lines += [
        f"  {name:{width}} " + " ".join(f"{value:>+10.4g}" for value in adds)
        for name, adds in shown
    ]
    return lines + [f"  {text}" for text in why.inside]


def supported(support: Support, *, regression: bool) -> str:
    """Say how many rows there are, and how far student and teacher agree on them."""
    told = (
        f"Support: {support.learnt:,} rows that it learnt from and {support.held_out:,} held-out "
        f"rows {support.which}."
    )
    if not support.rows:
        return f"{told} No other held-out row is there to measure local fidelity on."
    here, digits = support.fidelity, 3
    if regression:
        apart = figure(here.value)
        if not isnan(here.low):
            apart += f" [{figure(here.low)}, {figure(here.high)}]"
        return (
            f"{told} On {support.rows:,} of these, student and teacher differ by {apart} on "
            f"average; on all held-out rows by {figure(support.overall)}."
        )
    return (
        f"{told} Local fidelity: {here.text(digits)} on {support.rows:,} other held-out rows "
        f"(95 % interval); {support.overall:.3f} on all held-out rows."
    )


def _margins(margins: tuple[Margin, ...]) -> list[str]:
    if not margins:
        return []
    return ["Margins:", *(f"  {margin_text(one)}" for one in margins[:LISTED])]


def margin_text(one: Margin) -> str:
    """Say one margin."""
    told = f"{one.condition}: it is {one.value}"
    if one.distance == one.distance:
        told += f", {figure(one.distance)} away"
        if one.spreads == one.spreads:
            told += f" ({figure(one.spreads)} standard deviations)"
    elif one.others:
        shown = ", ".join(one.others[:LISTED])
        more = f" and {len(one.others) - LISTED} more" if len(one.others) > LISTED else ""
        told += f"; not so for {shown}{more}"
    beyond = "beyond it" if one.flips else "beyond it still"
    return f"{told}; {beyond} {one.beyond}"


def changed(change: Change) -> list[str]:
    """Say what would change the decision, and for whom."""
    head = f"Smallest change to {change.wanted}: "
    because = [f"  {told}." for told in change.because]
    if not change.steps:
        return [f"{head}none; {change.how} ({change.limits}).", *because]
    lines = [f"{head}{change.text} ({change.how}; {change.limits})."]
    assert change.student is not None
    lines.append(f"  The student then says {change.student.text}. {teacher_after(change)}")
    return lines + because


def _constraints(found: Sequence[Constraint]) -> list[str]:
    return ["The student was fitted to keep:", *(f"  {one.text}" for one in found)] if found else []


def teacher_after(change: Change) -> str:
    """Say whether the teacher decides otherwise too."""
    if change.teacher is None:
        return f"What the teacher then says is not known: {change.teacher_note}."
    if change.shared:
        same = change.moves_teacher is False and change.student and change.student.probabilities
        before = ", as it did before" if same else ""
        return f"The teacher comes to that too{before}: {change.teacher.text}."
    return f"The teacher does not come to that: it says {change.teacher.text}."


def _reasons(reasons: Reasons, student: Said) -> list[str]:
    main = reasons.principal()
    about = f"Main reasons for {student.answer}" if student.probabilities else "Main reasons"
    lines = [f"{about}, by what they add to the {reasons.score} ({reasons.how}):"]
    if not main:
        return [f"No column speaks for this decision ({reasons.how})."]
    lines += [f"  {k}. {one.value}: {one.weight:+.4g}" for k, one in enumerate(main, 1)]
    return lines


def _beside(found: Sequence[Beside]) -> list[str]:
    lines = []
    for one in found:
        lines.append(f"By {one.method}, {one.words}:")
        for who, how in (("student", one.how_student), ("teacher", one.how_teacher)):
            lines.append(f"  of the {who} ({how}):")
            told = enumerate(one.main(who), 1)
            lines += [f"    {k}. {reason.value}: {reason.weight:+.4g}" for k, reason in told]
    return lines
