"""What shows this notebook: which program, which server, and what is installed on its side.

The server that started a kernel may live in another environment than the kernel. The views need
the widget manager *there*, and that is where most installations go wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from jupyter_distill._optional import loaded

Host = Literal["Jupyter", "VS Code", "Colab", "marimo", "IPython terminal", "plain Python"]

EXTENSIONS = ("anywidget", "@jupyter-widgets/jupyterlab-manager", "jupyter-distill")
# Run by the server's own Python, which knows its paths best. It prints one line of JSON.
_PROBE = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
from jupyter_core.paths import jupyter_config_path, jupyter_path
versions = {}
for name in ("jupyterlab", "notebook"):
    try:
        versions[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps({"prefix": sys.prefix, "extensions": jupyter_path("labextensions"),
                  "settings": jupyter_config_path(), "versions": versions}))
"""


@dataclass(frozen=True)
class FrontEnd:
    """The environment that serves the notebook.

    Attributes
    ----------
    looked_at : str
        Whose environment was read, in words.
    prefix : str
        Its folder; empty when there is none to read.
    versions : dict of str to str
        Of jupyterlab and notebook, as far as they are there.
    extensions : dict of str to str
        Version of each lab extension found of those the views use.
    disabled : frozenset of str
        Those that a setting switches off.
    guessed : bool
        Whether another environment was read because the server's own could not be.
    """

    looked_at: str
    prefix: str
    versions: dict[str, str] = field(default_factory=dict)
    extensions: dict[str, str] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()
    guessed: bool = False


def host() -> Host:
    """Name the program that runs this code."""
    if loaded("google.colab") or "COLAB_RELEASE_TAG" in os.environ:
        return "Colab"
    marimo = loaded("marimo")
    if marimo is not None and marimo.running_in_notebook():
        return "marimo"
    ipython = loaded("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return "plain Python"
    # A Jupyter server started from VS Code's terminal inherits its variables, but names a session.
    in_vscode = "VSCODE_PID" in os.environ and "JPY_SESSION_NAME" not in os.environ
    if "__vsc_ipynb_file__" in shell.user_ns or in_vscode:
        return "VS Code"
    return "Jupyter" if hasattr(shell, "kernel") else "IPython terminal"


def front_end() -> FrontEnd:
    """Read the server that started this kernel or, where none is found, this environment."""
    server = os.environ.get("JPY_PARENT_PID", "")
    if server.isdigit():
        command = _python_of(int(server))
        answer = _ask(*command) if command is not None else None
        if answer is not None:
            return _read(answer, f"the server that started this kernel (process {server})")
        why = f"this environment: process {server}, which started the kernel, could not be read"
    else:
        why = "this environment: no server has started this Python"
    here = _ask(sys.executable, dict(os.environ))
    found = _read(here, why) if here is not None else FrontEnd(why, "")
    return replace(found, guessed=server.isdigit())


def _python_of(process: int) -> tuple[str, dict[str, str]] | None:
    """Return the interpreter and the environment variables of a running process.

    Its first argument is read rather than the file that runs: a virtual environment's Python is a
    link, and behind the link it is another environment.
    """
    try:
        psutil = import_module("psutil")  # every kernel has it
    except ModuleNotFoundError:
        return _python_from_proc(Path("/proc", str(process)))
    try:
        running = psutil.Process(process)
        arguments, environment = running.cmdline(), running.environ()
        executable, folder = running.exe(), running.cwd()
    except (psutil.Error, OSError):
        return None
    return _interpreter(arguments, executable, folder, environment), environment


def _python_from_proc(process: Path) -> tuple[str, dict[str, str]] | None:
    try:
        arguments = os.fsdecode((process / "cmdline").read_bytes()).split("\0")
        pairs = os.fsdecode((process / "environ").read_bytes()).split("\0")
        executable = str((process / "exe").resolve())
        folder = str((process / "cwd").resolve())
    except OSError:
        return None
    environment = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return _interpreter(arguments, executable, folder, environment), environment


def _interpreter(
    arguments: list[str], executable: str, folder: str, environment: dict[str, str]
) -> str:
    """Return what the first argument names, which may be relative to the process's folder."""
    named = arguments[0] if arguments else ""
    if os.sep in named:
        named = os.path.abspath(os.path.join(folder, named))
    return shutil.which(named, path=environment.get("PATH")) or executable


def _ask(interpreter: str, environment: dict[str, str]) -> dict[str, Any] | None:
    """Run the probe in an interpreter; None if it is no Python or has no Jupyter."""
    try:
        # "-I" would hide the user's site packages: so run in a folder without modules instead
        done = subprocess.run(
            [interpreter, "-c", _PROBE],
            capture_output=True,
            text=True,
            env=environment,
            cwd=Path(interpreter).parent,
            timeout=30,
        )
        answer = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return answer if isinstance(answer, dict) and "extensions" in answer else None


def _read(answer: dict[str, Any], looked_at: str) -> FrontEnd:
    extensions: dict[str, str] = {}
    for name in EXTENSIONS:
        for folder in answer["extensions"]:
            described = _json(Path(folder, name, "package.json"))
            if described:
                extensions[name] = str(described.get("version", "of unknown version"))
                break
    disabled: set[str] = set()
    for folder in reversed(answer["settings"]):  # the first folder has the last word
        settings = _json(Path(folder, "labconfig", "page_config.json")).get("disabledExtensions")
        if isinstance(settings, list):
            settings = dict.fromkeys(settings, True)
        for name, off in (settings or {}).items():
            (disabled.add if off else disabled.discard)(name)
    return FrontEnd(
        f"{looked_at}, at {answer['prefix']}",
        answer["prefix"],
        answer["versions"],
        extensions,
        frozenset(disabled.intersection(EXTENSIONS)),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return content if isinstance(content, dict) else {}
