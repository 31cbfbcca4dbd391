"""Names, entries and attributes while code runs: what each stands for, and when that changes.

Whatever has named slots is an *owner*: a call, a container, an object, the globals of a file. Containers and objects are
looked into without running any code of theirs: exact types and their subclasses through the built-in's own methods, objects
through their instance dictionary.
"""

from __future__ import annotations

import struct
import types
from typing import Any

import numpy as np

from .format import (
    ARRAY, BINDING_ROW, CALL, GLOBALS, GONE, INTEGER, MAPPING, NOTHING, OBJECT, OBJECTS, OTHER, OWNER, REAL, SCALAR,
    SCALAR_TYPES, SEQUENCE, TEXT, TRUTH,
)  # fmt: skip
from .journal import BINDINGS, Journal
from .storages import Storages, Track

MAX_DEPTH = 4
"""How many containers and objects inside one another are looked into."""

MAX_SCAN = 10_000
"""Entries of a container that are looked at when it is first seen."""

MAX_AGAIN = 256
"""A container of more entries is not searched whole again; its new entries and those a statement names are."""

MAX_TEXT = 200
MISSING = object()
REAL_BITS = struct.Struct("<d")
INTEGER_BITS = struct.Struct("<q")
WORD = struct.Struct("<Q")
OPAQUE = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.CodeType)
FOREIGN = {"jaxlib": lambda value: np.asarray(value), "torch": lambda value: value.detach().cpu().numpy()}
"""Arrays of other libraries, by the first word of their type's module, as arrays of NumPy (sharing memory where they can)."""


class Owner:
    """Something with named slots.

    Attributes:
        number: in the recording. kind: of `format`. value: the container or object (kept, so that its id stays its own);
            None for a call. known: by key, what stands there. length: of a sequence when it was last looked at.
        depth: how many owners lie above it.
    """

    __slots__ = ("depth", "keep", "kind", "known", "length", "number", "value")

    def __init__(self, number: int, kind: int, value: Any, depth: int) -> None:
        """Args: as the attributes."""
        self.number, self.kind, self.value, self.depth = number, kind, value, depth
        self.known: dict[str, tuple[int, int]] = {}
        self.length = 0
        self.keep: Any = None


def instance_dict(value: Any) -> dict[str, Any] | None:
    """An object's own attributes, had without running code of its class; None where that is not possible."""
    for one in type(value).__mro__:
        slot = one.__dict__.get("__dict__")
        if slot is not None and type(slot) is not types.GetSetDescriptorType:
            return None
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if type(found) is dict else None


