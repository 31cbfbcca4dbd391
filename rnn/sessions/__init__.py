"""Session files: a problem, its case, results, recordings, findings and notes in one file that opens anywhere."""

from .document import (
    FORMAT,
    KeptBreakpoint,
    KeptCase,
    KeptRecording,
    KeptResult,
    KeptRun,
    KeptSource,
    Note,
    Session,
)
from .reading import load_session
from .writing import save_session

__all__ = [
    "FORMAT",
    "KeptBreakpoint",
    "KeptCase",
    "KeptRecording",
    "KeptResult",
    "KeptRun",
    "KeptSource",
    "Note",
    "Session",
    "load_session",
    "save_session",
]
