"""The one exception that means: the user's input is at fault, and here is a sentence about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class InputError(Exception):
    """Bad input from the user: a file, a number, an option or their own code.

    The text is shown to the user as it stands, so it is one sentence that says what was found, what was
    expected, and what to do. Every other exception that reaches the top is a bug of ours.

    Attributes:
        checks: what was checked of a case before, as `rnn.results.Inspection.checks`; empty where nothing was.
    """

    checks: Sequence[Mapping[str, Any]] = ()
