"""Things that are sent to the workers of a cluster, and unpacked once in each process."""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from jupyter_distill._validation import expected

MOST = 3  # things that a process holds unpacked; the eldest goes first

_unpacked: OrderedDict[str, Any] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Packed:
    """A thing as bytes.

    A cluster may drop what it has copied to a worker, and copy it again; what was unpacked there
    stays. The bytes are this session's own, made by :func:`packed` and sent as every task of the
    cluster is; none are ever read from a file.
    """

    token: str
    data: bytes

    def thing(self) -> Any:
        """Return the thing itself, the same for all threads of a process."""
        with _lock:
            if self.token not in _unpacked:
                _unpacked[self.token] = pickle.loads(self.data)
                while len(_unpacked) > MOST:
                    _unpacked.popitem(last=False)
            _unpacked.move_to_end(self.token)
            return _unpacked[self.token]


def packed(thing: Any) -> Packed:
    """Pack a thing, functions of a notebook too.

    Raises
    ------
    TypeError
        If something in it cannot be sent to another process.
    """
    import cloudpickle  # type: ignore[import-untyped]  # which Dask brings

    try:
        return Packed(uuid4().hex, cloudpickle.dumps(thing))
    except Exception as error:  # what pickling raises is the thing's own affair
        raise TypeError(
            expected(
                "a teacher (and students) that can be sent to the workers of a cluster",
                got=f"{type(error).__name__}: {error}",
                remedy="Give a function that loads the model where it runs.",
            )
        ) from error
