"""What a family can prove of itself, whatever rows come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Proof:
    """That a direction holds everywhere, or where it does not.

    Attributes
    ----------
    method : str
        What was looked at, e.g. ``"signs of the coefficients"``.
    violations : int
        How many of these go the wrong way; 0 if the direction is proven.
    worst : float
        The largest fall where a rise was demanded (or the other way round), as a probability or
        in the unit of the target.
    example : str
        The worst of them in words; empty if there is none.
    """

    method: str
    violations: int = 0
    worst: float = 0.0
    example: str = ""


@runtime_checkable
class Provable(Protocol):
    """A student that can settle a direction without asking for rows."""

    def prove_monotone(self, feature: int, sign: int, of_class: int | None) -> Proof | None:
        """Return a proof either way, or None if nothing can be proven.

        Parameters
        ----------
        feature : int
            Position of the column.
        sign : {1, -1}
            Direction.
        of_class : int or None
            The class whose probability is meant; None where a number is given.
        """
        ...
