"""What attributions ask of a teacher: budgets, interrupts, seeds, and who cannot be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.audits.attributions import Attributions, _shap_run
from jupyter_distill.audits.attributions._chosen_rows import chosen_rows
from jupyter_distill.audits.attributions._shapley import Game
from jupyter_distill.distillation import Distillation, InterruptedWarning

from .distilling import by_heart
from .explaining import FEW, boosted, explained, mixed, plain, rows
from .small import people

# --- budgets, interrupts, seeds ----------------------------------------------------------------


def asked(d: Distillation) -> tuple[Distillation, list[int]]:
    """The same with a teacher that counts what it is asked."""
    count: list[int] = []
    teacher = d.teacher

    def counts(rows: Any) -> np.ndarray:
        count.append(len(rows))
        return teacher.logits(rows)

    return replace(d, teacher=jd.as_teacher(counts, classes=["no", "yes"])), count


@pytest.mark.parametrize("method", ["shap", "surrogate"])
@pytest.mark.parametrize("evaluations", [2_500, 5_000])
def test_the_budget_is_kept(method: str, evaluations: int) -> None:
    d, count = asked(mixed())
    found = d.attributions(method, evaluations=evaluations, **FEW)
    assert sum(count) <= evaluations
    assert found.teacher is not None and found.again is not None
    assert found.teacher.evaluations + found.again.evaluations == sum(count)


def test_a_service_is_asked_about_no_more_rows_than_there_are() -> None:
    d, count = asked(mixed())
    found = d.attributions(progress=False, background=20)
    assert sum(count) <= d.table.n_rows and "service that costs" in " ".join(found.notes)
    assert "rows were explained instead of" in " ".join(found.notes)


def test_the_same_seed_gives_the_same_to_the_bit_and_another_one_another() -> None:
    again = mixed().attributions(evaluations=30_000, **FEW)
    other = mixed().attributions(evaluations=30_000, random_state=5, **FEW)
    first = explained()
    assert first.teacher is not None and again.teacher is not None
    np.testing.assert_array_equal(first.teacher.values, again.teacher.values)
    pd.testing.assert_frame_equal(first.agreement(), again.agreement())
    assert other.index.tolist() != first.index.tolist()


def test_what_is_gone_on_with_is_what_was_never_stopped() -> None:
    d = mixed()
    part = d.attributions(evaluations=2_600, **FEW)
    whole = d.attributions(evaluations=1_000, resume=part, **FEW)
    rounds = [found._run.games[0].rounds for found in (part, whole)]
    assert 0 < rounds[0] < rounds[1]
    game = copy_of(part)
    game.play(part._run.plan.teacher_says, rounds[1])
    assert whole.teacher is not None
    np.testing.assert_allclose(whole.teacher.values, game.values(), atol=1e-12)
    assert part._run.games[0].rounds == rounds[0]  # the earlier result stays as it was


def copy_of(found: Attributions) -> Game:
    """The teacher's game of a result, from its beginning."""
    one = found._run.games[0]
    game = Game(one.table, one.rows, one.background, one.players, one.seed, one.exact)
    game.begin(found._run.plan.teacher_says)
    return game


def test_an_interrupt_keeps_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    d = mixed()
    monkeypatch.setattr(_shap_run, "AT_A_TIME", 100)
    play, times = Game.play, []

    def stopped(self: Game, ask: Any, rounds: int) -> None:
        times.append(rounds)
        if len(times) == 6:
            raise KeyboardInterrupt
        play(self, ask, rounds)

    monkeypatch.setattr(Game, "play", stopped)
    with pytest.warns(InterruptedWarning, match="resume="):
        found = d.attributions(evaluations=30_000, **FEW)
    assert found._run.games[0].rounds == 3 and found._run.games[1].rounds == 2
    assert any(note.startswith("Interrupted") for note in found.notes)
    monkeypatch.setattr(Game, "play", play)
    whole = d.attributions(evaluations=30_000, resume=found, **FEW)
    first = explained()
    assert whole.teacher is not None and first.teacher is not None
    if whole._run.games[0].rounds == first._run.games[0].rounds:
        np.testing.assert_array_equal(whole.teacher.values, first.teacher.values)
    times[:] = [0] * 5  # before anything is done there is nothing to keep
    monkeypatch.setattr(Game, "play", stopped)
    with pytest.raises(KeyboardInterrupt):
        d.attributions(evaluations=30_000, **FEW)


def test_the_time_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_shap_run, "AT_A_TIME", 100)
    found = mixed().attributions(evaluations=30_000, seconds=1e-9, **FEW)
    assert "time was up" in " ".join(found.notes) and found._run.games[0].rounds == 1


# --- without a teacher to ask ------------------------------------------------------------------


