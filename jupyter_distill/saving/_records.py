"""What is written and read in a way of its own: tables, targets, students, assistants, frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import Column, Rows, Table
from jupyter_distill.distillation._assistant_chain import Assistant
from jupyter_distill.distillation._assistant_estimators import estimator_name
from jupyter_distill.distillation._assistant_fitted import Fitted
from jupyter_distill.saving._plain import order_of
from jupyter_distill.saving._refuse import need, refuse
from jupyter_distill.saving._students import is_ours, student_from_plain, student_to_plain
from jupyter_distill.saving._targets import targets_from_plain, targets_to_plain
from jupyter_distill.saving._typed import Decode, Decoder, Encode, Encoder
from jupyter_distill.students import Student
from jupyter_distill.targets import Predictions, Targets

if TYPE_CHECKING:
    from jupyter_distill.distillation import Distillation

LEARNT = "learnt"  # the rows of the owner that were learnt from, and what was said of them


@dataclass(frozen=True)
class NotSaved:
    """A model that is no student of ours: only its name was saved."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}: not saved>"


@dataclass(frozen=True, eq=False)
class Said:
    """What an assistant said of the held-out rows, which is all that was saved of it."""

    name: str
    held_out: Table
    values: NDArray[np.float64]

    def __call__(self, table: Table) -> NDArray[np.float64]:
        """Return what it said of the held-out rows; refuse others."""
        if np.array_equal(table.values, self.held_out.values, equal_nan=True):
            return self.values
        raise ValueError(
            expected(
                f"the {self.held_out.n_rows} held-out rows, of which the answers of {self.name} "
                "were saved",
                got=f"{table.n_rows} others",
                remedy="It is no student of a family, so the model itself is not in the file.",
            )
        )


def table_to_plain(name: str, table: Table, encode: Encoder) -> dict[str, Any]:
    """Return the rows of an owner, and what was read of them.

    Raises
    ------
    TypeError
        If they would not be read as they were.
    """
    if not np.array_equal(_read(table.native, table.columns).values, table.values, equal_nan=True):
        remedy = "Leave them as they are while they are distilled."
        what = "the rows that were distilled"
        raise TypeError(expected(what, got="rows that have changed since", remedy=remedy))
    return {
        "columns": encode.whole()(tuple[Column, ...], table.columns, f"{name}.columns"),
        "order": order_of(table.values),
        "rows": encode.parts.frame(name, table.native),
    }


def table_from_plain(plain: Any, where: str, decode: Decoder) -> Table:
    """Return the rows of an owner, read as they were."""
    keys = {"columns", "order", "rows"}
    need(isinstance(plain, dict) and set(plain) == keys, where, "a table", plain)
    columns = decode(tuple[Column, ...], plain["columns"], f"{where}.columns")
    native = decode.parts.frame(plain["rows"], where)
    try:
        table = _read(native, columns)
    except (TypeError, ValueError) as error:
        raise refuse(where, "rows of these columns", str(error)) from error
    values = np.asfortranarray(table.values) if plain["order"] == "F" else table.values
    values = np.ascontiguousarray(values) if plain["order"] == "C" else values
    values.setflags(write=False)
    return Table(columns, values, native)


def _read(native: Any, columns: tuple[Column, ...]) -> Table:
    return Table.of(native, columns=columns)


def encoders(d: Distillation) -> dict[Any, Encode]:
    """Return how each is written; rows that are those learnt from as no more than that."""
    held_out = d.held_out[0]
    learnt = d.table.values[d.rows.learnt], d.targets.take(d.rows.learnt)

    def table(one: Table, where: str, encode: Encoder) -> Any:
        same = one.columns == d.table.columns
        if same and np.array_equal(one.values, learnt[0], equal_nan=True):
            return LEARNT
        return table_to_plain("learnt", one, encode)

    def targets(one: Any, where: str, encode: Encoder) -> Any:
        if _same_targets(one, learnt[1]):
            return LEARNT
        return targets_to_plain("taught", one, encode.parts)

    def fitted(one: Fitted, where: str, encode: Encoder) -> Any:
        about = {"name": one.name, "note": one.note, "temperature": one.temperature}
        if is_ours(one.model):
            return {**about, "model": student_to_plain(one.model, f"{where}.model", encode)}
        said = encode(NDArray[np.float64], one.output(held_out), where)
        return {**about, "model": _name(one.model), "said": said}

    def assistant(one: Assistant, where: str, encode: Encoder) -> Any:
        model = (
            student_to_plain(one.model, f"{where}.model", encode)
            if is_ours(one.model)
            else _name(one.model)
        )
        return {"name": one.name, "model": model, "alpha": one.alpha, "whole": one.whole}

    def frame(one: pd.DataFrame, where: str, encode: Encoder) -> Any:
        return encode.parts.frame("measured", one)

    return {
        Student: student_to_plain,
        Fitted: fitted,
        Assistant: assistant,
        pd.DataFrame: frame,
        Table: table,
        Targets: targets,
    }


