"""The rows of Parquet files, read a few row groups at a time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_distill._optional import require
from jupyter_distill._validation import expected, some
from jupyter_distill.data.partitions import LocalPartitions, Partition, apart, no_rows, truth_of

ROWS = 131_072  # row groups are read together up to so many rows


class ParquetPartitions(LocalPartitions):
    """Row groups of one file, of all files in a folder (Hive's names too), or of a dataset.

    Parameters
    ----------
    source : path or pyarrow dataset
        Where they lie.
    y : str or None
        The column that holds the truth.
    """

    def __init__(self, source: Any, y: Any) -> None:
        super().__init__()
        parquet = _arrow("pyarrow.dataset")
        if isinstance(source, str | os.PathLike):
            self.what = f"{os.fspath(source)!r}"
            source = _opened(parquet, Path(source))
        else:
            self.what = "a pyarrow dataset"
        self._dataset = source
        groups = [_checked(f, source.schema) for f in source.get_fragments()]
        found = [group for of_file in groups for group in of_file.split_by_row_group()]
        counts = [sum(g.num_rows for g in group.row_groups) for group in found]
        self.n_rows = sum(counts)
        if not self.n_rows:
            raise no_rows(self.what)
        self._groups = _together(found, counts)
        self.n = len(self._groups)
        self._truth = truth_of(y, source.schema.names)
        self.has_truth = y is not None
        self.names = tuple(name for name in source.schema.names if name != self._truth)

    def load(self, place: int) -> Partition:
        """Read one partition as a pandas frame."""
        pa = _arrow()
        schema = self._dataset.schema
        try:
            tables = [group.to_table(schema=schema) for group in self._groups[place]]
        except (pa.ArrowInvalid, OSError) as error:
            files = dict.fromkeys(group.path for group in self._groups[place])
            raise ValueError(
                expected(
                    "Parquet files that can be read",
                    got=f"{some(files)} ({error})",
                    remedy="Write them anew: they are damaged or not written to the end.",
                )
            ) from error
        return apart(pa.concat_tables(tables).to_pandas(), self._truth)


def _arrow(module: str = "pyarrow") -> Any:
    return require(module, extra="store", feature="Reading Parquet files")


def _opened(parquet: Any, path: Path) -> Any:
    pa = _arrow()
    remedy = "Give a file that ends in .parquet, a folder of such files, or a data frame."
    if not path.exists():
        raise FileNotFoundError(
            expected("a Parquet file or a folder of such", got=f"{str(path)!r}, which is not there")
        )
    if path.is_dir() and not any(path.rglob("*.parquet")):
        raise ValueError(
            expected("a folder of Parquet files", got=f"{str(path)!r}, with none", remedy=remedy)
        )
    files = sorted(map(str, path.rglob("*.parquet"))) if path.is_dir() else [str(path)]
    try:
        hive = parquet.partitioning(flavor="hive")
        base = str(path) if path.is_dir() else None
        return parquet.dataset(files, format="parquet", partitioning=hive, partition_base_dir=base)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(
            expected("Parquet files", got=f"{str(path)!r} ({error})", remedy=remedy)
        ) from error


def _checked(fragment: Any, schema: Any) -> Any:
    """Refuse a file that lacks a column of the others: it would be read as missing values."""
    pa = _arrow()
    try:
        theirs = fragment.physical_schema
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(
            expected(
                "Parquet files that can be read",
                got=f"{fragment.path!r} ({error})",
                remedy="Write it anew: it is damaged or not written to the end.",
            )
        ) from error
    keys = _partition_keys(fragment)
    ours = {name for name in schema.names if name not in keys}
    if set(theirs.names) != ours:
        less, more = sorted(ours - set(theirs.names)), sorted(set(theirs.names) - ours)
        got = [f"no column {some(less)}"] if less else []
        got += [f"also a column {some(more)}"] if more else []
        raise ValueError(
            expected(
                "all files to have the same columns",
                got=f"{' and '.join(got)} in {fragment.path!r}",
                remedy="Write all files alike.",
            )
        )
    return fragment


def _partition_keys(fragment: Any) -> set[str]:
    parquet = _arrow("pyarrow.dataset")
    return set(parquet.get_partition_keys(fragment.partition_expression))


def _together(groups: list[Any], counts: list[int]) -> list[list[Any]]:
    """Put neighbouring row groups together until they have enough rows."""
    found: list[list[Any]] = []
    room = 0
    for group, count in zip(groups, counts, strict=True):
        if count == 0:
            continue
        if count > room:
            found.append([])
            room = ROWS
        found[-1].append(group)
        room -= count
    return found
