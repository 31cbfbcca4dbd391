"""The command line of another Python process of ours."""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = str(Path(__file__).resolve().parents[1])


def python_command(code: str, *arguments: str) -> list[str]:
    """A command line that runs `code` with our packages first on the path.

    The current folder stays off the path (-P): a file called `rnn.py` there must not stand in for our package.
    """
    return [sys.executable, "-P", "-X", "utf8", "-c", f"import sys; sys.path.insert(0, {_ROOT!r}); {code}", *arguments]
