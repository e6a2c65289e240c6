"""SHAP values of teacher and student on the same rows against the same background."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np

from jupyter_distill._validation import expected
from jupyter_distill.audits.attributions._explained import Attribution
from jupyter_distill.audits.attributions._plan import Budget, Places, Plan, TooFew
from jupyter_distill.audits.attributions._score_scale import Scale
from jupyter_distill.audits.attributions._shapley import MOST, Ask, Floats, Game
from jupyter_distill.audits.attributions._student_shap import exact_values
from jupyter_distill.audits.attributions._teacher_shap import (
    Native,
    NotNative,
    native_values,
    structure,
)
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, Work
from jupyter_distill.students import used_columns

AT_A_TIME = 8_192  # rows that are put together for one question
STUDENT = 500_000  # rows that a student is asked about, at most, to look at all subsets
LEAST_ROUNDS = 10  # per row, below which fewer rows are explained


@dataclass(frozen=True, eq=False)
class ShapRun:
    """What was done, to be gone on with.

    Attributes
    ----------
    plan : Plan
        What is explained.
    games : tuple of Game
        The teacher, and the teacher again with another seed and background; empty without it.
    natives : tuple of Native
        The same where its kind allows exact values; empty where not.
    """

    plan: Plan
    games: tuple[Game, ...]
    natives: tuple[Native, ...]
    notes: tuple[str, ...]

    @property
    def rows(self) -> Places:
        """Places of the rows that are explained."""
        return self.plan.rows

    def attributions(self) -> tuple[Attribution, Attribution | None, Attribution | None]:
        """Return the reasons of the student, of the teacher, and of the teacher again."""
        plan = self.plan
        if not self.games:
            return self._student(plan.background), None, None
        name = plan.d.teacher.name
        if self.natives:
            found = [
                Attribution(name, n.values, g.whole_base(), None, n.explainer, g.evaluations)
                for g, n in zip(self.games, self.natives, strict=True)
            ]
            return self._student(plan.background), found[0], found[1]
        first, second = (
            None
            if game.rounds == 0
            else Attribution(
                name, game.values(), game.base(), game.errors(), _way(game), game.evaluations
            )
            for game in self.games
        )
        # against the very rows that the teacher was compared with
        return self._student(self.games[0].met), first, second

    def _student(self, background: Places) -> Attribution:
        plan = self.plan
        return student_shap(plan.d, plan.plain, plan.rows, background, plan.scale, plan.seed)


def most_rows(d: Distillation, scale: Scale, evaluations: int, background: int) -> int:
    """Return how many rows a budget is enough for."""
    return (evaluations - 2 * background) // _of_a_row(d, scale)


def least(d: Distillation, scale: Scale, rows: int, background: int) -> int:
    """Return the evaluations that are enough for so many rows."""
    return 2 * background + rows * _of_a_row(d, scale)


def _of_a_row(d: Distillation, scale: Scale) -> int:
    try:
        structure(d.teacher, d.table, scale)
    except NotNative:  # its values are sampled, of which the result will speak
        return 2 * 2 * max(d.table.n_columns - 1, 1) * LEAST_ROUNDS + 1
    return 1


def student_shap(
    d: Distillation, table: Table, rows: Places, background: Places, scale: Scale, seed: int
) -> Attribution:
    """Return the student's values: exact, but for columns too many that act together.

    Parameters
    ----------
    d : Distillation
        Whose student.
    table : Table
        Rows as it reads them, and places of those that are explained, and of those they are
        compared with.
    scale : Scale
        What of its answers is explained.
    seed : int
        Of orders of columns, if they have to be drawn.
    """
    student, against = d.student, table.take(background)

    def says(of: Table) -> Floats:
        return scale.of(student.output(of))

    base = says(against).mean(0)
    values = exact_values(student, table.take(rows), against, scale)
    if values is not None:
        return Attribution(d.title, values, base, None, "exact", 0)
    used = used_columns(student)
    players = np.arange(table.n_columns) if used is None else np.array(used, dtype=np.intp)
    k = len(players)
    exact = k <= MOST and len(rows) * len(background) * 2**k <= STUDENT
    game = Game(table, rows, background, players, seed, exact)
    game.begin(says)
    for _ in background:
        game.play(says, 1)
    how = "exact, by all subsets" if exact else _way(game)
    errors = None if exact else game.errors()
    return Attribution(d.title, game.values(), base, errors, how, game.evaluations)


def run_shap(plan: Plan, earlier: ShapRun | None, budget: Budget, work: Work) -> ShapRun:
    """Explain the teacher within a budget, or go on with what was done."""
    if not plan.asks_teacher:
        return ShapRun(plan, (), (), ())
    ask: Ask = plan.teacher_says
    if earlier is not None and earlier.games:
        games, natives = tuple(copy(game) for game in earlier.games), earlier.natives
        notes = [] if natives else list(earlier.notes[:1])
    else:
        games = _games(plan, budget.evaluations, ask)
        natives, notes = _natives(plan, games)
    if natives:
        return ShapRun(plan, games, natives, tuple(notes))
    spent = 0 if earlier is not None else sum(game.evaluations for game in games)
    rounds = _rounds(games, budget.evaluations - spent)
    if games[0].rounds + rounds < 1:
        cost = spent + sum(game.cost for game in games)
        what = f"at least {cost} evaluations of the teacher, for one order of the columns of each"
        what += " row and background"
        remedy = "Raise evaluations=, or explain fewer rows."
        raise TooFew(expected(what, got=f"{budget.evaluations}", remedy=remedy))
    if earlier is not None and not rounds and not games[0].complete:
        notes.append(
            f"Nothing was added: {budget.evaluations:,} evaluations are less than going on takes."
        )
    notes += _played(games, ask, rounds, budget, work)
    return ShapRun(plan, games, (), tuple(notes))


def _games(plan: Plan, evaluations: int, ask: Ask) -> tuple[Game, Game]:
    """Return the teacher's two games, begun."""
    table, k = plan.d.table, plan.d.table.n_columns
    size = len(plan.rows) * len(plan.background)
    exact = k <= MOST and 2 * size * (2**k - 2) + 3 * size <= evaluations
    players = np.arange(k)
    first, second = (
        Game(table, plan.rows, background, players, seed, exact)
        for background, seed in ((plan.background, plan.seed), (plan.other, plan.seed + 1))
    )
    first.begin(ask)
    second.begin(ask, first.own)
    return first, second


