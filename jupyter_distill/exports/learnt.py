"""What the student learnt from beside the owner's rows, and through whom, as tables."""

from __future__ import annotations

from math import isnan

import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import html


def learnt(d: Distillation) -> str:
    """Return what unlabelled rows, made rows and assistants did; empty if none was tried."""
    tried = d.techniques
    if tried.empty:
        return ""
    loss = "KL, nats" if d.task == "classification" else "squared error"
    off = [percent(share) for share in tried["off_manifold"]]
    data = {
        "technique": tried["technique"],
        f"{loss} gained": [
            f"{gain:.3g} \N{PLUS-MINUS SIGN} {se:.2g}"
            for gain, se in zip(tried["gain"], tried["se"], strict=True)
        ],
        "R2 gained" if d.task == "regression" else "fidelity gained": tried["fidelity_gain"],
        "rows off the data's manifold": off,
        "": [trial.verdict for trial in d.course.trials],
    }
    if tried["off_manifold"].isna().all():
        del data["rows off the data's manifold"]
    text = html.table(
        pd.DataFrame(data),
        caption="On validation rows, beside the same student without it",
        digits={"fidelity gained": 3, "R2 gained": 3},
    )
    return text + _stages(d)


def _stages(d: Distillation) -> str:
    stages = d.stages
    if stages.empty:
        return ""
    measure = "R2" if d.task == "regression" else "fidelity"
    data = {
        "stage": stages["name"],
        f"{measure} [95 %]": list(
            map(html.interval, stages["fidelity"], stages["low"], stages["high"])
        ),
    }
    if "kl" in stages:
        data["KL, nats"] = stages["kl"]
    if "temperature" in stages:
        data["learnt at T"] = [_temperature(T) for T in stages["temperature"]]
    if "note" in stages:
        data["could not be taught"] = stages["note"].fillna("")
    return html.table(
        pd.DataFrame(data),
        caption="Every stage against the first teacher, on held-out rows",
        digits={"KL, nats": 3},
    )


def _temperature(T: float) -> str:
    return "" if isnan(T) else f"{T:.3g}"
