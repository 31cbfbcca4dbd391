"""PyTorch's `.pt` and `.pth`: a zip file with a pickle that describes tensors, and their numbers in members of their own.

Read without PyTorch; see `torch_pickle` for what of the pickle is followed. Dictionaries in dictionaries become names
joined by `/`. Views share their storage: each storage is read once, front to back.

Source: `torch/serialization.py` and `caffe2/serialize/inline_container.h` of PyTorch 2.13.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import prod
from typing import Any, BinaryIO, cast

import numpy as np

from ..arrays import AnyArray
from ..errors import InputError
from .base import (
    BF16_NOTE,
    MAX_LETTERS,
    Arrays,
    Entry,
    Format,
    Listing,
    Names,
    Start,
    by_name,
    check_shape,
    read_bfloat16,
    read_numbers,
    shown,
)
from .regular_file import check_budget
from .torch_names import RECIPE, Storage, Tensor, damaged
from .torch_pickle import MAX_PICKLE_BYTES, read_pickle
from .zip_file import is_zip, opened_zip

MAX_NODES, MAX_WAITING, MAX_DEPTH = 500_000, 100_000, 64
PICKLE = "data.pkl"
SKIPPED_BYTES = 1 << 18


@dataclass(frozen=True)
class _View:
    """A tensor with its name, and the part of its storage that it lies in: numbers `first` to before `end`."""

    name: str
    tensor: Tensor

    @property
    def first(self) -> int:
        return self.tensor.offset

    @property
    def end(self) -> int:
        if not prod(self.tensor.shape):
            return self.tensor.offset
        return 1 + self.tensor.offset + sum((n - 1) * s for n, s in zip(self.tensor.shape, self.tensor.strides))

    @property
    def nbytes(self) -> int:
        """As it is read."""
        return prod(self.tensor.shape) * _width(self.tensor.storage)


def _stored(storage: Storage) -> np.dtype[Any]:
    return np.dtype("u2" if storage.kind == "bf16" else storage.kind)


def _width(storage: Storage) -> int:
    """Bytes of a number as it is read: bfloat16 becomes float32."""
    return 4 if storage.kind == "bf16" else _stored(storage).itemsize


def _tensors(root: Any) -> Iterator[_View]:
    """All tensors with their names. Shared parts are visited wherever they stand, and there is a limit to that."""
    waiting: list[tuple[str, Any, int]] = [("", root, 0)] if isinstance(root, (dict, list, tuple, Tensor)) else []
    nodes = letters = 0
    while waiting:
        name, value, depth = waiting.pop()
        if isinstance(value, Tensor):
            yield _View(name or "tensor", value)
            continue
        items = value.items() if isinstance(value, dict) else enumerate(value)
        held = [(str(key), item) for key, item in items if isinstance(item, (dict, list, tuple, Tensor))]
        nodes += 1 + len(value)
        letters += sum(len(name) + 1 + len(key) for key, _ in held)
        if nodes > MAX_NODES or depth > MAX_DEPTH or letters > MAX_LETTERS or len(waiting) + len(held) > MAX_WAITING:
            raise InputError(
                f"the file nests or repeats too many nodes (more than {MAX_NODES}, {MAX_DEPTH} deep, or names of more than "
                f"{MAX_LETTERS} letters in all), which no weights do; {RECIPE}"
            )
        prefix = f"{name}/" if name else ""
        waiting += [(prefix + key, item, depth + 1) for key, item in reversed(held)]


class _Opened:
    """The checked inside of a file."""

    def __init__(self, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> None:
        self._archive, self._members = archive, members
        pickles = [name for name in members if name.rpartition("/")[2] == PICKLE]
        root = pickles[0].removesuffix(PICKLE)
        if f"{root}constants.pkl" in members or any(name.startswith(f"{root}code/") for name in members):
            raise InputError(
                "this is a TorchScript program (torch.jit.save), not weights, and it was not run; "
                "save its weights with torch.save(torch.jit.load(path).state_dict(), other_path)"
            )
        if len(pickles) != 1:
            raise InputError(f"the file has {len(pickles)} pickles, expected one data.pkl; {RECIPE} again")
        self._root = root
        self.big = self._small(f"{root}byteorder", 16) == b"big"
        self.views = list(_tensors(read_pickle(self._small(pickles[0], MAX_PICKLE_BYTES))))
        self.entries = by_name(
            Entry(one.name, one.tensor.shape, _word(one.tensor.storage), one.nbytes) for one in self.views
        )
        for view in self.views:
            self._check(view)

    def _small(self, name: str, most: int) -> bytes:
        member = self._members.get(name)
        if member is None:
            return b""
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > most:
            raise InputError(
                f"member {shown(name)} is compressed or has {member.file_size} bytes, expected it as torch.save stores it, "
                f"with at most {most} bytes; {RECIPE} again"
            )
        return self._archive.read(member)

    def member(self, storage: Storage) -> zipfile.ZipInfo:
        """Where the numbers stand; they must be as many bytes as the pickle says."""
        member = self._members.get(f"{self._root}data/{storage.key}")
        if member is None:
            raise damaged(f"the numbers {shown(storage.key)} are missing")
        size = storage.count * _stored(storage).itemsize
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != size:
            raise damaged(f"the numbers {shown(storage.key)} need {size} bytes and {member.file_size} are stored")
        return member

    def _check(self, view: _View) -> None:
        tensor = view.tensor
        self.member(tensor.storage)
        check_shape(shown(view.name), tensor.shape, _stored(tensor.storage).itemsize)
        if view.end > tensor.storage.count:
            raise damaged(f"{shown(view.name)} reaches beyond its numbers ({view.end} of {tensor.storage.count})")

    def read(self, names: Names, budget_bytes: int) -> Arrays:
        """Storage by storage, in the order of the file."""
        wanted = [view for view in self.views if names is None or view.name in names]
        groups = [list(group) for _, group in groupby(sorted(wanted, key=self._place), key=self._place)]
        runs = [run for group in groups for run in _runs(group)]
        shared = max((_extent(run) for run in runs if len(run) > 1 or not _is_plain(run[0])), default=0)
        check_budget(sum(view.nbytes for view in wanted) + shared, budget_bytes)
        for group in groups:
            yield from self._read_storage(group)

    def _place(self, view: _View) -> int:
        return self.member(view.tensor.storage).header_offset

    def _read_storage(self, group: list[_View]) -> Arrays:
        storage = group[0].tensor.storage
        if any(view.tensor.storage != storage for view in group):
            raise damaged(f"the numbers {shown(storage.key)} are of two types")
        dtype = _stored(storage).newbyteorder(">" if self.big else "<")
        member = self.member(storage)
        with self._archive.open(member) as opened:
            stream = cast(BinaryIO, opened)
            at = 0
            for run in _runs(group):
                first, end = min(view.first for view in run), max(view.end for view in run)
                _skip(stream, (first - at) * dtype.itemsize)
                name = shown(run[0].name)
                if storage.kind == "bf16":
                    flat = read_bfloat16(stream, name, (end - first,), dtype.str)
                else:
                    flat = read_numbers(stream, name, dtype, (end - first,), "C")
                at = end
                for view in run:
                    yield view.name, _cut(view, flat, first, len(run) == 1)
                del flat
            _skip(stream, 1 + member.file_size - at * dtype.itemsize)  # to the end, where the checksum is compared


def _skip(stream: BinaryIO, count: int) -> None:
    while count > 0 and (piece := stream.read(min(count, SKIPPED_BYTES))):
        count -= len(piece)


def _is_plain(view: _View) -> bool:
    """Whether the numbers lie one after another, last axis first."""
    step = 1
    for n, stride in reversed(list(zip(view.tensor.shape, view.tensor.strides))):
        if n != 1 and stride != step:
            return False
        step *= n
    return True


def _cut(view: _View, flat: AnyArray, first: int, alone: bool) -> AnyArray:
    """The tensor out of a piece of its storage; a copy, unless the piece is nothing else."""
    shape, step = view.tensor.shape, flat.itemsize
    if alone and _is_plain(view):
        return flat[: prod(shape)].reshape(shape)
    strides = tuple(stride * step for stride in view.tensor.strides)
    if not prod(shape):
        return np.empty(shape, flat.dtype)
    return np.array(np.lib.stride_tricks.as_strided(flat[view.first - first :], shape, strides), order="C")


def _runs(group: list[_View]) -> list[list[_View]]:
    """Views of one storage, those that overlap together, from the first number to the last."""
    runs: list[list[_View]] = []
    end = -1
    for view in sorted(group, key=lambda view: (view.first, view.end, view.name)):
        if runs and view.first < end:
            runs[-1].append(view)
        else:
            runs.append([view])
        end = max(end, view.end)
    return runs


def _extent(run: list[_View]) -> int:
    """Bytes of the piece of storage that some views lie in."""
    return (max(view.end for view in run) - min(view.first for view in run)) * _width(run[0].tensor.storage)


def _word(storage: Storage) -> str:
    return "bfloat16" if storage.kind == "bf16" else np.dtype(storage.kind).name


def recognise(start: Start) -> bool:
    """Whether a zip file holds a pickle of that name, as torch.save and torch.jit.save write."""
    return is_zip(start.data) and any(name.rpartition("/")[2] == PICKLE for name in start.members)


def list_entries(stream: BinaryIO, _: int) -> Listing:
    """All tensors that the pickle describes."""
    with opened_zip(stream) as (archive, members):
        opened = _Opened(archive, members)
    notes = (BF16_NOTE,) if any(one.dtype == "bfloat16" for one in opened.entries.values()) else ()
    return Listing(TORCH.title, opened.entries, {"framework": "torch"}, notes)


def read(stream: BinaryIO, budget_bytes: int, names: Names = None) -> Arrays:
    """Read tensors; see `Format.read`. They come in the order in which they are stored."""
    with opened_zip(stream) as (archive, members):
        yield from _Opened(archive, members).read(names, budget_bytes)


TORCH = Format("PyTorch weights", (".pt", ".pth"), True, recognise, list_entries, read)
