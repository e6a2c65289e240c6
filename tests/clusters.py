"""A cluster on this machine, for tests of what is sent to workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def cluster() -> Iterator[Any]:
    """Start two processes of two threads each, and give their client."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=2, dashboard_address=None) as workers,
        Client(workers) as client,
    ):
        yield client
