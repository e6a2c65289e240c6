"""The account of one decision: the exact rule, what it stands on, and what would change it."""

from jupyter_distill.audits.certificate._certificate import Certificate, certificate
from jupyter_distill.audits.certificate._many import Certificates

__all__ = ["Certificate", "Certificates", "certificate"]
