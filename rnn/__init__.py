"""The engine: hand-written BPTT and JAX side by side, and the verdict. No window, usable by itself.

from rnn import inspect_gradients, ProblemSettings
result = inspect_gradients(ProblemSettings(cell="rnn", steps=20, hidden=32))
result = inspect_gradients(case="my_network.py")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import InputError
from .results import Inspection, QuantityReport
from .settings import ProblemSettings

if TYPE_CHECKING:
    from .inspection import inspect_gradients, load_inspection, save_inspection
    from .many import diagnose_many

__all__ = [
    "InputError",
    "Inspection",
    "ProblemSettings",
    "QuantityReport",
    "diagnose_many",
    "inspect_gradients",
    "load_inspection",
    "save_inspection",
]


def __getattr__(name: str) -> Any:
    # The pipeline pulls in everything else; `import rnn` alone stays cheap.
    if name in ("inspect_gradients", "load_inspection", "save_inspection"):
        from . import inspection

        return getattr(inspection, name)
    if name == "diagnose_many":
        from . import many

        return many.diagnose_many
    raise AttributeError(f"module 'rnn' has no attribute {name!r}")
