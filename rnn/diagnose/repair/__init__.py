"""Repair: the user's own source, edited one place at a time and then more, until every gradient is right."""

from .apply import Applied, apply, undo
from .port import in_jobs
from .repair import repair

__all__ = ["Applied", "apply", "in_jobs", "repair", "undo"]
