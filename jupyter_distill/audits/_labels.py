"""What the owner calls rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data import Table


def labels_of(table: Table, rows: NDArray[np.intp]) -> pd.Index[Any]:
    """Return the labels of some rows: of the index of a pandas frame, else their places."""
    native = table.native
    if isinstance(native, pd.DataFrame) and len(native) == table.n_rows:
        return native.index[rows]
    return pd.Index(rows)
