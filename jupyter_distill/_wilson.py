"""The interval of a share."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054  # 97.5 % of a normal distribution lie below


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of `n` rows (Wilson, 1927)."""
    middle = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    # the share itself is inside, also where rounding would leave it just outside
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
