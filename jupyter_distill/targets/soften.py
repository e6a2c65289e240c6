"""Softening: the softmax of logits divided by a temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import Refusal, check_number, expected


def soften(logits: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    r"""Return :math:`\mathrm{softmax}(z / T)` along the last axis.

    A temperature above one raises the small probabilities and shows how the teacher orders the
    wrong answers (its *dark knowledge*); below one it sharpens the decision.

    Parameters
    ----------
    logits : array_like of shape (..., K)
        Finite logits, or log-probabilities, of any size.
    temperature : float, default=1.0
        Greater than zero.

    Returns
    -------
    ndarray of shape (..., K)
        Probabilities; each row sums to one.

    References
    ----------
    G. Hinton, O. Vinyals, J. Dean: Distilling the Knowledge in a Neural Network, 2015.

    Examples
    --------
    >>> soften([0.0, 2.0], temperature=2.0).round(3)
    array([0.269, 0.731])
    """
    z = np.asarray(logits, dtype=np.float64)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise Refusal(expected("logits with one column per class", got=f"shape {z.shape}"))
    if not np.isfinite(z).all():
        raise Refusal(
            expected(
                "finite logits",
                got=f"{int((~np.isfinite(z)).sum())} values that are NaN or infinite",
            )
        )
    return softmax(z, check_number("temperature", temperature, above=0))
