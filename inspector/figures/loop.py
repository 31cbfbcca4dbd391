"""The backward loop as an animation: from the last step to the first, what each side knows by then, and their difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from inspector.figures.drawing import Drawing, Source
from inspector.figures.film import Film, Moment, chosen, drawing_of_film
from inspector.figures.pair import pair_of
from inspector.figures.quantity import about_pair, axes_of, digest, report_of, sides_of
from inspector.figures.request import FigureRequest
from inspector.severity import is_per_step
from rnn.arrays import AnyArray
from rnn.errors import InputError
from rnn.recorder.expressions import Unreadable
from rnn.results import Inspection

if TYPE_CHECKING:
    from rnn.recorder import Recording


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


def _blocks(result: Inspection, side: str, name: str) -> Any:
    """The blocks of a parameter's gradient with one side's own deltas; None where it has none."""
    from rnn.network import Network
    from rnn.products import factors_of, record_lookup

    arrays, stored = result.arrays, set(result.arrays.names())
    if "data/x" not in stored or f"weights/{name[1:]}" not in stored:
        return None  # gradients from a file, without the problem they belong to
    records = {one.removeprefix("trace/"): arrays.read(one) for one in stored if one.startswith("trace/")}

    def gradient(one: str) -> AnyArray:
        if f"{side}/{one}" not in stored:
            raise KeyError(one)
        return np.asarray(arrays.read(f"{side}/{one}"), "float64")

    starts = {one.removeprefix("data/"): arrays.read(one) for one in stored if one.startswith("data/")}
    lookup = record_lookup(records, arrays.read("data/x"))
    return factors_of(Network.from_json(result.problem), lookup, gradient, starts).get(name.removeprefix("d"))


def _sums(result: Inspection, name: str) -> Iterator[Moment]:
    """The sum over the steps done so far, with the reference's forward values and each side's own deltas."""
    from rnn.products import Factors, side_by_side

    sides = [_blocks(result, side, name) for side in ("hand", "reference")]
    if sides[0] is None or sides[1] is None:
        raise InputError(
            f"how {name} adds up over the steps is not known: the code returns no delta of every step; return da, or record "
            "the case and give the recording with --arrays"
        )
    steps = len(sides[0][0].delta)
    totals: list[AnyArray | None] = [None, None]
    wanted = set(chosen(steps))
    since = steps
    for number in range(steps):
        if number not in wanted:
            continue
        t = steps - 1 - number
        for side, blocks in enumerate(sides):

            def part(one: Factors, first: int = t, end: int = since) -> AnyArray:
                left = None if one.left is None else one.left[first:end]
                return Factors(left, one.delta[first:end], one.elementwise).total()

            share = np.atleast_2d(side_by_side(blocks, part))
            total = totals[side]
            totals[side] = share if total is None else total + share
        since = t
        assert totals[0] is not None and totals[1] is not None
        yield Moment(f"t = {t}", totals[0], totals[1])


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


def _recorded(source: Source, path: str) -> Iterator[Moment]:
    """An array of the code as every turn of its loop leaves it, beside what JAX says it should be then."""
    assert source.recording is not None
    recording, before = source.recording, None
    frame = None
    moments = []
    for number, words in _turns(recording, path):
        frame = recording.step(number).frame
        try:
            value = np.array(recording.value(path, number, frame))
        except (Unreadable, InputError):
            continue
        if value.dtype.kind not in "fiub" or _same(before, value):
            continue
        before = value
        moments.append((number, words))
    if not moments:
        raise InputError(
            f"no loop of the recording changes an array called {path}; 'ask FILE --step -1' lists what there is"
        )
    for place in chosen(len(moments)):
        number, words = moments[place]
        value = np.asarray(recording.value(path, number, frame), "float64")
        flat = value.reshape(1, -1) if value.ndim < 2 else value.reshape(-1, value.shape[-1])
        try:
            wanted = (
                np.full(0, np.nan)
                if source.beside is None
                else source.beside.reference(recording, path, number, frame).value
            )
        except (Unreadable, InputError):
            wanted = np.full(0, np.nan)
        right = wanted.reshape(flat.shape) if wanted.size == flat.size else np.full(flat.shape, np.nan)
        yield Moment(words, flat, right)


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
    moments = list(_per_step(result, report.name, sides) if is_per_step(report) else _sums(result, report.name))
    pair = pair_of(moments[-1].hand, moments[-1].reference, report.floor, request)
    title = f"{report.name} of {result.case}" if request.title is None else request.title
    note = "" if is_per_step(report) else SUMMED + ("" if _is_sum(moments[-1].hand, sides[0]) else OTHERWISE)
    axes = axes_of(report, request.sample)
    film = Film(moments, report.floor, axes, title, f"{report.name}_loop", note, result.side_names)
    return drawing_of_film(film, request, lambda: about_pair(pair, report, request, *sides))


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
    moments = list(_recorded(source, path))
    limit = 0.0 if source.beside is None else source.beside.right.limit(moments[-1].reference)
    title = f"{path}, as the code's loop makes it" if request.title is None else request.title
    film = Film(moments, limit / 10, ("row", "column"), title, "loop")
    last = {"sha256_hand": moments[-1].hand, "sha256_reference": moments[-1].reference}
    return drawing_of_film(
        film, request, lambda: {"array": path, **{name: digest(array) for name, array in last.items()}}
    )
