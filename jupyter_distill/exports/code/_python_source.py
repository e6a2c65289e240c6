"""Questions and sums of a student as lines of Python."""

from __future__ import annotations

import numpy as np

from jupyter_distill.explanation import Limit
from jupyter_distill.exports.code._names import identifiers, one_line
from jupyter_distill.exports.code._read import categories
from jupyter_distill.reading import (
    Ask,
    Axis,
    Choice,
    Clause,
    Form,
    Line,
    Question,
    Scores,
    Steps,
    Sums,
    depth,
    parts,
)

DEEP = 30  # questions inside each other beyond which they follow each other

LOST = '''
def _lost(value):
    """Say whether a value is missing: None, NaN, or pandas' NA."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value
'''
NUMBER = '''
def _number(row, name):
    """Return a number of a row; None where it is missing."""
    value = row[name]
    if _lost(value):
        return None
    if isinstance(value, (str, bytes, bool)):
        raise TypeError(f"Expected a number in column {name!r}. Got {value!r}.")
    number = float(value)
    if not -1e307 <= number <= 1e307:
        raise ValueError(f"Expected a finite number in column {name!r}. Got {value!r}.")
    return number
'''
VALUE = '''
def _value(row, name):
    """Return a value of a row; None where it is missing."""
    value = row[name]
    return None if _lost(value) else value
'''
BIN = '''
def _bin(number, cuts, missing):
    """Return how many cuts lie below a number."""
    return missing if number is None else sum(cut < number for cut in cuts)
'''
SOFTMAX = """
def _softmax(scores):
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return [power / sum(powers) for power in powers]
"""


