"""What runs the notebooks of a site for browsers: nothing passes out, what went wrong is said."""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from types import ModuleType
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import pytest

CI = Path(__file__).parents[1] / ".ci"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(CI)  # it uses a file beside it
    spec = importlib.util.spec_from_file_location("lite_run", CI / "lite_run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_asks_for_the_world_outside_is_refused_and_listed(runner: ModuleType) -> None:
    with runner.served(runner.Gate) as gate:
        way_out = build_opener(ProxyHandler({"http": gate}))
        for host in ("elsewhere.example", runner.OF_BROWSER[0]):
            with pytest.raises(HTTPError, match="403"):
                way_out.open(f"http://{host}/wheel.whl")
    assert runner.Gate.knocked == ["http://elsewhere.example/wheel.whl"]


def test_a_site_counts_what_it_gives(runner: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "some.whl").write_bytes(bytes(1000))
    with runner.served(partial(runner.Site, directory=str(tmp_path))) as address:
        direct = build_opener(ProxyHandler({}))
        for _ in range(2):
            assert len(direct.open(f"{address}/some.whl").read()) == 1000
    assert runner.Site.given == 2000


def test_what_was_served_is_gone_when_its_user_fails(runner: ModuleType) -> None:
    with pytest.raises(KeyError), runner.served(runner.Gate) as address:
        raise KeyError("the user's own")
    with pytest.raises(URLError, match="refused"):
        build_opener(ProxyHandler({})).open(address, timeout=5)


# What the runner asks of an application: a notebook without cells, whose kernel has started.
PAGE = """<script>
const content = { model: { cells: [] } };
const sessionContext = { session: { kernel: { status: "idle" } } };
window.jupyterapp = {
    commands: { execute: async () => {} },
    shell: { currentWidget: { content, sessionContext } },
};
if (location.search.includes("02_faulty")) console.error("no such thing");
</script>"""


def test_an_error_in_the_console_fails_a_run_by_name(
    runner: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for folder in ("files", "lab"):
        (tmp_path / folder).mkdir()
    for name in ("01_sound", "02_faulty"):
        (tmp_path / "files" / f"{name}.ipynb").touch()
    (tmp_path / "lab" / "index.html").write_text(f'<link rel="icon" href="data:,">{PAGE}')
    monkeypatch.setattr("sys.argv", ["lite_run.py", str(tmp_path), "01"])
    assert runner.main() == 0, capsys.readouterr().out
    assert "in the console" not in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["lite_run.py", str(tmp_path)])
    assert runner.main() == 1
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if "in the console" in line][0].startswith(
        "  in the console: no such thing"
    )
    assert said[-1].endswith("see what is said of each: 02_faulty")


def test_errors_and_long_cells_are_told(runner: ModuleType) -> None:
    raised = [{"index": 4, "ename": "ValueError", "evalue": "no rows"}]
    done = {"said": "", "raised": raised, "took": {"2": 10.0, "4": 75.0, "6": 76.0}}
    assert runner.told(done) == ["cell 4: ValueError: no rows", "took long: cell 4: 65 s"]
    late = {"said": "not done in 1800 s", "raised": [], "took": {}}
    assert runner.told(late) == ["not done in 1800 s"]


def test_a_folder_that_is_no_site_is_refused(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["lite_run.py", str(tmp_path), "01", "--pictures", "shots"])
    with pytest.raises(SystemExit, match=r"was it built by make lite\?\. Got \['01'\]\."):
        runner.main()
