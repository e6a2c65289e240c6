"""A student as code and text that need no jupyter_distill: one file per format.

A format is a file whose name is what a user types. It has ``SUFFIX``, ``write(form, about,
**options)``, which returns text or bytes, and ``check(content, form, cells, **options)``, which
runs what was written on rows and returns what it answered. Keyword-only parameters of ``write`` are
the options of the format. Files are found by name: a new format is one new file.
"""

from jupyter_distill.exports.code._export import export, formats
from jupyter_distill.exports.code._result import Export

__all__ = ["Export", "export", "formats"]
