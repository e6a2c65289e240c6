"""The magics of one shell, and what options are unless said."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, magics_class, needs_local_scope, no_var_expand
from traitlets import TraitError, TraitType

from jupyter_distill.magics import (
    _audit,
    _certificate,
    _check_teacher,
    _distill,
    _distillations,
    _fidelity,
    _temperature,
)
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._expressions import Scope, Unread
from jupyter_distill.magics._help import help_of, typed
from jupyter_distill.magics._options import PROGRESS, RANDOM_STATE, STORE, Option
from jupyter_distill.magics._run import run

COMMANDS: tuple[Command, ...] = (
    *_distill.COMMANDS,
    *_fidelity.COMMANDS,
    *_certificate.COMMANDS,
    *_audit.COMMANDS,
    *_temperature.COMMANDS,
    *_check_teacher.COMMANDS,
    *_distillations.COMMANDS,
)


class Setting(TraitType[Any, Any]):
    """What an option is unless said; it is read as on the line of a magic."""

    def __init__(self, option: Option, default: Any) -> None:
        super().__init__(default, help=option.about)
        self.option = option
        self.tag(config=True)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the value as the option reads it."""
        what = f"DistillMagics.{self.name}"
        if value is not None and not isinstance(value, str | int | float | list | tuple | Path):
            raise TraitError(f"{what}: expected text or a number. Got {value!r}.")
        try:
            return self.option.read(typed(value), Scope({}))
        except (Unread, UsageError) as error:
            raise TraitError(f"{what}: {error}") from None


@magics_class
class DistillMagics(Magics):
    """What the options of %distill and its kin are unless said on their line."""

    student = Setting(_distill.STUDENT, "tree")
    size = Setting(_distill.SIZE, "auto")
    temperature = Setting(_distill.TEMPERATURE, "auto")
    alpha = Setting(_distill.ALPHA, None)
    augment = Setting(_distill.AUGMENT, "auto")
    n_jobs = Setting(_distill.N_JOBS, None)
    store = Setting(STORE, None)
    progress = Setting(PROGRESS, True)
    random_state = Setting(RANDOM_STATE, 0)

    def __init__(self, shell: Any) -> None:
        # what a profile has set, not what is set later by %config
        self._profile = deepcopy(shell.config.get(type(self).__name__))
        super().__init__(shell)
        for command in COMMANDS:
            for kind in ("line", "cell") if command.cell else ("line",):
                self.magics[kind][command.name] = _magic(command, self)
        self._before = {
            (kind, name): shell.magics_manager.magics[kind].get(name)
            for kind, ours in self.magics.items()
            for name in ours
        }

    def leave(self) -> None:
        """Take magics and settings away again, and put back what stood in their place."""
        shell: Any = self.shell
        there = shell.magics_manager.magics
        for (kind, name), before in self._before.items():
            if there[kind].get(name) is not self.magics[kind][name]:
                continue  # somebody else has redefined it
            del there[kind][name]
            if before is not None:
                there[kind][name] = before
        name = type(self).__name__
        shell.magics_manager.registry.pop(name, None)
        shell.configurables[:] = [one for one in shell.configurables if one is not self]
        for one in shell.configurables:
            if self._profile is None:
                one.config.pop(name, None)
            elif name in one.config:
                one.config[name] = deepcopy(self._profile)


def _magic(command: Command, settings: DistillMagics) -> Callable[..., Any]:
    """Return the function that IPython calls."""

    @no_var_expand
    @needs_local_scope
    def magic(line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None) -> Any:
        return run(command, settings, line, cell, local_ns)

    magic.__name__ = magic.__qualname__ = command.name
    magic.__doc__ = help_of(command, settings)
    result: Any = magic
    # asked for by %magic?: with the settings that are in force then
    result.getdoc = lambda: help_of(command, settings)
    return result  # type: ignore[no-any-return]
