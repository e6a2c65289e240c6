"""Files in a folder, one beside each row, read batch by batch when a teacher is asked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from copy import copy
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._optional import loaded, require
from jupyter_distill._validation import did_you_mean, expected, some

Read = Callable[[Path], Any]

PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
# Kinds of picture whose numbers are no brightness, and what they are turned into.
_PLAIN = {"1": "L", "P": "RGB", "PA": "RGBA", "CMYK": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
_LISTED = 10_000  # names in a folder that a misspelt one is compared with


class Files:
    """What a teacher sees where that lies in files: one beside each row of `X`.

    Files are read when the teacher is asked, one batch at a time, and never all at once. Arrays
    and tensors of a batch are stacked, ``(rows, ...)``; anything else comes as a list. The
    tokenizer or processor of a model of transformers gets pictures as they are, of any size.

    A :class:`Store` knows rows by what their files hold: the folder may move, and a file that is
    changed is another row.

    Parameters
    ----------
    folder : str or path
        Where the files lie, in folders inside of it too.
    names : column of X, or sequence of str
        Their names within the folder, one per row.
    read : callable, optional
        From a path to what the teacher, or its ``preprocess``, is given of a row, e.g.
        ``lambda path: scipy.io.wavfile.read(path)[1]`` of sound. Unless given: ``.npy`` as array,
        ``.pt`` as tensor, ``.txt`` as text, pictures as array of shape (height, width) or (height,
        width, channels), as they are stored.

    Raises
    ------
    OSError
        If there is no such folder.
    TypeError, ValueError
        If names are missing or no text, or there are no such files, or none that can be read.
    ImportError
        If there are pictures and Pillow is not installed.

    Examples
    --------
    >>> scans = Files("scans/", X["scan"])                                   # doctest: +SKIP
    >>> network = as_teacher(network, preprocess=lambda scans: scans / 255)  # doctest: +SKIP
    >>> distill(network, X.drop(columns="scan"), y, teacher_inputs=scans)    # doctest: +SKIP

    A network of several inputs is given each by its name.

    >>> teacher_inputs = {"scan": scans, "history": history}                 # doctest: +SKIP
    """

    def __init__(
        self, folder: str | os.PathLike[str], names: Any, *, read: Read | None = None
    ) -> None:
        self.folder = _folder(folder)
        self.names: NDArray[Any] = np.array(_names(names), dtype=object)
        self.read = read
        index = getattr(names, "index", None)
        self.index = index if isinstance(index, pd.Index) else None  # to be compared with X's
        self._rows = np.arange(len(self.names))
        _refuse_missing(self.folder, self.names)
        if read is None:
            self._refuse_unknown()

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, rows: Any) -> Any:
        """Return what one row holds, or some rows, whose files are not read yet."""
        if isinstance(rows, int | np.integer):
            return self[[rows]].batch(stack=False)[0]
        some_rows = copy(self)
        some_rows.names, some_rows._rows = self.names[rows], self._rows[rows]
        some_rows.index = None if self.index is None else self.index[rows]
        return some_rows

    def __iter__(self) -> Iterator[Any]:
        return (self[row] for row in range(len(self)))

    def __repr__(self) -> str:
        return f"<Files: {len(self):,} in {str(self.folder)!r}>"

    def batch(self, *, stack: bool = True) -> Any:
        """Read all files.

        Parameters
        ----------
        stack : bool, default True
            Whether arrays and tensors are put into one; without, all come as a list.

        Raises
        ------
        ValueError
            If one cannot be read, or is unlike the others; the message says which.
        """
        items = [self._item(place) for place in range(len(self))]
        if not stack:
            return items
        if self.read is None:
            items = [np.asarray(item) if hasattr(item, "convert") else item for item in items]
        forms = [_form(item) for item in items]
        odd = [place for place, form in enumerate(forms) if form != forms[0]]
        if odd:
            raise ValueError(
                expected(
                    "the files of a batch to hold arrays of one type and shape",
                    got=f"{forms[0]} in {self._named(0)} and {forms[odd[0]]} in "
                    f"{self._named(odd[0])}",
                    remedy="Make them alike: read=, a function from a path to an array, e.g. "
                    "lambda path: np.asarray(PIL.Image.open(path).convert('RGB').resize((64, 64)))"
                    " of pictures.",
                )
            )
        return _stacked(items)

    def prints(self) -> list[tuple[str, str]]:
        """Return what tells each row from any other: the bytes of its file, and how it is read."""
        known: dict[str, str] = {}
        for place, name in enumerate(self.names):
            if name not in known:
                known[name] = self._read(_digest, place)
        # The ending says how it is read; a function may go by all of the name.
        called = _ending if self.read is None else _posix
        return [(called(name), known[name]) for name in self.names]

    def _item(self, place: int) -> Any:
        return self._read(self.read or _READERS[_ending(self.names[place])], place)

    def _read(self, read: Read, place: int) -> Any:
        try:
            return read(self.folder / self.names[place])
        except (ImportError, MemoryError):
            raise
        except Exception as error:  # each kind of file has errors of its own
            raise ValueError(
                expected(
                    "files that can be read",
                    got=f"{self._named(place)}: {type(error).__name__}: {error}",
                    remedy="Mend it, or leave its row out."
                    if self.read is None
                    else "Mend it or the function given as read=, or leave its row out.",
                )
            ) from error

    def _named(self, place: int) -> str:
        return f"{self.names[place]!r} (row {self._rows[place]})"

    def _refuse_unknown(self) -> None:
        """Refuse files that nobody says how to read, and pictures where nothing reads them."""
        endings = [_ending(name) for name in self.names]
        unknown = [place for place, ending in enumerate(endings) if ending not in _READERS]
        if unknown:
            raise ValueError(
                expected(
                    f"files of the kinds {some(_READERS, 20)}",
                    got=f"{self._named(unknown[0])}"
                    + (f" and {len(unknown) - 1} more of others" if len(unknown) > 1 else ""),
                    remedy="Say how to read them: read=, a function from a path to what the "
                    "teacher takes.",
                )
            )
        if not set(endings).isdisjoint(PICTURES):
            _pillow()


def _folder(given: Any) -> Path:
    if not isinstance(given, str | os.PathLike):
        raise TypeError(expected("folder to be the name of one", got=f"{given!r}"))
    folder = Path(given)
    if folder.is_dir():
        return folder
    what = "folder to be one that is there"
    if folder.exists():
        raise NotADirectoryError(expected(what, got=f"the file {str(folder)!r}"))
    hint = _near(folder.parent, folder.name)
    got = f"{str(folder)!r}, seen from {str(Path.cwd())!r}"
    raise FileNotFoundError(expected(what, got=got) + hint)


def _names(given: Any) -> list[str]:
    """Return the names as text, or say which are none."""
    if isinstance(given, str | bytes | os.PathLike) or not hasattr(given, "__len__"):
        remedy = f"Give the column itself: X[{given!r}]." if isinstance(given, str) else ""
        what = "names to hold the name of a file for each row"
        raise TypeError(expected(what, got=f"{given!r}", remedy=remedy))
    found = nw.from_native(given, allow_series=True, eager_only=True, pass_through=True)
    found = found.to_list() if isinstance(found, nw.Series) else found
    values = found.tolist() if hasattr(found, "tolist") else list(found)
    gaps = [row for row, value in enumerate(values) if _is_missing(value)]
    if gaps:
        raise ValueError(
            expected(
                "the name of a file for each row",
                got=f"{len(gaps)} of {len(values)} missing (rows {some(gaps)})",
                remedy="Leave these rows out of X, too, or name a file that stands for none.",
            )
        )
    wrong = [row for row, value in enumerate(values) if not isinstance(value, str | os.PathLike)]
    if wrong:
        first = values[wrong[0]]
        raise TypeError(
            expected(
                "names of files as text",
                got=f"{first!r} ({type(first).__name__}, row {wrong[0]})",
                remedy="With pandas: names.astype(str) + '.png', say.",
            )
        )
    return [os.fspath(value) for value in values]


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value == "" or value != value


def _refuse_missing(folder: Path, names: NDArray[Any]) -> None:
    """Refuse names of which there is no file in the folder."""
    whole = os.path.abspath(folder)
    there = {
        name: _inside(os.path.abspath(folder / name), whole) and (folder / name).is_file()
        for name in dict.fromkeys(names)
    }
    missing = [name for name, known in there.items() if not known]
    if missing:
        first = folder / missing[0]
        hint = _near(first.parent, first.name) if _inside(os.path.abspath(first), whole) else ""
        raise ValueError(
            expected(
                f"names of files in {str(folder)!r}",
                got=f"{len(missing)} of {len(there)} that are not there: {some(missing)}",
                remedy="Names are those within the folder, with their ending.",
            )
            + hint
        )


def _ending(name: str) -> str:
    return Path(name).suffix.lower()


def _posix(name: str) -> str:
    return Path(name).as_posix()


def _inside(path: str, folder: str) -> bool:
    return os.path.commonprefix([path, os.path.join(folder, "")]) == os.path.join(folder, "")


def _near(folder: Path, name: str) -> str:
    """Return what the name of a file, or folder, may have been meant to be."""
    if not folder.is_dir():
        return ""
    with os.scandir(folder) as entries:
        known = [entry.name for entry in islice(entries, _LISTED)]
    longer = sorted(other for other in known if other.startswith(f"{name}."))
    return f' Did you mean "{longer[0]}"?' if longer else did_you_mean(name, known)


def _form(item: Any) -> str:
    """Say what an item is, so far as items that are stacked must be alike."""
    if not (hasattr(item, "shape") and hasattr(item, "dtype")):
        return type(item).__name__
    kind = "a tensor" if hasattr(item, "detach") else "an array"
    return f"{kind} of {item.dtype} of shape {tuple(item.shape)}"


def _stacked(items: list[Any]) -> Any:
    torch: Any = loaded("torch")
    if torch is not None and isinstance(items[0], torch.Tensor):
        return torch.stack(items)
    return np.stack(items) if isinstance(items[0], np.ndarray | np.generic) else items


def _pillow() -> Any:
    require("PIL", extra="images", feature="Reading pictures")
    return import_module("PIL.Image")


def _picture(path: Path) -> Any:
    """Return a picture whose numbers are its brightness, as it is stored."""
    with _pillow().open(path) as opened:
        mode = _PLAIN.get(opened.mode, opened.mode)
        if opened.mode == "P" and "transparency" in opened.info:
            mode = "RGBA"
        return opened.convert(mode)


def _array(path: Path) -> Any:
    return np.load(path, allow_pickle=False)  # which would execute what it finds


def _tensor(path: Path) -> Any:
    torch: Any = require("torch", extra="torch", feature="Reading tensors")
    return torch.load(path, map_location="cpu", weights_only=True)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_READERS: dict[str, Read] = {
    ".npy": _array,
    ".pt": _tensor,
    ".txt": _text,
    **dict.fromkeys(PICTURES, _picture),
}
