"""The magic in a bare shell: what it returns, and what it says of a slip."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge

import jupyter_distill as jd
from jupyter_distill import Distillation, Store, students
from jupyter_distill.magics import COMMANDS, DistillMagics
from jupyter_distill.magics._distill import CONSTRAINTS, OPTIONS, QUALITIES
from tests.in_shell import QUICK, loaded, said


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    with loaded() as shell:
        yield shell


@pytest.fixture
def asked(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What reaches distill(), which is not run."""
    found: dict[str, Any] = {}

    def distill(model: Any, X: Any, y: Any = None, **options: Any) -> None:
        found.update(options, model=model, X=X, y=y)

    monkeypatch.setattr(jd, "distill", distill)
    return found


def test_it_distils_shows_and_keeps(shell: InteractiveShell) -> None:
    result = shell.run_cell(f"%distill model X y {QUICK} -o d", store_history=True)
    d = result.result
    assert isinstance(d, Distillation)
    assert d.teacher.model is shell.user_ns["model"]
    assert (d.size, d.temperature, d.random_state) == (2, 1.0, 0)
    assert shell.user_ns["d"] is d and shell.user_ns["Out"][result.execution_count] is d
    quiet = shell.run_cell(f"%distill model X {QUICK} -q -o e", store_history=True)
    assert quiet.result is None
    assert shell.user_ns["e"].alpha == 0  # without truth


def test_options_reach_distill(shell: InteractiveShell, asked: dict[str, Any]) -> None:
    shell.user_ns.update(test=(1, 2), more=[3], T=3, seed=[5])
    line = (
        "model X y --temperature 2.5 --alpha 0.3 --size=2 --student linear --random-state seed[0] "
        "--augment munge,copula --assistant net --unlabelled more --test test --sample auto "
        "--batch-size 9 --n-jobs 2 --classes no,yes --objective fidelity --teacher-inputs 'X + T'"
    )
    shell.run_line_magic("distill", line)
    expected = {
        **{"temperature": 2.5, "alpha": 0.3, "size": 2, "student": "linear", "random_state": 5},
        **{"augment": ["munge", "copula"], "assistant": "net", "unlabelled": [3], "test": (1, 2)},
        **{"sample": "auto", "batch_size": 9, "n_jobs": 2, "classes": ["no", "yes"]},
        **{"objective": "fidelity", "progress": False, "store": None},
    }
    assert {name: asked[name] for name in expected} == expected
    assert asked["teacher_inputs"].equals(shell.user_ns["X"] + 3)
    assert asked["model"] is shell.user_ns["model"] and "constraints" not in asked


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("--temperature T", "temperature", 1.5),
        ("--temperature T*2", "temperature", 3.0),
        ("--temperature 0.5,1,2", "temperature", (0.5, 1, 2)),
        ("--temperature (0.5, 1)", "temperature", (0.5, 1)),
        ("--temperature [2]", "temperature", (2,)),
        ("--alpha auto", "alpha", "auto"),
        ("--alpha none", "alpha", None),
        ("--student tree,rules", "student", ["tree", "rules"]),
        ("--student auto", "student", "auto"),
        ("--student mine", "student", "a student of mine"),
        ("--random-state none", "random_state", None),
        ("--augment auto", "augment", "auto"),
        ("--progress yes", "progress", True),
        ("--interactions 3", "interactions", 3),
        ("--size -1", "size", -1),
        ("--store kept", "store", "kept"),
    ],
)
def test_values_are_read(
    shell: InteractiveShell, asked: dict[str, Any], said: str, name: str, value: object
) -> None:
    shell.user_ns.update(T=1.5, mine="a student of mine")
    shell.run_line_magic("distill", f"model X y {said}")
    assert asked[name] == value


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ("--forbid age", "forbid", ("age",)),
        ("--forbid 'age, house size'", "forbid", ("age", "house size")),
        ("--forbid unwanted", "forbid", ("age",)),
        ("--forbid 'it\\'s \"so\"'", "forbid", ('it\'s "so"',)),
        ("--forbid age # too personal", "forbid", ("age",)),
        ("--monotone 'income +, house size -'", "monotone", {"income": 1, "house size": -1}),
        ("--monotone income+,age-", "monotone", {"income": 1, "age": -1}),
        ("--monotone wanted", "monotone", {"age": 1}),
        ("--monotone {'age':-1}", "monotone", {"age": -1}),
        ("--max-features 2", "max_features", 2),
        ("--monotone age+ --hard False --penalty 3", "penalty", 3.0),
        ("--constraints made", "require", ("age",)),
    ],
)
def test_demands_are_read(
    shell: InteractiveShell, asked: dict[str, Any], said: str, name: str, value: object
) -> None:
    made = jd.Constraints(require=["age"])
    shell.user_ns.update(unwanted=["age"], wanted={"age": 1}, made=made)
    shell.run_line_magic("distill", f"model X y {said}")
    assert getattr(asked["constraints"], name) == value


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_the_truth_may_be_a_column(
    shell: InteractiveShell, asked: dict[str, Any], frame: Any
) -> None:
    rows = frame({"age": [1, 2], "paid back": ["a", "b"], "y": [3, 4]})
    shell.user_ns["rows"] = rows
    shell.run_line_magic("distill", "model rows 'paid back'")
    assert list(asked["X"].columns) == ["age", "y"]
    assert list(asked["y"]) == ["a", "b"]
    shell.run_line_magic("distill", "model rows y")
    assert asked["y"] is shell.user_ns["y"]  # a variable goes first
    assert "paid back" in rows.columns


