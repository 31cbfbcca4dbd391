"""Lanes: searches side by side, each in a thread of its own; what they tell is passed on by the thread that asked for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

BEAT_S = 0.05
"""So often the listener is asked whether it still wants to hear, whatever the lanes are doing."""

QUIET_S = 0.05
"""So often a lane is heard of when it says the same again and again."""

PATIENCE_S = 0.15
"""So long an ended search waits for its threads; they end by themselves when they next have something to tell."""

Listener = Callable[[str, float | None, Mapping[str, Any] | None], None]


class Ended(Exception):
    """The search was ended; raised in a lane where it tells something."""


class Ending:
    """Whether a search is to end, and what is called then; from any thread."""

    def __init__(self) -> None:
        """It goes on."""
        self.wanted = False
        self._lock, self._calls = threading.Lock(), list[Callable[[], None]]()

    def still(self) -> None:
        """Raise `Ended` where it was ended."""
        if self.wanted:
            raise Ended

    def now(self) -> None:
        """End it."""
        with self._lock:
            self.wanted, calls = True, list(self._calls)
        for call in calls:
            call()

    @contextmanager
    def calls(self, call: Callable[[], None]) -> Iterator[None]:
        """While the block lasts, ending the search calls this; at once where it has ended."""
        with self._lock:
            self._calls.append(call)
            late = self.wanted
        if late:
            call()
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(call)


@dataclass(frozen=True)
class _Word:
    lane: int
    text: str
    fraction: float | None
    extra: Mapping[str, Any] | None


class Tell:
    """Takes progress in a lane; raises `Ended` where the search is to end."""

    def __init__(self, lane: int, words: SimpleQueue[_Word | None], ending: Ending) -> None:
        """Args: lane: its number. words: to the thread that listens. ending: of the search."""
        self._lane, self._words, self._ending = lane, words, ending
        self._last, self._told = "", 0.0

    def __call__(self, text: str, fraction: float | None, extra: Mapping[str, Any] | None = None) -> None:
        """Args: text: for the user. fraction: 0 to 1, None where nobody knows. extra: what is already known."""
        self._ending.still()
        now = time.monotonic()
        if extra is None and text == self._last and now - self._told < QUIET_S:
            return
        self._last, self._told = text, now
        self._words.put(_Word(self._lane, text, fraction, extra))


Lane = Callable[[Tell], None]


def side_by_side(lanes: Sequence[Lane], say: Listener, ending: Ending) -> None:
    """Run all lanes to their ends.

    Args:
        lanes: each is run in a thread. say: is told in this thread what they tell; what it raises ends all of them.
        ending: of them; what is registered there is called when they are ended.

    Raises:
        What a lane or `say` raises.
    """
    words: SimpleQueue[_Word | None] = SimpleQueue()
    pool = ThreadPoolExecutor(max(1, len(lanes)), "lane")
    running = [pool.submit(lane, Tell(number, words, ending)) for number, lane in enumerate(lanes)]
    for one in running:
        one.add_done_callback(lambda _: words.put(None))
    try:
        _listen(running, words, say)
    except BaseException:
        ending.now()
        wait(running, PATIENCE_S)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _listen(running: Sequence[Future[None]], words: SimpleQueue[_Word | None], say: Listener) -> None:
    """Pass on what is told, and ask the listener again and again, until all lanes are at their ends; raises what one does."""
    last: dict[int, _Word] = {}
    left = len(running)
    while left:
        word = _next(words)
        if isinstance(word, _Word):
            last[word.lane] = word
        if word is None:
            left -= 1
            for one in running:
                if one.done():
                    one.result()
        elif isinstance(word, _Word) and word.extra is not None:
            say(word.text, word.fraction, word.extra)
        elif busy := [one for number, one in last.items() if not running[number].done()]:
            say(_joined([one.text for one in busy]), next((one.fraction for one in busy if one.fraction), None), None)


def _next(words: SimpleQueue[_Word | None]) -> _Word | bool | None:
    """The next word, None for the end of a lane, False where nothing was said for a while."""
    try:
        return words.get(timeout=BEAT_S)
    except Empty:
        return False


def _joined(texts: Sequence[str]) -> str:
    """What several lanes are doing, in one line."""
    first, *rest = texts
    return "; ".join([first, *(text[:1].lower() + text[1:] for text in rest)])
