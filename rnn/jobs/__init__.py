"""Jobs: disposable child processes for user code and strangers' files.

The names below are loaded when they are asked for: the window wants `rnn.jobs.frames` alone, and quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .job import Cancelled, Job, JobFailure
    from .limits import Limits
    from .runner import JobRunner

_HOMES = {"Cancelled": "job", "Job": "job", "JobFailure": "job", "Limits": "limits", "JobRunner": "runner"}

__all__ = ["Cancelled", "Job", "JobFailure", "JobRunner", "Limits"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
