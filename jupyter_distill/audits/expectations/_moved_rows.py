"""Which rows are moved: as many as the teacher may be asked about; and what of it to know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jupyter_distill._validation import Refusal, check_number, expected
from jupyter_distill.audits._moves import Grid, Places, draw
from jupyter_distill.distillation import Distillation

BUDGET = 100_000  # moved rows that the teacher is asked about, unless more are allowed
FAR = 2_000  # where a question may cost more than time, or as many as there are rows


def drawn_rows(
    d: Distillation, rows: str, n: int, moves: Mapping[int, Grid], evaluations: int | None
) -> tuple[Places, list[str]]:
    """Return the rows to move: as many as the teacher may be asked about."""
    each = sum(len(one) for one in moves.values())
    if evaluations is not None:
        check_number("evaluations", evaluations, low=1, integer=True)
    if d.silence:
        return draw(d, rows, n), []
    most = evaluations or (max(FAR, d.table.n_rows) if d.teacher.remote else BUDGET)
    drawn = draw(d, rows, n)
    if len(drawn) * each <= most:
        return drawn, []
    if most < each:
        raise Refusal(
            expected(
                f"evaluations of at least {each}, to move one through all values",
                got=f"{most}",
                remedy="Raise it, expect something of fewer columns, or take a smaller grid.",
            )
        )
    fewer = draw(d, rows, most // each)
    note = (
        f"{len(fewer)} rows were moved, and not {len(drawn)}, so that the teacher was asked about "
        f"no more than {most:,}: raise evaluations= for more."
    )
    return fewer, [note]


def about_moves(d: Distillation, moves: Mapping[int, Grid]) -> Iterator[str]:
    """Say what of the rows and values is not the whole."""
    if d.teacher.noisy and not d.silence:
        yield "The teacher's answers may differ from call to call: small moves may be chance."
    if d.population is not None:
        yield "The rows are of the sample that the student was distilled from."
    for j, grid in moves.items():
        if grid.left_out:
            yield (
                f"{d.table.names[j]} was moved through its {len(grid.known)} most frequent values; "
                f"{grid.left_out} were left out."
            )
