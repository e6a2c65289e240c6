"""What the browser is given of the account of one decision: texts, and numbers for its bars."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from jupyter_distill.audits.certificate import Certificate
from jupyter_distill.audits.certificate._certified import (
    Change,
    DecidingRule,
    DecidingSum,
    Said,
    figure,
)
from jupyter_distill.audits.certificate._constrained import STATUS, Constraint
from jupyter_distill.audits.certificate._margins import Margin
from jupyter_distill.audits.certificate._text import supported, teacher_after
from jupyter_distill.exports.attribution_state import cell_text, said_text

State = dict[str, Any]

EARLIER = "rule "  # how the margins of rules that come before begin


def certificate(one: Certificate) -> State:
    """Return one certificate for the browser.

    Parameters
    ----------
    one : Certificate
        The account of one decision.
    """
    narrowest = _narrowest(one.margins)
    return {
        "title": one.title,
        "label": str(one.label),
        "position": one.position,
        "who": f"{one.student_name}, distilled from {one.teacher_name}",
        "text": one.describe(),
        "student": _said(one.student),
        "teacher": None if one.teacher is None else _said(one.teacher),
        "teacher_note": one.teacher_note,
        "truth": None if one.truth is None else _truth(one.truth),
        "agrees": one.agrees,
        "findings": [
            {name: getattr(found, name) for name in ("code", "severity", "sentence", "remedy")}
            for found in one.findings
        ],
        "rule": _rule(one, narrowest) if isinstance(one.decision, DecidingRule) else None,
        "sum": _sum(one.decision, one.student) if isinstance(one.decision, DecidingSum) else None,
        "margins": _margins_beside(one, narrowest),
        "support": supported(one.support, regression=not one.student.probabilities),
        "reasons": [*_own(one), *_beside(one)],
        "change": None if one.change is None else _change(one.change),
        "constraints": [_constraint(kept, one.change) for kept in one.constraints],
        "values": [[str(name), cell_text(value)] for name, value in one.values.items()],
        "verified": one.verified,
    }


def entry(one: Certificate) -> State:
    """Return what a list of certificates says of one: which row it is, and what is decided."""
    teacher = None if one.teacher is None else one.teacher.text
    return {
        "label": str(one.label),
        "position": one.position,
        "says": one.student.text,
        "teacher": teacher,
        "agrees": one.agrees,
    }


def _said(of: Said) -> State:
    return {
        "text": of.text,
        "answer": str(of.answer),
        "number": None if of.probabilities else float(of.answer),
        "classes": list(of.probabilities),
        "shares": [float(share) for share in of.probabilities.values()],
    }


def _truth(value: Any) -> str:
    return figure(value) if isinstance(value, float) else str(value)


def _narrowest(margins: Sequence[Margin]) -> Margin | None:
    """Return the margin that is least in standard deviations; None where none is a number."""
    known = [one for one in margins if isfinite(one.spreads)]
    return min(known, key=lambda one: one.spreads) if known else None


def _margin(one: Margin, narrowest: Margin | None) -> State:
    return {
        "condition": one.condition,
        "value": one.value,
        "away": figure(one.distance) if isfinite(one.distance) else None,
        "spreads": one.spreads if isfinite(one.spreads) else None,
        "others": list(one.others),
        "beyond": one.beyond,
        "flips": one.flips,
        "narrowest": one is narrowest,
    }


def _rule(one: Certificate, narrowest: Margin | None) -> State:
    """Return the conditions of a rule, each with the row's value and its margins."""
    why = one.decision
    assert isinstance(why, DecidingRule)
    mine = [margin for margin in one.margins if not margin.condition.startswith(EARLIER)]
    return {
        "text": why.text,
        "conditions": [
            {
                "text": asked.text,
                "value": said_text(one.values[asked.column]),
                "margins": [_margin(m, narrowest) for m in mine if m.column == asked.column],
            }
            for asked in why.conditions
        ],
        "earlier": [
            {
                "place": place + 1,
                "fails": list(texts),
                "margins": [
                    _margin(margin, narrowest)
                    for margin in one.margins
                    if margin.condition.startswith(f"{EARLIER}{place + 1} does not hold")
                ],
            }
            for place, texts in why.earlier
        ],
    }


def _margins_beside(one: Certificate, narrowest: Margin | None) -> list[State]:
    """Return the margins that are of no condition: those of a sum."""
    if isinstance(one.decision, DecidingRule):
        return []
    return [_margin(margin, narrowest) for margin in one.margins]


def _sum(why: DecidingSum, student: Said) -> State:
    """Return what is added up; bars are drawn of the score that was decided for."""
    named = [k for k, score in enumerate(why.scores) if str(student.answer) == score]
    return {
        "text": why.text,
        "scores": list(why.scores),
        "shown": named[0] if named else 0,
        "intercept": list(why.intercept),
        "terms": [
            {"text": term.text, "adds": list(term.adds)} for term in why.terms if not term.empty
        ],
        "total": list(why.total),
        "inside": list(why.inside),
    }


def _own(one: Certificate) -> list[State]:
    """Return what each column adds in the student."""
    if one.reasons is None:
        return []
    about = f" for {one.student.answer}" if one.student.probabilities else ""
    lines = [
        {"name": of.value, "student": of.weight, "teacher": None} for of in one.reasons.student
    ]
    return [
        {
            "title": f"Reasons{about}",
            "words": f"What each column adds to the {one.reasons.score}",
            "how": [one.reasons.how],
            "teacher": False,
            "lines": lines,
        }
    ]


def _beside(one: Certificate) -> list[State]:
    """Return the reasons of both models by every method that was asked for."""
    found = []
    for of in one.beside:
        both: dict[str, State] = {}
        for who in ("teacher", "student"):
            for reason in getattr(of, who):
                line = both.setdefault(
                    reason.value, {"name": reason.value, "student": 0.0, "teacher": 0.0}
                )
                line[who] = reason.weight
        found.append(
            {
                "title": f"By {of.method}",
                "words": of.words[0].upper() + of.words[1:],
                "how": [f"student: {of.how_student}", f"teacher: {of.how_teacher}"],
                "teacher": bool(of.teacher),
                "lines": list(both.values()),
            }
        )
    return found


def _change(change: Change) -> State:
    """Return what would have to change, and what both models were found to say then."""
    return {
        "wanted": change.wanted,
        "steps": [
            {
                "column": step.column,
                "before": said_text(step.before),
                "after": said_text(step.after),
                "size": figure(step.cost),
            }
            for step in change.steps
        ],
        "how": change.how,
        "limits": change.limits,
        "student": None if change.student is None else change.student.text,
        "teacher": teacher_after(change) if change.steps else "",
        "shared": change.shared,
        "because": list(change.because),
    }


def _constraint(kept: Constraint, change: Change | None) -> State:
    bound = change is not None and any(told.startswith(kept.what) for told in change.because)
    return {
        "what": kept.what,
        "status": kept.status,
        "words": STATUS.get(kept.status, kept.status),
        "how": kept.method.removeprefix("proven: "),
        "bound": bound,
    }
