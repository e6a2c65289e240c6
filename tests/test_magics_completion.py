"""What the Tab key offers beside the magics, and what it never does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.completer import CompletionContext
from IPython.core.interactiveshell import InteractiveShell
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from jupyter_distill import _variables, students
from jupyter_distill._variables import columns, fits, own
from jupyter_distill.magics import COMMANDS
from jupyter_distill.magics._completion import matcher
from jupyter_distill.magics._lookup import columns_of, looked_up
from tests.in_shell import QUICK, loaded, offered, tab


@pytest.fixture(scope="module")
def shell() -> Iterator[InteractiveShell]:
    with loaded() as shell:
        shell.user_ns.update(count=3, score=lambda rows: rows)
        shell.run_line_magic("distill", f"model X y {QUICK} -q -o d")
        yield shell


COLUMNS = ["income", "age", "'house size'"]


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("%distill ", ["model", "score", "X", "count", "d", "y"]),
        ("%distill mo", ["model"]),
        ("d = %distill mo", ["model"]),
        ("%distill model ", ["X", "count", "d", "model", "score", "y"]),
        ("%distill model X ", ["y", "income", "age", "X", "count", "d", "model", "score"]),
        ("d = %distill model X y --stu", ["--student"]),
        ("%distill model X y --student ", [*students.names(), "auto"]),
        ("%distill model X y --student=tr", ["tree"]),
        ("%distill model X y --student tree,r", ["rules"]),
        ("%distill model X y --size ", ["auto"]),
        ("%distill --size 3 mo", ["model"]),
        ("%distill model X y --task ", ["classification", "regression"]),
        ("%distill model X y --progress ", ["True", "False"]),
        ("%distill model X y --forbid ", COLUMNS),
        ("%distill model X y --forbid ho", ["'house size'"]),
        ("%distill model X y --forbid age,", ["income", "age"]),
        ("%distill model X y --forbid 'age, house s", ["house size"]),
        ("%distill model X[['age', 'income']] y --forbid ", ["age", "income"]),
        ("%distill model X.head(9) y --forbid ", COLUMNS),
        ("%distill model X y --monotone 'income ", ["+", "-"]),
        ("%distill model X y --unlabelled ", ["X"]),
        ("%check_teacher model X y --sensitive a", ["age"]),
        ("%fidelity ", ["d"]),
        ("%fidelity d --rows ", ["held_out", "all"]),
        ("%disagreements d -", ["--help", "--n", "--output", "--quiet", "--region", "--rows"]),
        ("%certificate d 17 --immutable ", COLUMNS),
        ("%certificate 17 --immutable ", COLUMNS),
        ("%certificate d 17 --target ", ["no", "yes"]),
        ("%certificate d 17 --reasons shap,l", ["lime"]),
        ("%audit d --expect 'house size u", ["unused", "used"]),
        ("%audit d --only fidelity,b", ["bias"]),
        ("%temperature d 2 --family ", ["tree"]),
        ("%%distill model X y\nforbid: age, ho", ["house size"]),
        ("%%distill model X y\nmonotone: house size ", ["+", "-"]),
        ("%%distill model X y\nst", ["store:", "student:"]),
        ("%%distill model X y\nstudent: tr", ["tree"]),
        ("%%distill model X y --student tree\nst", ["store:"]),
    ],
)
def test_tab_offers_what_fits(shell: InteractiveShell, typed: str, offers: list[str]) -> None:
    found = tab(shell, typed)
    if typed.endswith(" -"):
        found = [one for one in found if one.startswith("--")]
    assert found == offers


def test_what_is_offered_stands_in_the_place_of_what_is_typed(shell: InteractiveShell) -> None:
    line = "%distill model X y --forbid"
    assert offered(shell, f"{line} 'age, house s") == [f"{line} 'age, house size"]
    assert offered(shell, f"{line} ho") == [f"{line} 'house size'"]
    assert offered(shell, "%audit d --only fidelity,b") == ["%audit d --only fidelity,bias"]


def test_sizes_of_the_ladder_are_offered(shell: InteractiveShell) -> None:
    sizes = [str(rung.size) for rung in shell.user_ns["d"].ladder]
    assert tab(shell, "%temperature d 2 --size ") == sizes


def test_elsewhere_it_is_silent(shell: InteractiveShell) -> None:
    complete = matcher(shell, COMMANDS)
    for text in (
        "model --st",
        "%time --st",
        "%%time\nst",
        "x = 3\nst",
        "%%fidelity d\nro",
        "%%distill X\nsize: 3\nsi",
    ):
        lines = text.split("\n")
        context = CompletionContext("", text, len(lines[-1]), len(lines) - 1, None)
        assert complete(context)["completions"] == []
    assert "%certificate" in tab(shell, "%certif")


def test_folders_are_offered_for_a_store(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("answers/old", "asked", "other", ".hidden"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    line = "%distill model X y --store "
    assert tab(shell, line) == ["answers/", "asked/", "other/"]
    assert tab(shell, f"{line}answers/") == ["answers/old/"]
    assert tab(shell, f"{line}.h") == [".hidden/"]
    assert tab(shell, "%%distill model X y\nstore: a") == ["answers/", "asked/"]


def test_nothing_of_the_users_is_run(shell: InteractiveShell) -> None:
    class Trap:
        @property
        def predict(self) -> Any:
            raise AssertionError("it must not be run")

        columns = shape = __class__ = predict  # type: ignore[assignment]

        def __getattr__(self, name: str) -> Any:
            raise AssertionError("it must not be run")

        __eq__ = __len__ = __bool__ = __getitem__ = __getattr__  # type: ignore[assignment]
        __hash__ = __getattr__  # type: ignore[assignment]

    before = set(sys.modules)
    shell.user_ns["trap"] = Trap()
    complete = matcher(shell, COMMANDS)
    for line in (
        *("%distill ", "%distill trap ", "%distill model trap y --forbid ", "%fidelity "),
        *("%distill model trap.columns y --forbid ", "%distill model trap[0] y --forbid "),
        *("%certificate trap 3 --immutable ", "%distill model trap() ", "%distill trap.x.y "),
    ):
        complete(CompletionContext("", line, len(line), 0, None))
    del shell.user_ns["trap"]
    assert not {name.partition(".")[0] for name in set(sys.modules) - before} & {"torch", "shap"}


@given(
    st.sampled_from(["%distill ", "%%distill model X y\n", "%audit d ", "d = %certificate "]),
    st.lists(
        st.sampled_from(
            ["model", "X", "y", "d", " ", "--forbid", "--monotone", "=", ":", "'", '"', "[", "]"]
            + [
                "(",
                "{",
                ",",
                ";",
                "\\",
                "income +",
                "store",
                "--store",
                "~x/",
                "\x00",
                "-",
                "#",
                "\n",
            ]
        ),
        max_size=9,
    ),
)
def test_it_never_raises(start: str, pieces: list[str]) -> None:
    rows = pd.DataFrame({"income": [1], "house size": [2]})
    shell = SimpleNamespace(user_ns={"X": rows, "model": len, "Out": 3}, user_ns_hidden={})
    text = start + "".join(pieces)
    lines = text.split("\n")
    context = CompletionContext("", text, len(lines[-1]), len(lines) - 1, None)
    found = matcher(shell, COMMANDS)(context)
    assert text.endswith(found["matched_fragment"])


def test_variables_are_told_apart(shell: InteractiveShell) -> None:
    array = np.zeros((3, 2))
    cases = {
        "teacher": [LogisticRegression(), lambda rows: rows, SimpleNamespace(predict=len)],
        "X": [pd.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]}), pa.table({"a": [1]}), array],
        "y": [pd.Series([1]), pl.Series([1]), pa.chunked_array([[1]]), array[:, 0], (1, 2)],
        "distillation": [shell.user_ns["d"]],
    }
    for place in cases:
        for other, theirs in cases.items():
            for value in theirs:
                assert fits(value, place) == (place == other), (place, value)
    assert fits([[1]], "X") and fits([1], "y")
    assert not fits(train_test_split, "teacher") and not fits(print, "teacher")
    named = own(shell)
    assert {"model", "X", "y", "d"} <= set(named)
    assert not {"In", "Out", "get_ipython", "_"} & set(named)


def test_what_a_type_says_is_asked_of_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[type] = []
    look = _variables._Look
    monkeypatch.setattr(_variables, "_Look", lambda kind: looked.append(kind) or look(kind))
    series = pd.Series([1])
    named = {f"v{k}": [k, series, series][k % 3] for k in range(2_000)}
    assert len(_variables.fitting(named, "y")) == sum(k % 3 > 0 for k in range(2_000))
    assert sorted(kind.__name__ for kind in looked) == ["Series", "int"]


def test_a_torch_module_is_a_teacher() -> None:
    import torch

    assert fits(torch.nn.Linear(2, 2), "teacher") and not fits(torch.zeros(2), "teacher")


def test_columns_are_found_without_evaluating() -> None:
    frame = pd.DataFrame({"a": [1], 7: [2]})
    space = {
        **{
            "df": frame,
            "both": {"train": frame},
            "pair": [frame],
            "iris": load_iris(as_frame=True),
        },
        **{"holder": SimpleNamespace(rows=frame)},
    }
    for text in (
        "df",
        "both['train']",
        "pair[0]",
        "holder.rows",
        "df.copy().head(3)",
        "df[df.a > 0]",
    ):
        assert columns_of(text, space) == ["a", "7"], text
    assert columns_of("df[['a']]", space) == ["a"]
    assert columns_of("iris.data", space)[0] == "sepal length (cm)"
    assert columns_of("made(df)", space) == columns_of("df +", space) == []
    assert looked_up("pair[9]", space) is looked_up("holder.no", space) is None
    assert columns(np.zeros((2, 2))) == ["x0", "x1"]
    assert columns(pl.DataFrame({"a": [1]})) == columns(pa.table({"a": [1]})) == ["a"]
    assert columns(pl.LazyFrame({"a": [1]})) == []
