"""The judge of 01_first_distillation: right, wrong, and of the wrong kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jupyter_distill.distillation import Distillation
from jupyter_distill.workshop import check
from tests.small import distilled, people


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=4)


def test_rows_on_which_the_two_part(d: Distillation) -> None:
    table, targets = d.held_out
    said, taught = d.student.output(table).argmax(1), targets.logits.argmax(1)
    apart, n = int((said != taught).sum()), targets.n_rows
    wrong, wrong_too = int((said != targets.labels).sum()), int((taught != targets.labels).sum())
    assert len({apart, n - apart, wrong, wrong_too}) == 4  # or the hints could not be told apart
    for right in (apart, float(apart), str(apart), np.int64(apart)):
        found = check("01.1", right, d=d)
        assert found.right and f"{apart} of {n}" in found.why
        assert f"the teacher is wrong for {wrong_too} rows, the student for {wrong}." in found.why
        assert f"{d.fidelity().value:.3f}" in found.why
    answers: list[tuple[Any, str]] = [
        (n - apart, "Count the others"),
        (apart / n, "their share"),
        (wrong, "compare with what the teacher says"),
        (wrong_too, "whoever is right"),
        (n + 1, "count where they differ"),
        ("many", "no number"),
        (True, "no number"),
    ]
    for answer, said_of_it in answers:
        found = check("01.1", answer, d=d)
        assert found.right is False and said_of_it in found.why
