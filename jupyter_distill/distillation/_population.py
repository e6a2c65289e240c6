"""All rows of an owner, where they are too many to learn from: asked, sampled, and measured on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._validation import expected
from jupyter_distill.data import joined, strata
from jupyter_distill.data.partitions import Held, Partition, Partitions
from jupyter_distill.distillation._census import Census, Models, check_same, compare
from jupyter_distill.distillation._work import Work
from jupyter_distill.targets import Predictions, Targets
from jupyter_distill.targets.asking import LEAST_ROWS
from jupyter_distill.targets.partitions import Question, answer

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows of a sample, and where they lie.

    Attributes
    ----------
    rows : data frame or ndarray
        As their owner gave them.
    truth : ndarray or None
        Beside them.
    values : ndarray
        What the teacher says of them: logits or numbers.
    partition, position : ndarray of int
        Where each row lies.
    """

    rows: Any
    truth: Any
    values: NDArray[np.float64]
    partition: Positions
    position: Positions


@dataclass(frozen=True, eq=False)
class Population:
    """All rows that a teacher has answered, partition by partition, each answer where it was made.

    Attributes
    ----------
    partitions : Partitions
        The rows.
    question : Question
        What was asked.
    kept : tuple of Held
        The answers, by partition.
    labels : tuple
        The different labels of a classification.
    learnt : mapping of int to ndarray of int
        By partition, the positions of rows that a student learnt from.
    """

    partitions: Partitions
    question: Question
    kept: tuple[Held, ...]
    labels: tuple[object, ...]
    shipped: Any
    learnt: Mapping[int, Positions] = field(default_factory=dict)

    @classmethod
    def ask(cls, partitions: Partitions, question: Question, work: Work, seed: int) -> Population:
        """Ask about all rows; an interrupt leaves the partitions that are answered."""
        order = np.random.default_rng(seed).permutation(partitions.n).tolist()
        shipped = partitions.ship(question)
        known = partitions.n_rows is not None
        total, unit = (partitions.n_rows, "rows") if known else (partitions.n, "partitions")
        kept: list[Held] = []
        try:
            with (
                work.bar("asking the teacher", total or 0, unit) as bar,
                closing(partitions.keep(answer, [shipped], order)) as found,
            ):
                for one in found:
                    kept.append(one)
                    bar.update(one.known.n_rows if known else 1)
                    if one.known.interrupted:
                        raise KeyboardInterrupt
        except KeyboardInterrupt as stop:
            done = sum(one.known.n_rows for one in kept)
            said = f"the teacher answered {done:,} rows of {len(kept)} of {partitions.n} partitions"
            if done < LEAST_ROWS:
                stop.add_note(f"{said}.{question.asking.rest}")
                raise
            work.interrupted(f"{said}; the student was distilled from these.{question.asking.rest}")
        kept.sort(key=lambda one: one.partition)
        labels = dict.fromkeys(label for one in kept for label in one.known.labels)
        whole = cls(partitions, question, tuple(kept), tuple(labels), shipped)
        if not whole.n_rows:
            raise ValueError(expected("at least one row", got=f"{partitions.what} without any"))
        return whole

    @property
    def n_rows(self) -> int:
        """How many rows were answered."""
        return int(self.counts.sum())

    @property
    def counts(self) -> Positions:
        """Rows by partition that was answered, and by stratum."""
        return np.array([one.known.counts for one in self.kept])

    def draw(self, n: int, work: Work, seed: int) -> Drawn:
        """Return a stratified sample of n rows, in the order of their owner."""
        wanted = strata.allot(self.counts, n, seed)
        own = {
            one.partition: (seed, one.partition, many, one)
            for one, many in zip(self.kept, wanted, strict=True)
            if many.any()
        }
        found: dict[int, tuple[Partition, NDArray[np.float64], Positions]] = {}
        with (
            work.bar("drawing a sample", len(own), "partitions") as bar,
            closing(self.partitions.each(_take, [self.shipped], own)) as taken,
        ):
            try:
                for place, some in taken:
                    found[place] = some
                    bar.update()
            except KeyboardInterrupt:
                if sum(len(at) for _, _, at in found.values()) < LEAST_ROWS:
                    raise
                work.interrupted(f"the sample is of {len(found)} of {len(own)} partitions.")
        places = sorted(found)
        parts = [found[place] for place in places]
        frames = [part.rows for part, _, _ in parts]
        pandas = all(isinstance(frame, pd.DataFrame) for frame in frames)
        truth = None
        if self.partitions.has_truth:
            truth = np.concatenate([np.asarray(part.truth) for part, _, _ in parts])
        return Drawn(
            rows=pd.concat(frames) if pandas else joined(frames),
            truth=truth,
            values=np.concatenate([values for _, values, _ in parts]),
            partition=np.repeat(places, [len(at) for _, _, at in parts]),
            position=np.concatenate([at for _, _, at in parts]),
        )

    def census(self, models: Models, targets: Targets, work: Work) -> Census:
        """Compare models with the teacher, and with the truth, on every row."""
        if isinstance(targets, Predictions):
            about: Any = float(targets.values.mean())
        else:
            about = tuple(targets.classes.tolist())
        shared = [self.shipped, self.partitions.ship((models, about))]
        none = np.arange(0)
        own = {
            one.partition: (one, self.learnt.get(one.partition, none))
            for one in self.kept
            if one.known.n_rows
        }
        counted: dict[int, Census] = {}
        with (
            work.bar("measuring on all rows", self.n_rows, "rows") as bar,
            closing(self.partitions.each(compare, shared, own)) as found,
        ):
            for place, part in found:
                counted[place] = part
                bar.update(part.n_rows)
        # in one order, so that sums are the same whichever worker was the first
        return reduce(add, (counted[place] for place in sorted(counted)))


def _take(
    partition: Partition,
    question: Question,
    seed: int,
    place: int,
    wanted: Positions,
    values: NDArray[np.float64],
) -> tuple[Partition, NDArray[np.float64], Positions]:
    """Return some rows of each stratum, what was said of them, and where they lie."""
    check_same(partition, values)
    at = strata.draw(question.strata(values), wanted, seed, place)
    return partition.take(at), values[at], at
