"""Small models of transformers with their tokenizers and processors, made without a download."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertTokenizer,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
)

torch.set_num_threads(1)
RNG = np.random.default_rng(0)
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "loan", "the", "fine"]
TEXTS = [" ".join(RNG.choice(WORDS[5:], RNG.integers(1, 12))) for _ in range(70)]
PIXELS = RNG.integers(0, 255, (70, 20, 24, 3), dtype=np.uint8)
IMAGES = [Image.fromarray(one) for one in PIXELS]
SMALL = {
    "hidden_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 8,
}


def tokenizer(**options: Any) -> Any:
    vocabulary = {word: i for i, word in enumerate(WORDS)}
    return BertTokenizer(vocab=vocabulary, **{"model_max_length": 10, **options})


def named(*names: str) -> dict[str, Any]:
    return {
        "id2label": dict(enumerate(names)),
        "label2id": {name: i for i, name in enumerate(names)},
    }


def bert(**options: Any) -> Any:
    torch.manual_seed(0)
    known = {"vocab_size": 10, "max_position_embeddings": 16, "initializer_range": 1.0}
    options = options or named("no", "maybe", "yes")
    return BertForSequenceClassification(BertConfig(**SMALL, **known, **options)).eval()


def vit(**options: Any) -> Any:
    torch.manual_seed(0)
    config = ViTConfig(image_size=16, patch_size=8, initializer_range=0.5, **SMALL, **options)
    return ViTForImageClassification(config).eval()


def image_processor() -> Any:
    return ViTImageProcessorPil(size={"height": 16, "width": 16})


def probabilities(pipeline: Any, rows: Any, names: list[str], **options: Any) -> np.ndarray:
    said = [{one["label"]: one["score"] for one in row} for row in pipeline(rows, **options)]
    return np.array([[row[name] for name in names] for row in said])
