"""Constraints as ranges of single weights, so that they hold by the signs alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.constraints import MonotoneDemand
from jupyter_distill.students._design import Design
from jupyter_distill.students._net_prune import Rules
from jupyter_distill.students._net_slope import SlopePenalty
from jupyter_distill.students._net_weights import Limits, NetWeights

Floats = NDArray[np.float64]
OutputOf = Callable[[int | None], tuple[int, int]]


@dataclass(frozen=True)
class Demand:
    """Columns of the design matrix along which one output must rise against all others.

    Attributes
    ----------
    rises : tuple of (int, int)
        Columns of the design matrix, and the sign with which they enter.
    output : int
        The output; among several, its difference to each other one.
    """

    rises: tuple[tuple[int, int], ...]
    output: int


def demanded(
    demands: Sequence[MonotoneDemand], design: Design, output_of: OutputOf
) -> list[Demand]:
    """Return what is demanded of which output.

    Parameters
    ----------
    output_of : callable
        Gives the output, and the sign, that stands for a class (for None: the answer).
    """
    found = []
    for demand in demands:
        output, turned = output_of(demand.of_class)
        rises = design.rises(demand.feature)
        signed = tuple((place, way * demand.sign * turned) for place, way in rises)
        found.append(Demand(signed, output))
    return found


def rules_of(
    constraints: Any, design: Design, units: int, outputs: int, demands: list[Demand]
) -> Rules:
    """Return what training and pruning have to respect."""
    groups = design.groups
    limits = Limits.none(NetWeights.full(len(groups), units, outputs, 0.0))
    if constraints is None:
        return Rules(limits, groups)
    names = [column.name for column in design.columns]
    out = np.isin(groups, [names.index(name) for name in constraints.forbid])
    required = tuple(names.index(name) for name in constraints.require)
    limits = sign_limits(forbid(limits, out), demands)
    return Rules(limits, groups, required, constraints.max_features)


def sign_limits(limits: Limits, demands: list[Demand]) -> Limits:
    """Return limits under which every demand is met, provably.

    Half of the units (the larger half) are shared among the outputs with a demand: they push
    their output up and all others down, and take the columns of its demands with the demanded
    sign, those of other outputs' demands not at all. The other half takes no column with a
    demand. A rising function (tanh) of rising sums, added up without minus signs, rises.
    """
    if not demands:
        return limits
    low, high = (
        NetWeights(*(part.copy() for part in end.arrays)) for end in (limits.low, limits.high)
    )
    units, outputs = low.n_units, low.intercept.size
    named = sorted({demand.output for demand in demands})
    seeing = np.arange(units) % 2 == 0
    owner = np.full(units, -1)
    owner[seeing] = np.resize(named, seeing.sum())
    for output in named:
        own = owner == output
        for k in range(outputs):
            if k == output:
                low.out[own, k] = np.maximum(low.out[own, k], 0.0)
            else:
                high.out[own, k] = np.minimum(high.out[own, k], 0.0)
    for demand in demands:
        own = owner == demand.output
        for column, sign in demand.rises:
            low.first[column, ~own] = high.first[column, ~own] = 0.0
            _keep_sign(low.first, high.first, column, own, sign)
            for k in range(outputs):
                towards = sign if k == demand.output else -sign
                _keep_sign(low.skip, high.skip, column, np.arange(outputs) == k, towards)
    return Limits(low, high)


def slope_penalty(demands: list[Demand], outputs: int, price: float) -> SlopePenalty | None:
    """Return the demands as a cost of slopes that go the wrong way."""
    columns, directions = [], []
    for demand in demands:
        for column, sign in demand.rises:
            others = [k for k in range(outputs) if k != demand.output]
            listed: list[int | None] = [*others] or [None]
            for other in listed:
                along = np.zeros(outputs)
                along[demand.output] = sign
                if other is not None:
                    along[other] = -sign
                columns.append(column)
                directions.append(along)
    if not columns:
        return None
    return SlopePenalty(np.array(columns, dtype=np.intp), np.array(directions), price)


def forbid(limits: Limits, columns: NDArray[np.bool_]) -> Limits:
    """Return limits without these columns of the design matrix."""
    low, high = (
        NetWeights(*(part.copy() for part in end.arrays)) for end in (limits.low, limits.high)
    )
    for end in (low, high):
        end.first[columns] = 0.0
        end.skip[columns] = 0.0
    return Limits(low, high)


def _keep_sign(low: Floats, high: Floats, row: int, at: NDArray[np.bool_], sign: int) -> None:
    if sign > 0:
        low[row, at] = np.maximum(low[row, at], 0.0)
    else:
        high[row, at] = np.minimum(high[row, at], 0.0)
