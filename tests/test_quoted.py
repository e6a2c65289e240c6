"""A category that a sentence could swallow is in quotes, the same ones wherever it is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import jupyter_distill as jd
from jupyter_distill.data import Column, quoted
from jupyter_distill.distillation import Distillation
from tests.small import distilled

ODD = 'cars, vans and "others"'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("car", "car"),
        ("a very long purpose", "a very long purpose"),
        ("cars, vans", '"cars, vans"'),
        ("car or van", '"car or van"'),
        (" car", '" car"'),
        ("", '""'),
        ('the "car"', '"the \\"car\\""'),
        ("Bücher, Hefte", '"Bücher, Hefte"'),
    ],
)
def test_only_what_could_be_misread_is_quoted(name: str, text: str) -> None:
    assert quoted(name) == text
    assert Column("purpose", "category", (name,)).text(0) == text


@pytest.fixture(scope="module")
def odd() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"purpose": rng.choice([ODD, "house", "sea"], 500), "age": rng.random(500)})


def of_family(odd: pd.DataFrame, student: str) -> Distillation:
    y = np.where((odd["purpose"] == ODD) ^ (odd["age"] > 0.9), "yes", "no")
    return distilled(odd, y, size=4, student=student, temperature=1.0, augment=None)


@pytest.mark.parametrize("student", ["tree", "rules"])
def test_rules_certificate_and_views_write_it_alike(odd: pd.DataFrame, student: str) -> None:
    d = of_family(odd, student)
    said = quoted(ODD)
    row = int(np.flatnonzero(odd["purpose"] == ODD)[0])
    condition = f"purpose is {said}"
    view = jd.RulesView(d, row=row)
    asked = [text for rule in view.rules["conditions"] for text in rule]
    assert any(condition in text or f"purpose is not {said}" in text for text in asked)
    assert any(f"is {said}" in text for _, _, text in view.decided["tests"])
    certificate = d.certificate(row)
    assert f"it is {said}" in certificate.describe() or condition in certificate.describe()
    shown = jd.CertificateView(certificate).shown["values"]
    # a cell of a table is the value itself
    assert ["purpose", ODD] in [list(pair) for pair in shown]
    bare = certificate.describe().replace(said, "")
    assert ODD not in bare and repr(ODD) not in bare
