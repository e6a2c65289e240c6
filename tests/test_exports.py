"""What leaves the notebook is exact, inert, and whole in one offline file."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import LogisticRegression

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import html, page, payload, theme, wire
from jupyter_distill.exports.report import compose, report
from jupyter_distill.targets import soften
from jupyter_distill.widgets.distillation import DistillationView
from tests.small import EVIL, distilled, numbers, people


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=8)


@pytest.fixture(scope="module")
def evil() -> Distillation:
    return distilled(*people(name=EVIL, answer=EVIL), size=8, temperature=(1.0, 2.0))


class Reader(HTMLParser):
    """Collects the elements, the text and the attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(deadline=None)
@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=9)))
def test_float64_crosses_exactly(array: Any) -> None:
    sent = wire.encode(array, "f8")
    np.testing.assert_array_equal(wire.decode(sent), array)
    assert sent["shape"] == list(array.shape)


@pytest.mark.parametrize(
    ("array", "dtype"),
    [
        ([0.1], "f4"),
        ([2**53 + 1], "f8"),
        ([2**63 - 1], "f8"),
        ([2**24 + 1], "f4"),
        ([2**31], "i4"),
        ([1.5], "i4"),
        ([np.nan], "i4"),
        ([-1], "u1"),
        ([256], "u1"),
        ([1e300], "f4"),
    ],
)
def test_what_would_change_is_refused(array: list[Any], dtype: str) -> None:
    with pytest.raises(ValueError, match=f"Expected values that {dtype} holds exactly"):
        wire.encode(np.array(array), dtype)


def test_only_numbers_cross() -> None:
    with pytest.raises(TypeError, match="array of numbers"):
        wire.encode(np.array(["a"]), "f4")
    with pytest.raises(ValueError, match="Expected dtype to be one of 'f4'"):
        wire.encode([1.0], "f5")


def test_missing_and_infinite_numbers_cross() -> None:
    sent = wire.encode([np.nan, np.inf, -np.inf], "f4")
    np.testing.assert_array_equal(wire.decode(sent), np.array([np.nan, np.inf, -np.inf]))
    assert wire.encode([], "i4")["shape"] == [0]


def test_a_state_becomes_json() -> None:
    sent = wire.to_text({"a": wire.encode([1], "u1"), "b": [b"\x00", memoryview(b"\x01")], "c": 1})
    assert json.loads(json.dumps(sent)) == {
        "a": {"dtype": "u1", "shape": [1], "data": "AQ=="},
        "b": ["AA==", "AQ=="],
        "c": 1,
    }


def test_a_tree_crosses_whole(d: Distillation) -> None:
    explanation = d.explanation()
    sent = payload.tree(explanation)
    assert sent["tails"][0] == ""
    feature = wire.decode(sent["feature"])
    for k in range(1, len(explanation)):
        name = sent["columns"][feature[explanation.parent[k]]]
        assert name + sent["tails"][k] == explanation.condition(k)
        assert (
            sent["full"].get(str(k), explanation.condition(k)) == explanation.conditions_in_full[k]
        )
    np.testing.assert_array_equal(wire.decode(sent["left"]), explanation.left)
    np.testing.assert_allclose(wire.decode(sent["teacher"]), explanation.teacher, rtol=1e-6)
    assert sent["classes"] == ["no", "yes"]


def test_shifted_logits_soften_to_the_same_targets() -> None:
    z = np.array([[1e308, -1e308, 0.0], [1000.0, 999.0, 998.0], [-3.0, -2.0, -1.0]])
    sent = wire.decode(payload.logits(z)).astype(float)
    for temperature in (0.1, 1.0, 20.0):
        np.testing.assert_allclose(soften(sent, temperature), soften(z, temperature), atol=1e-6)


