"""One magic as data: its words, its options, what it does, and its help."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from IPython.core.error import UsageError

from jupyter_distill._validation import did_you_mean
from jupyter_distill.magics._options import ALWAYS, Option, Place
from jupyter_distill.magics._words import Quoted, body, split, unquoted


@dataclass(frozen=True)
class Given:
    """A line that was read: the texts of its places and options, by name."""

    places: Mapping[str, str]
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """One magic.

    Attributes
    ----------
    name : str
        What is typed behind ``%``.
    about : str
        What it does, in a sentence or a few.
    places : tuple of Place
        Words that are no option, in their order.
    takes : tuple of Option
        Its own options; all magics take ``-o``, ``-q`` and ``--help``.
    run : callable
        Takes the line as :class:`~jupyter_distill.magics._asked.Asked` and returns the result.
    returns : str
        What it returns, for the help.
    examples : str
        A few lines, for the help.
    cell : bool
        Whether there is a ``%%`` magic too, with options below.
    """

    name: str
    about: str
    places: tuple[Place, ...]
    takes: tuple[Option, ...]
    run: Callable[[Any], Any]
    returns: str
    examples: str
    cell: bool = False

    @property
    def options(self) -> tuple[Option, ...]:
        """Every option."""
        return (*self.takes, *ALWAYS)

    @property
    def below(self) -> tuple[Option, ...]:
        """The options that may stand in the lines of a cell."""
        return (*self.takes, ALWAYS[0])

    def spelt(self) -> dict[str, Option]:
        """Return the options by what is typed for them."""
        return {said: option for option in self.options for said in option.spellings}

    def parse(self, line: str, cell: str | None = None) -> Given:
        """Read a line, and the lines below it.

        Raises
        ------
        UsageError
            If something is not known, missing, said twice or too much.
        """
        found, options = self._words(split(line))
        if "help" in options:
            return Given({}, options)
        missing = [place.name.upper() for place in self.places[len(found) :] if place.needed]
        if missing:
            raise UsageError(f"%{self.name} needs {' and '.join(missing)}: {self.usage}")
        if len(found) > len(self.places):
            raise self._too_much(found[len(self.places) :])
        below = {option.name: option for option in self.below}
        for name, value in body(cell or ""):
            option = below.get(name.replace("_", "-"))
            if option is None:
                near = did_you_mean(name.replace("_", "-"), below)
                hint = near or f" There are {', '.join(below)}."
                raise UsageError(f"There is no option {name!r} below %%{self.name}.{hint}")
            self._put(options, option, value, f"{name}: {value}")
        names = [place.name for place in self.places]
        return Given(dict(zip(names, found, strict=False)), options)

    def _words(self, words: list[str]) -> tuple[list[str], dict[str, str]]:
        spelt = self.spelt()
        found: list[str] = []
        options: dict[str, str] = {}
        rest = iter(words)
        for word in rest:
            name, equals, value = word.partition("=")
            if isinstance(word, Quoted):
                found.append(word)
                continue
            if word[0] == "#":
                break  # a comment
            if word[-1] == ",":
                raise UsageError(f"Blanks part the words, without commas: {self.usage}")
            if not is_option(word):
                found.append(word)
                continue
            option = spelt.get(name)
            if option is None:
                known = [said for said in spelt if said.startswith("--")]
                hint = did_you_mean(name, known) or f" %{self.name} --help lists them."
                raise UsageError(f"There is no option {name}.{hint}")
            if option.flag and equals:
                raise UsageError(f"{name} takes no value. Got {word!r}.")
            if not option.flag:
                value = unquoted(value) if equals else self._value(name, rest, spelt)
            self._put(options, option, value, word)
        return found, options

    def _too_much(self, extra: list[str]) -> UsageError:
        name = extra[0].partition("=")[0].replace("_", "-")
        said = " ".join(extra)
        hint = " Quote an expression that has blanks."
        if name in {option.name for option in self.options}:
            hint = f" An option has two dashes before it: --{name}."
        return UsageError(f"%{self.name} has no place for {said!r}: {self.usage}.{hint}")

    def _value(self, name: str, rest: Iterator[str], spelt: Mapping[str, Option]) -> str:
        value = next(rest, None)
        if value is None or (value in spelt and not isinstance(value, Quoted)):
            got = "nothing" if value is None else repr(value)
            about = spelt[name].about
            raise UsageError(f"{name} expected a value behind it. Got {got}. {about}")
        return value

    def _put(self, options: dict[str, str], option: Option, value: str, said: str) -> None:
        if option.name in options:
            raise UsageError(f"{option.name!r} is said twice: {said!r} is one of them.")
        options[option.name] = value

    @property
    def usage(self) -> str:
        """The line in short."""
        return f"%{self.call} [--option VALUE ...]"

    @property
    def call(self) -> str:
        """Its name and its places."""
        shown = [p.name.upper() if p.needed else f"[{p.name.upper()}]" for p in self.places]
        return " ".join([self.name, *shown])


def is_option(word: str) -> bool:
    """Say whether a word looks like an option, and not like a number below zero."""
    return word[:1] == "-" and word[1:2] not in ("", ".") and not word[1:2].isdigit()
