"""What a person asked of a certificate, beside the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Wish:
    """What was asked for."""

    target: Any
    limits: Mapping[str, Any] | None
    immutable: tuple[str, ...]
    fill: bool
    reasons: bool
    methods: tuple[str, ...]
    ask: bool
    evaluations: int | None
