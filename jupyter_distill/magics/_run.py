"""Running a magic: its line is read, its result kept and shown, and a slip is one line."""

from __future__ import annotations

import re
from dis import opmap
from keyword import iskeyword
from typing import Any

from IPython.core.error import UsageError

from jupyter_distill._validation import Refusal
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._help import help_of
from jupyter_distill.magics._options import EXPECT, MONOTONE

_PACKAGE = __name__.partition(".")[0]
_SLIPS = (ValueError, TypeError, OSError, ImportError, LookupError)


def run(
    command: Command, settings: Any, line: str, cell: str | None, local: dict[str, Any] | None
) -> Any:
    """Run a magic.

    Parameters
    ----------
    command : Command
        Which one.
    settings : DistillMagics
        The settings and the shell.
    line : str
        What stands behind its name; with ``;`` at its end nothing is shown.
    cell : str or None
        What stands below, of a cell.
    local : dict or None
        The variables of the function that calls it.
    """
    line = line.rstrip()
    silent = line.endswith(";")
    given = command.parse(line.removesuffix(";"), cell)
    if "help" in given.options:
        print(help_of(command, settings))
        return None
    variables: dict[str, Any] = settings.shell.user_ns
    if silent:
        given.options.setdefault("quiet", "")
    output = _output(given.options)
    asked = Asked(command, given, {**variables, **(local or {})}, settings)
    try:
        result = command.run(asked)
    except _SLIPS as error:
        if not is_slip(error):
            raise
        said = _as_typed(asked, error) or _one_line(error)
        raise UsageError(said + _from_settings(asked, str(error))) from error
    if output is not None:
        variables[output] = result
    return None if asked.quiet else result


def _output(options: dict[str, str]) -> str | None:
    output = options.get("output")
    if output is not None and (not output.isidentifier() or iskeyword(output)):
        raise UsageError(f"-o expected the name of a variable. Got {output!r}.")
    if "quiet" in options and output is None:
        raise UsageError("-q or ; shows nothing, so it needs a variable to keep: -o NAME.")
    return output


def _from_settings(asked: Asked, message: str) -> str:
    """Say so where what was refused is not on the line, but was set by %config."""
    settings = asked.settings
    for option in asked.command.takes:
        name = option.parameter
        if not option.setting or option.name in asked.given.options:
            continue
        kept, usual = getattr(settings, name), settings.trait_defaults(name)
        if kept != usual and re.search(rf"\b{name}\b", message):
            return f" It is from %config {type(settings).__name__}.{name} = {kept!r}."
    return ""


def is_slip(error: BaseException) -> bool:
    """Say whether our own validation refused what a person gave.

    Anything else keeps its traceback: what other packages raise, and errors that nobody raised
    on purpose, such as a sum of text and number.
    """
    if isinstance(error, Refusal):
        return True
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or last.tb_lasti < 0:
        return False
    code = last.tb_frame.f_code
    ours = str(last.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == _PACKAGE
    return ours and code.co_code[last.tb_lasti] == opmap["RAISE_VARARGS"]


def _as_typed(asked: Asked, error: BaseException) -> str:
    """Say of a direction that does not fit what to type instead; empty of all other errors."""
    from jupyter_distill.constraints import Misdirected

    names = {MONOTONE.name, EXPECT.name} & asked.given.options.keys()
    if not isinstance(error, Misdirected) or not names:
        return ""
    name = names.pop()
    columns = asked.options()[name]
    if not isinstance(columns, dict):  # a variable: the error says what to write into it
        return ""
    each = {column: repr(want) for column, want in columns.items()}
    each |= {error.column: error.instead}
    typed = "{" + ", ".join(f"{column!r}: {want}" for column, want in each.items()) + "}"
    below = f", or {name}: {typed} in the cell" if asked.command.cell else ""
    return f"{error.wrong} Type --{name} {typed}{below}."


def _one_line(error: BaseException) -> str:
    # the text of a KeyError is its repr
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    return " ".join(str(said).split())
