"""What a leaf says: the exact minimiser of the composite loss over its rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.targets import CompositeLoss

Floats = NDArray[np.float64]

STEPS = 50  # Newton steps; a handful is enough, damping may take some more
CLOSE = 1e-10
LEAD = 1e-6  # by which a class that was pooled with others leads them
NOISE = 1e-13  # a rise of the loss below this is rounding, and halving a step would not mend it


def leaf_logits(teacher: Floats, labels: Floats | None, loss: CompositeLoss) -> Floats:
    """Solve for the logits that minimise the composite loss over the rows of each leaf.

    The loss depends on a leaf's rows only through their means, so a leaf needs no row again. It is
    convex in the logits and is minimised by damped Newton steps, all leaves at once. Where only
    one of its parts counts the solution is known: ``z = T log(teacher)``, or ``log(labels)``.

    Parameters
    ----------
    teacher : ndarray of shape (L, K)
        Mean soft targets of each leaf at the loss's temperature, all positive.
    labels : ndarray of shape (L, K) or None
        Class shares among the leaf's labels, all positive.
    loss : CompositeLoss
        What to minimise.

    Returns
    -------
    ndarray of shape (L, K)
        Logits whose mean over the classes is 0.
    """
    z = loss.temperature * np.log(teacher)
    if labels is not None and loss.alpha == 1.0:
        z = np.log(labels)
    elif labels is not None and loss.alpha > 0:
        z = _newton(z, teacher, labels, loss)
    return np.asarray(z - z.mean(1, keepdims=True))


def _newton(z: Floats, teacher: Floats, labels: Floats, loss: CompositeLoss) -> Floats:
    k = z.shape[1]
    # Shifting all logits changes nothing: that direction is filled in to make it solvable.
    flat = np.ones((k, k)) / k + 1e-9 * np.eye(k)
    now = loss.value_at(z, labels, teacher)
    for _ in range(STEPS):
        gradient = loss.gradient_at(z, labels, teacher)
        if np.abs(gradient).max() < CLOSE:
            break
        step = np.linalg.solve(loss.hessian(z) + flat, gradient[:, :, None])[:, :, 0]
        size = np.ones(len(z))
        most = now + NOISE * (1 + np.abs(now))
        for _ in range(30):  # halve the steps that would not go down
            then = loss.value_at(z - size[:, None] * step, labels, teacher)
            worse = then > most
            if not worse.any():
                break
            size[worse] /= 2
        stays = then > most
        size[stays] = 0.0
        z = z - size[:, None] * step
        now = np.where(stays, now, then)
    return z


def led_by(logits: Floats, answers: NDArray[np.intp]) -> Floats:
    """Return the logits nearest in likelihood at which each row's answer leads.

    The classes above the answer are pooled with it, most probable first, until it is not behind:
    the minimiser of the cross-entropy under that condition, as in isotonic regression. The answer
    then leads by a hair.

    Parameters
    ----------
    logits : ndarray of shape (L, K)
        What the leaves say.
    answers : ndarray of int, shape (L,)
        Class that each is to name.
    """
    led = softmax(logits)
    for p, k in zip(led, answers, strict=True):
        pool = [int(k)]
        for j in np.argsort(-p, kind="stable"):
            if j != k and p[j] > p[pool].mean():
                pool.append(int(j))
        p[pool] = p[pool].mean()
        p[k] *= 1 + LEAD
    z = np.log(led)
    return np.asarray(z - z.mean(1, keepdims=True))
