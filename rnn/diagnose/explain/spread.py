"""Spread: many sets of mistakes evaluated at once, by any executor or by processes of our own, which never load JAX."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures import TimeoutError as Unfinished
from itertools import islice
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any

import numpy as np

from ...network import Network
from ...problem import remade
from ...settings import ProblemSettings
from ..reference import Edits
from .view import Part, View

TASK_S = 0.2
"""So long a task takes at most, about: short enough to be waited for when nobody wants it any more."""

MUCH_S = 2.0
"""Work of this size is worth starting processes for: a search that took so long will go on, mostly."""

LEAST_S, LITTLE_S = 0.02, 0.1
"""So long sets are evaluated here, to know how long one takes; what is done in so short a time is done here."""

SMALLEST, LARGEST = 16, 4096
"""Sets in a task."""

AHEAD = 16
"""Tasks that are given out at once."""

BEAT_S = 0.1
"""So often who asks is asked whether it still wants to know."""

MOST_KEPT = 4
"""Views that a worker keeps."""

Pairs = tuple[tuple[str, str], ...]
"""Edits, by slot."""


# What is sent


def packed(view: View) -> bytes:
    """A view as plain values and arrays; the worker makes the same one of them."""
    problem = view.problem
    return pickle.dumps({
        "network": problem.network.to_json(),
        "parameters": {name: np.asarray(value) for name, value in problem.parameters.items()},
        "data": {name: np.asarray(value) for name, value in problem.data().items()},
        "dtype": problem.dtype,
        "settings": problem.settings.to_json(),
        "hand": dict(view.hand),
        "limit": view.limit,
    })  # fmt: skip


def unpacked(payload: bytes) -> View:
    """The view that was packed."""
    found: dict[str, Any] = pickle.loads(payload)
    network, settings = Network.from_json(found["network"]), ProblemSettings.from_json(found["settings"])
    problem = remade(network, found["parameters"], found["data"], found["dtype"], settings)
    return View(problem, found["hand"], found["limit"])


_mine = threading.local()


def _view(digest: str, payload: bytes) -> View:
    """The view of a payload, kept by each thread of a worker."""
    kept: dict[str, View] = _mine.__dict__.setdefault("views", {})
    if digest not in kept:
        while len(kept) >= MOST_KEPT:
            del kept[next(iter(kept))]
        kept[digest] = unpacked(payload)
    return kept[digest]


def fitting(digest: str, payload: bytes, part: Part, base: Pairs, sets: Sequence[Pairs]) -> list[int]:
    """In a worker: numbers of the sets of edits that, with some others, give a part of what the code returned.

    Args:
        digest: of the payload. payload: of `packed`. part: that is to be given. base: edits that are made in any case.
    """
    view, known = _view(digest, payload), dict(base)
    with np.errstate(all="ignore"):
        return [number for number, more in enumerate(sets) if view.fits(part, {**known, **dict(more)})]


# Processes of our own


class _Worker(SpawnProcess):
    """Knows nothing of the program that starts it: that may be a script that does all its work when it is imported."""

    def start(self) -> None:
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class _Context(SpawnContext):
    """Starts workers.

    Attributes:
        workers: all that were made.
    """

    def __init__(self) -> None:
        self.workers: list[_Worker] = []

    def Process(self, *args: Any, **more: Any) -> _Worker:  # type: ignore[override]
        self.workers.append(_Worker(*args, **more))
        return self.workers[-1]


def end_with_parent() -> None:
    """In a worker: end when the parent is gone, however it ended."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class Pool:
    """Processes of our own, one a core, killed when they are no longer wanted."""

    def __init__(self, workers: int) -> None:
        """Args: workers: how many; nobody waits for them to start."""
        self._context = _Context()
        self.executor = ProcessPoolExecutor(workers, self._context, end_with_parent)
        self._first = [self.executor.submit(os.getpid) for _ in range(workers)]

    @property
    def ready(self) -> bool:
        """Whether a worker has started; that takes half a second."""
        return any(one.done() for one in self._first)

    @property
    def workers(self) -> Sequence[SpawnProcess]:
        """Those that were started."""
        return [one for one in self._context.workers if one.pid is not None]

    def kill(self) -> None:
        """End them at once; from any thread."""
        for one in self.workers:
            one.kill()
        self.executor.shutdown(wait=False, cancel_futures=True)
        for one in self.workers:
            one.join()


