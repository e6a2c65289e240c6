"""A distillation from a file: read as data, checked, and asked once before anybody sees it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, NoReturn

from jupyter_distill._validation import Refusal, expected
from jupyter_distill.data import Rows
from jupyter_distill.data.strata import fixed
from jupyter_distill.distillation import ClassRung, Distillation, Ladder, NumberRung, remember
from jupyter_distill.distillation._census import Census, ClassSums, NumberSums
from jupyter_distill.distillation._course import Course
from jupyter_distill.distillation._sample import Sample
from jupyter_distill.findings import Finding, Findings
from jupyter_distill.saving._archive import read
from jupyter_distill.saving._arrow import arrow
from jupyter_distill.saving._checked import check, check_census
from jupyter_distill.saving._parts import Read
from jupyter_distill.saving._records import check_rows_of, decoders, table_from_plain
from jupyter_distill.saving._refuse import Damaged, need
from jupyter_distill.saving._students import student_of
from jupyter_distill.saving._targets import targets_from_plain
from jupyter_distill.saving._teacher import About, AbsentTeacher, check_about, found_again
from jupyter_distill.saving._typed import Decoder
from jupyter_distill.students import Student

KEYS = {
    *("task", "teacher", "table", "targets", "rows", "notes", "random_state", "inputs_given"),
    *("findings", "labels_only", "sample", "census"),
}
REMEDY = "Take another copy of the file, or save the distillation again."
UNFORESEEN = "Take another copy of the file; if it reads no better, the fault is in this package."


class AbsentPopulation:
    """All rows of an owner, of which a sample was saved: nothing more can be counted on them."""

    def census(self, models: Any, targets: Any, work: Any) -> NoReturn:
        """Refuse: the partitions are not in the file."""
        raise Refusal(
            expected(
                "the rows that the sample was drawn from",
                got="a distillation that was loaded: the sample is in its file, the partitions "
                "are not",
                remedy="Look at the student that was chosen when it was saved, or at "
                "d.fidelity() of a distillation of all rows.",
            )
        )


def load(path: str | Path, *, teacher: Any = None) -> Distillation:
    """Read a distillation that :meth:`Distillation.save` wrote.

    It shows every view again, without the teacher: its answers are in the file. What asks the
    teacher about other rows refuses by name until it is given.

    Parameters
    ----------
    path : str or Path
        The file.
    teacher : object, optional
        The model that was distilled, as :func:`as_teacher` takes it. It is looked at whether it is
        that one: by its fingerprint, or else by asking it about a few of the rows.

    Returns
    -------
    Distillation
        Equal to the one that was saved, to the bit.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such file, is damaged or altered, or is of a version of the format that this
        release does not know; the message names the part that is wrong. Also if the teacher is
        another one.
    MemoryError
        If there is not room for it.
    ImportError
        If a package that reads it is missing: pyarrow, of a net safetensors.

    Notes
    -----
    Security: the file is data, and none of it is executed. There is no pickle in it; no class or
    module is looked up by a name in it, as the annotations of this package say which record stands
    where; nothing is unpacked to a folder or is larger than the file. Every part must have the
    SHA-256 that the manifest says, every place in a tree, bin or category must be there, and every
    student has answered the held-out rows as its figures say before it is handed on. So a file of
    a stranger can be opened without harm. That it says the truth it cannot prove: who can alter a
    file can also write a consistent one. Compare the digest of a file that was sent to you.
    """
    source = _source(path)
    arrow()  # what is missing is named before the file is read
    data = source.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of values that are refused anyway
            d, about = _loaded(data)
    except ImportError:
        raise
    except Damaged as error:
        got = f"a file that is damaged or altered: {error}"
        raise _refused(source, got, REMEDY) from error
    except MemoryError:
        raise  # it says nothing of the file
    except Exception as error:
        # what no check foresaw is refused all the same: nothing of the file gets farther than here
        got = f"a file that could not be read, as no check foresaw ({error!r:.200})"
        raise _refused(source, got, UNFORESEEN) from error
    if teacher is None:
        return remember(d)
    held_out = d.held_out
    found = found_again(teacher, about, *held_out, not d.inputs_given)
    object.__setattr__(d, "teacher", found)
    return remember(d)


def _loaded(data: bytes) -> tuple[Distillation, About]:
    manifest, members = read(data)
    parts = Read(members)
    plain = parts.document("distillation.json")
    need(isinstance(plain, dict) and set(plain) == KEYS, "distillation.json", "its parts", plain)
    task = plain["task"]
    need(task in ("classification", "regression"), "distillation.json", "a task", task)
    need(manifest.get("task") == task, "manifest.json", f"the task {task}", manifest.get("task"))
    first = Decoder(parts, {})
    about = first(About, plain["teacher"], "teacher")
    check_about(about, task, "teacher")
    table = table_from_plain(plain["table"], "table", first)
    targets = targets_from_plain(plain["targets"], "targets", parts, task)
    need(targets.n_rows == table.n_rows, "targets", f"{table.n_rows} rows", f"{targets.n_rows}")
    rows = first(Rows, plain["rows"], "rows")
    check_rows_of(rows, table.n_rows, "rows")
    decode = Decoder(parts, decoders(table, targets, rows))
    courses = decode(tuple[Course, ...], parts.document("courses.json"), "courses")
    census = _census(plain["census"], decode, task)
    d = Distillation(
        teacher=AbsentTeacher(about, getattr(targets, "classes", None)),
        table=table,
        targets=targets,
        rows=rows,
        ladder=_ladder(parts, decode, task),
        courses={course.family: course for course in courses},
        notes=decode(tuple[str, ...], plain["notes"], "notes"),
        random_state=fixed(decode(int | None, plain["random_state"], "random_state")),
        inputs_given=decode(bool, plain["inputs_given"], "inputs_given"),
        findings=Findings(decode(tuple[Finding, ...], plain["findings"], "findings")),
        population=None if census is None else AbsentPopulation(),  # type: ignore[arg-type]
        sample=decode(Sample | None, plain["sample"], "sample"),
    )
    need(len(d.courses) == len(courses), "courses.json", "each family once")
    labels_only = None
    if plain["labels_only"] is not None:
        labels_only = student_of(plain["labels_only"], decode)
    # what was measured or fitted when it was saved is not made again
    d.__dict__["labels_only"] = labels_only
    if census is not None:
        check_census(census, d)
        d.__dict__["census"] = census
    check(d)
    return d, about


def _ladder(parts: Read, decode: Decoder, task: str) -> Ladder:
    plain, where = parts.document("ladder.json"), "ladder.json"
    keys = {"rungs", "family", "chosen", "piloted", "usual", "knees"}
    need(isinstance(plain, dict) and set(plain) == keys, where, "a ladder", plain)
    kind = NumberRung if task == "regression" else ClassRung
    need(isinstance(plain["rungs"], list) and plain["rungs"], where, "rungs", plain["rungs"])
    # the students of a ladder stand in documents of their own
    own = {**decode.own, Student: lambda name, _where, of: student_of(name, of)}
    of_rungs = Decoder(parts, own)
    return Ladder(
        rungs=tuple(of_rungs.record(kind, one, where) for one in plain["rungs"]),
        family=decode(str, plain["family"], where),
        chosen=decode(int, plain["chosen"], where),
        piloted=decode(dict[str, tuple[int, ...]], plain["piloted"], where),
        usual=decode(dict[str, int], plain["usual"], where),
        knees=decode(dict[str, int | None], plain["knees"], where),
    )


def _census(plain: Any, decode: Decoder, task: str) -> Census | None:
    if plain is None:
        return None
    keys = {"models", "held_out", "learnt"}
    need(isinstance(plain, dict) and set(plain) == keys, "census", "a census", plain)
    kind = NumberSums if task == "regression" else ClassSums
    return Census(
        decode(tuple[str, ...], plain["models"], "census.models"),
        decode.record(kind, plain["held_out"], "census.held_out"),
        decode.record(kind, plain["learnt"], "census.learnt"),
    )


def _source(path: str | Path) -> Path:
    if not isinstance(path, str | Path):
        raise TypeError(expected("a path of a file, e.g. 'loans.distill'", got=repr(path)))
    source = Path(path).expanduser()
    if source.is_dir():
        got = f"the folder {str(source)!r}"
        raise IsADirectoryError(expected("a file that d.save(path) wrote", got=got))
    if not source.is_file():
        what = f"the file {str(source)!r} to exist"
        raise FileNotFoundError(expected(what, got="none", remedy="Look where it was saved."))
    return source


def _refused(source: Path, got: str, remedy: str) -> ValueError:
    what = f"{source.name!r} to be a distillation as d.save(path) writes it"
    return ValueError(expected(what, got=got, remedy=remedy))
