"""Names, entries and attributes while code runs: what each stands for, and when that changes.

Whatever has named slots is an *owner*: a call, a container, an object, the globals of a file. Containers and objects are
looked into without running any code of theirs (see `looking`).
"""

from __future__ import annotations

import struct
import sys
from typing import Any

import numpy as np

from .format import (
    ARRAY,
    BINDING_ROW,
    CALL,
    GLOBALS,
    GONE,
    INTEGER,
    MAPPING,
    NOTHING,
    OBJECT,
    OBJECTS,
    OTHER,
    OWNER,
    REAL,
    SCALAR,
    SCALAR_TYPES,
    SEQUENCE,
    TEXT,
    TRUTH,
)  # fmt: skip
from .journal import BINDINGS, Journal
from .looking import (
    DICT_OF,
    MISSING,
    MODULE_OF,
    MRO_OF,
    NAME_OF,
    PLAIN_KEYS,
    STRANGE_KEYS,
    attributes,
    field_names,
    has_attributes,
    instance_dict,
    is_plain_key,
    is_recordable,
    kind_of,
    plain_array,
)  # fmt: skip
from .owners import ForeignArrays, Owner
from .storages import Storages
from .tracks import address_of

MAX_DEPTH = 4
"""How many containers and objects inside one another are looked into."""

MAX_SCAN = 100_000
"""Entries of a container that are looked at."""

MAX_TEXT = 200
REAL_BITS = struct.Struct("<d")
INTEGER_BITS = struct.Struct("<q")
WORD = struct.Struct("<Q")
OURS = 2
"""References to a container that nobody but its owner and `sys.getrefcount` holds."""

