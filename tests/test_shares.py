"""A share is written one way, by Python as in the browser."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from jupyter_distill._shares import percent, percents

# js/tests/shared.test.ts reads them too
CASES = json.loads(Path(__file__).with_name("share_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("share", "text"), CASES)
def test_a_share_is_written_as_in_the_browser(share: float | None, text: str) -> None:
    assert percent(math.nan if share is None else share) == text


def test_an_interval_has_its_unit_once() -> None:
    assert percents(0.91, 0.95) == "91.0 to 95.0\N{NO-BREAK SPACE}%"
    assert percents(0.9999, 1) == ">99.9 to 100\N{NO-BREAK SPACE}%"


def test_no_share_between_reads_as_none_or_all() -> None:
    for k in range(1, 10_000):
        text = percent(k / 10_000)
        assert text.removesuffix("\N{NO-BREAK SPACE}%") not in {"0", "0.0", "100", "100.0"}
