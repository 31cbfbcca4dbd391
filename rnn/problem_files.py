"""What the files of a problem's settings hold: read through a port, weights translated, and what they tell of the network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from .arranged import is_plain, keys_needed, read_arranged
from .arrays import AnyArray
from .cases.layout import Layout
from .errors import InputError
from .problem import network_for
from .settings import ProblemSettings
from .weights import Listing, Match, Plan, Wish, match, named, plan_for, translated, wanted
from .weights.base import visible

LETTERS = {"steps": "T", "batch": "B", "inputs": "D", "hidden": "H", "outputs": "K", "vocabulary": "V"}


class FileReader(Protocol):
    """Reads other people's files, somewhere where it can do no harm."""

    def list_weights(self, path: Path) -> Listing:
        """What a weight file holds, without its numbers."""

    def read_weights(self, path: Path, names: Collection[str] | None = None) -> dict[str, AnyArray]:
        """Arrays of a weight file by name, all or only some."""

    def read_data(self, path: Path) -> dict[str, AnyArray]:
        """Arrays of a data file by name."""

    def read_text(self, path: Path) -> str:
        """A text file's characters."""


@dataclass(frozen=True, eq=False)
class Parts:
    """What the files of some settings hold; None for one that is not named.

    Attributes:
        weights: parameters by our names. data, target: arrays by name. text: its characters.
    """

    weights: Match | None = None
    data: Mapping[str, AnyArray] | None = None
    text: str | None = None
    target: Mapping[str, AnyArray] | None = None


def wish_of(settings: ProblemSettings) -> Wish:
    """What settings say about the network in a weight file."""
    values = {**asdict(settings), "cell_options": settings.cell_options}
    return Wish(values, settings.dictated, dict(settings.weights_map))


def plan_of(settings: ProblemSettings, listing: Listing) -> Plan | None:
    """How the weight file that settings name is translated; None where its names are of no known framework.

    Raises:
        AmbiguousWeights: the user has to say which layers are meant. InputError: the file contradicts the settings.
    """
    return plan_for(listing, wish_of(settings), settings.orientation)


def _weights(settings: ProblemSettings, reader: FileReader) -> tuple[ProblemSettings, Match]:
    """The parameters in a weight file, and the settings with what it tells of the network."""
    path = Path(_named(settings.weights_file, "weights", "a weight file (--weights F)"))
    listing = reader.list_weights(path)
    plan = plan_of(settings, listing)
    if plan is not None:
        made = translated(plan, reader.read_weights(path, plan.keys))
        notes = (*listing.notes, *made.notes)
        return replace(settings, **plan.fields), replace(made, notes=notes)
    names = _needed(settings, listing)
    found = by_names(settings, reader.read_weights(path, names or wanted(listing)))
    unread = [visible(name) for name in listing.entries if names and name not in names]
    notes = (f"not read from the weight file: {', '.join(unread[:6])}",) if unread else ()
    return settings, replace(found, notes=(*listing.notes, *notes, *map(visible, found.notes)))


def _needed(settings: ProblemSettings, listing: Listing) -> tuple[str, ...]:
    """The arrays that names alone tell to be the parameters; none where names do not tell, so that all have to be read."""
    names, network = wanted(listing) or (), network_for(settings)
    layout = dict(settings.weights_layout)
    if settings.weights_map:
        return ()
    if not is_plain(network, layout):
        return keys_needed(names, network, Layout.of(layout, network.cell))
    return named(names, tuple(network.parameter_shapes(dict.fromkeys("DHKV", 1), biases=True)))


def by_names(settings: ProblemSettings, arrays: Mapping[str, AnyArray]) -> Match:
    """The parameters in a file of no framework's names: by the case's own names and layout, or by any names and shapes.

    Raises:
        AmbiguousWeights: two readings fit. InputError: none does.
    """
    network, layout = network_for(settings), dict(settings.weights_layout)
    if not is_plain(network, layout):
        return read_arranged(arrays, network, Layout.of(layout, network.cell), settings.weights_map)
    expected = tuple(network.parameter_shapes(dict.fromkeys("DHKV", 1), biases=True))
    sizes = {letter: getattr(settings, field) for field, letter in LETTERS.items()}
    return match(arrays, expected, sizes, settings.orientation, settings.weights_map)


def read_files(settings: ProblemSettings, reader: FileReader | None) -> tuple[ProblemSettings, Parts]:
    """Read what settings name; the settings come back with what a framework's weights tell of the network.

    Args: settings: checked. reader: None where they name no files.

    Raises:
        InputError: a file is missing, can't be read, or contradicts what is dictated.
        AmbiguousWeights: a weight file that can be read in two ways.
    """
    network_for(settings)  # so that a wrong name is told before a file is read
    files = (settings.weights == "file", settings.data in ("file", "text"), bool(settings.target_file))
    if not any(files):
        return settings, Parts()
    if reader is None:
        raise InputError("these settings name files, and nothing was given to read them with")
    found: dict[str, Any] = {}
    if files[0]:
        settings, found["weights"] = _weights(settings, reader)
    if settings.data == "file":
        found["data"] = reader.read_data(Path(_named(settings.data_file, "data", "an array file (--data F)")))
    if settings.data == "text":
        found["text"] = reader.read_text(Path(_named(settings.data_file, "data", "a text file (--data F)")))
    if files[2]:
        found["target"] = reader.read_data(Path(settings.target_file))
    return settings, Parts(**found)


def _named(path: str, field: str, what: str) -> str:
    if not path:
        raise InputError(f"{field} is set to come from a file, and no file is named; give {what}")
    return path
