"""Jobs: disposable child processes for user code and strangers' files."""

from .job import Cancelled, Job, JobFailure
from .limits import Limits
from .runner import JobRunner

__all__ = ["Cancelled", "Job", "JobFailure", "JobRunner", "Limits"]
