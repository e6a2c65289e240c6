"""What runs the notebooks of a site for browsers: nothing passes out, what went wrong is said."""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from types import ModuleType
from urllib.error import HTTPError
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


def test_errors_and_long_cells_are_told(runner: ModuleType) -> None:
    raised = [{"index": 4, "ename": "ValueError", "evalue": "no rows"}]
    done = {"said": "", "raised": raised, "took": {"2": 10.0, "4": 75.0, "6": 76.0}}
    assert runner.told(done) == ["cell 4: ValueError: no rows", "took long: cell 4: 65 s"]
    late = {"said": "not done in 1800 s", "raised": [], "took": {}}
    assert runner.told(late) == ["not done in 1800 s"]


def test_a_folder_that_is_no_site_is_refused(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["lite_run.py", str(tmp_path), "01"])
    with pytest.raises(SystemExit, match="was it built by make lite"):
        runner.main()