def test_a_sample_holds_the_chosen_row() -> None:
    assert payload.sample(500, 3).tolist() == list(range(500))
    rows = payload.sample(50_000, 3)
    assert len(rows) == payload.MOST_ROWS and (np.diff(rows) > 0).all()
    left_out = next(k for k in range(50_000) if k not in set(rows.tolist()))
    kept = payload.sample(50_000, 3, keep=[left_out])
    assert left_out in kept and len(kept) == len(rows) and (np.diff(kept) > 0).all()
    assert len(payload.sample(50_000, 1_000)) == payload.MOST_NUMBERS // 1_000


def test_the_curve_marks_what_calibration_chose(d: Distillation) -> None:
    best = d.temperature
    elsewhere = d.at(temperature=3.0)
    sent = payload.curve(elsewhere.temperature_path, elsewhere.temperature)
    assert sent["calibrated"] == best
    assert sent["temperature"] == sorted(sent["temperature"])
    given_by_hand = distilled(*people(), size=4, temperature=2.0)
    sent = payload.curve(given_by_hand.temperature_path, 2.0)
    assert sent == {"temperature": [], "kl": [], "se": [], "calibrated": 2.0}


def test_pictures_and_views_have_one_palette() -> None:
    def colours(css: str) -> dict[str, str]:
        found = re.findall(r"(--jd-[\w-]+)\s*:\s*([^;}]+)", css)
        return {name: re.sub(r",\s+", ",", value.strip()) for name, value in found}

    css = (Path(__file__).parents[1] / "js/shared/theme.css").read_text(encoding="utf-8")
    light, dark = css.split('[data-theme="dark"]')
    still_light, still_dark = theme.variables().split("@media")
    for views, still in ((light, still_light), (dark, still_dark.split("[data-jp")[0])):
        known = colours(still)
        assert known.keys() <= colours(views).keys()
        assert {f"--jd-class-{k}" for k in range(len(theme.LIGHT))} < known.keys()
        assert {name: colours(views)[name] for name in known} == known


@settings(deadline=None)
@given(st.text(max_size=60))
def test_escaped_text_is_text(text: str) -> None:
    inert = html.escape(text)
    shown = ElementTree.fromstring(f'<a b="{inert}">{inert}</a>')
    assert not set(inert) & set("<>\"'")
    assert len(shown) == 0


@settings(deadline=None)
@given(st.recursive(st.text() | st.floats(allow_nan=False, allow_infinity=False), st.lists))
def test_json_cannot_leave_its_script(value: Any) -> None:
    text = html.script_json({"a": value, EVIL: EVIL})
    assert not set(text) & set("<>&")
    assert json.loads(text) == {"a": value, EVIL: EVIL}


def test_tables_say_what_is_missing() -> None:
    frame = pd.DataFrame({EVIL: [1.5, np.nan], "year": [2019, 2020], "t": [None, EVIL]})
    read = Reader(html.table(frame, caption=EVIL))
    assert "img" not in read.tags and "script" not in read.tags
    assert read.text.count("missing") == 2
    assert "2019" in read.text and read.text.count(EVIL) == 3


def test_a_program_cannot_end_its_script() -> None:
    text = page._inside_script("a = '</script>'; b = '<!-- <ScRiPt>'; c = 1 < 2")
    assert text == "a = '\\x3c/script>'; b = '\\x3c!-- \\x3cScRiPt>'; c = 1 < 2"


def test_a_report_is_one_offline_file(d: Distillation, tmp_path: Path) -> None:
    written = d.report(tmp_path / "report.html")
    assert written == tmp_path / "report.html"
    text = written.read_text(encoding="utf-8")
    read = Reader(text)
    assert not {"link", "iframe", "img", "object", "embed"} & set(read.tags)
    assert not any(name in ("src", "href") for name, _ in read.attributes)
    addresses = set(re.findall(r"https?://[^\s\"'<>)\\]+", text))
    assert all(address.startswith("http://www.w3.org/") for address in addresses)
    for said in (
        d.teacher.name,
        "held-out rows",
        "all rows, also those it learnt from",
        "Temperature",
        "labels only",
        "numpy",
        "seed",
    ):
        assert said in read.text
    for node in range(1, len(d.explanation())):
        assert d.explanation().condition(node) in json.dumps(read.text)[1:-1]