def _natives(plan: Plan, games: tuple[Game, ...]) -> tuple[tuple[Native, ...], list[str]]:
    """Return values by the teacher's own kind, or a note on why they are sampled instead."""
    table, teacher = plan.d.table, plan.d.teacher
    try:
        natives = []
        for game in games:
            assert game.own is not None and game.others is not None
            rows, background = table.take(game.rows), table.take(game.background)
            natives.append(
                native_values(teacher, rows, background, plan.scale, game.own, game.others)
            )
    except NotNative as why:
        how = "all subsets" if games[0].exact else "sampled orders"
        return (), [f"{teacher.name} was explained by {how} of its columns, as {why}."]
    return tuple(natives), []


def _rounds(games: tuple[Game, ...], evaluations: int) -> int:
    """Return how many more rounds of each a budget allows, whole turns of the background."""
    first, size = games[0], len(games[0].background)
    cost = sum(game.cost for game in games)
    able = max(evaluations, 0) // cost if cost else size
    total = first.rounds + able
    if first.exact or not cost:
        total = min(total, size)
    elif total >= size:
        total -= total % size
    return max(total - first.rounds, 0)


def _played(
    games: tuple[Game, ...], ask: Ask, rounds: int, budget: Budget, work: Work
) -> list[str]:
    """Play both games in turn; say what was cut short."""
    cost = sum(game.cost for game in games)
    step = max(1, AT_A_TIME // max(games[0].cost, 1))
    goal = games[0].rounds + rounds
    size, names = len(games[0].background), ("orders", "all subsets")
    try:
        with work.bar("explaining the teacher", rounds * cost, "rows") as bar:
            while games[0].rounds < goal:
                for game in games:
                    now = min(step, goal - game.rounds)
                    if now > 0:
                        game.play(ask, now)
                        bar.update(now * game.cost)
                if budget.late:
                    break
    except KeyboardInterrupt:
        if games[0].rounds == 0:
            raise
        work.interrupted(
            f"{games[0].rounds} of {goal} rounds over the rows were done; resume= goes on."
        )
        return work.notes[-1:]
    done = games[0].rounds
    if done < goal:
        return [f"The time was up after {done} of {goal} rounds over the rows; resume= goes on."]
    if done < size:
        way = names[games[0].exact]
        return [
            f"The budget of teacher evaluations was enough for {done} {way} per row, each against "
            f"one of the first {done} of {size} background rows; more evaluations= are surer."
        ]
    return []


def _way(game: Game) -> str:
    return (
        f"all subsets of columns, {game.rounds} background rows"
        if game.exact
        else f"{2 * game.rounds} sampled orders of columns per row"
    )
