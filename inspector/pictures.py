"""Pictures: one thread that reads what is shown from the result, so that the window never waits for a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal, Slot

from inspector.picture.matrix import read_matrix
from inspector.severity import is_per_step
from rnn.arrays import AnyArray, IntArray
from rnn.errors import InputError
from rnn.network import Network
from rnn.products import gates_of
from rnn.results import Inspection

if TYPE_CHECKING:
    from rnn.diagnose.provenance import Provenance
    from rnn.history import History

MOST_DIFFERENCES = 10_000
"""Cells that `next difference` walks through; nobody presses a key ten thousand times."""

SAMPLE = 1 << 18
"""Entries from which the size of the largest ones is guessed."""


@dataclass(frozen=True, eq=False)
class Picture:
    """The two arrays of one quantity, read-only, as they are drawn.

    Attributes:
        number: of the request. quantity: its name. sample: entry of the batch that a per-step picture shows.
        hand, reference: (rows, columns); None where it has another shape (then `note` says so).
        per_step: whether row = t. is_vector: whether it is a vector drawn as one row.
        dtype: the precision the hand-written code ran in.
        differences: cells (n, 2) at which the two differ, worst first. total: how many there are in all.
        non_finite: cells (n, 2) with a NaN or an infinity in either, in reading order.
        nan_count, inf_count: cells with a NaN, and with an infinity, in either.
        note: why there is no picture, or empty.
        weights: the parameter itself, where the quantity is a parameter's gradient.
        gates: letters of the gates whose blocks of columns stand side by side, where there are any.
        sides: what both are called, hand and JAX or two files.
    """

    number: int
    quantity: str
    sample: int
    hand: AnyArray | None
    reference: AnyArray | None
    per_step: bool
    differences: IntArray
    total: int
    non_finite: IntArray
    nan_count: int = 0
    inf_count: int = 0
    is_vector: bool = False
    dtype: str = "float64"
    note: str = ""
    weights: AnyArray | None = None
    gates: tuple[str, ...] = ()
    sides: tuple[str, str] = ("hand", "JAX")


def worst_first(hand: AnyArray, reference: AnyArray) -> tuple[IntArray, int, bool]:
    """Cells (n, 2) where the two differ, largest |difference| first, at most `MOST_DIFFERENCES`; and how many in all.

    A NaN against a number counts as infinitely far, a NaN against a NaN as equal. The third says whether all entries of
    both are known to be finite, as they are where all differences are.
    """
    with np.errstate(all="ignore"):
        size = hand - reference
        np.abs(size, out=size)
        finite = not size.size or bool(np.isfinite(size.max()))  # a maximum hands a NaN on
    if not finite:
        equal = (hand == reference) | (np.isnan(hand) & np.isnan(reference))
        size = np.where(equal, 0, np.where(np.isnan(size), np.inf, size))
    size = size.ravel()
    total = int(np.count_nonzero(size))
    cells = np.flatnonzero(size >= _least(size)) if total > 16 * MOST_DIFFERENCES else np.flatnonzero(size)
    if len(cells) > MOST_DIFFERENCES:
        cells = cells[np.argpartition(-size[cells], MOST_DIFFERENCES)[:MOST_DIFFERENCES]]
    cells = cells[np.argsort(-size[cells], kind="stable")]
    return np.stack(np.unravel_index(cells, hand.shape), axis=1), total, finite


def _least(size: AnyArray) -> float:
    """A size that at least `MOST_DIFFERENCES` entries reach, and not many more; sorting millions takes a second."""
    sample = size[:: max(1, len(size) // SAMPLE)]
    share = 4 * MOST_DIFFERENCES / len(size)
    least = float(np.partition(sample, -max(1, int(share * len(sample))))[-max(1, int(share * len(sample)))])
    enough = np.count_nonzero(size >= least) >= MOST_DIFFERENCES
    return least if enough and least > 0 else np.nextafter(0.0, 1.0)


def _not_finite(hand: AnyArray, reference: AnyArray) -> tuple[IntArray, int, int]:
    """Cells (n, 2) with a NaN or an infinity in either, and how many there are with each."""
    nan = np.isnan(hand) | np.isnan(reference)
    inf = np.isinf(hand) | np.isinf(reference)
    return np.argwhere(nan | inf), int(nan.sum()), int(inf.sum())


def read_picture(number: int, result: Inspection, quantity: str, sample: int) -> Picture:
    """Read one picture from a result."""
    report = result.report(quantity)
    per_step = is_per_step(report)
    nowhere = np.empty((0, 2), dtype=np.intp)
    if report.hand_shape != report.shape:
        note = f"hand has the shape {report.hand_shape}, the reference {report.shape}: nothing to lay side by side"
        return Picture(number, quantity, sample, None, None, per_step, nowhere, 0, nowhere, note=note)
    hand, reference = (read_matrix(result.arrays, side, per_step, sample) for side in result.sides(quantity))
    stored = f"weights/{quantity[1:]}"
    weights = read_matrix(result.arrays, stored, False, 0) if stored in result.arrays.names() else None
    differences, total, finite = worst_first(hand, reference)
    non_finite, nans, infinities = (nowhere, 0, 0) if finite else _not_finite(hand, reference)
    return Picture(
        number,
        quantity,
        sample,
        hand,
        reference,
        per_step,
        differences,
        total,
        non_finite,
        nans,
        infinities,
        len(report.shape) < 2,
        str(result.problem.get("dtype", "float64")),
        weights=weights,
        sides=result.side_names,
        gates=gates_of(Network.from_json(result.problem), quantity[1:]) if weights is not None else (),
    )


class _Reader(QObject):
    """Lives in the picture thread; reads whatever was asked for last."""

    read = Signal(object)
    failed = Signal(int, str)
    remembered = Signal(int, object)
    traced = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.newest = self.newest_history = self.newest_provenance = 0

    @Slot(int, object, str, int)
    def on_asked(self, number: int, result: Inspection, quantity: str, sample: int) -> None:
        """Read, unless something newer was asked for meanwhile."""
        if number < self.newest:
            return
        try:
            picture = read_picture(number, result, quantity, sample)
        except (OSError, ValueError, KeyError, MemoryError) as error:
            self.failed.emit(number, f"{quantity} can't be read from the result ({error}); run the check again")
            return
        self.read.emit(picture)

    @Slot(int, object, str, object)
    def on_history_asked(self, number: int, result: Inspection, quantity: str, index: tuple[int, ...]) -> None:
        """Read the history of one entry, unless another was asked for meanwhile."""
        from rnn.history import element_history

        if number < self.newest_history:
            return
        try:
            self.remembered.emit(number, element_history(result, quantity, index))
        except (OSError, ValueError, KeyError, MemoryError, InputError):
            self.remembered.emit(number, None)  # the picture itself says that the file can't be read

    @Slot(int, object, str, object)
    def on_provenance_asked(self, number: int, result: Inspection, quantity: str, index: tuple[int, ...]) -> None:
        """Read what one entry is made of, unless another was asked for meanwhile."""
        from rnn.diagnose.provenance import provenance

        if number < self.newest_provenance:
            return
        try:
            self.traced.emit(number, provenance(result, quantity, index))
        except (OSError, ValueError, KeyError, MemoryError, InputError):
            self.traced.emit(number, None)  # as above


class Pictures(QObject):
    """Hands out the picture that was asked for last.

    Signals:
        changed: `current` is another picture (read it; it may be None while nothing is there).
        history_changed: `history` is that of another entry, or None.
        provenance_changed: `provenance` is that of another entry, or None.
        failed: a sentence about a picture that could not be read.
    """

    changed = Signal()
    history_changed = Signal()
    provenance_changed = Signal()
    failed = Signal(str)
    _asked = Signal(int, object, str, int)
    _history_asked = Signal(int, object, str, object)
    _provenance_asked = Signal(int, object, str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Starts the thread; `close` ends it."""
        super().__init__(parent)
        self.current: Picture | None = None
        self.history: History | None = None
        self.provenance: Provenance | None = None
        self._number = self._history_number = self._provenance_number = 0
        self._thread = QThread(self)
        self._reader = _Reader()
        self._reader.moveToThread(self._thread)
        self._asked.connect(self._reader.on_asked)
        self._history_asked.connect(self._reader.on_history_asked)
        self._provenance_asked.connect(self._reader.on_provenance_asked)
        self._reader.traced.connect(self._on_reader_traced)
        self._reader.read.connect(self._on_reader_read)
        self._reader.remembered.connect(self._on_reader_remembered)
        self._reader.failed.connect(self._on_reader_failed)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether `current` is what was asked for last."""
        return self.current is not None and self.current.number == self._number

    def request(self, result: Inspection, quantity: str | None, sample: int) -> None:
        """Ask for a picture; `changed` comes when it is there. Without a quantity there is none."""
        self._number += 1
        self._reader.newest = self._number
        if quantity is None:
            self.current = None
            self.changed.emit()
        else:
            self._asked.emit(self._number, result, quantity, sample)

    def request_history(self, result: Inspection | None, quantity: str | None, index: tuple[int, ...] | None) -> None:
        """Ask how one entry came about over time; `history_changed` comes when it is known."""
        self._history_number += 1
        self._reader.newest_history = self._history_number
        if result is not None and quantity is not None and index is not None:
            self._history_asked.emit(self._history_number, result, quantity, index)
        elif self.history is not None:
            self.history = None
            self.history_changed.emit()

    def request_provenance(
        self, result: Inspection | None, quantity: str | None, index: tuple[int, ...] | None
    ) -> None:
        """Ask what one entry is made of; `provenance_changed` comes when it is known."""
        self._provenance_number += 1
        self._reader.newest_provenance = self._provenance_number
        if result is not None and quantity is not None and index is not None:
            self._provenance_asked.emit(self._provenance_number, result, quantity, index)
        elif self.provenance is not None:
            self.provenance = None
            self.provenance_changed.emit()

    @Slot(int, object)
    def _on_reader_traced(self, number: int, provenance: Provenance | None) -> None:
        if number == self._provenance_number:
            self.provenance = provenance
            self.provenance_changed.emit()

    @Slot(int, object)
    def _on_reader_remembered(self, number: int, history: History | None) -> None:
        if number == self._history_number:
            self.history = history
            self.history_changed.emit()

    @Slot(object)
    def _on_reader_read(self, picture: Picture) -> None:
        if picture.number == self._number:
            self.current = picture
            self.changed.emit()

    @Slot(int, str)
    def _on_reader_failed(self, number: int, sentence: str) -> None:
        if number == self._number:
            self.current = None
            self.changed.emit()
            self.failed.emit(sentence)

    def close(self) -> None:
        """End the thread; it finishes what it reads."""
        self._thread.quit()
        self._thread.wait()
