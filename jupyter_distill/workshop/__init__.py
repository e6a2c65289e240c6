"""The exercises of the example notebooks: each answer is judged, and told why.

>>> from jupyter_distill.workshop import check
>>> check("02.1", 2.5, d=d)  # doctest: +SKIP
"""

from jupyter_distill.workshop._exercise import Verdict, check

__all__ = ["Verdict", "check"]
