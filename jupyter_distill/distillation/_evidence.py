"""What was tried to choose a student's settings, as data and as charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import cached_property
from typing import Any

import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._validation import expected
from jupyter_distill.distillation._alpha import columns
from jupyter_distill.distillation._assistants import Fitted
from jupyter_distill.distillation._grid import Grid, grid
from jupyter_distill.distillation._mixin import Mixin
from jupyter_distill.distillation._stages import stages
from jupyter_distill.distillation._trials import Trial


class Evidence(Mixin):
    """The part of a distillation that answers for its settings."""

    @property
    def temperature_path(self) -> pd.DataFrame:
        """What each temperature did on validation rows, for the chosen size.

        Columns: ``temperature``, ``kl`` (mean KL(teacher || student) at T = 1, comparable across
        T), ``behind_best`` and its paired standard error ``se``, ``fidelity``, ``chosen`` (by this
        calibration; :meth:`at` may have taken another). Empty if the temperature was set by hand,
        and for a regression. Students of families that are quick to try are fitted briefly here,
        and learn with the first alpha of those that are tried.
        """
        if self._d.calibration is None:
            names = ["temperature", "kl", "behind_best", "se", "fidelity", "chosen"]
            return pd.DataFrame({name: [] for name in names})
        return self._d.calibration.path(self._d.size)

    def temperature_chart(self) -> Any:
        """Return an Altair chart of :attr:`temperature_path`. Needs the extra ``charts``.

        Raises
        ------
        ValueError
            If no temperature was searched for.
        """
        if self._d.calibration is None:
            raise ValueError(
                expected(
                    "temperatures that were tried",
                    got=f"{self._d.settings.get('T', 'none')} alone",
                    remedy='Distil with temperature="auto".',
                )
            )
        draw = late("jupyter_distill.exports.vega:temperature_chart")
        return draw(self._d.temperature_path, self._d.calibration.matters(self._d.size))

    def grid(self, temperatures: Sequence[float] | None = None, *, progress: bool = True) -> Grid:
        """Fit a student of every size at every temperature, for where no kernel answers.

        Those of the ladder are taken as they are, the others fitted quickly, on 10,000 rows at
        most and without a search. A view that is opened later holds them, so that its sliders
        move in a saved notebook too; a page or report that is written makes them by itself.

        Parameters
        ----------
        temperatures : sequence of float, optional
            Those to fit at, beside those of the ladder; unless given, those that calibration
            tries, of a family that is fitted quickly.
        progress : bool, default True
            Whether to draw a bar. An interrupt keeps what is fitted.

        Returns
        -------
        Grid
            The students, and what was left out.
        """
        return grid(self._d, temperatures, progress=progress)

    @property
    def alpha_path(self) -> pd.DataFrame:
        """What each alpha did on validation rows; empty if alpha was not searched for.

        Columns: ``alpha``; ``kl`` (of a regression ``rmse``) to the teacher, its difference to the
        best ``behind_best`` with its paired standard error ``se``; ``fidelity``; ``log_loss``
        against the truth (``rmse_truth``) with ``behind_best_truth`` and ``se_truth``; ``chosen``.
        Two standard errors tell two values apart. Students are fitted in earnest here, at the
        chosen size and temperature, so their figures are not those of :attr:`temperature_path`.
        """
        classes = self._d.task == "classification"
        if self._d.course.alphas is None:
            return pd.DataFrame({name: [] for name in columns(classes=classes)})
        return self._d.course.alphas.frame(classes=classes)

    @property
    def techniques(self) -> pd.DataFrame:
        """What unlabelled rows, augmentation and assistants did on validation rows.

        Columns: ``technique``; ``gain``, the loss that it gained (KL(teacher || student) in nats,
        or squared difference to the teacher) with its paired standard error ``se``;
        ``fidelity_gain`` (share of rows, or R2); ``off_manifold``, the share of made rows that lie
        farther from the real ones than 95 % of these from each other; ``kept``; ``within_chance``,
        whether the gain is within one standard error: then another draw of rows might well have
        decided otherwise. Of rivals (ways of making rows, of standing between) the best is kept, so
        that its gain looks a little better than it is. Empty if none was tried.
        """
        names = [field.name for field in fields(Trial) if field.name != "real"]
        trials = self._d.course.trials
        return pd.DataFrame(
            [{**asdict(trial), "within_chance": trial.within_chance} for trial in trials],
            columns=[*names, "within_chance"],
        )

    @property
    def stages(self) -> pd.DataFrame:
        """Assistants and student against the first teacher, on held-out rows.

        The assistants are those that were kept; all of them where none was. Columns: ``name``;
        ``fidelity`` with its 95 % interval ``low`` to ``high``; of classes ``kl``, mean
        KL(teacher || stage) at T = 1 in nats, and ``temperature``, T of the soft targets that it
        learnt (NaN if it learnt numbers, or names); ``note``, what an assistant could not be
        taught. Assistants learn at T = 1, at which they are compared, whatever T the student is
        calibrated to: that T is for its own size. Empty without assistants. Whether
        these taught the student is said in :attr:`techniques`.
        """
        return self._stages

    @cached_property
    def _stages(self) -> pd.DataFrame:
        chain = self._d.course.chain
        if not chain:
            return pd.DataFrame({name: [] for name in ("name", "fidelity", "low", "high")})
        own = self._d.student
        student = Fitted(self._d.title, own, own.output, temperature=self._d.temperature)
        found = stages([*chain, student], *self._d.held_out, self._d.random_state)
        return pd.DataFrame([stage.to_dict() for stage in found])

    def alpha_chart(self) -> Any:
        """Return an Altair chart of :attr:`alpha_path`. Needs the extra ``charts``.

        Raises
        ------
        ValueError
            If alpha was not searched for.
        """
        tried = self._d.course.alphas
        if tried is None:
            raise ValueError(
                expected(
                    "values of alpha that were tried",
                    got=f"{self._d.alpha:g} alone",
                    remedy='Distil with alpha="auto".',
                )
            )
        draw = late("jupyter_distill.exports.vega:alpha_chart")
        return draw(tried, classes=self._d.task == "classification")
