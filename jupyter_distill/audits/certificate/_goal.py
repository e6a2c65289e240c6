"""What another decision would be: another class, one that is named, or a number within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import Refusal, did_you_mean, expected, some

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Goal:
    """Which answers count as another decision.

    Attributes
    ----------
    classes : tuple of int
        Codes of the classes of which one must be named; empty for a regression.
    low, high : float
        Between which the number of a regression must lie.
    """

    classes: tuple[int, ...] = ()
    low: float = -np.inf
    high: float = np.inf

    def met(self, output: Floats) -> NDArray[np.bool_]:
        """Return which answers are so: logits (n, K), or numbers (n, 1)."""
        if self.classes:
            return np.isin(output.argmax(1), self.classes)
        return np.asarray((output[:, 0] >= self.low) & (output[:, 0] <= self.high))


def goal(target: Any, classes: tuple[Any, ...], answer: int) -> Goal | None:
    """Return what is wanted in place of an answer; None for a number without a target.

    Parameters
    ----------
    target : class, list of classes, (low, high) or None
        What a person asks for.
    classes : tuple
        Labels of the classes; empty for a regression.
    answer : int
        The code of the class that is named now.

    Raises
    ------
    TypeError, ValueError
        If the target is no class, or no bound.
    """
    if not classes:
        return None if target is None else _bounds(target)
    if target is None:
        return Goal(tuple(k for k in range(len(classes)) if k != answer))
    several = isinstance(target, list | set | frozenset)
    wanted = [_code(label, classes) for label in (target if several else [target])]
    if not wanted:
        raise Refusal(expected("a class as target", got=repr(target)))
    return Goal(tuple(sorted(set(wanted))))


def _code(label: Any, classes: tuple[Any, ...]) -> int:
    for k, name in enumerate(classes):
        if name == label and isinstance(name, bool) == isinstance(label, bool):
            return k
    same = [name for name in classes if str(name) == str(label)]
    near = f" Write {same[0]!r}." if same else did_you_mean(label, [str(c) for c in classes])
    raise Refusal(
        expected(f"a target among the classes {some(classes, 20)}", got=repr(label)) + near
    )


def _bounds(target: Any) -> Goal:
    what = "target to be a range of the prediction: (low, high), None for an open end"
    if isinstance(target, Real):
        remedy = f"Write ({target}, None) for at least that, (None, {target}) for at most."
        raise TypeError(expected(what, got=repr(target), remedy=remedy))
    if isinstance(target, str) or not isinstance(target, Iterable):
        raise TypeError(expected(what, got=repr(target)))
    ends = list(target)
    if len(ends) != 2 or ends == [None, None]:
        raise Refusal(expected(what, got=repr(target)))
    for end in ends:
        if end is not None and (isinstance(end, bool) or not isinstance(end, Real) or end != end):
            raise TypeError(expected(what, got=repr(target)))
    low = -np.inf if ends[0] is None else float(ends[0])
    high = np.inf if ends[1] is None else float(ends[1])
    if low > high:
        raise Refusal(expected(what, got=repr(target), remedy="Turn it around."))
    return Goal((), low, high)


def against(output: Floats, wanted: Any) -> tuple[int, int]:
    """Return the class that is named, and the likeliest of those that it is held against."""
    named = int(output.argmax())
    if len(output) == 1:
        return 0, 0
    others = [k for k in wanted.classes if k != named] or [
        k for k in range(len(output)) if k != named
    ]
    return named, max(others, key=lambda k: (output[k], -k))
