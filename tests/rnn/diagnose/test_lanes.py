"""Searches side by side: what is told comes in the thread that asked, and whoever no longer listens ends them all."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import pytest

from rnn.diagnose.lanes import BEAT_S, Ended, Ending, Tell, side_by_side

SOON_S = 1.0
"""What ends at once is over within this, on a busy machine too."""


class _Enough(Exception):
    """The listener wants no more."""


def _quiet(text: str, fraction: float | None, extra: Mapping[str, Any] | None) -> None:
    """Nobody listens."""


def test_lanes_run_at_the_same_time_and_are_heard_in_the_thread_that_asked() -> None:
    met, heard = threading.Barrier(2, timeout=10), list[tuple[str, int]]()

    def lane(tell: Tell) -> None:
        met.wait()  # ends only when both have come here
        tell("here", None, {})

    def say(text: str, fraction: float | None, extra: Mapping[str, Any] | None) -> None:
        heard.append((text, threading.get_ident()))

    side_by_side([lane, lane], say, Ending())
    assert heard == [("here", threading.get_ident())] * 2


def test_a_listener_that_raises_ends_lanes_that_tell_nothing() -> None:
    """It is asked again and again, and what is registered ends what a lane waits for."""
    ending, released, begun = Ending(), threading.Event(), time.monotonic()

    def waits(tell: Tell) -> None:
        tell("waiting", None)
        with ending.calls(released.set):
            assert released.wait(30)

    def say(text: str, fraction: float | None, extra: Mapping[str, Any] | None) -> None:
        if time.monotonic() - begun > 2 * BEAT_S:
            raise _Enough

    with pytest.raises(_Enough):
        side_by_side([waits], say, ending)
    assert released.is_set() and time.monotonic() - begun < 2 * BEAT_S + SOON_S


def test_a_lane_ends_where_it_next_tells_something() -> None:
    ended = threading.Event()

    def lane(tell: Tell) -> None:
        try:
            while True:
                tell("working", None)
        except Ended:
            ended.set()
            raise

    def say(text: str, fraction: float | None, extra: Mapping[str, Any] | None) -> None:
        raise _Enough

    with pytest.raises(_Enough):
        side_by_side([lane], say, Ending())
    assert ended.wait(SOON_S)


def test_what_one_lane_raises_ends_the_others() -> None:
    stopped = threading.Event()

    def fails(tell: Tell) -> None:
        raise ValueError("a mistake of the program")

    def goes_on(tell: Tell) -> None:
        try:
            while True:
                tell("working", None)
        except Ended:
            stopped.set()

    with pytest.raises(ValueError, match="a mistake of the program"):
        side_by_side([goes_on, fails], _quiet, Ending())
    assert stopped.wait(SOON_S)


def test_a_call_that_is_registered_too_late_is_made_at_once() -> None:
    ending, calls = Ending(), list[str]()
    with ending.calls(lambda: calls.append("early")):
        pass
    ending.now()
    with ending.calls(lambda: calls.append("late")):
        assert calls == ["late"]


def test_one_line_says_what_all_lanes_do() -> None:
    heard: list[str] = []
    both = threading.Event()

    def one(tell: Tell) -> None:
        tell("Trying mistakes", None)
        assert both.wait(30)

    def other(tell: Tell) -> None:
        tell("Trying repairs: 3 tried", 0.5)
        assert both.wait(30)

    def say(text: str, fraction: float | None, extra: Mapping[str, Any] | None) -> None:
        heard.append(text)
        if "mistakes" in text and "repairs" in text:
            assert fraction == 0.5
            both.set()

    side_by_side([one, other], say, Ending())
    assert "Trying mistakes; trying repairs: 3 tried" in heard or "Trying repairs: 3 tried; trying mistakes" in heard