def test_the_same_date_gives_the_same_report_to_the_byte(tmp_path: Path) -> None:

    def written_of(X: Any, y: Any, name: str) -> bytes:
        d = distilled(X, y, size=4, temperature=1.0)
        return d.report(tmp_path / f"{name}.html", date="2026-01-31").read_bytes()

    written = [written_of(*people(), name) for name in "ab"]
    assert written[0] == written[1] and b"2026-01-31" in written[0]
    X, y = people()
    X.iloc[0, X.columns.get_loc("age")] += 1
    prints = [re.search(rb"of the rows</th><td[^>]*>(\w{16})<", w) for w in written]
    other = written_of(X, y, "c")
    assert prints[0] is not None and prints[0][1] not in other


@pytest.mark.parametrize("date", [3, "", " "])
def test_a_date_that_is_none_is_refused(d: Distillation, tmp_path: Path, date: Any) -> None:
    with pytest.raises(TypeError, match="a date, or None for now"):
        d.report(tmp_path / "r.html", date=date)
    assert not (tmp_path / "r.html").exists()


def test_a_report_carries_the_linked_view(d: Distillation) -> None:
    text = compose(d)
    found = re.search(r'id="jd-state">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    carried = json.loads(found[1])
    assert carried["live"] is False
    assert len(carried["page"]["cells"][0]) == d.table.n_rows  # it fits, so it goes whole
    assert set(carried) == set(DistillationView(d).state())


def test_hostile_names_are_text_in_a_report(evil: Distillation, tmp_path: Path) -> None:
    text = evil.report(tmp_path / "evil.html").read_text(encoding="utf-8")
    read = Reader(text)
    assert "img" not in read.tags and "b" not in read.tags
    assert read.tags.count("script") == 3
    assert EVIL in read.text
    assert not any(name.startswith("on") for name, _ in read.attributes)


def test_a_report_without_labels_or_calibration(tmp_path: Path) -> None:
    frame, y = people()
    teacher = LogisticRegression(max_iter=2_000).fit(numbers(frame), y)
    d = jd.distill(
        teacher,
        frame,
        teacher_inputs=numbers(frame),
        size=4,
        temperature=2.0,
        quality="greedy",
        progress=False,
    )
    text = report(d, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "set to 2 by hand" in text
    assert "truth" not in Reader(text).text.split("jd-state")[0].split("{")[0]
    assert "nan" not in Reader(re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)).text


def test_a_report_where_the_views_are_not_built(
    d: Distillation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "STATIC", tmp_path)
    text = report(d, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in text and "npm run build" in text and "<svg" in text


def test_a_report_needs_a_folder(d: Distillation, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        d.report(tmp_path / "nowhere" / "r.html")


@pytest.mark.parametrize("family", ["tree", "linear"])
def test_a_report_says_whether_constraints_are_kept(family: str) -> None:
    frame, y = people()
    options = {"student": family, "size": 4, "temperature": 1.0, "quality": "greedy"}
    plain = distilled(frame, y, **options)
    assert "Constraints" not in Reader(compose(plain)).text
    asked = jd.Constraints(monotone={"income": "-"}, forbid=["age"], hard=False, penalty=0.0)
    text = compose(distilled(frame, y, **options, constraints=asked))
    section = text.partition("<h2>Constraints</h2>")[2].partition("</section>")[0]
    rows = re.findall(r"<tr[^>]*>.*?</tr>", section, re.DOTALL)[1:]
    assert len(rows) == 2
    assert "violated" in rows[0] and rows[0].startswith('<tr class="note">')
    assert "met" in rows[1] and rows[1].startswith("<tr>")
    assert '<p class="note">P(yes) falls with income: violated.</p>' in section
    # where a program takes the place of the pictures it must not take that of the constraints
    stays = text.partition('<div id="jd-static">')[2]
    assert "</div><section><h2>Constraints" in stays
    assert text.index("<h2>The student") < text.index("<h2>Constraints")
