"""One door to all formats: write, run, compare with the student, and only then keep."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_distill._files import write_whole
from jupyter_distill._validation import check_choice, did_you_mean, expected, some, target_file
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._alike import answered_alike, rounding
from jupyter_distill.exports.code._cells import cells
from jupyter_distill.exports.code._read import form_of
from jupyter_distill.exports.code._result import Export

FOLDER = Path(__file__).parent


def formats() -> list[str]:
    """Return the formats that there are, e.g. ``["json", "python", "sql"]``."""
    found = pkgutil.iter_modules([str(FOLDER)])
    return sorted(module.name for module in found if not module.name.startswith("_"))


def export(
    student: Any,
    format: str,
    path: str | Path | None = None,
    *,
    rows: Any = None,
    name: str | None = None,
    **options: Any,
) -> Export:
    """Write a fitted student as code or text, run that, and compare it with the student.

    Parameters
    ----------
    student : Student or Distillation
        What to write.
    format : str
        ``"python"``: a function of the standard library. ``"sql"``: a ``CASE`` expression, or a
        whole query. ``"json"``: every parameter, exact. ``"onnx"``: a graph for onnxruntime.
        ``"text"`` and ``"markdown"``: what people read.
    path : str or Path, optional
        File to write it to as well; an existing one is replaced.
    rows : data frame, array or Table, optional
        Rows on which it has to answer as the student does; those held out of a distillation.
        Rows made up at its thresholds are looked at too, whether or not there are others.
    name : str, optional
        What to call the student in it.
    **options
        Of the format. ``"sql"``: `dialect`, `table`, `columns`, `keep` and `answer`.

    Returns
    -------
    Export
        Its text is what it shows; ``describe()`` says what was checked.

    Raises
    ------
    ValueError
        If there is no such format, an option has no such value, `rows` have other columns, or what
        was written does not answer as the student does: the first row where it differs is named.
    TypeError
        If it is no student of one of the families, or an option has another name.
    FileNotFoundError, IsADirectoryError
        If there is no folder for the file.
    ImportError
        If a package that writes the format is not installed.

    Notes
    -----
    Labels have to be the same, and probabilities within 1e-9 (numbers: within 1e-9 of the largest).
    ``"text"`` and ``"markdown"`` round what is added or answered, never what is asked, to as few
    digits as leave every label the same and every probability within 5e-4 (numbers: 1e-6 of the
    largest), unless `digits` are given. They are read back by what they say alone and followed row
    by row, and have to come to what the rounded numbers come to, within 1e-9; what rounding makes
    of it is said apart.

    Where a package that runs what was written is not installed (onnxruntime; DuckDB for its own
    dialect), it is written nevertheless: ``checked`` is False, and a note names the package.
    """
    module = _load(format)
    own = student if isinstance(student, Distillation) else None
    if own is not None:
        student = own.student
        rows = own.held_out[0] if rows is None else rows
    form = form_of(student)
    _check_options(format, module, options)
    target = None if path is None else target_file(path, f"student{module.SUFFIX}")
    table = None if rows is None else Table.of(rows, columns=student.columns_)
    title = name if name is not None else form.title if own is None else own.subject
    looked_at = cells(form, table)
    about = About(_text("name", title), form, student, looked_at, own)
    content = module.write(form, about, **_options(module.write, options))
    checked = module.check(content, form, looked_at, **_options(module.check, options))
    worst, notes = answered_alike(student, form, looked_at, checked, format)
    done = checked.answers is not None
    made = Export(
        format=format,
        content=content,
        checked_rows=len(looked_at) - looked_at.probes if done else 0,
        checked_edges=looked_at.probes if done else 0,
        max_difference=worst,
        checked_by=checked.by,
        notes=(*checked.notes, *notes),
        rounding=rounding(student, form, looked_at, checked) if done else None,
    )
    if target is None:
        return made
    write_whole(target, content, f"the export {target.name!r}")
    return replace(made, path=target)


def _load(format: Any) -> ModuleType:
    return import_module(f"{__package__}.{check_choice('format', format, formats())}")


def _allowed(module: ModuleType) -> list[str]:
    found = signature(module.write).parameters.values()
    return [one.name for one in found if one.kind is Parameter.KEYWORD_ONLY]


def _check_options(format: str, module: ModuleType, options: dict[str, Any]) -> None:
    allowed = _allowed(module)
    for option in options:
        if option not in allowed:
            what = some(allowed, 20) if allowed else "none"
            raise TypeError(
                expected(f"options of the format {format!r}: {what}", got=f"{option}=")
                + did_you_mean(option, allowed)
            )


def _options(of: Any, options: dict[str, Any]) -> dict[str, Any]:
    takes = signature(of).parameters
    return {name: value for name, value in options.items() if name in takes}


def _text(what: str, value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise TypeError(expected(f"{what} to be text", got=repr(value)))
