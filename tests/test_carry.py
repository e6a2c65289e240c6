"""What was computed of one result is not computed again of another that it holds of too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from jupyter_distill.distillation._carry import carry

from .distilling import data, run, smooth


@dataclass(frozen=True)
class Made:
    size: int

    @cached_property
    def double(self) -> list[int]:
        return [2 * self.size]

    @cached_property
    def half(self) -> float:
        return self.size / 2


def test_what_is_named_is_handed_on_and_fields_never_are() -> None:
    made = Made(4)
    assert (made.double, made.half) == ([8], 2.0)
    again = carry(made, replace(made, size=10), "double")
    assert again.double is made.double and again.half == 5.0 and again.size == 10
    whole = carry(made, Made(4))
    assert whole.double is made.double and vars(whole)["half"] == 2.0


def test_what_was_not_asked_for_yet_is_left_to_be_computed() -> None:
    made = Made(4)
    again = carry(made, Made(6), "double")
    assert "double" not in vars(again) and again.double == [12] and "double" not in vars(made)


def test_rows_are_held_out_and_prepared_once() -> None:
    d = run(smooth, *data(200), size=4, temperature=1.0)
    for again in (d.at(size=2), d.at(temperature=2.0)):
        assert again.held_out is d.held_out
        assert again.course.prepared is d.course.prepared
