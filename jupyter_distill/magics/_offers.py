"""What fits where a person is typing: words of the options, variables and names of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from jupyter_distill._families import families
from jupyter_distill._variables import distillations, fitting, own
from jupyter_distill.magics._columnwise import EXPECTED, SIGNS
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._lookup import columns_of, looked_up
from jupyter_distill.magics._options import Option
from jupyter_distill.magics._which import made, names


class Offer(NamedTuple):
    """Something to be typed: of thousands of variables there are thousands.

    Attributes
    ----------
    text : str
        What.
    kind : str
        ``"option"``, ``"variable"``, ``"column"``, ``"value"`` or ``"path"``.
    name : str
        What a person begins to type for it, where that is something else: it is put in quotes.
    """

    text: str
    kind: str
    name: str = ""

    def begins(self, typed: str) -> bool:
        """Say whether it may be meant by what is typed so far."""
        return (self.name or self.text).startswith(typed)


@dataclass(frozen=True)
class Typing:
    """A line that is being typed.

    Attributes
    ----------
    command : Command
        Whose.
    places : list of str
        What stands in its places so far.
    shell : InteractiveShell
        Whose variables are offered.
    """

    command: Command
    places: list[str]
    shell: Any

    def of_place(self, typed: str) -> list[Offer]:
        """Return what fits into the next place and begins with what is typed of it."""
        if len(self.places) >= len(self.command.places):
            return []
        name = self.command.places[len(self.places)].name
        if name == "distillation":
            found = sorted(distillations(own(self.shell)))
            return [Offer(one, "variable") for one in found]
        if name not in ("teacher", "X", "y"):
            return []
        fit, others = self._variables(name, typed)
        named = self.columns() if name == "y" else []
        known = {*fit, *others}
        plain = [one for one in named if one.isidentifier() and one not in known]
        return [
            *(Offer(one, "variable") for one in fit),
            *(Offer(one, "column") for one in plain),
            *(Offer(one, "variable") for one in others),
        ]

    def of_option(self, option: Option) -> list[Offer]:
        """Return the values that an option may have."""
        found: list[Offer] = []
        for word in option.offers:
            look = _LOOKS.get(word)
            found += [Offer(word, "value")] if look is None else look(self)
        return found

    def columns(self) -> list[str]:
        """Return the columns of the rows that the line speaks of."""
        order = [place.name for place in self.command.places]
        if "X" in order:
            place = order.index("X")
            space = self.shell.user_ns
            return columns_of(self.places[place], space) if place < len(self.places) else []
        d = self.distillation()
        return [] if d is None else list(d.table.names)

    def distillation(self) -> Any:
        """Return the one that the line speaks of, as far as that can be seen."""
        space = self.shell.user_ns
        said = looked_up(self.places[0], space) if self.places else None
        if distillations({"": said}):
            return said
        called = names(space)
        return next((d for d in reversed(made()) if id(d) in called), None)

    def _variables(self, place: str, typed: str = "") -> tuple[list[str], list[str]]:
        named = {k: value for k, value in own(self.shell).items() if k.startswith(typed)}
        fit = fitting(named, place)
        return fit, sorted(named.keys() - set(fit))

    def variables(self, place: str) -> list[Offer]:
        """Return the variables that fit a place, and only these."""
        return [Offer(name, "variable") for name in self._variables(place)[0]]


def _words(kind: str, found: Iterable[object]) -> list[Offer]:
    return [Offer(str(one), kind) for one in found]


def _of(d: Any, look: Callable[[Any], Iterable[object]]) -> list[Offer]:
    return [] if d is None else _words("value", dict.fromkeys(look(d)))


_LOOKS: Mapping[str, Callable[[Typing], list[Offer]]] = {
    "<students>": lambda typing: _words("value", families()),
    "<columns>": lambda typing: _words("column", typing.columns()),
    "<directions>": lambda typing: _words("column", typing.columns()),
    "<expectations>": lambda typing: _words("column", typing.columns()),
    "<variables>": lambda typing: _words("variable", sorted(own(typing.shell))),
    "<teacher>": lambda typing: typing.variables("teacher"),
    "<X>": lambda typing: typing.variables("X"),
    "<classes>": lambda typing: _of(typing.distillation(), _classes),
    "<sizes>": lambda typing: _of(typing.distillation(), lambda d: [r.size for r in d.ladder]),
    "<families>": lambda typing: _of(typing.distillation(), lambda d: d.ladder.families),
}
BEHIND = {"<directions>": SIGNS, "<expectations>": EXPECTED}  # a column


def _classes(d: Any) -> Iterable[object]:
    return () if d.task == "regression" else d.targets.classes.tolist()


def folders(typed: str) -> list[str]:
    """Return the folders that a path which is being typed may go on with."""
    above, _, name = typed.rpartition("/")
    above = f"{above}/" if "/" in typed else ""
    try:
        place = Path(above or ".").expanduser()
        found = sorted(one.name for one in place.iterdir() if one.is_dir())
    except (OSError, RuntimeError, ValueError):  # no such folder, no such user, a null byte
        return []
    return [f"{above}{one}/" for one in found if not one.startswith(".") or name.startswith(".")]
