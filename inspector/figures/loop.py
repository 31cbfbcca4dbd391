"""The backward loop as an animation: from the last step to the first, what each side knows by then, and their difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.figures.drawing import Drawing, Source
from inspector.figures.film import Film, Moment, chosen, drawing_of_film
from inspector.figures.pair import pair_of
from inspector.figures.quantity import about_pair, axes_of, digest, report_of, sides_of
from inspector.figures.request import FigureRequest
from inspector.picture.matrix import rows_of
from inspector.severity import is_per_step
from rnn.arrays import AnyArray
from rnn.errors import InputError
from rnn.network import Network
from rnn.products import Factors, factors_of, record_lookup, side_by_side
from rnn.recorder.expressions import Unreadable
from rnn.results import Inspection, QuantityReport
from rnn.verdict import LIMIT

if TYPE_CHECKING:
    from rnn.recorder import Recording


Blocks = tuple[Factors, ...]

SUMMED = "summed with JAX's forward values and each side's own gradients of every step"
OTHERWISE = "; what the code itself returns is another sum"


def _is_forward(name: str, result: Inspection) -> bool:
    return result.is_forward(name) or name.endswith(".reverse")


def _per_step(result: Inspection, name: str, sides: tuple[AnyArray, AnyArray]) -> Iterator[Moment]:
    """Rows become known from the last step on; of what walks forward from the first."""
    hand, reference = sides
    steps = len(hand)
    forward = _is_forward(name, result)
    for number in chosen(steps):
        t = number if forward else steps - 1 - number
        known = np.arange(steps) <= t if forward else np.arange(steps) >= t
        yield Moment(f"t = {t}", hand, reference, known)


def _blocks(result: Inspection, name: str) -> Iterator[Blocks | None]:
    """The blocks of a parameter's gradient, of hand and of the reference with its own deltas; None where it has none."""
    arrays, stored = result.arrays, set(result.arrays.names())
    if "data/x" not in stored or f"weights/{name[1:]}" not in stored:
        yield from (None, None)  # gradients from a file, without the problem they belong to
        return
    records = {one.removeprefix("trace/"): arrays.read(one) for one in stored if one.startswith("trace/")}
    starts = {one.removeprefix("data/"): arrays.read(one) for one in stored if one.startswith("data/")}
    lookup, network = record_lookup(records, starts["x"]), Network.from_json(result.problem)

    def gradient(side: str, one: str) -> AnyArray:
        if f"{side}/{one}" not in stored:
            raise KeyError(one)
        return np.asarray(arrays.read(f"{side}/{one}"), "float64")

    for side in ("hand", "reference"):
        yield factors_of(network, lookup, partial(gradient, side), starts).get(name.removeprefix("d"))


def _both_blocks(result: Inspection, name: str) -> tuple[Blocks, Blocks]:
    """The blocks of a parameter's gradient with each side's own deltas; raises `InputError` where a side has none."""
    hand, reference = _blocks(result, name)
    if hand is None or reference is None:
        raise InputError(
            f"how {name} adds up over the steps is not known: the code returns no delta of every step; return da, or record "
            "the case and give the recording with --arrays"
        )
    return hand, reference


def _total(blocks: Blocks, steps: slice = slice(None)) -> AnyArray:
    """The sum over some steps, as a matrix."""

    def part(one: Factors) -> AnyArray:
        left = None if one.left is None else one.left[steps]
        return Factors(left, one.delta[steps], one.elementwise).total()

    return np.atleast_2d(side_by_side(blocks, part))


def _sums(both: tuple[Blocks, Blocks]) -> Iterator[Moment]:
    """The sum over the steps done so far, with the reference's forward values and each side's own deltas."""
    since = steps = len(both[0][0].delta)
    totals: list[AnyArray] = []
    for number in chosen(steps):
        t = steps - 1 - number
        shares = [_total(blocks, slice(t, since)) for blocks in both]
        totals = [total + share for total, share in zip(totals, shares, strict=True)] if totals else shares
        since = t
        yield Moment(f"t = {t}", *totals)


def _turns(recording: Recording, path: str) -> list[tuple[int, str]]:
    """The last step of every turn of the loops in the last call that has a path, and what is said of it."""
    from rnn.recorder.summary import last_seen

    frame = recording.step(last_seen(recording, path)).frame
    numbers = np.flatnonzero(recording.steps["frame"] == frame)
    rows = recording.steps[numbers]
    turned = np.flatnonzero((np.diff(rows["loop_value"]) != 0) | (np.diff(rows["iteration"]) != 0))
    found = []
    for number in (*numbers[turned].tolist(), int(numbers[-1])):
        one = recording.step(number)
        found.append((number, f"t = {one.t}" if one.t is not None else f"step {number}"))
    return found


