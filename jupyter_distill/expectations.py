"""What people who know the field expect of a model, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jupyter_distill._classes import as_python
from jupyter_distill._validation import did_you_mean, expected, some
from jupyter_distill.constraints import SIGNS, demands_of, sign_of
from jupyter_distill.data import Table

UNUSED, USED = "unused", "used"
TEXTS = {1: "+", -1: "-"}
WHERE = ("Expectations(", ")")


@dataclass(frozen=True)
class Expectation:
    """What is expected of one column, by position.

    Attributes
    ----------
    column : str
        Its name.
    feature : int
        Its position.
    want : {"+", "-", "unused", "used"} or None
        The answer may only rise, or only fall, with it; the column has no part in it, or has some;
        None where it may go either way.
    of_class : int or None
        The class whose probability has a direction; None where a number is given, and where no
        direction is expected.
    """

    column: str
    feature: int
    want: str | None
    of_class: int | None = None

    @property
    def sign(self) -> int:
        """1 or -1 for a direction; 0 where none is expected."""
        return {"+": 1, "-": -1}.get(self.want or "", 0)


@dataclass(frozen=True, init=False)
class Expectations:
    """What a field expects of a model, column by column; any model can be looked at by it.

    Unlike :class:`Constraints`, which a student is made to keep, these are only looked for, in
    teacher and student alike: ``d.expectations(...)``.

    Parameters
    ----------
    columns : dict, optional
        Expectations by column, for names that are no Python words:
        ``Expectations({"debt ratio": "-"})``.
    of_class : label, optional
        The class whose probability directions are about. Of two classes the second unless given;
        of more it has to be named, here or by column. Of numbers there is none.
    **named
        Per column: ``"+"`` (also ``"increasing"``, ``+1``) or ``"-"`` (``"decreasing"``, ``-1``):
        all else equal, a larger value may only raise, or only lower, the answer; ``"unused"``: it
        has no part in the answer; ``"used"``: it has some; ``None``: it may have any part, which
        is measured. ``{"class": "+"}`` in the place of a direction names a class.

    Raises
    ------
    TypeError, ValueError
        If nothing is expected, or something that is none of these.

    Examples
    --------
    >>> Expectations(income="+", age=None, postcode="unused")
    Expectations(income='+', age=None, postcode='unused')
    """

    columns: Mapping[str, Any] = field(hash=False)
    of_class: Any

    def __init__(
        self, columns: Mapping[str, Any] | None = None, /, *, of_class: Any = None, **named: Any
    ) -> None:
        if columns is not None and not isinstance(columns, Mapping):
            raise TypeError(
                expected(
                    "expectations by column",
                    got=repr(columns),
                    remedy='Write Expectations(income="+"), or Expectations({"income": "+"}).',
                )
            )
        given = dict(columns or {})
        twice = [name for name in named if name in given]
        if twice:
            raise ValueError(expected("one expectation a column", got=f"two for {some(twice)}"))
        found = {name: _want(name, want) for name, want in (given | named).items()}
        if not found:
            raise ValueError(
                expected(
                    "an expectation of at least one column",
                    got="none",
                    remedy='Write Expectations(income="+").',
                )
            )
        object.__setattr__(self, "columns", found)
        object.__setattr__(self, "of_class", of_class)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Expectations:
        """Return expectations from what :meth:`to_dict` wrote, e.g. read from YAML.

        Raises
        ------
        TypeError, ValueError
            If it is no dict of ``columns`` and, perhaps, ``of_class``.
        """
        if not isinstance(given, Mapping) or not {"columns"} <= set(given) <= {
            "columns",
            "of_class",
        }:
            got = f"one of {some(given)}" if isinstance(given, Mapping) else repr(given)
            raise ValueError(
                expected("a dict of columns and, perhaps, of_class", got=got)
                + " A plain dict of columns is read by Expectations(columns)."
            )
        return cls(given["columns"], of_class=given.get("of_class"))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for YAML or JSON."""
        written = {
            name: {as_python(label): TEXTS[sign] for label, sign in want.items()}
            if isinstance(want, dict)
            else want
            for name, want in self.columns.items()
        }
        return {"columns": written, "of_class": as_python(self.of_class)}

    def check(self, table: Table, classes: Sequence[object] | None) -> tuple[Expectation, ...]:
        """Check names against a table and classes; return what is expected by position.

        Parameters
        ----------
        table : Table
            Rows that the models see.
        classes : sequence or None
            Class labels in the models' order; None where they give numbers.

        Raises
        ------
        ValueError
            If a column or class does not exist, or a direction is expected of values without an
            order.
        """
        labels = None if classes is None else np.asarray(classes).tolist()
        if self.of_class is not None:
            self._check_class(labels)
        found: list[Expectation] = []
        for name, want in self.columns.items():
            feature = _position(name, table)
            if want in (UNUSED, USED, None):
                found.append(Expectation(name, feature, want))
                continue
            if table.columns[feature].kind == "category":
                raise ValueError(
                    expected(
                        "a direction of a column whose values have an order",
                        got=f"{self._text(want)} for the category {name!r}",
                        remedy='Expect "used", "unused" or None of it.',
                    )
                )
            asked = want if isinstance(want, dict) else sign_of(name, want)
            if self.of_class is not None and not isinstance(want, dict):
                asked = {self.of_class: asked}
            found += [
                Expectation(name, feature, TEXTS[one.sign], one.of_class)
                for one in demands_of(name, feature, asked, labels, WHERE)
            ]
        return tuple(found)

    def _check_class(self, labels: list[object] | None) -> None:
        if labels is None:
            raise ValueError(
                expected("no of_class, as the models give numbers", got=repr(self.of_class))
            )
        if self.of_class not in labels:
            raise ValueError(
                expected(f"of_class to be one of {some(labels)}", got=repr(self.of_class))
                + did_you_mean(self.of_class, [str(label) for label in labels])
            )

    @staticmethod
    def _text(want: Any) -> str:
        return repr(want) if isinstance(want, str) else "a direction"

    def __repr__(self) -> str:
        if all(name.isidentifier() for name in self.columns):
            said = [f"{name}={want!r}" for name, want in self.columns.items()]
        else:
            said = [repr(dict(self.columns))]
        if self.of_class is not None:
            said.append(f"of_class={self.of_class!r}")
        return f"Expectations({', '.join(said)})"


