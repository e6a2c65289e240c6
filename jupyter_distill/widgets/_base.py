"""What all views share: their program, honest errors, and a picture for where it cannot run."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import traitlets as t

try:
    import anywidget
    from ipywidgets import Layout
except ModuleNotFoundError as error:  # it comes with the package, but not with pip's --no-deps
    from jupyter_distill._optional import no_views

    raise no_views(error) from error

from jupyter_distill._files import write_whole
from jupyter_distill._validation import (
    Refusal,
    check_choice,
    check_number,
    did_you_mean,
    expected,
    some,
    target_file,
)
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import html
from jupyter_distill.exports.page import bundle as program
from jupyter_distill.exports.page import missing, page

# Tags of the three kinds of traits. Data is ours to say: the browser never echoes it.
DATA = {"sync": True, "echo_update": False}
VIEW = {"sync": True}
INTENT = {"sync": True}


def bundle(file: str) -> Path | str:
    """Return the program of the view in `file`; nothing where it has not been built."""
    try:
        path = program(Path(file).stem)
    except FileNotFoundError:
        return ""
    # a path, so that an edit reaches the open notebook; but who watches a file is never let go
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text(encoding="utf-8")


class Position(t.Int[Any, Any]):
    """A trait for a node or row: a whole number of any library, or None."""

    def __init__(self, help: str) -> None:
        super().__init__(None, allow_none=True, help=help)

    def validate(self, obj: Any, value: Any) -> Any:
        """Turn numpy's and pandas' integers into plain ones; a truth is no position."""
        if isinstance(value, bool):
            self.error(obj, value)
        if hasattr(value, "__index__"):
            value = operator.index(value)
        return super().validate(obj, value)


class DistillWidget(anywidget.AnyWidget):
    """Base of the views: a widget that shows a picture of itself where it cannot run.

    A subclass sets ``_esm = bundle(__file__)`` and gives :meth:`frame`, :meth:`_picture` and
    :meth:`_plain`.
    """

    # data: Python -> browser
    live = t.Bool(True, help="Whether a kernel answers; false in an exported page.").tag(**DATA)
    error = t.Unicode(
        help="Message of the last exception while the browser was answered; empty if there is none."
    ).tag(**DATA)

    _own_layout: Layout | None = None

    def __init__(self, state: dict[str, Any], **chosen: Any) -> None:
        if not str(self._esm):
            raise FileNotFoundError(missing(self._stem()))
        settings = self._settings()
        for name in chosen:
            if name not in settings:
                raise TypeError(
                    f"{type(self).__name__} has no setting {name!r}."
                    f"{did_you_mean(name, settings)} Its settings are {some(settings, 20)}."
                )
        # one message opens the view with all that it shows
        super().__init__(**{**state, **chosen})
        self._own_layout = None if isinstance(chosen.get("layout"), Layout) else self.layout

    @classmethod
    def _stem(cls) -> str:
        return next(c for c in cls.__mro__ if "_esm" in vars(c)).__module__.rpartition(".")[2]

    @classmethod
    def _settings(cls) -> list[str]:
        """Return what a person may set: view state and layout, not the data of the view."""
        synced = cls.class_traits(sync=True)
        return sorted(
            name
            for name, trait in synced.items()
            if not name.startswith("_") and trait.metadata.get("echo_update", True)
        )

    def close(self) -> None:
        """Take the view away, with all that the kernel and the browser hold for it."""
        super().close()
        # a layout that somebody gave may be that of another view too
        if self._own_layout is not None:
            self._own_layout.close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser says; what goes wrong is shown in the view, and logged."""
        try:
            super().set_state(sync_data)
        except Exception as error:
            self.error = str(error) or type(error).__name__
            raise  # ipywidgets writes it to the log with its traceback
        if self.error:
            self.error = ""

    def frame(self) -> Any:
        """Return what the view shows as a data frame."""
        raise NotImplementedError

    def _picture(self) -> str:
        """Return the view as HTML without scripts."""
        raise NotImplementedError

    def _plain(self) -> str:
        """Return the view as text."""
        raise NotImplementedError

    def _carried(self) -> dict[str, Any]:
        """Return the traits that an exported page holds differently from a running view."""
        return {}

    def _title(self) -> str:
        return type(self).__name__

    def state(self) -> dict[str, Any]:
        """Return the traits that the browser sees, with arrays in wire format."""
        base = set(anywidget.AnyWidget.class_traits(sync=True))
        names = [name for name in self.traits(sync=True) if not name.startswith("_")]
        return {name: getattr(self, name) for name in names if name not in base}

    def to_html(self, path: str | Path) -> Path:
        """Write the view as one HTML file that runs without kernel or network.

        Parameters
        ----------
        path : str or Path
            Where to; an existing file is replaced.
        """
        target = target_file(path, "view.html")
        text = page(
            title=self._title(),
            state={**self.state(), **self._carried()},
            stem=self._stem(),
            before=f"<h1>{html.escape(self._title())}</h1>",
            picture=self._picture(),
        )
        write_whole(target, text, f"the view {target.name!r}")
        return target

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        data["text/plain"] = self._plain()
        data["text/html"] = html.framed(self._picture())
        return data, metadata


def set_together(widget: Any, state: dict[str, Any]) -> None:
    """Set several traits of a widget in one message, each checked when all are there."""
    with widget.hold_sync(), widget.hold_trait_notifications():
        for name, value in state.items():
            setattr(widget, name, value)


@contextmanager
def checking(*also: type[Exception]) -> Iterator[None]:
    """Refuse the value of a trait as traitlets do, whatever check has refused it.

    A check of which other errors too are refusals names them; any other error is a fault of code.
    """
    refusals: tuple[type[Exception], ...] = (Refusal, *also)
    try:
        yield
    except refusals as error:
        raise t.TraitError(str(error)) from None


def one_of(proposal: Any, known: Sequence[str]) -> str:
    """Return the word that a trait is to be if it is one of those known, else refuse it."""
    with checking():
        return check_choice(proposal["trait"].name, proposal["value"], tuple(known))


def number_of(proposal: Any, **limits: Any) -> float:
    """Return the number that a trait is to be if it is within the limits, else refuse it."""
    with checking(TypeError):
        return check_number(proposal["trait"].name, proposal["value"], **limits)


def check_distillation(model: object) -> Distillation:
    """Return `model` if it is a distillation, else raise a TypeError that says how to get one."""
    if isinstance(model, Distillation):
        return model
    raise needs("a Distillation", model, remedy="Distil first: jd.distill(model, X).")


def needs(what: str, model: object, *, remedy: str = "") -> TypeError:
    """Return the error for something that a view cannot be built on."""
    return TypeError(expected(what, got=f"{type(model).__name__}", remedy=remedy))
