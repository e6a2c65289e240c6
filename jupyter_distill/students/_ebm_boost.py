"""Shapes boosted by interpret on codes: where the exact fit starts, and what it is held to."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._optional import require
from jupyter_distill.students._ebm_goal import Goal, NumberGoal, SoftGoal
from jupyter_distill.students._ebm_terms import Term, added, own, place_all

Floats = NDArray[np.float64]
Bins = NDArray[np.intp]

VALIDATION = 0.15  # of the rows of a bag tell when to stop
FEW = 30  # rows below which none is spared for that
LEAST = 0.01  # share of a class below which a row does not stand for it
COARSE = 16  # bins per column of a pair


@dataclass(frozen=True)
class Effort:
    """How long is boosted, in interpret's terms, and how often shapes are bent.

    Attributes
    ----------
    bags, rounds : int
        Bags, and rounds of each.
    rate : float
        Rate of learning.
    warm, cycles : int
        Times that every chosen shape is bent, at most: between two choices, and at last.
    """

    bags: int
    rounds: int
    rate: float
    warm: int
    cycles: int


# Smoothness and size of the shapes are settled afterwards by the exact loss, so that fewer bags
# and longer steps than interpret's defaults cost no fidelity.
FULL = Effort(bags=2, rounds=400, rate=0.04, warm=4, cycles=30)
BRIEF = Effort(bags=1, rounds=60, rate=0.15, warm=2, cycles=8)


@dataclass(frozen=True, eq=False)
class Boosted:
    """What interpret found.

    Attributes
    ----------
    terms : list of Term
        Shapes; a pair's terms come after those of single columns.
    intercept : ndarray of shape (J,)
        Score of a row to which no term adds, like the shapes in the unit of the goal's scores.
    order : ndarray of int, shape (J,)
        The classes in the order in which interpret was given them, the most frequent first: its
        last digits, and so ours, shall not depend on how classes are called.
    model : fitted EBM of interpret, or None
        The model of single columns itself; None where no column has two values.
    frame : data frame
        The rows as that model was given them, one for each merged row.
    """

    terms: list[Term]
    intercept: Floats
    order: NDArray[np.intp]
    model: Any
    frame: pd.DataFrame


def boost(
    codes: NDArray[np.uint8],
    n_codes: NDArray[np.intp],
    categorical: NDArray[np.bool_],
    goal: Goal,
    *,
    columns: list[int],
    pairs: int,
    unpaired: frozenset[int],
    seed: int,
    effort: Effort = FULL,
) -> Boosted:
    """Boost one shape per column, and a few pairs on what these leave.

    Parameters
    ----------
    codes : ndarray of uint8, shape (n, d)
        Merged rows; 0 is missing.
    n_codes : ndarray of int, shape (d,)
        Codes in use per column.
    categorical : ndarray of bool, shape (d,)
        Columns whose codes have no order.
    goal : SoftGoal or NumberGoal
        What is learnt.
    columns : list of int
        Columns that may be used.
    pairs : int
        Pairs to look for.
    unpaired : set of int
        Columns that take part in no pair.
    seed : int
        Seed of the bags.
    effort : Effort
        How long is boosted.
    """
    columns = [j for j in columns if len(np.unique(codes[:, j])) > 1]
    if not columns:
        return Boosted([], goal.constant(), np.arange(goal.outputs), None, pd.DataFrame())
    order = _order(goal)
    bins = {j: np.arange(n_codes[j]) for j in columns}
    kinds = {j: not categorical[j] for j in columns}
    frame = _frame(codes, bins, kinds)
    model = _fitted(frame, bins, kinds, goal, order, seed, effort)
    terms = [_term(model, t, columns, bins, kinds, order) for t in range(len(columns))]
    intercept = np.empty(goal.outputs)
    intercept[order] = model.intercept_
    paired = [j for j in columns if j not in unpaired]
    if pairs and len(paired) > 1:
        placed = place_all(terms, codes)
        z = added(placed, own(placed), intercept, len(codes))
        bins = {j: _coarse(codes[:, j], goal.weights, int(n_codes[j]), kinds[j]) for j in paired}
        coarse = _frame(codes, bins, kinds)
        found = _fitted(coarse, bins, kinds, goal, order, seed, effort, pairs=pairs, given=z)
        terms += [
            _term(found, t, paired, bins, kinds, order) for t in range(len(found.term_features_))
        ]
    terms = [replace(term, scores=goal.stretch * term.scores) for term in terms]
    return Boosted(terms, goal.stretch * intercept, order, model, frame)


def _order(goal: Goal) -> NDArray[np.intp]:
    if not isinstance(goal, SoftGoal) or goal.binary:
        return np.zeros(1, dtype=np.intp)
    return np.argsort(-(goal.weights @ goal.wanted), kind="stable")


def _frame(
    codes: NDArray[np.uint8], bins: dict[int, Bins], ordered: dict[int, bool]
) -> pd.DataFrame:
    data: dict[str, Any] = {}
    for j, of in bins.items():
        values = of[codes[:, j]]
        if ordered[j]:
            data[str(j)] = np.where(values == 0, np.nan, values.astype(np.float64))
        else:
            names = np.array([None, *(str(b) for b in range(1, of.max() + 1))], dtype=object)
            data[str(j)] = names[values]
    return pd.DataFrame(data)


def _fitted(
    frame: pd.DataFrame,
    bins: dict[int, Bins],
    ordered: dict[int, bool],
    goal: Goal,
    order: NDArray[np.intp],
    seed: int,
    effort: Effort,
    *,
    pairs: int = 0,
    given: Floats | None = None,
) -> Any:
    glassbox = require("interpret.glassbox", extra="ebm", feature="A student of the family 'ebm'")
    rng = np.random.default_rng(seed)
    n = len(frame)
    bags = np.ones((n, effort.bags if n >= FEW else 1), dtype=np.int8)
    for bag in bags.T if n >= FEW else []:
        bag[rng.permutation(n)[: int(VALIDATION * n)]] = -1
    settings = {
        "feature_types": [
            [b + 0.5 for b in range(1, of.max())] if ordered[j] else "nominal"
            for j, of in bins.items()
        ],
        "interactions": pairs,
        "exclude": "mains" if pairs else None,
        "outer_bags": bags.shape[1],
        "max_rounds": effort.rounds,
        "learning_rate": effort.rate,
        "n_jobs": 1,
        "random_state": seed,
    }
    with warnings.catch_warnings():
        # of missing values and of pairs of several classes, which interpret cannot draw: we do not
        # ask it to
        warnings.filterwarnings("ignore", message=".*(Missing values|cannot currently visualize)")
        if isinstance(goal, NumberGoal):
            model = glassbox.ExplainableBoostingRegressor(**settings)
            return model.fit(
                frame,
                goal.wanted[:, 0],
                sample_weight=_even(goal.weights),
                bags=bags,
                init_score=None if given is None else given[:, 0],
            )
        assert isinstance(goal, SoftGoal)
        rows, classes, weights = _each_class(goal, order, bags)
        if given is not None:
            given = given[rows, 0] if goal.binary else given[rows][:, order]
        model = glassbox.ExplainableBoostingClassifier(**settings)
        return model.fit(
            frame.iloc[rows],
            classes,
            sample_weight=weights,
            bags=bags[rows],  # all copies of a row on the same side
            init_score=given,
        )


def _each_class(
    goal: SoftGoal, order: NDArray[np.intp], bags: NDArray[np.int8]
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return every row once for each class that it may be of, with its share as the weight."""
    mix = goal.wanted if goal.binary else goal.wanted[:, order]
    kept = mix >= LEAST
    likely = mix.argmax(0)
    kept[likely, np.arange(mix.shape[1])] = True  # a class that nothing speaks for is one still
    bags[likely] = 1  # and every bag knows of it
    rows, classes = np.nonzero(kept)
    return rows, classes, np.maximum(mix[rows, classes], 1e-6) * _even(goal.weights)[rows]


