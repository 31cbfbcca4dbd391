"""When a recording stops."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordingLimits:
    """Limits of one recording.

    Attributes:
        steps: executed statements. seconds: of the recorded run, looked at every 256 steps. bytes: of the recording; values
            are kept less often as it fills up, and the recording ends at a quarter more.
    """

    steps: int = 2_000_000
    seconds: float = 60.0
    bytes: int = 512 << 20
    exact: bool = False

    def reached(self, steps: int, seconds: float, size: int) -> str:
        """Which limit is reached, in words; empty where none is."""
        if steps >= self.steps:
            return f"{self.steps:,} steps were recorded; an endless loop, or raise the limit of steps"
        if seconds >= self.seconds:
            return f"the run took {self.seconds:g} s; an endless loop, or raise the limit of seconds"
        if size > 1.25 * self.bytes:
            return f"the recording has {size >> 20} MiB; use a smaller problem, or raise the limit of bytes"
        return ""
