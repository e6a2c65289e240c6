"""Tables for the tests of made rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import strategies as st

from jupyter_distill.data import Table


def mixed(n: int = 300, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    income = rng.lognormal(10, 0.7, n)
    frame = pd.DataFrame(
        {
            "income": income,
            "score": (income / 7_000 + rng.normal(0, 1, n)).astype(np.float32),
            "age": rng.integers(18, 90, n),
            "cards": rng.integers(0, 9, n).astype(np.uint8),
            "purpose": rng.choice(["car", "house", "a very long purpose"], n, p=[0.6, 0.3, 0.1]),
            "employed": income + rng.normal(0, 5_000, n) > 20_000,
        }
    )
    frame.loc[rng.random(n) < 0.2, ["income", "purpose"]] = np.nan
    return frame


FRAMES = {
    "pandas": lambda: mixed().set_index(pd.Index(range(300, 0, -1))),
    "pandas of objects": lambda: mixed().astype(object),
    "pandas of nullable types": lambda: mixed().convert_dtypes(),
    "pandas of categories": lambda: mixed().astype({"purpose": "category"}),
    "pandas with numbers for names": lambda: mixed().set_axis(range(6), axis=1),
    "polars": lambda: pl.from_pandas(mixed()),
    "pyarrow": lambda: pl.from_pandas(mixed()).to_arrow(),
    "array of float32": lambda: mixed()[["income", "score", "age"]].to_numpy(np.float32),
    "array of integers": lambda: mixed()[["age", "cards"]].to_numpy(np.int16),
    "array of objects": lambda: mixed().to_numpy(object),
}


@st.composite
def tables(draw: st.DrawFn) -> Table:
    n = draw(st.integers(2, 30))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=n, max_size=n))

    some = {
        "float": st.floats(-1e307, 1e307),
        "float or missing": st.none() | st.floats(-10, 10),
        "integer": st.integers(-3, 3),
        "integer or missing": st.none() | st.integers(0, 2**40),
        "text": st.sampled_from(["a", "b", "c"]),
        "text or missing": st.none() | st.sampled_from(["a", "b"]),
        "boolean": st.booleans(),
        "constant": st.just(0.1),
        "one category": st.just("only"),
        "missing": st.none(),
    }
    chosen = draw(st.lists(st.sampled_from(list(some)), min_size=1, max_size=5, unique=True))
    types = {"float or missing": pl.Float32, "integer": pl.Int8, "missing": pl.String}
    frame = pl.DataFrame(
        {name: pl.Series(column(some[name]), dtype=types.get(name)) for name in chosen}
    )
    return Table.of(frame.to_pandas() if draw(st.booleans()) else frame)


def ring(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n)
    return np.column_stack([np.cos(angle), np.sin(angle)]) * rng.normal(1, 0.02, (n, 1))
