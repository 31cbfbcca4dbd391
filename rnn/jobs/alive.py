"""Which processes are there: a number alone says little, as numbers are given out again."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

GONE, UNKNOWN = "", "?"
"""There is no such process; there is one of that number, and nothing tells when it began."""


def process_mark(pid: int) -> str:
    """When a process began, in a form of the platform's own: another process of the same number has another mark.

    Returns:
        `GONE` where there is none; `UNKNOWN` where nothing more is known.
    """
    if pid <= 0:
        return GONE
    if sys.platform == "linux":
        with suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
            return GONE if fields[0] == "Z" else f"{boot} {fields[19]}"  # field 22: start in ticks since boot
        return GONE
    if sys.platform == "win32":
        return _windows_mark(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return GONE
    except PermissionError:
        pass
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip() or UNKNOWN


def _windows_mark(pid: int) -> str:
    import ctypes
    from ctypes import wintypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)  # only to ask about it
    if not handle:
        return GONE
    try:
        code, times = wintypes.DWORD(), [wintypes.FILETIME() for _ in range(4)]
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        if code.value != 259:  # still active
            return GONE
        if not kernel.GetProcessTimes(handle, *(ctypes.byref(one) for one in times)):
            return UNKNOWN
        return f"{times[0].dwHighDateTime} {times[0].dwLowDateTime}"
    finally:
        kernel.CloseHandle(handle)


def is_running(pid: int) -> bool:
    """Whether there is a process of a number."""
    return process_mark(pid) != GONE
