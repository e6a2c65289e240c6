"""One place for what every error of the package says: expected, got, remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from math import isfinite
from numbers import Integral, Real
from pathlib import Path


class Refusal(ValueError):
    """What was given or asked for is refused knowingly: the message says what to do.

    Any other ValueError is a fault of the code, and never taken for an answer.
    """


def expected(what: str, *, got: str, remedy: str = "") -> str:
    """Compose an error message: what was expected, what came, what to do."""
    message = f"Expected {what}. Got {got}."
    return f"{message} {remedy}" if remedy else message


def some(items: Iterable[object], limit: int = 5) -> str:
    """List a few items for a message: ``'a', 'b' and 7 more``."""
    texts = [repr(item) for item in items]
    if len(texts) <= limit:
        return ", ".join(texts)
    return f"{', '.join(texts[:limit])} and {len(texts) - limit} more"


def brief(value: object, limit: int = 80) -> str:
    """Return a value for a message: in full where that is short, else its type and its size.

    A frame that stands where a word was expected is named, not printed.
    """
    shape = getattr(value, "shape", None)
    text = "" if isinstance(shape, tuple) and len(shape) == 2 else repr(value)
    if text and len(text) <= limit and "\n" not in text:
        return text
    kind = with_article(type(value).__name__)
    if isinstance(shape, tuple) and len(shape) == 2:
        return f"{kind} of shape {shape[0]:,} by {shape[1]:,}"
    return f"{kind} {' '.join(text.split())[:limit]}..."


def did_you_mean(name: object, choices: Iterable[str]) -> str:
    """Return ``' Did you mean "tree"?'``, or nothing where no choice is near."""
    near = get_close_matches(str(name), list(choices), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def check_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """Return `value` if it is one of `choices`, else raise a ValueError that lists them."""
    if isinstance(value, str) and value in choices:
        return value
    raise Refusal(
        expected(f"{name} to be one of {some(choices, 20)}", got=brief(value))
        + (did_you_mean(value, choices) if isinstance(value, str) else "")
    )


def check_number(
    name: str,
    value: object,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    integer: bool = False,
) -> float:
    """Return `value` as a number inside ``[low, high]`` and greater than `above`.

    Raises
    ------
    TypeError
        If it is not a number (booleans are not).
    ValueError
        If it is not finite or out of range.
    """
    limits = [
        text
        for bound, text in (
            (low, f">= {low}"),
            (above, f"> {above}"),
            (high, f"<= {high}"),
        )
        if bound is not None
    ]
    kind = "a whole number" if integer else "a finite number"
    what = f"{name} to be {' '.join([kind, ' and '.join(limits)]).strip()}"
    if isinstance(value, bool) or not isinstance(value, Integral if integer else Real):
        raise TypeError(expected(what, got=f"{value!r} ({type(value).__name__})"))
    number = int(value) if integer else float(value)  # type: ignore[call-overload]
    wrong = (
        not isfinite(number)
        or (low is not None and number < low)
        or (high is not None and number > high)
        or (above is not None and number <= above)
    )
    if wrong:
        raise Refusal(expected(what, got=repr(value)))
    return number


def with_article(name: str) -> str:
    """Return a name after its article: ``an EbmStudent``, ``a tree``."""
    return f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


def target_file(path: object, example: str) -> Path:
    """Return the path of a file to be written; an existing one is replaced.

    Parameters
    ----------
    path : str or Path
        Where to.
    example : str
        A name that such a file may have, for messages.

    Raises
    ------
    TypeError
        If it is no path.
    IsADirectoryError
        If it is a folder, or reads like one.
    FileNotFoundError
        If its folder does not exist.
    """
    if not isinstance(path, str | Path):
        raise TypeError(expected(f"a path of a file, e.g. {example!r}", got=repr(path)))
    target = Path(path).expanduser()
    if target.is_dir() or str(path).endswith(("/", "\\")) or not str(path):
        remedy = f"Name a file in it: {str(target / example)!r}."
        raise IsADirectoryError(expected("a path of a file", got=repr(str(path)), remedy=remedy))
    if not target.parent.is_dir():
        what = f"the folder {str(target.parent)!r} to exist"
        raise FileNotFoundError(expected(what, got="none", remedy="Make it first."))
    return target
