"""What the side panel is told: names, figures that are there already, and views to open."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from babel.messages.pofile import read_po
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.manager import start_new_kernel
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge

import jupyter_distill
from jupyter_distill import Distillation, lab, students
from jupyter_distill._families import families
from jupyter_distill.exports import payload
from tests.small import distilled, people

ROOT = Path(jupyter_distill.__file__).parent.parent


class Touchy:
    """Somebody's object whose properties must not run because a panel is open."""

    touched: list[str] = []

    @property
    def shape(self) -> Any:
        self.touched.append("shape")
        raise AssertionError("a property has run")

    @property
    def __class__(self) -> Any:
        self.touched.append("class")
        return dict


@pytest.fixture(scope="module")
def tree() -> Distillation:
    return distilled(*people(300), size=4, temperature=1.0)


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    InteractiveShell.clear_instance()
    main = sys.modules["__main__"]  # a shell puts itself there: what starts processes needs it
    shell = InteractiveShell.instance()
    sys.modules["__main__"] = main
    yield shell
    atexit.unregister(shell.atexit_operations)
    InteractiveShell.clear_instance()


def ask(what: str, **rest: Any) -> dict[str, Any]:
    told = lab.answer(json.dumps({"ask": what, **rest}))._repr_mimebundle_()
    assert told["text/plain"] == ""
    content = told["application/json"]
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    return content


def test_it_lists_distillations_by_name(shell: InteractiveShell, tree: Distillation) -> None:
    shell.user_ns.update(d=tree, _hidden=tree, jd=jupyter_distill, other=[tree])
    told = ask("look")
    (one,) = told["distillations"]
    assert (told["alias"], told["version"]) == ("jd", jupyter_distill.__version__)
    assert told["python"] == sys.prefix
    assert (one["name"], one["family"], one["size"], one["rows"]) == ("d", "tree", 4, 300)
    assert one["fidelity"] == [tree.rung.fidelity, tree.rung.low, tree.rung.high]
    assert one["teacher"] == tree.teacher.name
    assert one["student"] == tree.title
    assert one["temperature"] == 1.0
    assert one["views"] == ["whole", "tree", "rules", "ladder", "disagreements", "temperature"]


def test_the_package_has_no_name_until_it_is_imported(shell: InteractiveShell) -> None:
    assert ask("look")["alias"] is None
    shell.user_ns["jupyter_distill"] = jupyter_distill
    assert ask("look")["alias"] == "jupyter_distill"


def test_it_computes_nothing(
    shell: InteractiveShell, tree: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Distillation, "fidelity", None)
    monkeypatch.setattr(Distillation, "explanation", None)
    shell.user_ns.update(d=tree, odd=Touchy())
    before = set(shell.user_ns)
    assert [one["name"] for one in ask("look")["distillations"]] == ["d"]
    ask("variables")
    assert set(shell.user_ns) == before
    assert Touchy.touched == []


def test_a_regression_has_r2_and_no_temperature(shell: InteractiveShell) -> None:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 2)), columns=["a", "b"])
    y = X["a"] + 2 * X["b"]
    shell.user_ns["d"] = jupyter_distill.distill(
        Ridge().fit(X, y), X, y, student="linear", size=2, augment=None, progress=False
    )
    (one,) = ask("look")["distillations"]
    assert one["measure"] == "R2"
    assert one["temperature"] is None
    assert one["views"] == ["whole", "terms", "ladder", "disagreements"]


def test_variables_for_a_dialog(shell: InteractiveShell) -> None:
    X = pd.DataFrame({"a": range(20), "b": range(20)})
    y = np.arange(20) % 2
    model = RandomForestClassifier(2, random_state=0).fit(X, y)
    shell.user_ns.update(model=model, X=X, y=y, rows=[1, 2], text="no", odd=Touchy())
    told = ask("variables")
    assert [one["name"] for one in told["teacher"]] == ["model"]
    assert told["teacher"][0]["kind"] == "RandomForestClassifier"
    shapes = {one["name"]: one["shape"] for one in told["X"]}
    assert shapes == {"X": [20, 2], "rows": [2]}
    assert "y" in {one["name"] for one in told["y"]}
    assert list(told["families"]) == students.names()
    assert told["families"]["linear"] == "A sparse linear model"
    assert set(told["taken"]) == {"model", "X", "y", "rows", "text", "odd"}
    assert Touchy.touched == []