def _same(before: AnyArray | None, value: AnyArray) -> bool:
    """Whether a turn of the loop has changed nothing."""
    return before is not None and before.shape == value.shape and before.tobytes() == value.tobytes()


def _changing(recording: Recording, path: str) -> list[tuple[int, str]]:
    """Those turns of the loop that change an array."""
    before, found = None, []
    for number, words in _turns(recording, path):
        try:
            value = np.array(recording.value(path, number, recording.step(number).frame))
        except (Unreadable, InputError):
            continue
        if value.dtype.kind not in "fiub" or _same(before, value):
            continue
        before = value
        found.append((number, words))
    if not found:
        raise InputError(
            f"no loop of the recording changes an array called {path}; 'ask FILE --step -1' lists what there is"
        )
    return [found[place] for place in chosen(len(found))]


def _recorded(source: Source, path: str, turns: Sequence[tuple[int, str]]) -> Iterator[Moment]:
    """An array of the code as the turns of its loop leave it, beside what JAX says it should be then."""
    assert source.recording is not None
    recording = source.recording
    for number, words in turns:
        frame = recording.step(number).frame
        flat = rows_of(np.asarray(recording.value(path, number, frame), "float64"))
        wanted = np.full(flat.shape, np.nan)
        if source.beside is not None:
            try:
                right = source.beside.reference(recording, path, number, frame).value
            except (Unreadable, InputError):
                right = wanted
            wanted = right.reshape(flat.shape) if right.size == flat.size else wanted
        yield Moment(words, flat, wanted)


def loop(source: Source, request: FigureRequest) -> Drawing:
    """The backward loop.

    Raises:
        InputError: the quantity has no steps, or its sum over them is not known.
    """
    if source.recording is not None and source.result is None:
        return _of_recording(source, request)
    result = source.checked
    report = report_of(result, request.quantity or _worst_per_step(result))
    if not is_per_step(report) and report.kind != "parameter":
        raise InputError(f"{report.name} has no steps; an animation is of dh, da, ... or of a parameter")
    sides = sides_of(result, report, request.sample)
    title = f"{report.name} of {result.case}" if request.title is None else request.title
    axes, note = axes_of(report, request.sample), ""
    if is_per_step(report):
        make: Callable[[], Iterator[Moment]] = partial(_per_step, result, report.name, sides)
        steps = len(sides[0])
    else:
        blocks = _both_blocks(result, report.name)
        make, steps = partial(_sums, blocks), len(blocks[0][0].delta)
        note = SUMMED + ("" if _is_sum(_total(blocks[0]), sides[0]) else OTHERWISE)
    film = Film(make, len(chosen(steps)), report.floor, axes, title, f"{report.name}_loop", note, result.side_names)
    return drawing_of_film(film, request, lambda last: _about(last, report, request, sides))


def _about(
    last: Moment, report: QuantityReport, request: FigureRequest, sides: tuple[AnyArray, AnyArray]
) -> dict[str, Any]:
    pair = pair_of(last.hand, last.reference, report.floor, request)
    return about_pair(pair, report, request, *sides)


def _is_sum(total: AnyArray, returned: AnyArray) -> bool:
    """Whether what the code returns is the sum that is shown, up to rounding."""
    digits = 1e-4 if returned.dtype == "float32" else 1e-9
    size = float(np.max(np.abs(total), initial=0.0, where=np.isfinite(total)))
    with np.errstate(invalid="ignore"):
        return bool((np.abs(total - returned) <= digits * size).all())


def _worst_per_step(result: Inspection) -> str:
    from inspector.figures.over_time import quantity_of
    from inspector.picture.curves import curve_names

    drawn = {report.name for report in result.pictured() if report.verdict != "shape"}
    return quantity_of(result, "") if set(curve_names(result)) & drawn else ""


def _of_recording(source: Source, request: FigureRequest) -> Drawing:
    if len(request.arrays) != 1:
        raise InputError(
            "an animation of a recording is of one array; say which with --arrays NAME, as in --arrays dWhh"
        )
    path = request.arrays[0]
    assert source.recording is not None
    turns = _changing(source.recording, path)
    limit = 0.0
    if source.beside is not None:
        limit = source.beside.right.limit(next(_recorded(source, path, turns[-1:])).reference)
    title = f"{path}, as the code's loop makes it" if request.title is None else request.title
    film = Film(partial(_recorded, source, path, turns), len(turns), limit / LIMIT, ("row", "column"), title, "loop")
    return drawing_of_film(
        film,
        request,
        lambda last: {"array": path, "sha256_hand": digest(last.hand), "sha256_reference": digest(last.reference)},
    )
