"""What a result says of itself, as HTML: sentences that wrap, and tables whose columns stand."""

from __future__ import annotations

import re
from itertools import groupby

from jupyter_distill.exports.html import escape

_GAP = re.compile(r"\S {2,}\S")  # between columns that are set with spaces


def said(text: str) -> tuple[str, str]:
    """Return the sentences of a text, and its tables, as HTML.

    Parameters
    ----------
    text : str
        What ``describe()`` returns: lines of tables are all of one length.
    """
    sentences, tables = [], []
    for block in re.split(r"\n{2,}", text):
        lines = block.split("\n")
        wide = {len(line) for line in lines if _GAP.search(line)}
        for table, of in groupby(lines, key=lambda line: len(line) in wide):
            if table:
                inside = escape("\n".join(of))
                tables.append(f'<pre class="said" tabindex="0">{inside}</pre>')
            else:
                sentences += [f'<p class="said">{escape(line)}</p>' for line in of if line]
    return "".join(sentences), "".join(tables)
