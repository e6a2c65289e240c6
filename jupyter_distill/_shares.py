"""How a share is written to be read: one way in views, reports, findings and messages."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

UNIT = "\N{NO-BREAK SPACE}%"


def percent(share: float, digits: int = 1) -> str:
    """Write a share in percent: ``31.2 %``; a dash where there is none.

    One that is not 0 or 1 never reads as if it were: ``<0.1 %``, ``>99.9 %``. Views in the browser
    write it so too, by `percent` of js/shared/format.ts.
    """
    if not isfinite(share):
        return "\N{EN DASH}"
    least = Decimal(1).scaleb(-digits)
    # a half goes up, as in the browser
    rounded = Decimal(100.0 * float(share)).quantize(least, ROUND_HALF_UP)
    if rounded == 0:
        return f"{f'<{least}' if share > 0 else '0'}{UNIT}"
    if rounded == 100:
        return f"{f'>{100 - least}' if share < 1 else '100'}{UNIT}"
    return f"{rounded}{UNIT}"


def percents(low: float, high: float) -> str:
    """Write an interval of shares: ``91.0 to 95.0 %``."""
    return f"{percent(low).removesuffix(UNIT)} to {percent(high)}"
