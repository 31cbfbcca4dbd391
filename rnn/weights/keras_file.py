"""Keras: `.weights.h5` and the older `.h5` (HDF5), and `.keras` (a zip file around one).

Names are paths inside the HDF5 file. What Keras says of the model is handed on as text; it is never run.

Source: `keras/src/saving/saving_lib.py` and `keras/src/legacy/saving/legacy_h5_format.py` of Keras 3.15.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from ..errors import InputError
from .base import Arrays, Format, Listing, Names, Start, left_out_notes
from .hdf5 import MAGIC, MAX_TEXT_BYTES, Contents, contents, opened_hdf5, read_array, text
from .regular_file import check_budget
from .zip_file import is_zip, opened_zip

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"

IN_MEMORY_BYTES = 16 << 20
"""Weights inside a zip file up to this size are read whole, so that their checksum is compared."""

CODE = re.compile(r'"class_name":\s*"Lambda"|"__lambda__"|"module":\s*"(?!keras\b|builtins\b)')
CODE_NOTE = "model code in the file (a Lambda layer or a class of its own) was not run"


def notes_on(found: Contents, config: str) -> tuple[str, ...]:
    """What the user should know of a file."""
    code = (CODE_NOTE,) if CODE.search(config) else ()
    return code + left_out_notes(found.left_out)


def _own_names(file: Any) -> dict[str, str]:
    """Names that people gave to layers, by the path of the layer: Keras 3 numbers the paths by the layers' types."""
    names = {}
    waiting = [("", file)]
    while waiting:
        path, group = waiting.pop()
        for key in group:
            member = group[key]
            if hasattr(member, "keys"):
                waiting.append((f"{path}{key}/", member))
                if key == "vars" and (name := text(member, "name")):
                    names[path.rstrip("/")] = name
    return names


def _origin(file: Any, found: Contents) -> dict[str, str]:
    """`framework`, `config`, `keras_version`, `backend`, and `names`: a JSON object of layers' own names by path."""
    top = {path.partition("/")[0] for path in found.entries}
    facts = {
        "config": text(file, "model_config"),
        "keras_version": text(file, "keras_version"),
        "backend": text(file, "backend"),
    }
    old = file["model_weights"] if "model_weights" in file else file
    if "layer_names" in old.attrs or "layer_names0" in old.attrs or any(facts.values()):
        facts["keras_version"] = facts["keras_version"] or text(old, "keras_version")
    elif not {"layers", "_layer_checkpoint_dependencies"} & top and not any(
        "/vars/" in f"/{path}" for path in found.entries
    ):
        return {}
    names = _own_names(file)
    facts |= {"names": json.dumps(names) if names else ""}
    return {"framework": "keras", **{key: value for key, value in facts.items() if value}}


def recognise_hdf5(start: Start) -> bool:
    """Whether these are the first bytes of an HDF5 file."""
    return start.data.startswith(MAGIC)


def list_hdf5(stream: BinaryIO, _: int) -> Listing:
    """All arrays of numbers, by path."""
    with opened_hdf5(stream) as file:
        found = contents(file)
        origin = _origin(file, found)
    return Listing(KERAS_HDF5.title, found.entries, origin, notes_on(found, origin.get("config", "")))


def read_hdf5(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read arrays; see `Format.read`."""
    with opened_hdf5(stream) as file:
        chosen = [one for name, one in contents(file).entries.items() if names is None or name in names]
        check_budget(sum(one.nbytes for one in chosen), budget_bytes)
        for one in chosen:
            yield one.name, read_array(file, one)


class _Window(io.RawIOBase):
    """A part of a stream, as a stream."""

    def __init__(self, stream: BinaryIO, start: int, size: int) -> None:
        super().__init__()
        self._stream, self._start, self._size, self._at = stream, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), self._size - self._at))
        self._stream.seek(self._start + self._at)
        done = int(self._stream.readinto(view[:count]))  # type: ignore[attr-defined]
        self._at += done
        return done


@contextmanager
def _opened_inner(
    stream: BinaryIO, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], budget_bytes: int
) -> Iterator[BinaryIO]:
    """The HDF5 file inside: as it lies there where it is large and stored, else from memory."""
    member = members.get(WEIGHTS)
    if member is None:
        raise InputError(f"the .keras file has no {WEIGHTS}; save the model again with model.save")
    if member.compress_type == zipfile.ZIP_STORED and member.file_size > IN_MEMORY_BYTES:
        stream.seek(member.header_offset + 26)
        lengths = stream.read(4)
        data_start = member.header_offset + 30 + sum(int.from_bytes(lengths[i : i + 2], "little") for i in (0, 2))
        yield cast(BinaryIO, _Window(stream, data_start, member.file_size))
        return
    check_budget(member.file_size, budget_bytes)
    yield io.BytesIO(archive.read(member))


def _small_text(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> str:
    member = members.get(name)
    if member is None or member.file_size > MAX_TEXT_BYTES:
        return ""
    return archive.read(member).decode("utf-8", "replace")


def recognise(start: Start) -> bool:
    """Whether a zip file holds what Keras saves."""
    return (is_zip(start.data) and WEIGHTS in start.members) or {CONFIG, METADATA} <= start.members


def list_entries(stream: BinaryIO, budget_bytes: int) -> Listing:
    """All arrays of the HDF5 file inside, and the texts beside it."""
    with opened_zip(stream) as (archive, members):
        config, metadata = (_small_text(archive, members, name) for name in (CONFIG, METADATA))
        with _opened_inner(stream, archive, members, budget_bytes) as inner, opened_hdf5(inner) as file:
            found = contents(file)
            origin = _origin(file, found) | {"framework": "keras"}
    origin |= {key: value for key, value in {"config": config, "metadata": metadata}.items() if value}
    return Listing(KERAS.title, found.entries, origin, notes_on(found, config))


def read(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read arrays; see `Format.read`."""
    with (
        opened_zip(stream) as (archive, members),
        _opened_inner(stream, archive, members, budget_bytes) as inner,
    ):
        yield from read_hdf5(inner, budget_bytes, names)


KERAS = Format("Keras model", (".keras",), True, recognise, list_entries, read)
KERAS_HDF5 = Format("Keras weights (HDF5)", (".h5", ".hdf5"), True, recognise_hdf5, list_hdf5, read_hdf5)