@pytest.mark.parametrize(
    "rows",
    ['X[["income", "age", "house size"]]', '"X[list(X.columns)] if True else None"', "X.head(70)"],
)
def test_expressions_hold(shell: InteractiveShell, asked: dict[str, Any], rows: str) -> None:
    shell.run_line_magic("distill", f"model {rows} y[:len(X)]")
    assert list(asked["X"].columns) == ["income", "age", "house size"]


def test_names_of_a_calling_function_are_seen(
    shell: InteractiveShell, asked: dict[str, Any]
) -> None:
    cell = """
def inner(teacher, rows, T):
    scaled = [1]
    %distill teacher rows --temperature T+scaled[0]
inner(model, X, 3)
"""
    shell.user_ns["get_ipython"] = lambda: shell
    shell.run_cell(cell).raise_error()
    assert asked["X"] is shell.user_ns["X"] and asked["temperature"] == 4


def test_what_stands_in_a_place_is_evaluated_once(
    shell: InteractiveShell, asked: dict[str, Any]
) -> None:
    calls: list[str] = []

    def made(name: str) -> Any:
        calls.append(name)
        return shell.user_ns[name]

    shell.user_ns["made"] = made
    shell.run_line_magic("distill", "made('model') made('X') made('y')")
    assert sorted(calls) == ["X", "model", "y"]
    assert asked["y"] is shell.user_ns["y"]


def test_what_a_setting_spoils_names_the_setting(shell: InteractiveShell) -> None:
    shell.run_line_magic("config", "DistillMagics.size = 0")
    told = "size to be a whole number >= 2. Got 0. It is from %config DistillMagics.size = 0."
    assert told in said(shell, "distill", "model X y")
    assert "DistillMagics" not in said(shell, "distill", "model X y --size 1")
    shell.run_line_magic("config", "DistillMagics.size = 'auto'")


