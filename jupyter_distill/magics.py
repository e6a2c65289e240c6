"""The ``%distill`` magics: ``%load_ext jupyter_distill``, then ``%distill model X y``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from keyword import iskeyword
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import (
    Magics,
    line_cell_magic,
    magics_class,
    needs_local_scope,
    no_var_expand,
)
from IPython.core.magic_arguments import argument, magic_arguments

from jupyter_distill._completion import IDENTIFIER, matcher
from jupyter_distill._magic_line import body, evaluate, split
from jupyter_distill._validation import did_you_mean

_PACKAGE = __name__.partition(".")[0]


def _number(kind: type, *words: str) -> Callable[[str], Any]:
    """Return a reader of an option's value: a number, or one of a few words."""
    what = " or ".join([f"a{' whole' if kind is int else ''} number", *words])

    def read(text: str) -> Any:
        if text in words:
            return text
        try:
            return kind(text)
        except ValueError:
            hint = did_you_mean(text, words)
            raise argparse.ArgumentTypeError(f"expected {what}. Got {text!r}.{hint}") from None

    return read


def _names(text: str) -> list[str]:
    """Read the names of columns."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _directions(text: str) -> dict[str, str]:
    """Read columns and their directions: ``income +, debt -``."""
    read = {}
    for name in _names(text):
        if name[-1] not in "+-" or not name[:-1].strip():
            what = "expected columns with + or - behind, like 'income +, debt -'"
            raise argparse.ArgumentTypeError(f"{what}. Got {name!r}.")
        read[name[:-1].strip()] = name[-1]
    return read


@magics_class
class DistillMagics(Magics):
    """The magics of one shell."""

    @magic_arguments()
    @argument("teacher", metavar="TEACHER", help="the fitted model: a name or an expression")
    @argument("X", metavar="X", help="the rows to distil it on; quote an expression with blanks")
    @argument("y", metavar="Y", nargs="?", help="the truth of these rows, if known")
    @argument(
        "--task",
        help="classification or regression (default: what the teacher and Y say themselves)",
    )
    @argument("--student", default="tree", help="family, or several: tree,rules (default: tree)")
    @argument("--size", type=_number(int, "auto"), default="auto", help="its size (default: auto)")
    @argument(
        "--temperature",
        type=_number(float, "auto"),
        default="auto",
        help="temperature of the soft targets of classes (default: auto, found on validation rows)",
    )
    @argument(
        "--alpha",
        type=_number(float),
        help="weight of the truth against the teacher, 0 to 1 (default: 0.1 with Y)",
    )
    @argument(
        "--random-state", type=_number(int), default=0, help="seed of every choice (default: 0)"
    )
    @argument(
        "--monotone", type=_directions, help="columns that may only raise or lower: 'age +, debt -'"
    )
    @argument("--forbid", type=_names, help="columns that must not be used: 'postcode, sex'")
    @argument(
        "--store",
        metavar="FOLDER",
        help="where the teacher's answers are kept, so that none is asked for twice",
    )
    @argument("-o", "--output", metavar="NAME", help="variable that receives the distillation")
    @argument("-q", "--quiet", action="store_true", help="show nothing; needs -o")
    @argument("-h", "--help", action="store_true", help="show this text")
    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def distill(
        self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None
    ) -> Any:
        """Distil a teacher into a student that people can read, and show it.

        Examples::

            %distill model X y
            %distill model df[["age", "income"]] y --student tree --size 16 -o d
            %distill prices X y --student linear --store answers/

        With %%distill the options may stand below, a line each::

            %%distill model X y -o d
            student: rules
            monotone: income +, debt -
            store: answers/
        """
        words = split(line)
        if {"-h", "--help"}.intersection(words):
            print(self._parser().format_help().removeprefix("::\n\n"))
            return None
        given = self._parse([*words, *body(cell or "", words, self.options())])
        if given.output is not None and (
            not given.output.isidentifier() or iskeyword(given.output)
        ):
            raise UsageError(f"-o expected the name of a variable. Got {given.output!r}.")
        if given.quiet and given.output is None:
            raise UsageError("-q shows nothing, so it needs a variable to keep: -o NAME.")
        variables: dict[str, Any] = self.shell.user_ns  # type: ignore[union-attr]
        namespace = {**variables, **(local_ns or {})}
        teacher = evaluate(given.teacher, namespace)
        X = evaluate(given.X, namespace)
        y = None if given.y is None else evaluate(given.y, namespace)

        from jupyter_distill import distill

        try:
            result = distill(
                teacher,
                X,
                y,
                task=given.task,
                student=given.student.split(",") if "," in given.student else given.student,
                size=given.size,
                temperature=given.temperature,
                alpha=given.alpha,
                random_state=given.random_state,
                store=None if given.store is None else os.path.expanduser(given.store),
                **_constraints(given),
            )
        except (ValueError, TypeError, OSError, ImportError) as error:
            _refuse(error)
        if given.output is not None:
            variables[given.output] = result
        return None if given.quiet else result

    def _parser(self) -> Any:
        return self.distill.parser

    def _parse(self, words: list[str]) -> argparse.Namespace:
        options = self.options()
        for word in words:
            option = word.partition("=")[0]
            if word.startswith("-") and not _is_number(word) and option not in options:
                known = [name for name in options if name.startswith("--")]
                hint = did_you_mean(option, known) or " %distill --help lists them."
                raise UsageError(f"There is no option {option}.{hint}")
        try:
            given: argparse.Namespace = self._parser().parse_args(words)
        except UsageError as error:
            raise UsageError(f"{error} (%distill --help tells more)") from None
        return given

    def options(self) -> dict[str, bool]:
        """Return every option, and whether a value follows it."""
        return {
            option: action.nargs != 0
            for action in self._parser()._actions
            for option in action.option_strings
        }


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _constraints(given: argparse.Namespace) -> dict[str, Any]:
    """Return what is demanded, if anything is: a family need not take constraints."""
    if given.monotone is None and given.forbid is None:
        return {}
    from jupyter_distill import Constraints

    return {"constraints": Constraints(monotone=given.monotone or {}, forbid=given.forbid or [])}


def _refuse(error: Exception) -> NoReturn:
    """Turn what our own validation says into one line; what others raise keeps its traceback."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    raised_in = str(last.tb_frame.f_globals.get("__name__", "")) if last is not None else ""
    if raised_in.partition(".")[0] != _PACKAGE:
        raise error
    raise UsageError(" ".join(str(error).split())) from None


def load(ipython: Any) -> None:
    """Add the magic and its completion to a shell; a second time replaces the first."""
    unload(ipython)
    magics = DistillMagics(ipython)
    ipython.register_magics(magics)
    ipython.Completer.custom_matchers.append(matcher(ipython, magics.options()))


def unload(ipython: Any) -> None:
    """Take both away again."""
    for kind in ("line", "cell"):
        ipython.magics_manager.magics[kind].pop("distill", None)
    ipython.magics_manager.registry.pop(DistillMagics.__name__, None)
    matchers = ipython.Completer.custom_matchers
    matchers[:] = [m for m in matchers if getattr(m, "matcher_identifier", "") != IDENTIFIER]
