#!/usr/bin/env python3
"""Runs each example notebook as a workshop would, and prints what it takes.

Seconds by the clock from the start of its kernel to its last cell, seconds that processors worked
for it (on a busy machine the fairer figure), and the most memory that the kernel and its workers
held at one time. Names (or parts of them) narrow the run. The notebooks run in the environment of
the Python that runs this, under what Binder sets with
``binder/start python .ci/notebooks.py 01 04``.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

NOTEBOOKS = sorted((Path(__file__).parents[1] / "example_notebooks").glob("*.ipynb"))
SECONDS, MEGABYTES = 120, 2048  # what Binder and a class's patience allow
EVERY = 0.2


class Watch(threading.Thread):
    """Looks at the memory of a process and its children until it is told to stop."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.process, self.most, self.worked, self.enough = process, 0, 0.0, threading.Event()

    def run(self) -> None:
        """Look, and keep the most that was held and worked."""
        while not self.enough.wait(EVERY):
            held, worked = 0, 0.0
            try:
                for one in [self.process, *self.process.children(recursive=True)]:
                    held += one.memory_info().rss
                    worked += sum(one.cpu_times()[:2])
            except psutil.NoSuchProcess:  # it ended while it was looked at
                continue
            self.most, self.worked = max(self.most, held), max(self.worked, worked)


def run(path: Path) -> tuple[float, float, float, str]:
    """Return seconds by the clock and of processors, megabytes, and what went wrong."""
    client = NotebookClient(nbformat.read(path, as_version=4), timeout=1200, kernel_name="python3")
    wrong = ""
    with tempfile.TemporaryDirectory() as folder:
        client.resources = {"metadata": {"path": folder}}
        began = time.perf_counter()
        with client.setup_kernel():
            watch = Watch(psutil.Process(client.km.provisioner.process.pid))
            watch.start()
            try:
                for number, cell in enumerate(client.nb.cells):
                    client.execute_cell(cell, number)
            except CellExecutionError as error:
                wrong = f"{error.ename}: {error.evalue}".splitlines()[0]
            seconds = time.perf_counter() - began
            watch.enough.set()
            watch.join()
    return seconds, watch.worked, watch.most / 2**20, wrong


def main(wanted: list[str]) -> int:
    """Print a line for each notebook; return how many failed or took too much."""
    chosen = [p for p in NOTEBOOKS if not wanted or any(name in p.stem for name in wanted)]
    if not chosen:
        sys.exit(f"Expected parts of the notebooks' names. Got {', '.join(wanted)}.")
    bad = 0
    print(f"{'notebook':<36}{'seconds':>9}{'worked':>8}{'MB':>8}", flush=True)
    for path in chosen:
        seconds, worked, megabytes, wrong = run(path)
        beyond = "" if seconds <= SECONDS and megabytes <= MEGABYTES else "too much"
        bad += bool(wrong or beyond)
        figures = f"{seconds:>9.0f}{worked:>8.0f}{megabytes:>8.0f}"
        print(f"{path.stem:<36}{figures}  {wrong or beyond}", flush=True)
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
