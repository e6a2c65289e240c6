"""The help of a magic, with the settings that are in force."""

from __future__ import annotations

from textwrap import dedent, fill, indent
from typing import Any

from jupyter_distill.magics._command import Command
from jupyter_distill.magics._options import Option

_WIDTH = 88


def help_of(command: Command, settings: Any) -> str:
    """Return what ``%magic --help`` and ``%magic?`` show.

    Parameters
    ----------
    command : Command
        The magic.
    settings : DistillMagics
        Holds what options are unless said.
    """
    usage = [f"    {command.usage}"]
    if command.cell:
        usage.append(f"    %%{command.call}, and below it options, a line each: size: 8")
    # what it does comes first: the blanks before a first line are lost where it is shown
    said = [fill(" ".join(dedent(command.about).split()), _WIDTH), _section("Usage", usage)]
    if command.places:
        places = [_entry(place.name.upper(), place.about) for place in command.places]
        said.append(_section("Parameters", places))
    said.append(_section("Options", [_option(one, settings) for one in command.options]))
    said.append(_section("Returns", [command.returns]))
    said.append(_section("Examples", [indent(dedent(command.examples).strip(), "    ")]))
    return "\n\n".join(said) + "\n"


def _section(title: str, entries: list[str]) -> str:
    return "\n".join([title, "-" * len(title), *entries])


def _entry(name: str, about: str) -> str:
    return f"{name}\n{fill(about, _WIDTH, initial_indent='    ', subsequent_indent='    ')}"


def _option(option: Option, settings: Any) -> str:
    value = "" if option.flag else f" {option.metavar or option.name.upper()}"
    words = [one for one in option.offers if one[0] != "<"]
    unsaid = any(one not in option.about for one in words) and words not in (["True", "False"], [])
    one_of = f" One of {', '.join(words)}." if unsaid else ""
    now = ""
    if option.setting:
        now = f" Now: {typed(getattr(settings, option.parameter))}."
    return _entry(", ".join(said + value for said in option.spellings), option.about + one_of + now)


def typed(value: object) -> str:
    """Return a setting as a person would type it."""
    if isinstance(value, list | tuple):
        return ",".join(typed(one) for one in value)
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
