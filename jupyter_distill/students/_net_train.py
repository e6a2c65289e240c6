"""Training of a net in torch: proximal steps that drop columns, then an exact descent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize

from jupyter_distill.students._net_losses import NetLesson, tensor, torch_
from jupyter_distill.students._net_slope import SlopePenalty, cost_and_slope
from jupyter_distill.students._net_weights import Limits, NetWeights

Floats = NDArray[np.float64]

BATCH = 1_024
RATE = 0.02
PATIENCE = 20  # checks without a better one before training stops


@dataclass(frozen=True, eq=False)
class Course:
    """Rows with what is to be learnt of them: everything that training needs."""

    X: Floats
    weights: Floats
    lesson: NetLesson
    ridge: float
    penalty: SlopePenalty | None = None

    def take(self, rows: slice) -> Course:
        """Return the course of some rows; what regularises stays as it is."""
        return Course(
            self.X[rows], self.weights[rows], self.lesson.take(rows), self.ridge, self.penalty
        )

    def row_losses(self, net: NetWeights) -> Floats:
        """Return the loss of each row."""
        return self.lesson.value_and_slope(net.output(self.X))[0]

    def loss(self, net: NetWeights) -> float:
        """Return the mean loss."""
        return float(np.average(self.row_losses(net), weights=self.weights))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, so that sums do not depend on the machine; then as before.

    Its random state is not touched: all chance comes from numpy.
    """
    torch = torch_()
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(False), torch.enable_grad():
            yield
    finally:
        torch.set_num_threads(before)


def _cost(course: Course, parts: list[Any], X: Any, weights: Any, targets: tuple[Any, ...]) -> Any:
    first, bias, out, skip, intercept = parts
    hidden = (X @ first + bias).tanh()
    losses = course.lesson.losses(hidden @ out + X @ skip + intercept, *targets)
    cost = (losses * weights).sum() / weights.sum()
    cost = cost + course.ridge / 2 * ((first**2).sum() + (out**2).sum() + (skip**2).sum())
    penalty = course.penalty
    if penalty is not None:
        at = tensor(penalty.columns)
        along = tensor(penalty.directions)
        straight = (skip[at] * along).sum(1)
        slopes = (1 - hidden**2) @ (first[at].T * (out @ along.T)) + straight
        cost = (
            cost
            + penalty.price * ((slopes.clamp(max=0) ** 2).sum(1) * weights).sum() / weights.sum()
        )
    return cost


def descend(
    course: Course,
    net: NetWeights,
    limits: Limits,
    steps: int,
    watch: Callable[[NetWeights], float] | None = None,
) -> NetWeights:
    """Minimise within limits by L-BFGS-B (Byrd et al., 1995) on all rows at once.

    With `watch`, a loss on other rows, the best net on the way is returned, and the way ends
    when it has not been bettered for a while.
    """
    used = np.flatnonzero(
        ((limits.low.first != 0) | (limits.high.first != 0)).any(1)
        | ((limits.low.skip != 0) | (limits.high.skip != 0)).any(1)
    )
    narrow, low, high = (_rows(part, used) for part in (net, limits.low, limits.high))
    bottom, top, start = low.flat(), high.flat(), narrow.flat()
    free = np.flatnonzero(top > bottom)
    full = np.clip(start, bottom, top)
    X, share = course.X[:, used], course.weights / course.weights.sum()
    penalty = None if course.penalty is None else course.penalty.within(used)

    def cost(vector: Floats) -> tuple[float, Floats]:
        full[free] = vector
        now = narrow.unflat(full)
        value, slope = cost_and_slope(now, X, share, course.lesson, course.ridge, penalty)
        return value, slope.flat()[free]

    bounds = Bounds(bottom[free], top[free])
    best, best_loss, since = full[free].copy(), np.inf, 0

    def check(vector: Floats) -> None:
        nonlocal best, best_loss, since
        assert watch is not None
        full[free] = vector
        found = watch(_widened(net, narrow.unflat(full), used))
        since += 1
        if found < best_loss:
            best, best_loss, since = vector.copy(), found, 0
        if since > PATIENCE:
            raise StopIteration

    if watch is not None:
        check(best)
    result = minimize(
        cost,
        full[free].copy(),
        jac=True,
        method="L-BFGS-B",
        bounds=bounds if np.isfinite([bounds.lb, bounds.ub]).any() else None,
        callback=check if watch is not None else None,
        options={"maxiter": steps, "maxcor": 20},
    )
    full[free] = result.x if watch is None else best
    return _widened(net, narrow.unflat(full), used)


