"""The magic in a bare shell: what it returns, what it says of a slip, what Tab offers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge

from jupyter_distill import Distillation, students


@pytest.fixture(scope="module")
def loan() -> tuple[RandomForestClassifier, pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(400, 3)), columns=["income", "age", "house size"])
    labels = np.where(rows["income"] + rng.normal(size=400) / 4 > 0, "yes", "no")
    return RandomForestClassifier(10, random_state=0).fit(rows, labels), rows, labels


@pytest.fixture
def shell(
    loan: tuple[RandomForestClassifier, pd.DataFrame, np.ndarray],
) -> Iterator[InteractiveShell]:
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "jupyter_distill")
    shell.user_ns.update(zip(("model", "X", "y"), loan, strict=True))
    yield shell
    shell.run_line_magic("unload_ext", "jupyter_distill")


def said(shell: InteractiveShell, line: str) -> str:
    with pytest.raises(UsageError) as error:
        shell.run_line_magic("distill", line)
    assert type(error.value) is UsageError
    assert "\n" not in str(error.value)
    return str(error.value)


def offered(shell: InteractiveShell, line: str) -> list[str]:
    typed = line.rpartition(" ")[2]
    return list(shell.complete(typed, line, len(line))[1])


def test_it_distils(shell: InteractiveShell) -> None:
    d = shell.run_line_magic("distill", "model X y --size 4")
    assert isinstance(d, Distillation)
    assert d.size == 4
    assert d.teacher.model is shell.user_ns["model"]
    assert list(d.table.names) == ["income", "age", "house size"]


def test_it_distils_into_several_families(shell: InteractiveShell) -> None:
    d = shell.run_line_magic("distill", "model X y --student tree,linear --temperature 1 --size 2")
    assert d.ladder.families == ("tree", "linear")
    assert "tres" in said(shell, "model X y --student tree,tres")


def test_the_cell_shows_it_and_keeps_it_in_out(shell: InteractiveShell) -> None:
    result = shell.run_cell("%distill model X y --size 4 -o d", store_history=True)
    assert isinstance(result.result, Distillation)
    assert shell.user_ns["d"] is result.result
    assert shell.user_ns["Out"][result.execution_count] is result.result


def test_quiet_shows_nothing_and_keeps_it(shell: InteractiveShell) -> None:
    result = shell.run_cell("%distill model X y --size 4 -q -o d", store_history=True)
    assert result.result is None
    assert isinstance(shell.user_ns["d"], Distillation)


def test_options_reach_distill(shell: InteractiveShell) -> None:
    options = "--temperature 2.5 --alpha 0.3 --size=3 --student tree --random-state 7"
    d = shell.run_line_magic("distill", f"model X y {options}")
    assert (d.temperature, d.alpha, d.size) == (2.5, 0.3, 3)


def test_labels_are_optional(shell: InteractiveShell) -> None:
    assert shell.run_line_magic("distill", "model X --size 3").alpha == 0


@pytest.mark.parametrize(
    "rows",
    ['X[["income", "age", "house size"]]', '"X[list(X.columns)] if True else None"', "X.head(300)"],
)
def test_expressions_hold(shell: InteractiveShell, rows: str) -> None:
    d = shell.run_line_magic("distill", f"model {rows} --size 3")
    assert d.table.names == ("income", "age", "house size")


def test_names_of_a_calling_function_are_seen(shell: InteractiveShell) -> None:
    cell = """
def inner(teacher, rows):
    return get_ipython().run_line_magic("distill", "teacher rows --size 3")
