"""Models of Hugging Face's transformers as teachers, with the tokenizer or processor they need."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from jupyter_distill._classes import check_classes
from jupyter_distill._optional import is_a
from jupyter_distill._validation import check_number, expected
from jupyter_distill.teachers._base import Refused, Teacher
from jupyter_distill.teachers._processors import Processor, texts_or_images
from jupyter_distill.teachers.module import ModuleTeacher

_OF_RUN = ("_name_or_path", "transformers_version", "architectures", "dtype", "torch_dtype")


class TransformersTeacher(ModuleTeacher):
    """A network behind a tokenizer or processor: texts, images, or both by name.

    Texts are padded to the longest of a batch and cut to `max_length` tokens, by default to the
    tokenizer's own length. Class names are those of ``model.config.id2label``; where these are no
    more than LABEL_0, LABEL_1 ..., the classes have no names, as those of any network: the sorted
    labels are taken, or what ``classes=`` says. A head of one label gives numbers (unless
    ``task="classification"`` says that it is the logit of the second of two classes).
    """

    default_batch_size = 32

    def __init__(
        self, model: Any, *, processor: Any = None, max_length: int | None = None, **options: Any
    ) -> None:
        network, processor, settings = _taken_apart(model, processor)
        if max_length is not None:
            check_number("max_length", max_length, low=1, integer=True)
        super().__init__(network, **options)
        if processor is None and max_length is not None:
            got = f"max_length={max_length} without one"
            raise ValueError(expected("a tokenizer for texts to be cut by", got=got))
        self._processor: Processor | None = None
        if processor is not None:
            colour = is_a(model, *_OF_IMAGES)
            self._processor = Processor(processor, max_length, settings, colour=colour)
            self._stacks = self.preprocess is not None  # pictures may have many sizes
        self._config = network.config if is_a(network, *_MODEL) else None
        if self._config is not None:
            self._read_config()

    def _read_config(self) -> None:
        """Take the task and the class names from the model's own configuration."""
        if getattr(self._config, "problem_type", None) == "multi_label_classification":
            raise ValueError(
                expected(
                    "a model that gives each row one of its classes",
                    got=f"{self.name} with problem_type='multi_label_classification': a row may "
                    "have several",
                    remedy="Distil one label at a time: as_teacher(lambda rows: "
                    "probabilities_of_one_label(rows), output='probabilities').",
                )
            )
        names = dict(getattr(self._config, "id2label", None) or {})
        if len(names) == 1:
            self.task = self.task or "regression"
        elif len(names) > 1 and self.task is None:
            self.task = "classification"
        if self.task == "classification":
            self.kind = self.kind or "logits"  # by the convention of all heads
        known = [names.get(i) for i in range(len(names))]
        if len(names) > 1 and known != [f"LABEL_{i}" for i in range(len(names))]:
            if self.classes is None and self.task == "classification":
                self.classes = check_classes(known)
                self.n_classes = len(known)

    def begin(self, X: Any) -> None:
        """Look whether X holds texts, images or parts that the processor takes."""
        super().begin(X)
        if self.preprocess is not None:
            return
        if self._processor is not None:
            self._processor.check(X)
        elif (what := texts_or_images(X)) is not None:
            raise Refused(
                expected(
                    f"tensors for {self.name}, or the {what[1]} that makes them of {what[0]}",
                    got=f"{what[0]} without one",
                    remedy=f"Give both: as_teacher((model, {what[1]})).",
                )
            )

    def prepare(self, rows: Any) -> Any:
        """Return what the processor makes of texts or images, on the network's device."""
        if self._processor is None:
            return super().prepare(rows)
        encoded = self._processor(rows)
        self._check_length(encoded)
        takes = inspect.signature(self.model.forward).parameters
        if not any(p.kind is p.VAR_KEYWORD for p in takes.values()):
            # which text of two a token is from: tokenizers say it to models that do not ask
            if "token_type_ids" not in takes:
                encoded.pop("token_type_ids", None)
        return super().prepare(encoded)

    def _check_length(self, encoded: dict[str, Any]) -> None:
        """Refuse texts that are longer than the model, where nobody said to cut them."""
        assert self._processor is not None
        tokens = encoded.get("input_ids")
        most = getattr(self._config, "max_position_embeddings", None)
        if tokens is None or most is None or self._processor.cuts:
            return
        if np.ndim(tokens) == 2 and tokens.shape[1] > most:
            raise Refused(
                expected(
                    f"texts of at most {most} tokens, the positions of {self.name}",
                    got=f"one of {tokens.shape[1]}, and a tokenizer that knows no longest length",
                    remedy=f"Say where to cut: max_length={most}.",
                )
            )

    def state(self) -> Any:
        """Return weights, configuration and processor."""
        config = {} if self._config is None else self._config.to_dict()
        kept = {name: value for name, value in config.items() if name not in _OF_RUN}
        return super().state(), kept, None if self._processor is None else self._processor.state()


