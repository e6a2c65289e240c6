"""A view as one HTML file: its state, its program, and a picture for readers without scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jupyter_distill._validation import expected
from jupyter_distill.exports import theme
from jupyter_distill.exports.html import escape, script_json
from jupyter_distill.exports.wire import to_text

STATIC = Path(__file__).parent.parent / "static"

# Nothing is fetched, whatever a browser or a name in the data would like to.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)
STYLE = (
    "html{color-scheme:light dark}"
    "body.jd{margin:0 auto;max-width:1120px;padding:24px 20px 48px;background:var(--jd-bg)}"
    ".jd h1{font-size:22px;line-height:1.25;margin:0 0 4px}"
    ".jd h2{font-size:15px;margin:28px 0 6px}"
    ".jd p{margin:4px 0 8px;max-width:75ch}.jd h1,.jd p{overflow-wrap:anywhere}"
    # on a small screen a table is scrolled rather than broken into letters
    "@media screen and (max-width:600px){.jd .scroll>table:not(.facts){width:max-content}"
    ".jd .scroll>table:not(.facts) td{max-width:12em}.jd .facts td{overflow-wrap:anywhere}}"
    "@media print{#jd-view{display:none}#jd-static{display:block!important}"
    # a drawing that is scrolled on a screen is made smaller on paper, where its rest would be lost
    "html{color-scheme:light}.jd svg{min-width:0!important}"
    # and a long name is broken, as nothing is scrolled there
    ".jd th,.jd td{white-space:normal;overflow-wrap:anywhere}.jd .num{white-space:nowrap}"
    "body.jd{max-width:none;padding:0}.jd .scroll{overflow:visible}"
    # paper opens nothing: there all is open but tables that are too wide for it
    ".jd details:not(.figures)::details-content{content-visibility:visible;block-size:auto}"
    ".jd pre{white-space:pre-wrap}.jd svg{break-inside:avoid}}"
)
_ENDS_SCRIPT = re.compile(r"<(?=/script|!--|script)", re.IGNORECASE)


def bundle(stem: str) -> Path:
    """Return where the program of a view lies.

    Raises
    ------
    FileNotFoundError
        If it has not been built; the message says how.
    """
    path = STATIC / f"{stem}.js"
    if not path.is_file():
        raise FileNotFoundError(missing(stem))
    return path


def missing(stem: str) -> str:
    """Return what to do about a view whose program is not there."""
    return expected(
        f"the program of the view in jupyter_distill/static/{stem}.js",
        got="no such file",
        remedy="In a checkout build it: cd js && npm ci && npm run build. "
        "Otherwise install the wheel again: pip install --force-reinstall jupyter-distill.",
    )


def page(
    *, title: str, state: dict[str, Any], stem: str, before: str, picture: str, after: str = ""
) -> str:
    """Return a page that needs neither network nor kernel.

    Parameters
    ----------
    title : str
        Title of the document.
    state : dict
        The traits of the view, with arrays in wire format.
    stem : str
        Which view.
    before : str
        HTML above the view that stays.
    picture : str
        HTML that is shown until the view has drawn itself, on paper, and without scripts.
    after : str
        HTML below the view that stays.
    """
    program = bundle(stem).read_text(encoding="utf-8")
    starter = bundle("page").read_text(encoding="utf-8")
    data = script_json(to_text({**state, "live": False, "error": ""}))
    scripts = (
        f'<script type="application/json" id="jd-state">{data}</script>\n'
        f'<script type="text/plain" id="jd-esm">{_inside_script(program)}</script>\n'
        f'<script type="module">{_inside_script(starter)}</script>'
    )
    body = f'{before}<div id="jd-view"></div><div id="jd-static">{picture}</div>{after}'
    return document(title, body, scripts)


def document(title: str, body: str, scripts: str = "") -> str:
    """Return a whole HTML document in our own type and colours."""
    style = theme.variables() + theme.page() + theme.drawing() + STYLE
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n"
        f'<body class="jd"><main>{body}</main>\n{scripts}\n</body>\n</html>\n'
    )


def _inside_script(program: str) -> str:
    """Return a program that cannot end its own script element; its strings mean the same."""
    return _ENDS_SCRIPT.sub(r"\\x3c", program)
