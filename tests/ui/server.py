"""A Jupyter server of its own on the loopback interface: own port, settings and folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Literal

import nbformat

App = Literal["jupyterlab", "notebook"]
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
QUIET = {  # no question about news, no look for updates, nothing saved that another page may open
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": (
        '{"fetchNews": "false", "checkForUpdates": false}'
    ),
    "@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": '{"autosave": false}',
}


class JupyterServer:
    """JupyterLab or Notebook 7 as a person starts it, without a token and without a browser."""

    def __init__(self, app: App, home: Path) -> None:
        self.app, self.home = app, home
        self.root = home / "root"
        self.root.mkdir()
        self.log = home / "server.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.packages = home / "packages"  # on the path of its Python
        self.packages.mkdir()
        for name, text in QUIET.items():
            setting = home / "settings" / name
            setting.parent.mkdir(parents=True, exist_ok=True)
            setting.write_text(text)
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", app, *self._options()],
                env=self._environment(home),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def _options(self) -> list[str]:
        return [
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.disable_check_xsrf=True",
            "--IdentityProvider.token=",
            "--PasswordIdentityProvider.password_required=False",
            "--LabApp.news_url=None",
            "--LabApp.expose_app_in_browser=True",  # as window.jupyterapp
            "--JupyterNotebookApp.expose_app_in_browser=True",
        ]

    def _environment(self, home: Path) -> dict[str, str]:
        own = {
            f"JUPYTER_{name}": str(home / name.lower())
            for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
        }
        return {
            **os.environ,
            **own,
            "PYTHONPATH": os.pathsep.join(
                filter(None, [str(self.packages), os.environ.get("PYTHONPATH")])
            ),
            "IPYTHONDIR": str(home / "ipython"),
            "JUPYTER_PREFER_ENV_PATH": "1",
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        }

    def _wait(self, seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/api/status", timeout=2).read()
                return
            except OSError:
                time.sleep(0.1)
        self._process.kill()
        raise RuntimeError(f"{self.app} did not start:\n{self.log.read_text()}")

    def write(self, name: str, *cells: str, kernel: dict[str, str] = KERNEL) -> None:
        """Write a notebook of code cells into the server's folder."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": kernel},
        )
        nbformat.write(notebook, self.root / name)

    def add_kernel(self, name: str, language: str, *argv: str) -> dict[str, str]:
        """Make another kernel known to the server, and return how a notebook names it."""
        spec = {"display_name": name.title(), "language": language}
        folder = self.home / "data_dir" / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"argv": [*argv], **spec}))
        return {"name": name, **spec}

    def set_settings(self, plugin: str, text: str) -> None:
        """Write what a person would in the editor of settings; an empty text is none."""
        name, _, rest = plugin.partition(":")
        path = self.home / "settings" / name / f"{rest}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or "{}")

    def address(self, name: str) -> str:
        """Return where a person opens this notebook."""
        if self.app == "jupyterlab":
            return f"{self.url}/lab/tree/{name}?reset"
        return f"{self.url}/notebooks/{name}"

    def stop(self) -> None:
        """Shut down as the menu does, with every kernel."""
        ask = urllib.request.Request(f"{self.url}/api/shutdown", method="POST")
        urllib.request.urlopen(ask, timeout=10).read()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
