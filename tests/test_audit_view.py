"""The view of an audit: reasons of both models, what is asked only when told, and every part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import ipywidgets
import numpy as np
import pandas as pd
import pytest
import traitlets as t

import jupyter_distill as jd
from jupyter_distill.audits.attributions import Attributions
from jupyter_distill.audits.audit import Audit
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports.html import number
from jupyter_distill.exports.wire import decode
from jupyter_distill.findings import Finding, Findings
from jupyter_distill.widgets.audit import AuditView
from tests.certified import QUOTED, distilled

FEW: dict[str, Any] = {"evaluations": 4_000, "progress": False}


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled("tree", "binary")


@pytest.fixture(scope="module")
def shap(d: Distillation) -> Attributions:
    found: Attributions = d.attributions(n=12, **FEW)
    return found


@pytest.fixture(scope="module")
def audited(d: Distillation) -> Audit:
    only = ["fidelity", "measures", "bias", "attributions"]
    found: Audit = d.audit(only=only, evaluations=4_000, explained=6, progress=False)
    return found


def test_values_go_as_they_are(shap: Attributions) -> None:
    sent = AuditView(shap).reasons["shap"]
    order = [shap.columns.index(name) for name in sent["columns"]]
    assert shap.teacher is not None
    both = np.stack([of.values[:, order] for of in (shap.teacher, shap.student)])
    np.testing.assert_array_equal(decode(sent["values"]), both.astype(np.float32))
    frame = shap.frame().set_index("column").loc[sent["columns"]]
    largest = frame[["teacher_share", "student_share"]].max(axis=1)
    assert largest.is_monotonic_decreasing
    wanted = frame[["teacher_share", "student_share"]].to_numpy().T
    np.testing.assert_allclose(decode(sent["shares"])[0], wanted, rtol=1e-6)
    assert decode(sent["rows"]).tolist() == shap.places.tolist()
    assert sent["labels"] == [str(1000 + place) for place in shap.places]
    rank = shap.agreement().set_index("measure").loc["rank_correlation"]
    assert sent["agreement"][0]["both"] == [rank["value"], rank["low"], rank["high"]]
    assert sent["agreement"][0]["floor"][0] == rank["floor"]


def test_errors_are_told_within_a_pixel(shap: Attributions) -> None:
    sent = AuditView(shap).reasons["shap"]
    order = [shap.columns.index(name) for name in sent["columns"]]
    assert shap.teacher is not None and shap.teacher.error is not None
    told = decode(sent["errors"]["steps"])[0] * sent["errors"]["step"]
    largest = shap.teacher.error.max()
    assert np.abs(told - shap.teacher.error[:, order]).max() <= largest / 255
    assert sent["errors"]["of"] == [True, shap.student.error is not None]


def test_cells_are_as_their_owner_wrote_them(d: Distillation, shap: Attributions) -> None:
    sent = AuditView(shap).reasons["shap"]
    levels = sent["cells"]["levels"]
    codes, numbers = iter(decode(sent["cells"]["codes"])), iter(decode(sent["cells"]["numbers"]))
    X = d.table.native
    assert None in levels
    for line, name in enumerate(sent["columns"]):
        held = next(numbers if levels[line] is None else codes)
        for i, place in enumerate(shap.places):
            value = X[name].iloc[place]
            text = number(float(held[i])) if levels[line] is None else levels[line][held[i]]
            if pd.isna(value):
                assert text == "missing"
            elif isinstance(value, float):
                assert float(text) == pytest.approx(value, rel=1e-5)
            else:
                assert text == str(value)
    answers, surely = decode(sent["answers"]), decode(sent["numbers"])
    for i, place in enumerate(shap.places):
        for who, logits in enumerate((d.targets.logits, d.student.logits(d.table))):
            assert answers[who, i] == logits[place].argmax()
            p = np.exp(logits[place]) / np.exp(logits[place]).sum()
            assert surely[who, i] == pytest.approx(p.max(), rel=1e-5)


def test_a_payload_is_small() -> None:
    # twelve columns and 200 rows, every number another one
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        rng.normal(size=(400, 12)).round(3), columns=[f"column {j}" for j in range(12)]
    )
    y = np.where(X.sum(axis=1) > 0, "yes", "no")

    def teacher(rows: Any) -> Any:
        score = rows.to_numpy().sum(1)
        return np.column_stack([-score, score])

    d = jd.distill(
        *(teacher, X, y),
        student="linear", size=4, temperature=1.0, augment=None, progress=False,
        classes=["no", "yes"],
    )  # fmt: skip
    found = d.attributions(rows=np.arange(200), evaluations=50_000, progress=False)
    assert len(found.index) == 200
    assert _bytes(AuditView(found).reasons) < 40_000


def _bytes(value: Any) -> int:
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, dict):
        return sum(len(name) + 4 + _bytes(of) for name, of in value.items())
    if isinstance(value, list | tuple):
        return sum(_bytes(of) + 1 for of in value)
    return len(repr(value))


def test_the_frame_is_what_is_shown(shap: Attributions, audited: Audit) -> None:
    view = AuditView(shap)
    pd.testing.assert_frame_equal(view.frame(), shap.frame())
    view.row = int(shap.places[3])
    pd.testing.assert_frame_equal(view.frame(), shap.of(1000 + view.row))
    of_all = AuditView(audited)
    assert of_all.part == "findings"
    pd.testing.assert_frame_equal(of_all.frame(), audited.frame())
    of_all.part = "measures"
    pd.testing.assert_frame_equal(of_all.frame(), audited.frame("measures"))


def test_a_row_is_a_position_that_other_views_share(d: Distillation, shap: Attributions) -> None:
    view, table = AuditView(shap), jd.DisagreementTable(d)
    ipywidgets.link((view, "row"), (table, "row"))
    table.row = int(shap.places[0])
    assert view.row == shap.places[0]
    other = int(np.setdiff1d(np.arange(d.table.n_rows), shap.places)[0])
    table.row = other  # not explained: the mean is shown, and said to be
    pd.testing.assert_frame_equal(view.frame(), shap.frame())
    with pytest.raises(t.TraitError, match="a row from 0 to"):
        view.row = d.table.n_rows


def test_nothing_is_asked_until_that_is_told() -> None:
    d = distilled("tree", "binary")
    asked: list[int] = []
    teacher = d.teacher
    original = type(teacher).logits

    def logits(self: Any, X: Any) -> Any:
        asked.append(len(X))
        return original(self, X)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(teacher), "logits", logits)
        view = AuditView(d)
        assert view._repr_mimebundle_() and not asked
        assert view.reasons == {} and view.method == "shap"
        cost = view.about["costs"]["lime"]
        assert f"{teacher.name} is asked about" in cost and "rows at most" in cost
        assert ("may be a service that costs" in cost) == teacher.remote
        found = view.explain("shap", n=4, **FEW)
        assert asked and view.attributions == {"shap": found} and view.asking == ""
        assert view.frame() is not None


def test_the_browser_asks(d: Distillation) -> None:
    shap = d.attributions(rows=[3, 17, 40], **FEW)
    view = AuditView(shap)
    seen = []
    view.observe(lambda change: seen.append(change["new"]), "asking")
    view.row = int(np.setdiff1d(np.arange(d.table.n_rows), shap.places)[0])
    view.set_state({"ask": {"method": "surrogate", "row": view.row}})
    assert seen == ["surrogate", ""] and view.ask == {} and view.method == "surrogate"
    found = view.attributions["surrogate"]
    # the same rows, so that both methods can be seen side by side, and the one that is looked at
    assert view.row in found.places
    assert set(found.places) - {view.row} <= set(shap.places)
    assert set(view.reasons) == {"shap", "surrogate"}
    with pytest.raises(t.TraitError, match="ask to name a method"):
        view.ask = {"rows": 3}
    with pytest.raises(ValueError, match="Expected method to be one of"):
        view.set_state({"ask": {"method": "gradients"}})
    assert "Expected method" in view.error and view.asking == "" and view.ask == {}


def test_several_methods_side_by_side(d: Distillation, shap: Attributions) -> None:
    other = d.attributions("surrogate", rows=shap.places[:2], **FEW)
    view = AuditView([shap, other], method="surrogate")
    assert set(view.reasons) == {"shap", "surrogate"}
    pd.testing.assert_frame_equal(view.frame(), other.frame())
    with pytest.raises(ValueError, match=r"Expected reasons by lime.*view.explain\('lime'\)"):
        view.method = "lime"
        view.frame()
    with pytest.raises(t.TraitError, match="Expected method"):
        view.method = "gradients"


def test_reasons_of_two_distillations_are_refused(shap: Attributions) -> None:
    other = distilled("tree", "regression").attributions(n=3, **FEW)
    with pytest.raises(ValueError, match="reasons of one distillation"):
        AuditView([shap, other])


def test_each_of_several_classes() -> None:
    d = distilled("tree", "three classes")
    found = d.attributions(n=6, **FEW)
    view = AuditView(found, output="later")
    assert decode(view.reasons["shap"]["shares"]).shape == (4, 2, d.table.n_columns)
    k = found.scale.outputs.index("later")
    frame = view.frame().set_index("column")
    sizes = np.abs(found.student.values[:, :, k]).mean(0)
    np.testing.assert_allclose(frame["student"].loc[list(found.columns)], sizes)
    assert frame["student_share"].sum() == pytest.approx(1)
    view.row = int(found.places[0])
    pd.testing.assert_frame_equal(view.frame(), found.at(0, "later"))
    view.output = ""
    pd.testing.assert_frame_equal(view.frame(), found.at(0))
    with pytest.raises(t.TraitError, match='Did you mean "later"'):
        view.output = "late"


def test_numbers_and_a_silent_teacher(d: Distillation) -> None:
    of = distilled("rules", "regression")
    view = AuditView(of.attributions(n=5, **FEW))
    sent = view.reasons["shap"]
    places = decode(sent["rows"])
    np.testing.assert_array_equal(
        decode(sent["numbers"])[0], of.targets.values[places].astype(np.float32)
    )
    assert sent["classes"] == [] and sent["words"] == ["prediction"]
    from dataclasses import replace

    silent = replace(d, inputs_given=True)
    alone = AuditView(silent.attributions(n=5, progress=False))
    sent = alone.reasons["shap"]
    assert sent["teacher"] is None and sent["agreement"] == []
    assert decode(sent["values"]).shape[0] == 1
    told = f"Only the student can be explained, and not {d.teacher.name}: "
    assert all(cost.startswith(told) for cost in alone.about["costs"].values())
    assert alone.about["alone"] and not view.about["alone"]


def test_an_audit_has_all_its_parts(audited: Audit, tmp_path: Path) -> None:
    view = audited.view()
    names = [part["name"] for part in view.about["parts"]]
    assert names == ["findings", *audited.titles]
    skipped = {part["name"]: part["skipped"] for part in view.about["parts"]}
    assert skipped["bias"] == audited.skipped["bias"] and not skipped["fidelity"]
    assert [one["code"] for one in view.about["findings"]] == list(audited.findings.codes)
    for told, one in zip(view.about["findings"], audited.findings, strict=True):
        assert told["table"]["columns"] == [str(name) for name in one.table.columns]
    assert view.panels == {}
    view.part = "measures"
    assert set(view.panels) == {"measures"} and "<table" in view.panels["measures"]
    # a page has nobody to ask
    text = view.to_html(tmp_path / "audit.html").read_text(encoding="utf-8")
    for part in ("fidelity", "measures"):
        assert f'"{part}":"' in text
    with pytest.raises(t.TraitError, match='Did you mean "measures"'):
        view.part = "measure"


def test_evidence_may_lack_a_text(audited: Audit, tmp_path: Path) -> None:
    table = pd.DataFrame({"column": ["age", "income"], "proof": ["signs", None]})
    told = Finding("expectation-unused", "Said.", {"n": 1}, "Do it.", table)
    assert table["proof"].isna().any()
    view = replace(audited, findings=Findings.ordered([told])).view()
    assert view.about["findings"][0]["table"]["rows"] == [["age", "signs"], ["income", ""]]
    assert view.to_html(tmp_path / "audit.html").is_file()


def test_an_audit_without_reasons_cannot_ask(d: Distillation) -> None:
    view = d.audit(only=["measures"], progress=False).view(part="measures")
    assert view.about["costs"] == {}
    with pytest.raises(ValueError, match=r"Build it on d: AuditView\(d\)"):
        view.explain("shap")


def test_its_drawing_is_a_file(shap: Attributions, tmp_path: Path) -> None:
    view = shap.view(row=shap.places[1])
    for row in (view.row, None):
        view.row = row
        drawing = ElementTree.parse(view.to_svg(tmp_path / "reasons.svg")).getroot()
        text = "".join(drawing.itertext())
        assert (f"Row {1000 + row}" if row else "Share of each column") in text
    assert QUOTED.split(",")[0] not in view._picture() or "&lt;b&gt;" in view._picture()
    with pytest.raises(ValueError, match="Expected reasons by shap"):
        AuditView(distilled("tree", "binary")).to_svg(tmp_path / "none.svg")
