"""Cases: the user's own file, its declaration, and what calling it gives."""

from .declaration import Case, read_case
from .result import CaseResult, RecordedCase, WatchedCase

__all__ = ["Case", "CaseResult", "RecordedCase", "WatchedCase", "read_case"]