__all__ = ["MAX_DEPTH", "MISSING", "Owner", "Slots", "instance_dict"]


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
        self.by_number: dict[int, Owner] = {}
        self._count = 0
        self.foreign = ForeignArrays().find
        self.lazy: list[Owner] = []  # dicts that make entries when they are read
        self.step = 0

    def text(self, text: str) -> int:
        """The number of a text."""
        number = self._texts.get(text)
        if number is None:
            number = self._texts[text] = len(self._texts)
            self._journal.note(["text", number, text])
        return number

    def remark(self, words: str) -> None:
        """Something the user should know."""
        self._journal.note(["remark", words])

    def owner(self, kind: int, value: Any, depth: int, name: str) -> Owner:
        """A new owner."""
        owner = Owner(self._count, kind, value, depth)
        self._count += 1
        self.by_number[owner.number] = owner
        owner.epoch, owner.seen = self._storages.epoch, self.step
        self._journal.note(["owner", owner.number, kind, name])
        return owner

    def call(self, name: str) -> Owner:
        """The owner of a call's local names."""
        return self.owner(CALL, None, 0, name)

    def drop(self, owner: Owner) -> None:
        """Nothing will be written in an owner any more."""
        self.by_number.pop(owner.number, None)
        if owner.value is not None:
            self._owners.pop(id(owner.value), None)
            STRANGE_KEYS.discard(id(owner.value))
            owner.value = None

    def drop_if_ours(self, owner: Owner) -> bool:
        """Let go of a container or object that only the recorder still holds."""
        if owner.kind in (CALL, GLOBALS) or sys.getrefcount(owner.value) > OURS:
            return False
        self.drop(owner)
        return True

    def known_owner(self, value: Any) -> Owner | None:
        """The owner of a container or object that was seen before."""
        return self._owners.get(id(value))

    def owner_of(self, value: Any) -> Owner | None:
        """The owner of a container or object; None where a value is not looked into."""
        owner = self._owners.get(id(value))
        if owner is None:
            self.describe(value, 1)
            owner = self._owners.get(id(value))
        return owner

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
                return INTEGER, value & 0xFFFFFFFFFFFFFFFF
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
        known = kind_of(value)
        if known.scalar:
            return self._scalar(value, kind)
        if known.array:
            return self._array(plain_array(value))
        owner = self._owners.get(id(value))
        if owner is not None:
            if depth < owner.depth:  # it was found too deep to look into all of it
                owner.depth = depth
                self.scan(owner)
            return OWNER, owner.number
        array = self.foreign(value)
        if array is not None:
            return self._array(array)
        shape = MAPPING if known.mapping else SEQUENCE if known.sequence else OBJECT
        if known.opaque or depth > MAX_DEPTH or (shape == OBJECT and not has_attributes(value)):
            return OTHER, self.text(str(NAME_OF(kind)))
        owner = self._owners[id(value)] = self.owner(shape, value, depth, str(NAME_OF(kind)))
        if known.mapping and kind is not dict and any("__missing__" in DICT_OF(one) for one in MRO_OF(kind)):
            self.lazy.append(owner)
        self.scan(owner)
        return OWNER, owner.number

    def _scalar(self, value: Any, kind: type) -> tuple[int, int]:
        if MODULE_OF(kind) == "numpy" and value.dtype.str in SCALAR_TYPES:
            return SCALAR + SCALAR_TYPES.index(value.dtype.str), int.from_bytes(value.tobytes(), "little")
        return OTHER, self.text(str(NAME_OF(kind)))

    def _array(self, array: Any) -> tuple[int, int]:
        dtype = array.dtype
        if not is_recordable(array):
            return OBJECTS, self.text(f"array of {dtype} {array.shape}")
        track, base = self._storages.track(array, self.step)
        offset = 0 if array is base or array.base is None else address_of(array) - address_of(base)
        shape = (array.shape, array.strides, dtype, offset)
        layout = self._layouts.get(shape)
        if layout is None:
            layout = self._layouts[shape] = len(self._layouts)
            self.layouts.append(shape)
            self._journal.note(["layout", layout, dtype.str, list(array.shape), list(array.strides), offset])
        return ARRAY, track.number | layout << 32

    def key_of(self, owner: Owner, key: Any) -> str:
        """How an entry is written in a path; other keys than plain ones by their type and a number."""
        kind = type(key)
        if id(kind) in PLAIN_KEYS or (kind is tuple and is_plain_key(key)):
            return f"[{key!r}]"
        if issubclass(kind, np.integer) and MODULE_OF(kind) == "numpy":
            return f"[{int(key)}]"
        STRANGE_KEYS.add(id(owner.value))
        known = owner.strange.get(id(key))
        if known is None:
            known = owner.strange[id(key)] = (key, len(owner.strange))
        return f"[{NAME_OF(kind)} #{known[1]}]"

    def _pairs(self, owner: Owner) -> list[tuple[str, Any]]:
        value, kind = owner.value, owner.kind
        pairs: list[tuple[str, Any]] = []
        if kind == MAPPING:
            pairs = [(self.key_of(owner, key), item) for key, item in list(dict.items(value))]
        elif kind == SEQUENCE:
            items = kind_of(value).plain.__getitem__(value, slice(None))
            owner.length = len(items)
            pairs = [(f"[{i}]", item) for i, item in enumerate(items)]
            pairs += [(f".{name}", item) for name, item in zip(field_names(type(value)), items, strict=False)]
        if not any(type(value) is plain for plain in (dict, list, tuple)):
            pairs += [(f".{name}", item) for name, item in attributes(value)]
        if len(pairs) > MAX_SCAN:
            words = f"of a {NAME_OF(type(value))} of {len(pairs):,} entries only the first {MAX_SCAN:,} are recorded"
            self._journal.note(["weaker", self.step, words])
        return pairs[:MAX_SCAN]

    def scan(self, owner: Owner) -> None:
        """Look at all slots of a container or object."""
        if owner.kind in (CALL, GLOBALS):
            return
        pairs = self._pairs(owner)
        if len(owner.known) > 0:
            present = {key for key, _ in pairs}
            for key in [key for key in owner.known if key not in present]:
                self.unbind(owner, key)
        for key, item in pairs:
            self.bind(owner, key, item)

    def rescan(self, owner: Owner) -> bool:
        """Look again at what may have changed; whether anything had."""
        before = len(self._rows)
        self.scan(owner)
        changed = len(self._rows) > before
        storages = self._storages
        fresh = storages.is_fresh(owner, self.step)
        if changed and not fresh:
            what = f"entries of a {NAME_OF(type(owner.value))} changed unseen between step {owner.seen} and this one"
            self._journal.note(["weaker", self.step, what])
        owner.epoch, owner.seen = storages.epoch, self.step
        return changed

    def grown(self, owner: Owner) -> None:
        """A list was appended to: look at its new entries."""
        length = list.__len__(owner.value)
        for i in range(owner.length, min(length, MAX_SCAN)):
            self.bind(owner, f"[{i}]", list.__getitem__(owner.value, i))
        owner.length = length

    def view(self, found: tuple[int, int]) -> Any:
        """The live array that an `ARRAY` slot stands for, or None where it is gone or not kept."""
        track = self._storages.by_number.get(found[1] & 0xFFFFFFFF)
        base = None if track is None else self._storages.live(track)
        if track is None or base is None or not track.kept:
            return None
        shape, strides, dtype, offset = self.layouts[found[1] >> 32]
        if not base.size:
            return np.empty(shape, dtype)
        return np.ndarray(shape, dtype, track.items(base).view(np.uint8), offset, strides)
