"""A student that has left the package answers every row as it did inside."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import onnxruntime
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_distill import students
from jupyter_distill.exports.code import Export, export, formats
from jupyter_distill.targets import SoftTargets
from tests import coded
from tests.coded import INCOME, LEVELS, TASKS, held_out, same, student

FAMILIES = students.names()
EVERY = pytest.mark.parametrize(
    ("family", "task"),
    [
        (family, task)
        for family in FAMILIES
        for task in TASKS
        if task != "booleans" or family in ("tree", "linear")
    ],
)
H = held_out()


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def labels(found: Any) -> list[Any]:
    return [label.item() if isinstance(label, np.generic) else label for label in found]


def compare(of: Any, said: list[Any], mixes: Any = None) -> None:
    """Assert that labels, or numbers, are those of the student, and so are probabilities."""
    wanted = of.predict(H)
    if not hasattr(of, "classes_"):
        same(said, wanted, float(np.abs(wanted).max()))
        return
    assert said == labels(wanted)
    assert {type(label) for label in said} == {type(label) for label in labels(wanted)}
    if mixes is not None:
        same(mixes, of.predict_proba(H))


def test_formats_are_files() -> None:
    assert formats() == coded.FORMATS


def made(of: Any, format: str, **options: Any) -> Export:
    """Export on rows that were held out, and see that it was checked on all of them."""
    found = export(of, format, rows=H, **options)
    assert (found.checked_rows, found.checked_edges) == (len(H), 200)
    assert found.checked and not found.notes
    bare_label = format == "sql" and "table" not in options and hasattr(of, "classes_")
    assert (found.max_difference is None) == bare_label
    assert f"on {len(H)} rows" in found.describe()
    return found


@EVERY
def test_words_say_what_the_student_says(family: str, task: str) -> None:
    format = "text" if task == "regression" else "markdown"
    short = made(student(family, task), format)
    exact = made(student(family, task), format, digits=17)
    assert exact.max_difference is not None and short.max_difference is not None
    assert exact.max_difference <= short.max_difference
    assert "thresholds are exact" in str(short) and "Numbers are exact" in str(exact)
    assert all(line.isprintable() for line in str(short).splitlines())


@EVERY
def test_python_answers_rows_as_the_student_does(family: str, task: str) -> None:
    of = student(family, task)
    space: dict[str, Any] = {}
    source = str(made(of, "python"))
    exec(compile(source, "student.py", "exec"), space)
    assert {line for line in source.splitlines() if "import " in line} <= {"import math"}
    given_rows = records(H)
    said = [space["predict"](row) for row in given_rows]
    if task == "regression":
        compare(of, said)
        return
    mixes = [space["predict_proba"](row) for row in given_rows]
    assert all(list(mix) == coded.CLASSES[task] for mix in mixes)
    compare(of, said, [list(mix.values()) for mix in mixes])
    gaps = [{name: np.nan if v is None else v for name, v in row.items()} for row in given_rows]
    assert [space["predict"](row) for row in gaps] == said


@EVERY
def test_duckdb_answers_the_owners_frame_as_the_student_does(family: str, task: str) -> None:
    of = student(family, task)
    query = str(made(of, "sql", table='lo"ans; DROP TABLE--', keep=["id"]))
    owners = H.assign(id=range(len(H)), flag=H["flag"].astype("boolean"))
    with duckdb.connect() as connection:
        connection.register('lo"ans; DROP TABLE--', owners)
        found = connection.execute(query).df().sort_values("id")
    k = len(coded.CLASSES.get(task, []))
    said = labels(found.iloc[:, -k - 1])
    assert found.columns[-k - 1] == "prediction"
    compare(of, said, found.iloc[:, -k:].to_numpy() if k else None)


@EVERY
def test_sqlite_answers_as_the_student_does(family: str, task: str) -> None:
    of = student(family, task)
    expression = str(made(of, "sql", dialect="sqlite"))
    with sqlite3.connect(":memory:") as connection:
        values = [tuple(row.values()) for row in records(H)]
        names = ", ".join('"' + name.replace('"', '""') + '"' for name in H.columns)
        connection.execute(f"CREATE TABLE t ({names})")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", values)
        said = [row[0] for row in connection.execute(f"SELECT {expression} FROM t ORDER BY rowid")]
    if task == "booleans":  # which SQLite keeps as numbers
        said = [bool(label) for label in said]
    compare(of, said)


@EVERY
def test_onnxruntime_answers_by_what_the_model_says_of_itself(family: str, task: str) -> None:
    of = student(family, task)
    content = made(of, "onnx").content
    assert isinstance(content, bytes)
    session = onnxruntime.InferenceSession(content)
    said = session.get_modelmeta().custom_metadata_map
    feeds = {}
    for column in json.loads(said["columns"]):
        values, text = H[column["name"]], column["missing_text"]
        if text is None:
            feed = pd.to_numeric(values.astype(object)).astype(float).to_numpy()
        else:
            assert text not in LEVELS
            feed = values.where(values.notna(), text).to_numpy(dtype=object)
        feeds[column["input"]] = feed[:, None]
    found = session.run(None, feeds)
    if task == "regression":
        compare(of, list(found[0]))
        return
    assert [out.name for out in session.get_outputs()] == ["label", "probabilities"]
    assert json.loads(said["classes"]) == coded.CLASSES[task]
    compare(of, found[0].tolist(), found[1])


def by_hand(said: dict[str, Any], row: dict[str, Any]) -> tuple[Any, list[float]]:
    """Answer a row from the JSON text alone, with nothing but what its description says."""
    columns, model = said["columns"], said["model"]

    def value(j: int) -> Any:
        return row[columns[j]["name"]]

    def code(j: int) -> int:
        levels = columns[j]["categories"]
        return levels.index(value(j)) if value(j) in levels else -1

    def holds(ask: dict[str, Any]) -> bool:
        x = value(ask["column"])
        if ask["codes"] is not None:
            return (
                ask["lost"]
                if x is None or code(ask["column"]) < 0
                else (code(ask["column"]) in ask["codes"])
            )
        if x is None:
            return bool(ask["lost"])
        above = ask["above"] is None or x > ask["above"]
        return above and (ask["up_to"] is None or x <= ask["up_to"])

    def place(axis: dict[str, Any]) -> int:
        x = value(axis["column"])
        if x is None:
            return int(axis["missing"])
        if axis["cuts"] is not None:
            return int(axis["bins"][sum(cut < x for cut in axis["cuts"])])
        at = code(axis["column"])
        return int(axis["bins"][at] if at >= 0 else axis["other"])

    def sums(of: dict[str, Any]) -> np.ndarray:
        total = np.array(of["intercept"])
        for part in of["parts"]:
            if "axes" in part:
                at = place(part["axes"][0])
                for axis in part["axes"][1:]:
                    at = at * part["width"] + place(axis)
                total = total + part["scores"][at]
            elif value(part["column"]) is None:
                total = total + part["missing"]
            else:
                x = value(part["column"]) - part["mean"]
                total = total + np.array(part["known"]) + np.array(part["slope"]) * x
        return total

    if model["kind"] != "sum":
        if model["kind"] == "tree":
            at = model["tree"]
            while isinstance(at, dict):
                at = at["yes"] if holds(at["ask"]) else at["no"]
        else:
            at = next(r["number"] for r in model["rules"] if all(map(holds, r["all"])))
        (outcome,) = (one for one in model["outcomes"] if one["number"] == at)
        return outcome["named"], outcome["values"]
    total = sums(model["sum"])
    if model["hidden"] is not None:
        total = total + np.tanh(sums(model["hidden"])) @ np.array(model["out"])
    if not said["classes"]:
        return 0, total.tolist()
    if len(said["classes"]) == 2:
        p = 1 / (1 + np.exp(-total[0]))
        return int(total[0] > 0), [1 - p, p]
    powers = np.exp(total - total.max())
    return int(total.argmax()), (powers / powers.sum()).tolist()


@EVERY
def test_json_holds_all_that_an_answer_needs(family: str, task: str) -> None:
    of = student(family, task)
    said = json.loads(str(made(of, "json")))
    assert (said["format"], said["version"]) == ("jupyter_distill student", 1)
    assert said["explanation"] == json.loads(json.dumps(of.explain().to_dict()))
    answers = [by_hand(said, row) for row in records(H)]
    if task == "regression":
        compare(of, [values[0] for _, values in answers])
    else:
        compare(of, [said["classes"][k] for k, _ in answers], [p for _, p in answers])


ROW = st.fixed_dictionaries(
    {
        "a": st.none() | st.floats(-4, 4),
        INCOME: st.none() | st.floats(-1e307, 1e307) | st.floats(-20, 120),
        "kind": st.none() | st.sampled_from(LEVELS) | st.text(max_size=3),
        "flag": st.none() | st.booleans(),
        "age": st.none() | st.integers(-5, 2**53 - 1) | st.integers(18, 90),
        "grade": st.none() | st.sampled_from([1, 2, 30, 4]),
    }
)


def frame_of(drawn: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(drawn, columns=list(H.columns), dtype=object)
    for name in ("a", INCOME, "age"):
        frame[name] = frame[name].astype(float)
    return frame.assign(grade=pd.Categorical(frame["grade"], categories=[30, 1, 2, 4]))


@pytest.mark.parametrize("family", FAMILIES)
def test_python_answers_any_row_alike(family: str) -> None:
    of = student(family, "whole numbers")
    space: dict[str, Any] = {}
    exec(str(export(of, "python")), space)

    @settings(max_examples=10, deadline=None)
    @given(st.lists(ROW, min_size=1, max_size=20))
    def alike(drawn: list[dict[str, Any]]) -> None:
        mixes = of.predict_proba(frame_of(drawn))
        for row, mix, label in zip(drawn, mixes, of.predict(frame_of(drawn)), strict=True):
            same(list(space["predict_proba"](row).values()), mix)
            second, first = sorted(mix)[-2:]
            assert space["predict"](row) == label or first - second < 1e-12

    alike()


def test_a_row_that_is_none_of_the_students_is_refused_by_the_function() -> None:
    space: dict[str, Any] = {}
    exec(str(export(student("linear", "text", 6), "python")), space)
    good = records(H)[0]
    with pytest.raises(KeyError, match="age"):
        space["predict"]({name: v for name, v in good.items() if name != "age"})
    with pytest.raises(TypeError, match="Expected a number in column 'age'. Got '12'"):
        space["predict"]({**good, "age": "12"})
    with pytest.raises(ValueError, match="finite number in column 'age'"):
        space["predict"]({**good, "age": float("inf")})
    assert space["predict"]({**good, "age": pd.NA}) == space["predict"]({**good, "age": None})


def test_what_is_written_to_a_file_is_what_is_given_back(tmp_path: Path) -> None:
    of = student("tree", "text")
    for format in coded.FORMATS:
        found = export(of, format, tmp_path / format)
        content = found.content if isinstance(found.content, bytes) else found.content.encode()
        assert found.path is not None and found.path.read_bytes() == content
        assert repr(found) == (found.describe() if format == "onnx" else found.content)
        assert export(of, format).content == found.content  # the same each time


def follow(text: str, row: dict[str, Any]) -> str:
    """Answer a row as a reader of the text would: known values, then rule by rule."""
    lines = text.split("How it answers\n")[1].split("\n\nFidelity")[0].splitlines()
    for line in lines:
        if found := re.fullmatch(
            r"(\w+) is one of (.*); any other value counts as missing\.", line
        ):
            known = [json.loads(name) for name in re.findall(r'"(?:[^"\\]|\\.)*"', found[2])]
            row = {**row, found[1]: row[found[1]] if row[found[1]] in known else None}
    at = next(i for i, line in enumerate(lines) if re.match(r"(rule|leaf) +if ", line))
    starts = [lines[at].index(word) for word in ("if ", "answer")]
    for line in lines[at + 1 :]:
        asked, answer = line[starts[0] : starts[1]].strip(), line[starts[1] :].split()[0]
        conditions = [] if asked == "otherwise" else asked.split(" and ")
        if all(fulfilled(condition.strip("()"), row) for condition in conditions):
            return str(json.loads(answer))
    raise AssertionError(f"no rule for {row}")


def fulfilled(condition: str, row: dict[str, Any]) -> bool:
    if found := re.fullmatch(r"(\w+) is missing", condition):
        return row[found[1]] is None
    lost = condition.endswith(" or missing")
    condition = condition.removesuffix(" or missing")
    if found := re.fullmatch(r"(\w+) is (.*)", condition):
        values = [value.strip('"') for value in found[2].split(" or ")]
        return lost if row[found[1]] is None else str(row[found[1]]) in values
    (name,) = re.findall(r"[a-z]\w*", condition)
    return lost if row[name] is None else bool(eval(condition, {}, row))


@pytest.mark.parametrize("family", ["tree", "rules"])
def test_a_reader_of_the_text_comes_to_the_students_answer(family: str) -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "income": rng.normal(50, 20, 240).round(1),
            "purpose": rng.choice(["car", "house", "boat", "travel"], 240).astype(object),
            "flag": (rng.random(240) < 0.5).astype(object),
        }
    )
    for name in frame.columns:
        frame.loc[rng.random(240) < 0.15, name] = None
    score = frame["income"].fillna(70).astype(float) / 10 - 5
    score += 3.0 * (frame["purpose"] == "car") - 2.0 * frame["flag"].isna()
    targets = SoftTargets(np.column_stack([0 * score, score]), ["no", "yes"])
    kind = students.load(family)
    of = kind(size=6, alpha=0.0, quality="greedy").fit_soft(frame, targets)
    frame.loc[:20, "purpose"] = "never"
    text = str(export(of, "text"))
    said = [follow(text, row) for row in records(frame)]
    assert said == list(of.predict(frame))
