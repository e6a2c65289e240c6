"""How many rows a teacher may be asked about for the reasons of a certificate, and how that is set.

A person who asks for a certificate waits for it, and may pay for every answer: unless they allow
more, a teacher that may be a service is asked about few rows, and a slow one for some seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jupyter_distill._validation import Refusal, check_number, expected
from jupyter_distill.audits.attributions import _local_run, _shap_run
from jupyter_distill.audits.attributions._plan import EVALUATIONS as MOST
from jupyter_distill.audits.attributions._score_scale import scale_of
from jupyter_distill.distillation import Distillation

EACH = 20_000  # rows that it is asked about, for each row of a certificate
FAR = 2_000  # the same of one that may be far away; in all no more than the table has, or this
SECONDS = 10.0  # that all reasons of a call may take, by what a few answers took
TRIED = (16, 128)  # rows whose answers are timed; more of them where the first came quickly
QUICK = 0.5  # seconds
BACKGROUND = 100


@dataclass(frozen=True)
class Allowed:
    """What one method may ask.

    Attributes
    ----------
    evaluations : int
        Rows, at most; 0: the teacher is not asked.
    note : str
        What was decided for the person, and how they decide otherwise.
    """

    evaluations: int
    note: str = ""


@dataclass(frozen=True)
class Purse:
    """What the reasons of some rows may cost.

    Attributes
    ----------
    d : Distillation
        Whose teacher is asked.
    rows, methods : int
        How many rows are explained, by how many methods.
    given : int or None
        What the person allows for each method.
    clock : callable
        Tells the seconds.
    """

    d: Distillation
    rows: int
    methods: int
    given: int | None
    clock: Callable[[], float] = time.perf_counter

    def allowed(self, method: str) -> Allowed:
        """Return what a method may ask.

        Raises
        ------
        TypeError, ValueError
            If less was given than the method needs.
        """
        need = self._least(method)
        what = f"{self.rows:,} row{'s' * (self.rows > 1)} by {method}"
        if self.given is not None:
            most = int(check_number("evaluations", self.given, low=1, integer=True))
            if most < need:
                raise Refusal(
                    expected(
                        f"evaluations of at least {need:,}, to explain {what}",
                        got=f"{most:,}",
                        remedy="Raise it, explain fewer rows, or leave the method out.",
                    )
                )
            return Allowed(most)
        far = self.d.teacher.remote
        most = min(EACH * self.rows, MOST)
        if far:
            most = min(FAR * self.rows, max(FAR, self.d.table.n_rows))
        why = "it may be a service that costs" if far else "a certificate asks no more unbidden"
        slow = int(SECONDS / self.methods / self._pace)
        if slow < most:
            most, why = slow, f"a row takes it about {_duration(self._pace)}"
        if most < need:
            takes = f" ({_duration(need * self._pace)})" if need * self._pace >= 1 else ""
            return Allowed(
                0,
                f"it was not asked: {what} takes {need:,} answers{takes}, and {why}; "
                f"evaluations={need} allows it",
            )
        return Allowed(most, f"at most {most:,}, as {why}: evaluations= allows others")

    def _least(self, method: str) -> int:
        if method != "shap":
            return _local_run.least(method, self.rows)
        size = min(BACKGROUND, len(self.d.rows.learnt))
        return _shap_run.least(self.d, scale_of(self.d, "auto")[0], self.rows, size)

    @cached_property
    def _pace(self) -> float:
        """Seconds that an answer takes, by a few that are asked for: of the last, if it is slow."""
        d, found = self.d, 0.0
        ask = d.teacher.predictions if d.task == "regression" else d.teacher.logits
        for size in TRIED[:1] if d.teacher.remote else TRIED:
            rows = np.resize(d.rows.learnt, size)
            began = self.clock()
            ask(d.table.native_rows(rows))
            took = self.clock() - began
            found = max(took, 1e-9) / size
            if took > QUICK:
                break
        return found


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{1_000 * seconds:.3g} ms"
    return f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:,.0f} minutes"
