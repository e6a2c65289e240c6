"""What the student sees: the owner's rows, by name and kind."""

from jupyter_distill.data._alike import alike
from jupyter_distill.data._read import joined
from jupyter_distill.data.columns import Column, Kind, quoted
from jupyter_distill.data.splits import Rows, check_rows, split_rows
from jupyter_distill.data.table import Table

__all__ = [
    "Column",
    "Kind",
    "Rows",
    "Table",
    "alike",
    "check_rows",
    "joined",
    "quoted",
    "split_rows",
]
