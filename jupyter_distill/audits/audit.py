"""Can this student be trusted? Every audit in one go, within a budget, and what was not done."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import pandas as pd

from jupyter_distill._bars import Bar
from jupyter_distill._late import late
from jupyter_distill._optional import Missing
from jupyter_distill._validation import Refusal, check_choice, check_number, expected
from jupyter_distill.audits._part import (
    NotAsked,
    Part,
    Result,
    Scope,
    findings_of,
    parts,
)
from jupyter_distill.data.strata import fixed
from jupyter_distill.distillation import Distillation, interrupts
from jupyter_distill.findings import SEVERITIES, Findings

FINDINGS = "findings"
INTERRUPTED = "interrupted"


@dataclass(frozen=True, eq=False, repr=False)
class Audit:
    """Everything that was looked at. Made by :meth:`Distillation.audit`; shows itself.

    Attributes
    ----------
    subject : str
        Who was distilled into what.
    findings : Findings
        What a person should know before trusting the student, what matters most first: those of
        the distillation itself and of every part.
    parts : mapping of str to result
        What each part found, by its name: each has ``frame()`` and ``describe()``.
    titles : mapping of str to str
        What each part asks.
    skipped : mapping of str to str
        Parts that were not done, and why.
    seconds : mapping of str to float
        What each part took.
    notes : tuple of str
        What of the parts that were done was left out, or cut short by an interrupt.
    of : str
        What tells the distillation from others: a hash of the student's and teacher's answers.
    """

    subject: str
    findings: Findings
    parts: Mapping[str, Result]
    titles: Mapping[str, str]
    skipped: Mapping[str, str]
    seconds: Mapping[str, float]
    notes: tuple[str, ...]
    of: str

    @property
    def ok(self) -> bool:
        """Whether there is no problem; there may be warnings."""
        return not self.findings.at_least("problem")

    def __getitem__(self, part: str) -> Result:
        if part in self.skipped:
            got = f"{part!r}, which was not done: {self.skipped[part]}"
            raise KeyError(expected("a part that was done", got=got))
        return self.parts[check_choice("part", part, tuple(self.parts))]

    def frame(self, part: str = FINDINGS) -> pd.DataFrame:
        """Return the findings, or what a part measured, as a data frame.

        Parameters
        ----------
        part : str
            ``"findings"``, ``"summary"`` (a row per part: what it asks, its findings, what it
            took, or why it was not done), or one of :attr:`parts`.
        """
        check_choice("part", part, (FINDINGS, "summary", *self.parts, *self.skipped))
        if part == FINDINGS:
            return self.findings.frame()
        return self._summary() if part == "summary" else pd.DataFrame(self[part].frame())

    def _summary(self) -> pd.DataFrame:
        rows = [
            {
                "part": name,
                "asks": title,
                "done": name in self.parts,
                "findings": len(findings_of([self.parts[name]])) if name in self.parts else 0,
                "seconds": self.seconds.get(name),
                "why not": self.skipped.get(name, ""),
            }
            for name, title in self.titles.items()
        ]
        columns = ["part", "asks", "done", "findings", "seconds", "why not"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def headline(self) -> str:
        """What came of it, in one line."""
        severities = [one.severity for one in self.findings]
        counts = [(severities.count(severity), severity) for severity in SEVERITIES]
        said = ", ".join(f"{n} {name}{'s' * (n > 1)}" for n, name in counts if n)
        done = f"{len(self.parts)} of {len(self.titles)} parts done"
        return f"{self.subject}: {said or 'nothing found'}; {done}."

    def describe(self) -> str:
        """Return the outcome, the findings, every part in words, and what was not done."""
        said = [f"{self.titles[name]}\n{one.describe()}" for name, one in self.parts.items()]
        left = [f"- {name}: {why}" for name, why in self.skipped.items()]
        not_done = ["Not done:\n" + "\n".join(left)] if left else []
        head = "\n".join([self.headline, *self.notes])
        return "\n\n".join([head, repr(self.findings), *said, *not_done])

    def __repr__(self) -> str:
        left = [f"- not done: {name}: {why}" for name, why in self.skipped.items()]
        return "\n".join([self.headline, *self.notes, repr(self.findings), *left])

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:audit")(self)
        return html

    def view(self, **chosen: Any) -> Any:
        """Return the view of a notebook; `chosen` is what it starts with, e.g. ``part="bias"``."""
        return late("jupyter_distill.widgets.audit:AuditView")(self, **chosen)


def audit(
    d: Distillation,
    *,
    only: Sequence[str] | None,
    seconds: float | None,
    asked: Scope,
) -> Audit:
    """Run every part, or some, one after another until the time is used up.

    An interrupt ends it: a part that could keep what it had done is kept, those after it are not
    begun. An error that is no refusal goes up, with what was done before it as its ``audit``.
    """
    known = parts()
    chosen = _chosen(only, known)
    _check(asked, seconds)
    seed = fixed(asked.random_state)  # one for all parts, so that they speak of the same draws
    looked_at = d if d.random_state == seed else replace(d, random_state=seed)
    asked = replace(asked, random_state=seed)
    for name in chosen:
        known[name].check(looked_at, asked)
    began = time.perf_counter()
    done: dict[str, Result] = {}
    took: dict[str, float] = {}
    skipped: dict[str, str] = {}
    cut: dict[str, str] = {}

    def made() -> Audit:
        found = Findings.ordered([*d.findings, *findings_of(list(done.values()))])
        titles = {name: known[name].title for name in chosen}
        asking = [name for name in done if known[name].asks_teacher]
        notes = [f"{name}: {what}" for name, what in cut.items()]
        if d.silence and asking:
            alone = f"Of the student alone: {', '.join(asking)}."
            notes.append(f"{alone} {d.teacher.name} was not asked: {d.silence}.")
        return Audit(d.subject, found, done, titles, skipped, took, tuple(notes), mark(d))

    with Bar(chosen, desc="auditing", unit=" parts", disable=not asked.progress) as bar:
        for name in bar:
            bar.set_postfix_str(name)
            start = time.perf_counter()
            left = None if seconds is None else seconds - (start - began)
            if left is not None and left <= 0:
                skipped[name] = (
                    f"the {seconds:g} seconds were used up; give more: audit(seconds=...)"
                )
                continue
            later = chosen[chosen.index(name) :]
            try:
                with interrupts() as stopped:
                    done[name] = known[name].run(looked_at, asked, left)
            except (NotAsked, Refusal, Missing) as error:  # what is refused says the remedy
                skipped[name] = str(error)
            except KeyboardInterrupt:
                skipped |= dict.fromkeys(later, INTERRUPTED)
                break
            except Exception as error:
                skipped |= {name: f"{type(error).__name__}: {error}"}
                skipped |= dict.fromkeys(later[1:], f"an error in {name!r} ended the audit")
                _explain(error, name, made())
                raise
            took[name] = time.perf_counter() - start
            if stopped:  # the part kept what it had, and returned
                if name in done:
                    cut[name] = " ".join(stopped)
                skipped |= dict.fromkeys(later[1:], INTERRUPTED)
                break
    return made()


def _explain(error: Exception, part: str, made: Audit) -> None:
    """Say of an error in which part it was, and keep with it what was done before."""
    error.add_note(f"This was in the part {part!r} of the audit; only=[...] leaves it out.")
    if made.parts:
        error.audit = made  # type: ignore[attr-defined]
        before = ", ".join(made.parts)
        error.add_note(f"Done before, and kept as .audit of this error: {before}.")
        error.add_note("In a notebook: import sys; sys.last_value.audit")


def mark(d: Distillation) -> str:
    """Return a hash of what student and teacher say of the held-out rows."""
    table, targets = d.held_out
    answers = targets.values if d.task == "regression" else targets.logits
    return sha256(d.student.output(table).tobytes() + answers.tobytes()).hexdigest()


def _check(asked: Scope, seconds: float | None) -> None:
    """Refuse what would otherwise be refused by the last part, after all the others."""
    check_choice("rows", asked.rows, ("held_out", "all"))
    for name in ("explained", "evaluations", "resamples"):
        if (given := getattr(asked, name)) is not None or name != "evaluations":
            check_number(name, given, low=1, integer=True)
    if seconds is not None:
        check_number("seconds", seconds, above=0)


def _chosen(only: Sequence[str] | None, known: Mapping[str, Part]) -> list[str]:
    if only is None:
        return list(known)
    if isinstance(only, str):
        raise TypeError(expected("a list of parts", got=repr(only), remedy=f"Write [{only!r}]."))
    for name in only:
        check_choice("only", name, tuple(known))
    if not only:
        raise Refusal(expected("at least one part", got="none", remedy="Leave only= out."))
    return [name for name in known if name in only]
