"""Whether teacher and student behave as the field expects."""

from jupyter_distill.audits.expectations._expectations import (
    PART,
    ExpectationsReport,
    expectations,
)

__all__ = ["PART", "ExpectationsReport", "expectations"]
