"""One of every view, on small distillations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import jupyter_distill as jd
from jupyter_distill.distillation import Distillation
from tests.small import distilled, people


@cache
def tree() -> Distillation:
    return distilled(*people(), size=8, temperature=(0.5, 1.0, 2.0), augment=None)


@cache
def other(student: str) -> Distillation:
    return distilled(*people(), size=4, student=student, temperature=1.0, augment=None)


BUILDERS: dict[str, Callable[[], Any]] = {
    "tree": lambda: jd.TreeView(tree()),
    "rules": lambda: jd.RulesView(other("rules")),
    "terms": lambda: jd.TermsView(other("linear")),
    "ladder": lambda: jd.LadderView(tree()),
    "table": lambda: jd.DisagreementTable(tree()),
    "temperature": lambda: jd.TemperatureSlider(tree()),
    "audit": lambda: jd.AuditView(tree().attributions(n=20, method="surrogate")),
    "certificate": lambda: jd.CertificateView(tree().certificate(3)),
    "whole": lambda: tree().view(),
    "whole-rules": lambda: other("rules").view(),
    "whole-terms": lambda: other("linear").view(),
}
