"""Timing of two things side by side."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Claim:
    """A measured ratio (or milliseconds, where the text says so) and its bound."""

    text: str
    ratio: float
    bound: float
    detail: str = ""

    @property
    def kept(self) -> bool:
        """Whether the bound is kept."""
        return self.ratio <= self.bound


def seconds(work: Callable[[], object]) -> float:
    """One run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(ours: Callable[[], object], baseline: Callable[[], object], repeats: int = 9) -> tuple[float, float]:
    """Medians in seconds, the two interleaved, so that a noisy machine is noisy for both."""
    pairs = [(seconds(ours), seconds(baseline)) for _ in range(repeats)]
    return median(a for a, _ in pairs), median(b for _, b in pairs)


def compare(
    text: str, bound: float, ours: Callable[[], object], baseline: Callable[[], object], repeats: int = 9
) -> Claim:
    """A claim about ours over baseline."""
    a, b = side_by_side(ours, baseline, repeats)
    return Claim(text, a / b, bound, f"{a * 1e3:.1f} ms against {b * 1e3:.1f} ms")
