"""The exercises of the example notebooks: each answer is judged, and told why.

>>> from jupyter_distill.workshop import check
>>> check("02.1", "8", targets=targets)  # doctest: +SKIP
"""

from jupyter_distill.workshop._exercise import Verdict, check
from jupyter_distill.workshop.pictures import Pictures

__all__ = ["Pictures", "Verdict", "check"]
