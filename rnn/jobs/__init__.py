"""Jobs: disposable child processes for user code and strangers' files.

The names below are loaded when they are asked for: the window wants `rnn.jobs.frames` alone, and quickly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .edited_runner import EditedRunner
    from .job import Cancelled, Job, JobFailure
    from .limits import Limits
    from .runner import JobRunner
    from .trying import Trial, Trier

_HOMES = {
    "Cancelled": "job", "Job": "job", "JobFailure": "job", "Limits": "limits", "JobRunner": "runner",
    "EditedRunner": "edited_runner", "Trial": "trying", "Trier": "trying",
}  # fmt: skip

__all__ = ["Cancelled", "EditedRunner", "Job", "JobFailure", "JobRunner", "Limits", "Trial", "Trier"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