def test_braces_and_dollars_are_left_alone(shell: InteractiveShell, asked: dict[str, Any]) -> None:
    shell.run_cell("%distill model {'$y': X}['$y']").raise_error()
    assert asked["X"] is shell.user_ns["X"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("modle X y", ["no variable 'modle'", 'Did you mean "model"?']),
        ("", ["needs TEACHER and X", "%distill TEACHER X [Y]"]),
        ("model", ["needs X"]),
        ("model X y --sise 3", ["no option --sise", 'Did you mean "--size"?']),
        ("model X y --zzzz", ["no option --zzzz", "%distill --help"]),
        ("model X y --size many", ["--size: ", "a whole number or auto", "'many'"]),
        ("model X y --size 2.5", ["a whole number or auto", "'2.5'"]),
        ("model X y --size -3", ["size", "-3"]),
        ("model X y --temperature autp", ['Did you mean "auto"?']),
        ("model X y --temperature 0", ["temperature", "0"]),
        ("model X y --alpha 3", ["alpha", "3"]),
        ("model X y --student treee", ["--student", 'Did you mean "tree"?']),
        ("model X y --student tree,tres", ["--student", "'tres'"]),
        ("model X y --quality gredy", ["greedy, fast or best", 'Did you mean "greedy"?']),
        ("model X y --augment mung", ['Did you mean "munge"?']),
        ("model X y --progress maybe", ["True or False", "'maybe'"]),
        ("model X y --size", ["--size expected a value", "nothing"]),
        ("model X y --size --alpha 0.1", ["--size expected a value", "'--alpha'"]),
        ("model X y --size 3 --size 4", ["'size' is said twice"]),
        ("model X y --quiet=yes", ["--quiet takes no value"]),
        ("model, X, y", ["Blanks part the words, without commas: %distill TEACHER X [Y]"]),
        ("model X y size=3", ["no place for 'size=3'", "two dashes before it: --size."]),
        ("model X Y", ["no variable 'Y'", 'Did you mean "y"?']),
        ("X model y", ["The teacher comes first, then its rows: %distill model X y"]),
        ("X y model", ["The teacher comes first, then rows and truth: %distill model X y"]),
        ("model y X", ["The rows come first, then their truth: %distill model X y"]),
        ("'' X y", ["a name or an expression", "''"]),
        ("model X y another one", ["no place for 'another one'"]),
        ("model X y -o 1d", ["-o", "'1d'"]),
        ("model X y -o for", ["-o", "'for'"]),
        ("model X y -q", ["-o NAME"]),
        ("model X y;", ["-o NAME"]),
        ("model X[ y", ["] is missing"]),
        ("model 'X y", ["' is missing"]),
        ("model 'X y' y", ["an expression", "'X y'"]),
        ("model X y[:10]", ["10"]),
        ("model X[['income']] y", ["age"]),
        ("3 X y", ["teacher"]),
        ("model X y --forbid agge", ["'agge'", 'Did you mean "age"?']),
        ("model X y --monotone 'age +, age -'", ["each column once", "'age'"]),
        ("model X y --constraints X --forbid age", ["forbid", "inside the constraints"]),
        ("model X y --interactions True", ["interactions", "TreeStudent also takes"]),
        ("model X y --test X", ["test"]),
    ],
)
def test_a_slip_is_one_line(shell: InteractiveShell, line: str, words: list[str]) -> None:
    message = said(shell, "distill", line)
    for word in words:
        assert word in message


def test_a_cell_says_options_in_lines(
    shell: InteractiveShell, asked: dict[str, Any], tmp_path: Path
) -> None:
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
    shell.run_cell(cell).raise_error()
    assert (asked["student"], asked["size"], asked["temperature"]) == ("linear", 2, 2.0)
    assert asked["random_state"] == 7 and asked["store"] == str(tmp_path / "a: b")
    wanted = asked["constraints"]
    assert wanted.monotone == {"income": 1, "house size": -1} and wanted.forbid == ("age",)


