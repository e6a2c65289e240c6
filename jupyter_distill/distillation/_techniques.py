"""Which techniques are tried for a family, as a person asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from jupyter_distill._validation import check_choice, expected
from jupyter_distill.data.augmentation import METHODS
from jupyter_distill.distillation._assistants import Assistant
from jupyter_distill.distillation._lessons import Teaching
from jupyter_distill.teachers import Teacher

Step = Sequence[tuple[str, Callable[[Teaching], Teaching]]]

TRIED = tuple(METHODS)  # by "auto": each is the best on some data
FEW = 2_000  # rows learnt from beyond which made rows add nothing


def read_augment(augment: Any, *, inputs_given: bool, teacher: Teacher) -> tuple[str, ...] | None:
    """Return the ways of making rows to try; None where the data decide.

    Raises
    ------
    TypeError, ValueError
        If there is no such way, the teacher sees something else than the student, or it cannot
        be asked about rows that are made.
    """
    if augment is None or augment is False:
        return ()
    listed = [augment] if isinstance(augment, str) else augment
    if not isinstance(listed, list | tuple) or not listed:
        raise TypeError(
            expected(
                f'augment to be "auto", None or one or several of {", ".join(METHODS)}',
                got=repr(augment),
            )
        )
    for method in listed:
        if method == "auto" and len(listed) > 1:
            raise ValueError(
                expected(
                    f'"auto" alone, or one or several of {", ".join(METHODS)}, as augment',
                    got=repr(augment),
                    remedy='Give "auto", which tries them all, or name some.',
                )
            )
        check_choice("augment", method, ["auto", *METHODS])
    if listed[0] == "auto":
        return () if inputs_given or not teacher.answers_new_rows else None
    if not teacher.answers_new_rows:
        raise ValueError(
            expected(
                "a teacher that can be asked about rows that are made",
                got=f"{teacher.name} and augment={augment!r}",
                remedy="Leave augment out: recorded answers say nothing of other rows. Or give "
                "the model itself.",
            )
        )
    if inputs_given:
        raise ValueError(
            expected(
                "a teacher that sees the rows of X, to ask it about rows that are made",
                got=f"teacher_inputs and augment={augment!r}",
                remedy="Leave augment out, or give the teacher a preprocess of X: "
                "as_teacher(model, preprocess=...).",
            )
        )
    return tuple(dict.fromkeys(listed))


def steps(unlabelled: int, methods: Sequence[str], assistants: Sequence[Assistant]) -> list[Step]:
    """Return what is tried, in order.

    Ways of making rows are rivals of each other, and so are a chain of assistants and each of
    these alone: the first alone is taught with the chain.

    Parameters
    ----------
    unlabelled : int
        Real rows without labels: they help most, so that they come first.
    """
    found: list[Step] = []
    if unlabelled:
        rows = "1 unlabelled row" if unlabelled == 1 else f"{unlabelled:,} unlabelled rows"
        found.append([(rows, lambda so_far: replace(so_far, unlabelled=True))])
    if methods:
        found.append([(f"augmentation by {m}", _making(m)) for m in methods])
    if assistants:
        alone = {one.key: (one,) for one in assistants}
        chains = [tuple(assistants), *(alone.values() if len(assistants) > 1 else ())]
        found.append([(_named(chain), _taught_by(chain)) for chain in chains])
    return found


def _named(chain: Sequence[Assistant]) -> str:
    return f"assistant {', then '.join(one.name for one in chain)}"


def _taught_by(chain: tuple[Assistant, ...]) -> Callable[[Teaching], Teaching]:
    return lambda so_far: replace(so_far, assistants=chain)


def _making(method: str) -> Callable[[Teaching], Teaching]:
    return lambda so_far: replace(so_far, method=method)
