"""The reasons of both models, by SHAP, LIME or a local surrogate, and how far they agree."""

from jupyter_distill.audits.attributions._attributions import (
    METHODS,
    PART,
    Attributions,
    attributions,
)

__all__ = ["METHODS", "PART", "Attributions", "attributions"]
