"""What leaves a distillation: a report, a file, code, a view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_distill._late import late
from jupyter_distill.distillation._mixin import Mixin


class Outlets(Mixin):
    """What leaves a distillation."""

    def report(self, path: str | Path, *, audit: Any = None, date: Any = None) -> Path:
        """Write one HTML file that shows everything offline, and return its path.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        audit : Audit, optional
            What :meth:`audit` found, to be shown as well.
        date : datetime, date or str, optional
            The date that it states; now, unless given. The same distillation and date give the
            same bytes.
        """
        written: Path = late("jupyter_distill.exports.report:report")(self._d, path, audit, date)
        return written

    def save(self, path: str | Path) -> Path:
        """Write all of this to one file that :func:`jupyter_distill.load` shows again.

        An open format without code: a ZIP of JSON (settings, students, what was tried), Arrow
        (rows, answers) and safetensors (weights of nets). The rows are in it, so that it can be
        looked at and fitted again elsewhere; the teacher is not, nor the partitions that a sample
        was drawn from, nor assistants that are no students of a family. Needs the extra ``store``.

        Parameters
        ----------
        path : str or Path
            Where to, e.g. ``"loans.distill"``; an existing file is replaced, as a whole.

        Returns
        -------
        Path
            The file that was written.

        Raises
        ------
        TypeError
            If a student is of a class of your own, or rows are of a type that cannot be read back.
        FileNotFoundError
            If the folder does not exist.
        """
        written: Path = late("jupyter_distill.saving:save")(self._d, path)
        return written

    def export(self, format: str, path: str | Path | None = None, **options: Any) -> Any:
        """Write the student as code or text that needs nothing of this package.

        What was written is run on all held-out rows, and on rows made up at its thresholds, before
        it is given back: it answers as the student does, or an error names the first row where it
        does not.

        Parameters
        ----------
        format : str
            ``"python"``, ``"sql"``, ``"json"``, ``"onnx"``, ``"markdown"`` or ``"text"``.
        path : str or Path, optional
            File to write it to as well.
        **options
            Other `rows` to check it on, the `name` to give it, and what the format takes: see
            :func:`jupyter_distill.exports.code.export`.

        Returns
        -------
        Export
            The text, or the bytes of a model; ``describe()`` says what was checked.
        """
        return late("jupyter_distill.exports.code:export")(self._d, format, path, **options)

    def view(self) -> Any:
        """Return the view of a notebook: student, temperature, disagreements, ladder and trust."""
        return late("jupyter_distill.widgets:view")(self._d)