def as_expectations(given: object) -> Expectations:
    """Return expectations as they are or read from a dict, and refuse what is none."""
    if isinstance(given, Expectations):
        return given
    if isinstance(given, Mapping):
        return Expectations(given)
    raise TypeError(
        expected(
            "Expectations, or a dict of them by column",
            got=repr(given),
            remedy='Write Expectations(income="+").',
        )
    )


def _want(name: object, want: object) -> Any:
    """Return an expectation in the words of :class:`Expectation`; by class as 1 or -1."""
    if not isinstance(name, str):
        raise TypeError(expected("expectations to name columns by text", got=repr(name)))
    if isinstance(want, Mapping):
        if not want:
            raise ValueError(expected(f"a class and a direction for {name!r}", got="{}"))
        return {label: sign_of(name, sign) for label, sign in want.items()}
    if want is None or (isinstance(want, str) and want in (UNUSED, USED)):
        return want
    if isinstance(want, str) and want not in SIGNS:
        raise ValueError(
            expected(
                f'"+", "-", "unused", "used" or None for {name!r}',
                got=repr(want),
            )
            + did_you_mean(want, [*SIGNS, UNUSED, USED])
        )
    return TEXTS[sign_of(name, want)]


def _position(name: str, table: Table) -> int:
    if name not in table.names:
        raise ValueError(
            expected("expectations to name columns of the table", got=repr(name))
            + (did_you_mean(name, table.names) or f" The columns are {some(table.names, 10)}.")
        )
    return table.position(name)
