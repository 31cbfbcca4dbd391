"""How much memory a problem needs, and whether this machine has it: asked before anything is allocated."""

from __future__ import annotations

import ctypes
import math
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from .arrays import base_of
from .errors import InputError
from .network import Network

COPIES_PER_QUANTITY = 12
"""Float64 values held at the peak for every entry of a per-step gradient: both sides, traces, the oracle's and the noise
runs'; measured as 11.3 (RNN), 11.7 (LSTM) and 11.9 (GRU) at T = 20,000, B = 3, H = 64."""

COPIES_PER_WEIGHT = 20
"""The same for every weight: 15 (GRU, H = 3000) and 16 (LSTM, H = 4096) were measured."""

OUTER = frozenset({"dy", "dx", "de"})
"""Per-step gradients that are not H wide."""

FALLBACK_BYTES = 4 << 30
"""Assumed where the platform does not tell."""


def available_bytes() -> int:
    """Memory that can be used without swapping, in bytes."""
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        for line in meminfo.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        return _windows_available()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (ValueError, OSError, AttributeError):
        return FALLBACK_BYTES


def _windows_available() -> int:
    """`GlobalMemoryStatusEx`; its structure is 64 bytes long, free physical memory is its fourth field."""
    status = (ctypes.c_ulonglong * 8)()
    status[0] = 64
    windll = getattr(ctypes, "windll")  # noqa: B009  (exists on Windows only, and type checkers run elsewhere)
    return int(status[2]) if windll.kernel32.GlobalMemoryStatusEx(status) else FALLBACK_BYTES


def needed_bytes(sizes: Mapping[str, int], network: Network) -> int:
    """Estimated peak for one inspection, in bytes."""
    inner = sum(base_of(name)[0] not in OUTER for name in network.quantities())
    units = inner * sizes["H"] + sizes["K"] + sizes["D"] + sizes.get("V", 0)
    weights = sum(math.prod(shape) for shape in network.parameter_shapes(sizes, biases=True).values())
    return 8 * (COPIES_PER_QUANTITY * sizes["T"] * sizes["B"] * units + COPIES_PER_WEIGHT * weights)


def require_memory(sizes: Mapping[str, int], network: Network) -> None:
    """Raise `InputError` with both numbers where a problem would not fit."""
    needed, available = needed_bytes(sizes, network), available_bytes()
    if needed > available:
        shown = ", ".join(f"{name} = {size}" for name, size in sizes.items())
        raise InputError(
            f"a problem with {shown} needs about {needed / 2**30:.1f} GiB and {available / 2**30:.1f} GiB are free; "
            "use fewer steps, samples or units"
        )
