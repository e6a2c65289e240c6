"""An exercise: what is asked, and a function that says whether an answer is right, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any

from jupyter_distill._validation import did_you_mean, expected, some
from jupyter_distill.exports.html import escape

_FOUND: dict[str, Exercise] = {}
_SAID = {True: ("\N{HEAVY CHECK MARK}", "Right"), False: ("\N{BALLOT X}", "Not yet")}


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is right, and why.

    Attributes
    ----------
    exercise : str
        Its number.
    right : bool or None
        None where nothing was answered yet.
    why : str
        What makes it right, or what to look at.
    """

    exercise: str
    right: bool | None
    why: str

    def __repr__(self) -> str:
        sign, word = ("\N{HORIZONTAL ELLIPSIS}", "") if self.right is None else _SAID[self.right]
        return " ".join(part for part in (sign, f"{word}." if word else "", self.why) if part)

    def _repr_html_(self) -> str:
        colour = {None: "inherit", True: "#0d7a57", False: "#b3461e"}[self.right]
        return (
            f'<p style="border-left:3px solid {colour};padding-left:.6em">{escape(repr(self))}</p>'
        )


@dataclass(frozen=True)
class Exercise:
    """A question, and who judges its answers."""

    number: str
    asks: str
    judge: Callable[..., tuple[bool, str]]

    def of(self, answer: Any, **given: Any) -> Verdict:
        """Judge one answer."""
        if answer is ... or answer is None:
            return Verdict(self.number, None, self.asks)
        right, why = self.judge(answer, **given)
        return Verdict(self.number, bool(right), why)


def exercise(
    number: str, asks: str
) -> Callable[[Callable[..., tuple[bool, str]]], Callable[..., tuple[bool, str]]]:
    """Make a function the judge of an exercise.

    Parameters
    ----------
    number : str
        Number of the notebook and of the exercise in it: ``"02.1"``.
    asks : str
        What is asked, in a sentence: shown as long as nothing was answered.

    Returns
    -------
    decorator
        Of a function that takes the answer, and by name what else the notebook gives, and returns
        whether it is right, and why. What is of the wrong kind is not right, and told so.
    """

    def register(judge: Callable[..., tuple[bool, str]]) -> Callable[..., tuple[bool, str]]:
        _FOUND[number] = Exercise(number, asks, judge)
        return judge

    return register


def check(number: str, answer: Any = ..., **given: Any) -> Verdict:
    """Say whether an answer is right, and why.

    Parameters
    ----------
    number : str
        Of the exercise, as the notebook writes it: ``"02.1"``.
    answer : object, optional
        Yours; ``...`` as long as there is none.
    **given
        What the exercise is about, as the notebook writes it: ``d=d``.

    Raises
    ------
    ValueError
        If there is no such exercise, or the notebook's objects are not given.
    """
    notebook = str(number).partition(".")[0]
    name = f"{__package__}.nb{notebook}"
    if find_spec(name) is not None:
        import_module(name)
    if number not in _FOUND:
        here = [one for one in _FOUND if one.startswith(f"{notebook}.")] or list(_FOUND)
        raise ValueError(
            expected(
                f"the number of an exercise ({some(sorted(here))})",
                got=repr(number),
                remedy=did_you_mean(str(number), here).strip(),
            )
        )
    found = _FOUND[number]
    wanted = list(signature(found.judge).parameters)[1:]
    missing = [one for one in wanted if one not in given]
    unknown = [one for one in given if one not in wanted]
    if missing or unknown:
        call = ", ".join(f"{one}={one}" for one in wanted)
        raise ValueError(
            expected(
                f"exercise {number} to be given {some(wanted) if wanted else 'nothing else'}",
                got=some(list(given)) if given else "nothing",
                remedy=f'check("{number}", answer{", " if call else ""}{call})',
            )
        )
    return found.of(answer, **given)
