"""What audits found is drawn: the figures are those of the frames, and every name is text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from jupyter_distill._shares import percent
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import dependence, twin_bars
from jupyter_distill.exports.audit import alone
from jupyter_distill.exports.drawing import drawing
from jupyter_distill.exports.forest import Forest, Line, Mark, forest
from jupyter_distill.exports.html import count, escape
from jupyter_distill.exports.said import said
from tests.audited import planted, planted_numbers
from tests.small import EVIL, distilled, people

SVG = "{http://www.w3.org/2000/svg}"
PLANTED = {True: planted_numbers, False: planted}
HOSTILE = 'a <b> & "c"'


def trees(html: str) -> list[ElementTree.Element]:
    """Parse HTML that is XML too, and return its pictures with a name."""
    root = ElementTree.fromstring(f"<x>{html}</x>")
    return [one for one in root.iter() if one.tag.endswith("svg") and one.get("aria-labelledby")]


def words(svg: ElementTree.Element) -> list[str]:
    return ["".join(t for t in one.itertext()) for one in svg.iter() if one.tag == f"{SVG}text"]


def about(svg: ElementTree.Element) -> str:
    """What is said to those who do not see it."""
    found = svg.find(f"{SVG}desc")
    assert found is not None
    return str(found.text)


@pytest.fixture(scope="module")
def three() -> Distillation:
    frame, _ = people(400)
    size = pd.cut(frame["income"].fillna(30) + frame["age"] / 2, 3, labels=["s", "m", "l"])
    return distilled(frame, np.asarray(size.astype(str)), size=6, temperature=1.0, augment=None)


@pytest.mark.parametrize("numbers", [False, True])
def test_segments_are_drawn_with_their_figures(numbers: bool) -> None:
    found = PLANTED[numbers]().segments()
    frame = found.frame()
    (svg,) = trees(drawing(found))
    name = "rmse" if numbers else "agreement"
    write = (lambda v: f"{v:.3g}") if numbers else percent
    for row in frame.head(15).itertuples():
        value, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
        told = f"{row.segment}: {write(value)} ({write(low)} to {write(high)})"
        assert told in about(svg)
        assert count(row.rows) in words(svg)
    assert f"all {count(found.rows)} rows {write(found.whole)}" in words(svg)
    assert any(f"{count(len(frame) - 15)} more" in text for text in words(svg))
    marks = [one for one in svg.iter(f"{SVG}circle") if one.find(f"{SVG}title") is not None]
    filled = [one.get("fill") != "var(--jd-bg)" for one in marks]
    assert filled == (frame["p_adjusted"].head(15) < 0.01).tolist()


def test_no_segment_and_one_are_drawn() -> None:
    found = planted().segments(least=1_900)
    assert len(found.frame()) == 0 and "No segment" in drawing(found)
    one = replace(planted().segments(), table=planted().segments().table.head(1))
    (svg,) = trees(drawing(one))
    assert len([c for c in svg.iter(f"{SVG}circle") if c.find(f"{SVG}title") is not None]) == 1


@pytest.mark.parametrize("numbers", [False, True])
def test_regions_are_drawn_with_who_is_right(numbers: bool) -> None:
    found = PLANTED[numbers]().regions()
    assert len(found)
    (svg,) = trees(drawing(found))
    for row in found.frame().itertuples():
        write = (lambda v: f"{v:.3g}") if numbers else percent
        assert f"{row.region}: {row.rule}: {write(row.rate)} ({write(row.rate_low)}" in about(svg)
        if row.known:
            right = f"teacher {percent(row.teacher_right)}, student {percent(row.student_right)}"
            assert right in " ".join(words(svg))
    nothing = replace(found, regions=())
    assert "spread evenly" in drawing(nothing) and not trees(drawing(nothing))


@pytest.mark.parametrize("kind", ["binary", "numbers", "three"])
def test_reasons_are_drawn_side_by_side(kind: str, three: Distillation) -> None:
    d = {"binary": planted(), "numbers": planted_numbers(), "three": three}[kind]
    teacherless = kind == "three"  # its teacher sees other inputs
    found = d.attributions(n=12, background=10, evaluations=3_000, progress=False)
    html = drawing(found)
    drawn = trees(html)
    frame = found.frame()
    for row in frame.itertuples():
        both = f"student {percent(row.student_share)}"
        if not teacherless:
            both = f"teacher {percent(row.teacher_share)}, {both}"
        assert f"{row.column}: {both}{', ignored' * bool(row.ignored)}" in about(drawn[0])
    assert len(drawn) == (1 if teacherless else 3)
    if not teacherless:
        table = found.agreement().set_index("measure")
        rank = table.loc["rank_correlation"]
        assert f"{rank['value']:.2f}" in words(drawn[1])
        assert f"teacher with itself {rank['floor']:.3g}" in about(drawn[1])
        assert "in whose reasons the two agree least" in html


def test_one_row_shows_itself() -> None:
    found = planted().attributions(n=5, background=10, evaluations=3_000, progress=False)
    label = found.index[0]
    row = found.row(label)
    pd.testing.assert_frame_equal(row.frame(), found.of(label))
    (svg,) = trees(drawing(row))
    assert f"Row {label}" in str(svg.findtext(f"{SVG}title"))
    for one in row.frame().itertuples():
        assert f"{one.column} = " in about(svg)
    assert str(label) in repr(row) and "log-odds of 'yes'" in repr(row)
    with pytest.raises(KeyError, match="one of the rows that were explained"):
        found.row("nobody")


def curve(found: Any, column: str, model: str) -> pd.DataFrame:
    lines = found.curves().query("column == @column and model == @model")
    return lines[lines["row"].isna()]


@pytest.mark.parametrize("numbers", [False, True])
def test_expectations_are_drawn_from_what_is_kept(numbers: bool) -> None:
    d = PLANTED[numbers]()
    wanted = {"income": "+", "purpose": "unused", "age": None, "employed": "used"}
    found = d.expectations(wanted, n=20, grid=6, progress=False)
    html = drawing(found)
    drawn = trees(html)
    assert len(drawn) == len(wanted)
    for svg, column in zip(drawn, wanted, strict=True):
        for model in ("teacher", "student"):
            for row in curve(found, column, model).itertuples():
                mean = f"{row.answer:.4g}" if numbers else percent(row.answer)
                if column in ("purpose", "employed") and numbers:
                    mean = f"{row.answer:.3g}"
                assert mean in about(svg)
    for one in found.judged:
        assert f"{one.model}: {one.verdict}" in html
    dashed = [path for path in drawn[0].iter(f"{SVG}path") if path.get("stroke-dasharray") == "6 3"]
    assert len(dashed) == 1  # the teacher's line is told apart in print


def test_shares_that_are_limited_are_drawn_alone_and_beside_others() -> None:
    d = planted()
    options: dict[str, Any] = {"n": 10, "grid": 3, "evaluations": 4_000, "progress": False}
    for wanted in ({"age": {"max_share": 0.1}}, {"age": {"want": "unused", "max_share": 0.1}}):
        found = d.expectations(wanted, **options)
        html = drawing(found)
        svg = trees(html)[-1]
        assert len(trees(html)) == (2 if found.judged else 1)
        for one in found.shares:
            assert f"{one.model} {one.verdict}" in " ".join(words(svg))
            assert f"{one.model} {percent(one.share)}" in about(svg)
        assert f"at most {percent(0.1)}" in about(svg)
        for proxy in found.proxies:
            assert escape(proxy.text) in html


def test_the_band_holds_four_fifths_of_the_rows() -> None:
    found = planted().expectations({"age": "+"}, n=20, grid=6, progress=False)
    lines = found.curves().query("model == 'student'")
    response = dependence.Response.of("student", lines, found.rows, None)
    rows = lines[lines["row"].notna()].groupby("value")["answer"]
    np.testing.assert_allclose(response.low, rows.quantile(0.1))
    np.testing.assert_allclose(response.high, rows.quantile(0.9))
    np.testing.assert_allclose(response.mean, rows.mean())


def test_of_several_classes_the_one_that_moves_is_drawn(three: Distillation) -> None:
    found = three.expectations({"income": {"l": "+"}, "age": None}, n=15, grid=5, progress=False)
    first, second = trees(drawing(found))
    assert "P(l) by income" in words(first)
    lines = found.curves().query("column == 'age'")
    spans = lines[lines["row"].isna()].groupby("of_class")["answer"].agg(np.ptp)
    assert f"P({spans.idxmax()}) by age" in words(second)


@pytest.mark.parametrize("numbers", [False, True])
def test_groups_are_drawn_with_intervals_of_both(numbers: bool) -> None:
    found = PLANTED[numbers]().bias("purpose")
    measure = "mean answer" if numbers else "named 'yes'"
    rates = found.rate_frame().query("measure == @measure")
    groups = found.frame().set_index(["group", "model"])[measure]
    svg = next(s for s in trees(drawing(found)) if measure in str(s.findtext(f"{SVG}title")))
    for row in rates.itertuples():
        assert row.value == groups[row.group, row.model]
        write = (lambda v: f"{v:.3g}") if numbers else percent
        if row.model in ("teacher", "student"):
            assert row.low <= row.value <= row.high
            told = f"{row.model} {write(row.value)} ({write(row.low)} to {write(row.high)})"
            assert told in about(svg)


def test_groups_that_are_too_small_are_counted() -> None:
    d = planted()
    names = np.where(np.arange(d.table.n_rows) < 1_000, "many", "also many").astype(object)
    names[d.rows.held_out[:3]] = "few"
    html = drawing(d.bias({"group": names}))
    assert "1 smaller groups in .rate_frame()" in html.replace("group ", "groups ")
    assert "few" not in about(trees(html)[0])
    alone_in_it = d.bias({"group": names}, least=900)
    assert "too few rows" in about(trees(drawing(alone_in_it))[0])


def test_calibration_is_drawn_in_the_unit_of_the_target() -> None:
    for numbers in (False, True):
        html = drawing(PLANTED[numbers]().reliability())
        assert html.count("<svg") == 3
        assert "nan" not in html.lower().replace("nanmean", "")


def test_every_result_shows_itself() -> None:
    d = planted()
    results = [d.fidelity(), d.segments(), d.regions(), d.reliability(), d.measures()]
    for one in [*results, d.bias("purpose"), d.expectations({"age": "+"}, n=5, progress=False)]:
        html = one._repr_html_()
        assert html == alone(one) and html.startswith('<div class="jd">')
        assert "<script" not in html
        first = one.describe().partition("\n")[0]
        assert ElementTree.fromstring(html) is not None and first[:20] in "".join(
            ElementTree.fromstring(html).itertext()
        )


def test_hostile_names_are_text() -> None:
    d = distilled(*people(name=EVIL, answer=EVIL), size=4, temperature=1.0, augment=None)
    results = [
        d.segments(least=5),
        d.bias("purpose"),
        d.expectations({EVIL: "+", "purpose": "unused"}, n=5, grid=4, progress=False),
        d.attributions(n=5, background=5, progress=False),
    ]
    for one in results:
        html = one._repr_html_()
        assert EVIL not in html and "<b>holiday" not in html
        assert trees(html)


def test_long_labels_are_cut_and_told_whole() -> None:
    name = f"{HOSTILE} " + "word " * 60
    bars = twin_bars.Bars("t", [twin_bars.Pair(name, {"student": 0.3})], "h", True, [])
    lines = Forest("t", ("h", "v"), [Line(name, (Mark(0.3, 0.1, 0.5),), ("30 %",))], share=True)
    for html in (twin_bars.twin_bars(bars), forest(lines)):
        (svg,) = trees(html)
        titles = [one.text for one in svg.iter(f"{SVG}title")]
        assert any(text and text.startswith(name.strip()) for text in titles)
        assert any("\N{HORIZONTAL ELLIPSIS}" in text for text in words(svg))
        width = float(str(svg.get("width")))
        assert all(0 <= float(t.get("x", "0")) <= width for t in svg.iter(f"{SVG}text"))


def test_what_is_not_known_has_no_mark() -> None:
    nan = float("nan")
    html = forest(Forest("t", ("h",), [Line("a", (Mark(nan),)), Line("b", (Mark(0.5, nan, nan),))]))
    assert "nan" not in html.lower()
    (svg,) = trees(html)
    assert len(list(svg.iter(f"{SVG}circle"))) == 1
    assert "a: \N{EN DASH}. b: 0.5" in about(svg)


def test_sentences_and_tables_of_a_text_are_told_apart() -> None:
    frame = pd.DataFrame({"segment": ["a > 1", "bb"], "rows": [1, 20]})
    table = frame.to_string(index=False)
    sentences, tables = said(f"A head.\nto the truth:\n{table}\n- a note\n\nThe end.")
    assert [one.partition(">")[2] for one in sentences] == [
        "A head.</p>",
        "- a note</p>",
        "The end.</p>",
    ]
    assert "to the truth:" in tables[0] and "a &gt; 1" in tables[1] and len(tables) == 2
