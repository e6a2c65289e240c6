"""SQL literals and names, quoted so that nothing in them is anything but itself."""

from __future__ import annotations

from jupyter_distill._validation import expected
from jupyter_distill.reading import Value

DIALECTS = ("duckdb", "sqlite", "ansi")
SURE = 15  # digits that every reader of decimal numbers takes exactly


def identifier(name: str) -> str:
    """Return a name in double quotes.

    Raises
    ------
    ValueError
        If it is empty or holds a NUL, which no database takes.
    """
    if not name or "\0" in name:
        raise ValueError(
            expected(
                "a name that SQL can quote",
                got=repr(name),
                remedy=f"Say what the table calls it: columns={{{name!r}: 'another name'}}.",
            )
        )
    return '"' + name.replace('"', '""') + '"'


def literal(value: Value) -> str:
    """Return text in single quotes, a boolean as TRUE or FALSE, a number in full."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number(value)
    if "\0" in value:
        raise ValueError(
            expected(
                "text that SQL can quote",
                got=repr(value),
                remedy="Take the NUL out of this category or label before distilling.",
            )
        )
    return "'" + value.replace("'", "''") + "'"


def number(value: float) -> str:
    """Return a float of double precision: with an exponent, or it would be a decimal number."""
    text = repr(float(value)).removesuffix(".0")
    return text if "e" in text else f"{text}e0"


def threshold(value: float, dialect: str) -> str:
    """Return a number on which it depends to the last bit where a row goes.

    SQLite before 3.47 may read the last of 17 digits wrongly; a fraction of two whole numbers is
    exact there.
    """
    text = number(value)
    digits = text.partition("e")[0].replace("-", "").replace(".", "").strip("0")
    if dialect != "sqlite" or (len(digits) <= SURE and 1e-7 < abs(value) < 1e22) or value == 0:
        return text
    over, under = float(value).as_integer_ratio()
    if abs(over) < 2**62 and under < 2**62:
        return f"({over} / {under}.0)"
    return text
