"""What a result says of itself, as HTML: sentences that wrap, and tables whose columns stand."""

from __future__ import annotations

import re
from itertools import groupby

from jupyter_distill.exports.html import escape

_GAP = re.compile(r"\S {2,}\S")  # between columns that are set with spaces


def said(text: str) -> tuple[list[str], list[str]]:
    """Return the sentences of a text, and its tables with what stands above each, as HTML.

    Parameters
    ----------
    text : str
        What ``describe()`` returns: lines of tables are all of one length.
    """
    sentences: list[str] = []
    tables: list[str] = []
    for block in re.split(r"\n{2,}", text):
        lines = [line for line in block.split("\n") if line]
        wide = {len(line) for line in lines if _GAP.search(line)}
        above: list[str] = []
        for table, of in groupby(lines, key=lambda line: _set(line, wide)):
            if table:
                inside = escape("\n".join(of))
                tables += [*above, f'<pre class="said" tabindex="0">{inside}</pre>']
                above = []
                continue
            said_here = [(line, f'<p class="said">{escape(line)}</p>') for line in of]
            above = [said_here.pop()[1]] if said_here[-1][0].endswith(":") else []
            sentences += [html for _, html in said_here]
        sentences += above
    return sentences, tables


def _set(line: str, wide: set[int]) -> bool:
    """Return whether a line is of a table: as long as one with gaps, and no sentence."""
    return len(line) in wide and not line.endswith((".", ":"))
