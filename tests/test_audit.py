"""Every audit in one go: what is gathered, what is left out, and what an interrupt leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import jupyter_distill as jd
from jupyter_distill.audits import _part, audit
from jupyter_distill.audits._part import Part, parts
from jupyter_distill.distillation import Distillation
from tests.certified import distilled as certified
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
