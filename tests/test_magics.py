"""The magic in a bare shell: what it returns, what it says of a slip, what Tab offers."""

from __future__ import annotations

import atexit
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge

from jupyter_distill import Distillation, Store, students


@pytest.fixture(scope="module")
def loan() -> tuple[RandomForestClassifier, pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.normal(size=(80, 3)), columns=["income", "age", "house size"])
    labels = np.where(rows["income"] + rng.normal(size=80) / 4 > 0, "yes", "no")
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
    atexit.unregister(shell.atexit_operations)  # half a second for each, when all is over


QUICK = "--student linear --size 2 --temperature 1"


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
    result = shell.run_cell(f"%distill model X y {QUICK} -o d", store_history=True)
    assert isinstance(result.result, Distillation)
    assert shell.user_ns["d"] is result.result
    assert shell.user_ns["Out"][result.execution_count] is result.result


def test_quiet_shows_nothing_and_keeps_it(shell: InteractiveShell) -> None:
    result = shell.run_cell(f"%distill model X y {QUICK} -q -o d", store_history=True)
    assert result.result is None
    assert isinstance(shell.user_ns["d"], Distillation)


def test_options_reach_distill(shell: InteractiveShell) -> None:
    options = "--temperature 2.5 --alpha 0.3 --size=2 --student linear --random-state 7"
    d = shell.run_line_magic("distill", f"model X y {options}")
    assert (d.temperature, d.alpha, d.size, d.random_state) == (2.5, 0.3, 2, 7)
    assert d.family == "linear"


def test_labels_are_optional(shell: InteractiveShell) -> None:
    assert shell.run_line_magic("distill", f"model X {QUICK}").alpha == 0


@pytest.mark.parametrize(
    "rows",
    ['X[["income", "age", "house size"]]', '"X[list(X.columns)] if True else None"', "X.head(70)"],
)
def test_expressions_hold(shell: InteractiveShell, rows: str) -> None:
    d = shell.run_line_magic("distill", f"model {rows} {QUICK}")
    assert d.table.names == ("income", "age", "house size")


def test_names_of_a_calling_function_are_seen(shell: InteractiveShell) -> None:
    cell = f"""
def inner(teacher, rows):
    return get_ipython().run_line_magic("distill", "teacher rows {QUICK}")
found = inner(model, X)
"""
    shell.user_ns["get_ipython"] = lambda: shell
    shell.run_cell(cell).raise_error()
    assert isinstance(shell.user_ns["found"], Distillation)


def test_braces_and_dollars_are_left_alone(shell: InteractiveShell) -> None:
    d = shell.run_cell("%distill model {'$y': X}['$y'] " + QUICK).result
    assert d.table.n_rows == 80


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


def test_a_store_keeps_the_answers(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    line = f"model X y {QUICK}"
    first = shell.run_line_magic("distill", f"{line} --store answers")
    kept = Store(tmp_path / "answers").frame()
    assert kept["rows"].iloc[0] == 80

    def silent(model: object, rows: object) -> None:
        raise AssertionError("it must not be asked again")

    monkeypatch.setattr(RandomForestClassifier, "predict_proba", silent)
    for place in ("~/answers", f"'{tmp_path / 'answers'}'"):
        d = shell.run_line_magic("distill", f"{line} --store {place}")
        np.testing.assert_array_equal(d.targets.logits, first.targets.logits)
    (tmp_path / "a file").write_text("")
    assert "store to be a folder" in said(shell, "model X y --store 'a file'")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert 'pip install "jupyter-distill[store]"' in said(shell, "model X y --store answers")


def test_a_cell_says_options_in_lines(shell: InteractiveShell, tmp_path: Path) -> None:
    cell = f"""%%distill model X y -o d -q
    student: linear

    # as many as can be read
    size: 2
    temperature:  2
    random_state: 7
    monotone: income +, house size -
    forbid: age
    store: {tmp_path / "a: b"}
    """
    result = shell.run_cell(cell)
    result.raise_error()
    d = shell.user_ns["d"]
    assert result.result is None
    assert (d.family, d.size, d.temperature, d.random_state) == ("linear", 2, 2.0, 7)
    asked = d.student.constraints
    assert asked.monotone == {"income": 1, "house size": -1} and list(asked.forbid) == ["age"]
    assert (tmp_path / "a: b").is_dir()
    shown = shell.run_cell("%%distill model X y\nstudent: linear\nsize: 2\ntemperature: 1")
    assert isinstance(shown.result, Distillation) and shown.result.size == 2
    line = shell.run_line_magic(
        "distill", "model X y --student linear --size 1 --temperature 1 --forbid 'age, house size'"
    )
    assert line.student.constraints.forbid == ("age", "house size")


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ("model X y", "sise: 3", ["no option 'sise' below", 'Did you mean "size"?']),
        ("model X y", "zzzz: 3", ["no option 'zzzz'", "student, size, temperature"]),
        ("model X y", "quiet: yes", ["no option 'quiet'"]),
        ("model X y", "size 3", ["like 'size: 8'", "'size 3'"]),
        ("model X y", "size:", ["like 'size: 8'", "'size:'"]),
        ("model X y", "size: many", ["a whole number or auto", "'many'"]),
        ("model X y", "size: 3\nsize: 4", ["'size' is said twice: 'size: 4'"]),
        ("model X y --size 3", "size: 4", ["'size' is said twice"]),
        ("model X y", "monotone: income", ["with + or - behind", "'income'"]),
        ("model X y", "monotone: +", ["with + or - behind", "'+'"]),
        ("model X y", "monotone: incom +", ["'incom'", 'Did you mean "income"?']),
        ("model X y", "forbid: postcode", ["'postcode'"]),
    ],
)
def test_a_slip_in_a_cell_is_one_line(
    shell: InteractiveShell, line: str, cell: str, words: list[str]
) -> None:
    with pytest.raises(UsageError) as error:
        shell.run_cell_magic("distill", line, cell)
    assert "\n" not in str(error.value)
    for word in words:
        assert word in str(error.value)


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
    for word in ("TEACHER", "--temperature", "-o NAME", "Distil a teacher", "--store FOLDER"):
        assert word in text


