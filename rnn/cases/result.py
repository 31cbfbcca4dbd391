"""What running a case gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..arrays import AnyArray


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What the user's code returned, in the program's layout.

    Attributes:
        values: gradients and forward values by name; a wrong shape is handed on as it came.
        loss: None where none was returned or it is not finite.
        purity: names of inputs and parameters that the code changed in place.
        dtypes: of what was returned, by name.
        output: the end of what the code printed.
        elapsed_s: of the run.
    """

    values: Mapping[str, AnyArray]
    loss: float | None
    purity: tuple[str, ...] = ()
    dtypes: Mapping[str, str] | None = None
    output: str = ""
    elapsed_s: float = 0.0
