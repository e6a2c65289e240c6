"""What text and Markdown share: numbers as short as may be, and what stands around the rules."""

from __future__ import annotations

from math import ceil, floor, log10

import numpy as np

from jupyter_distill._validation import check_number
from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._follow import Passage, follow
from jupyter_distill.exports.code._result import Checked, Rounded
from jupyter_distill.exports.code._words import Section, sections
from jupyter_distill.reading import Answers, Form, evaluate

LEAST, MOST = 3, 17  # digits; with 17 a number is exact
EXACT = 1e-9
NEAR = 5e-4  # of a probability: three digits of it stay right
ALIKE = 1e-6  # of a number, in parts of the largest answer


def digits_for(form: Form, cells: Cells, asked: int | None) -> int:
    """Return how many digits to write: the fewest that answer all rows alike, unless asked."""
    if asked is not None:
        return int(check_number("digits", asked, low=LEAST, high=MOST, integer=True))
    exact = evaluate(form, cells.values)
    return next(
        digits
        for digits in range(LEAST, MOST + 1)
        if digits == MOST or _alike(evaluate(form.rounded(digits), cells.values), exact)
    )


def _alike(one: Answers, other: Answers) -> bool:
    assert one.numbers is not None and other.numbers is not None
    if one.named is not None and (one.named != other.named).any():
        return False
    apart = float(np.abs(one.numbers - other.numbers).max())
    return apart <= _tolerance(other)


def _tolerance(exact: Answers) -> float:
    assert exact.numbers is not None
    return NEAR if exact.named is not None else ALIKE * float(np.abs(exact.numbers).max())


def document(form: Form, about: About, digits: int) -> list[Section]:
    """Return everything that is written: settings, how it answers, and beside it the rounding."""
    made = f"Exported by jupyter_distill {about.version}."
    first = Section(about.name, (made, _precision(form, about.cells, digits)))
    settings = tuple(about.settings.items())
    table = Section("Settings", (), ("setting", "value"), settings)
    return [first, table, *sections(form.rounded(digits))]


def _precision(form: Form, cells: Cells, digits: int) -> str:
    """Say how exact numbers are, and what that does to answers."""
    if digits == MOST:
        return "Numbers are exact."
    exact = evaluate(form, cells.values).numbers
    said = evaluate(form.rounded(digits), cells.values).numbers
    assert exact is not None and said is not None
    what = "the class is the same and no probability" if form.classes else "no prediction"
    given = len(cells) - cells.probes
    worst = float(np.abs(exact - said).max())
    return (
        f"Numbers that are added or answered are rounded to {digits} digits; thresholds are exact. "
        f"On {given:,} rows and {cells.probes:,} made up at the thresholds {what} differs from the "
        f"student's by more than {_at_least(worst)}."
    )


def _at_least(value: float) -> str:
    """Return a number in two digits that is not below it."""
    if value == 0:
        return "0"
    unit = 10.0 ** (floor(log10(value)) - 1)
    return f"{ceil(value / unit) * unit:.2g}"


def check_words(passages: list[Passage], form: Form, cells: Cells, digits: int | None) -> Checked:
    """Answer every row by following what was written, line by line.

    Parameters
    ----------
    passages : list of Passage
        What the text says.
    form, cells
        The student, of which columns and classes are taken, and the rows.
    digits : int, optional
        As was asked for. Fewer than needed change answers by as much as the text says; labels have
        to be the same however few there are.

    Notes
    -----
    What was written has to come to what its rounded numbers come to, at any number of digits: so a
    wrong digit is not taken for rounding. How far these are from the student is another question.
    """
    written = digits_for(form, cells, digits)
    tolerance = EXACT
    if written < MOST:
        tolerance = NEAR if form.classes else ALIKE
        if digits is not None:  # whoever asks for few takes what they do, which is said
            tolerance = np.inf
    return Checked(
        follow(passages, form, cells),
        "a reader of the text alone",
        # sums of the text and of the student end otherwise in the last digits
        tolerance=tolerance + EXACT,
        rounded=Rounded(written, evaluate(form.rounded(written), cells.values)),
    )
