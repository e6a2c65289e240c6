"""How a net is found: trained with more than it needs, then cut back size by size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from jupyter_distill.students._net_prune import (
    SPARED,
    Rules,
    Training,
    fewer_columns,
    fewer_units,
    fewest_weights,
    pruned,
    straight,
)
from jupyter_distill.students._net_train import Course, descend, sparse_start
from jupyter_distill.students._net_weights import Limits, NetWeights

STEPS = 1_000  # batches at most, so that many rows mean fewer passes
PASSES = 10  # passes at least
MANY = 5_000  # rows above which one start does
CONSTANT = 20  # steps to find one answer for all rows
CUT_ON = 10_000  # rows that weights are pruned on


@dataclass(frozen=True, eq=False)
class Ground:
    """The rows to train on and, where there are enough, those that tell when to stop."""

    every: Course
    train: Course
    held: Course | None

    @classmethod
    def of(cls, every: Course, train: int) -> Ground:
        """Divide a course after its first rows."""
        if train == len(every.X):
            return cls(every, every, None)
        return cls(every, every.take(slice(train)), every.take(slice(train, None)))


def nets(
    ground: Ground,
    rules: Rules,
    sizes: Sequence[int],
    budget: Callable[[int], int],
    *,
    training: Training,
    seed: int,
) -> dict[int, NetWeights]:
    """Return a sparse net for every size; a larger one is never worse on all rows.

    Nets smaller than the smallest size are what that one is cut back to.

    Parameters
    ----------
    rules : Rules
        For the largest size.
    budget : callable
        Weights at most, for a size.
    training : Training
        How long to look.
    """
    net = _trained(ground, rules, training, seed)
    short = slice(min(CUT_ON, len(ground.train.X)))
    train = ground.train.take(short)
    held = None if ground.held is None else ground.held.take(short)
    net = fewer_columns(train, net, rules, training)
    found: dict[int, NetWeights] = {}
    without, spared = None, 0.0
    if held is not None and training.thorough:
        line = straight(train, net, rules, training)
        spared = SPARED * max(0.0, _of_constant(train, held, line[0]) - held.loss(net))
        without = pruned(train, *line, budget(min(sizes)), held, training, spared)
    for size in sorted(set(sizes), reverse=True):
        net, rules = fewer_units(train, net, rules, size, training)
        most = min([budget(size), *(larger.count for larger in found.values())])
        sparse, kept = pruned(train, net, rules, most, held, training, spared)
        if held is not None and without is not None and without[0].count <= most:
            both = [(*each, held.row_losses(each[0])) for each in ((sparse, kept), without)]
            sparse, kept = fewest_weights(held, both, spared)
        found[size] = descend(
            ground.every, sparse, kept.limits.without_zeros(sparse), training.finish
        )
    net = found[min(sizes)]
    for size in range(min(sizes) - 1, 0, -1):
        net, kept = fewer_units(train, net, kept, size, training)
        found[size] = net
    return _nested(ground.every, found)


def _of_constant(train: Course, held: Course, net: NetWeights) -> float:
    """Return the loss, on held-out rows, of a net that says the same of all rows."""
    none = replace(net, skip=np.zeros_like(net.skip))
    limits = Limits.none(none).without_zeros(none)
    return held.loss(descend(train, none, limits, CONSTANT))


def _trained(ground: Ground, rules: Rules, training: Training, seed: int) -> NetWeights:
    train, held = ground.train, ground.held
    watch = None if held is None else held.loss
    batches = -(-len(train.X) // 1_024)
    epochs = min(training.epochs, max(PASSES, STEPS // batches))
    exempt = np.isin(rules.groups, rules.required)
    # what a column without meaning would reach by chance (Donoho and Johnstone, 1994)
    columns = max(train.X.shape[1], 1)
    sparsity = 0.2 * np.sqrt(np.log(2 * columns) / len(train.X))
    found = []
    for start in range(training.starts if len(train.X) <= MANY else 1):
        rng = np.random.default_rng((seed, start))
        net = rules.limits.clip(_drawn(rules, rng))
        net = sparse_start(
            train, net, rules.limits, rules.groups, exempt, sparsity, epochs, rng, watch
        )
        net = descend(
            train.take(slice(min(CUT_ON, len(train.X)))),
            net,
            rules.limits.without_zeros(net),
            training.descent,
            watch,
        )
        found.append((train.loss(net) if watch is None else watch(net), start, net))
    return min(found, key=lambda each: each[:2])[2]


def _drawn(rules: Rules, rng: np.random.Generator) -> NetWeights:
    """Return random units that tell nothing yet, so that no class is favoured.

    Draws with the wrong sign are turned to the right one.
    """
    low, high = rules.limits.low, rules.limits.high
    columns, units = low.first.shape
    first = rng.normal(size=(columns, units)) / np.sqrt(columns)
    first = np.where(
        low.first == 0, np.abs(first), np.where(high.first == 0, -np.abs(first), first)
    )
    empty = NetWeights.full(columns, units, low.intercept.size, 0.0)
    return NetWeights(
        first, np.asarray(rng.normal(size=units) / 2), empty.out, empty.skip, empty.intercept
    )


def _nested(course: Course, found: dict[int, NetWeights]) -> dict[int, NetWeights]:
    """Let a larger size say what a smaller one says where that is better."""
    best: tuple[float, NetWeights] | None = None
    nested = {}
    for size in sorted(found):
        net = found[size]
        loss = course.loss(net)
        if best is not None and best[0] < loss:
            loss, net = best
        best = loss, net
        nested[size] = net
    return nested
