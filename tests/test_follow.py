"""The student at another temperature at once, the grid of students, and the views that show it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets as t

from jupyter_distill.audits.disagreements import compare
from jupyter_distill.distillation import Distillation, known_grid
from jupyter_distill.exports import grid as grids
from jupyter_distill.exports import payload
from jupyter_distill.exports.wire import decode
from jupyter_distill.widgets.distillation import DistillationView
from jupyter_distill.widgets.temperature import TemperatureSlider
from tests.distilling import data, run, same, smooth
from tests.small import distilled, people


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(300), size=8, temperature=(0.5, 1.0, 2.0))


@pytest.fixture(scope="module")
def made(d: Distillation) -> Distillation:
    """The same, its grid made."""
    again = d.at(size=8)
    again.grid(progress=False)
    return again


@pytest.fixture(scope="module")
def numbers() -> Distillation:
    X, _ = data(200)
    return run(lambda rows: smooth(rows)[:, 1], X, size=4, task="regression")


def ask(view: Any, ticket: int, temperature: float | None, size: int) -> None:
    view.set_state({"asked": {"ticket": ticket, "temperature": temperature, "size": size}})


def test_a_size_that_is_not_on_the_ladder_is_refused(d: Distillation) -> None:
    view = TemperatureSlider(d)
    with pytest.raises(t.TraitError, match=r"student_size to be one of .*8.* Got 999"):
        view.student_size = 999
    assert view.student_size == 8
    view.student_size = 4
    assert view.student_size == 4


# --- a quick fit --------------------------------------------------------------------------------


def test_a_quick_fit_is_a_pilot_and_says_so(d: Distillation) -> None:
    quick = d.at(temperature=3.0, quickly=True)
    assert quick.is_quick and not d.is_quick
    assert quick.temperature == quick.rung.temperature == 3.0 and quick.size == d.size
    assert "fitted once, without the search" in quick.notes[-1] and "T = 3" in quick.headline
    pilot = d.course.template.pilot().set_params(temperature=3.0, size=8)
    pilot.fit_soft(d.course.table, d.course.targets)
    np.testing.assert_array_equal(quick.student.output(d.table), pilot.output(d.table))
    assert {one.code for one in quick.findings} <= {one.code for one in d.findings}
    again = quick.at(temperature=3.0)  # in earnest
    assert not again.is_quick and again.notes == d.notes
    same(again, d.at(temperature=3.0))


def test_another_rung_is_no_quick_fit(d: Distillation) -> None:
    quick = d.at(temperature=3.0, quickly=True)
    other = quick.at(size=4)
    assert not other.is_quick and other.temperature == d.ladder.rung(4).temperature
    assert quick.at().is_quick
    assert quick.at(temperature=5.0, size=4, quickly=True).notes[-1].count("quick fit") == 1


def test_a_quick_fit_takes_a_part_of_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jupyter_distill.distillation._course.BRIEF", 100)
    X, _ = data(300)
    d = run(smooth, X, size=4, temperature=1.0)
    quick = d.at(temperature=2.0, quickly=True)
    assert quick.courses["tree"].brief[1].n_rows == 100
    assert "on 100 of the rows" in quick.notes[-1]
    same(
        quick,
        run(smooth, X, size=4, temperature=1.0, random_state=d.random_state).at(
            temperature=2.0, quickly=True
        ),
    )


def test_what_cannot_be_fitted_at_once_is_refused(numbers: Distillation) -> None:
    with pytest.raises(ValueError, match="temperature"):
        numbers.at(temperature=2.0, quickly=True)
    X, y = data(150)
    net = run(smooth, X, y, student="ebm", size=2, temperature=1.0)
    with pytest.raises(ValueError, match="fitted at once, one of .*Got 'ebm'"):
        net.at(temperature=2.0, quickly=True)


# --- the grid -----------------------------------------------------------------------------------


def test_a_grid_has_a_student_for_every_temperature_and_size(made: Distillation) -> None:
    grid = known_grid(made)
    assert grid is not None
    assert grid.temperatures == (0.5, 1.0, 2.0)
    assert len(grid.rungs) == 3 * len(grid.sizes) and not grid.notes
    for rung in made.ladder:
        assert grid.rungs[rung.temperature, rung.size] is rung
    assert len(grid.searched) == len(made.ladder)
    frame = grid.frame()
    assert len(frame) == len(grid.rungs) and frame["searched"].sum() == len(made.ladder)
    assert "students (tree): 3 temperatures" in repr(grid)
    rung = grid.at(1.001, 4)
    assert rung is grid.rungs[1.0, 4] and grid.at(1.3, 4) is None


def test_a_regression_has_its_ladder(numbers: Distillation) -> None:
    grid = numbers.grid(progress=False)
    assert grid.temperatures == (None,)
    assert [rung for rung in grid.rungs.values()] == list(numbers.ladder)
    with pytest.raises(ValueError, match="temperature"):
        numbers.grid([1.0])


def test_temperatures_are_checked(d: Distillation) -> None:
    with pytest.raises(ValueError, match="at least one temperature"):
        d.grid([])
    with pytest.raises(ValueError, match="Expected temperatures"):
        d.grid([0.0])


def test_an_interrupt_keeps_what_is_there(d: Distillation, monkeypatch: pytest.MonkeyPatch) -> None:
    from jupyter_distill.distillation import _grid

    calls = []

    def brief(course: Any, temperature: float, sizes: Any) -> Any:
        calls.append(temperature)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return {size: d.student for size in sizes}

    monkeypatch.setattr(_grid, "brief", brief)
    again = d.at(size=8)
    with pytest.warns(UserWarning, match="holds 1 of 3 temperatures"):
        grid = again.grid(progress=False)
    assert any("1 of 3" in note for note in grid.notes)
    assert {T for T, _ in grid.rungs} >= {0.5, *(rung.temperature for rung in d.ladder)}


def test_a_payload_holds_every_tree_as_it_is(made: Distillation) -> None:
    grid = known_grid(made)
    assert grid is not None
    rows = np.arange(0, 300, 7)
    state = grids.held(made, grid, rows)
    trees, tree_of = state["trees"], decode(state["tree_of"])
    starts, tails = decode(trees["starts"]), decode(trees["tails"])
    leaves = decode(state["leaves"])
    for place in (0, 5, len(tree_of) - 1):
        at = tree_of[place]
        T = state["temperatures"][state["temperature_of"][place]]
        student: Any = grid.rungs[T, state["sizes"][state["size_of"][place]]].student
        alone = payload.tree(student.explain(made.table, made.targets))
        part = slice(starts[at], starts[at + 1])
        assert [trees["words"][k] for k in tails[part]] == alone["tails"]
        asked = [[*trees["columns"], None][j] for j in decode(trees["feature"])[part]]
        assert asked == [[*alone["columns"], None][j] for j in decode(alone["feature"])]
        for name in ("left", "right", "support", "teacher", "student", "agreement"):
            np.testing.assert_array_equal(decode(trees[name])[part], decode(alone[name]))
        np.testing.assert_array_equal(leaves[at], student.apply(made.table.take(rows)))
    json.dumps({k: v for k, v in state.items() if not isinstance(v, dict)}, allow_nan=False)


def test_a_payload_is_bounded_and_says_what_is_left_out(
    made: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "MOST_BYTES", 4_000)
    grid = known_grid(made)
    assert grid is not None
    state = grids.held(made, grid)
    tree_of = decode(state["tree_of"])
    assert 0 < (tree_of < 0).sum() < len(tree_of)
    mine = [
        place
        for place, (T, size) in enumerate(
            zip(state["temperature_of"], state["size_of"], strict=True)
        )
        if (state["temperatures"][T], state["sizes"][size]) == (made.temperature, made.size)
    ]
    assert tree_of[mine[0]] == 0  # the chosen one comes first
    assert f"{(tree_of < 0).sum()} of {len(tree_of)} students are left out" in state["notes"][0]


# --- the views ----------------------------------------------------------------------------------


def test_tree_and_table_follow(d: Distillation) -> None:
    view = DistillationView(d)
    assert view.shown == {**grids.shown(d), "ticket": 0}
    assert view.grid["sizes"] == [rung.size for rung in d.ladder] and "trees" not in view.grid
    ask(view, 1, 3.0, 12)
    quick = d.at(temperature=3.0, size=12, quickly=True)
    assert view.distilled_at == 3.0 and view.student_size == 12
    assert view.shown["how"] == "quick" and view.shown["ticket"] == 1
    assert view.tree["tails"] == payload.tails(quick.explanation())
    assert view.page["all"] == int(compare(quick).apart.sum())  # type: ignore[union-attr]
    assert view.summary["fidelity"] == [quick.rung.fidelity, quick.rung.low, quick.rung.high]
    assert [one["name"] for one in view.summary["baselines"]] == ["most common class"]
    assert "quick fit" in view.summary["notes"][-1]
    view.set_state({"distil_at": 3.0})  # let go: distil in earnest
    assert view.shown["how"] == "distilled" and not view.distillation.is_quick
    assert view.distillation.size == 12 and view.summary["notes"] == []


def test_a_size_of_the_ladder_needs_no_fit(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = DistillationView(d)
    monkeypatch.setattr("jupyter_distill.widgets._follow.quick", None)
    ask(view, 1, None, 4)
    rung = d.ladder.rung(4)
    assert (view.shown["how"], view.shown["temperature"]) == ("distilled", rung.temperature)
    assert view.distillation.student is rung.student


def test_what_was_made_beforehand_is_not_fitted_again(
    made: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = DistillationView(made)
    assert len(decode(view.grid["tree_of"])) == len(view.grid["size_of"])
    monkeypatch.setattr("jupyter_distill.distillation._quick.brief", None)
    grid = known_grid(made)
    assert grid is not None
    (T, size), rung = next(
        (key, rung) for key, rung in grid.rungs.items() if key not in grid.searched
    )
    assert T is not None
    ask(view, 1, T, size)
    assert view.shown["how"] == "precomputed"
    assert view.distillation.student is rung.student and view.distillation.is_quick


def test_a_late_wish_is_dropped_and_a_wrong_one_is_answered(d: Distillation) -> None:
    view = DistillationView(d)
    ask(view, 5, 3.0, 8)
    ask(view, 4, 0.5, 8)
    assert view.distilled_at == 3.0
    with pytest.raises(ValueError, match="size"):
        ask(view, 6, None, 1)
    assert view.shown["ticket"] == 6 and view.distilled_at == 3.0 and "size" in view.error
    with pytest.raises(t.TraitError, match="ticket, temperature and size"):
        view.set_state({"asked": {"ticket": 7}})
    with pytest.raises(t.TraitError, match="Expected temperature"):
        ask(view, 8, 0.0, 8)


def test_a_slider_alone_follows_too(d: Distillation, tmp_path: Path) -> None:
    slider = TemperatureSlider(d)
    ask(slider, 1, 2.5, 6)
    assert slider.distilled_at == slider.distillation.temperature == 2.5
    assert slider.shown["size"] == 6
    carried = _carried(slider.to_html(tmp_path / "slider.html"))
    assert carried["follow"] is True and "trees" not in carried["grid"]
    assert carried["grid"]["temperatures"] == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("how", ["view", "report"])
def test_a_page_holds_the_grid(made: Distillation, how: str, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    page = DistillationView(made).to_html(target) if how == "view" else made.report(target)
    carried = _carried(page)
    grid = carried["grid"]
    assert carried["follow"] is True and carried["student_size"] == 8
    assert grid["leaves"]["shape"] == [
        grid["trees"]["starts"]["shape"][0] - 1,
        carried["page"]["row_ids"]["shape"][0],
    ]
    assert bool(grid.get("head")) is (how == "view")  # the report has a head of its own


def test_the_temperature_at_which_the_teacher_is_true(d: Distillation) -> None:
    truth = TemperatureSlider(d).curve["truth"]
    assert truth["low"] <= truth["best"] <= truth["high"]
    assert truth["least"] <= min(truth["loss"]) + 1e-9 and truth["least"] <= truth["plain"]
    of = d.held_out[1]
    log_p = np.log(of.at(1.0)[np.arange(of.n_rows), of.labels])
    assert truth["plain"] == pytest.approx(-log_p.mean())
    X, _ = data(200)
    assert "truth" not in TemperatureSlider(run(smooth, X, size=2, temperature=1.0)).curve


def _carried(page: Path) -> dict[str, Any]:
    found = re.search(r'id="jd-state">(.*?)</script>', page.read_text("utf-8"), re.DOTALL)
    assert found is not None
    state: dict[str, Any] = json.loads(found[1])
    return state
