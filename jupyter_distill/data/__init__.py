"""What the student sees: the owner's rows, by name and kind."""

from jupyter_distill.data.columns import Column, Kind
from jupyter_distill.data.splits import Rows, check_rows, split_rows
from jupyter_distill.data.table import Table

__all__ = ["Column", "Kind", "Rows", "Table", "check_rows", "split_rows"]
