"""A student as JSON: the open form, every parameter exact."""

from __future__ import annotations

import json
from typing import Any

from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import Cells
from jupyter_distill.exports.code._open import from_dict, to_dict
from jupyter_distill.exports.code._result import Checked
from jupyter_distill.reading import Form, evaluate

SUFFIX = ".json"


def write(form: Form, about: About) -> str:
    """Return the form as text, and beside it what people read."""
    said: dict[str, Any] = to_dict(form)
    said["name"] = about.name
    said["made_with"] = f"jupyter_distill {about.version}"
    said["settings"] = about.settings
    said["fidelity"] = about.card
    said["explanation"] = about.explanation.to_dict()
    return json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def check(content: str, form: Form, cells: Cells) -> Checked:
    """Read the text back and answer every row from nothing but that."""
    read = from_dict(json.loads(content))
    return Checked(evaluate(read, cells.values), "the reference evaluator, from the text")
