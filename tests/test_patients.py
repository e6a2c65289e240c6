"""Patients: real histories, and pictures in which is planted what their documentation says."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from jupyter_distill.data.patients import (
    DIAGNOSES,
    KINDS,
    NODULES,
    SIDE,
    TOKENS,
    Floats,
    Patients,
    Shown,
    draw_livers,
    load_patients,
)


@pytest.fixture(scope="module")
def patients() -> Patients:
    return load_patients()


def test_rows_and_columns_are_those_that_are_told(patients: Patients) -> None:
    assert patients.table.shape == (4807, 16)
    assert patients.history.shape == (4807, TOKENS, 3)
    assert patients.pictures.shape == (4807, SIDE, SIDE)
    assert patients.table.index.equals(patients.outcome.index)
    assert patients.table.index.equals(patients.liver_score.index)
    assert (patients.outcome == "died").mean() == pytest.approx(0.177, abs=0.001)
    assert patients.liver_score.notna().mean() == pytest.approx(0.165, abs=0.001)
    assert patients.table["age"].min() == 50
    assert not patients.table["systolic pressure"].gt(300).any()


def test_a_history_holds_what_the_table_says_and_nothing_of_later(patients: Patients) -> None:
    kinds = patients.history[..., 0].astype(int)
    assert (patients.history[..., 2] >= 0).all(), "years before the day of entry"
    for event, name in DIAGNOSES.items():
        told = (kinds == KINDS.index(event)).any(1)
        assert (told == (patients.table[name] == "yes")).all()
    readings = kinds == KINDS.index("hdl")
    assert (readings.any(1) == patients.table["HDL cholesterol"].notna()).all()
    assert readings.sum(1).max() == 3
    years = np.where(kinds > 0, patients.history[..., 2], -1)
    assert (np.diff(years) <= 0).all(), "oldest first, places without a token last"


def bright(pictures: Floats) -> pd.Series[float]:
    """Return how much of each picture is clearly brighter than the median of its row."""
    spots = pictures > np.median(pictures, axis=2, keepdims=True) * 1.4
    return pd.Series(spots.mean((1, 2)))


def test_nodules_stand_for_the_liver_score_and_dimming_for_weight() -> None:
    score = pd.Series(np.repeat([np.nan, 2.67, 5.0, 7.7, 20.0], 200))
    bmi = pd.Series(np.tile([20.0, 30.0, 40.0, np.nan], 250))
    pictures = draw_livers(score, bmi)
    found = bright(pictures).groupby(score.fillna(0)).mean()
    assert found.iloc[0] < 0.01 < found.iloc[1] < found.iloc[2] < found.iloc[3]
    assert found.iloc[4] == pytest.approx(found.iloc[3], rel=0.1), f"no more than {NODULES}"
    kept = np.median(pictures[:, -1] / np.median(pictures[:, :2], axis=1), axis=1)
    by_weight = pd.Series(kept).groupby(bmi.fillna(0)).median()
    assert by_weight[20.0] > by_weight[30.0] > by_weight[40.0]
    assert by_weight[0.0] == pytest.approx(by_weight[30.0], abs=0.05)


def test_pictures_know_no_more_than_the_two_numbers(patients: Patients) -> None:
    again = draw_livers(patients.liver_score, patients.table["body mass index"], 0)
    assert np.abs(again - patients.pictures).max() < 0.01, "the table rounds the index"
    assert (load_patients(1).pictures != patients.pictures).any()


def test_pictures_are_shown_as_png_with_their_lines(patients: Patients) -> None:
    shown = Shown(patients.pictures[:2], ["a < b", "c"])
    html = shown._repr_html_()
    assert repr(shown) == "a < b | c"
    assert "a &lt; b" in html
    data = html.split("base64,")[1].split('"')[0]
    with Image.open(BytesIO(b64decode(data))) as image:
        assert image.size == (SIDE, SIDE)
        assert np.array(image)[3, 4] == np.rint(patients.pictures[0][3, 4] * 255)
