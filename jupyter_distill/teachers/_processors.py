"""Texts and images as the tensors of a model: what tokenizers and processors are given."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd

from jupyter_distill._optional import is_a
from jupyter_distill._validation import did_you_mean, expected, some
from jupyter_distill.data.files import Files
from jupyter_distill.teachers._base import Refused

_UNSET = 10**9  # tokenizers without a longest length say 1e30
_TOKENIZER = ("transformers.tokenization_utils_base", "PreTrainedTokenizerBase")
_SEVERAL = ("transformers.processing_utils", "ProcessorMixin")
_OTHERS = (
    ("transformers.image_processing_base", "ImageProcessingMixin"),
    ("transformers.feature_extraction_utils", "FeatureExtractionMixin"),
)


class Processor:
    """A tokenizer, image processor, a processor of several parts, or a function like these.

    Parameters
    ----------
    made : callable
        The processor. One of transformers is told to pad and to cut texts and to return tensors;
        any other callable gets the rows alone (the parts of a dict by their names) and returns a
        dict of tensors.
    max_length : int, optional
        Tokens to which texts are cut.
    settings : dict
        What else it is told about texts.
    colour : bool, default False
        Whether pictures are turned upright and to red, green and blue first.
    """

    def __init__(
        self, made: Any, max_length: int | None, settings: dict[str, Any], *, colour: bool = False
    ) -> None:
        self.made = made
        self._colour = colour
        self.name = type(made).__name__
        self.known = any(is_a(made, *kind) for kind in (_TOKENIZER, _SEVERAL, *_OTHERS))
        tokenizer = made if is_a(made, *_TOKENIZER) else getattr(made, "tokenizer", None)
        self._tokenizer = tokenizer if is_a(tokenizer, *_TOKENIZER) else None
        if self._tokenizer is None:
            if max_length is not None:
                got = f"max_length={max_length} beside {self.name}, which makes no tokens"
                raise ValueError(expected("a tokenizer for texts to be cut by", got=got))
        elif self._tokenizer.pad_token_id is None:
            raise ValueError(
                expected(
                    "a tokenizer with a padding token, for texts of several lengths in a batch",
                    got=f"{type(self._tokenizer).__name__} without one",
                    remedy="Set the one that the model was trained with, often: "
                    "tokenizer.pad_token = tokenizer.eos_token; model.config.pad_token_id = "
                    "tokenizer.pad_token_id.",
                )
            )
        length = {} if max_length is None else {"max_length": max_length}
        self._settings = {"padding": True, "truncation": True, **settings, **length}
        own = getattr(self._tokenizer, "model_max_length", _UNSET)
        self.cuts = "max_length" in self._settings or own < _UNSET

    def check(self, X: Any) -> None:
        """Refuse what it cannot take, with the rows where that is.

        Of files the first alone is read: they are as many as the rows, and may be large.
        """
        for name, part in self._parts(_begun(X)).items():
            texts = np.array([isinstance(item, str) for item in part], dtype=bool)
            if name == "images" and texts.any():
                row = int(texts.argmax())
                raise Refused(
                    expected(
                        f"images for {self.name}",
                        got=f"text ({part[row]!r} in row {row})",
                        remedy="If these are names of files: jd.Files(folder, names).",
                    )
                )
            if name in ("text", "text_pair") and not texts.all():
                rows = np.flatnonzero(~texts)
                raise Refused(
                    expected(
                        f"texts for {self.name}",
                        got=f"{some((part[row] for row in rows[:3]), 3)} in {len(rows)} rows "
                        f"(rows {some(rows.tolist())})",
                        remedy="Leave these rows out, or give the text that the model should see "
                        "where there is none, e.g. ''.",
                    )
                )

    def __call__(self, rows: Any) -> dict[str, Any]:
        """Return the tensors that the model takes."""
        parts = self._parts(rows)
        told: dict[str, Any] = {"return_tensors": "pt"} if self.known else {}
        if self._tokenizer is not None and parts.keys() & {"text", "text_pair"}:
            told |= self._settings
        try:
            first = () if "" not in parts else (parts.pop(""),)
            if self._colour:
                parts = {name: [_coloured(item) for item in part] for name, part in parts.items()}
            found = self.made(*first, **parts, **told)
        except Exception as error:  # each processor has errors of its own
            raise Refused(
                expected(
                    f"rows that {self.name} can prepare",
                    got=f"{type(error).__name__}: {error}",
                )
            ) from error
        if not isinstance(found, Mapping):
            what = f"{self.name} to return a dict of tensors"
            raise Refused(expected(what, got=type(found).__name__))
        return dict(found)

    def state(self) -> Any:
        """Return all that decides what it makes of a row."""
        return _state(self.made), self._settings, self._colour

    def _parts(self, rows: Any) -> dict[str, list[Any]]:
        """Return lists by the name that the processor has for them; "" for its first argument."""
        found = nw.from_native(rows, eager_only=True, pass_through=True)
        if isinstance(found, nw.DataFrame):
            columns = {column.name: column for column in found.iter_columns()}
            rows = columns if len(columns) != 1 else next(iter(columns.values()))
        if not isinstance(rows, Mapping):
            part = _listed(rows)
            return {self._only(part): part}
        takes = [
            parameter.name
            for parameter in inspect.signature(self.made).parameters.values()
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        ]
        strange = [str(name) for name in rows if name not in takes]
        if strange and takes:
            modal = [n for n in takes if n in ("text", "text_pair", "images", "videos", "audio")]
            raise Refused(
                expected(
                    f"parts that {self.name} takes: {some(modal or takes)}",
                    got=some(strange),
                    remedy="Give teacher_inputs= as a list of texts or images, or a dict of "
                    "lists." + did_you_mean(strange[0], modal or takes),
                )
            )
        return {str(name): _listed(part) for name, part in rows.items()}

    def _only(self, part: list[Any]) -> str:
        if is_a(self.made, *_SEVERAL):
            return "text" if part and isinstance(part[0], str) else "images"
        if is_a(self.made, *_TOKENIZER):
            return "text"
        return "images" if self.known and not hasattr(self.made, "sampling_rate") else ""


def texts_or_images(X: Any) -> tuple[str, str] | None:
    """Return what rows are that no network takes by itself, and what turns them into tensors."""
    if not isinstance(X, list | np.ndarray | pd.Series) or not len(X):
        return None
    first = X.iloc[0] if isinstance(X, pd.Series) else X[0]
    if isinstance(first, str):
        return "texts", "tokenizer"
    return ("images", "processor") if is_a(first, "PIL.Image", "Image") else None


def _begun(X: Any) -> Any:
    """Return rows with the first of each part's files in their place."""
    if isinstance(X, Mapping):
        return {name: _begun(part) for name, part in X.items()}
    return X[:1].batch(stack=False) if isinstance(X, Files) else X


def _listed(part: Any) -> list[Any]:
    """Return one part as a list of texts or images."""
    found = nw.from_native(part, allow_series=True, eager_only=True, pass_through=True)
    if isinstance(found, nw.Series):
        return found.to_list()
    return [str(item) if isinstance(item, np.str_) else item for item in part]


def _coloured(item: Any) -> Any:
    """Return a picture as the pipelines of transformers open it; arrays as they are."""
    from transformers.image_utils import load_image

    return load_image(item) if hasattr(item, "convert") else item


def _state(made: Any) -> Any:
    kind = type(made).__name__
    if hasattr(made, "backend_tokenizer"):
        # It also says how the last batch was padded and cut.
        last = {"padding": None, "truncation": None}
        backend = json.loads(made.backend_tokenizer.to_str()) | last
        sides = made.model_max_length, made.padding_side, made.truncation_side
        return kind, backend, sides, made.model_input_names
    if is_a(made, *_SEVERAL):
        names = made.get_attributes() if hasattr(made, "get_attributes") else made.attributes
        return kind, {name: _state(getattr(made, name)) for name in names}
    return (kind, made.to_dict()) if hasattr(made, "to_dict") else made
