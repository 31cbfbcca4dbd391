"""A spinner on a terminal's error stream, and silence everywhere else."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


class Spinner:
    """Shows what is being done while it is done; `say` is a pipeline's progress function."""

    def __init__(self) -> None:
        """Shows nothing yet."""
        self._status: Any = None

    def __enter__(self) -> Spinner:
        """Start, where somebody is watching."""
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("Starting")
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the line."""
        if self._status is not None:
            self._status.stop()

    def say(self, text: str, fraction: float | None) -> None:
        """Show a line of text."""
        if self._status is not None:
            from rich.text import Text

            # As it stands: what is said of a case may hold brackets, which are no markup.
            self._status.update(Text(text, no_wrap=True, overflow="ellipsis"))
