"""What is installed, what is missing, and whether views can be shown where this code runs."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import jupyter_distill
from jupyter_distill._front_end import FrontEnd, Host, front_end, host
from jupyter_distill._versions import installed

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["ok", "note", "missing", "problem"]

# Oldest release that is known to do; the tests compare both tables with the package's metadata.
CORE = {
    "anywidget": "0.11",
    "joblib": "1.4",
    "narwhals": "1.20",
    "numpy": "1.26",
    "pandas": "2.2",
    "scikit-learn": "1.6",
    "scipy": "1.13",
    "threadpoolctl": "3",
    "tqdm": "4.66",
}
EXTRAS = {
    "torch": ("torch", "safetensors"),
    "ebm": ("interpret-core",),
    "audit": ("shap", "lime", "fairlearn"),
    "charts": ("altair", "vl-convert-python"),
    "boosting": ("xgboost", "lightgbm", "catboost"),
    "transformers": ("transformers",),
    "images": ("pillow",),
    "onnx": ("onnx", "onnxruntime", "skl2onnx"),
    "sql": ("duckdb",),
    "store": ("pyarrow",),
    "dask": ("dask", "distributed", "pyarrow"),
    "lab": ("jupyterlab", "notebook"),
}
SERVERS = {"jupyterlab": "4.2", "notebook": "7.2"}

_PACKAGE = Path(jupyter_distill.__file__).parent
_ELSEWHERE: dict[Host, str] = {
    "VS Code": "views show in cells; there is no side panel",
    "Colab": "views show in cells (anywidget turns the widget manager on); there is no side panel",
    "marimo": "views show in cells, as mo.ui.anywidget(view) if a cell is to follow them; there is "
    "no side panel",
    "IPython terminal": "no views here: print the object, or d.report('report.html') for a file",
    "plain Python": "no views here: print the object, or d.report('report.html') for a file",
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what was found, and what to do if that is not right."""

    part: str
    name: str
    found: str
    status: Status = "ok"
    remedy: str = ""

    @property
    def text(self) -> str:
        """What was found, with its remedy where it is optional and not there."""
        return f"{self.found}: {self.remedy}" if self.status == "missing" else self.found


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """Everything that :func:`doctor` looked at.

    Attributes
    ----------
    findings : tuple of Finding
        In the order shown. ``status`` is ``"ok"``, ``"note"``, ``"missing"`` (optional and not
        there) or ``"problem"``.
    """

    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings that keep something from working."""
        return tuple(finding for finding in self.findings if finding.status == "problem")

    @property
    def ok(self) -> bool:
        """Whether there is no problem. A missing optional package is none."""
        return not self.problems

    def frame(self) -> pd.DataFrame:
        """Return the findings as a data frame, one a row."""
        import pandas as pd

        return pd.DataFrame(
            [vars(finding) for finding in self.findings],
            columns=["part", "name", "found", "status", "remedy"],
        )

    def describe(self) -> str:
        """Say the outcome in one sentence."""
        if self.ok:
            return "No problem found."
        named = ", ".join(finding.name for finding in self.problems)
        count = len(self.problems)
        return f"{count} problem{'s' if count > 1 else ''} found: {named}."

    def __repr__(self) -> str:
        wide = max(len(finding.name) for finding in self.findings)
        marks = {"ok": " ", "note": " ", "missing": "-", "problem": "!"}
        lines: list[str] = []
        part = ""
        for finding in self.findings:
            if finding.part != part:
                part = finding.part
                lines += ["", part]
            lines.append(f" {marks[finding.status]} {finding.name:<{wide}}  {finding.text}")
            if finding.status == "problem":
                lines.append(f"   {'':<{wide}}  -> {finding.remedy}")
        return "\n".join([self.describe(), *lines])

    def _repr_html_(self) -> str:
        rows = []
        part = ""
        cell = '<td style="text-align:left;vertical-align:top">'
        for finding in self.findings:
            if finding.part != part:
                part = finding.part
                head = (
                    f'<th colspan="3" scope="rowgroup" style="text-align:left">{escape(part)}</th>'
                )
                rows.append(f"<tr>{head}</tr>")
            words = {"ok": "", "note": "", "missing": "optional", "problem": "problem"}
            said = escape(finding.text)
            if finding.status == "problem":
                said += f"<br><strong>{escape(finding.remedy)}</strong>"
            cells = (escape(finding.name), said, words[finding.status])
            rows.append(f"<tr>{''.join(f'{cell}{text}</td>' for text in cells)}</tr>")
        title = escape(self.describe())
        return f"<table><caption>{title}</caption><tbody>{''.join(rows)}</tbody></table>"


def doctor() -> Diagnosis:
    """Look at this installation and say what is missing or wrong.

    It reads versions and files only: no optional package is imported and nothing is fetched. The
    front end is looked for in the environment of the server that started this kernel, which need
    not be the kernel's own.

    Returns
    -------
    Diagnosis
        Shows itself as a table; ``.ok``, ``.problems`` and ``.frame()`` for programs.

    Examples
    --------
    >>> import jupyter_distill as jd
    >>> jd.doctor().frame().columns.tolist()
    ['part', 'name', 'found', 'status', 'remedy']
    """
    where = host()
    return Diagnosis(
        (
            Finding("this Python", "Python", platform.python_version()),
            Finding("this Python", "jupyter-distill", jupyter_distill.__version__),
            *_core(),
            _bundles(),
            *_extras(),
            *_shown(where),
        )
    )


def _older(found: str, least: str) -> bool:
    """Compare releases by their leading numbers: 1.10 is newer than 1.9."""
    numbers = [[int(n) for n in re.findall(r"\d+", text)] for text in (found, least)]
    return numbers[0][: len(numbers[1])] < numbers[1]


def _core() -> Iterator[Finding]:
    for name, least in CORE.items():
        found = installed(name)
        if found is None or _older(found, least):
            said = f"{found}, older than {least}" if found else "missing"
            remedy = f'Install it with: pip install "{name}>={least}"'
            yield Finding("this Python", name, said, "problem", remedy)
        else:
            yield Finding("this Python", name, found)


def _extras() -> Iterator[Finding]:
    for extra, names in EXTRAS.items():
        for name in names:
            found = installed(name)
            if found is None:
                remedy = f'pip install "jupyter-distill[{extra}]"'
                yield Finding("optional packages", name, "missing", "missing", remedy)
            else:
                yield Finding("optional packages", name, found)


def _bundles() -> Finding:
    views = [p.stem for p in (_PACKAGE / "widgets").glob("*.py") if not p.name.startswith("_")]
    wanted = sorted([*views, "page"])
    missing = [name for name in wanted if not (_PACKAGE / "static" / f"{name}.js").is_file()]
    if not missing:
        return Finding("this Python", "built views", ", ".join(wanted))
    remedy = "Install the package again: pip install --force-reinstall jupyter-distill"
    if (_PACKAGE.parent / "js" / "package.json").is_file():
        remedy = "Build them in the folder js: npm ci && npm run build"
    return Finding(
        "this Python", "built views", f"missing: {', '.join(missing)}", "problem", remedy
    )


def _shown(where: Host) -> Iterator[Finding]:
    part = "front end"
    if where in _ELSEWHERE:
        yield Finding(part, "shown by", f"{where}: {_ELSEWHERE[where]}", "note")
    else:
        yield Finding(part, "shown by", where)
    if where in ("VS Code", "Colab", "marimo"):
        return
    # A terminal may sit beside a JupyterLab that is to be used next: look at that one.
    end = front_end()
    yield Finding(part, "looked at", end.looked_at, "note")
    served = bool(end.versions)
    if not served and where != "Jupyter":
        yield Finding(part, "jupyterlab", "no JupyterLab or Notebook here", "note")
        return
    yield from _servers(end, part)
    yield from _extensions(end, part)


def _servers(end: FrontEnd, part: str) -> Iterator[Finding]:
    for name, found in end.versions.items():
        if _older(found, SERVERS[name]):
            remedy = f'In {end.prefix}: pip install "{name}>={SERVERS[name]}", then start it again.'
            said = f"{found}, older than {SERVERS[name]}"
            yield Finding(part, name, said, "problem", remedy)
        else:
            yield Finding(part, name, found)


def _extensions(end: FrontEnd, part: str) -> Iterator[Finding]:
    own = jupyter_distill.__version__
    packages = {
        "anywidget": (f"anywidget>={CORE['anywidget']}", "the views"),
        "@jupyter-widgets/jupyterlab-manager": ("jupyterlab_widgets", "the views"),
        "jupyter-distill": (f"jupyter-distill=={own}", "the side panel"),
    }
    # Without its own extension only the panel is gone: views in cells do not need it.
    bad: Status = "note" if end.guessed else "problem"
    for name, (package, needs) in packages.items():
        found = end.extensions.get(name)
        install = f'in the environment at {end.prefix} run pip install "{package}"'
        remedy = f"To mend it, {install} and reload the page in the browser."
        if found is None:
            said = f"missing, so {needs} cannot be shown"
            optional = name == "jupyter-distill"
            yield Finding(part, name, said, "missing" if optional else bad, remedy)
        elif name in end.disabled:
            enable = f"To switch it on, run jupyter labextension enable {name} and reload the page."
            yield Finding(part, name, f"{found}, disabled", bad, enable)
        elif name == "jupyter-distill" and found != own:
            yield Finding(part, name, f"{found}, but the kernel has {own}", bad, remedy)
        elif name == "anywidget" and _older(found, CORE[name]):
            yield Finding(part, name, f"{found}, older than {CORE[name]}", bad, remedy)
        else:
            yield Finding(part, name, found)
