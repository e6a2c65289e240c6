"""The scale on which two models are explained: the same for both, and said in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._shares import percent
from jupyter_distill._softmax import FLOOR, softmax
from jupyter_distill._validation import Refusal, check_choice, expected
from jupyter_distill.distillation import Distillation

Floats = NDArray[np.float64]
Kind = Literal["number", "log-odds", "probability"]
SCALES = ("auto", "log-odds", "probability")

FLOORED = 0.05  # share of the rows at the floor from which on log-odds say little but the floor


@dataclass(frozen=True)
class Scale:
    """What is explained of an answer: J scores per row.

    Attributes
    ----------
    kind : {"number", "log-odds", "probability"}
        Of two classes one score, of the second; of K classes K of them.
    outputs : tuple of str, length J
        What each score is of: the class, or the target.
    n_classes : int
        K; 1 of a regression.
    """

    kind: Kind
    outputs: tuple[str, ...]
    n_classes: int

    @property
    def words(self) -> str:
        """The scale in words, e.g. ``log-odds of 'yes'``."""
        if self.kind == "number":
            return "unit of the target"
        if self.n_classes == 2:
            return f"{self.kind} of {self.outputs[0]!r}"
        if self.kind == "probability":
            return "probability of each class"
        return "log-odds of each class against the mean of all"

    def of_output(self, output: str) -> str:
        """Return the words for one score, e.g. of three classes ``probability of 'b'``."""
        if self.kind == "number":
            return "prediction"
        against = (
            " against the mean of all" if self.n_classes > 2 and self.kind != "probability" else ""
        )
        return f"{self.kind} of {output!r}{against}"

    @property
    def matrix(self) -> Floats | None:
        """What logits of shape (n, K) are multiplied with, shape (K, J); None where no matrix."""
        k = self.n_classes
        if self.kind == "probability":
            return None
        if self.kind == "number":
            return np.ones((1, 1))
        return np.array([[-1.0], [1.0]]) if k == 2 else np.eye(k) - 1 / k

    def of(self, said: Floats) -> Floats:
        """Return scores of shape (n, J) of logits (n, K), or of numbers (n,)."""
        if self.kind == "probability":
            p = softmax(said)
            return p[:, 1:] if self.n_classes == 2 else p
        matrix = self.matrix
        assert matrix is not None
        return np.asarray(said.reshape(len(said), -1) @ matrix)

    def decided(self, scores: Floats) -> NDArray[np.intp]:
        """Return the score that decides each row: of several classes the largest."""
        return np.asarray(scores.argmax(1), dtype=np.intp)


def scale_of(d: Distillation, asked: str) -> tuple[Scale, list[str]]:
    """Return the scale on which a distillation is explained, and notes on why.

    Parameters
    ----------
    d : Distillation
        Whose models.
    asked : {"auto", "log-odds", "probability"}
        ``"auto"`` takes log-odds, but probabilities where the teacher gives these and many of
        them are 0: the logarithm of 0 is nothing but the floor that it is given.
    """
    check_choice("scale", asked, SCALES)
    if d.task == "regression":
        if asked != "auto":
            what = 'scale="auto" for a regression, whose scale is that of its target'
            raise Refusal(expected(what, got=repr(asked)))
        return Scale("number", ("prediction",), 1), []
    notes = []
    if asked == "auto":
        asked = "log-odds"
        z = d.targets.logits
        at_floor = float((z.min(1) <= np.log(FLOOR) + 1e-9).mean())
        if d.teacher.kind == "probabilities" and at_floor > FLOORED:
            asked = "probability"
            notes.append(
                f"Probabilities are explained, not log-odds: of {percent(at_floor)} of the rows "
                "the teacher gives a class no chance at all."
            )
    names = tuple(str(name) for name in d.targets.classes)
    kind: Kind = "probability" if asked == "probability" else "log-odds"
    return Scale(kind, names[1:] if len(names) == 2 else names, len(names)), notes