found = inner(model, X)
"""
    shell.user_ns["get_ipython"] = lambda: shell
    shell.run_cell(cell).raise_error()
    assert isinstance(shell.user_ns["found"], Distillation)


def test_braces_and_dollars_are_left_alone(shell: InteractiveShell) -> None:
    d = shell.run_cell("%distill model {'$y': X}['$y'] --size 3").result
    assert d.table.n_rows == 400


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("modle X y", ["no variable 'modle'", 'Did you mean "model"?']),
        ("model X.hed(3) y", []),
        ("", ["TEACHER", "X"]),
        ("model", ["required: X"]),
        ("model X y --sise 3", ["no option --sise", 'Did you mean "--size"?']),
        ("model X y --zzzz", ["no option --zzzz", "--help"]),
        ("model X y --size many", ["a whole number or auto", "'many'"]),
        ("model X y --size 2.5", ["a whole number or auto", "'2.5'"]),
        ("model X y --size -3", ["size", "-3"]),
        ("model X y --temperature autp", ['Did you mean "auto"?']),
        ("model X y --temperature 0", ["temperature", "0"]),
        ("model X y --alpha 3", ["alpha", "3"]),
        ("model X y --student treee", ["student", 'Did you mean "tree"?']),
        ("model X y --size", ["--size", "expected one argument"]),
        ("model X y another", ["another"]),
        ("model X y -o 1d", ["-o", "'1d'"]),
        ("model X y -o for", ["-o", "'for'"]),
        ("model X[ y", ["] is missing"]),
        ("model 'X y", ["' is missing"]),
        ("model 'X y' y", ["an expression", "'X y'"]),
        ("model X y[:10]", ["10"]),
        ("model X[['income']] y", ["age"]),
        ("3 X y", ["teacher"]),
    ],
)
def test_a_slip_is_one_line(shell: InteractiveShell, line: str, words: list[str]) -> None:
    if not words:
        with pytest.raises(AttributeError, match="hed"):
            shell.run_line_magic("distill", line)
        return
    message = said(shell, line)
    for word in words:
        assert word in message


def test_what_others_raise_keeps_its_traceback(shell: InteractiveShell) -> None:
    def broken(rows: object) -> np.ndarray:
        raise ValueError("the service is down")

    def late(rows: object) -> object:
        return not_yet_defined  # noqa: F821

    shell.user_ns.update(broken=broken, late=late)
    with pytest.raises(Exception, match="the service is down") as error:
        shell.run_line_magic("distill", "broken X y")
    assert not isinstance(error.value, UsageError)
    with pytest.raises(NameError, match="not_yet_defined"):
        shell.run_line_magic("distill", "model late(X)")


def test_help(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run_line_magic("distill", "--help") is None
    text = capsys.readouterr().out
    for word in ("TEACHER", "--temperature", "-o NAME", "Distil a teacher"):
        assert word in text


def test_tab_offers_what_fits(shell: InteractiveShell) -> None:
    shell.user_ns.update(count=3, score=lambda rows: rows)
    assert offered(shell, "%distill ") == ["model", "score", "X", "count", "y"]
    assert offered(shell, "%distill mo") == ["model"]
    assert offered(shell, "%distill model ")[:2] == ["X", "y"]
    assert offered(shell, "%distill model X ")[:2] == ["X", "y"]
    assert offered(shell, "d = %distill model X y --st") == ["--student"]
    assert offered(shell, "%distill model X y --student ") == students.names()
    assert offered(shell, "%distill --size 3 mo") == ["model"]
    assert "--temperature" in offered(shell, "%distill model X y ")
    assert "--size" not in offered(shell, "%distill model X y --size 3 --")


def test_tab_elsewhere_is_left_alone(shell: InteractiveShell) -> None:
    assert "--student" not in offered(shell, "model --st")


def test_unloading_takes_all_away_and_loading_twice_adds_once() -> None:
    shell = InteractiveShell()
    before = list(shell.Completer.custom_matchers)
    shell.run_line_magic("load_ext", "jupyter_distill")
    shell.run_line_magic("reload_ext", "jupyter_distill")
    assert len(shell.Completer.custom_matchers) == len(before) + 1
    assert "distill" in shell.magics_manager.magics["line"]
    shell.run_line_magic("unload_ext", "jupyter_distill")
    assert shell.Completer.custom_matchers == before
    assert "distill" not in shell.magics_manager.magics["line"]


def test_loading_is_cheap() -> None:
    code = (
        "import sys; from IPython.core.interactiveshell import InteractiveShell as S\n"
        "S.instance().run_line_magic('load_ext', 'jupyter_distill')\n"
        "heavy = ('torch', 'sklearn', 'anywidget', 'pandas', 'numpy', 'scipy')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_another_family_and_a_regression_are_distilled(shell: InteractiveShell) -> None:
    d = shell.run_line_magic(
        "distill", "model X y --student linear --size 2 --temperature 1 -q -o d"
    )
    assert d is None and shell.user_ns["d"].family == "linear"
    shell.user_ns["prices"] = Ridge().fit(shell.user_ns["X"], shell.user_ns["X"]["income"] * 100)
    shell.user_ns["paid"] = shell.user_ns["X"]["income"] * 100
    d = shell.run_line_magic("distill", "prices X paid --student linear")
    assert d.task == "regression"
    assert "no temperature" in said(shell, "prices X paid --temperature 2")
    assert "leave task out" in said(shell, "prices X paid --task classification")


def test_the_task_is_completed(shell: InteractiveShell) -> None:
    assert offered(shell, "%distill model X y --task ") == ["classification", "regression"]
