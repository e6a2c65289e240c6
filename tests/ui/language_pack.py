"""A language pack as JupyterLab installs them, made of the template of our texts."""

from __future__ import annotations

import json
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import jupyter_distill

DOMAIN = "jupyter_distill"
TEMPLATE = Path(jupyter_distill.__file__).parent / "locale" / f"{DOMAIN}.pot"
PLURALS = "nplurals=2; plural=(n != 1);"


def add_pack(packages: Path, locale: str, said: dict[str, str | tuple[str, str]]) -> None:
    """Write a Python package with the translations; what has none stands in «quotes».

    Parameters
    ----------
    packages : Path
        A folder on the path of the server's Python.
    locale : str
        Its language, ``"de_DE"`` say.
    said : dict
        A text of the template -> the same in that language, or two for one and many.
    """
    module = f"jupyterlab_language_pack_{locale}"
    folder = packages / module / "locale" / locale / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (packages / module / "__init__.py").touch()
    about = packages / f"{module}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[jupyterlab.languagepack]\n{locale} = {module}\n")
    # the server translates schemas by the one, the browser all else by the other
    with (folder / f"{DOMAIN}.mo").open("wb") as file:
        catalog = _translated(locale, said)
        write_mo(file, catalog)
    (folder / f"{DOMAIN}.json").write_text(json.dumps(_jed(catalog, locale)), encoding="utf-8")


def _translated(locale: str, said: dict[str, str | tuple[str, str]]) -> Catalog:
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    catalog = Catalog(locale, domain=DOMAIN)
    for message in filter(lambda one: one.id, template):
        one, many = message.id if message.pluralizable else (message.id, "")
        string = said.get(one, (f"«{one}»", f"«{many}»") if many else f"«{one}»")
        catalog.add(message.id, string, context=message.context)
    assert said.keys() <= {one.id[0] if one.pluralizable else one.id for one in catalog}
    return catalog


def _jed(catalog: Catalog, locale: str) -> dict[str, object]:
    messages = {
        "\x04".join(filter(None, [one.context, one.id[0] if one.pluralizable else one.id])): (
            [*one.string] if one.pluralizable else [one.string]
        )
        for one in catalog
        if one.id
    }
    head = {"domain": DOMAIN, "language": locale.replace("_", "-"), "plural_forms": PLURALS}
    return {"": head, **messages}
