"""The pages of the documentation leave nothing out, and are for readers without a network."""

from __future__ import annotations

import pkgutil
import re
from pathlib import Path

import pytest

import jupyter_distill as jd
from jupyter_distill import students, teachers, widgets
from jupyter_distill.audits._part import parts
from jupyter_distill.findings import CODES
from jupyter_distill.magics import COMMANDS
from tests.documented import PAGES, blocks, text_of
from tests.test_contract import STEMS, widget_of

EVERY = sorted(path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.md"))
API = "".join(text_of(page) for page in EVERY if page.startswith("api/"))


def of(package: object) -> list[str]:
    found = pkgutil.iter_modules(package.__path__)  # type: ignore[attr-defined]
    return [module.name for module in found if not module.name.startswith("_")]


def test_every_public_name_is_in_the_reference() -> None:
    named = re.findall(r"^\.\. auto(?:class|function):: jupyter_distill\.(\w+)$", API, re.MULTILINE)
    assert sorted(named) == sorted(jd.__all__)


@pytest.mark.parametrize("family", students.names())
def test_every_family_has_a_page(family: str) -> None:
    page = text_of(f"students/{family}.md")
    for task in ("classification", "regression"):
        assert f"`jupyter_distill.{students.load(family, task).__name__}`" in page
    assert "```{live} " in page
    assert f"({family}.md)" in text_of("students/index.md")


def test_every_kind_of_teacher_has_a_page() -> None:
    pages = [text_of(page) for page in EVERY if page.startswith("teachers/")]
    for kind in of(teachers):
        assert sum(f"`teachers/{kind}.py`" in page for page in pages) == 1, kind


@pytest.mark.parametrize("stem", STEMS)
def test_every_view_has_a_page_with_itself_and_its_traits(stem: str) -> None:
    page = text_of(f"views/{stem}.md")
    assert f"```{{live}} {stem}\n" in page
    assert f"```{{traits}} {widget_of(stem).__name__}\n" in page
    assert f"({stem}.md)" in text_of("views/index.md")


@pytest.mark.parametrize("name", [*parts(), "certificate"])
def test_every_audit_has_a_page_with_its_drawing(name: str) -> None:
    page = text_of(f"audits/{name}.md")
    assert f"`d.{name}(" in page
    assert f"```{{drawn}} {name}\n" in page
    assert f"({name}.md)" in text_of("audits/index.md")


def test_every_finding_is_told_once() -> None:
    told = text_of("findings.md").split("## By what they are about")[1].split("\n## ")[0]
    assert sorted(re.findall(r"`([a-z-]+)`", told)) == sorted(CODES)


def test_every_magic_is_named() -> None:
    page = text_of("magics.md")
    for command in COMMANDS:
        assert f"`%{command.name}`" in page


@pytest.mark.parametrize("page", EVERY)
def test_a_page_links_to_pages_that_are_there_and_fetches_nothing(page: str) -> None:
    text = text_of(page)
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        assert (PAGES / page).parent.joinpath(target).is_file(), target
    assert not re.search(r"https?://|<img|<script", text)


@pytest.mark.parametrize("page", EVERY)
def test_what_a_page_calls_is_there(page: str) -> None:
    code = "\n".join(block.text for block in blocks(page) if block.language == "python")
    code += "\n".join(re.findall(r"`([^`\n]+)`", text_of(page)))
    known = set(jd.__all__)
    assert set(re.findall(r"\bjd\.(\w+)", code)) <= known
    for name in re.findall(r"(?<![\w.])d\.(\w+)", code):
        assert hasattr(jd.Distillation, name) or name in jd.Distillation.__dataclass_fields__, name


def test_pages_are_small_and_hold_no_pictures() -> None:
    files = [path for path in PAGES.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".md"}
    assert sum(path.stat().st_size for path in files) < 120_000


def test_every_live_picture_is_of_a_view_there_is() -> None:
    shown = {name for page in EVERY for name in re.findall(r"```{live} (\w+)", text_of(page))}
    figures = Path(PAGES.parents[1], ".ci", "docs", "figures.py").read_text(encoding="utf-8")
    made = set(re.findall(r'^        "(\w+)": lambda: (?:jd|loans)', figures, re.MULTILINE))
    assert shown == made
    assert of(widgets) == STEMS
