"""What pages are given by the package itself: pictures, tables of traits, magics, findings."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import figures
import remedies
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

import jupyter_distill as jd
from jupyter_distill.exports import theme
from jupyter_distill.magics import COMMANDS
from jupyter_distill.magics._help import help_of

GIVEN = {  # where a docstring names a view by another word than the page
    "DistillationView": "jupyter_distill.widgets.distillation",
}


class Live(SphinxDirective):
    """A view as it is, in a frame: it runs without kernel or network."""

    required_arguments = 1
    option_spec = {"height": directives.positive_int, "title": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return the frame, and a link to the picture alone."""
        name = self.arguments[0]
        _there(figures.FOLDER / "live" / f"{name}.html")
        up = "../" * self.env.docname.count("/")
        title = escape(self.options.get("title", f"The view {name}, live"))
        height = self.options.get("height", 560)
        html = (
            f'<iframe class="live" src="{up}live/{name}.html" title="{title}" '
            f'style="height:{height}px" loading="lazy"></iframe>'
            f'<p class="live-alone"><a href="{up}live/{name}.html">Open it alone</a></p>'
        )
        return [nodes.raw("", html, format="html")]


class Drawn(SphinxDirective):
    """A result of an audit as a notebook shows it, without scripts."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return it, in colours that follow the page."""
        html = _there(figures.PARTS / f"{self.arguments[0]}.html").read_text(encoding="utf-8")
        html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)  # once for all pages
        return [nodes.raw("", f'<div class="drawn">{html}</div>', format="html")]


class Said(SphinxDirective):
    """What a distillation prints."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the text as it is."""
        text = _there(figures.PARTS / f"{self.arguments[0]}.txt").read_text(encoding="utf-8")
        return [nodes.literal_block(text, text, language="text")]


class Traits(SphinxDirective):
    """The traits of a view: the table of its docstring."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        doc = view_of(self.arguments[0]).__doc__ or ""
        rows = traits_of(doc)
        if not rows:
            raise self.error(f"{self.arguments[0]} has no table of traits in its docstring.")
        head, *body = rows
        return [table(head, [[f"`{row[0]}`", *row[1:]] for row in body])]


class Magic(SphinxDirective):
    """The help of all magics, as ``%name --help`` shows it, with the settings of a new shell."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each."""
        from IPython.core.interactiveshell import InteractiveShell

        from jupyter_distill.magics import DistillMagics

        settings = DistillMagics(InteractiveShell())
        found: list[nodes.Node] = []
        for command in COMMANDS:
            text = help_of(command, settings)
            name = f"%{command.name}"
            section = nodes.section(ids=[nodes.make_id(f"magic-{command.name}")], names=[name])
            section += nodes.title(name, name)
            section += nodes.literal_block(text, text, language="text")
            found.append(section)
        return found


class FindingsTable(SphinxDirective):
    """Every finding there is, what matters most first, with what it says to do."""

    def run(self) -> list[nodes.Node]:
        """Return a definition list."""
        listed = nodes.definition_list()
        for code, severity, said in remedies.table():
            name = nodes.term("", "", nodes.literal(code, code), nodes.Text(f" \u00b7 {severity}"))
            name["ids"].append(f"finding-{code}")
            what = nodes.definition("", *[nodes.paragraph(one, one) for one in said])
            listed += nodes.definition_list_item("", name, what)
        return [listed]


def view_of(name: str) -> Any:
    """Return the class of a view; the linked whole is no public name."""
    if name in GIVEN:
        from importlib import import_module

        return getattr(import_module(GIVEN[name]), name)
    return getattr(jd, name)


def traits_of(doc: str) -> list[list[str]]:
    """Return the rows of the table of traits, the head first; none without one."""
    lines = [line.strip() for line in doc.splitlines()]
    for above, head, below in zip(lines, lines[1:], lines[2:], strict=False):
        if head.startswith("trait") and re.fullmatch(r"=+(\s+=+)+", above) and above == below:
            spans = [match.span() for match in re.finditer(r"=+", above)]
            ends = [*(start for start, _ in spans[1:]), None]
            begun = lines.index(head) + 2
            body = lines[begun : lines.index(below, begun)]
            cut = zip(spans, ends, strict=True)
            columns = [(start, end) for (start, _), end in cut]
            return [[row[a:b].strip() for a, b in columns] for row in [head, *body]]
    return []


def table(head: list[str], rows: list[list[str]]) -> nodes.table:
    """Return a table; what stands in backticks is set as code."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    top, body = nodes.thead(), nodes.tbody()
    top += _row(head)
    body += [_row(row) for row in rows]
    group += [top, body]
    whole = nodes.table(classes=["traits"])
    whole += group
    return whole


def _row(cells: list[str]) -> nodes.row:
    row = nodes.row()
    for text in cells:
        parts = re.split(r"`(.+?)`", text)
        inside = [nodes.literal(t, t) if k % 2 else nodes.Text(t) for k, t in enumerate(parts) if t]
        row += nodes.entry("", nodes.paragraph("", "", *inside))
    return row


def _there(path: Path) -> Path:
    if not path.is_file():
        here = ", ".join(sorted(one.stem for one in path.parent.glob(f"*{path.suffix}")))
        raise FileNotFoundError(f"Expected a picture named {path.stem}. Got these: {here}.")
    return path


def _colours(app: Any) -> None:
    """Write the colours of drawn audits, light and dark as the reader chose on the page."""
    css = theme.variables() + theme.page() + theme.drawing()
    for light, chosen in (("true", "light"), ("false", "dark")):
        css = css.replace(f'[data-jp-theme-light="{light}"]', f'body[data-theme="{chosen}"]')
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "drawn.css").write_text(css, encoding="utf-8")


def _of_others(
    app: Any, what: str, name: str, member: Any, skip: bool, options: Any
) -> bool | None:
    """Leave out what classes inherit from other packages: those have pages of their own."""
    of = getattr(member, "__module__", None) or ""
    return True if of.startswith("sklearn") or name.endswith("_request") else None


def setup(app: Any) -> dict[str, Any]:
    """Add the directives."""
    kinds = {"live": Live, "drawn": Drawn, "said": Said, "traits": Traits, "magics": Magic}
    for name, kind in {**kinds, "findings": FindingsTable}.items():
        app.add_directive(name, kind)
    app.connect("builder-inited", _colours)
    app.connect("autodoc-skip-member", _of_others)
    app.add_css_file("drawn.css")
    return {"parallel_read_safe": True}
