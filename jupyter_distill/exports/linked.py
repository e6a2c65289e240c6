"""Which drawing fits a student, and what the linked view needs to draw it."""

from __future__ import annotations

from typing import Any, Literal

from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import (
    Explanation,
    RuleExplanation,
    ShapeExplanation,
    TermExplanation,
    TreeExplanation,
)
from jupyter_distill.exports import overview, payload, rule_lines, rule_state, term_state
from jupyter_distill.exports.rows import RowIndex
from jupyter_distill.exports.term_model import TermModel
from jupyter_distill.exports.trust import fragment
from jupyter_distill.exports.wire import decode

State = dict[str, Any]
Shows = Literal["tree", "rules", "terms", "still"]

# What each of them starts from; of another student they are empty.
NOTHING: State = {"tree": {}, "rules": {}, "terms": {}, "asking": {}, "still": ""}
# What was chosen in a student means nothing in another one.
UNCHOSEN: State = {
    **dict.fromkeys(("node", "term", "ask", "depth", "region")),
    "folded": [],
    "score": 0,
    "curves": {},
}


def shows(explanation: Explanation) -> Shows:
    """Return which view shows a student; ``"still"``: a drawing without a view of its own."""
    if isinstance(explanation, TreeExplanation):
        return "tree"
    if isinstance(explanation, RuleExplanation):
        return "rules"
    if isinstance(explanation, TermExplanation | ShapeExplanation):
        return "terms"
    return "still"


def head(d: Distillation, rows: RowIndex) -> State:
    """Return what the tabs say of a student: its drawing, its rung, and rows where the two part."""
    apart = None if d.task == "regression" else len(rows.scopes["disagreements"])
    return {"shows": shows(d.explanation()), "chosen": d.size, "apart": apart}


def still(explanation: Explanation) -> State:
    """Return a student that has no view of its own as a drawing."""
    return {"still": fragment(overview.student(explanation))}


def student(d: Distillation, page: State) -> State:
    """Return all that a page without a kernel needs to draw the student, for rows that it holds."""
    explanation, reasons = d.explanation(), {}
    if isinstance(explanation, TreeExplanation):
        made: State = {"tree": payload.tree(explanation)}
    elif isinstance(explanation, RuleExplanation):
        made = {"rules": rule_state.rules(rule_lines.rule_lines(explanation))}
    elif isinstance(explanation, TermExplanation | ShapeExplanation):
        model = TermModel(explanation, d.student, d)
        terms = term_state.terms(model)
        # nobody can be asked there, so that it costs nothing
        terms["terms"] = [{**term, "cost": 0} for term in terms["terms"]]
        made = {"terms": terms, "asking": term_state.asking(model, False)}
        reasons = kept(model, page)
    else:
        made = still(explanation)
    return {**NOTHING, **made, "reasons": reasons}


def kept(model: TermModel, page: State) -> State:
    """Return how the scores of the rows of a page come about."""
    return {"kept": term_state.kept(model, decode(page["row_ids"]))}