def decoders(whole: Table, said: Any, rows: Rows) -> dict[Any, Decode]:
    """Return how each is read, beside all rows of the owner and what the teacher said of them."""
    task = "regression" if isinstance(said, Predictions) else "classification"
    held_out = whole.take(rows.held_out)
    learnt = whole.take(rows.learnt), said.take(rows.learnt)

    def table(plain: Any, where: str, decode: Decoder) -> Table:
        found = learnt[0] if plain == LEARNT else table_from_plain(plain, where, decode)
        need(found.columns == whole.columns, where, "the columns of the other rows")
        return found

    def targets(plain: Any, where: str, decode: Decoder) -> Any:
        if plain == LEARNT:
            return learnt[1]
        found = targets_from_plain(plain, where, decode.parts, task)
        if task == "classification":
            need(same_classes(found, said), where, "the classes of the others", found)
        return found

    def fitted(plain: Any, where: str, decode: Decoder) -> Fitted:
        keys = {"name", "note", "temperature", "model"}
        whole = isinstance(plain, dict) and set(plain) | {"said"} == keys | {"said"}
        need(whole, where, "an assistant", plain)
        name, note = decode(str, plain["name"], where), decode(str, plain["note"], where)
        temperature = decode(float | None, plain["temperature"], where)
        if "said" not in plain:
            student = student_from_plain(plain["model"], where, decode)
            return Fitted(name, student, student.output, note, temperature)
        values = decode(NDArray[np.float64], plain["said"], where)
        shape = said.take(rows.held_out)
        shape = (shape.values if task == "regression" else shape.logits).shape
        need(values.shape == shape, where, f"answers of shape {shape}", f"{values.shape}")
        model = NotSaved(decode(str, plain["model"], where))
        return Fitted(name, model, Said(name, held_out, values), note, temperature)

    def assistant(plain: Any, where: str, decode: Decoder) -> Assistant:
        keys = {"name", "model", "alpha", "whole"}
        need(isinstance(plain, dict) and set(plain) == keys, where, "an assistant", plain)
        held = plain["model"]
        model: Any = (
            NotSaved(held) if isinstance(held, str) else student_from_plain(held, where, decode)
        )
        return Assistant(
            decode(str, plain["name"], where),
            model,
            decode(float, plain["alpha"], where),
            decode(bool, plain["whole"], where),
        )

    def frame(plain: Any, where: str, decode: Decoder) -> pd.DataFrame:
        found: pd.DataFrame = decode.parts.frame(plain, where)
        need(isinstance(found, pd.DataFrame), where, "a frame of pandas", type(found).__name__)
        return found

    return {
        Student: student_from_plain,
        Fitted: fitted,
        Assistant: assistant,
        pd.DataFrame: frame,
        Table: table,
        Targets: targets,
    }


def check_rows_of(rows: Rows, n: int, where: str) -> None:
    """Refuse parts of rows that are not there, or in two parts."""
    parts = [rows.train, rows.validation, rows.held_out]
    need(all(part.ndim == 1 for part in parts), where, "positions of rows")
    together = np.concatenate(parts)
    fine = len(rows.held_out) and len(rows.train) and len(np.unique(together)) == len(together)
    need(fine, where, "parts that do not overlap")
    need(together.min() >= 0 and together.max() < n, where, f"positions below {n}")


def same_classes(one: Any, other: Any) -> bool:
    """Return whether targets are of the same classes, each of the same type."""
    ours, theirs = one.classes, other.classes
    return bool(ours.dtype == theirs.dtype and ours.tolist() == theirs.tolist())


def _same_targets(one: Any, other: Any) -> bool:
    names = ("values", "truth", "weights")
    if not isinstance(one, Predictions):
        names = ("logits", "labels", "weights")
    for name in names:
        ours, theirs = getattr(one, name), getattr(other, name)
        if (ours is None) != (theirs is None):
            return False
        if ours is not None and not np.array_equal(ours, theirs, equal_nan=True):
            return False
    return True


def _name(model: Any) -> str:
    return estimator_name(model) if not isinstance(model, NotSaved) else model.name
