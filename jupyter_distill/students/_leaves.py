"""What a leaf says: the exact minimiser of the composite loss over its rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill.targets import soften

Floats = NDArray[np.float64]

STEPS = 50  # Newton steps; a handful is enough, damping may take some more
CLOSE = 1e-10


def leaf_logits(teacher: Floats, labels: Floats | None, alpha: float, temperature: float) -> Floats:
    """Solve for the logits that minimise the composite loss over the rows of each leaf.

    The loss depends on a leaf's rows only through their means, so a leaf needs no row again:
    ``alpha CE(labels, softmax z) + (1 - alpha) T^2 KL(teacher || softmax(z / T))`` is convex in z
    and is minimised by damped Newton steps, all leaves at once. Without labels the solution is
    known: ``z = T log(teacher)``.

    Parameters
    ----------
    teacher : ndarray of shape (L, K)
        Mean soft targets of each leaf at `temperature`, all positive.
    labels : ndarray of shape (L, K) or None
        Class shares among the leaf's labels.
    alpha : float
        Weight of the labels, in [0, 1].
    temperature : float
        T, above 0.

    Returns
    -------
    ndarray of shape (L, K)
        Logits whose mean over the classes is 0.
    """
    z = temperature * np.log(teacher)
    if labels is not None and alpha == 1.0:
        z = np.log(labels)
    elif labels is not None and alpha > 0:
        z = _newton(z, teacher, labels, alpha, temperature)
    return np.asarray(z - z.mean(1, keepdims=True))


def _newton(z: Floats, teacher: Floats, labels: Floats, alpha: float, temperature: float) -> Floats:
    def loss(z: Floats) -> Floats:
        hard = -(labels * np.log(soften(z, 1.0) + 1e-300)).sum(1)
        soft = -(teacher * np.log(soften(z, temperature) + 1e-300)).sum(1)
        return np.asarray(alpha * hard + (1 - alpha) * temperature**2 * soft)

    now = loss(z)
    for _ in range(STEPS):
        p, p_T = soften(z, 1.0), soften(z, temperature)
        gradient = alpha * (p - labels) + (1 - alpha) * temperature * (p_T - teacher)
        if np.abs(gradient).max() < CLOSE:
            break
        hessian = alpha * _covariance(p) + (1 - alpha) * _covariance(p_T)
        # Shifting all logits changes nothing: the ones-direction is filled in to make it solvable.
        hessian += (1e-12 + 1.0 / z.shape[1]) * np.ones_like(hessian[0]) + 1e-9 * np.eye(z.shape[1])
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        size = np.ones(len(z))
        for _ in range(30):  # halve the steps that would not go down
            then = loss(z - size[:, None] * step)
            worse = then > now + 1e-15
            if not worse.any():
                break
            size[worse] /= 2
        size[then > now + 1e-15] = 0.0
        z = z - size[:, None] * step
        now = loss(z)
    return z


def _covariance(p: Floats) -> Floats:
    """Covariance of a one-hot draw from each row of `p`: diag(p) - p p'."""
    return np.asarray(p[:, :, None] * np.eye(p.shape[1]) - p[:, :, None] * p[:, None, :])
