"""How much memory a problem needs, and whether this machine has it: asked before anything is allocated."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from .errors import InputError

COPIES_PER_UNIT = 40
"""Float64 values held per step, sample and hidden unit at the peak: traces, gradients, the oracle's and the noise runs'."""

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


def needed_bytes(sizes: Mapping[str, int]) -> int:
    """Estimated peak for one inspection, in bytes."""
    wide = {"V": 0, **sizes}
    units = COPIES_PER_UNIT * sizes["H"] + 8 * sizes["K"] + 6 * (sizes["D"] + wide["V"])
    weights = 20 * (sizes["D"] * sizes["H"] + sizes["H"] ** 2 + sizes["H"] * sizes["K"] + wide["V"] * sizes["D"])
    return 8 * (sizes["T"] * sizes["B"] * units + weights)


def require_memory(sizes: Mapping[str, int]) -> None:
    """Raise `InputError` with both numbers where a problem would not fit."""
    needed, available = needed_bytes(sizes), available_bytes()
    if needed > available:
        shown = ", ".join(f"{name} = {size}" for name, size in sizes.items())
        raise InputError(
            f"a problem with {shown} needs about {needed / 2**30:.1f} GiB and {available / 2**30:.1f} GiB are free; "
            "use fewer steps, samples or units"
        )
