"""Settings of the whole run, made before any test imports numpy or numba."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Small nets and tables: a pool of threads costs more than it gives. And numba would compile for
# twenty seconds what a test needs for a tenth of one.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_DISABLE_JIT", "1")
# Models are made by the tests, or lie in packages: nothing is fetched.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# Next to nothing of the million objects that exist once all tests are collected is garbage: to look
# for some time and again takes a quarter of the while.
gc.disable()

# A busy machine is slow, not wrong.
settings.register_profile("laws", deadline=None, max_examples=60)
settings.load_profile("laws")


# Files that take more than half a minute, the longest first: no worker begins one of them when the
# other has nothing left to do. A test holds the names to the files.
LONGEST = [
    "test_notebooks.py",
    "test_students_twins.py",
    "test_parallel.py",
    "test_students.py",
    "ui/test_lab_panel.py",
    "ui/test_main_job.py",
    "ui/test_charts.py",
    "ui/test_live_views.py",
    "ui/test_saved_notebook.py",
    "ui/test_every_view.py",
]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The browser comes last: what is quick fails first, and Playwright keeps an event loop running
    # in this thread once it has started.
    def place(item: pytest.Item) -> tuple[bool, int]:
        name = item.path.relative_to(HERE).as_posix()
        long = LONGEST.index(name) if name in LONGEST else len(LONGEST)
        return item.get_closest_marker("browser") is not None, long

    items.sort(key=place)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store that makes a file of every batch."""
    from jupyter_distill.targets import _kept
    from jupyter_distill.targets.store import Store
    from tests.storing import AtOnce

    monkeypatch.setattr(_kept, "PIECE", 0)
    monkeypatch.setattr(_kept, "PATIENCE", 0)
    monkeypatch.setattr(_kept, "ThreadPoolExecutor", AtOnce)
    return Store(tmp_path / "store")
