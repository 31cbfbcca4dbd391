"""What running a case gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..arrays import AnyArray
from ..errors import InputError


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
        rounding: by name, what gradients that were had from updates of weights may be off by; their sum has lost it.
    """

    values: Mapping[str, AnyArray]
    loss: float | None
    purity: tuple[str, ...] = ()
    dtypes: Mapping[str, str] | None = None
    output: str = ""
    elapsed_s: float = 0.0
    rounding: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class WatchedCase:
    """What one more run of a case under watch gave; see `rnn.cases.purity.watch_case`.

    Attributes:
        result: what the code returned this time.
        found: what was seen: mappings with `kind` (cache, upstream, precision, integer), `name`, `function`, `file`,
            `line`, `sentence`.
        lasting: what outlives the call and was changed by it: `kind`, `name`, `file`, `line`, `place`.
        draws, empties: calls in the source that draw random numbers, and that take memory as it is.
        shared: whether a shared generator was drawn from.
        written: `file`, `line` and `step` of the first write into a changed input; empty where that is not known.
    """

    result: CaseResult
    found: tuple[Mapping[str, Any], ...] = ()
    lasting: tuple[Mapping[str, Any], ...] = ()
    draws: tuple[str, ...] = ()
    empties: tuple[str, ...] = ()
    shared: bool = False
    written: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class RecordedCase:
    """What recording the run of a case gave; there is a recording in any case.

    Attributes:
        result: what the code returned; None where it did not come to that.
        path: of the recording. steps: how many statements it holds.
        ended: why it ends before the code did, in words; empty where the code ran to its end.
        failure: what was raised, which limit was reached or what the process died of; None where there is a result.
        passed: names of functions that were called and not followed, where only some were chosen.
    """

    result: CaseResult | None
    path: Path
    steps: int
    ended: str
    failure: InputError | None = None
    passed: tuple[str, ...] = ()
