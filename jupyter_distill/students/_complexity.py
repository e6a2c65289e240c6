"""How much there is to read in a student, in one record that compares families."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from math import ceil

# What a reader can take in. A person keeps about seven chunks in mind (Miller, 1956), and answers
# questions about trees of more than some 30 leaves and models of more than some 20 terms no better
# than by chance or by looking each case up (Lage et al., 2019; Poursabzi-Sangdeh et al., 2021).
READABLE = {
    "leaves": 32,
    "depth": 12,
    "rules": 20,
    "conditions": 100,
    "coefficients": 100,
    "coefficients in a score": 30,
    "terms": 20,
    "units": 8,
    "weights": 100,
}


class DensityWarning(UserWarning):
    """A student is too dense to be read as a whole."""


@dataclass(frozen=True)
class Complexity:
    """What a person has to read; None where the family has no such thing.

    Attributes
    ----------
    features : int
        Columns that the student reads.
    leaves, depth : int or None
        Of a tree.
    rules, conditions : int or None
        Rules of a list, besides the last one, which has no condition; conditions of a list or tree,
        which asks each of its questions once.
    coefficients, terms, units, weights : int or None
        Non-zero coefficients, terms (features and pairs), units and non-zero weights of a net.
    scores : int
        Sums that coefficients or weights belong to: one a class where there are more than two. They
        are read one by one.
    """

    features: int
    leaves: int | None = None
    depth: int | None = None
    rules: int | None = None
    conditions: int | None = None
    coefficients: int | None = None
    terms: int | None = None
    units: int | None = None
    weights: int | None = None
    scores: int = 1

    @property
    def statements(self) -> int:
        """Things to be read one by one: conditions, coefficients or weights; comparable."""
        for count in (self.weights, self.coefficients, self.conditions, self.terms):
            if count is not None:
                return count
        return self.features

    @property
    def dense(self) -> tuple[str, ...]:
        """What there is too much of, e.g. ``("48 leaves (readable: 32)",)``; empty if readable."""
        counts = self.to_dict()
        if "coefficients" in counts:
            counts["coefficients in a score"] = ceil(counts["coefficients"] / self.scores)
        return tuple(
            f"{counts[name]} {name} (readable: {limit})"
            for name, limit in READABLE.items()
            if counts.get(name, 0) > limit
        )

    def warn(self, title: str) -> None:
        """Issue a DensityWarning if there is too much of something."""
        if self.dense:
            warnings.warn(
                f"The {title} is too dense to read: {', '.join(self.dense)}. Take a smaller size.",
                DensityWarning,
                stacklevel=4,  # whoever called fit or fit_soft
            )

    def to_dict(self) -> dict[str, int]:
        """Return what the family has, as plain numbers."""
        counts = asdict(self)
        del counts["scores"]  # how they are read, not how many
        return {name: count for name, count in counts.items() if count is not None}