# Who asks


class Spread:
    """Evaluates sets of mistakes, in other processes where there is much to do; use as a context, from one thread."""

    def __init__(self, executor: Executor | None = None, workers: int | None = None) -> None:
        """Args: executor: of the caller, who ends it; without one processes are started. workers: how many; one a core."""
        self._executor, self._workers = executor, workers or os.cpu_count() or 1
        self._pool: Pool | None = None
        self._spent_s = 0.0
        self._sent: tuple[View, str, bytes] | None = None

    def __enter__(self) -> Spread:
        """Nothing is started yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes that were started."""
        self.end()

    def end(self) -> None:
        """End the processes that were started, at once; from any thread."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.kill()
            _only_pool.release()

    @property
    def pool(self) -> Pool | None:
        """The processes that were started."""
        return self._pool

    def is_worth(self, left: int, done: int, took_s: float) -> bool:
        """Whether to go on elsewhere after some sets took so long, with so many left."""
        if took_s < LEAST_S or not done:
            return False
        left_s = left * took_s / done
        if self._executor is None and self._pool is None:
            self._start_for(left_s)
        return left_s > LITTLE_S and (self._executor is not None or (self._pool is not None and self._pool.ready))

    def spent(self, seconds: float) -> None:
        """Told how long sets were evaluated here."""
        self._spent_s += seconds

    def _start_for(self, left_s: float) -> None:
        """Start processes where there is, or was, much to do; not in a process that is itself one of several."""
        alone = self._workers < 2 or multiprocessing.parent_process() is not None
        if not alone and self._spent_s + left_s > MUCH_S and _only_pool.acquire(blocking=False):
            self._pool = Pool(self._workers)

    def fitting(
        self, view: View, part: Part, base: Edits, sets: Sequence[Edits], each_s: float, tick: Callable[[int], None]
    ) -> Iterator[int]:
        """Numbers of the sets of edits that, with some others, give a part of what the code returned.

        Args:
            view: of the code. base: edits that are made in any case. each_s: what a set takes, about.
            tick: is told how many more were evaluated, often; what it raises ends it.
        """
        executor = self._executor or (self._pool.executor if self._pool is not None else None)
        assert executor is not None
        shared = -(-len(sets) // (2 * self._workers))
        size = max(SMALLEST, min(LARGEST, shared, round(TASK_S / each_s)))
        digest, payload = self._payload(view)
        starts = iter(range(0, len(sets), size))
        waiting: deque[tuple[int, int, Future[list[int]]]] = deque()
        start = 0
        try:
            while True:
                for first in islice(starts, AHEAD - len(waiting)):
                    pairs = [tuple(one.items()) for one in sets[first : first + size]]
                    task = executor.submit(fitting, digest, payload, part, tuple(base.items()), pairs)
                    waiting.append((first, len(pairs), task))
                if not waiting:
                    return
                start, count, task = waiting[0]
                yield from (start + number for number in _awaited(task, tick))
                waiting.popleft()
                start += count
                tick(count)
        except BrokenExecutor:
            if self._executor is not None:
                raise
            self._workers = 1  # a worker of ours died: it is done here, and no other is started
            self.end()
            yield from (number for number in range(start, len(sets)) if _fits(view, part, base, sets[number], tick))
        finally:
            for _, _, task in waiting:
                task.cancel()

    def _payload(self, view: View) -> tuple[str, bytes]:
        """A view as it is sent, with its digest."""
        if self._sent is None or self._sent[0] is not view:
            payload = packed(view)
            self._sent = view, hashlib.sha256(payload).hexdigest(), payload
        return self._sent[1:]


_only_pool = threading.Lock()
"""Of our own there is one pool at a time in a process: a second would find no more cores."""


def _fits(view: View, part: Part, base: Edits, more: Edits, tick: Callable[[int], None]) -> bool:
    """One set, evaluated here."""
    tick(1)
    return view.fits(part, {**base, **more})


def _awaited(task: Future[list[int]], tick: Callable[[int], None]) -> list[int]:
    """What a task gives."""
    while True:
        try:
            return task.result(BEAT_S)
        except Unfinished:
            if task.done():  # it raised that itself
                raise
            tick(0)
