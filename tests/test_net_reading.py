"""What is said of a net: its weights, in print and drawn, and its title."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_distill.constraints import Constraints
from jupyter_distill.data import Table
from jupyter_distill.distillation._rungs import climb
from jupyter_distill.exports.net import net
from jupyter_distill.students._complexity import Complexity, DensityWarning
from jupyter_distill.students.net import NetRegressionStudent, NetStudent
from jupyter_distill.targets import Predictions, SoftTargets

from .nets import bent


def mixed(classes: int) -> tuple[pd.DataFrame, SoftTargets]:
    """Rows with a number far from 0, a category, a boolean and missing values."""
    frame, targets = bent(classes=classes)
    frame = frame.assign(a=2_000 + 50 * frame["a"], d=frame["d"] > 0)
    frame["e"] = pd.cut(frame["e"], [-9, -0.5, 0.5, 9], labels=["low <", "mid", "high"]).astype(str)
    z = (
        targets.logits
        + np.column_stack([0 * frame["a"], frame["d"], frame["e"] == "mid"])[:, :classes]
    )
    return frame, SoftTargets(z, targets.classes, targets.labels)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_weights_in_own_units_give_the_same_answers(classes: int) -> None:
    frame, targets = mixed(classes)
    student = NetStudent(size=4, weights=40).fit_soft(frame, targets)
    found = student.explain()
    table = found.weights

    def column(name: str) -> Any:
        if name in frame:
            return frame[name].to_numpy(dtype=float)
        column, levels = name.split(" is ")
        return frame[column].astype(str).str.lower().isin(levels.lower().split(" or "))

    def total(kind: str, to: str) -> Any:
        own = table[(table["part"] == f"column to {kind}") & (table["to"] == to)]
        constant = table[(table["part"] == f"constant to {kind}") & (table["to"] == to)]
        return constant["own"].sum() + sum(
            w * column(name) for name, w in zip(own["from"], own["own"], strict=True)
        )

    said = {unit: np.tanh(total("unit", unit)) for unit in found.units}
    assert said
    by_hand = []
    for answer in found.answers:
        told = table[(table["part"] == "unit to answer") & (table["to"] == answer)]
        units = sum(w * said[u] for u, w in zip(told["from"], told["own"], strict=True))
        by_hand.append(total("answer", answer) + units)
    logits = student.logits(frame)
    wanted = logits if classes > 2 else logits[:, [1]] - logits[:, [0]]
    np.testing.assert_allclose(np.column_stack(by_hand), wanted, atol=1e-8)


def test_a_printed_net_names_every_weight_unit_by_unit() -> None:
    frame, targets = bent(classes=3)
    student = NetStudent(size=2).fit_soft(frame, targets)
    found = student.explain()
    text = str(found)
    assert "A unit says tanh of a sum of its own" in text
    assert "softmax" in text
    lines = found.drawn()
    assert len(lines) == len(found.weights)
    assert np.isclose(lines["weight"].abs().sum(), found.weights["weight"].abs().sum())
    wheres = list(dict.fromkeys(lines["where"]))
    assert wheres[:2] == ["unit 1: tanh of", "unit 1 adds to"]
    assert wheres[-3:] == ["no: direct", "yes: direct", "maybe: direct"]
    straight = NetRegressionStudent(size=1, weights=1, alpha=0.0)
    straight.fit_soft(frame, Predictions(frame["a"].to_numpy()))
    reading = straight.explain().reading
    assert reading.startswith("The answer is a sum: a constant")
    assert ("tanh" in reading) == bool(straight.net_.n_units)


def test_the_title_tells_what_a_size_allows_from_what_is_there() -> None:
    frame, targets = bent()
    student = NetStudent(size=4, weights=3).fit_soft(frame, targets)
    units = student.net_.n_units
    assert units < 4
    assert f"{units} unit" in student.title_
    assert "(4 allowed)" in student.title_
    assert "(1 allowed)" not in student.at_size(1).title_


def test_nets_of_as_many_units_but_other_weights_are_rungs_of_their_own() -> None:
    frame, targets = bent()
    swept = [NetStudent(size=1, weights=w).fit_soft(frame, targets) for w in (3, 9)]
    assert swept[0].net_.n_units == swept[1].net_.n_units
    of = dict(zip((1, 2), swept, strict=True))
    ladder = climb("net", of, {1: 1.0, 2: 1.0}, 1, Table.of(frame), targets, 0)
    assert [rung.student.complexity_.weights for rung in ladder] == [3, 9]
    required = Constraints(require=("d", "e"))
    assert NetStudent(size=1, constraints=required).least_size == 1


@pytest.mark.parametrize(("classes", "scores"), [(2, 1), (3, 3)])
def test_units_and_scores_are_counted(classes: int, scores: int) -> None:
    frame, targets = bent(classes=classes)
    counted = NetStudent(size=4).fit_soft(frame, targets).complexity_
    assert counted.units == counted.to_dict()["units"] <= 4
    assert counted.scores == scores
    assert counted.dense == ()
    assert "9 units (readable: 8)" in Complexity(features=1, units=9, weights=9).dense


def test_rows_to_explain_need_what_the_teacher_says_of_them() -> None:
    frame, targets = bent(100)
    student = NetStudent(size=1).fit_soft(frame, targets)
    with pytest.raises(ValueError, match=r"Give what the teacher says.*explain\(X, targets\)"):
        student.explain(frame)


def test_importance_is_what_holding_a_column_at_its_mean_moves() -> None:
    frame, targets = bent(classes=3)
    student = NetStudent(size=3).fit_soft(frame, targets)
    means = dict(zip(student.design_.names, (e.mean for e in student.design_.entries), strict=True))
    for place, name in enumerate(frame):
        held = student.logits(frame.assign(**{name: means[name]}))
        moved = np.abs(student.logits(frame) - held).mean(0).max()
        assert student.explain(frame, targets).importance[place] == pytest.approx(moved)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_drawing_of_a_net_shows_every_weight_in_both_units(classes: int) -> None:
    frame, targets = mixed(classes)
    found = NetStudent(size=3).fit_soft(frame, targets).explain()
    drawn = net(found)
    assert "tanh" in drawn
    cells = re.findall(
        r'<td class="num">([^<]*)</td>', drawn.partition("What the student reads")[0]
    )
    rows = len(found.weights)
    numbers = [float(cell.replace("\N{MINUS SIGN}", "-")) for cell in cells if cell]
    out = (found.weights["part"] == "unit to answer").sum()
    assert len(numbers) == 2 * rows - out
    for column in ("weight", "own"):
        for wanted in found.weights[column]:
            assert np.isclose(numbers, wanted, rtol=6e-3, atol=1e-12).any()
    named = found.weights["from"].str.contains("<").any()
    assert ("low &lt;" in drawn) == named
    assert "low <" not in drawn


def test_a_net_of_many_weights_is_folded() -> None:
    frame, targets = bent(classes=3)
    few = net(NetStudent(size=2, weights=10).fit_soft(frame, targets).explain())
    with pytest.warns(DensityWarning, match="units"):
        dense = NetStudent(size=12, weights=90).fit_soft(frame, targets)
    many = net(dense.explain())
    assert "<details open>" in few
    assert "<details>" not in few
    assert "<details>" in many
    assert "<details open>" not in many
