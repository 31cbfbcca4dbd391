"""The platform's calls: process groups, limits, death with the parent. The only file that makes them.

Linux has all of it. macOS lacks death with the parent (a job still ends when its request pipe closes) and does not
enforce the address-space limit. Windows has neither limits nor process groups of this kind: there a job is ended
with `taskkill /T`, which ends its children too, and the time limit is the only one.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from .limits import Limits

PR_SET_PDEATHSIG = 1


def new_group() -> dict[str, Any]:
    """Arguments for `subprocess.Popen` that put the child into a group of its own."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


_starters: dict[int, ThreadPoolExecutor] = {}
"""One thread that starts children, by process: a fork has none of its parent's threads."""


def start_child(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a child in a group of its own, with pipes; any thread may do it, and end before the child does.

    Linux takes the thread that starts a child for its parent: `die_with_parent` ends the child when that thread ends.
    """

    def start() -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, close_fds=True, **new_group())

    if threading.current_thread() is threading.main_thread():
        return start()
    return _starters.setdefault(os.getpid(), ThreadPoolExecutor(1, "start-children")).submit(start).result()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a child and all of its children, without ceremony."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


def apply_limits(limits: Limits) -> None:
    """Called in the child, before any user code."""
    if sys.platform == "win32":
        return
    import resource

    wanted: dict[int, int | None] = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_s,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
    }
    for which, value in wanted.items():
        if value is not None:
            _, hard = resource.getrlimit(which)
            ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
            try:
                resource.setrlimit(which, (ceiling, hard))
            except (ValueError, OSError):
                continue  # macOS refuses some; the time limit remains
    # Writing past the limit shall raise OSError in the user's code instead of ending the process.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def renew_processor_time(limits: Limits) -> None:
    """Called in the child before each request: the limit counts from here, not from the start of the job."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime) + 1 + limits.cpu_s
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def more_memory_at_most(extra_bytes: int) -> None:
    """Called in the child: from here on it may use so many bytes of addresses more (Linux; elsewhere nothing happens)."""
    if sys.platform == "linux":
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        memory_from_here(extra_bytes, soft)


def memory_from_here(extra_bytes: int, most_bytes: int) -> None:
    """Called in the child before a request: so many bytes of addresses more than now, and never more than `most_bytes`.

    Other than `more_memory_at_most` it also gives back what it took before (Linux; elsewhere nothing happens).
    """
    if sys.platform != "linux":
        return
    import resource

    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    ceilings = [one for one in (most_bytes, hard) if one != resource.RLIM_INFINITY]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (min([used + extra_bytes, *ceilings]), hard))


class Alarm:
    """Calls a function in the main thread of the child after a time, and again and again until it is stopped.

    The function may raise, which ends what the main thread does. Code in C is not interrupted: it is called when that returns.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        """Args: ring: what is called; to be made in the main thread."""
        self._stopped = threading.Event()
        number = signal.SIGINT if sys.platform == "win32" else signal.SIGALRM
        signal.signal(number, lambda *_: ring())

    def start(self, after_s: float, every_s: float) -> None:
        """Ring after a time, then at an interval."""
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, after_s, every_s)
            return
        self._stopped = threading.Event()
        threading.Thread(target=self._ring_on_windows, args=(self._stopped, after_s, every_s), daemon=True).start()

    @staticmethod
    def _ring_on_windows(stopped: threading.Event, after_s: float, every_s: float) -> None:
        """Windows has no interval timer: a thread simulates an interrupt, which Python hands to the main thread."""
        import _thread

        wait_s = after_s
        while not stopped.wait(wait_s):
            _thread.interrupt_main()
            wait_s = every_s

    def stop(self) -> None:
        """Ring no more."""
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        else:
            self._stopped.set()


def withhold_from_forks(descriptors: Sequence[int]) -> None:
    """Called in the child: processes that it forks find the null device in place of these descriptors.

    A fork that outlives the job would otherwise hold the parent's pipes open. Programs that are started get none
    of them anyway. Windows has no fork.
    """
    if sys.platform == "win32":
        return

    def replace() -> None:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in descriptors:
            os.dup2(null, descriptor, inheritable=False)
        os.close(null)

    os.register_at_fork(after_in_child=replace)


def die_with_parent() -> None:
    """Called in the child: Linux ends it when the parent dies, however it dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def ran_out_of_time(code: int) -> bool:
    """Whether a child was ended because its processor time was used up."""
    return sys.platform != "win32" and code == -signal.SIGXCPU


def describe_exit(code: int) -> str:
    """How a child ended, for a person."""
    if code >= 0:
        return f"it ended by itself with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    hints = {
        "SIGSEGV": " (segmentation fault)",
        "SIGKILL": " (likely out of memory)",
        "SIGXCPU": " (processor time used up)",
    }
    return f"it was ended by {name}{hints.get(name, '')}"
