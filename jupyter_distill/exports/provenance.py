"""Where the figures of a report come from: model, rows, settings, versions, seed and date."""

from __future__ import annotations

import json
import platform
from datetime import UTC, date, datetime
from hashlib import sha256

from jupyter_distill._validation import expected
from jupyter_distill._versions import versions
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.html import count

_NAMES = ("jupyter-distill", "numpy", "pandas", "scikit-learn")
_SHOWN = 16  # digits of a fingerprint: enough to tell any two apart


def provenance(d: Distillation, when: datetime | date | str | None) -> list[tuple[str, str]]:
    """Return what a reader has to know to make the same report again, by name.

    Parameters
    ----------
    d : Distillation
        What is reported on.
    when : datetime, date, str or None
        The date to state; None: now. The same report, seed and date give the same bytes.
    """
    known = [
        ("teacher", f"{d.teacher.name} (gives {d.teacher.kind or 'numbers'})"),
        ("fingerprint of the teacher", _teacher(d)),
        ("student", d.title),
        ("rows", _split(d)),
        ("columns", ", ".join(d.table.names)),
        ("fingerprint of the rows", _of_rows(d.table)),
    ]
    if d.temperature is not None:
        known.append(("classes", ", ".join(str(c) for c in d.targets.classes)))
        known.append(("temperature", f"{d.temperature:g}"))
    return [
        *known,
        ("alpha", f"{d.alpha:g} (weight of the ground truth)"),
        ("seed", str(d.random_state)),
        ("made", stated(when)),
        ("with", _versions()),
    ]


def stated(when: datetime | date | str | None) -> str:
    """Return a date as text; now, where none is given."""
    if when is None:
        when = datetime.now(UTC)
    if isinstance(when, datetime):
        return when.strftime("%Y-%m-%d %H:%M %Z").rstrip()
    if isinstance(when, date):
        return when.isoformat()
    if isinstance(when, str) and when.strip():
        return when
    raise TypeError(
        expected("a date, or None for now", got=repr(when), remedy="Write date='2026-01-31', say.")
    )


def _teacher(d: Distillation) -> str:
    try:
        return d.teacher.fingerprint[:_SHOWN]
    except (
        TypeError,
        ValueError,
    ) as error:  # the model's own affair: a report is made all the same
        return f"not known: {str(error).splitlines()[0]}"


def _of_rows(table: Table) -> str:
    """Return a hash of the columns and of all that stands in them, whatever library holds them."""
    columns = json.dumps([column.to_dict() for column in table.columns], default=str)
    return sha256(columns.encode() + table.values.tobytes()).hexdigest()[:_SHOWN]


def _split(d: Distillation) -> str:
    parts = {
        "train": d.rows.train,
        "validation": d.rows.validation,
        "held out": d.rows.held_out,
    }
    named = ", ".join(f"{count(len(rows))} {name}" for name, rows in parts.items())
    of = 0 if d.sample is None else d.sample.of
    drawn = f", a sample of {count(of)}" if of > d.table.n_rows else ""
    return f"{count(d.table.n_rows)}{drawn}: {named}"


def _versions() -> str:
    found = [f"{name} {one}" for name, one in versions(_NAMES).items()]
    return ", ".join([f"Python {platform.python_version()}", *found])
