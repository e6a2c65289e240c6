"""What a person observes and links is documented: every synced trait, and which way it goes."""

from __future__ import annotations

import re

import anywidget
import pytest

from tests.test_contract import STEMS, widget_of


def table_of(doc: str) -> list[dict[str, str]]:
    """Return the rows of the table that names traits and their directions; none without one."""
    lines = [line.strip() for line in doc.splitlines()]
    for i, line in enumerate(lines[:-2]):
        ruled = re.fullmatch(r"=+(\s+=+)+", lines[i + 1]) is not None
        if re.match(r"trait\s", line) and "direction" in line and ruled:
            spans = [m.span() for m in re.finditer(r"=+", lines[i + 1])]
            head = [line[a:b].strip() for a, b in spans]
            rows = []
            for row in lines[i + 2 :]:
                if row.startswith("="):
                    return rows
                cells = [row[a : b if k < len(spans) - 1 else None].strip()
                         for k, (a, b) in enumerate(spans)]  # fmt: skip
                rows.append(dict(zip(["trait", *head[1:]], cells, strict=True)))
    return []


VIEWS = [widget_of(stem) for stem in STEMS]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_trait_is_in_the_table(view: type[anywidget.AnyWidget]) -> None:
    inherited = set(anywidget.AnyWidget.class_traits(sync=True))
    synced = {
        name: trait
        for name, trait in view.class_traits(sync=True).items()
        if name not in inherited and not name.startswith("_")
    }
    rows = {row["trait"]: row for row in table_of(view.__doc__ or "")}
    assert set(rows) == set(synced)
    for name, row in rows.items():
        out = synced[name].metadata.get("echo_update", True) is False
        assert row["direction"] in (["out"] if out else ["both", "in"]), name
        assert len(row["meaning"]) > 10, name


def test_a_table_is_read() -> None:
    doc = """
    =====  =========  ==============
    trait  direction  meaning
    =====  =========  ==============
    a      out        What it is, at length beyond the rule.
    b      both       Another.
    =====  =========  ==============
    """
    assert [(row["trait"], row["direction"]) for row in table_of(doc)] == [
        ("a", "out"),
        ("b", "both"),
    ]
    assert table_of("no table") == []
