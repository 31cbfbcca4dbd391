"""JAX's values beside a recording of any size: what each array should be at a step, and how far it is from that."""

from .beside import Beside
from .make import make_beside
from .records import Judgement, Reference
from .storing import load_beside, save_beside

__all__ = ["Beside", "Judgement", "Reference", "load_beside", "make_beside", "save_beside"]
