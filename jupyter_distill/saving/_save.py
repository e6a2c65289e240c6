"""A distillation as a file."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_distill._files import write_whole
from jupyter_distill._validation import target_file
from jupyter_distill._versions import versions
from jupyter_distill.data import Rows
from jupyter_distill.distillation._course import Course
from jupyter_distill.distillation._sample import Sample
from jupyter_distill.findings import Finding
from jupyter_distill.saving._archive import written
from jupyter_distill.saving._arrow import arrow
from jupyter_distill.saving._parts import Written
from jupyter_distill.saving._plain import to_plain
from jupyter_distill.saving._records import encoders, table_to_plain
from jupyter_distill.saving._students import student_to_plain
from jupyter_distill.saving._targets import targets_to_plain
from jupyter_distill.saving._teacher import About
from jupyter_distill.saving._typed import Encoder

if TYPE_CHECKING:
    from jupyter_distill.distillation import Distillation

PACKAGES = ("jupyter-distill", "numpy", "pandas", "scikit-learn", "pyarrow")


def save(d: Distillation, path: str | Path) -> Path:
    """Write a distillation to one file; see :meth:`Distillation.save`."""
    target = target_file(path, "loans.distill").resolve()
    arrow()  # named before anything is measured
    write_whole(target, to_bytes(d), f"the distillation {target.name!r}")
    return target


def to_bytes(d: Distillation) -> bytes:
    """Return the bytes of the file of a distillation, the same for the same one."""
    parts = Written()
    encode = Encoder(parts, encoders(d))
    courses = tuple(d.courses.values())
    parts.document("ladder.json", _ladder(d, encode))
    parts.document("courses.json", encode(tuple[Course, ...], courses, "courses"))
    parts.document("distillation.json", _whole(d, encode))
    about = {
        "task": d.task,
        "subject": d.subject,
        "with": {"python": platform.python_version(), **versions(PACKAGES)},
    }
    return written(parts.finish(), about)


def _whole(d: Distillation, encode: Encoder) -> dict[str, Any]:
    labels_only = d.labels_only
    return {
        "task": d.task,
        "teacher": encode(About, About.of(d.teacher, d.task), "teacher"),
        "table": table_to_plain("rows", d.table, encode),
        "targets": targets_to_plain("targets", d.targets, encode.parts),
        "rows": encode(Rows, d.rows, "rows"),
        "notes": list(d.notes),
        "random_state": to_plain(d.random_state),
        "inputs_given": d.inputs_given,
        "findings": encode(tuple[Finding, ...], tuple(d.findings), "findings"),
        "labels_only": None
        if labels_only is None
        else encode.parts.student(
            "students/labels-only.json", student_to_plain(labels_only, "labels-only", encode)
        ),
        "sample": encode(Sample | None, d.sample, "sample"),
        "census": _census(d, encode),
    }


def _census(d: Distillation, encode: Encoder) -> Any:
    if d.population is None:
        return None
    census = d.census
    assert census is not None
    sums = type(census.held_out)
    return {
        "models": list(census.models),
        "held_out": encode.record(sums, census.held_out, "census.held_out"),
        "learnt": encode.record(sums, census.learnt, "census.learnt"),
    }


def _ladder(d: Distillation, encode: Encoder) -> dict[str, Any]:
    ladder = d.ladder
    rungs = []
    for rung in ladder:
        where = f"{rung.family}-{rung.size}"
        plain = student_to_plain(rung.student, where, encode)
        document = encode.parts.student(f"students/{where}.json", plain)
        names = [name for name in vars(rung) if name != "student"]
        rungs.append({**{n: to_plain(getattr(rung, n)) for n in names}, "student": document})
    return {
        "rungs": rungs,
        "family": ladder.family,
        "chosen": to_plain(ladder.chosen),
        "piloted": [[n, [to_plain(size) for size in sizes]] for n, sizes in ladder.piloted.items()],
        "usual": [[name, to_plain(size)] for name, size in ladder.usual.items()],
        "knees": [[name, to_plain(size)] for name, size in ladder.knees.items()],
    }
