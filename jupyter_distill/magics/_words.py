"""The line behind a magic, cut into words."""

from __future__ import annotations

from dataclasses import dataclass

from IPython.core.error import UsageError

_PAIRS = {"(": ")", "[": "]", "{": "}"}


class Quoted(str):
    """A word that was quoted as a whole: it is never an option."""

    __slots__ = ()


@dataclass(frozen=True)
class Cut:
    """A line in words, with their quotes.

    Attributes
    ----------
    words : tuple of str
        All of them; the last one may still be typed.
    in_word : bool
        Whether the line ends within a word.
    missing : str
        The quote or bracket that is not closed; empty where all are.
    """

    words: tuple[str, ...]
    in_word: bool
    missing: str


def cut(line: str) -> Cut:
    """Cut a line at its blanks, but not inside quotes and brackets."""
    words: list[str] = []
    word, quote, open_pairs, escaped = "", "", "", False
    for character in line:
        if quote:
            quote = "" if character == quote and not escaped else quote
            escaped = character == "\\" and not escaped
        elif character in "'\"":
            quote, escaped = character, False
        elif character in _PAIRS:
            open_pairs += _PAIRS[character]
        elif open_pairs and character == open_pairs[-1]:
            open_pairs = open_pairs[:-1]
        elif character.isspace() and not open_pairs:
            if word:
                words.append(word)
            word = ""
            continue
        word += character
    missing = quote or open_pairs[-1:]
    return Cut((*words, word) if word else tuple(words), bool(word), missing)


def split(line: str) -> list[str]:
    """Cut a line into words, without the quotes around a whole word.

    So ``model df[["age", "income"]] y`` is three words, and ``"X.drop(columns='id')"`` is an
    expression.

    Raises
    ------
    UsageError
        If a quote or bracket is never closed.
    """
    found = cut(line)
    if found.missing:
        raise UsageError(f"{found.missing} is missing at the end of: {found.words[-1]}")
    return [unquoted(word) for word in found.words]


def unquoted(word: str) -> str:
    """Take away the quotes around a whole word, and the backslash before such a quote within."""
    quote = word[:1]
    if len(word) < 2 or quote not in ("'", '"') or word[-1] != quote:
        return word
    inner = word[1:-1].replace(f"\\{quote}", "\0")
    if quote in inner:
        return word  # more than one text: 'a' + 'b'
    return Quoted(inner.replace("\0", quote))


def body(cell: str) -> list[tuple[str, str]]:
    """Return the lines below ``%%distill``, ``size: 8`` say, as options with their values.

    Lines that are empty or begin with ``#`` say nothing.

    Raises
    ------
    UsageError
        If a line is no option with its value.
    """
    found = []
    for line in filter(None, map(str.strip, cell.splitlines())):
        if line.startswith("#"):
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not value:
            raise UsageError(f"Expected options below %%distill, like 'size: 8'. Got {line!r}.")
        found.append((name, unquoted(value)))
    return found