class Slots:
    """All owners of a run, and the values in them."""

    def __init__(self, journal: Journal, storages: Storages) -> None:
        """Args: journal: where changes go; storages: of the same run."""
        self._journal, self._storages = journal, storages
        self._rows = journal.table(BINDINGS)
        self._texts: dict[str, int] = {}
        self._layouts: dict[Any, int] = {}
        self.layouts: list[tuple[Any, ...]] = []
        self._owners: dict[int, Owner] = {}
        self.by_number: list[Owner] = []
        self.tracks: dict[int, Track] = {}
        self._foreign: dict[int, Any] = {}
        self.step = 0

    def text(self, text: str) -> int:
        """The number of a text."""
        number = self._texts.get(text)
        if number is None:
            number = self._texts[text] = len(self._texts)
            self._journal.note(["text", number, text])
        return number

    def owner(self, kind: int, value: Any, depth: int, name: str) -> Owner:
        """A new owner."""
        owner = Owner(len(self.by_number), kind, value, depth)
        self.by_number.append(owner)
        self._journal.note(["owner", owner.number, kind, name])
        return owner

    def call(self, name: str) -> Owner:
        """The owner of a call's local names."""
        return self.owner(CALL, None, 0, name)

    def known_owner(self, value: Any) -> Owner | None:
        """The owner of a container or object that was seen before."""
        return self._owners.get(id(value))

    def globals_of(self, names: dict[str, Any], file: str) -> Owner:
        """The owner of a file's global names."""
        owner = self._owners.get(id(names))
        if owner is None:
            owner = self._owners[id(names)] = self.owner(GLOBALS, names, 0, file)
        return owner

    def bind(self, owner: Owner, key: str, value: Any) -> None:
        """A slot stands for a value now."""
        found = self.describe(value, owner.depth + 1)
        if owner.known.get(key) != found:
            owner.known[key] = found
            self._rows += BINDING_ROW.pack(owner.number, self.text(key), self.step, *found)

    def unbind(self, owner: Owner, key: str) -> None:
        """A slot is gone."""
        if owner.known.pop(key, None) is not None:
            self._rows += BINDING_ROW.pack(owner.number, self.text(key), self.step, GONE, 0)

    def describe(self, value: Any, depth: int) -> tuple[int, int]:
        """Kind and payload of a value."""
        kind = type(value)
        if kind is np.ndarray:
            return self._array(value)
        if kind is int:
            if -(1 << 63) <= value < 1 << 63:
                return INTEGER, WORD.unpack(INTEGER_BITS.pack(value))[0]
            return OTHER, self.text(f"int of {value.bit_length()} bits")
        if kind is float:
            return REAL, WORD.unpack(REAL_BITS.pack(value))[0]
        if kind is bool:
            return TRUTH, int(value)
        if value is None:
            return NOTHING, 0
        if kind is str:
            return TEXT, self.text(value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "...")
        return self._describe_other(value, kind, depth)

    def _describe_other(self, value: Any, kind: type, depth: int) -> tuple[int, int]:
        if issubclass(kind, np.generic):
            return self._scalar(value, kind)
        if issubclass(kind, np.ndarray):
            return self._array(np.ndarray.view(value, np.ndarray))
        library = str(kind.__module__).partition(".")[0] if isinstance(kind.__module__, str) else ""
        if library in FOREIGN and hasattr(kind, "__array__"):
            return self._foreign_array(value, kind, library)
        shape = MAPPING if issubclass(kind, dict) else SEQUENCE if issubclass(kind, (list, tuple)) else OBJECT
        if issubclass(kind, OPAQUE) or (shape == OBJECT and instance_dict(value) is None):
            return OTHER, self.text(kind.__qualname__)
        owner = self._owners.get(id(value))
        if owner is None:
            if depth > MAX_DEPTH:
                return OTHER, self.text(kind.__qualname__)
            owner = self._owners[id(value)] = self.owner(shape, value, depth, kind.__qualname__)
            self.scan(owner, MAX_SCAN)
        return OWNER, owner.number

    def _scalar(self, value: Any, kind: type) -> tuple[int, int]:
        dtype = value.dtype
        if dtype.str in SCALAR_TYPES:
            return SCALAR + SCALAR_TYPES.index(dtype.str), int.from_bytes(value.tobytes(), "little")
        return OTHER, self.text(kind.__qualname__)

    def _foreign_array(self, value: Any, kind: type, library: str) -> tuple[int, int]:
        """An array of another library; its view is kept beside it, since nobody else would."""
        held = self._foreign.get(id(value))
        if held is None or held[0] is not value:
            try:
                held = self._foreign[id(value)] = (value, FOREIGN[library](value))
            except Exception:
                return OTHER, self.text(kind.__qualname__)
        return self._array(held[1])

    def _array(self, array: Any) -> tuple[int, int]:
        dtype = array.dtype
        if dtype.hasobject or dtype.names is not None:
            return OBJECTS, self.text(f"array of {dtype} {array.shape}")
        track, base = self._storages.track(array, self.step)
        self.tracks[track.number] = track
        offset = 0
        if array is not base and array.base is not None:
            offset = array.__array_interface__["data"][0] - base.__array_interface__["data"][0]
        shape = (array.shape, array.strides, dtype, offset)
        layout = self._layouts.get(shape)
        if layout is None:
            layout = self._layouts[shape] = len(self._layouts)
            self.layouts.append(shape)
            self._journal.note(["layout", layout, dtype.str, list(array.shape), list(array.strides), offset])
        return ARRAY, track.number | layout << 32

    def key_of(self, key: Any) -> str:
        """How an entry is written in a path; only plain keys are, others by their type."""
        kind = type(key)
        if kind in (str, int, bool, float) or key is None:
            return f"[{key!r}]"
        if issubclass(kind, np.integer):
            return f"[{int(key)}]"
        if kind is tuple and all(type(part) in (str, int, bool, float) for part in key):
            return f"[{key!r}]"
        return f"[{kind.__qualname__}]"

    def scan(self, owner: Owner, most: int) -> None:
        """Look at the slots of a container or object, at most so many."""
        value = owner.value
        if owner.kind == MAPPING:
            pairs = [(self.key_of(key), item) for key, item in list(dict.items(value))[:most]]
        elif owner.kind == SEQUENCE:
            plain = list if issubclass(type(value), list) else tuple
            items = plain.__getitem__(value, slice(0, most))
            owner.length = plain.__len__(value)
            pairs = [(f"[{i}]", item) for i, item in enumerate(items)]
        elif owner.kind == OBJECT:
            pairs = [(f".{name}", item) for name, item in list((instance_dict(value) or {}).items())[:most]]
        else:
            return
        if len(owner.known) > len(pairs) <= most:
            present = {key for key, _ in pairs}
            for key in [key for key in owner.known if key not in present]:
                self.unbind(owner, key)
        for key, item in pairs:
            self.bind(owner, key, item)

    def rescan(self, owner: Owner) -> None:
        """Look again at what may have changed: all of a small one, the new entries of a large one."""
        value = owner.value
        if owner.kind == SEQUENCE:
            if not issubclass(type(value), list):
                return
            length = list.__len__(value)
            if length > MAX_AGAIN and length > owner.length:
                for i in range(owner.length, length):
                    self.bind(owner, f"[{i}]", list.__getitem__(value, i))
                owner.length = length
                return
            if length > MAX_AGAIN and length == owner.length:
                return
            if length < owner.length:
                for i in range(length, owner.length):
                    self.unbind(owner, f"[{i}]")
                owner.length = length
                if length > MAX_AGAIN:
                    return
        elif owner.kind == MAPPING and dict.__len__(value) > MAX_AGAIN and len(owner.known) == dict.__len__(value):
            return
        elif owner.kind in (CALL, GLOBALS):
            return
        self.scan(owner, max(MAX_AGAIN, len(owner.known) + MAX_AGAIN))

    def view(self, found: tuple[int, int]) -> Any:
        """The live array that an `ARRAY` slot stands for, or None where it is gone or not kept."""
        track = self.tracks[found[1] & 0xFFFFFFFF]
        base = self._storages.live(track)
        if base is None or not track.kept:
            return None
        shape, strides, dtype, offset = self.layouts[found[1] >> 32]
        memory = track.memory(base).reshape(-1).view(np.uint8) if base.size else np.empty(0, np.uint8)
        return np.ndarray(shape, dtype, memory, offset, strides) if base.size else np.empty(shape, dtype)
