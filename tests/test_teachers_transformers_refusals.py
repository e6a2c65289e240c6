"""What models of transformers cannot be asked, each refused by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from transformers import (
    FeatureExtractionPipeline,
    GPT2Config,
    GPT2ForSequenceClassification,
)

from jupyter_distill.teachers import as_teacher

from .small_transformers import (
    IMAGES,
    TEXTS,
    bert,
    image_processor,
    tokenizer,
    vit,
)

# --- what is refused ---------------------------------------------------------------------------


@cache
def shared() -> Any:
    return bert(), tokenizer(), vit(), image_processor()


def texts(*rows: Any, **options: Any) -> Any:
    return as_teacher(shared()[:2], **options).logits([*rows])


def gpt2() -> Any:
    config = GPT2Config(vocab_size=10, n_positions=16, n_embd=8, n_layer=1, n_head=2)
    return GPT2ForSequenceClassification(config)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "several labels": (
        lambda: as_teacher((bert(problem_type="multi_label_classification"), tokenizer())),
        r"a model that gives each row one of its classes. Got Bert.*multi_label_classification",
    ),
    "another pipeline": (
        lambda: as_teacher(FeatureExtractionPipeline(model=shared()[0], tokenizer=shared()[1])),
        r"a pipeline for text-classification or image-classification. Got FeatureExtraction",
    ),
    "two processors": (
        lambda: as_teacher(shared()[:2], processor=shared()[1]),
        "one processor. Got processor= beside a model with its own",
    ),
    "no processor": (
        lambda: as_teacher(shared()[0], processor="tokenizer"),
        "processor to be a tokenizer or processor. Got 'tokenizer'",
    ),
    "the other way round": (
        lambda: as_teacher(shared()[1::-1]),
        r"a model and its tokenizer or processor, in this order. Got \(BertTokenizer, BertFor",
    ),
    "the name of one": (
        lambda: as_teacher((shared()[0], "bert-base")),
        r"in this order. Got \(BertForSequenceClassification, 'bert-base'\)",
    ),
    "texts alone": (
        lambda: as_teacher(shared()[0]).logits(pd.Series(TEXTS)),
        r"the tokenizer that makes them of texts.*Give both: as_teacher\(\(model, tokenizer\)\)",
    ),
    "images alone": (
        lambda: as_teacher(shared()[2]).logits(IMAGES),
        "the processor that makes them of images. Got images without one",
    ),
    "length of an image": (
        lambda: as_teacher(shared()[2:], max_length=5),
        "a tokenizer for texts to be cut by. Got max_length=5 beside ViTImageProcessor",
    ),
    "length without a tokenizer": (
        lambda: as_teacher(shared()[0], max_length=5),
        "a tokenizer for texts to be cut by. Got max_length=5 without one",
    ),
    "length 0": (
        lambda: as_teacher(shared()[:2], max_length=0),
        "max_length to be a whole number >= 1",
    ),
    "no padding": (
        lambda: as_teacher((gpt2(), tokenizer(pad_token=None))),
        r"a tokenizer with a padding token.*tokenizer.pad_token = tokenizer.eos_token",
    ),
    "missing texts": (
        lambda: texts("good", None, float("nan")),
        r"texts for BertTokenizer. Got None, nan in 2 rows \(rows 1, 2\). Leave these rows out",
    ),
    "numbers": (
        lambda: texts(1.5, 2.5),
        r"texts for BertTokenizer. Got 1.5, 2.5 in 2 rows",
    ),
    "longer than the model": (
        lambda: as_teacher((shared()[0], tokenizer(model_max_length=None))).logits(["good " * 20]),
        r"texts of at most 16 tokens, the positions of Bert.* Got one of 22.*max_length=16",
    ),
    "paths of images": (
        lambda: as_teacher(shared()[2:]).logits(["a.png", "b.png"]),
        r"images for ViT.* Got text \('a.png' in row 0\).*jd.Files\(folder, names\)",
    ),
    "parts by another name": (
        lambda: as_teacher(shared()[:2]).logits({"texts": TEXTS}),
        r"parts that BertTokenizer takes: 'text', 'text_pair'. Got 'texts'.*Did you mean \"text\"",
    ),
    "columns that are no parts": (
        lambda: as_teacher(shared()[:2]).logits(pd.DataFrame({"text": TEXTS, "age": 3})),
        r"parts that BertTokenizer takes.*Got 'age'",
    ),
    "images it cannot prepare": (
        lambda: as_teacher(shared()[2:]).logits(np.zeros((3, 5))),
        r"rows that ViTImageProcessorPil can prepare. Got \w+Error",
    ),
    "a model without a head": (
        lambda: as_teacher((shared()[0].bert, shared()[1])).logits(TEXTS),
        r"the network to return a tensor.*Got BaseModelOutputWithPooling",
    ),
    "a processor that returns no dict": (
        lambda: as_teacher((shared()[0], lambda rows: rows)).logits(TEXTS),
        "function to return a dict of tensors. Got list",
    ),
    "an option of no kind": (
        lambda: as_teacher(shared()[:2], max_len=5),
        r"no option 'max_len' for a teacher of the kind 'transformers'.*\"max_length\"",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_asked_is_refused(case: str) -> None:
    ask, message = REFUSED[case]
    with pytest.raises((ValueError, TypeError), match=message):
        ask()
