"""Garbage is collected in the window's thread, whoever makes it."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from inspector.collecting import Collector


@pytest.fixture
def collector(qapp) -> Iterator[Collector]:
    gc.enable()
    made = Collector()
    assert not gc.isenabled()
    yield made
    made.close()
    assert gc.isenabled()
    gc.disable()  # as the other tests here have it


class _Knot:
    """A cycle that says in which thread it ends."""

    def __init__(self, ended: list[int]) -> None:
        self.me, self._ended = self, ended

    def __del__(self) -> None:
        self._ended.append(threading.get_ident())


def test_what_a_thread_leaves_ends_here(collector: Collector, qtbot) -> None:
    ended: list[int] = []

    def work() -> None:
        for _ in range(3000):
            _Knot(ended)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [], "nobody collects while a thread works"
    qtbot.waitUntil(lambda: len(ended) == 3000, timeout=20_000)
    assert set(ended) == {threading.get_ident()}


def test_older_garbage_has_its_turn(collector: Collector, qtbot) -> None:
    ended: list[int] = []
    knot = _Knot(ended)
    gc.collect(0)
    gc.collect(1)
    del knot
    for _ in range(200):
        [[] for _ in range(1000)]
        keep = [[] for _ in range(1000)]
        collector.on_timeout()
        del keep
    assert ended


def test_what_was_there_is_not_walked_through_again(collector: Collector) -> None:
    collector.settle()
    assert gc.get_freeze_count() > 1000
