"""Certificates of many rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pandas as pd

from jupyter_distill._late import late

if TYPE_CHECKING:
    from jupyter_distill.audits.certificate._certificate import Certificate

SHOWN = 10  # rows of the text before the reader is sent to the frame


class Certificates(Sequence["Certificate"]):
    """Certificates in the order of the rows that were asked about."""

    def __init__(self, found: tuple[Certificate, ...]) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int) -> Certificate: ...

    @overload
    def __getitem__(self, at: slice) -> Certificates: ...

    def __getitem__(self, at: int | slice) -> Certificate | Certificates:
        if isinstance(at, slice):
            return Certificates(self._found[at])
        return self._found[at]

    def __iter__(self) -> Iterator[Certificate]:
        return iter(self._found)

    def frame(self) -> pd.DataFrame:
        """Return one line per row, the index as its owner has it.

        Returns
        -------
        data frame
            ``student``, ``teacher`` (missing where it cannot be asked), ``truth``; ``agrees``;
            ``rule`` in full, or the terms of a sum; ``rows`` it stands on (learnt and held out),
            ``fidelity`` on the held-out ones, with ``low`` and ``high``; ``reasons``; ``change``
            with its ``cost``, ``student_after`` and ``teacher_after``, and whether it is
            ``shared``; ``findings``: their codes.
        """
        lines = [_line(one) for one in self._found]
        return pd.DataFrame(lines, index=pd.Index([one.label for one in self._found]))

    def describe(self) -> str:
        """Return how many agree with the teacher, and a line for the first few."""
        known = [one.agrees for one in self._found if one.agrees is not None]
        told = [f"Certificates of {len(self)} decisions, each applied to its row again."]
        if known:
            told.append(f"The teacher names the same class for {sum(known)} of {len(known)}.")
        shared = [one.change.shared for one in self._found if one.change and one.change.steps]
        if shared:
            told.append(
                f"{len(shared)} can be changed within the limits; of these the teacher decides "
                f"otherwise too in {sum(one is True for one in shared)}, and cannot be asked in "
                f"{sum(one is None for one in shared)}."
            )
        frame = self.frame()[["student", "teacher", "rule", "change"]].head(SHOWN)
        for name in ("rule", "change"):
            frame[name] = [_short(text) for text in frame[name]]
        more = "" if len(self) <= SHOWN else f"\n... and {len(self) - SHOWN} more: .frame()"
        return " ".join(told) + "\n\n" + frame.to_string() + more

    def to_dict(self) -> list[dict[str, Any]]:
        """Return a dict of plain values per row."""
        return [one.to_dict() for one in self._found]

    def to_json(self, indent: int | None = 2) -> str:
        """Return the same as JSON text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=indent)

    def save(self, path: str | Path) -> Path:
        """Write them as one HTML file, or as ``.json`` or ``.txt``, by the ending of the path."""
        written: Path = late("jupyter_distill.exports.certificate:save")(self, path)
        return written

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.certificate:certificates")(self)
        return html

    def view(self, **chosen: Any) -> Any:
        """Return the view of a notebook; `chosen` is what it starts with."""
        return late("jupyter_distill.widgets.certificate:CertificateView")(self, **chosen)


def _line(one: Certificate) -> dict[str, Any]:
    change, support = one.change, one.support
    told = change is not None and bool(change.steps)
    reasons = () if one.reasons is None else one.reasons.principal()
    decision = one.decision
    return {
        "student": one.answer,
        "teacher": None if one.teacher is None else one.teacher.answer,
        "truth": one.truth,
        "agrees": one.agrees,
        "rule": ruled(decision),
        "rows": support.learnt + support.held_out,
        "fidelity": support.fidelity.value,
        "low": support.fidelity.low,
        "high": support.fidelity.high,
        "reasons": "; ".join(reason.value for reason in reasons),
        "change": "" if change is None else change.text if told else change.how,
        "cost": change.cost if change is not None else np.nan,
        "student_after": change.student.answer if change and change.student else None,
        "teacher_after": change.teacher.answer if change and change.teacher else None,
        "shared": None if change is None else change.shared,
        "findings": ", ".join(one.findings.codes),
    }


def ruled(decision: Any) -> str:
    """Return what decided on one line: the rule, or the sum of the first score."""
    if decision.kind != "sum":
        return str(decision.text)
    parts = [f"{term.adds[0]:+.3g} ({term.text})" for term in decision.terms if not term.empty]
    total = f"{decision.intercept[0]:.3g} {' '.join(parts)} = {decision.total[0]:.3g}"
    return f"{decision.scores[0]}: {total}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
