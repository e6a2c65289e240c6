"""What the browser is given of the reasons of two models: every row's, and how far they agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.audits.attributions import Attributions
from jupyter_distill.audits.attributions._alike import measures
from jupyter_distill.audits.attributions._explained import Attribution
from jupyter_distill.data import quoted
from jupyter_distill.exports.attributions import AGREEMENT
from jupyter_distill.exports.html import number
from jupyter_distill.exports.wire import Wire, encode

State = dict[str, Any]
Floats = NDArray[np.float64]

TITLES = {"shap": "SHAP", "lime": "LIME", "surrogate": "local surrogate"}
SIZES = {"shap": "mean |SHAP value|", "lime": "mean |LIME weight|"}
STEPS = 255  # that an error is told in: finer than the pixels of its line


def reasons(found: Attributions) -> State:
    """Return the reasons of both models, with columns in the order of their larger mean share.

    Values are rounded to single precision, which is more than a screen can show.

    Parameters
    ----------
    found : Attributions
        What was found by one method.
    """
    models = models_of(found)
    order = order_of(found)
    values = np.stack([of.values[:, order] for of in models])
    frame = found.frame().set_index("column").loc[[found.columns[j] for j in order]]
    return {
        "method": found.method,
        "title": TITLES[found.method],
        "size": SIZES.get(found.method, "mean |local weight|"),
        "teacher": None if found.teacher is None else found.teacher.model,
        "student": found.student.model,
        "columns": [found.columns[j] for j in order],
        "used": [bool(used) for used in frame["used"]],
        "ignored": [bool(ignored) for ignored in frame["ignored"]],
        "outputs": list(found.scale.outputs),
        "words": [found.scale.of_output(output) for output in found.scale.outputs],
        "scale": found.scale.words,
        "values": _single(values),
        "shares": _single(np.stack([shares_of(found, k)[:, order] for k in _scores(found)])),
        **_errors(models, order),
        **_rows(found),
        "cells": _cells(found, order),
        "alike": _single(_alike(found)),
        "agreement": agreement(found),
        "notes": list(found.notes),
    }


def models_of(found: Attributions) -> list[Attribution]:
    """Return what was explained: the teacher, where it was, and the student."""
    return [of for of in (found.teacher, found.student) if of is not None]


def order_of(found: Attributions) -> NDArray[np.intp]:
    """Return the columns by the larger of their mean shares in either model."""
    largest = np.max([of.shares for of in models_of(found)], axis=0)
    return np.argsort(-largest, kind="stable")


def shares_of(found: Attributions, output: int | None) -> Floats:
    """Return the mean shares of the columns per model, of one score or (None) of all."""
    if output is None:
        return np.stack([of.shares for of in models_of(found)])
    sizes = np.stack([np.abs(of.values[:, :, output]).mean(0) for of in models_of(found)])
    whole = sizes.sum(1, keepdims=True)
    return np.asarray(sizes / np.where(whole > 0, whole, 1.0))


def mean_frame(found: Attributions, output: str = "") -> pd.DataFrame:
    """Return one row per column: the mean of a score's reasons in either model, and its share."""
    if not output:
        return found.frame()
    k = found.scale.outputs.index(output)
    data: dict[str, Any] = {"column": list(found.columns)}
    whose = ["student"] if found.teacher is None else ["teacher", "student"]
    for who, of, shares in zip(whose, models_of(found), shares_of(found, k), strict=True):
        data |= {who: np.abs(of.values[:, :, k]).mean(0), f"{who}_share": shares}
    return pd.DataFrame(data).iloc[order_of(found)].reset_index(drop=True)


def agreement(found: Attributions) -> list[State]:
    """Return how far both agree in their reasons, and how far the teacher does with itself."""
    if found.teacher is None:
        return []
    table = found.agreement()
    told = []
    for key, words in AGREEMENT.items():
        for _, row in table[table["measure"].str.partition("@")[0] == key].iterrows():
            named = words.format(str(row["measure"]).partition("@")[2])
            both = [_plain(row[name]) for name in ("value", "low", "high")]
            floor = [_plain(row[name]) for name in ("floor", "floor_low", "floor_high")]
            below = bool(row["below_floor"])
            told.append({"words": named, "both": both, "floor": floor, "below": below})
    return told