@pytest.mark.parametrize(
    ("line", "cell", "words"),
    [
        ("model X y", "sise: 3", ["no option 'sise' below", 'Did you mean "size"?']),
        ("model X y", "zzzz: 3", ["no option 'zzzz'", "student, size, temperature"]),
        ("", "model: model\nX: X", ["%distill needs TEACHER and X"]),
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
    message = said(shell, "distill", line, cell)
    for word in words:
        assert word in message


def test_what_others_raise_keeps_its_traceback(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    with pytest.raises(AttributeError, match="hed"):
        shell.run_line_magic("distill", "model X.hed(3) y")
    # a fault of this package that nobody raised on purpose
    monkeypatch.setattr("jupyter_distill.distillation._distill.read_sample", None)
    with pytest.raises(TypeError, match="not callable"):
        shell.run_line_magic("distill", "model X y")


def test_an_interrupt_keeps_what_is_done_and_says_so(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("jupyter_distill.distillation._distill.with_findings", stopped)
        with pytest.warns(jd.distillation.InterruptedWarning, match="findings are missing"):
            shell.run_line_magic("distill", f"model X y {QUICK} -q -o cut")
    before = shell.user_ns["cut"]
    assert before.notes == ("Interrupted: the findings are missing.",)
    shell.user_ns["stopped"] = stopped
    with pytest.raises(KeyboardInterrupt):
        shell.run_line_magic("distill", f"stopped X y {QUICK} -q -o cut")
    assert shell.user_ns["cut"] is before


def test_a_store_keeps_the_answers(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    rows, truth = shell.user_ns["X"], shell.user_ns["y"]
    shell.user_ns["forest"] = RandomForestClassifier(3, random_state=0).fit(rows, truth)
    line = f"forest X {QUICK} --store"
    first = shell.run_line_magic("distill", f"{line} ~/answers")
    kept = Store(tmp_path / "answers")
    assert kept.frame()["rows"].iloc[0] == 80

    def silent(model: object, rows: object) -> None:
        raise AssertionError("it must not be asked again")

    monkeypatch.setattr(RandomForestClassifier, "predict_proba", silent)
    shell.user_ns["kept"] = kept
    d = shell.run_line_magic("distill", f"{line} kept")
    np.testing.assert_array_equal(d.targets.logits, first.targets.logits)
    (tmp_path / "a file").write_text("")
    assert "store to be a folder" in said(shell, "distill", f"model X --store '{tmp_path}/a file'")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    message = said(shell, "distill", "model X y --store answers")
    assert 'pip install "jupyter-distill[store]"' in message


def test_a_regression_is_distilled(shell: InteractiveShell) -> None:
    rows = shell.user_ns["X"]
    shell.user_ns.update(prices=Ridge().fit(rows, rows["income"] * 100), paid=rows["income"] * 100)
    d = shell.run_line_magic("distill", "prices X paid --quality greedy --size 3")
    assert d.task == "regression"
    assert "no temperature" in said(shell, "distill", "prices X paid --temperature 2")
    assert "leave task out" in said(shell, "distill", "prices X paid --task classification")


def test_every_option_of_distill_and_of_the_families_can_be_said() -> None:
    parameters = signature(jd.distill).parameters.values()
    known = {p.name: p.default for p in parameters if p.kind is Parameter.KEYWORD_ONLY}
    families = [
        getattr(jd, name.capitalize() + kind)
        for name in students.names()
        for kind in ("Student", "RegressionStudent")
    ]
    theirs = {name for family in families for name in signature(family).parameters}
    ours = {option.parameter for option in OPTIONS}
    assert ours - set(CONSTRAINTS) == set(known) | theirs
    assert set(CONSTRAINTS) < set(signature(jd.Constraints).parameters)
    settings = {name: known[name] for name in DistillMagics.class_own_traits(config=True)}
    assert settings == {name: DistillMagics.class_traits()[name].default_value for name in settings}
    qualities = {one for family in families for one in family.CHOICES.get("quality", ())}
    assert qualities == set(QUALITIES)


def test_every_parameter_of_the_other_questions_can_be_said() -> None:
    asks = {
        "fidelity": (Distillation.fidelity, set()),
        "disagreements": (Distillation.disagreements, set()),
        "certificate": (Distillation.certificate, {"row"}),
        "audit": (Distillation.audit, {"expectations"}),
        "check_teacher": (jd.check_teacher, {"teacher", "X", "y"}),
    }
    ours = {command.name: {option.parameter for option in command.takes} for command in COMMANDS}
    for name, (function, otherwise) in asks.items():
        assert set(signature(function).parameters) - {"self"} - otherwise <= ours[name], name
