"""What the Tab key offers on the line of a magic, and below ``%%distill``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from jupyter_distill.magics._command import Command, is_option
from jupyter_distill.magics._offers import BEHIND, Offer, Typing, folders
from jupyter_distill.magics._options import Option
from jupyter_distill.magics._words import Cut, cut, unquoted

IDENTIFIER = "jupyter_distill"
# The magic may be assigned: d = %distill model X y
_LINE = re.compile(r"^\s*(?:[\w., ]+=\s*)?%{1,2}(?P<name>\w+)\s+(?P<rest>.*)$", re.DOTALL)
_CELL = re.compile(r"^\s*%%(?P<name>\w+)(?P<rest>[^\n]*)\n")
# and below it options stand alone: student: tree
_BELOW = re.compile(r"^\s*(?P<name>[\w-]+)\s*:\s*(?P<value>.*)$", re.DOTALL)

Matcher = Callable[[CompletionContext], SimpleMatcherResult]


@dataclass(frozen=True)
class Found:
    """What is offered, and the piece of text that it is in the place of."""

    offers: Sequence[Offer]
    typed: str


def matcher(shell: Any, commands: Sequence[Command]) -> Matcher:
    """Return a completion matcher for one shell.

    Parameters
    ----------
    shell : InteractiveShell
        Whose variables are offered.
    commands : sequence of Command
        The magics.
    """
    known = {command.name: command for command in commands}

    @context_matcher(identifier=IDENTIFIER)
    def complete(context: CompletionContext) -> SimpleMatcherResult:
        found = _complete(context, shell, known)
        fitting = [one for one in found.offers if one.begins(found.typed)]
        return SimpleMatcherResult(
            completions=[SimpleCompletion(one.text, type=one.kind) for one in fitting],
            matched_fragment=found.typed,
            suppress=bool(fitting),
            ordered=True,
        )

    result: Matcher = complete
    return result


def _complete(context: CompletionContext, shell: Any, known: dict[str, Command]) -> Found:
    before = context.text_until_cursor
    line = _LINE.match(before)
    if line and line["name"] in known:
        return _on_line(known[line["name"]], cut(line["rest"]), shell)
    cell = _CELL.match(context.full_text)
    if cell and context.cursor_line > 0 and cell["name"] in known and known[cell["name"]].cell:
        command = known[cell["name"]]
        typing, said, _ = _read(command, cut(cell["rest"]).words, shell)
        lines = context.full_text.split("\n")
        others = [text for n, text in enumerate(lines) if n != context.cursor_line]
        said |= {m["name"].replace("_", "-") for m in map(_BELOW.match, others) if m}
        return _below(typing, before, said)
    return Found((), "")


def _read(
    command: Command, words: Sequence[str], shell: Any
) -> tuple[Typing, set[str], Option | None]:
    """Return what words say: the places, the options, and one that awaits its value."""
    spelt = command.spelt()
    places: list[str] = []
    said: set[str] = set()
    awaits: Option | None = None
    for word in words:
        if awaits is not None:
            awaits = None
        elif is_option(word):
            name, equals, _ = word.partition("=")
            option = spelt.get(name)
            if option is not None:
                said.add(option.name)
                awaits = None if option.flag or equals else option
        else:
            places.append(unquoted(word))
    return Typing(command, places, shell), said, awaits


def _on_line(command: Command, line: Cut, shell: Any) -> Found:
    current = line.words[-1] if line.in_word else ""
    typing, said, awaits = _read(command, line.words[: -1 if line.in_word else None], shell)
    name, equals, value = current.partition("=")
    option = command.spelt().get(name)
    if awaits is None and equals and option is not None and not option.flag:
        awaits, current = option, value
    if awaits is not None:
        return _value(typing, awaits, current, on_line=True)
    if current[:1] != "-":
        offers = typing.of_place(current)
        if offers or current:
            return Found(offers, current)
    free = [one for one in command.options if one.name not in said]
    long = sorted(f"--{one.name}" for one in free)
    short = sorted(f"-{one.short}" for one in free if one.short)
    return Found([Offer(one, "option") for one in [*long, *short]], current)


def _below(typing: Typing, before: str, said: set[str]) -> Found:
    line = _BELOW.match(before)
    below = {option.name: option for option in typing.command.below}
    if line is None:
        free = [name for name in below if name not in said]
        return Found([Offer(f"{name}:", "option") for name in sorted(free)], before.lstrip())
    option = below.get(line["name"].replace("_", "-"))
    return Found((), "") if option is None else _value(typing, option, line["value"], on_line=False)


def _value(typing: Typing, option: Option, typed: str, *, on_line: bool) -> Found:
    """Offer values; of several with commas between them the last one is typed."""
    quoted = typed[:1] in ("'", '"') and on_line
    inner = typed[1:] if quoted else typed
    if "<folders>" in option.offers:
        return Found([Offer(one, "path") for one in folders(inner)], inner)
    piece = inner.rpartition(",")[2].lstrip()
    offers = typing.of_option(option)
    behind = next((BEHIND[one] for one in option.offers if one in BEHIND), ())
    columns = {one.text for one in offers if one.kind == "column"}
    column, blank, sign = piece.rpartition(" ")
    if behind and blank and column.strip() in columns and piece not in columns:
        return Found([Offer(one, "value") for one in behind], sign)
    if on_line and not quoted:  # a name with a blank would be two words
        offers = [one for one in offers if " " not in one.text or piece == inner]
        offers = [_in_quotes(one) if " " in one.text else one for one in offers]
    return Found(offers, piece)


def _in_quotes(offer: Offer) -> Offer:
    quote = '"' if "'" in offer.text else "'"
    return Offer(f"{quote}{offer.text}{quote}", offer.kind, offer.text)
