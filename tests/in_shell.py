"""A bare shell with a teacher, rows and truth in it, that the tests of the magics share."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from sklearn.linear_model import LogisticRegression

QUICK = "--quality greedy --size 2 --temperature 1"


@contextmanager
def loaded() -> Iterator[InteractiveShell]:
    """Give a shell with the extension, which makes no rows unless asked."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(80, 3)), columns=["income", "age", "house size"])
    y = np.where(X["income"] + X["age"] + rng.normal(size=80) / 4 > 0, "yes", "no")
    main = sys.modules["__main__"]  # a shell puts itself there: what starts processes needs it
    shell = InteractiveShell()
    sys.modules["__main__"] = main
    shell.run_line_magic("load_ext", "jupyter_distill")
    shell.run_line_magic("config", "DistillMagics.augment = 'none'")
    shell.run_line_magic("config", "DistillMagics.progress = False")
    shell.user_ns.update(model=LogisticRegression().fit(X, y), X=X, y=y)
    yield shell
    shell.run_line_magic("unload_ext", "jupyter_distill")
    shell.user_ns["Out"].clear()
    shell.user_ns.clear()  # something keeps shells alive, and these would keep distillations
    atexit.unregister(shell.atexit_operations)  # half a second for each, when all is over


def said(shell: InteractiveShell, name: str, line: str, cell: str | None = None) -> str:
    """Return the one line that a slip is answered with."""
    with pytest.raises(UsageError) as error:
        if cell is None:
            shell.run_line_magic(name, line)
        else:
            shell.run_cell_magic(name, line, cell)
    assert type(error.value) is UsageError
    assert "\n" not in str(error.value)
    return str(error.value)


def offered(shell: InteractiveShell, text: str) -> list[str]:
    """Return what the Tab key makes of a text, the whole of it."""
    with provisionalcompleter():
        found = list(shell.Completer.completions(text, len(text)))
    return [text[: one.start] + one.text for one in found if one.type != "<unknown>"]


def tab(shell: InteractiveShell, text: str) -> list[str]:
    """Return the pieces that the Tab key offers."""
    with provisionalcompleter():
        return [one.text for one in shell.Completer.completions(text, len(text))]
