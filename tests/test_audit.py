"""Every audit in one go: what is gathered, what is left out, and what an interrupt leaves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jupyter_distill as jd
from jupyter_distill._optional import require
from jupyter_distill.audits import _part, audit
from jupyter_distill.audits._part import Part, parts
from jupyter_distill.audits.stability import stability
from jupyter_distill.distillation import Distillation, InterruptedWarning, Work
from tests.certified import distilled as certified
from tests.explaining import other_reasons
from tests.small import EVIL, distilled, people

QUICK = ["fidelity", "segments", "regions"]


@pytest.fixture(scope="module")
def d() -> Distillation:
    return distilled(*people(), size=4)


def look(d: Distillation, **options: Any) -> Any:
    return d.audit(progress=False, **{"only": QUICK, **options})


def test_every_file_of_audits_that_has_a_part_is_one() -> None:
    folder = Path(_part.__file__).parent
    with_part = {
        path.relative_to(folder).parts[0].removesuffix(".py")
        for path in folder.rglob("*.py")
        if "\nPART = " in path.read_text() and path.name != "_part.py"
    }
    assert set(parts()) == with_part and len(with_part) >= 9
    places = [part.place for part in parts().values()]
    assert places == sorted(places)


def test_findings_of_all_parts_are_gathered_and_each_part_can_be_had(d: Distillation) -> None:
    found = look(d)
    assert list(found.parts) == QUICK and not found.skipped
    own = [one for part in found.parts.values() for one in getattr(part, "findings", ())]
    assert sorted(found.findings.codes) == sorted([*d.findings.codes, *(one.code for one in own)])
    assert found["segments"].frame().equals(found.frame("segments"))
    assert found.frame("summary")["done"].all()
    assert all(found.titles[name] in found.describe() for name in QUICK)
    assert found.ok is ("problem" not in {one.severity for one in found.findings})


def test_what_needs_more_than_is_given_says_what(d: Distillation) -> None:
    found = look(d, only=["bias", "expectations", "fidelity"])
    assert list(found.parts) == ["fidelity"]
    assert "sensitive=" in found.skipped["bias"]
    assert "expectations=" in found.skipped["expectations"]
    with pytest.raises(KeyError, match="not done: no groups"):
        found["bias"]
    found = look(
        d, sensitive=["purpose"], expectations={"income": "+"}, only=["bias", "expectations"]
    )
    assert list(found.parts) == ["bias", "expectations"]


def test_parts_that_time_does_not_allow_are_named(d: Distillation) -> None:
    found = look(d, seconds=1e-9)
    assert not found.parts and set(found.skipped) == set(QUICK)
    assert "seconds were used up" in found.skipped["fidelity"]
    assert "not done: fidelity" in repr(found)


def test_an_interrupt_keeps_what_is_done(d: Distillation, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    known = {**parts(), "segments": Part(20, "asks", stopped)}
    monkeypatch.setattr(audit, "parts", lambda: known)
    found = look(d)
    assert list(found.parts) == ["fidelity"]
    assert found.skipped == {"segments": "interrupted", "regions": "interrupted"}


def test_an_error_says_in_which_part_it_was(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("no more")

    monkeypatch.setattr(audit, "parts", lambda: {**parts(), "regions": Part(1, "asks", broken)})
    with pytest.raises(RuntimeError, match="no more") as caught:
        look(d)
    assert "'regions'" in caught.value.__notes__[0]


def test_a_fault_of_the_code_is_never_taken_for_a_refusal(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        return np.ones(3) + np.ones(4)

    monkeypatch.setattr(audit, "parts", lambda: {**parts(), "segments": Part(1, "asks", broken)})
    with pytest.raises(ValueError, match="broadcast") as caught:
        look(d)
    assert "'segments'" in caught.value.__notes__[0] and "fidelity" in caught.value.__notes__[1]
    kept = caught.value.audit  # type: ignore[attr-defined]
    assert list(kept.parts) == ["fidelity"]
    assert "broadcast" in kept.skipped["segments"] and "'segments'" in kept.skipped["regions"]


def test_an_import_that_fails_in_the_code_is_not_a_missing_package(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ImportError("cannot import name 'nobody'")

    monkeypatch.setattr(audit, "parts", lambda: {**parts(), "fidelity": Part(1, "asks", broken)})
    with pytest.raises(ImportError, match="nobody"):
        look(d)


def test_what_a_part_refuses_is_left_out_with_its_words(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any) -> Any:
        return require("no_such_package", extra="audit", feature="This")

    monkeypatch.setattr(audit, "parts", lambda: {**parts(), "segments": Part(1, "asks", missing)})
    found = look(d, only=["segments", "stability", "regions"], resamples=1)
    assert list(found.parts) == ["regions"]
    assert "pip install" in found.skipped["segments"]
    assert "resamples to be" in found.skipped["stability"]


def test_an_interrupt_that_a_part_survives_ends_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    d, bars = certified("tree", "binary"), []

    def stopping(self: Any, stage: str, *rest: Any) -> Any:
        bars.append(stage)
        if stage == "asking about moved rows":
            raise KeyboardInterrupt
        return was(self, stage, *rest)

    was = Work.bar
    monkeypatch.setattr(Work, "bar", stopping)
    wanted = ["expectations", "attributions", "stability"]
    expects: Any = {"income": "+", "age": {"max_share": 0.5}}
    with pytest.warns(InterruptedWarning):
        found = look(d, only=wanted, expectations=expects, resamples=2)
    assert list(found.parts) == ["expectations"]
    assert set(found.skipped) == {"attributions", "stability"}
    assert set(found.skipped.values()) == {"interrupted"}
    assert found.notes[0].startswith("expectations: Interrupted: the teacher was asked about 0")
    assert found.notes[0] in repr(found)
    assert not [stage for stage in bars if "explaining" in stage or "refitting" in stage]


def test_refits_that_are_cut_short_end_the_audit(
    d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = Work.each

    def two(self: Any, function: Any, calls: Any, stage: str, *rest: Any, **more: Any) -> Any:
        for count, one in enumerate(was(self, function, calls, stage, *rest, **more)):
            if stage == "refitting" and count == 2:
                raise KeyboardInterrupt
            yield one

    monkeypatch.setattr(Work, "each", two)
    known = {name: parts()[name] for name in ("stability", "regions")}
    order = {"stability": replace(known["stability"], place=1), "regions": known["regions"]}
    monkeypatch.setattr(audit, "parts", lambda: order)
    with pytest.warns(InterruptedWarning):
        found = look(d, only=list(order), resamples=4)
    assert list(found.parts) == ["stability"] and found.skipped == {"regions": "interrupted"}
    assert "2 of 4 refits" in repr(found)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"only": ["segment"]}, ValueError, 'Did you mean "segments"'),
        ({"only": "segments"}, TypeError, r"Write \['segments'\]"),
        ({"only": []}, ValueError, "at least one part"),
        ({"seconds": 0}, ValueError, "seconds"),
        ({"seconds": -1}, ValueError, "seconds"),
        ({"rows": "some"}, ValueError, "rows"),
        ({"explained": 0}, ValueError, "explained"),
        ({"evaluations": 0}, ValueError, "evaluations"),
        ({"resamples": 0}, ValueError, "resamples"),
    ],
)
def test_what_makes_no_audit_is_refused(
    d: Distillation, options: dict[str, Any], error: Any, says: str
) -> None:
    with pytest.raises(error, match=says):
        look(d, **options)


def test_a_report_shows_the_audit_and_is_the_same_to_the_byte(tmp_path: Path) -> None:
    d = distilled(*people(name=EVIL, answer=EVIL), size=4)
    texts = [
        d.report(tmp_path / f"{k}.html", audit=look(d), date="2026-01-31").read_text()
        for k in range(2)
    ]
    assert texts[0] == texts[1]
    for name in QUICK:
        assert parts()[name].title in texts[0]
    assert EVIL not in texts[0] and EVIL not in look(d)._repr_html_()


def test_one_seed_serves_all_parts(d: Distillation) -> None:
    one, same, other = (
        look(d, only=["measures", "expectations"], expectations={"income": "+"}, random_state=k)
        for k in (3, 3, 4)
    )
    for part in ("measures", "expectations"):
        assert one.frame(part).equals(same.frame(part))
    assert not one.frame("measures").equals(other.frame("measures"))


def test_of_a_teacher_that_is_not_there_the_audit_says_so(tmp_path: Path) -> None:
    d = certified("tree", "binary")
    alone = jd.load(d.save(tmp_path / "d.distill"))
    found = look(alone, only=["expectations", "segments"], expectations={"income": "+"})
    assert "Of the student alone: expectations." in repr(found)
    assert "jupyter_distill.load(path, teacher=model)" in repr(found)
    assert not look(d, only=["expectations"], expectations={"income": "+"}).notes


def test_a_part_that_refuses_leaves_the_others(d: Distillation) -> None:
    few = distilled(*(part[:60] for part in people()), size=2)
    found = look(few, only=["fidelity", "stability"], resamples=1)
    assert "fidelity" in found.parts and "stability" in found.skipped


def test_the_audit_of_another_is_not_reported(d: Distillation, tmp_path: Path) -> None:
    other = distilled(*people(), size=2)
    with pytest.raises(ValueError, match="an audit of this distillation"):
        d.report(tmp_path / "r.html", audit=look(other, only=["fidelity"]))
    with pytest.raises(TypeError, match="what d.audit"):
        d.report(tmp_path / "r.html", audit="x")
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"sensitive": ["incom"]}, "sensitive to name columns"),
        ({"expectations": {"incom": "+"}}, "incom"),
        ({"expectations": {"income": "up"}}, "income"),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_any_part_begins(
    asked: Any, says: str, d: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(*_: Any) -> Any:
        pytest.fail("a part has begun")

    unrun = {name: replace(part, run=begun) for name, part in parts().items()}
    monkeypatch.setattr(audit, "parts", lambda: unrun)
    with pytest.raises(ValueError, match=says):
        d.audit(progress=False, **asked)


def test_nobody_is_told_to_use_what_should_have_no_part() -> None:
    d = other_reasons()._run.plan.d
    (ignored,) = look(d, only=["attributions"], explained=12).findings.of("ignored-by-student")
    assert ignored.detail is not None
    unused = dict.fromkeys(ignored.detail["column"], "unused")
    found = look(d, only=["attributions"], explained=12, expectations=unused)
    assert not found.findings.of("ignored-by-student")


def test_refits_end_with_the_time_that_is_left(d: Distillation) -> None:
    found = look(d, only=["stability"], seconds=1e-3, resamples=5)
    if "stability" in found.parts:  # else no time was left at all
        assert found["stability"].refits == 2
        assert "2 of 5 refits were done in the" in " ".join(found["stability"].notes)
    assert stability(d, 5, progress=False, seconds=1e-9).refits == 2
