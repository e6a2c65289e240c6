"""The pages of the documentation, and the code blocks on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import jupyter_distill

PAGES = Path(jupyter_distill.__file__).parent / "docs"
ROOT = PAGES.parent.parent

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"(?:#|//) ((?:jupyter_distill|js)/\S+)\n")


class Block(NamedTuple):
    """A code block: its language, the file that its first line names (or none), its text."""

    language: str
    file: str
    text: str


def text_of(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


def blocks(page: str) -> Iterator[Block]:
    for language, text in _BLOCK.findall(text_of(page)):
        named = _NAMED.match(text)
        yield Block(language, named[1] if named else "", text)


def written(page: str, folder: Path) -> list[Path]:
    """Write the files that a page gives below a folder."""
    paths = []
    for block in blocks(page):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
            paths.append(path)
    return paths
