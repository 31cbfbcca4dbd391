"""A folder of tables: one `.csv` file an array, which has the file's name."""

from __future__ import annotations

import os
from pathlib import Path

from ..arrays import FloatArray
from ..errors import InputError
from .base import Arrays, Entry, Listing, Names, by_name, shown
from .csv_table import read_table
from .regular_file import Beat, check_budget, no_beat, opened

TITLE = "CSV folder"
SUFFIXES = (".csv", ".tsv", ".txt")
MAX_FILES = 1000


def _files(folder: Path) -> dict[str, Path]:
    """Tables of a folder by the array's name, sorted; what is no table is passed over."""
    try:
        found = sorted(Path(one.path) for one in os.scandir(folder) if Path(one.name).suffix.lower() in SUFFIXES)
    except OSError as error:
        raise InputError(f"{folder} can't be read ({error.strerror or error}); check the permissions") from error
    if not found:
        raise InputError(f"{folder.name}: the folder holds no .csv files; expected one for each array, with its name")
    if len(found) > MAX_FILES:
        raise InputError(f"{folder.name}: the folder holds {len(found)} tables, expected at most {MAX_FILES}")
    files: dict[str, Path] = {}
    for path in found:
        if path.is_symlink():
            raise InputError(
                f"{folder.name}: {shown(path.name)} is a link and points outside; refused, copy the file itself"
            )
        if path.stem in files:
            raise InputError(
                f"{folder.name}: {shown(path.stem)} occurs twice (duplicate), so it is unclear which is meant"
            )
        files[path.stem] = path
    return files


def _table(path: Path, budget_bytes: int, beat: Beat) -> FloatArray:
    try:
        with opened(path, beat) as stream:
            return read_table(stream, budget_bytes)
    except InputError as error:
        raise InputError(f"{path.parent.name}/{error}") from error


def list_folder(folder: Path, budget_bytes: int, beat: Beat = no_beat) -> Listing:
    """What the folder's tables hold; each is read for that, as nothing in it says how large it is."""
    tables = ((name, _table(path, budget_bytes, beat)) for name, path in _files(folder).items())
    return Listing(TITLE, by_name(Entry(name, table.shape, "float64", table.nbytes) for name, table in tables))


def read_folder(folder: Path, budget_bytes: int, names: Names = None, beat: Beat = no_beat) -> Arrays:
    """Tables of a folder as float64 (rows, columns); as `rnn.weights.files.stream_arrays`."""
    used = 0
    for name, path in _files(folder).items():
        if names is None or name in names:
            table = _table(path, budget_bytes - used, beat)
            used += table.nbytes
            check_budget(used, budget_bytes)
            yield name, table
