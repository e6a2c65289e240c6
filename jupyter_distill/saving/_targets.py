"""What a teacher said of rows, as a table of Arrow: exact, with the truth and weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from jupyter_distill.saving._arrow import arrow, to_bytes
from jupyter_distill.saving._parts import Read, Written
from jupyter_distill.saving._plain import array_from_plain, array_to_plain, order_of
from jupyter_distill.saving._refuse import Damaged, need, refuse
from jupyter_distill.targets import Predictions, SoftTargets, Targets

COLUMNS = ("logits", "values", "truth", "labels", "weights")


def targets_to_plain(name: str, targets: Targets, parts: Written) -> dict[str, Any]:
    """Add targets to the parts of a file, and return where they stand."""
    pa = arrow()
    about: dict[str, Any] = {}
    optional: dict[str, Any]
    if isinstance(targets, Predictions):
        columns = {"teacher": targets.values}
        optional = {"truth": targets.truth, "weight": targets.weights}
    else:
        names = [f"teacher: {label}" for label in targets.classes.tolist()]
        columns = {
            f"{j} {name}": z
            for j, (name, z) in enumerate(zip(names, targets.logits.T, strict=True))
        }
        labels = targets.labels
        if labels is not None:
            labels = labels.astype(np.int64)  # as in every file: places take 32 bits in a browser
        optional = {"label": labels, "weight": targets.weights}
        about = {
            "classes": array_to_plain(targets.classes),
            "order": order_of(targets.logits),
        }
    there = {word: column for word, column in optional.items() if column is not None}
    held = [pa.array(np.ascontiguousarray(one)) for one in (*columns.values(), *there.values())]
    data = to_bytes(held, [*columns, *there])
    return {**about, "beside": list(there), "member": parts.table(name, data)}


def targets_from_plain(plain: Any, where: str, parts: Read, task: str) -> Any:
    """Return targets, or refuse what cannot be any."""
    keys = {"beside", "member"} | ({"classes", "order"} if task == "classification" else set())
    need(isinstance(plain, dict) and set(plain) == keys, where, "targets", plain)
    table, beside = parts.table(plain["member"], where), plain["beside"]
    known = ["truth" if task == "regression" else "label", "weight"]
    fine = isinstance(beside, list) and all(word in known for word in beside)
    need(fine and len(set(beside)) == len(beside), where, "truth and weights", beside)
    columns = [_column(one, where) for one in table.columns]
    k = len(columns) - len(beside)
    need(k >= 1, where, "answers", "none")
    more = dict(zip(beside, columns[k:], strict=True))
    try:
        if task == "regression":
            need(k == 1, where, "one number a row", f"{k}")
            return _predictions(columns[0], more)
        classes = array_from_plain(plain["classes"], where)
        logits = np.column_stack(columns[:k])
        logits = np.asfortranarray(logits) if plain["order"] == "F" else logits
        return _soft(logits, classes, more)
    except Damaged:
        raise
    except (TypeError, ValueError) as error:
        raise refuse(where, "targets", str(error)) from error


def _column(column: Any, where: str) -> Any:
    kind = str(column.type)
    need(not column.null_count and kind in ("double", "int64"), where, "numbers, no gaps", kind)
    return np.array(column.combine_chunks().to_numpy(zero_copy_only=False))


def _predictions(values: Any, more: dict[str, Any]) -> Any:
    truth = more.get("truth")
    if truth is not None and np.isnan(truth).all():  # as `take` may leave it
        return _with(Predictions(values, None, more.get("weight")), "truth", truth, "f")
    return Predictions(values, truth, more.get("weight"))


def _soft(logits: Any, classes: Any, more: dict[str, Any]) -> Any:
    labels = more.get("label")
    if labels is not None and labels.dtype == np.int64:
        labels = labels.astype(np.intp)
    if labels is not None and (labels == -1).all():
        return _with(SoftTargets(logits, classes, None, more.get("weight")), "labels", labels, "i")
    return SoftTargets(logits, classes, labels, more.get("weight"))


def _with(targets: Targets, name: str, values: Any, kind: str) -> Any:
    if values.dtype.kind != kind or len(values) != targets.n_rows:
        raise ValueError(f"{name} of {values.dtype}")
    values.setflags(write=False)
    object.__setattr__(targets, name, values)
    return targets