def test_of_other_inputs_or_recorded_answers_the_student_alone_is_explained() -> None:
    X, z = rows()
    answers = np.column_stack([-z, z])
    other = plain(by_heart(answers), X, teacher_inputs=np.arange(len(X)), task="classification")
    recorded = plain(pd.DataFrame(answers, columns=["no", "yes"], index=X.index), X)
    for d, why in ((other, "other inputs"), (recorded, "recorded answers")):
        found = d.attributions(**FEW)
        assert found.teacher is None and why in found.notes[0]
        said = d.student.logits(d.table)[found._run.rows]
        whole = found.student.values.sum(1)[:, 0] + found.student.base[0]
        np.testing.assert_allclose(whole, said[:, 1] - said[:, 0], atol=1e-9)
        assert found.unused == () and "student" in found.frame() and found.describe()
        with pytest.raises(ValueError, match="the student alone"):
            found.agreement()
        local = d.attributions("surrogate", **{**FEW, "n": 2})
        assert local.teacher is None and len(local.index) == 2


# --- rows and refusals -------------------------------------------------------------------------


def test_rows_of_every_kind_are_among_those_drawn() -> None:
    d = boosted()
    drawn = chosen_rows(d, "all", 20, 0)
    assert len(drawn) == 20 and len(set(drawn)) == 20
    teacher = d.targets.predicted[drawn]
    apart = d.student.logits(d.table).argmax(1)[drawn] != teacher
    assert set(teacher) == {0, 1} and apart.any() and not apart.all()
    np.testing.assert_array_equal(chosen_rows(d, [7, 3], 1, 0), [7, 3])
    held_out = chosen_rows(d, "held_out", 10_000, 0)
    np.testing.assert_array_equal(held_out, np.sort(d.rows.held_out))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "shapley"}, 'Did you mean "shap"'),
        ({"rows": "train"}, "places of some rows"),
        ({"rows": [0, 0]}, "each once"),
        ({"rows": [0, 999]}, "each once"),
        ({"scale": "logits"}, "scale"),
        ({"n": 0}, "n to be"),
        ({"background": 1}, "background to be"),
        ({"seconds": 0}, "seconds to be"),
        ({"evaluations": 30}, "evaluations"),
        ({"evaluations": 300, "rows": list(range(50))}, "fewer rows"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mixed().attributions(**{**FEW, **options})


def test_a_result_of_another_run_is_not_gone_on_with() -> None:
    with pytest.raises(ValueError, match="same distillation"):
        boosted().attributions(resume=explained())
    with pytest.raises(ValueError, match="method='shap'"):
        mixed().attributions("surrogate", resume=explained())
    with pytest.raises(TypeError, match="earlier result"):
        mixed().attributions(resume=3)
    with pytest.raises(KeyError, match="rows that were explained"):
        explained().of("nobody")


def test_rows_that_are_named_keep_their_order_and_their_own_reasons() -> None:
    d, quick = boosted(), {"background": 10, "evaluations": 30_000, "progress": False}
    found = d.attributions("surrogate", rows=[50, 3, 20], **quick)
    assert found.index.tolist() == [1_050, 1_003, 1_020]
    for row, place in ((1_050, 50), (1_003, 3)):
        alone = d.attributions("surrogate", rows=[place, 20], **quick)
        pd.testing.assert_frame_equal(found.of(row), alone.of(row))


def test_a_wide_service_is_asked_enough_to_explain_a_row() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 26))
    d = plain(lambda rows: 1 / (1 + np.exp(-np.column_stack([-rows[:, 0], rows[:, 0]]))), X)
    found = d.attributions(background=10, progress=False)
    assert len(found.index) >= 1 and any("service that costs" in note for note in found.notes)
    audit = d.audit(only=["fidelity", "attributions"], evaluations=30, progress=False)
    assert list(audit.parts) == ["fidelity"]
    assert "enough for one row" in audit.skipped["attributions"]
    asked_of, asked_about = asked(d)
    budget = asked_of.audit(
        expectations={"x0": "+"}, only=["expectations"], evaluations=200, progress=False
    )
    assert list(budget.parts) == ["expectations"] and sum(asked_about) <= 200


def test_what_is_not_gone_on_with_says_so() -> None:
    X, y = people(150)
    d = mixed()
    first = d.attributions(evaluations=5_000, **FEW)
    again = d.attributions(evaluations=3, resume=first, progress=False)
    assert any("Nothing was added" in note for note in again.notes)
    np.testing.assert_array_equal(again.student.values, first.student.values)


def test_the_surrogate_of_a_student_gives_columns_that_it_does_not_read_nothing() -> None:
    found = mixed().attributions("surrogate", evaluations=12_000, **FEW)
    frame = found.frame()
    assert 0 < frame["used"].sum() < len(frame)
    assert (frame.loc[~frame["used"], "student"] == 0).all()
    assert (frame.loc[frame["used"], "student"] > 0).all()
    # nor does the teacher read it, though nobody told
    assert frame.set_index("column").loc["age", "teacher"] < 1e-12
