"""What people who know the field expect of a model, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jupyter_distill._classes import as_python
from jupyter_distill._validation import Refusal, check_number, did_you_mean, expected, some
from jupyter_distill.constraints import SIGNS, demands_of, sign_of
from jupyter_distill.data import Table

UNUSED, USED = "unused", "used"
MAX_SHARE, WANT = "max_share", "want"
NOTHING = object()  # is expected of a column but its share
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
    want : {"+", "-", "unused", "used", "max_share"} or None
        The answer may only rise, or only fall, with it; the column has no part in it, or has some,
        or no more than a share; None where it may go either way.
    of_class : int or None
        The class whose probability has a direction; None where a number is given, and where no
        direction is expected.
    most : float or None
        The share of all reasons that it may have.
    """

    column: str
    feature: int
    want: str | None
    of_class: int | None = None
    most: float | None = None

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
        is measured. ``{"class": "+"}`` in the place of a direction names a class. ``{"max_share":
        0.1}``: of all reasons, the mean absolute SHAP values of all columns, it has a tenth at
        most; ``{"want": "+", "max_share": 0.1}`` or ``{"class": "+", "max_share": 0.1}``: both.

    Raises
    ------
    TypeError, ValueError
        If nothing is expected, or something that is none of these.

    Examples
    --------
    >>> Expectations(income="+", age=None, postcode="unused")
    Expectations(income='+', age=None, postcode='unused')
    >>> Expectations(age={"max_share": 0.1}).columns
    {'age': {'max_share': 0.1}}
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
            raise Refusal(expected("one expectation a column", got=f"two for {some(twice)}"))
        found = {name: _want(name, want) for name, want in (given | named).items()}
        if not found:
            raise Refusal(
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
            raise Refusal(
                expected("a dict of columns and, perhaps, of_class", got=got)
                + " A plain dict of columns is read by Expectations(columns)."
            )
        return cls(given["columns"], of_class=given.get("of_class"))

    @property
    def unwanted(self) -> tuple[str, ...]:
        """The columns that should have no part in the answer."""
        return tuple(name for name, want in self.columns.items() if _apart(want)[0] == UNUSED)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for YAML or JSON."""
        written = {name: _written(want) for name, want in self.columns.items()}
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
            want, most = _apart(want)
            if most is not None:
                found.append(Expectation(name, feature, MAX_SHARE, None, most))
            if want is NOTHING:
                continue
            if want in (UNUSED, USED, None):
                found.append(Expectation(name, feature, want))
                continue
            if table.columns[feature].kind == "category":
                raise Refusal(
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
            raise Refusal(
                expected("no of_class, as the models give numbers", got=repr(self.of_class))
            )
        if self.of_class not in labels:
            raise Refusal(
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
            raise Refusal(expected(f"a class and a direction for {name!r}", got="{}"))
        if _limits(want):
            return _with_share(name, dict(want))
        return {label: sign_of(name, sign) for label, sign in want.items()}
    if want is None or (isinstance(want, str) and want in (UNUSED, USED)):
        return want
    if isinstance(want, str) and want not in SIGNS:
        raise Refusal(
            expected(
                f'"+", "-", "unused", "used" or None for {name!r}',
                got=repr(want),
            )
            + did_you_mean(want, [*SIGNS, UNUSED, USED])
        )
    return TEXTS[sign_of(name, want)]


def _limits(want: Mapping[Any, Any]) -> bool:
    """Return whether a dict limits a share: a class of that name would have a direction."""
    most = want.get(MAX_SHARE)
    return MAX_SHARE in want and not (
        (isinstance(most, str) and most in SIGNS) or (type(most) is int and most in (1, -1))
    )


def _with_share(name: str, want: dict[Any, Any]) -> dict[Any, Any]:
    most = want.pop(MAX_SHARE)
    what = f"max_share of {name!r}"
    share = {MAX_SHARE: float(check_number(what, most, above=0, high=1))}
    if WANT in want and len(want) > 1:
        raise Refusal(
            expected(
                f'"want", or classes and directions, beside max_share of {name!r}',
                got=some(want),
                remedy=f"Write {{{WANT!r}: '+', {MAX_SHARE!r}: {most}}}.",
            )
        )
    if WANT in want:
        return {WANT: _want(name, want[WANT])} | share
    return {label: sign_of(name, sign) for label, sign in want.items()} | share


def _apart(want: Any) -> tuple[Any, float | None]:
    """Return what is expected of a column besides its share, and the share that it may have."""
    if not isinstance(want, dict) or not _limits(want):
        return want, None
    others = {key: of for key, of in want.items() if key != MAX_SHARE}
    return (others.get(WANT, others) if others else NOTHING), want[MAX_SHARE]


def _written(want: Any) -> Any:
    """Return an expectation as plain values, which are read again as the same."""
    rest, most = _apart(want)
    if isinstance(rest, dict):
        rest = {as_python(label): TEXTS[sign] for label, sign in rest.items()}
    if most is None:
        return rest
    others = {} if rest is NOTHING else rest if isinstance(rest, dict) else {WANT: rest}
    return {**others, MAX_SHARE: most}


def _position(name: str, table: Table) -> int:
    if name not in table.names:
        raise Refusal(
            expected("expectations to name columns of the table", got=repr(name))
            + (did_you_mean(name, table.names) or f" The columns are {some(table.names, 10)}.")
        )
    return table.position(name)
