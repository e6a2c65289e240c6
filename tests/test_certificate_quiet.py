"""Looking for the smallest change prints nothing, and swallows nothing of anybody else."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.audits.certificate import _smallest_sums
from jupyter_distill.audits.certificate._hush import OF_HIGHS, STDOUT, hushed
from jupyter_distill.students.linear import LinearStudent

from .distilling import run


def test_nothing_is_printed_where_the_solver_repairs_its_answer(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    n, m = 100, 5
    frame = pd.DataFrame(rng.normal(0, 10.0 ** (np.arange(m) - 3), (n, m))).add_prefix("c")
    scale, weight = frame.std().to_numpy(), rng.normal(size=m)

    def teacher(X: pd.DataFrame) -> np.ndarray:
        z = (X.to_numpy() / scale) @ weight
        return np.column_stack([z * np.cos(2 * k) + 0.3 * k for k in range(4)])

    model = jd.as_teacher(teacher, classes=list(range(4)))
    d = run(model, frame, None, student=LinearStudent(), size=m, temperature=1.0)
    rows = list(range(8))
    quiet = d.certificate(rows, ask=False, reasons=False)
    assert capfd.readouterr().out == ""
    assert all(one.change is not None for one in quiet)
    # the same without it: were nothing printed, there would be nothing to keep quiet
    monkeypatch.setattr(_smallest_sums, "hushed", lambda: open(os.devnull))
    d.certificate(rows, ask=False, reasons=False)
    os.write(STDOUT, b"")
    assert OF_HIGHS.decode() in capfd.readouterr().out


def test_all_other_lines_are_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with hushed():
        os.write(STDOUT, b"before\n" + OF_HIGHS + b"\nafter\n" + OF_HIGHS + b" and more\nno end")
    assert capfd.readouterr().out == f"before\nafter\n{OF_HIGHS.decode()} and more\nno end"


def test_printing_goes_on_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), hushed():
        os.write(STDOUT, b"kept\n")
        raise KeyError
    os.write(STDOUT, b"later\n")
    assert capfd.readouterr().out == "later\n"
