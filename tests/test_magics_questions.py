"""The magics that ask something of a distillation: which one, what comes back, what slips say."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.audits import attributions
from jupyter_distill.audits._part import parts
from jupyter_distill.data import augmentation
from jupyter_distill.magics import _certificate, _distill
from jupyter_distill.magics._audit import PARTS
from tests.in_shell import QUICK, loaded, said


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    with loaded() as shell:
        shell.run_line_magic("distill", f"model X y {QUICK} -q -o d")
        yield shell


def test_fidelity(shell: InteractiveShell) -> None:
    card = shell.run_cell("%fidelity d").result
    assert card is shell.user_ns["d"].fidelity()
    shell.run_cell("%fidelity d --rows all -q -o whole").raise_error()
    assert shell.user_ns["whole"].rows != card.rows


def test_disagreements(shell: InteractiveShell) -> None:
    found = shell.run_line_magic("disagreements", "d --rows all")
    pd.testing.assert_frame_equal(found, shell.user_ns["d"].disagreements("all"))
    assert len(found) > 1
    few = shell.run_line_magic("disagreements", "d --rows all -n 1")
    pd.testing.assert_frame_equal(few, found.head(1))
    assert "n to be" in said(shell, "disagreements", "d -n 0")
    assert "region" in said(shell, "disagreements", "d --region 99")
    assert 'Did you mean "held_out"?' in said(shell, "disagreements", "d --rows held-out")


def test_certificate(shell: InteractiveShell) -> None:
    d = shell.user_ns["d"]
    made = shell.run_line_magic("certificate", "d 17 --immutable age --reasons False")
    assert made.describe() == d.certificate(17, immutable=["age"], reasons=False).describe()
    row = "{'income': -1.0, 'age': 0.5, 'house size': 0.25}"
    other = shell.run_line_magic("certificate", f'd "{row}" --target yes --reasons False')
    new = d.certificate({"income": -1.0, "age": 0.5, "house size": 0.25}, target="yes")
    assert other.describe().splitlines()[:3] == new.describe().splitlines()[:3]
    shell.run_line_magic("certificate", "d --index 5 --reasons False --ask False -q -o five")
    assert shell.user_ns["five"].position == 5


def test_audit(shell: InteractiveShell) -> None:
    line = "d --only fidelity,expectations --expect 'income +, age any, house size unused'"
    found = shell.run_line_magic("audit", f"{line} --seconds none -o found")
    assert list(found.parts) == ["fidelity", "expectations"]
    assert set(found.parts["expectations"].frame()["column"]) == {"income", "age", "house size"}
    assert shell.user_ns["found"] is found


def test_words_that_are_offered_are_those_there_are() -> None:
    # said again in the magics, which load without what they are of
    assert tuple(parts()) == PARTS
    assert _certificate.METHODS == attributions.METHODS
    assert tuple(augmentation.METHODS) == _distill.WAYS
    for kind in (jd.TreeStudent, jd.RulesStudent, jd.LinearStudent):
        assert kind.CHOICES["objective"] == _distill.OBJECTIVES


def test_temperature(shell: InteractiveShell) -> None:
    slider = shell.run_line_magic("temperature", "d")
    assert isinstance(slider, jd.TemperatureSlider)
    assert slider.distillation is shell.user_ns["d"]
    slider.close()
    warmer = shell.run_line_magic("temperature", "d 2.5 --size 3 -o warmer")
    assert (warmer.temperature, warmer.size) == (2.5, 3)
    assert shell.user_ns["warmer"] is warmer
    assert shell.user_ns["d"].temperature == 1
    del shell.user_ns["warmer"]


def test_check_teacher(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    check = shell.run_line_magic("check_teacher", "model X --ask-again 0")
    assert check.rows == 80
    found = {}
    monkeypatch.setattr(jd, "check_teacher", lambda *given, **options: found.update(options))
    shell.user_ns["sex"] = pd.Series(["f", "m"] * 40)
    shell.run_line_magic("check_teacher", "model X y --sensitive sex --test 'X, y'")
    assert found["sensitive"] is shell.user_ns["sex"] and found["test"][1] is shell.user_ns["y"]
    shell.run_line_magic("check_teacher", "model X y --sensitive age")
    assert found["sensitive"] == ["age"] and found["random_state"] == 0


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("fidelity", "model", ["a distillation", "LogisticRegression", "%distill"]),
        ("fidelity", "e", ["no variable 'e'"]),
        ("fidelity", "d d", ["no place for 'd'"]),
        ("certificate", "d", ["one row"]),
        ("certificate", "d 999", ["from 0 to 79", "999"]),
        ("certificate", "model 3", ["a distillation", "as model"]),
        ("certificate", "d 3 --target maybe", ["'no', 'yes'", "'maybe'"]),
        ("certificate", "d 3 --immutable agee", ['Did you mean "age"?']),
        ("certificate", "d 3 --reasons shop", ['Did you mean "shap"?']),
        ("audit", "d --only fidelty", ['Did you mean "fidelity"?']),
        ("audit", "d --only bias --sensitive agge", ['Did you mean "age"?']),
        ("audit", "d --expect 'income'", ["unused, used, any", "'income'"]),
        ("audit", "d --expect 'incom +' --only expectations", ['Did you mean "income"?']),
        ("audit", "d --expect 'income +, income -'", ["each column once"]),
        ("audit", "d --seconds -1", ["seconds", "-1"]),
        ("temperature", "d 0", ["temperature", "> 0"]),
        ("temperature", "d 2 --size 99", ["size to be one of", "99"]),
        ("temperature", "d --size 2", ["--size needs a temperature"]),
        ("check_teacher", "model X y --sensitive agee", ['Did you mean "age"?']),
        ("check_teacher", "model", ["needs X"]),
        ("distillations", "d", ["no place for 'd'"]),
    ],
)
def test_a_slip_is_one_line(
    shell: InteractiveShell, name: str, line: str, words: list[str]
) -> None:
    message = said(shell, name, line)
    for word in words:
        assert word in message


def test_the_last_one_that_has_a_name_is_taken_and_said(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    d = shell.user_ns["d"]
    held = [d.at(temperature=3.0)]  # as a view does
    capsys.readouterr()
    assert shell.run_line_magic("fidelity", "") is d.fidelity()
    assert capsys.readouterr().out == f"d: {d.subject}\n"
    shell.user_ns["later"] = held[0]
    assert shell.run_line_magic("fidelity", "") is held[0].fidelity()
    assert capsys.readouterr().out.startswith("later: ")
    assert shell.run_line_magic("certificate", "3 --reasons False").position == 3
    shell.run_line_magic("fidelity", "-q -o kept")
    assert "later: " in capsys.readouterr().out  # of the certificate; -q says nothing
    del shell.user_ns["later"], shell.user_ns["kept"]


def test_those_that_are_alive_are_listed(shell: InteractiveShell) -> None:
    d = shell.user_ns["d"]
    unnamed = [d.at(temperature=2.0)]
    frame = shell.run_line_magic("distillations", "")
    assert list(frame) == ["name", "teacher", "student", "size", "T", "fidelity", "measure"]
    frame = frame[frame["name"].eq("d").cummax()]  # those of other tests come before it
    assert frame["name"].tolist() == ["d", ""] and frame["T"].tolist() == [1.0, 2.0]
    assert frame["fidelity"].tolist() == [d.rung.fidelity, unnamed[0].rung.fidelity]
    unnamed.clear()
    assert shell.run_line_magic("distillations", "")["name"].tolist()[-1] == "d"


def test_one_that_was_loaded_is_the_last(shell: InteractiveShell, tmp_path: Path) -> None:
    shell.user_ns["d"].save(tmp_path / "d.distill")
    shell.user_ns["again"] = jd.load(tmp_path / "d.distill")
    frame = shell.run_line_magic("distillations", "")
    assert frame["name"].tolist()[-2:] == ["d", "again"]
    del shell.user_ns["again"]
    gc.collect()


def test_where_there_is_none_it_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with loaded() as other:
        monkeypatch.delitem(sys.modules, "jupyter_distill.distillation")
        assert "%distill model X y -o d" in said(other, "fidelity", "")
        assert "%distill model X y -o d" in said(other, "certificate", "17")
        assert len(other.run_line_magic("distillations", "")) == 0


def test_a_direction_without_its_class_is_answered_with_what_can_be_typed(
    shell: InteractiveShell,
) -> None:
    X = shell.user_ns["X"]
    three = (X["income"] > 0).astype(int) + (X["age"] > 1)
    names = {0: "it's", 1: "some", 2: "much"}
    shell.user_ns["kinds"] = three.map(names)
    shell.user_ns["several"] = LogisticRegression().fit(X, shell.user_ns["kinds"])
    shell.run_line_magic("distill", f"several X kinds {QUICK} -q -o t")
    more = "--only expectations"
    message = said(shell, "audit", f"t --expect 'age +, income unused' {more}")
    assert "Expectations" not in message
    typed = re.search(r"Type (--expect .*)\.$", message)
    assert typed is not None
    found = shell.run_line_magic("audit", f"t {typed[1]} {more}")
    assert set(found.parts["expectations"].frame()["column"]) == {"age", "income"}
    line = f"several X kinds {QUICK} -q -o u"
    message = said(shell, "distill", f"{line} --monotone 'age +, income +'")
    first = re.search(r"Type (--monotone .*), or (monotone: .*) in the cell\.$", message)
    assert first is not None
    message = said(shell, "distill", f"{line} {first[1]}")  # the other column is next
    typed = re.search(r"Type (--monotone .*), or (monotone: .*) in the cell\.$", message)
    assert typed is not None
    shell.run_line_magic("distill", f"{line} {typed[1]}")
    shell.run_cell_magic("distill", line, typed[2])
    shell.user_ns["wanted"] = {"age": "+"}
    assert "Type --expect {'age': {" in said(shell, "audit", f"t --expect wanted {more}")
    shell.user_ns["wanted"] = jd.Expectations(age="+")
    assert "Write Expectations({'age': {" in said(shell, "audit", f"t --expect wanted {more}")