def _even(weights: Floats) -> Floats:
    """Return weights of mean 1: interpret's limits are in absolute weights, ours are not."""
    answer: Floats = weights / weights.mean()
    return answer


def _term(
    model: Any,
    t: int,
    columns: list[int],
    bins: dict[int, Bins],
    ordered: dict[int, bool],
    order: NDArray[np.intp],
) -> Term:
    places = model.term_features_[t]
    table = np.asarray(model.term_scores_[t], dtype=np.float64)
    table = table[..., None] if len(order) == 1 else table[..., np.argsort(order)]
    features = tuple(columns[place] for place in places)
    for axis, (place, j) in enumerate(zip(places, features, strict=True)):
        table = table.take(_rows(model, place, int(bins[j].max()), ordered[j]), axis=axis)
    return Term(
        features,
        tuple(bins[j] for j in features),
        table.reshape(-1, len(order)),
        ordered=len(features) == 1 and ordered[features[0]],
    )


def _rows(model: Any, place: int, largest: int, ordered: bool) -> list[int]:
    """Return where interpret keeps the score of each of our bins; its last row is for others."""
    if ordered:
        return list(range(largest + 1))
    known = model.bins_[place][0]
    return [0, *(known.get(str(b), -1) for b in range(1, largest + 1))]


def _coarse(codes: NDArray[np.uint8], weights: Floats, n: int, ordered: bool) -> Bins:
    """Return at most `COARSE` bins for the codes of a column, besides the missing one."""
    known = np.bincount(codes, weights, n)[1:]
    if len(known) <= COARSE:
        return np.arange(n)
    if ordered:
        middle = (np.cumsum(known) - known / 2) / known.sum()
        bins = np.minimum((middle * COARSE).astype(np.intp), COARSE - 1)
        bins = np.unique(bins, return_inverse=True)[1]
    else:  # the rarest share a bin
        rank = np.empty(len(known), dtype=np.intp)
        rank[np.argsort(-known, kind="stable")] = np.arange(len(known))
        bins = np.minimum(rank, COARSE - 1)
    return np.concatenate([[0], bins + 1])