def _scores(found: Attributions) -> list[int | None]:
    several = len(found.scale.outputs) > 1
    return [None, *range(len(found.scale.outputs))] if several else [None]


def _errors(models: list[Attribution], order: NDArray[np.intp]) -> State:
    """Return the error of every value in steps of the largest one, of the models that have it."""
    known = [None if of.error is None else of.error[:, order] for of in models]
    some = [error for error in known if error is not None]
    if not some:
        return {"errors": None}
    largest = float(max(np.nanmax(error) for error in some)) or 1.0
    steps = np.stack([np.rint(np.nan_to_num(error) / largest * STEPS) for error in some])
    has = [error is not None for error in known]
    return {"errors": {"of": has, "step": largest / STEPS, "steps": encode(steps, "u1")}}


def _rows(found: Attributions) -> State:
    """Return the rows that were explained, and what both models say of them."""
    d, places = found.distillation, found.places
    table, said = d.table.take(places), d.targets.take(places)
    student = d.student.output(table)
    if d.task == "regression":
        answers = np.zeros((2, len(places)), dtype=np.intp)
        numbers = np.stack([said.values, student.reshape(-1)])
        classes: list[str] = []
    else:
        both = np.stack([softmax(said.logits), softmax(student)])
        answers, numbers = both.argmax(2), both.max(2)
        classes = [str(name) for name in d.targets.classes]
    return {
        "rows": encode(places, "i4"),
        "labels": [str(label) for label in found.index.tolist()],
        "decided": _small(found.decided),
        "classes": classes,
        "answers": _small(answers),
        "numbers": _single(numbers),
    }


def _cells(found: Attributions, order: NDArray[np.intp]) -> State:
    """Return what the rows hold: texts once each and which one a row has, or numbers.

    A column of numbers goes as such where that is less, and reads the same to six digits.
    """
    n = len(found.index)
    levels: list[list[str] | None] = []
    codes: list[list[int]] = []
    numbers: list[Floats] = []
    for j in order:
        column = found._table.columns[j]
        texts = [cell_text(found._table.cell(i, int(j))) for i in range(n)]
        known: dict[str, int] = {}
        code = [known.setdefault(text, len(known)) for text in texts]
        size = n + sum(len(text) + 3 for text in known)
        if column.kind == "numeric" and size > 4 * n:
            # a number too large for any single precision is infinite there, and reads otherwise
            with np.errstate(over="ignore"):
                values = found._table.values[:, j].astype(np.float32)
            if [number(float(value)) for value in values] == texts:
                levels.append(None)
                numbers.append(values.astype(np.float64))
                continue
        levels.append(list(known))
        codes.append(code)
    return {
        "levels": levels,
        "codes": _small(np.array(codes, dtype=np.int64).reshape(-1, n)),
        "numbers": _single(np.array(numbers).reshape(-1, n)),
    }


def cell_text(value: object) -> str:
    """Return one value of a row as it stands in a table."""
    if value is None:
        return "missing"
    return number(value) if isinstance(value, float) else str(value)


def said_text(value: object) -> str:
    """Return one value of a row as it stands in a sentence or beside a condition."""
    return quoted(cell_text(value)) if isinstance(value, str) else cell_text(value)


def _alike(found: Attributions) -> Floats:
    if found.teacher is None:
        return np.full(len(found.index), np.nan)
    one, other = (of.of_scores(found.decided) for of in (found.teacher, found.student))
    return measures(one, other)["rank_correlation"]


def _small(values: NDArray[Any]) -> Wire:
    """Encode whole numbers from 0 in as few bytes as they take."""
    return encode(values, "u1" if values.max(initial=0) <= 255 else "i4")


def _single(values: Floats) -> Wire:
    return encode(np.asarray(values, dtype=np.float32), "f4")


def _plain(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