def test_tab_offers_what_fits(shell: InteractiveShell) -> None:
    shell.user_ns.update(count=3, score=lambda rows: rows)
    assert offered(shell, "%distill ") == ["model", "score", "X", "count", "y"]
    assert offered(shell, "%distill mo") == ["model"]
    assert offered(shell, "%distill model ")[:2] == ["X", "y"]
    assert offered(shell, "%distill model X ")[:2] == ["X", "y"]
    assert offered(shell, "d = %distill model X y --stu") == ["--student"]
    assert offered(shell, "%distill model X y --student ") == students.names()
    assert offered(shell, "%distill --size 3 mo") == ["model"]
    assert "--temperature" in offered(shell, "%distill model X y ")
    assert "--size" not in offered(shell, "%distill model X y --size 3 --")


def test_tab_elsewhere_is_left_alone(shell: InteractiveShell) -> None:
    assert "--student" not in offered(shell, "model --st")


def test_tab_offers_folders_for_a_store(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("answers/old", "asked", "other", ".hidden"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    assert offered(shell, "%distill model X y --st") == ["--store", "--student"]
    assert offered(shell, "%distill model X y --store ") == ["answers/", "asked/", "other/"]
    assert offered(shell, "%distill model X y --store a") == ["answers/", "asked/"]
    assert offered(shell, "%distill model X y --store answers/") == ["answers/old/"]
    assert offered(shell, "%distill model X y --store .h") == [".hidden/"]
    assert offered(shell, "%distill model X y --store no/where/") == []


def test_tab_offers_options_below_a_cell(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answers").mkdir()
    monkeypatch.chdir(tmp_path)

    def below(line: str, first: str = "%%distill model X y") -> list[str]:
        text = f"{first}\nsize: 3\n{line}"
        with provisionalcompleter():
            found = shell.Completer.completions(text, len(text))
            return [one.text for one in found]

    assert offered(shell, "%%distill mo") == ["model"]
    assert below("st") == ["store:", "student:"]
    assert below("student: ") == students.names()
    assert below("student: tr") == ["tree"]
    assert below("store: a") == ["answers/"]
    assert "store:" not in below("st", "%%time")


def test_unloading_takes_all_away_and_loading_twice_adds_once() -> None:
    shell = InteractiveShell()
    before = list(shell.Completer.custom_matchers)
    shell.run_line_magic("load_ext", "jupyter_distill")
    shell.run_line_magic("reload_ext", "jupyter_distill")
    assert len(shell.Completer.custom_matchers) == len(before) + 1
    assert "distill" in shell.magics_manager.magics["line"]
    shell.run_line_magic("unload_ext", "jupyter_distill")
    assert shell.Completer.custom_matchers == before
    for kind in ("line", "cell"):
        assert "distill" not in shell.magics_manager.magics[kind]


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
