"""A line that was read, and what its words stand for in the notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from IPython.core.error import UsageError

from jupyter_distill.magics._command import Command, Given
from jupyter_distill.magics._expressions import Scope, Unread, evaluate
from jupyter_distill.magics._options import Option
from jupyter_distill.magics._which import is_distillation, last, refuse_other


@dataclass(frozen=True, eq=False)
class Asked:
    """What a magic is asked.

    Attributes
    ----------
    command : Command
        Which one.
    given : Given
        The texts on its line.
    namespace : dict
        The variables of the notebook, and of the function that calls it.
    settings : DistillMagics
        What options are unless said.
    """

    command: Command
    given: Given
    namespace: dict[str, Any]
    settings: Any

    def place(self, name: str) -> Any:
        """Return what stands in a place, which is evaluated once; None where nothing does."""
        if name not in self._places:
            word = self.given.places.get(name)
            self._places[name] = None if word is None else evaluate(word, self.namespace)
        return self._places[name]

    @cached_property
    def _places(self) -> dict[str, Any]:
        return {}

    @property
    def quiet(self) -> bool:
        """Whether nothing is to be shown."""
        return "quiet" in self.given.options

    @cached_property
    def _which(self) -> tuple[str, Any, list[Any]]:
        """The name of the distillation, itself, and what stands in the places behind it."""
        words = list(self.given.places.values())
        found = [evaluate(word, self.namespace) for word in words]
        if found and is_distillation(found[0]):
            return words[0], found[0], found[1:]
        if len(found) == len(self.command.places):  # then the first one is meant to be one
            raise refuse_other(found[0], words[0])
        name, d = last(self.namespace)
        if not self.quiet:
            print(f"{name}: {d.subject}")
        return name, d, found

    @property
    def distillation(self) -> Any:
        """The one that is named first, or else the last one that was made, which is then said."""
        return self._which[1]

    @property
    def behind(self) -> Any:
        """What stands behind the distillation; None where nothing does."""
        rest = self._which[2]
        return rest[0] if rest else None

    def options(self, columns: Iterable[str] = (), classes: Iterable[Any] = ()) -> dict[str, Any]:
        """Return the options that were said, and settings, as parameters.

        Raises
        ------
        UsageError
            If the value of one cannot be read.
        """
        scope = Scope(self.namespace, tuple(columns), tuple(classes))
        found = {}
        for option in self.command.takes:
            if option.name in self.given.options:
                found[option.parameter] = _read(option, self.given.options[option.name], scope)
            elif option.setting:
                found[option.parameter] = getattr(self.settings, option.parameter)
        if self.quiet and "progress" in found and "progress" not in self.given.options:
            found["progress"] = False
        return found


def _read(option: Option, text: str, scope: Scope) -> Any:
    try:
        return option.read(text, scope)
    except (Unread, UsageError) as error:
        raise UsageError(f"--{option.name}: {error}") from None
