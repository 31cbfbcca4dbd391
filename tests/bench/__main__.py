"""Every claim of speed, as a ratio against a baseline measured in the same run.

    python -m tests.bench            # all
    python -m tests.bench oracle     # those whose name contains the word

Each line: what, the ratio, its bound, and the milliseconds for information. Exits with 1 when a bound is missed.
"""

from __future__ import annotations

import importlib
import sys

from tests.bench.measure import Claim

MODULES = (
    *("engine", "repair", "cells", "checks", "recorder", "start", "window", "debugger", "closer", "large", "sessions", "figures"),
    *("soak", "weights", "trying"),
)


def main(words: list[str]) -> int:
    """Run the benchmarks whose module or text contains one of the words."""
    missed = 0
    for name in MODULES:
        if words and not any(word in name for word in words):
            continue
        for claim in importlib.import_module(f"tests.bench.{name}").claims():
            print(line(claim), flush=True)
            missed += not claim.kept
    return 1 if missed else 0


def line(claim: Claim) -> str:
    """One claim as text."""
    mark = "ok  " if claim.kept else "MISS"
    return f"{mark} {claim.text:72} {claim.ratio:8.2f} (at most {claim.bound:g})   {claim.detail}"


raise SystemExit(main(sys.argv[1:]))
