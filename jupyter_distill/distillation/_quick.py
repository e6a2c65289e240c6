"""A student at another temperature at once: fitted briefly, as pilots are, without a search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from jupyter_distill._validation import Refusal, check_number, expected, some
from jupyter_distill.distillation._carry import carry
from jupyter_distill.distillation._course import Course
from jupyter_distill.distillation._find import OF_TEACHER
from jupyter_distill.distillation._plan import no_temperature
from jupyter_distill.distillation._rungs import Rung, climb
from jupyter_distill.distillation._sweep import at_temperature, sweep
from jupyter_distill.findings import Findings
from jupyter_distill.students import Student

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

# Families of which a student is there before the hand that asked for it has moved on.
FAST = ("tree", "rules", "linear")
START = "A quick fit"  # what the note of such a student begins with


def plain(notes: Sequence[str]) -> tuple[str, ...]:
    """Return the notes without the one of a quick fit."""
    return tuple(note for note in notes if not note.startswith(START))


def brief(course: Course, temperature: float, sizes: Sequence[int]) -> dict[int, Student]:
    """Fit a family at one temperature as it is fitted when temperatures are tried."""
    rows, targets = course.brief
    tried = at_temperature(course.template.pilot(), temperature)
    return dict(zip(sizes, sweep(tried, rows, targets, sizes), strict=True))


def check_fast(family: str) -> None:
    """Raise a ValueError for a family that takes longer than a person waits with a hand held."""
    if family in FAST:
        return
    raise Refusal(
        expected(
            f"a family that is fitted at once, one of {some(FAST)}",
            got=repr(family),
            remedy="Distil it in earnest: d.at(temperature=...).",
        )
    )


def quick(
    d: Distillation,
    temperature: float,
    size: int | None = None,
    family: str | None = None,
    known: Rung | None = None,
) -> Distillation:
    """Return a distillation whose student is fitted briefly, or was so before (`known`)."""
    temperature = float(check_number("temperature", temperature, above=0))
    old = d.ladder.rung(size, family)
    if old.temperature is None:
        raise Refusal(no_temperature(temperature))
    check_fast(old.family)
    course = d.courses[old.family]
    if known is None:
        students = brief(course, temperature, (old.size,))
        (known,) = climb(
            *(old.family, students, {old.size: temperature}, old.size),
            *(*d.held_out, d.random_state),
        )
    new = replace(known, size=old.size)
    ladder = replace(
        d.ladder,
        rungs=tuple(new if rung is old else rung for rung in d.ladder.rungs),
        family=old.family,
        chosen=old.size,
    )
    temperatures: Mapping[int, float | None] = {**course.temperatures, old.size: temperature}
    taught = carry(course, replace(course, size=old.size, temperatures=temperatures))
    few = f" on {course.brief[1].n_rows:,} of the rows" if course.is_long else ""
    note = (
        f"{START} at T = {temperature:g}: fitted once{few}, without the search of a distillation; "
        f"d.at(temperature={temperature:g}) makes it, and looks for what is to be known of it."
    )
    again = replace(
        d,
        ladder=ladder,
        courses={**d.courses, old.family: taught},
        notes=(*plain(d.notes), note),
        # what was found of another student says nothing of this one
        findings=Findings.ordered([one for one in d.findings if one.code in OF_TEACHER]),
    )
    same = (again.family, again.size) == (d.family, d.size)
    return carry(d, again, "held_out", *(["labels_only"] if same else []))
