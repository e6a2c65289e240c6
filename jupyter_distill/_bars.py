"""Bars of progress, which do without a thread where none can be started."""

from __future__ import annotations

from tqdm.auto import tqdm

from jupyter_distill._threads import can_start

__all__ = ["tqdm"]

if not can_start():
    # Its thread only redraws bars that stand still; to be told that there is none helps nobody.
    tqdm.monitor_interval = 0
