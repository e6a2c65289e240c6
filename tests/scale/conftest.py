"""Rows in files of one partition each, and a local cluster, for all tests of scale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_distill.data import _partitions_parquet
from tests.clusters import cluster
from tests.scaled import N, parquet, rows


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return rows().drop(columns="number")


@pytest.fixture(scope="module", autouse=True)
def small_partitions() -> Iterator[None]:
    """Let every file be a partition."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_partitions_parquet, "ROWS", N // 5)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame) -> Path:
    return parquet(tmp_path_factory.mktemp("rows"), frame)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with cluster() as client:
        yield client