class Source:
    """Writes a module.

    Parameters
    ----------
    form : Form
        The student.
    head : list of str
        Lines for the comment at its top.
    """

    def __init__(self, form: Form, head: list[str]) -> None:
        self.form, self.head = form, head
        self.names = identifiers({j: form.columns[j].name for j in form.used}, _taken(form))
        self.bins: dict[Axis, str] = {}

    def text(self) -> str:
        """Return the whole source."""
        form = self.form
        body = self._choice(form.body) if isinstance(form.body, Choice) else self._sum(form.body)
        head = "".join(f"# {one_line(line)}".rstrip() + "\n" for line in self.head)
        head += "# Rows are dicts by column; None and NaN are missing values.\n"
        needs = [LOST] if "_number(" in body or "_value(" in body else []
        for name, text in (
            ("_number(", NUMBER),
            ("_value(", VALUE),
            ("_bin(", BIN),
            ("_softmax(", SOFTMAX),
        ):
            needs += [text] if name in body else []
        helpers = "".join(f"\n{text}" for text in needs).strip()
        imports = "import math\n\n" if "math." in body + helpers else ""
        text = f"{head}\n{imports}{self._constants()}\n\n{body.strip()}\n\n\n{helpers}"
        return text.rstrip() + "\n"

    def _constants(self) -> str:
        columns = tuple(self.form.columns[j].name for j in self.form.used)
        said = f"COLUMNS = {columns!r}\n"
        return said + (f"CLASSES = {self.form.classes!r}\n" if self.form.classes else "")

    def _reads(self) -> list[str]:
        lines = []
        for j, name in self.names.items():
            column = self.form.columns[j]
            reader = "_number" if column.kind == "numeric" else "_value"
            lines.append(f"    {name} = {reader}(row, {column.name!r})")
        return lines

    # trees and rules

    def _choice(self, body: Choice) -> str:
        classes = bool(self.form.classes)
        which = "rule" if isinstance(body.how, tuple) else "leaf"
        said = "its label and probabilities" if classes else "its number"
        lines = [
            "",
            "def decide(row):",
            f'    """Return the number of the {which} that decides a row, and {said}."""',
            *(self._reads() if _reads_any(body) else []),
            *(
                self._rules(body, body.how)
                if isinstance(body.how, tuple)
                else self._tree(body, body.how, 1)
            ),
            "",
        ]
        if not classes:
            return "\n".join([*lines, *_function("predict", "a number", ["return decide(row)[1]"])])
        lines += _function("predict", "the class of a row", ["return decide(row)[1]"])
        lines += _function(
            "predict_proba",
            "the probability of each class",
            ["return dict(zip(CLASSES, decide(row)[2]))"],
        )
        return "\n".join(lines)

    def _outcome(self, body: Choice, number: int) -> str:
        numbers = body.outcomes[number]
        if not self.form.classes:
            return f"return {number}, {numbers[0]!r}"
        return f"return {number}, {self.form.classes[body.named[number]]!r}, {numbers!r}"

    def _tree(self, body: Choice, how: Ask | int, steps: int) -> list[str]:
        pad = "    " * steps
        if isinstance(how, int):
            return [pad + self._outcome(body, how)]
        yes, no, asked = how.yes, how.no, self._asked(how.question)
        if how.depth <= DEEP:
            below = self._tree(body, yes, steps + 1), self._tree(body, no, steps + 1)
            return [f"{pad}if {asked}:", *below[0], f"{pad}else:", *below[1]]
        # the longer way follows without a step to the right: Python ends at a hundred of them
        if depth(yes) > depth(no):
            yes, no, asked = no, yes, f"not ({asked})"
        return [
            f"{pad}if {asked}:",
            *self._tree(body, yes, steps + 1),
            *self._tree(body, no, steps),
        ]

    def _rules(self, body: Choice, rules: tuple[Clause, ...]) -> list[str]:
        lines = []
        for rule in rules[:-1]:
            asked = [self._asked(question) for question in rule.box.items()]
            asked = [f"({one})" if " or " in one and len(asked) > 1 else one for one in asked]
            lines.append(f"    if {' and '.join(asked) or 'True'}:")
            lines.append("        " + self._outcome(body, rule.number))
        return [*lines, "    " + self._outcome(body, rules[-1].number)]

    def _asked(self, question: Question) -> str:
        column, limit = question
        name = self.names[column]
        if limit.codes is not None:
            return self._member(name, limit)
        low, high = limit.low, limit.high
        if low >= high:
            inside = "False"
        elif np.isinf(low) and np.isinf(high):
            inside = f"{name} is not None"
        elif np.isinf(low):
            inside = f"{name} <= {high!r}"
        else:
            inside = f"{name} > {low!r}" if np.isinf(high) else f"{low!r} < {name} <= {high!r}"
        if limit.missing:
            if inside == "False":
                return f"{name} is None"
            known = inside == f"{name} is not None"
            return "True" if known else f"{name} is None or {inside}"
        return (
            inside
            if inside.endswith("None") or inside == "False"
            else (f"{name} is not None and {inside}")
        )

    def _member(self, name: str, limit: Limit) -> str:
        known = categories(limit.column)
        assert limit.codes is not None
        if not limit.missing:
            chosen = tuple(known[code] for code in sorted(limit.codes))
            return f"{name} == {chosen[0]!r}" if len(chosen) == 1 else f"{name} in {chosen!r}"
        others = tuple(v for code, v in enumerate(known) if code not in limit.codes)
        return f"{name} != {others[0]!r}" if len(others) == 1 else f"{name} not in {others!r}"

    # sums

    def _sum(self, body: Scores) -> str:
        width = len(body.sums.intercept)
        totals = ["score"] if width == 1 else [f"score_{k + 1}" for k in range(width)]
        lines = [*(self._reads() if parts(body) else []), *self._axes(body)]
        hidden = []
        if body.hidden is not None:
            hidden = [f"unit_{h + 1}" for h in range(len(body.hidden.intercept))]
            lines += self._added(body.hidden, hidden)
            lines += [f"    {unit} = math.tanh({unit})" for unit in hidden]
        lines += self._added(body.sums, totals)
        for unit, row in zip(hidden, body.out, strict=True):
            lines += [
                f"    {total} += {weight!r} * {unit}"
                for total, weight in zip(totals, row, strict=True)
                if weight
            ]
        classes = self.form.classes
        if not classes:
            return "\n".join(
                ["", *_function("predict", "a number", [*_cut(lines), "return score"])]
            )
        if len(classes) == 2:
            what = f"the log-odds of {classes[1]!r}"
            found = _function("score", what, [*_cut(lines), "return score"])
            found += _function("predict", "the class of a row", ["return CLASSES[score(row) > 0]"])
            mix = [
                "odds = score(row)",
                "other = math.exp(-abs(odds)) / (1 + math.exp(-abs(odds)))",
                "likely = 1 / (1 + math.exp(-abs(odds)))",
                "return dict(zip(CLASSES, (other, likely) if odds > 0 else (likely, other)))",
            ]
        else:
            found = _function(
                "scores",
                "the score of each class; the highest names it",
                [*_cut(lines), f"return ({', '.join(totals)})"],
            )
            best = ["found = scores(row)", "return CLASSES[found.index(max(found))]"]
            found += _function("predict", "the class of a row", best)
            mix = ["return dict(zip(CLASSES, _softmax(scores(row))))"]
        found += _function("predict_proba", "the probability of each class", mix)
        return "\n".join(["", *found])

    def _axes(self, body: Scores) -> list[str]:
        lines = []
        for part in parts(body):
            for axis in part.axes if isinstance(part, Steps) else ():
                if axis in self.bins:
                    continue
                name = self.names[axis.column]
                taken = {*self.names.values(), *self.bins.values()}
                short, number = f"{name}_bin", 2
                while short in taken:
                    short, number = f"{name}_bin_{number}", number + 1
                self.bins[axis] = short
                lines.append(f"    {short} = {self._bin(axis, name)}")
        return lines

    def _bin(self, axis: Axis, name: str) -> str:
        if axis.cuts is None:
            known = dict(zip(categories(self.form.columns[axis.column]), axis.bins, strict=True))
            known = {value: place for value, place in known.items() if place != axis.other}
            found = f"{known!r}.get({name}, {axis.other})"
            if axis.missing == axis.other:
                return found
            return f"{axis.missing} if {name} is None else {found}"
        first = axis.bins[0]
        if axis.bins == tuple(range(first, first + len(axis.bins))) and axis.missing == first - 1:
            found = f"_bin({name}, {axis.cuts!r}, -1)"
            return f"{found} + {first}" if first else found
        return f"{(*axis.bins, axis.missing)!r}[_bin({name}, {axis.cuts!r}, -1)]"

    def _added(self, of: Sums, totals: list[str]) -> list[str]:
        lines = [f"    {t} = {v!r}" for t, v in zip(totals, of.intercept, strict=True)]
        for part in of.parts:
            for k, total in enumerate(totals):
                adds = self._line(part, k) if isinstance(part, Line) else self._steps(part, k)
                lines += [f"    {total} += {adds}"] if adds else []
        return lines

    def _line(self, part: Line, k: int) -> str:
        name = self.names[part.column]
        slope, known, missing = part.slope[k], part.known[k], part.missing[k]
        if not (slope or known or missing):
            return ""
        adds = f"{slope!r} * ({name} {minus(part.mean)})" if slope else ""
        adds = " + ".join(
            [*([repr(known)] if known or not adds else []), *([adds] if adds else [])]
        )
        return f"{missing!r} if {name} is None else {adds}"

    def _steps(self, part: Steps, k: int) -> str:
        scores = tuple(row[k] for row in part.scores)
        if not any(scores):
            return ""
        place = self.bins[part.axes[0]]
        if len(part.axes) == 2:
            place = f"{part.width} * {place} + {self.bins[part.axes[1]]}"
        return f"{scores!r}[{place}]"


def _reads_any(body: Choice) -> bool:
    """Say whether anything is asked at all."""
    if isinstance(body.how, tuple):
        return any(rule.box for rule in body.how)
    return isinstance(body.how, Ask)


def minus(value: float) -> str:
    """Return what stands behind a name from which a number is taken."""
    return f"+ {-value!r}" if value < 0 else f"- {value!r}"


def _function(name: str, returns: str, lines: list[str]) -> list[str]:
    said = one_line(returns).replace("\\", "\\\\").replace('"', "'")
    return [
        "",
        f"def {name}(row):",
        f'    """Return {said}."""',
        *(f"    {one}" for one in lines),
        "",
    ]


def _cut(lines: list[str]) -> list[str]:
    return [line.removeprefix("    ") for line in lines]


def _taken(form: Form) -> list[str]:
    """Return names that the source uses for something else than a column."""
    names = ["score", "scores", "predict", "predict_proba", "decide", "math"]
    if isinstance(form.body, Scores):
        names += [f"score_{k + 1}" for k in range(len(form.body.sums.intercept))]
        names += [f"unit_{h + 1}" for h in range(len(form.body.out))]
    return names