def test_what_is_said_of_a_family_is_among_the_texts_to_translate() -> None:
    # a build reads the same files, by its own means
    template = ROOT / "jupyter_distill" / "locale" / "jupyter_distill.pot"
    with template.open("rb") as file:
        texts = {message.id for message in read_po(file)}
    assert texts >= set(families().values()), "npm run texts in js writes them anew"


@pytest.mark.parametrize("family", ["tree", "rules", "linear"])
def test_every_view_that_is_named_opens(shell: InteractiveShell, family: str) -> None:
    quick = {} if family == "linear" else {"quality": "greedy"}
    d = distilled(*people(300), size=3, student=family, temperature=1.0, **quick)
    shell.user_ns["d"] = d
    (one,) = ask("look")["distillations"]
    for kind in one["views"]:
        told = ask("view", name="d", kind=kind)
        assert told["subject"] == d.subject
        assert told["data"]["text/plain"]
        model = told["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
        assert told["model"] == model
        assert ask("close", model=model) == {"closed": True}
        assert ask("close", model=model) == {"closed": False}


def test_a_view_loads_as_many_rows_as_the_settings_say(
    shell: InteractiveShell, tree: Distillation
) -> None:
    shell.user_ns["d"] = tree
    ask("view", name="d", kind="temperature", rows=50)
    view = list(lab._open.values())[-1]
    assert view.row_ids["shape"] == [50]
    left_out = next(row for row in range(300) if row not in payload.sample(300, 2, most=50))
    view.row = left_out
    assert view.row_ids["shape"] == [50]
    assert payload.sample(300, 2).size == 300, "others have what they had"


def test_without_what_draws_views_there_is_a_still_picture(
    shell: InteractiveShell, tree: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.user_ns["d"] = tree
    assert ask("look")["missing"] == []
    for name in [one for one in sys.modules if one.startswith("jupyter_distill.widgets.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(vars(jupyter_distill), "TreeView", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    assert ask("look")["missing"] == ["anywidget"]
    for kind in ("whole", "tree"):
        told = ask("view", name="d", kind=kind)
        assert told["model"] is None and "<svg" in told["data"]["text/html"]
        said = "This is a still picture. Views need anywidget, which is not installed where this"
        assert said in told["data"]["text/html"]
    with pytest.raises(ImportError, match="Install it with: pip install anywidget, then restart"):
        jupyter_distill.TreeView(tree)


def test_what_is_not_there_is_named(shell: InteractiveShell, tree: Distillation) -> None:
    shell.user_ns["d"] = tree
    with pytest.raises(NameError, match="Expected a distillation named e. Got none. Run the cell"):
        ask("view", name="e", kind="whole")
    with pytest.raises(ValueError, match="'rules', 'ladder', .*. Got 'terms'"):
        ask("view", name="d", kind="terms")
    with pytest.raises(ValueError, match="'look', 'variables', 'view', 'close'. Got 'sing'"):
        ask("sing")


def test_without_a_notebook_it_says_so() -> None:
    InteractiveShell.clear_instance()
    with pytest.raises(RuntimeError, match="Expected a running IPython. Got none."):
        lab.look()


def test_asking_loads_nothing_heavy() -> None:
    code = (
        "from IPython.core.interactiveshell import InteractiveShell as S; S.instance();"
        "import sys; import jupyter_distill.lab as lab; lab.look(); lab.variables();"
        "heavy = ('numpy', 'pandas', 'sklearn', 'torch', 'ipywidgets', 'anywidget');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_in_a_kernel_no_number_moves() -> None:
    expression = "__import__('jupyter_distill.lab').lab.answer('{\"ask\": \"look\"}')"
    manager, client = start_new_kernel()
    try:
        numbers = []
        for code, silent in (("1 + 1", False), ("", True), ("_", False)):
            told = client.execute(
                code,
                silent=silent,
                store_history=not silent,
                user_expressions={"panel": expression},
            )
            reply = client._recv_reply(told, timeout=60)["content"]
            numbers.append(reply["execution_count"])
            content = reply["user_expressions"]["panel"]["data"]["application/json"]
            assert content["distillations"] == []
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert numbers[2] == numbers[0] + 1
