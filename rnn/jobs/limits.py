"""What a job may use."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from ..errors import InputError

TIME, MEMORY = "time", "memory"
"""What a job may be stopped for."""


@dataclass(frozen=True)
class Limits:
    """Limits of one job.

    Attributes:
        memory_bytes: address space (Linux; elsewhere only the time limit holds).
        wall_s: seconds a request may take before the job is killed.
        cpu_s: seconds of processor time of one request, all threads together (not on Windows).
        file_bytes: size of any file the job may write (not on Windows); 0 forbids writing, None is no limit.
        output_bytes: how much of the end of the job's output is kept.
        silence_s: seconds that a job which tells of its progress may be silent.
    """

    memory_bytes: int = 8 << 30
    wall_s: float = 60.0
    cpu_s: int = 3600
    file_bytes: int | None = 1 << 30
    output_bytes: int = 64 << 10
    silence_s: float = 3.0


READING = Limits(memory_bytes=6 << 30, wall_s=120.0, cpu_s=60, file_bytes=0)
"""For reading other people's files: nothing may be written. HDF5 goes round for ever in some damaged ones."""

SECONDS, GIB = 60.0, 8.0
"""The limits of user code where nobody sets others."""

LEAST_SECONDS, MOST_SECONDS = 0.1, 7 * 24 * 3600.0
LEAST_GIB, MOST_GIB = 1.0, 4096.0
"""Python with NumPy alone asks for most of a GiB of addresses."""


def limits_of(seconds: float = SECONDS, gib: float = GIB) -> Limits:
    """The limits of user code that a person sets.

    Args:
        seconds: that a request may take. gib: address space, in GiB.

    Raises:
        InputError: a limit that makes no sense.
    """
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:  # NaN is outside, too
        raise InputError(
            f"the time limit is {seconds:g} s; expected a number from {LEAST_SECONDS:g} to {MOST_SECONDS:g} (a week)"
        )
    if not LEAST_GIB <= gib <= MOST_GIB:
        raise InputError(f"the memory limit is {gib:g} GiB; expected a number from {LEAST_GIB:g} to {MOST_GIB:g}")
    processor = max(Limits.cpu_s, math.ceil(seconds) * (os.cpu_count() or 1))
    return Limits(memory_bytes=round(gib * (1 << 30)), wall_s=float(seconds), cpu_s=processor)
