"""The composite loss, defined once: every student minimises it and every score is made by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jupyter_distill._softmax import log_softmax, softmax
from jupyter_distill._validation import check_number, expected
from jupyter_distill.targets.soft_targets import SoftTargets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CompositeLoss:
    r"""The loss of a student's logits against labels and teacher.

    .. math::

        L(z) = \alpha \, \mathrm{CE}(y, \mathrm{softmax}(z))
             + (1 - \alpha) \, T^2 \,
               \mathrm{KL}(q_T \,\|\, \mathrm{softmax}(z / T)),
        \qquad q_T = \mathrm{softmax}(z_\mathrm{teacher} / T)

    The factor :math:`T^2` keeps the weight of the soft part when the temperature changes.

    Of a row whose label is not known (-1) the teacher takes over the part of the labels: in the
    place of the one-hot :math:`y` stands :math:`q_1`, the teacher's probabilities at T = 1,

    .. math::

        L(z) = \alpha \, \mathrm{CE}(q_1, \mathrm{softmax}(z))
             + (1 - \alpha) \, T^2 \, \mathrm{KL}(q_T \,\|\, \mathrm{softmax}(z / T))

    which is what the row's loss is expected to be if its label is distributed as the teacher says;
    at T = 1 it is the loss at :math:`\alpha = 0`, up to a constant. Every row then weighs the
    same. Were the part dropped, such a row would weigh :math:`1 - \alpha`, and what rows that
    share their logits are best told would no longer follow from the means of label and soft target.

    Parameters
    ----------
    alpha : float, default=0.1
        Weight of the ground truth, between 0 and 1.
    temperature : float, default=1.0
        Temperature of teacher and student, greater than 0.

    References
    ----------
    G. Hinton, O. Vinyals, J. Dean: Distilling the Knowledge in a Neural Network, 2015.

    Examples
    --------
    >>> targets = SoftTargets([[0.0, 2.0]], classes=["no", "yes"], labels=[1])
    >>> loss = CompositeLoss(alpha=0.0, temperature=2.0)
    >>> loss([[0.0, 2.0]], targets)
    0.0
    """

    alpha: float = 0.1
    temperature: float = 1.0

    def __post_init__(self) -> None:
        alpha = float(check_number("alpha", self.alpha, low=0, high=1))
        temperature = float(check_number("temperature", self.temperature, above=0))
        object.__setattr__(self, "alpha", alpha)
        object.__setattr__(self, "temperature", temperature)

    def __call__(self, student_logits: ArrayLike, targets: SoftTargets) -> float:
        """Return the mean loss over the rows, weighted by the targets' weights."""
        return float(np.average(self.per_row(student_logits, targets), weights=targets.weights))

    def per_row(self, student_logits: ArrayLike, targets: SoftTargets) -> Floats:
        """Return the loss of each row, shape (n,)."""
        z = _logits(student_logits, targets)
        truth = self.label_mix(targets)
        answer = np.zeros(len(z))
        if self.alpha < 1:
            log_q = log_softmax(targets.logits, self.temperature)
            log_p = log_softmax(z, self.temperature)
            q = np.exp(log_q)
            with np.errstate(invalid="ignore"):  # two impossible classes: -inf - -inf
                kl = np.maximum(_dot(q, log_q - log_p), 0.0)  # rounding may leave -1e-17
            answer += (1 - self.alpha) * self.temperature**2 * kl
        if truth is not None:
            answer -= self.alpha * _dot(truth, log_softmax(z))
        return answer

    def gradient(self, student_logits: ArrayLike, targets: SoftTargets) -> Floats:
        r"""Return the gradient of each row's loss, shape (n, K).

        :math:`\alpha (p - y) + (1 - \alpha) \, T \, (p_T - q_T)`, without row weights; y as
        `label_mix` has it.
        """
        z = _logits(student_logits, targets)
        return self.gradient_at(z, self.label_mix(targets), targets.at(self.temperature))

    def hessian(self, student_logits: ArrayLike) -> Floats:
        r"""Return the Hessian of each row's loss, shape (..., K, K).

        :math:`\alpha \, C(p) + (1 - \alpha) \, C(p_T)` with
        :math:`C(p) = \mathrm{diag}(p) - p p^\top`; neither labels nor teacher enter.
        """
        z = np.asarray(student_logits, dtype=np.float64)
        hard, soft = softmax(z), softmax(z, self.temperature)
        return self.alpha * _covariance(hard) + (1 - self.alpha) * _covariance(soft)

    def value_at(self, logits: ArrayLike, label_mix: Floats | None, soft_mix: Floats) -> Floats:
        """Return the mean loss of rows that share their logits, up to a constant.

        The mean label and the mean soft target are all that the loss depends on: the
        sufficient statistics of a leaf, a rule or a bin.

        Parameters
        ----------
        logits : array_like of shape (..., K)
            Logits of each group.
        label_mix : array of shape (..., K) or None
            Mean label of each group, of `label_mix`; may be None where alpha is 0.
        soft_mix : array of shape (..., K)
            Mean of the teacher's probabilities at this temperature.
        """
        log_p = log_softmax(logits, self.temperature)
        answer: Floats = -(1 - self.alpha) * self.temperature**2 * _dot(soft_mix, log_p)
        if self.alpha > 0:
            answer = answer - self.alpha * _dot(self._mix(label_mix), log_softmax(logits))
        return answer

    def gradient_at(self, logits: ArrayLike, label_mix: Floats | None, soft_mix: Floats) -> Floats:
        """Return the gradient of `value_at`, shape (..., K); its Hessian is `hessian`."""
        soft = softmax(logits, self.temperature)
        answer: Floats = (1 - self.alpha) * self.temperature * (soft - soft_mix)
        if self.alpha > 0:
            answer = answer + self.alpha * (softmax(logits) - self._mix(label_mix))
        return answer

    def response(self, targets: SoftTargets) -> Floats:
        r"""Return the pseudo-response :math:`\alpha y + (1 - \alpha) \, T \, q_T`, shape (n, K).

        Regressing it by squared error maximises the second-order gain of this loss, so any
        regressor can find the structure (splits, terms) for every temperature and alpha.
        """
        soft: Floats = (1 - self.alpha) * self.temperature * targets.at(self.temperature)
        truth = self.label_mix(targets)
        return soft if truth is None else soft + self.alpha * truth

    def answers(self, targets: SoftTargets) -> Floats:
        """Return how much each class is the one to be named, shape (n, K), rows of sum 1.

        The teacher's class, and with weight alpha the true one; where that is not known, the
        teacher's alone.
        """
        one_hot, named, labels = np.eye(targets.n_classes), targets.predicted, self._labels(targets)
        if labels is None:
            return one_hot[named]
        truth = np.where(labels < 0, named, labels)
        return np.asarray((1 - self.alpha) * one_hot[named] + self.alpha * one_hot[truth])

    def label_mix(self, targets: SoftTargets) -> Floats | None:
        """Return the one-hot labels, shape (n, K); None where alpha is 0.

        Of a row whose label is not known it holds the teacher's probabilities at T = 1.
        """
        labels = self._labels(targets)
        if labels is None:
            return None
        mix = np.eye(targets.n_classes)[labels]
        unknown = labels < 0
        if unknown.any():
            mix[unknown] = softmax(targets.logits[unknown])
        return np.asarray(mix, dtype=np.float64)

    def _labels(self, targets: SoftTargets) -> NDArray[np.intp] | None:
        """Return the labels; None where they do not count."""
        if self.alpha == 0:
            return None
        if targets.labels is None:
            raise ValueError(
                expected(
                    "labels for the ground truth's part of the loss",
                    got=f"alpha={self.alpha!r} and soft targets without labels",
                    remedy="Give the labels y, or set alpha=0.",
                )
            )
        return targets.labels

    def _mix(self, label_mix: Floats | None) -> Floats:
        if label_mix is None:
            raise ValueError(
                expected("label_mix where alpha > 0", got="None", remedy="Or set alpha=0.")
            )
        return label_mix


def _dot(mix: Floats, log_p: Floats) -> Floats:
    """Return the sum of ``mix * log_p`` per row, where 0 times minus infinity is 0."""
    with np.errstate(invalid="ignore"):
        answer: Floats = np.where(mix > 0, mix * log_p, 0.0).sum(axis=-1)
    return answer


def _covariance(p: Floats) -> Floats:
    answer: Floats = -p[..., :, None] * p[..., None, :]
    diagonal = np.einsum("...kk->...k", answer)  # a view
    diagonal += p
    return answer


# KL(teacher || student) at T = 1, in nats: one score for all students, whatever they learnt at.
KL = CompositeLoss(alpha=0.0, temperature=1.0)


def _logits(student_logits: ArrayLike, targets: SoftTargets) -> Floats:
    z = np.asarray(student_logits, dtype=np.float64)
    if z.shape != targets.logits.shape:
        raise ValueError(
            expected(
                f"student logits of shape {targets.logits.shape}, like the targets",
                got=f"shape {z.shape}",
            )
        )
    if not np.isfinite(z).all():
        rows = np.flatnonzero(~np.isfinite(z).all(axis=1))
        raise ValueError(
            expected("finite student logits", got=f"NaN or infinity in {len(rows)} rows")
        )
    return z
