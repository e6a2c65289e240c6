"""The wheels that a site of its own must serve: what Pyodide does not have built."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement


def normal(name: str) -> str:
    """Return a package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(names: Iterable[str], python: str) -> set[str]:
    """Return the names of some packages and of all that they need in a browser.

    They are read from what is installed here: no index is asked.
    """
    place = {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix",
             "platform_machine": "wasm32", "implementation_name": "cpython",
             "platform_python_implementation": "CPython", "python_version": python,
             "python_full_version": f"{python}.0", "extra": ""}  # fmt: skip
    found: set[str] = set()
    left = [normal(name) for name in names]
    while left:
        name = left.pop()
        if name in found or name in provided():
            continue
        found.add(name)
        for line in distribution(name).requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate(place):
                left.append(normal(needed.name))
    return found


@cache
def provided() -> frozenset[str]:
    """Return what the kernel brings itself: stand-ins for what cannot run in a browser."""
    share = Path(sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension")
    index = json.loads((share / "static" / "pypi" / "all.json").read_text(encoding="utf-8"))
    return frozenset(normal(name) for name in index)


# IPython names them, for terminals: a browser has none.
NOT_THERE = {"pexpect", "ptyprocess"}


def beside(lock: Path) -> set[str]:
    """Return the names of the packages that Pyodide has built."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"].values()
    return {normal(package["name"]) for package in packages} | NOT_THERE


def fetch(requirement: str, python: str, folder: Path) -> Path:
    """Download the wheel of one package that runs anywhere, and return where it is."""
    before = set(folder.glob("*.whl"))
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
         "--platform=any", "--implementation=py", "--abi=none", f"--python-version={python}",
         "--dest", str(folder), requirement],
        check=True,
    )  # fmt: skip
    (new,) = set(folder.glob("*.whl")) - before
    return new


def slim(wheel: Path, left_out: Callable[[str], bool]) -> None:
    """Write a wheel anew without some of its files, and with a record of those that stay."""
    made = wheel.with_suffix(".new")
    lines: list[str] = []
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        record = next(name for name in old.namelist() if name.endswith(".dist-info/RECORD"))
        for name in old.namelist():
            if name == record or left_out(name):
                continue
            data = old.read(name)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(data)}")
            new.writestr(name, data)
        new.writestr(record, "\n".join([*lines, f"{record},,"]) + "\n")
    made.replace(wheel)


def top_level(wheels: Iterable[Path]) -> set[str]:
    """Return the modules that some wheels hold."""
    found = set()
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            found |= {name.split("/")[0].removesuffix(".py") for name in archive.namelist()}
    return {name for name in found if not name.endswith((".dist-info", ".data"))}
