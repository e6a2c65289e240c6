"""The rows of Parquet files, read a few row groups at a time."""

from __future__ import annotations

import os
from glob import glob, has_magic
from pathlib import Path
from typing import Any

from jupyter_distill._optional import require
from jupyter_distill._validation import expected, some
from jupyter_distill.data.partitions import LocalPartitions, Partition, apart, no_rows, truth_of

ROWS = 65_536  # row groups are read together up to so many rows


class ParquetPartitions(LocalPartitions):
    """Row groups of files, of all files in a folder (Hive's names too), or of a dataset.

    Parameters
    ----------
    source : path, pattern such as "loans-*.parquet", list of paths, or pyarrow dataset
        Where they lie.
    y : str or None
        The column that holds the truth.
    """

    def __init__(self, source: Any, y: Any) -> None:
        super().__init__()
        parquet = _arrow("pyarrow.dataset")
        if isinstance(source, str | os.PathLike):
            self.what = f"{os.fspath(source)!r}"
            source = _opened(parquet, *_files(Path(source)))
        elif isinstance(source, list | tuple):
            self.what = f"{len(source)} Parquet files"
            source = _opened(parquet, [file for path in source for file in _files(Path(path))[0]])
        else:
            self.what = "a pyarrow dataset"
        fragments = _fragments(source)
        self._schema = _common(fragments, source.schema)
        found = [group for fragment in fragments for group in fragment.split_by_row_group()]
        counts = [sum(g.num_rows for g in group.row_groups) for group in found]
        self.n_rows = sum(counts)
        if not self.n_rows:
            raise no_rows(self.what)
        self._groups = _together(found, counts)
        self.n = len(self._groups)
        self._truth = truth_of(y, self._schema.names)
        self.has_truth = y is not None
        self.names = tuple(name for name in self._schema.names if name != self._truth)

    def load(self, place: int) -> Partition:
        """Read one partition as a pandas frame."""
        pa = _arrow()
        try:
            tables = [group.to_table(schema=self._schema) for group in self._groups[place]]
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


REMEDY = "Give a file that ends in .parquet, a folder of such files, or a data frame."


def _files(path: Path) -> tuple[list[str], str | None]:
    """Return the files that a path, or a pattern of paths, stands for, and their folder."""
    if path.is_dir():
        if not (files := sorted(map(str, path.rglob("*.parquet")))):
            got = f"{str(path)!r}, with none"
            raise ValueError(expected("a folder of Parquet files", got=got, remedy=REMEDY))
        return files, str(path)
    if path.exists():
        return [str(path)], None
    if has_magic(str(path)) and (files := sorted(glob(str(path), recursive=True))):
        return files, None
    raise FileNotFoundError(
        expected("a Parquet file or a folder of such", got=f"{str(path)!r}, which is not there")
    )


def _opened(parquet: Any, files: list[str], base: str | None = None) -> Any:
    pa = _arrow()
    try:
        hive = parquet.partitioning(flavor="hive")
        return parquet.dataset(files, format="parquet", partitioning=hive, partition_base_dir=base)
    except (pa.ArrowInvalid, OSError) as error:
        got = f"{some(files)} ({error})"
        raise ValueError(expected("Parquet files", got=got, remedy=REMEDY)) from error


def _fragments(dataset: Any) -> list[Any]:
    """Return the files of a dataset, and refuse one that is not of whole Parquet files."""
    found = list(dataset.get_fragments())
    if any(not hasattr(one, "split_by_row_group") for one in found):
        raise TypeError(
            expected(
                "a pyarrow dataset of Parquet files",
                got=f"one of {some(dict.fromkeys(type(one).__name__ for one in found))}",
                remedy="Write it with pyarrow.dataset.write_dataset(..., format='parquet').",
            )
        )
    return found


def _common(fragments: list[Any], schema: Any) -> Any:
    """Return the columns of all files, each of a type that holds what every file has.

    A file that lacks a column would be read as missing values, and text as numbers.
    """
    pa, types, first = _arrow(), dict[str, Any](), ""
    for fragment in fragments:
        try:
            theirs = fragment.physical_schema
        except (pa.ArrowInvalid, OSError) as error:
            raise ValueError(
                expected(
                    "Parquet files that can be read",
                    got=f"{fragment.path!r} ({error})",
                    remedy="Write it anew, or remove it: it is damaged or not written to the end.",
                )
            ) from error
        own = {field.name: field.type for field in theirs if not _is_index(field.name)}
        if not types:
            types, first = own, fragment.path
        _check_columns(own, types, fragment.path)
        for name, kind in own.items():
            types[name] = _holding(name, types[name], kind, first, fragment.path)
    keys = [field for field in schema if field.name not in types and not _is_index(field.name)]
    return pa.schema([*(pa.field(name, kind) for name, kind in types.items()), *keys])


def _is_index(name: str) -> bool:
    """Tell the index of a frame that pandas has written, which is no column of it."""
    return name.startswith("__index_level_")


def _check_columns(own: dict[str, Any], types: dict[str, Any], path: str) -> None:
    less, more = sorted(set(types) - set(own)), sorted(set(own) - set(types))
    if not less and not more:
        return
    got = [f"no column {some(less)}"] if less else []
    got += [f"also a column {some(more)}"] if more else []
    raise ValueError(
        expected(
            "all files to have the same columns",
            got=f"{' and '.join(got)} in {path!r}",
            remedy="Write all files alike.",
        )
    )


def _holding(name: str, known: Any, kind: Any, first: str, path: str) -> Any:
    """Return a type that holds the values of both."""
    if known == kind:
        return known
    pa = _arrow()
    both = [pa.schema([pa.field(name, one)]) for one in (known, kind)]
    try:
        if pa.types.is_boolean(known) != pa.types.is_boolean(kind):
            nothing = pa.types.is_null(known) or pa.types.is_null(kind)
            if not nothing:
                raise pa.ArrowTypeError("truth values beside others")
        return pa.unify_schemas(both, promote_options="permissive").field(name).type
    except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
        raise TypeError(
            expected(
                f"column {name!r} to be of one type in all files",
                got=f"{known} in {first!r} and {kind} in {path!r}",
                remedy="Write all files alike.",
            )
        ) from error


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
