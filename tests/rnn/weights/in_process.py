"""Reads weight files in the tests' own process."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from rnn.arrays import AnyArray
from rnn.data.files import read_data_file
from rnn.weights import Listing, list_file, read_arrays

BUDGET = 1 << 26


class InProcess:
    """What `build` asks of a reader, for files of our own."""

    def list_weights(self, path: Path) -> Listing:
        """What a file holds."""
        return list_file(Path(path), BUDGET)

    def read_weights(self, path: Path, names: Collection[str] | None = None) -> dict[str, AnyArray]:
        """Its arrays."""
        return read_arrays(Path(path), BUDGET, names)

    def read_data(self, path: Path) -> dict[str, AnyArray]:
        """Arrays of data."""
        return read_data_file(Path(path), BUDGET)

    def read_text(self, path: Path) -> str:
        """The text."""
        return Path(path).read_text(encoding="utf-8")
