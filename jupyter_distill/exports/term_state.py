"""What the view of terms is given: plain values and wire arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._shares import percent
from jupyter_distill.audits._moves import answers, said_by
from jupyter_distill.exports.drawn_terms import Drawn
from jupyter_distill.exports.html import count
from jupyter_distill.exports.term_model import TermModel
from jupyter_distill.exports.wire import Wire, encode

State = dict[str, Any]


def terms(model: TermModel) -> State:
    """Return all terms, with the data's density; what a screen shows is single precision."""
    explanation = model.explanation
    return {
        "family": "linear" if model.linear else "ebm",
        "classes": list(explanation.classes),
        "scores": list(explanation.scores),
        "intercept": model.intercept.tolist(),
        "reading": explanation.reading,
        "centred": model.linear and model.student is not None,
        "rows": None if model.learnt is None else len(model.learnt),
        "all": None if model.d is None else model.d.table.n_rows,
        "near": model.linear and model.student is not None and model.learnt is None,
        "terms": [_term(model, t, drawn) for t, drawn in enumerate(model.terms)],
    }


def _term(model: TermModel, t: int, drawn: Drawn) -> State:
    found: State = {
        "name": drawn.name,
        "columns": [model.explanation.columns[j].name for j in drawn.features],
        "kind": drawn.kind,
        "importance": drawn.importance,
        "cost": model.cost(t),
        "scores": _shown(drawn.scores),
    }
    if drawn.numeric:
        found["edges"] = encode(drawn.edges, "f8")
    if drawn.names:
        found["names"] = [list(names) for names in drawn.names]
    if drawn.support is not None:
        found["support"] = _shown(drawn.support)
    if drawn.missing is not None:
        rows = None if np.isnan(drawn.n_missing) else drawn.n_missing
        found["missing"] = {"scores": drawn.missing.tolist(), "rows": rows}
    if drawn.density is not None:
        low, high, counts = drawn.density
        found["density"] = {"low": low, "high": high, "counts": encode(counts, "i4")}
    if drawn.coefficients:
        found["coefficients"] = [
            {"name": c.name, "values": c.values.tolist(), "moves": c.moves.tolist()}
            for c in drawn.coefficients
        ]
    return found


def asking(model: TermModel, teacher: str | bool) -> State:
    """Return whether the teacher is asked by itself, by a button, or not, and why not."""
    name = "" if model.d is None else model.d.teacher.name
    if teacher is False or model.silence:
        why = "" if teacher is False else model.silence
        return {"mode": "none", "why": why, "name": name}
    assert model.d is not None  # else there is no teacher to ask
    far = model.d.teacher.remote and teacher is not True
    return {"mode": "button" if far else "auto", "why": "", "name": name}


def overlay(model: TermModel, t: int) -> State | None:
    """Return what the teacher has said of a term; None where it was not asked."""
    found = model.overlay(t)
    if found is None:
        return None
    bars = model.on_bars(t)
    if bars is not None:
        return {"said": found.said, "bars": _shown(bars)}
    known = found.known
    sent: State = {
        "said": found.said,
        "values": encode(found.values[known], "f8"),
        "scores": _shown(found.scores[known]),
    }
    if not known.all():
        sent["missing"] = found.scores[~known][0].tolist()
    return sent


def reasons(model: TermModel, row: int | None) -> State:
    """Return how the score of a row comes about; nothing without a row."""
    if row is None:
        return {}
    found = model.reasons(row)
    return {
        "row": row,
        "values": list(found.values),
        "at": [None if np.isnan(v) else float(v) for v in found.at],
        "adds": _shown(found.adds),
        "total": found.total.tolist(),
        "student": found.student.tolist(),
        "teacher": found.teacher.tolist(),
    }


def kept(model: TermModel, rows: NDArray[Any]) -> State:
    """Return how the scores of many rows come about, for a page without a kernel."""
    if model.d is None or not model.terms:
        return {}
    some = model.d.table.take(rows)
    adds = np.stack([model.added(t, some.values) for t in range(len(model.terms))], axis=1)
    each = [some.values[i : i + 1] for i in range(len(rows))]
    written = [
        [
            ", ".join(model.written(j, float(one[0, j])) for j in drawn.features)
            for drawn in model.terms
        ]
        for one in each
    ]
    places = [[model.place(drawn, one) for drawn in model.terms] for one in each]
    return {
        "rows": encode(rows, "i4"),
        "values": written,
        "at": _shown(np.array(places)),
        "adds": _shown(adds),
        "total": _shown(model.intercept + adds.sum(axis=1)),
        "student": _shown(said_by(model.d.student, some)),
        "teacher": _shown(answers(model.d.targets.take(rows))),
    }


def sum_of(model: TermModel, row: int, score: int) -> str:
    """Write the sum of one row: ``-1.2 + 0.8 (income 52) = -0.4``, and what follows."""
    found = model.reasons(row)
    order = np.argsort(-np.abs(found.adds[:, score]), kind="stable")
    parts = [f"{model.intercept[score]:.2f} (intercept)"]
    parts += [
        f"{'-' if found.adds[t, score] < 0 else '+'} {abs(found.adds[t, score]):.2f} "
        f"({model.terms[t].name}: {found.values[t]})"
        for t in order
    ]
    text = f"Row {row}: {' '.join(parts)} = {found.total[score]:.2f}"
    classes = model.explanation.classes
    if not classes:
        return f"{text}; the teacher says {found.teacher[0]:.4g}."
    k = 1 if len(classes) == 2 else score
    return (
        f"{text}, so {percent(found.student[k])} {classes[k]}; "
        f"the teacher says {percent(found.teacher[k])}."
    )


def plain(model: TermModel) -> str:
    """Return the terms as text."""
    lines = [model.explanation.reading]
    for drawn in model.terms:
        rows = "" if drawn.support is None else f", {count(float(drawn.support.sum()))} rows"
        lines.append(
            f"{drawn.name}: adds {drawn.scores.min():+.3g} to {drawn.scores.max():+.3g}{rows}"
        )
    return "\n".join(lines)


def _shown(values: NDArray[np.float64]) -> Wire:
    return encode(np.asarray(values, dtype=np.float32), "f4")
