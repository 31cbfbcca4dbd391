"""Looking into a weight file before it is used: what it holds, what each array would be taken as, and what is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

import numpy as np

from .arrays import AnyArray
from .errors import InputError
from .problem_files import FileReader, by_names, plan_of
from .settings import ProblemSettings
from .weights import Entry, Listing, Question, wanted
from .weights.base import visible

MOST_ROWS = 10_000
"""Arrays of a file that are told one by one."""

MOST_NUMBERS = 1 << 24
"""So many numbers are matched by names and shapes alone; with more it is said when the file is read."""

TOGETHER_BYTES = 64 << 20
"""Arrays are asked for together up to this size, as some formats are read from the start each time."""


@dataclass(frozen=True)
class Row:
    """One array.

    Attributes:
        name, shape, dtype, nbytes: as in `Entry`. taken_as: our parameters that it is or is part of, empty for none.
        least, most, norm: of its finite values, norm by the sum of squares; None where it was not read, or has none.
        bad: how many values are not finite; None where it was not read.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    nbytes: int
    taken_as: str = ""
    least: float | None = None
    most: float | None = None
    norm: float | None = None
    bad: int | None = None


@dataclass(frozen=True)
class Look:
    """What is known of a file.

    Attributes:
        title: of the format. framework: whose names it has, empty for none. network: what it would be, in words.
        rows: of its arrays, the first `MOST_ROWS`. count, nbytes: of all arrays.
        notes: what was decided. problem: why it can't be taken as it is. questions: what would settle that.
    """

    title: str
    framework: str
    network: str
    rows: tuple[Row, ...]
    count: int
    nbytes: int
    notes: tuple[str, ...]
    problem: str = ""
    questions: tuple[Question, ...] = ()


def _by_names(settings: ProblemSettings, listing: Listing) -> tuple[dict[str, str], tuple[str, ...]]:
    """What each array is by names and shapes alone, and notes; numbers of the file are not looked at."""
    names = wanted(listing) or ()
    if sum(prod(listing.entries[name].shape) for name in names) > MOST_NUMBERS:
        return {}, ("the file is large; what each array is taken as is said when it is read",)
    nothing = np.zeros(())
    made = by_names(settings, {name: np.broadcast_to(nothing, listing.entries[name].shape) for name in names})
    found: dict[str, list[str]] = {}
    for parameter, key in made.taken_from.items():
        name, turned = (key, "") if key in listing.entries else (key.removesuffix(".T"), " (transposed)")
        found.setdefault(name, []).append(f"{parameter}{turned}")
    return {name: ", ".join(parameters) for name, parameters in found.items()}, tuple(map(visible, made.notes))


def _words(settings: ProblemSettings) -> str:
    """`LSTM, 2 layers, both directions, embedding, output layer`."""
    layers = "1 layer" if settings.layers == 1 else f"{settings.layers} layers"
    words = [settings.cell.upper(), layers]
    words += ["both directions"] if settings.bidirectional else []
    for name, value in settings.cell_options if settings.cell != "own" else ():
        words.append(name.replace("_", " ") if value is True else f"{name.replace('_', ' ')} {value}")
    words += ["embedding"] if settings.embedding else []
    words += ["output layer" if settings.output_layer else "no output layer"]
    return ", ".join(words)


def look_at(listing: Listing, settings: ProblemSettings) -> Look:
    """What a file holds and would be taken as under settings; a file that can't be taken says why in `problem`."""
    rows = [Row(one.name, one.shape, one.dtype, one.nbytes) for one in listing.entries.values()]
    nbytes = sum(row.nbytes for row in rows)
    kept = tuple(rows[:MOST_ROWS])
    notes = listing.notes
    if len(rows) > MOST_ROWS:
        notes += (f"the first {MOST_ROWS} of {len(rows)} arrays are listed",)
    empty = Look(listing.title, "", "", kept, len(rows), nbytes, notes)
    try:
        plan = plan_of(settings, listing)
        if plan is None:
            taken, more = _by_names(settings, listing)
            return replace(empty, rows=_taken(kept, taken), network=_words(settings), notes=(*notes, *more))
    except InputError as error:
        return replace(empty, problem=str(error), questions=tuple(getattr(error, "questions", ())))
    network = _words(replace(settings, **plan.fields))
    told = tuple(note for note in plan.notes if not note.startswith("weights: "))
    return replace(
        empty, framework=plan.framework, network=network, rows=_taken(kept, plan.taken_as()), notes=(*notes, *told)
    )


def _taken(rows: Sequence[Row], taken: Mapping[str, str]) -> tuple[Row, ...]:
    return tuple(replace(row, taken_as=taken.get(row.name, "")) for row in rows)


def _batches(entries: Sequence[Entry]) -> Iterator[list[str]]:
    """Names of arrays that are read together."""
    names: list[str] = []
    size = 0
    for entry in entries:
        if names and size + entry.nbytes > TOGETHER_BYTES:
            yield names
            names, size = [], 0
        names.append(entry.name)
        size += entry.nbytes
    if names:
        yield names


def _measured(row: Row, value: AnyArray) -> Row:
    """A row with its array's extreme values and norm."""
    if value.dtype.kind not in "fiub":
        return row
    finite = np.isfinite(value)
    bad = int(value.size - np.count_nonzero(finite))
    if value.size == bad:
        return replace(row, bad=bad)
    numbers = np.asarray(value[finite] if bad else value, "float64")
    top = float(np.abs(numbers).max())
    norm = top * float(np.sqrt(np.square(numbers / top).sum())) if top > 0 else 0.0  # no square overflows
    return replace(row, least=float(numbers.min()), most=float(numbers.max()), norm=norm, bad=bad)


def look_into(
    path: Path,
    settings: ProblemSettings,
    reader: FileReader,
    values: bool = False,
    say: Callable[[str, float | None], None] | None = None,
) -> Look:
    """Look into a weight file.

    Args:
        path: of any format that weights are read from. settings: that it would be used with; its own `weights_file` is passed over.
        reader: reads it, in a job. values: whether the numbers are read too, for their extremes and norms.
        say: told what is being done, with a fraction.

    Raises:
        InputError: the file can't be read at all.
    """
    listing = reader.list_weights(path)
    found = look_at(listing, replace(settings, weights="file", weights_file=str(path)))
    if not values:
        return found
    rows, done = {row.name: row for row in found.rows}, 0
    for names in _batches([listing.entries[name] for name in rows]):
        if say is not None:
            say("Reading the numbers", done / max(1, len(rows)))
        for name, value in reader.read_weights(path, names).items():
            rows[name] = _measured(rows[name], value)
        done += len(names)
    return replace(found, rows=tuple(rows.values()))
