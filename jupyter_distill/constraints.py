"""What a student has to keep, said by the owner: directions, columns left out, budgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

from jupyter_distill._validation import Refusal, check_number, did_you_mean, expected, some
from jupyter_distill.data import Table

SIGNS = {"+": 1, "increasing": 1, "-": -1, "decreasing": -1}


@dataclass(frozen=True)
class MonotoneDemand:
    """One direction, by position.

    Attributes
    ----------
    feature : int
        Position of the column.
    sign : {1, -1}
        Whether the answer may only rise, or only fall, with it.
    of_class : int or None
        The class whose probability is meant; of two classes always the second; None where a
        number is given.
    """

    feature: int
    sign: int
    of_class: int | None


@dataclass(frozen=True)
class Constraints:
    """What a student has to keep.

    Parameters
    ----------
    monotone : dict, optional
        Per column ``+1`` (also ``"+"``, ``"increasing"``) or ``-1`` (``"-"``, ``"decreasing"``):
        all else equal, a larger value may only raise, or only lower, the prediction, or the
        probability of the second of two classes. ``{"class": +1}`` in its place names a class; of
        more than two one has to be named. A missing value is neither larger nor smaller than any.
    forbid : sequence of str, optional
        Columns that must not be used.
    require : sequence of str, optional
        Columns that must be used.
    max_features : int, optional
        Columns that are used, at most.
    interactions : bool, optional
        ``False``: no two columns may act together.
    hard : bool, default True
        Whether directions must hold, or deviations only cost `penalty`.
    penalty : float, default 1.0
        What deviations cost where `hard` is False: 0 leaves the student free, and the larger it is
        the nearer it comes to keeping them. The unit is that of the family, whose class says it.

    Examples
    --------
    >>> Constraints(monotone={"income": "+"}, forbid=["postcode"]).monotone
    {'income': 1}
    """

    monotone: dict[str, Any] = field(default_factory=dict)
    forbid: tuple[str, ...] = ()
    require: tuple[str, ...] = ()
    max_features: int | None = None
    interactions: bool | None = None
    hard: bool = True
    penalty: float = 1.0

    def __post_init__(self) -> None:
        setter = object.__setattr__
        setter(self, "monotone", _directions(self.monotone))
        for what in ("forbid", "require"):
            setter(self, what, _names(what, getattr(self, what)))
        if self.max_features is not None:
            number = check_number("max_features", self.max_features, low=1, integer=True)
            setter(self, "max_features", int(number))
        if self.interactions is not None and not isinstance(self.interactions, bool):
            raise TypeError(
                expected("interactions to be True, False or None", got=repr(self.interactions))
            )
        if not isinstance(self.hard, bool):
            raise TypeError(expected("hard to be True or False", got=repr(self.hard)))
        setter(self, "penalty", float(check_number("penalty", self.penalty, low=0)))
        self._refuse_contradictions()

    def _refuse_contradictions(self) -> None:
        """Refuse what no table could make possible."""
        for name in self.forbid:
            other = "required" if name in self.require else "monotone"
            if name in self.require or name in self.monotone:
                raise ValueError(
                    expected(
                        "columns that are forbidden to be named nowhere else",
                        got=f"{name!r}, forbidden and {other}",
                        remedy="Take it out of one of them.",
                    )
                )
        if self.max_features is not None and self.max_features < len(self.require):
            raise ValueError(
                expected(
                    f"max_features of at least {len(self.require)}, as that many are required",
                    got=f"max_features={self.max_features}",
                    remedy="Require fewer columns, or allow more.",
                )
            )

    def check_columns(self, table: Table) -> None:
        """Check names and budgets against a table, whatever the student says of it.

        Raises
        ------
        ValueError
            If a column does not exist, its values have no order, or none is left to use.
        """
        for what in ("monotone", "forbid", "require"):
            for name in getattr(self, what):
                if name not in table.names:
                    raise ValueError(
                        expected(f"{what} to name columns of the table", got=repr(name))
                        + (
                            did_you_mean(name, table.names)
                            or f" The columns are {some(table.names, 10)}."
                        )
                    )
        if table.n_columns and len(self.forbid) >= table.n_columns:
            raise ValueError(
                expected("at least one column that is not forbidden", got=repr(self.forbid))
            )
        for name in self.monotone:
            if table.columns[table.position(name)].kind == "category":
                raise ValueError(
                    expected(
                        "monotone columns whose values have an order",
                        got=f"the category {name!r}",
                        remedy="Give numbers in its place, or leave it out.",
                    )
                )

    def check(self, table: Table, classes: Sequence[object] | None) -> tuple[MonotoneDemand, ...]:
        """Check names against a table and classes; return the directions by position.

        Parameters
        ----------
        table : Table
            The rows that a student sees.
        classes : sequence or None
            Class labels in the order of the student; None where it gives a number.

        Raises
        ------
        ValueError
            If a column or class does not exist, or its values have no order, or demands
            contradict each other.
        """
        self.check_columns(table)
        labels = None if classes is None else np.asarray(classes).tolist()
        demands: list[MonotoneDemand] = []
        for name, asked in self.monotone.items():
            demands += demands_of(name, table.position(name), asked, labels)
        return tuple(demands)


def as_constraints(given: object) -> Constraints | None:
    """Return constraints as they are, and refuse what is none."""
    if given is None or isinstance(given, Constraints):
        return given
    remedy = 'Write constraints=Constraints(forbid=["postcode"]).'
    if isinstance(given, dict):
        remedy = "Write constraints=Constraints(**those)."
    raise TypeError(
        expected("constraints to be Constraints, or None", got=repr(given), remedy=remedy)
    )


def _directions(monotone: object) -> dict[str, Any]:
    if not isinstance(monotone, Mapping):
        raise TypeError(
            expected(
                "monotone to be a dict of columns and directions",
                got=repr(monotone),
                remedy='Write monotone={"income": +1}.',
            )
        )
    found: dict[str, Any] = {}
    for name, asked in monotone.items():
        if not isinstance(name, str):
            raise TypeError(expected("monotone to name columns by text", got=repr(name)))
        if isinstance(asked, Mapping):
            if not asked:
                raise ValueError(expected(f"a class and a direction for {name!r}", got="{}"))
            found[name] = {label: sign_of(name, sign) for label, sign in asked.items()}
        else:
            found[name] = sign_of(name, asked)
    return found


def sign_of(name: str, asked: object) -> int:
    """Return a direction as 1 or -1.

    Raises
    ------
    ValueError
        If it is none.
    """
    if isinstance(asked, str) and asked in SIGNS:
        return SIGNS[asked]
    if not isinstance(asked, bool) and isinstance(asked, Real) and asked in (1, -1):
        return 1 if asked == 1 else -1
    raise ValueError(
        expected(
            f'+1 ("+", "increasing") or -1 ("-", "decreasing") for {name!r}',
            got=repr(asked),
            remedy="Leave the column out if it may go either way.",
        )
        + (did_you_mean(asked, SIGNS) if isinstance(asked, str) else "")
    )


def _names(what: str, given: object) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise TypeError(
            expected(
                f"{what} to be a list of column names",
                got=repr(given),
                remedy=f"Write {what}=[{given!r}]." if isinstance(given, str) else "",
            )
        )
    names = list(given)
    for name in names:
        if not isinstance(name, str):
            raise TypeError(expected(f"{what} to name columns by text", got=repr(name)))
    return tuple(dict.fromkeys(names))


class Misdirected(Refusal):
    """A direction that does not fit what a model gives, and what to write instead.

    Parameters
    ----------
    wrong : str
        What was expected, and what came.
    column : str
        Whose direction it is.
    instead : str
        What to write behind it, as Python.
    where : tuple of str
        What a person writes before and behind the dict of columns.
    """

    def __init__(self, wrong: str, column: str, instead: str, where: tuple[str, str]) -> None:
        super().__init__(f"{wrong} Write {where[0]}{{{column!r}: {instead}}}{where[1]}.")
        self.wrong, self.column, self.instead = wrong, column, instead


def demands_of(
    name: str,
    feature: int,
    asked: Any,
    classes: list[object] | None,
    where: tuple[str, str] = ("monotone=", ""),
) -> list[MonotoneDemand]:
    """Return what is asked of one column.

    Parameters
    ----------
    name : str
        The column.
    feature : int
        Its position.
    asked : {1, -1} or dict
        The direction; by class where it is a dict.
    classes : list or None
        Class labels in their order; None where a number is given.
    where : tuple of str
        What a person writes before and behind the dict of columns, for messages.

    Raises
    ------
    ValueError
        If a class does not exist, has to be named, or directions contradict each other.
    """
    if classes is None:
        if isinstance(asked, dict):
            what = f"a direction alone for {name!r}, as the student gives a number"
            raise Misdirected(expected(what, got=repr(asked)), name, "+1", where)
        return [MonotoneDemand(feature, asked, None)]
    if not isinstance(asked, dict):
        if len(classes) > 2:
            what = f"the class whose probability {name!r} raises or lowers"
            got = f"{asked:+d} and {len(classes)} classes"
            instead = f"{{{classes[-1]!r}: {asked:+d}}}"
            raise Misdirected(expected(what, got=got), name, instead, where)
        return [MonotoneDemand(feature, asked, len(classes) - 1)]
    what = where[0].rstrip("=(")
    signs = {_place(what, name, label, classes): sign for label, sign in asked.items()}
    # probabilities sum to 1: they cannot all rise
    if len(signs) == len(classes) > 1 and len(set(signs.values())) == 1:
        raise ValueError(
            expected(
                f"directions of {name!r} that can hold together",
                got=f"{asked!r}: the probabilities of all classes cannot change alike",
                remedy="Leave a class out, or turn its sign.",
            )
        )
    if len(classes) == 2:
        ways = {sign if k == 1 else -sign for k, sign in signs.items()}
        return [MonotoneDemand(feature, way, 1) for way in ways]
    return [MonotoneDemand(feature, sign, k) for k, sign in signs.items()]


def _place(what: str, name: str, label: object, classes: list[object]) -> int:
    if label in classes:
        return classes.index(label)
    same = [c for c in classes if str(c) == str(label)]
    raise ValueError(
        expected(
            f"{what}[{name!r}] to name a class among {some(classes)}",
            got=repr(label),
            remedy=f"Write {same[0]!r}." if same else "",
        )
        + ("" if same else did_you_mean(label, [str(c) for c in classes]))
    )
