"""One file per question asked of a distillation; every answer is data.

A file that has a ``PART`` is a part of :meth:`Distillation.audit` as well.
"""
