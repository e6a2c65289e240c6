"""The command line: ``python -m jupyter_distill doctor`` and ``... demo``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from jupyter_distill import __version__
from jupyter_distill._validation import did_you_mean


class _Parser(argparse.ArgumentParser):
    """Says what was meant when a command is unknown."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _doctor() -> int:
    from jupyter_distill.doctor import doctor

    diagnosis = doctor()
    print(diagnosis)
    return 0 if diagnosis.ok else 1


def _demo() -> int:
    from jupyter_distill._demo import main as demo

    demo()
    return 0


COMMANDS = {
    "doctor": (_doctor, "say what is installed, what is missing and whether views can be shown"),
    "demo": (_demo, "distil a model of a small data set and write a report of it"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _Parser(prog="python -m jupyter_distill")
    parser.add_argument("--version", action="version", version=f"jupyter_distill {__version__}")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "Distil a model nobody can read into one that people can."
    parser.epilog = "\n".join(f"  {name:8} {says}" for name, (_, says) in COMMANDS.items())
    parser.add_argument("command", help=f"one of: {', '.join(COMMANDS)}")
    command = parser.parse_args(arguments).command
    if command not in COMMANDS:
        known = ", ".join(COMMANDS)
        parser.error(f'no command "{command}": there are {known}.{did_you_mean(command, COMMANDS)}')
    run, _ = COMMANDS[command]
    return run()


if __name__ == "__main__":
    sys.exit(main())
