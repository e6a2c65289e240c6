"""What the Tab key offers beside ``%distill``: options, their values, and fitting variables."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from inspect import getattr_static
from pathlib import Path
from types import ModuleType
from typing import Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from jupyter_distill._magic_line import split, valued
from jupyter_distill._optional import loaded

IDENTIFIER = "jupyter_distill.distill"
# The magic may be assigned: d = %distill model X y
_LINE = re.compile(r"^\s*(?:[\w., ]+=\s*)?%{1,2}distill\s+(?P<rest>.*)$")
# and below %%distill options stand alone: student: tree
_BELOW = re.compile(r"^\s*(?P<name>[\w-]+):\s*(?P<value>.*)$")
_PLACES = ("teacher", "X", "y")

Matcher = Callable[[CompletionContext], SimpleMatcherResult]


def matcher(shell: Any, options: Mapping[str, bool]) -> Matcher:
    """Return a completion matcher for one shell.

    Parameters
    ----------
    shell : InteractiveShell
        Whose variables are offered.
    options : mapping of str to bool
        Every option of the magic, and whether a value follows it.
    """

    @context_matcher(identifier=IDENTIFIER)
    def complete(context: CompletionContext) -> SimpleMatcherResult:
        before = context.text_until_cursor
        line = _LINE.match(before)
        if line:
            offers = list(_offers(line["rest"], shell, options))
        elif context.cursor_line > 0 and context.full_text.lstrip().startswith("%%distill"):
            offers = list(_offers_below(before, options))
        else:
            offers = []
        typed = context.token
        found = [text for text in offers if text.startswith(typed)]
        return SimpleMatcherResult(
            completions=[SimpleCompletion(text, type=_type(text, options)) for text in found],
            suppress=bool(found),
            ordered=True,
        )

    result: Matcher = complete
    return result


def _type(text: str, options: Mapping[str, bool]) -> str:
    return "option" if text in options else "variable"


def _offers(rest: str, shell: Any, options: Mapping[str, bool]) -> Iterable[str]:
    words = split(rest, partial=True)
    current = "" if not rest or rest[-1].isspace() else words.pop()
    place = _place(words, options)
    before = words[-1] if words else ""
    awaits_value = options.get(before, False)
    if current.startswith("-") or (place == len(_PLACES) and not awaits_value):
        return sorted(option for option in options if option not in words)
    if awaits_value:
        return _values(before, current)
    return variables(shell, _PLACES[place])


def _offers_below(typed: str, options: Mapping[str, bool]) -> Iterable[str]:
    line = _BELOW.match(typed)
    if line:
        return _values(f"--{line['name']}", line["value"])
    return [f"{name.removeprefix('--')}:" for name in sorted(valued(options))]


def _values(option: str, typed: str) -> Iterable[str]:
    """Return what may follow an option."""
    if option == "--student":
        return students()
    if option == "--task":
        return ("classification", "regression")
    return _folders(typed) if option == "--store" else ()


def _folders(typed: str) -> list[str]:
    """Return the folders that a path which is being typed may go on with."""
    above, _, name = typed.rpartition("/")
    above = f"{above}/" if "/" in typed else ""
    place = Path(above or ".").expanduser()
    if not place.is_dir():
        return []
    found = sorted(one.name for one in place.iterdir() if one.is_dir())
    return [f"{above}{one}/" for one in found if not one.startswith(".") or name.startswith(".")]


def _place(words: list[str], options: Mapping[str, bool]) -> int:
    """Count the words that are no option and no option's value: which one comes next."""
    count, value = 0, False
    for word in words:
        count += not value and not word.startswith("-")
        value = options.get(word, False)
    return min(count, len(_PLACES))


def students() -> list[str]:
    """Return the families of students by their files, without importing scikit-learn."""
    folder = Path(__file__).parent / "students"
    return sorted(m.name for m in pkgutil.iter_modules([str(folder)]) if m.name[0] != "_")


def own(shell: Any) -> dict[str, Any]:
    """Return what the user has named: no modules, no classes, nothing of IPython's."""
    return {
        name: value
        for name, value in shell.user_ns.items()
        if not name.startswith("_")
        and name not in shell.user_ns_hidden
        and not _is(value, ModuleType, type)
    }


def fits(value: object, place: str) -> bool:
    """Say whether a variable may stand in a place: ``"teacher"``, ``"X"`` or ``"y"``."""
    return _is_teacher(value) if place == "teacher" else _is_table(value)


def variables(shell: Any, place: str) -> list[str]:
    """Return the user's variables, those that fit the place first."""
    named = own(shell)
    return sorted(named, key=lambda name: (not fits(named[name], place), name))


def _is(value: object, *kinds: type) -> bool:
    # isinstance would ask the object itself for its class
    return issubclass(type(value), kinds)


def _has(value: object, name: str) -> bool:
    # Statically: a property of the user's object must not run because a key was pressed.
    return getattr_static(value, name, None) is not None


def _is_teacher(value: object) -> bool:
    torch = loaded("torch")
    if torch is not None and _is(value, torch.nn.Module):
        return True
    if any(_has(value, name) for name in ("predict_proba", "decision_function", "predict")):
        return True
    return callable(value) and not _has(value, "fit")


def _is_table(value: object) -> bool:
    return _has(value, "shape") or _is(value, list)