_MODEL = ("transformers.modeling_utils", "PreTrainedModel")
_PIPELINE = ("transformers.pipelines.base", "Pipeline")
_OF_TEXTS = ("transformers.pipelines.text_classification", "TextClassificationPipeline")
_OF_IMAGES = ("transformers.pipelines.image_classification", "ImageClassificationPipeline")


def accepts(model: Any) -> int:
    """Take models and pipelines of transformers, and any network with its processor."""
    if isinstance(model, tuple):
        return 50 if any(is_a(part, "torch.nn", "Module") for part in model) else 0
    return 50 if is_a(model, *_MODEL) or is_a(model, *_PIPELINE) else 0


def build(
    model: Any,
    *,
    processor: Any = None,
    max_length: int | None = None,
    device: Any = None,
    amp: Any = False,
    **options: Any,
) -> Teacher:
    """Wrap the model.

    Parameters
    ----------
    processor : callable, optional
        Its tokenizer or processor; without one it is asked with tensors, as any network.
    max_length : int, optional
        Tokens to which texts are cut; the tokenizer's own length unless given.
    device, amp : optional
        As of a torch module.
    """
    options = {"device": device, "amp": amp, **options}
    return TransformersTeacher(model, processor=processor, max_length=max_length, **options)


def _pair(parts: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return network and processor, or say in which order they are given."""
    if len(parts) == 2 and is_a(parts[0], "torch.nn", "Module") and callable(parts[1]):
        return parts
    kinds = ", ".join(
        repr(part) if isinstance(part, str) else type(part).__name__ for part in parts
    )
    raise TypeError(
        expected(
            "a pair of a model and its tokenizer or processor, in this order", got=f"({kinds})"
        )
    )


def _taken_apart(model: Any, processor: Any) -> tuple[Any, Any, dict[str, Any]]:
    """Return network and processor, and what a pipeline tells its tokenizer."""
    settings: dict[str, Any] = {}
    network, own = _pair(model) if isinstance(model, tuple) else (model, None)
    if is_a(model, *_PIPELINE):
        kind = type(model).__name__
        if is_a(model, *_OF_TEXTS):
            own, settings = model.tokenizer, dict(model._preprocess_params)
        elif is_a(model, *_OF_IMAGES):
            own = model.image_processor
        else:
            raise ValueError(
                expected(
                    "a pipeline for text-classification or image-classification",
                    got=kind,
                    remedy="Give its parts: as_teacher((model, processor)), if the model names "
                    "classes; else a function: as_teacher(lambda rows: ...).",
                )
            )
        network = model.model
    if own is not None and processor is not None:
        raise ValueError(
            expected(
                "one processor",
                got="processor= beside a model with its own",
                remedy="Leave it out.",
            )
        )
    processor = own if processor is None else processor
    if processor is not None and not callable(processor):
        raise TypeError(expected("processor to be a tokenizer or processor", got=repr(processor)))
    return network, processor, settings
