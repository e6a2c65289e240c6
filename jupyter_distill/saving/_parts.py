"""The parts of a file while it is written and while it is read: arrays, frames and documents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._optional import require
from jupyter_distill.saving._archive import dumped, loaded
from jupyter_distill.saving._arrow import arrow, from_bytes, to_bytes
from jupyter_distill.saving._frames import pack_frame, unpack_frame
from jupyter_distill.saving._refuse import Damaged, need, refuse

ARRAYS, WEIGHTS = "arrays.arrow", "weights.safetensors"
FEW = 64  # values that stand in the JSON beside what they belong to


@dataclass
class Written:
    """The parts of a file that is being made.

    Attributes
    ----------
    members : dict of str to bytes
        By name.
    """

    members: dict[str, bytes] = field(default_factory=dict)
    _arrays: list[NDArray[Any]] = field(default_factory=list)
    _weights: dict[str, NDArray[Any]] = field(default_factory=dict)
    _students: dict[str, str] = field(default_factory=dict)

    def student(self, name: str, plain: dict[str, Any]) -> str:
        """Add a student; what its fit left stands once, as several sizes may share it."""
        held = dumped([plain["family"], plain["task"], plain["fitted"]])
        first = self._students.setdefault(hashlib.sha256(held).hexdigest(), name)
        return self.document(name, plain if first == name else {**plain, "fitted": first})

    def document(self, name: str, plain: Any) -> str:
        """Add a document, and return its name."""
        self.members[name] = dumped(plain)
        return name

    def table(self, name: str, data: bytes) -> str:
        """Add an Arrow file, and return its name: that of the same bytes where they are there."""
        digest = hashlib.sha256(data).digest()
        for known, held in self.members.items():
            if known.endswith(".arrow") and hashlib.sha256(held).digest() == digest:
                return known
        own, n = f"{name}.arrow", 2
        while own in self.members:
            own, n = f"{name}-{n}.arrow", n + 1
        self.members[own] = data
        return own

    def frame(self, name: str, frame: Any) -> dict[str, Any]:
        """Add a frame of the owner, and return what it is and where it stands."""
        about, data = pack_frame(frame)
        return {**about, "member": self.table(name, data)}

    def array(self, array: NDArray[Any]) -> Any:
        """Add an array of numbers, and return where it stands; None where that is the JSON."""
        if array.size < FEW or array.dtype.kind not in "biuf":
            return None
        self._arrays.append(array)
        return {"column": len(self._arrays) - 1}

    def weights(self, name: str, array: NDArray[Any]) -> Any:
        """Add the weights of a net, and return where they stand."""
        self._weights[name] = np.ascontiguousarray(array.ravel(_order(array)))
        return {"tensor": name}

    def finish(self) -> dict[str, bytes]:
        """Return all parts."""
        if self._arrays:
            pa = arrow()
            columns = []
            for array in self._arrays:
                flat = pa.array(np.ascontiguousarray(array.ravel(_order(array))))
                ends = pa.array([0, len(flat)], pa.int64())
                columns.append(pa.LargeListArray.from_arrays(ends, flat))
            names = [f"array {j}" for j in range(len(columns))]
            self.members[ARRAYS] = to_bytes(columns, names)
        if self._weights:
            numpy = _safetensors("Saving a net")
            self.members[WEIGHTS] = numpy.save(self._weights)
        return self.members


@dataclass
class Read:
    """The parts of a file that is being read.

    Attributes
    ----------
    members : dict of str to bytes
        By name.
    """

    members: dict[str, bytes]

    def document(self, name: str) -> Any:
        """Return what a document says."""
        return loaded(self._member(name, name), name)

    def frame(self, about: Any, where: str) -> Any:
        """Return a frame of the owner."""
        need(isinstance(about, dict) and "member" in about, where, "rows", about)
        return unpack_frame(about, self._member(about["member"], where), str(about["member"]))

    def table(self, name: Any, where: str) -> Any:
        """Return a table of Arrow."""
        return from_bytes(self._member(name, where), str(name))

    def values(self, place: Any, where: str) -> NDArray[Any]:
        """Return the values of an array, by where they stand."""
        need(isinstance(place, dict) and len(place) == 1, where, "where values stand", place)
        ((kind, at),) = place.items()
        if kind == "tensor":
            need(isinstance(at, str) and at in self._weights, where, "weights that are there", at)
            return np.array(self._weights[at]).ravel()
        table = self._arrays
        fine = kind == "column" and type(at) is int and 0 <= at < table.num_columns
        need(fine, where, f"one of {table.num_columns} arrays", place)
        pa = arrow()
        need(pa.types.is_large_list(table.column(at).type), where, "a list of numbers", "others")
        held = table.column(at).combine_chunks()
        need(len(held) == 1 and not held.null_count, where, "one list", f"{len(held)}")
        flat = held[0].values
        need(not flat.null_count, where, "no gaps", f"{flat.null_count}")
        return np.array(flat.to_numpy(zero_copy_only=False))

    def _member(self, name: Any, where: str) -> bytes:
        need(isinstance(name, str) and name in self.members, where, "a part that is there", name)
        return self.members[name]

    @cached_property
    def _arrays(self) -> Any:
        return self.table(ARRAYS, ARRAYS)

    @cached_property
    def _weights(self) -> dict[str, NDArray[Any]]:
        numpy = _safetensors("Loading a net")
        try:
            found: dict[str, NDArray[Any]] = numpy.load(self._member(WEIGHTS, WEIGHTS))
        except Damaged:
            raise
        except Exception as error:  # its own kind of error, and those of numpy
            raise refuse(WEIGHTS, "safetensors", f"{type(error).__name__}: {error}") from error
        return found


def _safetensors(feature: str) -> Any:
    require("safetensors", extra="torch", feature=feature)
    return require("safetensors.numpy", extra="torch", feature=feature)


def _order(array: NDArray[Any]) -> Any:
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
