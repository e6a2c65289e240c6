"""A place for figures: printed at the end of the run, whatever pytest does with output."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Record = Callable[[str, str], None]
NoteTable = Callable[[str, str], None]
_LINES: list[tuple[str, str]] = []
_TABLES: list[tuple[str, str]] = []


@pytest.fixture
def record() -> Record:
    """Note a figure under a name."""

    def note(name: str, figure: str) -> None:
        _LINES.append((name, figure))

    return note


@pytest.fixture(scope="session")
def note_table() -> NoteTable:
    """Note a table, as text, under a title."""

    def note(title: str, text: str) -> None:
        _TABLES.append((title, text))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for title, text in _TABLES:
        terminalreporter.section(title)
        terminalreporter.write_line(text)
    if _LINES:
        terminalreporter.section("figures")
        width = max(len(name) for name, _ in _LINES)
        for name, figure in _LINES:
            terminalreporter.write_line(f"{name:{width}}  {figure}")
