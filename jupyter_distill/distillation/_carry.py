"""Hand on what was made of one result to another of which it holds too."""

from __future__ import annotations

from dataclasses import fields
from typing import TypeVar

Result = TypeVar("Result")


def carry(made: object, result: Result, *names: str) -> Result:
    """Return `result` with cached properties of `made`, so that none is computed again.

    Parameters
    ----------
    made, result : dataclass instances
        Frozen ones too: a cached property is no field.
    names : str
        Properties that hold of both; all that `made` has cached unless given. One that was not
        asked for yet is left to be computed when it is.
    """
    of = {field.name for field in fields(made)}  # type: ignore[arg-type]
    cached = {name: value for name, value in vars(made).items() if name not in of}
    vars(result).update({n: v for n, v in cached.items() if not names or n in names})
    return result
