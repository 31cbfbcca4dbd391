"""Questions: what is asked about the whole run from one step: who wrote an element, its next write, norms over time, hits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from inspector.debugger.records import Origin
from inspector.debugger.upstream import Upstream, upstream_of

if TYPE_CHECKING:
    from inspector.debugger.debugger import Debugger
    from inspector.debugger.threads import Key, Worker


class Questions(QObject):
    """Asks the searcher, and keeps the answers.

    Attributes:
        origin: who wrote the element that was asked about last, or None.

    Signals:
        origin_changed: read `origin`. norms_changed: more norms over time are known (`norms`).
        completed: texts that the condition which is being typed can become.
    """

    origin_changed = Signal()
    norms_changed = Signal()
    completed = Signal(object)

    def __init__(self, debugger: Debugger, worker: Worker) -> None:
        """Args: debugger: whose recording is asked. worker: the thread of searches."""
        super().__init__(debugger)
        self._debugger, self._worker = debugger, worker
        self._norms: dict[tuple[int, str], Any] = {}
        self.origin: Origin | None = None

    def forget(self) -> None:
        """Another recording is open."""
        self.forget_norms()
        if self.origin is not None:
            self.origin = None
            self.origin_changed.emit()

    def forget_norms(self) -> None:
        """The recording has grown."""
        self._norms.clear()

    def ask_origin(self, path: str = "", element: tuple[int, ...] | None = None) -> bool:
        """Ask who wrote an element, by default the picked one; False where none is picked."""
        debugger = self._debugger
        path = path or debugger.path
        element = debugger.element if element is None else element
        searcher, here = debugger.searcher, debugger.here
        if searcher is None or here is None or not path or element is None:
            debugger.say("Pick an element of an array first: click it, or press an arrow key in the array")
            return False
        self._worker.ask(("origin",), lambda: searcher.origin(path, element, here.step, here.frame))
        return True

    def go_to_write(self, direction: int) -> None:
        """Go to the next (+1) or previous (-1) write of the picked element, else of the selected array."""
        debugger = self._debugger
        searcher, here, path, element = debugger.searcher, debugger.here, debugger.path, debugger.element
        if searcher is None or here is None or not path:
            debugger.say("Select an array first: click its row")
            return
        self._worker.ask(("write", direction), lambda: searcher.write(path, element, here.step, here.frame, direction))

    def go_upstream(self) -> None:
        """Go to where the first wrong input of the present line was written; says it where none is wrong."""
        debugger = self._debugger
        searcher, here, beside = debugger.searcher, debugger.here, debugger.beside
        if searcher is None or here is None or beside is None:
            debugger.say("JAX was not asked about this recording yet (Ctrl+Shift+J)")
            return
        self._worker.ask(("upstream",), lambda: upstream_of(searcher.recording, beside, here.step))

    def norms(self, path: str) -> Any:
        """Norms of an array over the iterations of the present call (steps (k,), norms (k,)); None until they are known."""
        here, searcher = self._debugger.here, self._debugger.searcher
        if here is None or searcher is None:
            return None
        key = here.frame, path
        if key not in self._norms:
            self._norms[key] = None
            self._worker.ask(("norms", *key), lambda: searcher.norms(path, key[0]))
        return self._norms[key]

    def complete(self, text: str) -> None:
        """Ask what a condition that is being typed can become; `completed` tells."""
        searcher = self._debugger.searcher
        if searcher is not None:
            self._worker.ask(("complete",), lambda: searcher.completions(text))

    def ask_hits(self, text: str, log: str) -> None:
        """Ask where a condition holds; `Stops` takes the answer."""
        searcher = self._debugger.searcher
        if searcher is not None:
            self._worker.ask(("hits", text, log), lambda: searcher.hits(text, log))

    def take(self, key: Key, value: Any) -> None:
        """An answer of the searcher."""
        kind = key[0]
        if kind == "origin":
            self.origin = value
            self.origin_changed.emit()
        elif kind == "norms":
            self._norms[key[1], key[2]] = value
            self.norms_changed.emit()
        elif kind == "complete":
            self.completed.emit(value)
        elif kind == "hits":
            self._debugger.stops.take(key[1], key[2], value)
        elif kind == "upstream":
            self._take_upstream(value)
        elif kind == "write":
            self._take_write(key[1], value)

    def _take_upstream(self, found: Upstream) -> None:
        debugger = self._debugger
        if found.step >= 0:
            debugger.go_to(found.step)
            debugger.select_written()
        debugger.say(found.words)

    def _take_write(self, direction: int, step: int | None) -> None:
        debugger = self._debugger
        if step is None:
            debugger.say(f"{debugger.path} is not written {'after' if direction > 0 else 'before'} this step")
        else:
            debugger.go_to(step)
