"""``%temperature``: the slider, or the same distilled at another temperature."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError

from jupyter_distill.magics import _options as shared
from jupyter_distill.magics import _readers as read
from jupyter_distill.magics._asked import Asked
from jupyter_distill.magics._command import Command
from jupyter_distill.magics._options import Option, Place


def temperature(asked: Asked) -> Any:
    """Return the slider, or a new distillation at the temperature that is given."""
    d, T, options = asked.distillation, asked.behind, asked.options()
    if T is not None:
        return d.at(temperature=T, **options)
    if options:
        raise UsageError(f"--{next(iter(options))} needs a temperature to distil at: 2.0")

    from jupyter_distill import TemperatureSlider

    return TemperatureSlider(d)


COMMAND = Command(
    name="temperature",
    about="""
    Show what temperature does to the teacher's soft targets, under a slider; or distil again at
    another one, on the same rows.
    """,
    places=(
        shared.DISTILLATION,
        Place("temperature", "T above 0: distil again at it.", needed=False),
    ),
    takes=(
        Option(
            "size", "Of the ladder; the chosen one unless given.", read.number(int), ("<sizes>",)
        ),
        Option(
            "family",
            "Of the ladder; the chosen one unless given.",
            read.text,
            ("<families>",),
        ),
    ),
    run=temperature,
    returns="TemperatureSlider, or Distillation where a temperature is given",
    examples="""
    %temperature
    %temperature d 2.0 -o warmer
    """,
)
COMMANDS = (COMMAND,)
