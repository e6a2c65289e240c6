"""Colours and type of every static view, light and dark, from the host's theme where it has one."""

from __future__ import annotations

# Names and values are those of js/shared/theme.css, which colours the views in the browser.
# One colour per class, told apart by people with any kind of colour vision. More classes than
# colours start over, which is why names stand beside them.
LIGHT = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#a39a1c", "#7a7f87")
DARK = ("#4aa8e0", "#f0ae3a", "#2bbd90", "#dd94bd", "#94d2f7", "#f07f3c", "#d9cf4e", "#a5abb3")

# In a notebook the host's own variables come first.
_INK_LIGHT = {
    "text": "var(--jp-content-font-color1,#24292f)",
    "dim": "#5d646d",
    "line": "var(--jp-border-color2,#dfe1e5)",
    "edge": "var(--jp-border-color1,#c3c7cd)",
    "bg": "var(--jp-layout-color0,#ffffff)",
    "shade": "var(--jp-layout-color2,#f2f3f5)",
    "accent": "var(--jp-brand-color1,#1a73c7)",
    "warn": "#9a5c00",
    "alert": "#b3261e",
}
_INK_DARK = {
    "text": "var(--jp-content-font-color1,#e3e6ea)",
    "dim": "#a3aab3",
    "line": "var(--jp-border-color2,#363b43)",
    "edge": "var(--jp-border-color1,#4d545e)",
    "bg": "var(--jp-layout-color0,#16181c)",
    "shade": "var(--jp-layout-color2,#2a2e34)",
    "accent": "var(--jp-brand-color1,#62aef0)",
    "warn": "#e3a03a",
    "alert": "#ff8a80",
}


_TURNS = ("", "var(--jd-text) 45%", "var(--jd-bg) 50%")


def colour(k: int) -> str:
    """Return the CSS colour of class `k`.

    Of more classes than there are colours these come again, nearer to the ink, then to the ground.
    """
    hue = f"var(--jd-class-{k % len(LIGHT)})"
    turn = _TURNS[k // len(LIGHT) % len(_TURNS)]
    return f"color-mix(in srgb,{hue},{turn})" if turn else hue


# Colours of lines, by their place among those of classes: those told apart best.
_LINES = (0, 1, 2, 3, 5)


def line(k: int) -> str:
    """Return the CSS colour of line `k` of a chart that has several."""
    return colour(_LINES[k % len(_LINES)])


def _block(selector: str, inks: dict[str, str], classes: tuple[str, ...]) -> str:
    values = [f"--jd-{name}:{value}" for name, value in inks.items()]
    values += [f"--jd-class-{k}:{value}" for k, value in enumerate(classes)]
    return f"{selector}{{{';'.join(values)}}}"


def variables() -> str:
    """Return the palette as CSS variables of ``.jd``: the reader's scheme, else the host's."""
    # A host that names its theme wins over the scheme of the operating system.
    return "".join(
        [
            _block(".jd", _INK_LIGHT, LIGHT),
            "@media screen and (prefers-color-scheme:dark){",  # paper is white
            _block(".jd", _INK_DARK, DARK),
            "}",
            _block('[data-jp-theme-light="true"] .jd', _INK_LIGHT, LIGHT),
            _block('[data-jp-theme-light="false"] .jd', _INK_DARK, DARK),
        ]
    )


FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif'


def drawing() -> str:
    """Return the style of SVG charts; every rule starts at ``.jd`` and stays inside it."""
    return (
        f".jd text{{font-family:{FONT};font-size:13px;fill:var(--jd-text)}}"
        ".jd .d{fill:var(--jd-dim)}.jd .s{font-size:12px}.jd .b{font-weight:600}"
        ".jd .e{text-anchor:end;font-variant-numeric:tabular-nums}.jd .m{text-anchor:middle}"
        ".jd .w{fill:none;stroke:var(--jd-edge);stroke-linejoin:round}"
        ".jd .h{stroke:var(--jd-line);stroke-width:1}"
    )


def page() -> str:
    """Return the style of tables, cards and headings in HTML."""
    return (
        f".jd{{color:var(--jd-text);font:13px/1.5 {FONT};font-variant-numeric:tabular-nums}}"
        ".jd .scroll{overflow-x:auto;max-width:100%}"
        ".jd table{border-collapse:collapse;margin:4px 0 12px;font-size:12px}"
        ".jd caption{text-align:left;color:var(--jd-dim);padding:0 0 4px}"
        ".jd th,.jd td{padding:4px 12px 4px 0;text-align:left;vertical-align:top;"
        "border:0;border-bottom:1px solid var(--jd-line);background:none;color:inherit;"
        "max-width:24em;overflow-wrap:break-word}"
        ".jd th{font-weight:600;color:var(--jd-dim);white-space:nowrap}"
        ".jd td.wide{max-width:75ch}.jd td.short{white-space:nowrap}"
        ".jd .num{text-align:right;white-space:nowrap}.jd .dim{color:var(--jd-dim)}"
        ".jd .dot{display:inline-block;width:9px;height:9px;border-radius:2px;"
        "margin-right:6px;vertical-align:baseline}"
        ".jd .cards{display:flex;flex-wrap:wrap;gap:8px 32px;margin:8px 0 12px}"
        ".jd .cards>*{min-width:0;max-width:100%}"
        ".jd .big{font-size:22px;font-weight:600;line-height:1.2}"
        ".jd .note{border-left:3px solid var(--jd-warn);padding:2px 0 2px 10px;margin:6px 0}"
        ".jd .finding{margin:10px 0}"
        ".jd .code{border:1px solid var(--jd-edge);border-radius:3px;padding:0 5px;font-size:11px;"
        "white-space:nowrap;color:var(--jd-dim);margin-right:4px}"
        ".jd .remedy{font-weight:600}"
        ".jd .severity{font-weight:600;font-size:11px;color:var(--jd-warn)}"
        ".jd .is-problem{--jd-warn:var(--jd-alert)}.jd .is-note{--jd-warn:var(--jd-dim)}"
        ".jd details{margin:4px 0}.jd summary{cursor:pointer;color:var(--jd-dim)}"
        ".jd details.part>summary{font-weight:600;color:var(--jd-text);margin-top:12px}"
        ".jd p.said{margin:4px 0 8px;max-width:100ch;overflow-wrap:anywhere}"
        ".jd pre.said{font-size:12px;line-height:1.5;margin:4px 0 8px;overflow-x:auto}"
        ".jd .small{font-size:11px}"
        ".jd tr.note>:first-child{padding-left:10px}"
    )
