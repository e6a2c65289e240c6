"""Columns, gaps, repeats and drift: told where they are, on made rows whose truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

from jupyter_distill.checks import CHEAP, cheap
from jupyter_distill.checks._alone import alone
from jupyter_distill.checks._columns import columns
from jupyter_distill.checks._drift import drift
from jupyter_distill.checks._gaps import gaps
from jupyter_distill.checks._repeats import repeats
from jupyter_distill.checks._rows import codes_of_rows
from jupyter_distill.checks._tails import tails
from jupyter_distill.data import Table
from jupyter_distill.targets import Predictions, SoftTargets

from .checking import cancer, forest, subject
from .distilling import run
from .made import tables

RUNS = 150


def honest(seed: int) -> tuple[pd.DataFrame, SoftTargets, int]:
    """Rows of all kinds, the last ones test rows, and a teacher that knows its probabilities."""
    rng = np.random.default_rng(seed)
    n, test, k = int(rng.integers(150, 900)), int(rng.integers(60, 400)), int(rng.integers(2, 5))
    rows = n + test
    frame = pd.DataFrame(
        {
            "number": rng.normal(size=rows),
            "skewed": rng.lognormal(size=rows).round(2),
            "count": rng.integers(0, 12, rows),
            "kind": rng.choice(list("abcd"), rows, p=[0.4, 0.3, 0.2, 0.1]),
            "flag": rng.random(rows) < 0.3,
            "seldom": np.where(rng.random(rows) < 0.15, np.nan, rng.normal(size=rows)),
        }
    )
    few = frame[["kind", "flag"]] if seed % 5 == 0 else frame  # so few values that rows recur
    z = rng.normal(size=(rows, k)) * rng.uniform(0.3, 2.0)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    labels = (p.cumsum(1) < rng.random((rows, 1))).sum(1).clip(0, k - 1)
    return few, SoftTargets(z, np.arange(k), labels), test


def test_of_honest_rows_hardly_anything_is_said() -> None:
    called: dict[str, int] = {}
    for seed in range(RUNS):
        frame, targets, test = honest(seed)
        for one in cheap(subject(frame, targets, test=test)):
            # rows that recur do so, and a rare class is seldom the likeliest
            if one.code not in ("repeated-rows", "biased-teacher", "class-never-taught"):
                called[one.code] = called.get(one.code, 0) + 1
    assert called.pop("rare-class", 0) < RUNS / 5  # that is what some draws are like
    assert sum(called.values()) <= RUNS // 50, called


def test_codes_of_cheap_findings_are_known() -> None:
    for seed in range(0, 40, 5):
        frame, targets, test = honest(seed)
        assert {one.code for one in cheap(subject(frame, targets, test=test))} <= {*CHEAP}


@given(tables())
def test_rows_have_the_same_code_exactly_if_they_are_the_same(table: Table) -> None:
    codes = codes_of_rows(table.values)
    plain = [tuple("gap" if np.isnan(v) else v + 0.0 for v in row) for row in table.values.tolist()]
    for i, row in enumerate(plain):
        for j in range(i):
            assert (codes[i] == codes[j]) == (row == plain[j])


def found(frame: pd.DataFrame, labels: Any = None) -> Any:
    labels = np.arange(len(frame)) % 2 if labels is None else labels
    return columns(subject(frame, SoftTargets(np.zeros((len(frame), 2)), ["a", "b"], labels)))


def test_twins_are_told_whatever_their_scale_direction_and_names() -> None:
    rng = np.random.default_rng(0)
    x, kind = rng.lognormal(size=200), rng.choice(list("abc"), 200)
    x[:20] = np.nan
    frame = pd.DataFrame(
        {
            "x": x,
            "log": np.log(x),
            "less": 3 - 2 * x,
            "kind": kind,
            "code": pd.Series(kind).map({"a": "z", "b": "x", "c": "y"}),
            "is a": kind == "a",
            "not a": (kind != "a").astype(int),
            "other": rng.permutation(x),
            "filled": np.nan_to_num(x),
        }
    )
    looked = found(frame)
    twins = looked.parts["columns"].set_index("column")["twin"]
    assert twins[twins != ""].to_dict() == {
        "log": "x",
        "less": "x",
        "code": "kind",
        "not a": "is a",
    }
    assert "4 of 9 columns" in looked.findings[0].sentence


def test_identifiers_are_told_from_measures() -> None:
    rng = np.random.default_rng(1)
    n = 300
    frame = pd.DataFrame(
        {
            "row": np.arange(n),
            "shuffled": rng.permutation(n) + 7_000,
            "rising": np.cumsum(rng.integers(1, 90, n)),
            "name": [f"p{i}" for i in rng.permutation(n)],
            "income": rng.permutation(np.arange(n) * 37 + rng.integers(0, 30, n)),
            "measure": rng.normal(size=n),
            "age": rng.integers(18, 90, n),
        }
    )
    looked = found(frame)
    told = looked.parts["columns"].set_index("column")["identifier"]
    assert set(told.index[told != ""]) == {"row", "shuffled", "rising", "name"}
    assert [one.code for one in looked.findings] == ["twin-columns", "identifier-column"]
    assert found(frame[:20]).parts["columns"]["identifier"].eq("").all()


@pytest.mark.parametrize("kind", ["copy", "scaled", "noisy", "names", "classes"])
def test_a_column_that_tells_y_is_told_whatever_it_looks_like(kind: str) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400)
    leak: Any = {
        "copy": labels,
        "scaled": np.array([5.0, -1.0, 2.0])[labels],  # in no order
        "noisy": labels + rng.normal(0, 0.1, 400),
        "names": np.array(["lo", "mid", "hi"])[labels],
        "classes": labels == 1,  # of one class only
    }[kind]
    frame = pd.DataFrame({"leak": leak, "x": rng.normal(size=400)})
    targets = SoftTargets(np.zeros((400, 3)), list("abc"), labels)
    looked = columns(subject(frame, targets))
    told = [one.code for one in looked.findings]
    assert ("leaking-column" in told) == (kind != "classes")
    assert looked.parts["columns"]["alone"][1] < 0.6


def test_what_tells_y_by_chance_is_measured_on_rows_that_were_set_aside() -> None:
    rng = np.random.default_rng(0)
    for n in (40, 200, 2_000):
        labels = rng.integers(0, 2, n)
        targets = SoftTargets(np.zeros((n, 2)), ["a", "b"], labels)
        noise = rng.normal(size=(n, 20))
        told = [alone(np.argsort(np.argsort(x)), x, targets) for x in noise.T]
        assert 0.4 < np.mean(told) < 0.6 and max(told) < 0.95
    few = SoftTargets(np.zeros((60, 2)), ["a", "b"], (np.arange(60) > 54).astype(int))
    assert np.isnan(alone(np.arange(60), np.arange(60.0), few))  # six rows of a class prove nothing


def test_gaps_that_tell_y_are_told_and_others_are_not() -> None:
    rng = np.random.default_rng(0)
    n = 400
    labels = rng.integers(0, 2, n)
    frame = pd.DataFrame({name: rng.normal(size=n) for name in ("told", "honest", "full")})
    frame.loc[(labels == 1) & (rng.random(n) < 0.5), "told"] = np.nan
    frame.loc[rng.random(n) < 0.5, "honest"] = np.nan
    looked = gaps(subject(frame, SoftTargets(np.zeros((n, 2)), ["no", "yes"], labels)))
    one = next(one for one in looked.findings if one.code == "telling-gaps")
    assert one.evidence["column"] == "told" and one.evidence["columns found"] == 1
    assert "of those of 'yes', 0\N{NO-BREAK SPACE}% of others" in one.sentence
    assert looked.parts["missing"]["column"].tolist() == ["told", "honest"]
    truth = rng.normal(size=n) + 2 * frame["told"].isna()
    of_numbers = gaps(subject(frame, Predictions(np.zeros(n), truth)))
    one = next(one for one in of_numbers.findings if one.code == "telling-gaps")
    assert one.evidence["column"] == "told" and "standard deviations" in one.sentence


def test_rows_that_recur_by_nature_are_not_called_taught() -> None:
    rng = np.random.default_rng(0)
    targets = SoftTargets(rng.normal(size=(600, 2)), ["a", "b"])
    few = pd.DataFrame({"a": rng.integers(0, 9, 600), "b": rng.integers(0, 9, 600)})
    looked = repeats(subject(few, targets, test=200))
    assert [one.code for one in looked.findings] == ["repeated-rows"]
    assert looked.parts["repeats"]["repeated"].min() > 190
    many = pd.DataFrame(rng.normal(size=(600, 3)))
    many.iloc[400:410] = many.iloc[:10].to_numpy()
    one = repeats(subject(many, targets, test=200)).findings[0]
    assert one.code == "test-rows-taught" and one.table["test row"].tolist() == list(range(10))


def test_drift_is_told_by_column_of_every_kind() -> None:
    rng = np.random.default_rng(0)
    late = np.arange(900) >= 600
    frame = pd.DataFrame(
        {
            "moved": rng.normal(size=900) + 0.8 * late,
            "kind": np.where(late & (rng.random(900) < 0.3), "new", rng.choice(list("ab"), 900)),
            "gaps": np.where(late & (rng.random(900) < 0.4), np.nan, rng.normal(size=900)),
            "same": rng.normal(size=900),
            "flag": rng.random(900) < 0.5,
        }
    )
    labels = (rng.random(900) < np.where(late, 0.8, 0.4)).astype(int)
    one = drift(subject(frame, SoftTargets(np.zeros((900, 2)), [0, 1], labels), test=300))
    told = one.parts["drift"].query("drifted")
    assert set(told["column"]) == {"moved", "kind", "gaps", "(y)"}
    assert set(told["measure"]) == {"Kolmogorov-Smirnov", "shares", "missing"}
    assert one.findings[0].evidence["columns found"] == 4
    assert drift(subject(frame, SoftTargets(np.zeros((900, 2)), [0, 1], labels))).parts == {}


def test_errors_are_not_called_heavy_where_they_are_normal() -> None:
    rng = np.random.default_rng(0)
    for n in (100, 250, 2_000):
        said = rng.normal(size=n)
        for error in (rng.normal(size=n), rng.laplace(size=n), rng.exponential(size=n)):
            targets = Predictions(said, said + error)
            assert not tails(subject(np.zeros((n, 1)), targets)).findings
    error[:5] = 60
    one = tails(subject(np.zeros((n, 1)), Predictions(said, said + error))).findings[0]
    assert set(range(5)) <= set(one.table["row"]) and float(one.evidence["rows"]) == 20


def test_distil_says_what_is_cheap_to_see() -> None:
    A, B, a, b = cancer()
    A, B = (X.assign(flat=0, twin=-X["mean area"], outcome=y + 1) for X, y in ((A, a), (B, b)))
    options: dict[str, Any] = {"student": "tree", "size": 4, "temperature": 1.0, "augment": None}
    d = run(
        forest(A, a), A, a, test=(B.assign(**{"mean area": B["mean area"] + 400}), b), **options
    )
    said = {one.code: one for one in d.findings}
    assert {"leaking-column", "drifted-rows", "twin-columns", "idle-columns"} <= set(said)
    assert said["leaking-column"].table["column"].tolist() == ["outcome"]
    assert "held-out rows" not in said["idle-columns"].sentence
    again = d.at(size=2)
    assert {*CHEAP} & set(again.findings.codes) == {*CHEAP} & set(d.findings.codes)
    assert again.findings.of("leaking-column")[0] is said["leaking-column"]


def test_pixels_that_are_always_dark_are_a_note_and_no_more() -> None:
    X, y = load_digits(return_X_y=True, as_frame=True)
    model = RandomForestClassifier(20, random_state=0).fit(X, y)
    found = columns(subject(X, SoftTargets(model.predict_proba(X), np.arange(10), y.to_numpy())))
    assert [one.code for one in found.findings] == ["idle-columns"]
    assert found.findings[0].evidence == {"columns": 64, "idle": 3}