def _rows(net: NetWeights, used: NDArray[np.intp]) -> NetWeights:
    return NetWeights(net.first[used], net.bias, net.out, net.skip[used], net.intercept)


def _widened(like: NetWeights, narrow: NetWeights, used: NDArray[np.intp]) -> NetWeights:
    first, skip = np.zeros_like(like.first), np.zeros_like(like.skip)
    first[used], skip[used] = narrow.first, narrow.skip
    return NetWeights(first, narrow.bias, narrow.out, skip, narrow.intercept)


class Adam:
    """Steps by the mean slope over the root of its mean square (Kingma and Ba, 2015).

    That of torch loads its compiler, which takes longer than all steps of a small net.
    """

    def __init__(self, parts: list[Any]) -> None:
        torch = torch_()
        self.parts = parts
        self.means = [torch.zeros_like(part) for part in parts]
        self.squares = [torch.zeros_like(part) for part in parts]
        self.steps = 0

    def step(self, rate: float) -> None:
        """Move all parts against their slopes, and forget these."""
        self.steps += 1
        early, late = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for part, mean, square in zip(self.parts, self.means, self.squares, strict=True):
            mean.lerp_(part.grad, 0.1)
            square.mul_(0.999).addcmul_(part.grad, part.grad, value=0.001)
            part.addcdiv_(mean, (square / late).sqrt_().add_(1e-8), value=-rate / early)
            part.grad = None


def sparse_start(
    course: Course,
    net: NetWeights,
    limits: Limits,
    groups: NDArray[np.intp],
    exempt: NDArray[np.bool_],
    sparsity: float,
    epochs: int,
    rng: np.random.Generator,
    watch: Callable[[NetWeights], float] | None = None,
) -> NetWeights:
    """Train by Adam in batches; after each step whole columns shrink, and may drop out.

    The proximal step is a group soft-threshold on all first-layer weights of one column of the
    table, and a soft-threshold on each weight of the way around the units (Yuan and Lin, 2006;
    for nets Scardapane et al., 2017).

    Parameters
    ----------
    groups : ndarray of int, shape (p,)
        Column of the table that each column of the design matrix belongs to.
    exempt : ndarray of bool, shape (p,)
        Columns that do not shrink.
    sparsity : float
        Strength of the penalty; a group's grows with the root of its number of weights.
    """
    torch = torch_()
    X = tensor(course.X)
    weights = tensor(course.weights)
    targets = course.lesson.tensors()
    parts = [tensor(part).requires_grad_() for part in limits.clip(net).arrays]
    ends = [[tensor(part) for part in end.arrays] for end in (limits.low, limits.high)]
    adam = Adam(parts)
    of = tensor(groups)
    sizes = tensor(np.bincount(groups) * float(net.n_units))
    shrinks = tensor((~exempt).astype(np.float64))[:, None]
    n = len(course.X)

    def shrink(step: float) -> None:
        first, _, _, skip, _ = parts
        squares = torch.zeros_like(sizes)
        squares.index_add_(0, of, (first**2).sum(1))
        norms = squares.sqrt().clamp(min=1e-12)
        kept = (1 - step * sizes.sqrt() / norms).clamp(min=0)[of][:, None]
        first.mul_(1 - shrinks * (1 - kept))
        skip.copy_(skip.sign() * (skip.abs() - step * shrinks).clamp(min=0))
        for part, low, high in zip(parts, *ends, strict=True):
            part.clamp_(min=low, max=high)

    def now() -> NetWeights:
        return NetWeights(*(part.detach().numpy().copy() for part in parts))

    best, best_loss, since = now(), np.inf, 0
    for epoch in range(epochs):
        # to rest where it ends, as a cosine does
        rate = RATE * (0.05 + 0.95 * (1 + np.cos(np.pi * epoch / epochs)) / 2)
        order = tensor(rng.permutation(n)) if n > BATCH else None
        for begin in range(0, n, BATCH):
            at = slice(None) if order is None else order[begin : begin + BATCH]
            cost = _cost(course, parts, X[at], weights[at], tuple(t[at] for t in targets))
            cost.backward()
            with torch.no_grad():
                adam.step(rate)
                shrink(rate * sparsity)
        if watch is not None:
            found = watch(now())
            since += 1
            if found < best_loss:
                best, best_loss, since = now(), found, 0
            if since > PATIENCE:
                break
    return best if watch is not None and best_loss < np.inf else now()
