"""How one family was taught: what was tried, what was chosen, and what it learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from jupyter_distill.data import Table
from jupyter_distill.distillation._alpha import AlphaPath
from jupyter_distill.distillation._assistants import Fitted
from jupyter_distill.distillation._calibrate import Calibration
from jupyter_distill.distillation._carry import carry
from jupyter_distill.distillation._lessons import Teaching
from jupyter_distill.distillation._trials import Trial
from jupyter_distill.students import Student
from jupyter_distill.targets import Targets

# Rows of a quick fit: enough for a small tree, and few enough that it is there at once.
BRIEF = 10_000


@dataclass(frozen=True, eq=False)
class Course:
    """What was chosen for one family.

    Attributes
    ----------
    family : str
        Its name.
    template : Student
        Unfitted, without a temperature.
    sizes : tuple of int
        Those of the ladder.
    size : int
        The one that was chosen or asked for.
    knee : int or None
        The smallest that is about as faithful as the best, on validation rows; None if sizes were
        not compared.
    temperatures : mapping of int to float or None
        T for each size; None for a regression.
    calibration : Calibration or None
        What was tried to choose it; None if nothing was, and for a regression.
    standardised : bool
        Whether it is the spread of the teacher's logits.
    unseen : bool
        Whether an interrupt left size and temperature untried.
    alphas : AlphaPath or None
        What was tried to choose alpha; None if it was not searched for.
    fidelity : float or None
        Of the chosen size on validation rows, to compare families by; None if none was measured.
    table, targets
        What the student learnt from.
    teaching : Teaching
        The techniques that were kept.
    trials : tuple of Trial
        All that were tried.
    chain : tuple of Fitted
        Assistants that taught it; all that would have where none was kept.
    """

    family: str
    template: Student
    sizes: tuple[int, ...]
    size: int
    knee: int | None
    temperatures: Mapping[int, float | None]
    calibration: Calibration | None
    alphas: AlphaPath | None
    fidelity: float | None
    table: Table
    targets: Targets
    teaching: Teaching = Teaching()
    trials: tuple[Trial, ...] = ()
    chain: tuple[Fitted, ...] = ()
    standardised: bool = False
    unseen: bool = False

    @cached_property
    def prepared(self) -> Any:
        """Rows prepared for the family, made once."""
        return self.template.prepare(self.table.bare(), self.targets.weights)

    @property
    def is_long(self) -> bool:
        """Whether a quick fit takes a part of the rows only."""
        return self.targets.n_rows > BRIEF

    @cached_property
    def brief(self) -> tuple[Any, Targets]:
        """Prepared rows of a quick fit, at most 10,000 that are drawn once, and their targets."""
        if not self.is_long:
            return self.prepared, self.targets
        some = np.sort(np.random.default_rng(0).choice(self.targets.n_rows, BRIEF, replace=False))
        targets = self.targets.take(some)
        return self.template.prepare(self.table.take(some).bare(), targets.weights), targets

    def together(self, size: int) -> tuple[int, ...]:
        """Return the sizes that are fitted with one: in some families they depend on another."""
        T = self.temperatures[size]
        return tuple(other for other in self.sizes if self.temperatures[other] == T)

    def at(self, temperature: float, size: int) -> Course:
        """Return the same with all sizes at one temperature, and another one chosen."""
        of_all = dict.fromkeys(self.sizes, temperature)
        again = replace(self, size=size, temperatures=of_all, standardised=False)
        return carry(self, again, "prepared", "brief")
