"""What a job may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one job.

    Attributes:
        memory_bytes: address space (Linux; elsewhere only the time limit holds).
        wall_s: seconds a request may take before the job is killed.
        cpu_s: seconds of processor time of one request, all threads together (not on Windows).
        file_bytes: size of any file the job may write (not on Windows); 0 forbids writing, None is no limit.
        output_bytes: how much of the end of the job's output is kept.
    """

    memory_bytes: int = 8 << 30
    wall_s: float = 60.0
    cpu_s: int = 3600
    file_bytes: int | None = 1 << 30
    output_bytes: int = 64 << 10


READING = Limits(memory_bytes=6 << 30, wall_s=30.0, cpu_s=60, file_bytes=0)
"""For reading other people's files: nothing may be written."""
