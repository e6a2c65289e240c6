"""Every family beside scikit-learn's tree on the teacher's answers, and beside Trustee's.

Figures are of rows that neither teacher nor student saw. A family stands beside the tree that has
as many regions, or beside the one of 16 leaves where it has none.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from jupyter_distill import students
from jupyter_distill.targets import KL
from tests.benchmarks.cases import CLASSES, NUMBERS, Case, case
from tests.benchmarks.conftest import NoteTable

LEAVES = (8, 16, 32)
# what is asked for; of a family that is not named here its own size
SIZES = {"tree": LEAVES, "rules": (10,), "linear": (10,), "ebm": (10,)}
BESIDE = {"rules 10": "CART 11"} | {
    f"{name} {n}": f"CART {n}" for name in ("tree", "Trustee") for n in LEAVES
}
CASES = [
    (task, data, teacher)
    for task, sets in (("classification", CLASSES), ("regression", NUMBERS))
    for data in sets
    for teacher in ("boosting", "net")
]


def cart(of: Case, size: int) -> Any:
    if of.task == "regression":
        return DecisionTreeRegressor(max_leaf_nodes=size, random_state=0).fit(of.X, of.said.values)
    return DecisionTreeClassifier(max_leaf_nodes=size, random_state=0).fit(of.X, of.said.predicted)


def trustee(of: Case, size: int) -> Any:
    """Fit as in its examples: ten rounds on three tenths of the rows."""
    import trustee

    np.random.seed(0)  # it draws from the global state
    kind = "RegressionTrustee" if of.task == "regression" else "ClassificationTrustee"
    said = of.said.values if of.task == "regression" else of.said.predicted
    found = getattr(trustee, kind)(expert=of.teacher)
    found.fit(of.X, said, size, size, samples_size=0.3, num_iter=10, verbose=False)
    return found.explain(top_k=size)[0]


def ours(of: Case, family: str, size: int) -> Any:
    student = students.load(family, of.task)()
    return student.set_params(size=size, alpha=0.0, random_state=0).fit_soft(of.X, of.said)


@pytest.fixture(scope="module")
def rows(note_table: NoteTable) -> Iterator[list[dict[str, Any]]]:
    """Collect figures; the tables are made when all are there."""
    rows: list[dict[str, Any]] = []
    yield rows
    columns = ["task", "data", "teacher", "model", "fidelity", "KL", "CPU"]
    for task, of in pd.DataFrame(rows, columns=columns).groupby("task"):
        sets, teachers = of.data.nunique(), of.teacher.nunique()
        note_table(f"{task}, mean over {sets} sets x {teachers} teachers", summary(of))
        by_set = of.pivot_table(index="model", columns="data", values="fidelity", sort=False)
        note_table(f"{task}, fidelity in percent by set", by_set.round(1).to_string())


@pytest.mark.parametrize(("task", "data", "teacher"), CASES)
def test_a_case(task: str, data: str, teacher: str, rows: list[dict[str, Any]]) -> None:
    of = case(task, data, teacher)
    models: dict[str, tuple[Any, ...]] = {f"CART {n}": (cart, of, n) for n in sorted((*LEAVES, 11))}
    models |= {f"Trustee {n}": (trustee, of, n) for n in LEAVES}
    for family in students.names():
        for size in SIZES.get(family, (students.load(family, task)().get_params()["size"],)):
            models[f"{family} {size}"] = (ours, of, family, size)
    for name, (make, *told) in models.items():
        start = time.process_time()
        with warnings.catch_warnings():
            # Trustee's own, and how dense a student is: all of this is in the table
            warnings.simplefilter("ignore")
            model = make(*told)
        taken = time.process_time() - start
        measured = {"CPU": taken, **scores(model, of)}
        rows.append({"task": task, "data": data, "teacher": teacher, "model": name, **measured})


def scores(model: Any, of: Case) -> dict[str, float]:
    """Return fidelity to the teacher, in percent, and the distance to its distribution."""
    if of.task == "regression":
        off = model.predict(of.X_new) - of.new.values
        return {"fidelity": 100 * float(1 - (off**2).mean() / of.new.values.var())}
    proba = np.zeros((of.new.n_rows, of.new.n_classes))
    proba[:, model.classes_.astype(int)] = model.predict_proba(of.X_new)
    fidelity = (proba.argmax(1) == of.new.predicted).mean()
    return {
        "fidelity": 100 * float(fidelity),
        "KL": KL(np.log(np.clip(proba, 1e-4, 1)), of.new),
    }


def summary(of: pd.DataFrame) -> str:
    """Return a row per model: means, and how the sets went against the tree beside it.

    CPU is said as seconds for all cases together, and as the median over the sets of how many times
    the tree beside it could have been fitted meanwhile.
    """
    measured = of[["fidelity", "KL", "CPU"]].dropna(axis=1, how="all").columns.tolist()
    sets = of.pivot_table(index="data", columns="model", values=measured, sort=False)
    fidelity = sets["fidelity"]
    lines = []
    for name in fidelity:
        beside = BESIDE.get(name, "CART 16")
        gain = (fidelity[name] - fidelity[beside]).dropna()
        line = {"model": name, "fidelity": fidelity[name].mean()}
        if "KL" in sets:
            line["KL"] = sets["KL"][name].mean()
        line["CPU s"] = of.CPU[of.model == name].sum()
        line["CPU x"] = (sets["CPU"][name] / sets["CPU"][beside]).median()
        if not name.startswith("CART"):
            worst = gain.idxmin()
            line |= {
                "beside": beside,
                "gain": gain.mean(),
                "won": f"{(gain > 0).sum()} of {len(gain)}",
                "lost": (gain < 0).sum(),
                "worst": gain[worst],
                "on": worst,
            }
        lines.append(line)
    return (
        pd.DataFrame(lines)
        .set_index("model")
        .to_string(
            formatters={
                "fidelity": "{:.2f}".format,
                "KL": "{:.3f}".format,
                "CPU s": "{:.1f}".format,
                "CPU x": "{:.0f}".format,
                "gain": "{:+.2f}".format,
                "lost": "{:.0f}".format,
                "worst": "{:+.2f}".format,
            },
            na_rep="",
        )
    )
