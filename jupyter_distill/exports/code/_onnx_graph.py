"""The nodes of an ONNX graph that answers as a student does."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from jupyter_distill._validation import expected, some
from jupyter_distill.exports.code._about import About
from jupyter_distill.exports.code._cells import kind_of
from jupyter_distill.exports.code._open import FORMAT, VERSION
from jupyter_distill.exports.code._read import categories
from jupyter_distill.reading import (
    Ask,
    Axis,
    Choice,
    Form,
    Line,
    Question,
    Scores,
    Sums,
)

OPSET, ML, IR = 17, 3, 8


class Graph:
    """Collects nodes and constants; every method returns the name of what it computes.

    Parameters
    ----------
    form : Form
        The student.
    onnx : module
        The package.
    """

    def __init__(self, form: Form, onnx: Any) -> None:
        self.form, self.onnx, self.helper = form, onnx, onnx.helper
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}
        self.made: dict[tuple[Any, ...], str] = {}
        self.ml = False
        self.names = {name for j in form.used if (name := form.columns[j].name)}
        self.inputs = {j: form.columns[j].name or self.fresh("column") for j in form.used}
        for j in form.used:
            if kind_of(form.columns[j]) == "mixed":
                raise TypeError(
                    expected(
                        f"categories of one type in column {form.columns[j].name!r}",
                        got=some(form.columns[j].categories),
                        remedy="Turn them into text before distilling.",
                    )
                )

    def fresh(self, name: str) -> str:
        """Return a name that no column and nothing else in the graph has."""
        found, number = name, 2
        while found in self.names:
            found, number = f"{name}_{number}", number + 1
        self.names.add(found)
        return found

    def node(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Add a node of one output; the same one is added once."""
        key = (kind, inputs, repr(sorted(attributes.items())))
        if key not in self.made:
            name = self.fresh(kind.lower())
            self.nodes.append(
                self.helper.make_node(kind, list(inputs), [name], domain=domain, **attributes)
            )
            self.made[key] = name
        return self.made[key]

    def constant(self, values: Any, dtype: Any) -> str:
        """Add a constant."""
        array = np.array(values, dtype=dtype)
        key = ("constant", array.dtype.str, array.shape, repr(array.tolist()))
        if key not in self.made:
            name = self.fresh("constant")
            self.constants[name] = self.onnx.numpy_helper.from_array(array, name)
            self.made[key] = name
        return self.made[key]

    def double(self, values: Any) -> str:
        """Add a constant of doubles."""
        return self.constant(values, np.float64)

    # columns

    def missing_text(self, j: int) -> str | None:
        """Return what stands for missing text in a column: no category of it."""
        column = self.form.columns[j]
        if kind_of(column) != "text":
            return None
        known, found = categories(column), ""
        while found in known:
            found = f"<missing{'_' * len(found)}>"
        return found

    def lost(self, j: int) -> str:
        """Return where a column is missing."""
        text = self.missing_text(j)
        if text is None:
            return self.node("IsNaN", self.inputs[j])
        codes = self.codes(j)
        return self.node("Equal", codes, self.constant([[-2]], np.int64))

    def codes(self, j: int) -> str:
        """Return the codes of a category column: -1 for others, -2 for missing text."""
        known = categories(self.form.columns[j])
        text = self.missing_text(j)
        if text is not None:
            self.ml = True
            return self.node(
                "LabelEncoder",
                self.inputs[j],
                domain="ai.onnx.ml",
                keys_strings=[*known, text],
                values_int64s=[*range(len(known)), -2],
                default_int64=-1,
            )
        same = self.node("Equal", self.inputs[j], self.double([[float(v) for v in known]]))
        places = self.constant([[code + 1 for code in range(len(known))]], np.int64)
        found = self.node("Mul", self.node("Cast", same, to=self.onnx.TensorProto.INT64), places)
        one = self.node("ReduceSum", found, self.constant([1], np.int64), keepdims=1)
        return self.node("Sub", one, self.constant([[1]], np.int64))

    # trees and rules

    def holds(self, question: Question) -> str:
        """Return for which rows the answer to a question is yes, shape (n, 1)."""
        j, limit = question
        if limit.codes is not None:
            known = len(categories(self.form.columns[j]))
            table = [code in limit.codes for code in range(known)]
            # from behind, code -1 meets the last entry and -2 the one before
            table += [limit.missing, limit.missing]
            codes = self.codes(j)
            return self.node("Gather", self.constant(table, np.bool_), codes)
        x = self.inputs[j]
        low, high = limit.low, limit.high
        lost = self.lost(j)
        inside = None
        if np.isfinite(high):
            inside = self.node("LessOrEqual", x, self.double([[high]]))
        if np.isfinite(low):
            above = self.node("Greater", x, self.double([[low]]))
            inside = above if inside is None else self.node("And", inside, above)
        if inside is None:
            inside = self.node("Not", lost)
        if limit.missing:
            return self.node("Or", inside, lost)
        # comparisons with NaN are false, as IEEE 754 has it
        return inside

    def reached(self, body: Choice) -> str:
        """Return the place among the outcomes that each row comes to, shape (n, 1)."""
        place = {number: i for i, number in enumerate(body.outcomes)}

        def at(number: int) -> str:
            return self.constant([[place[number]]], np.int64)

        def tree(how: Ask | int) -> str:
            if isinstance(how, int):
                return at(how)
            return self.node("Where", self.holds(how.question), tree(how.yes), tree(how.no))

        if not isinstance(body.how, tuple):
            found = tree(body.how)
        else:
            found = at(body.how[-1].number)
            for rule in body.how[-2::-1]:
                held = self.constant([[True]], np.bool_)
                for i, question in enumerate(rule.box.items()):
                    one = self.holds(question)
                    held = one if i == 0 else self.node("And", held, one)
                found = self.node("Where", held, at(rule.number), found)
        # where nothing is asked there is a single place, which is that of every row
        zeros = self.node("Mul", self.constant([[0]], np.int64), self.rows())
        return self.node("Add", found, zeros)

    def rows(self) -> str:
        """Return ones, as many as there are rows, shape (n, 1)."""
        shape = self.node("Shape", self.inputs[self.form.used[0]])
        one = self.onnx.helper.make_tensor("one", self.onnx.TensorProto.INT64, [1], [1])
        return self.node("ConstantOfShape", shape, value=one)

    # sums

    def sums(self, of: Sums) -> str:
        """Return sums of shape (n, J), added in the student's order."""
        ones = self.node("Cast", self.rows(), to=self.onnx.TensorProto.DOUBLE)
        total = self.node("Mul", ones, self.double([of.intercept]))
        for part in of.parts:
            if isinstance(part, Line):
                adds = self.line(part)
            else:
                place = self.bin(part.axes[0])
                for axis in part.axes[1:]:
                    wide = self.constant([[part.width]], np.int64)
                    place = self.node("Add", self.node("Mul", place, wide), self.bin(axis))
                flat = self.node("Squeeze", place, self.constant([1], np.int64))
                adds = self.node("Gather", self.double(part.scores), flat)
            total = self.node("Add", total, adds)
        return total

    def line(self, part: Line) -> str:
        """Return what a numeric column adds."""
        x = self.node("Sub", self.inputs[part.column], self.double([[part.mean]]))
        adds = self.node("Mul", x, self.double([part.slope]))
        if any(part.known):
            adds = self.node("Add", adds, self.double([part.known]))
        return self.node("Where", self.lost(part.column), self.double([part.missing]), adds)

    def bin(self, axis: Axis) -> str:
        """Return the bin of each row, shape (n, 1)."""
        if axis.cuts is None:
            bins = self.constant([*axis.bins, axis.missing, axis.other], np.int64)
            found = self.node("Gather", bins, self.codes(axis.column))
            if self.missing_text(axis.column) is not None:
                return found
        else:
            x = self.inputs[axis.column]
            if axis.cuts:
                below = self.node("Less", self.double([axis.cuts]), x)
                counted = self.node("Cast", below, to=self.onnx.TensorProto.INT64)
                place = self.node("ReduceSum", counted, self.constant([1], np.int64), keepdims=1)
                found = self.node("Gather", self.constant(axis.bins, np.int64), place)
            else:
                found = self.constant([[axis.bins[0]]], np.int64)
        missing = self.constant([[axis.missing]], np.int64)
        return self.node("Where", self.lost(axis.column), missing, found)

    # answers

    def answers(self) -> list[tuple[str, str]]:
        """Return outputs and what they are called."""
        body, classes = self.form.body, self.form.classes
        axis = self.constant([1], np.int64)
        if isinstance(body, Choice):
            reached = self.node("Squeeze", self.reached(body), axis)
            values = self.node("Gather", self.double(list(body.outcomes.values())), reached)
            if not classes:
                return [(self.node("Squeeze", values, axis), "prediction")]
            places = [body.named[number] for number in body.outcomes]
            best = self.node("Gather", self.constant(places, np.int64), reached)
        else:
            values = self.scores(body)
            if not classes:
                return [(self.node("Squeeze", values, axis), "prediction")]
            if len(classes) == 2:
                values = self.node("Mul", values, self.double([[-0.5, 0.5]]))
            best = self.node("ArgMax", values, axis=1, keepdims=0)
            values = self.node("Softmax", values, axis=1)
        return [(self.label(best), "label"), (values, "probabilities")]

    def scores(self, body: Scores) -> str:
        """Return the sums of a student, hidden units included."""
        total = self.sums(body.sums)
        if body.hidden is None:
            return total
        units = self.node("Tanh", self.sums(body.hidden))
        return self.node("Add", total, self.node("MatMul", units, self.double(body.out)))

    def label(self, best: str) -> str:
        """Return the labels of places among the classes."""
        classes = self.form.classes
        if len({type(c) for c in classes}) > 1:
            remedy = "Turn them into text before distilling."
            raise TypeError(expected("classes of one type", got=some(classes), remedy=remedy))
        types: dict[type, Any] = {str: object, bool: np.bool_, int: np.int64, float: np.float64}
        return self.node("Gather", self.constant(classes, types[type(classes[0])]), best)

    def model(self, about: About) -> Any:
        """Return the whole model."""
        kinds = self.onnx.TensorProto
        outputs = []
        types = {str: kinds.STRING, bool: kinds.BOOL, int: kinds.INT64, float: kinds.DOUBLE}
        for source, title in self.answers():
            name = self.fresh(title)
            self.nodes.append(self.helper.make_node("Identity", [source], [name]))
            kind = types[type(self.form.classes[0])] if title == "label" else kinds.DOUBLE
            wide = ["n", len(self.form.classes)] if title == "probabilities" else ["n"]
            outputs.append(self.helper.make_tensor_value_info(name, kind, wide))
        inputs = [
            self.helper.make_tensor_value_info(
                name, kinds.DOUBLE if self.missing_text(j) is None else kinds.STRING, ["n", 1]
            )
            for j, name in self.inputs.items()
        ]
        graph = self.helper.make_graph(
            self.nodes, "student", inputs, outputs, list(self.constants.values())
        )
        opsets = [self.helper.make_opsetid("", OPSET)]
        opsets += [self.helper.make_opsetid("ai.onnx.ml", ML)] if self.ml else []
        model = self.helper.make_model(
            graph,
            opset_imports=opsets,
            ir_version=IR,
            producer_name="jupyter_distill",
            producer_version=about.version,
            doc_string=about.name,
        )
        self.helper.set_model_props(model, self._metadata(about))
        return model

    def _metadata(self, about: About) -> dict[str, str]:
        columns = [
            {
                **self.form.columns[j].to_dict(),
                "input": name,
                "missing_text": self.missing_text(j),
            }
            for j, name in self.inputs.items()
        ]
        return {
            "format": FORMAT,
            "version": str(VERSION),
            "made_with": f"jupyter_distill {about.version}",
            "student": self.form.title,
            "classes": json.dumps(list(self.form.classes), ensure_ascii=False),
            "columns": json.dumps(columns, ensure_ascii=False),
        }
