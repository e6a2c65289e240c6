"""The line behind a magic: cut into words, and words turned into the objects they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from IPython.core.error import UsageError

from jupyter_distill._validation import did_you_mean

_PAIRS = {"(": ")", "[": "]", "{": "}"}


def split(line: str, *, partial: bool = False) -> list[str]:
    """Cut a line at its blanks, but not inside quotes and brackets.

    So ``model df[["age", "income"]] y`` is three words. A word that is quoted as a whole loses its
    quotes: ``"X.drop(columns='id')"`` is an expression.

    Parameters
    ----------
    line : str
        What follows the magic's name.
    partial : bool
        Whether the line is still being typed: then the end of the line closes everything.

    Raises
    ------
    UsageError
        If a quote or bracket is never closed.
    """
    words: list[str] = []
    word, quote, open_pairs = "", "", ""
    for position, character in enumerate(line):
        if quote:
            escaped = line[position - 1] == "\\"
            quote = "" if character == quote and not escaped else quote
        elif character in "'\"":
            quote = character
        elif character in _PAIRS:
            open_pairs += _PAIRS[character]
        elif open_pairs and character == open_pairs[-1]:
            open_pairs = open_pairs[:-1]
        elif character.isspace() and not open_pairs:
            if word:
                words.append(_unquoted(word))
            word = ""
            continue
        word += character
    if (quote or open_pairs) and not partial:
        raise UsageError(f"{quote or open_pairs[-1]} is missing at the end of: {word}")
    return [*words, _unquoted(word)] if word else words


def body(cell: str, words: Sequence[str], options: Mapping[str, bool]) -> list[str]:
    """Return the lines below ``%%distill``, ``size: 8`` say, as words of its first line.

    Parameters
    ----------
    cell : str
        These lines; those that are empty or begin with ``#`` say nothing.
    words : sequence of str
        The first line, which may not say the same.
    options : mapping of str to bool
        Every option of the magic, and whether a value follows it.

    Raises
    ------
    UsageError
        If a line is no option with its value, or says what another says.
    """
    known = [name.removeprefix("--") for name in valued(options)]
    said = {word.partition("=")[0] for word in words if word.startswith("--")}
    found = []
    for line in filter(None, map(str.strip, cell.splitlines())):
        if line.startswith("#"):
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        option = name.replace("_", "-")
        if colon and option not in known:
            hint = did_you_mean(option, known) or f" There are {', '.join(known)}."
            raise UsageError(f"There is no option {name!r} below %%distill.{hint}")
        if not colon or not value:
            raise UsageError(f"Expected options below %%distill, like 'size: 8'. Got {line!r}.")
        if f"--{option}" in said:
            raise UsageError(f"{name!r} is said twice: {line!r} is one of them.")
        said.add(f"--{option}")
        found.append(f"--{option}={_unquoted(value)}")
    return found


def valued(options: Mapping[str, bool]) -> list[str]:
    """Return the long names of options that a value follows."""
    return [name for name, value in options.items() if value and name.startswith("--")]


def _unquoted(word: str) -> str:
    whole = len(word) > 1 and word[0] in "'\"" and word.find(word[0], 1) == len(word) - 1
    return word[1:-1] if whole else word


def evaluate(word: str, namespace: Mapping[str, Any]) -> Any:
    """Return what a name or expression stands for in the notebook.

    Raises
    ------
    UsageError
        If it is no Python expression or names no variable. What an expression raises by itself,
        a missing column say, passes as it is.
    """
    try:
        code = compile(word, "<%distill>", "eval")
    except SyntaxError as error:
        raise UsageError(f"Expected a name or an expression. Got {word!r}: {error.msg}.") from None
    try:
        return eval(code, dict(namespace))
    except NameError as error:
        inside = error.__traceback__.tb_next if error.__traceback__ else None
        if inside is not None and inside.tb_next is not None:
            raise  # in a function that the expression calls: its own traceback says more
        name = error.name or word
        choices = [choice for choice in namespace if not choice.startswith("_")]
        hint = did_you_mean(name, choices)
        raise UsageError(f"There is no variable {name!r} in this notebook.{hint}") from None
