"""What a view's traits refuse is refused as traitlets do, whichever view and trait it is."""

from __future__ import annotations

from typing import Any

import pytest
import traitlets as t

from tests.views import BUILDERS

WRONG: list[tuple[str, str, Any, str]] = [
    ("tree", "colour", "red", "colour to be one of 'student'"),
    ("tree", "colour", 3, "'colour' trait"),
    ("tree", "depth", -1, "depth to be a whole number >= 0"),
    ("tree", "folded", [999], "folded to hold nodes from 0"),
    ("tree", "node", 999, "node from 0"),
    ("tree", "row", 10_000, "a row from 0 to 599"),
    ("rules", "sort", "suport", 'Did you mean "support"'),
    ("rules", "rule", 99, "rule from 0 to"),
    ("terms", "term", 99, "a term from 0"),
    ("terms", "score", 9, "score 0, the only one"),
    ("ladder", "measure", "f1", "measure to be one of"),
    ("ladder", "size", 999, "size to be one of"),
    ("table", "query", {"sort": ["incom", True]}, 'Did you mean "income"'),
    ("table", "region", 99, "no region|a region from 0"),
    ("table", "rows_chosen", [10_000], "rows from 0 to 599"),
    ("temperature", "temperature", 0.0, "temperature to be a finite number > 0"),
    ("temperature", "asked", {"ticket": 1, "temperature": 0, "size": 8}, "finite number > 0"),
    ("temperature", "asked", {"ticket": 1, "temperature": "2", "size": 8}, "a finite number"),
    ("temperature", "asked", {"ticket": 1}, "ticket, temperature and size"),
    ("whole", "tab", "trus", 'Did you mean "trust"'),
]


@pytest.mark.parametrize(("view", "name", "value", "message"), WRONG)
def test_a_wrong_value_is_the_error_of_a_trait(
    view: str, name: str, value: Any, message: str
) -> None:
    shown = BUILDERS[view]()
    before = getattr(shown, name)
    with pytest.raises(t.TraitError, match=message):
        setattr(shown, name, value)
    assert getattr(shown, name) == before
    # and so it is from the browser, where the view says it
    with pytest.raises(t.TraitError, match=message):
        shown.set_state({name: value})
    assert shown.error
