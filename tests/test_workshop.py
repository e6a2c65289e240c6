"""Exercises: an answer is judged, and what is asked wrongly is refused by name."""

from __future__ import annotations

import pytest

from jupyter_distill.workshop import check
from jupyter_distill.workshop._exercise import _FOUND, exercise


@pytest.fixture(autouse=True)
def asked() -> None:
    @exercise("99.1", "How many leaves has it?")
    def leaves(answer: object, d: int) -> tuple[bool, str]:
        return answer == d, f"It has {d}."


def test_an_answer_is_judged_and_told_why() -> None:
    nothing, wrong, right = (check("99.1", answer, d=3) for answer in (..., 2, 3))
    assert nothing.right is None and "How many leaves" in repr(nothing)
    assert wrong.right is False and repr(wrong) == "\N{BALLOT X} Not yet. It has 3."
    assert right.right is True and "It has 3." in right._repr_html_()


def test_what_is_asked_wrongly_is_refused() -> None:
    with pytest.raises(ValueError, match="99.1"):
        check("99.2", 1)
    with pytest.raises(
        ValueError, match=r"given 'd'\. Got nothing\. check\(\"99.1\", answer, d=d\)"
    ):
        check("99.1", 1)
    with pytest.raises(ValueError, match="given 'd'. Got 'e'"):
        check("99.1", 1, e=1)
    assert "99.1" in _FOUND
