"""How an answer comes about where it is a sum, in a few words."""

from __future__ import annotations


def summed(classes: tuple[str, ...], scores: tuple[str, ...], how: str) -> str:
    """Say what is summed, what the sum means, and how probabilities follow from it.

    Parameters
    ----------
    classes : tuple of str
        Names of the K classes; empty for a regression.
    scores : tuple of str
        What each sum is about.
    how : str
        Its parts, as the rest of a sentence.
    """
    if not classes:
        return f"The prediction is a sum: {how}."
    if len(classes) == 2:
        return (
            f"The {scores[0]} are a sum, above 0 where {classes[1]} is likelier: {how}. "
            f"The probability of {classes[1]} is 1 / (1 + exp(-sum))."
        )
    return (
        f"The score of each class is a sum: {how}. The class with the highest score is named; "
        "softmax of the scores gives the probabilities."
    )
