"""Files of distillations, and what the tests of them share."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation

FAMILIES = ("tree", "rules", "linear", "ebm", "net")
CLASSES = ["no", "yes", "perhaps"]


def frame(n: int = 240, seed: int = 0) -> pd.DataFrame:
    """Columns of every kind, with gaps, and an index of its own."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=["income", "age", "debt"])
    X["job"] = np.where(X.income > 0, "clerk", "baker")
    X["size"] = pd.Categorical(np.where(X.age > 0.5, "large", np.where(X.age < -0.5, "s", "m")))
    X["owner"] = X.debt > 0
    X.loc[3:9, "age"] = np.nan
    X.index = pd.Index([f"loan {i}" for i in range(n)], name="id")
    return X


def names(X: pd.DataFrame) -> np.ndarray:
    """A teacher of three classes."""
    z = 2 * X["income"].to_numpy() + (X["job"] == "clerk").to_numpy()
    return np.column_stack([-z, z, np.abs(z) / 2])


def numbers(X: pd.DataFrame) -> np.ndarray:
    """A teacher of numbers."""
    return 3 * X["income"].to_numpy() + X["debt"].to_numpy() ** 2


def distilled(family: Any, task: str, n: int = 240, **options: Any) -> Distillation:
    X = frame(n)
    if task == "regression":
        model, y = numbers, numbers(X) + 0.1
        options = {"task": task, **options}
    else:
        model, y = names, np.array(CLASSES)[names(X).argmax(1)]
        options = {"classes": CLASSES, "temperature": 1.0, **options}
    if (family, task) != ("linear", "regression"):  # which is quick anyhow
        options = {"quality": "greedy", **options}
    options = {
        "size": 3,
        "augment": None,
        "progress": False,
        "random_state": 0,
        **options,
    }
    return jd.distill(model, X, y, student=family, **options)


def again(d: Distillation, folder: Path, **options: Any) -> Distillation:
    return jd.load(d.save(folder / "d.distill"), **options)


def slim(d: Distillation) -> Distillation:
    """The same with two rungs: what is read of the others is no different."""
    rungs = [rung for rung in d.ladder if rung is not d.rung][:1]
    rungs = sorted([*rungs, d.rung], key=lambda rung: rung.size)
    return replace(d, ladder=replace(d.ladder, rungs=tuple(rungs)))


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes], **manifest: Any) -> bytes:
    """A file of these parts, with the digests that they have."""
    about = {**json.loads(parts["manifest.json"]), **manifest}
    if "members" not in manifest:
        about["members"] = {
            name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in parts.items()
            if name != "manifest.json"
        }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in {**parts, "manifest.json": json.dumps(about).encode()}.items():
            archive.writestr(name, data)
    return held.getvalue()


def places(plain: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    yield way
    if isinstance(plain, dict | list):
        inner = plain.items() if isinstance(plain, dict) else enumerate(plain)
        for name, value in inner:
            yield from places(value, (*way, name))


def changed(plain: Any, way: tuple[Any, ...], value: Any) -> Any:
    """A document with another value at a place; `...` takes it away."""
    if not way:
        return value
    copy = dict(plain) if isinstance(plain, dict) else list(plain)
    if value is ... and len(way) == 1:
        del copy[way[0]]
    else:
        copy[way[0]] = changed(plain[way[0]], way[1:], value)
    return copy
