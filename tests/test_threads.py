"""Where no thread can be started, as in a browser, a distillation is made all the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jupyter_distill._threads import can_start

# What Python says there.
IN_A_BROWSER = """
import sys
import threading
import types

for name in ("fcntl", "resource"):  # the kernel there has them empty
    sys.modules[name] = types.ModuleType(name)

def refuse(*_):
    raise RuntimeError("can't start new thread")

threading.Thread.start = refuse

from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

import jupyter_distill as jd

X, y = load_iris(return_X_y=True, as_frame=True)
model = DecisionTreeClassifier(random_state=0).fit(X, y)
quick = {"size": 3, "temperature": 1.0, "augment": None, "quality": "greedy"}
d = jd.distill(model, X, y, store=sys.argv[1], batch_size=30, progress=True, **quick)
assert d.view().frame() is not None
print("fidelity", d.fidelity().value)
"""


def test_threads_start_here() -> None:
    assert can_start()


def test_a_distillation_needs_no_thread(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_BROWSER, tmp_path],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("fidelity ")
    assert "thread" not in done.stderr
    assert list(tmp_path.glob("*/*.parquet")), "the answers were not kept"
