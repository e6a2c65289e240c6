"""The `lime` package through the adapter: its own numbers, seeded, with categories as they are."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.audits.attributions import _local_run
from jupyter_distill.audits.attributions._lime import SEEDS, lime_values
from jupyter_distill.data import Table
from jupyter_distill.distillation import InterruptedWarning

from .explaining import FEW, mixed
from .small import people

X = people(120)[0]
TABLE = Table.of(X)
OTHERS = np.arange(20, 120)


def says(table: Table) -> np.ndarray:
    v = np.nan_to_num(table.values, nan=50.0)
    return np.column_stack([v[:, 0] / 20 + 2 * (v[:, 2] == 1), -v[:, 3] / 10])


def test_the_numbers_are_those_of_the_package() -> None:
    from lime.lime_tabular import LimeTabularExplainer

    rng = np.random.default_rng(0)
    plain = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    table = Table.of(plain)
    (found,) = lime_values(table, 0, np.arange(10, 60), [lambda t: t.values[:, :2] ** 2], 80, 4)
    weights = []
    for turn in range(SEEDS):
        seed = int(np.random.SeedSequence([4, 0, turn]).generate_state(1)[0])
        explainer = LimeTabularExplainer(
            plain.to_numpy()[10:],
            discretize_continuous=False,
            feature_selection="none",
            random_state=seed,
        )
        with pytest.warns(UserWarning, match="do not sum to 1"):
            made = explainer.explain_instance(
                plain.to_numpy()[0],
                lambda rows: np.asarray(rows)[:, :2] ** 2,
                labels=(0, 1),
                num_features=3,
                num_samples=80,
            )
        weights.append([[dict(made.local_exp[k])[j] for k in range(2)] for j in range(3)])
    np.testing.assert_allclose(found.weights, np.mean(weights, 0), atol=1e-12)
    np.testing.assert_allclose(found.spread, np.std(weights, 0, ddof=1), atol=1e-12)


def test_a_model_is_asked_about_rows_of_its_owners_kind() -> None:
    seen: list[Table] = []

    def watched(table: Table) -> np.ndarray:
        seen.append(table)
        return says(table)

    missing = int(np.flatnonzero(X["income"].isna())[0])
    (found,) = lime_values(TABLE, missing, OTHERS, [watched], 200, 0)
    made = seen[-1].native
    assert isinstance(made, pd.DataFrame) and list(made.dtypes) == list(X.dtypes)
    assert set(made["purpose"]) <= set(X["purpose"]) and made["employed"].dtype == bool
    assert found.weights.shape == (4, 2)
    assert abs(found.weights[1]).max() < 0.2 and abs(found.weights[0, 1]) < 0.2  # not read


def test_a_number_that_is_missing_is_explained_as_missing() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(5, 2, 150), "b": rng.normal(size=150)})
    frame.loc[:9, "a"] = np.nan
    frame["none"] = np.where(np.arange(150) == 1, 3.0, np.nan)
    table, seen = Table.of(frame), []

    def lacks(made: Table) -> np.ndarray:
        seen.append(made.values)
        v = made.values
        return np.column_stack([6.0 * np.isnan(v[:, 0]) + v[:, 1], -2.0 * np.isnan(v[:, 0])])

    for others in (np.arange(10, 150), np.arange(5, 150)):  # none and some that lack it
        (found,) = lime_values(table, 0, others, [lacks], 600, 0)
        made = seen[-1]
        np.testing.assert_array_equal(made[0], table.values[0])  # the row as it is
        missing = np.isnan(made[:, 0])
        assert 0.05 < missing.mean() < 0.2
        known = np.unique(made[~missing, 0])
        assert len(known) == 10 and set(known) <= set(frame["a"][10:])
        assert np.isnan(made[:, 2]).all()
        np.testing.assert_allclose(found.weights[0], [6, -2], rtol=0.1)
        assert found.weights[1, 0] == pytest.approx(frame["b"].std(), rel=0.2)
        assert np.all(found.weights[2] == 0) and found.r2 > 0.9
    # a row that has it is compared with known values, and spread as these are
    (found,) = lime_values(table, 20, np.arange(150), [lacks], 300, 0)
    assert not np.isnan(seen[-1][:, 0]).any()
    assert seen[-1][:, 0].std() == pytest.approx(frame["a"].std(), rel=0.2)
    # also where the owner's type takes cells alone
    asked: list[Table] = []
    exact = Table.of(frame.assign(a=[None if x != x else Decimal(f"{x:.3f}") for x in frame["a"]]))
    lime_values(exact, 20, np.arange(150), [lambda t: asked.append(t) or t.values[:, [1]]], 99, 0)
    assert set(asked[-1].values[:, 0]) <= set(exact.values[10:, 0])
    # and one that no other row has stays
    lime_values(table, 1, np.arange(10, 150), [lacks], 50, 0)
    assert np.all(seen[-1][:, 2] == 3.0)


def test_rows_that_lack_numbers_are_explained_and_the_result_says_how() -> None:
    d = mixed()
    lost = np.flatnonzero(np.isnan(d.table.values[:, 0]))[:2]
    whole = np.flatnonzero(~np.isnan(d.table.values).any(1))[:2]
    quick: dict[str, Any] = {"background": 20, "evaluations": 2_400, "progress": False}
    found = d.attributions("lime", rows=lost, **quick)
    assert any("missing or one of ten values" in note for note in found.notes)
    assert found.of(found.index[0]).set_index("column")["value"].isna()["income"]
    assert found.teacher is not None and np.isfinite(found.teacher.values).all()
    plain = d.attributions("lime", rows=whole, **quick)
    assert not any("missing" in note for note in plain.notes)


def test_the_same_seed_gives_the_same_and_weights_point_the_right_way() -> None:
    one, other = lime_values(TABLE, 1, OTHERS, [says, says], 300, 2)
    np.testing.assert_array_equal(one.weights, other.weights)
    assert one.weights[0, 0] > 0.3 and one.weights[3, 1] < -0.5
    employed = 1 if X["employed"][1] else -1
    assert employed * one.weights[2, 0] > 0.5 and one.r2 > 0.3 and np.all(one.spread >= 0)
    (another,) = lime_values(TABLE, 1, OTHERS, [says], 300, 3)
    assert np.any(another.weights != one.weights)


@pytest.mark.parametrize("method", ["lime", "surrogate"])
def test_both_models_are_explained_beside_the_noise(method: str) -> None:
    options: dict[str, Any] = {**FEW, "n": 4, "evaluations": 8_000}
    found = mixed().attributions(method, **options)
    assert found.teacher is not None and found.teacher.error is not None
    values = found.frame().set_index("column")
    assert values.loc["age", "teacher_share"] < values.loc["income", "teacher_share"]
    assert not np.isnan(found.agreement()["floor"]).all()
    assert 0 < found.teacher.r2 <= 1 and f"{SEEDS if method == 'lime' else 5} seeds" in str(found)
    assert "teacher_error" in found.of(found.index[0])


def test_an_interrupt_keeps_whole_rows_that_are_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options: dict[str, Any] = {**FEW, "n": 5, "evaluations": 10_000}
    d, row, done = mixed(), _local_run._row, []

    def stopped(*args: Any) -> Any:
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(row(*args))
        return done[-1]

    monkeypatch.setattr(_local_run, "_row", stopped)
    with pytest.warns(InterruptedWarning, match="3 of 5 rows"):
        part = d.attributions("surrogate", **options)
    assert len(part.index) == 3 and part.student.values.shape[0] == 3
    monkeypatch.setattr(_local_run, "_row", row)
    whole = d.attributions("surrogate", resume=part, **options)
    again = d.attributions("surrogate", **options)
    assert whole.teacher is not None and again.teacher is not None
    np.testing.assert_array_equal(whole.index, again.index)
    np.testing.assert_array_equal(whole.teacher.values, again.teacher.values)
    np.testing.assert_array_equal(whole.student.values, again.student.values)


def test_nothing_of_notebooks_is_loaded() -> None:
    code = (
        "import sys, numpy as np\n"
        "from jupyter_distill.audits.attributions._lime import lime_values\n"
        "assert 'lime' not in sys.modules\n"
        "from jupyter_distill.data import Table\n"
        "t = Table.of(np.random.default_rng(0).normal(size=(30, 2)))\n"
        "lime_values(t, 0, np.arange(5, 30), [lambda t: t.values], 50, 0)\n"
        "print('IPython' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
