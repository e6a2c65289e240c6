"""The doctor tells what is there, and looks for the front end on the server's side."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

import jupyter_distill
from jupyter_distill.__main__ import main
from jupyter_distill._front_end import front_end
from jupyter_distill.doctor import CORE, EXTRAS, Diagnosis, Finding, doctor

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def release(requirement: str) -> tuple[str, str]:
    name, _, least = requirement.partition(">=")
    return name, least


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A process that could have started a kernel, and a folder where its extensions are."""
    environment = {**os.environ, "JUPYTER_PATH": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-c", "input()"], env=environment, stdin=-1)
    yield process.pid, tmp_path
    process.communicate(b"\n")


def extension(folder: Path, name: str, found: str) -> None:
    path = folder / "labextensions" / name / "package.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"name": name, "version": found}))


def named(diagnosis: Diagnosis, name: str) -> Finding:
    (finding,) = (f for f in diagnosis.findings if f.part == "front end" and f.name == name)
    return finding


def test_tables_are_those_of_the_package() -> None:
    assert dict(map(release, PROJECT["dependencies"])) == CORE
    extras = PROJECT["optional-dependencies"]
    assert {name: tuple(release(r)[0] for r in extras[name]) for name in EXTRAS} == EXTRAS
    assert set(EXTRAS) == set(re.findall(r"[\w]+", extras["all"][0].partition("[")[2]))


def test_every_package_is_listed_with_its_version_or_its_remedy() -> None:
    findings = {f.name: f for f in doctor().findings if f.part != "front end"}
    for extra, names in EXTRAS.items():
        for name in names:
            try:
                assert findings[name].text == version(name)
            except PackageNotFoundError:
                assert findings[name].text == f'missing: pip install "jupyter-distill[{extra}]"'
    assert {name: findings[name].found for name in CORE} == {name: version(name) for name in CORE}
    assert findings["jupyter-distill"].found == jupyter_distill.__version__


def test_a_diagnosis_is_data_text_and_table() -> None:
    bad = Finding("front end", "anywidget", "0.9", "problem", "Do <this>.")
    diagnosis = Diagnosis((Finding("this Python", "Python", "3.11"), bad))
    assert not diagnosis.ok
    assert diagnosis.problems == (bad,)
    assert diagnosis.describe() == "1 problem found: anywidget."
    assert diagnosis.frame()["name"].tolist() == ["Python", "anywidget"]
    assert "! anywidget  0.9" in repr(diagnosis)
    assert "Do <this>." in repr(diagnosis)
    assert "Do &lt;this&gt;." in diagnosis._repr_html_()
    assert Diagnosis(diagnosis.findings[:1]).ok


def test_the_server_is_read_not_the_kernel(
    server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    process, folder = server
    extension(folder, "anywidget", "0.9.3")
    extension(folder, "jupyter-distill", "0.0.9")
    monkeypatch.setenv("JPY_PARENT_PID", str(process))
    end = front_end()
    assert f"process {process}" in end.looked_at
    assert end.prefix == sys.prefix
    assert not end.guessed
    diagnosis = doctor()
    assert named(diagnosis, "anywidget").found == "0.9.3, older than 0.11"
    assert f"at {sys.prefix} run pip install" in named(diagnosis, "anywidget").remedy
    own = jupyter_distill.__version__
    assert named(diagnosis, "jupyter-distill").found == f"0.0.9, but the kernel has {own}"
    assert not diagnosis.ok


def test_an_extension_switched_off_is_a_problem(
    server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    process, folder = server
    extension(folder, "anywidget", "0.11.0")
    (folder / "labconfig").mkdir()
    settings = json.dumps({"disabledExtensions": {"anywidget": True, "other": True}})
    (folder / "labconfig" / "page_config.json").write_text(settings)
    monkeypatch.setenv("JPY_PARENT_PID", str(process))
    finding = named(doctor(), "anywidget")
    assert (finding.status, finding.found) == ("problem", "0.11.0, disabled")
    assert "jupyter labextension enable anywidget" in finding.remedy


def test_a_server_that_is_gone_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setenv("JPY_PARENT_PID", str(gone.pid))
    end = front_end()
    assert "could not be read" in end.looked_at
    assert end.guessed
    assert end.prefix == sys.prefix


def test_in_a_kernel() -> None:
    manager, client = start_new_kernel()
    said: list[str] = []
    try:
        client.execute_interactive(
            "import jupyter_distill as jd; print(jd.doctor())",
            timeout=60,
            output_hook=lambda m: said.append(m["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    text = "".join(said)
    assert re.search(r"shown by +Jupyter\n", text), text
    # this very process has started the kernel
    assert f"process {os.getpid()}), at {sys.prefix}" in text


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({}, "", "plain Python: no views here"),
        ({"COLAB_RELEASE_TAG": "release"}, "", "Colab: views show in cells"),
        ({}, "from IPython import InteractiveShell as S; S.instance()", "IPython terminal: no"),
        (
            {"VSCODE_PID": "1"},
            "from IPython import InteractiveShell as S; S.instance()",
            "VS Code: views show in cells",
        ),
    ],
)
def test_other_hosts(variables: dict[str, str], code: str, said: str) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("VSCODE", "COLAB", "JPY"))}
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nfrom jupyter_distill.doctor import doctor\nprint(doctor())",
        ],
        capture_output=True,
        text=True,
        env={**clean, **variables},
        cwd=ROOT,
        check=True,
    )
    assert said in done.stdout


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == (0 if doctor().ok else 1)
    assert capsys.readouterr().out.strip() == repr(doctor())


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["docter"], 2, 'Did you mean "doctor"?'),
        (["xyz"], 2, "there are doctor, demo."),
        ([], 2, "required: command"),
        (["--help"], 0, "whether views can be shown"),
        (["--version"], 0, jupyter_distill.__version__),
    ],
)
def test_the_command_line_explains_itself(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == code
    assert said in "".join(capsys.readouterr())
