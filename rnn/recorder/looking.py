"""Looks at values of the user without running any code of theirs.

Types are told by `type`, never by `isinstance`, which asks an object for its `__class__`; attributes come from the instance's
own dictionary and slots, entries through the built-in's own methods; no name is looked up on a class but by `type` itself.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

MISSING = object()
DICT_OF = type.__dict__["__dict__"].__get__
MRO_OF = type.__dict__["__mro__"].__get__
NAME_OF = type.__dict__["__qualname__"].__get__
MODULE_OF = type.__dict__["__module__"].__get__
FLAGS_OF = type.__dict__["__flags__"].__get__
BASE_OF = np.ndarray.base.__get__
OPAQUE = (types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.CodeType)
PLAIN_KEYS = {id(kind) for kind in (str, int, bool, float, type(None))}
HEAP_TYPE = 1 << 9
STRANGE_KEYS: set[int] = set()
"""Ids of dicts in which keys were seen that are more than numbers and texts; the recorder keeps such dicts."""

OWN_DICTIONARY = (types.GetSetDescriptorType, types.MemberDescriptorType)


class Kind:
    """What is known of a type.

    Attributes:
        type: kept, so that its id stays its own. array, mapping, sequence, scalar: whether it is one of these.
        plain: the built-in that a sequence's entries are had through. opaque: whether it is not looked into.
        dictionary: whether instances have an ordinary `__dict__`. slots: its `__slots__`, by name.
    """

    __slots__ = ("array", "dictionary", "mapping", "opaque", "plain", "scalar", "sequence", "slots", "type")

    def __init__(self, kind: type) -> None:
        """Args: kind: the type."""
        self.type = kind
        self.array, self.scalar = issubclass(kind, np.ndarray), issubclass(kind, np.generic)
        self.mapping, self.sequence = issubclass(kind, dict), issubclass(kind, (list, tuple))
        self.plain: Any = list if issubclass(kind, list) else tuple
        self.opaque = issubclass(kind, OPAQUE)
        self.slots: dict[str, Any] = {}
        found = None
        for one in reversed(MRO_OF(kind)):
            for name, slot in DICT_OF(one).items():
                if name == "__dict__":
                    found = slot
                elif type(slot) is types.MemberDescriptorType and FLAGS_OF(one) & HEAP_TYPE:
                    self.slots[name] = slot
        self.dictionary = found is not None and type(found) in OWN_DICTIONARY


_kinds: dict[int, Kind] = {}


def kind_of(value: Any) -> Kind:
    """What is known of a value's type."""
    kind = type(value)
    found = _kinds.get(id(kind))
    if found is None:
        found = _kinds[id(kind)] = Kind(kind)
    return found


def is_array(value: Any) -> bool:
    """Whether a value is an array of NumPy, or of a class made from it."""
    return type(value) is np.ndarray or issubclass(type(value), np.ndarray)


def plain_array(value: Any) -> Any:
    """The array without its subclass, which may define what anything means; shares the memory."""
    return value if type(value) is np.ndarray else np.ndarray.view(value, np.ndarray)


def is_recordable(array: Any) -> bool:
    """Whether a plain array holds nothing but bytes with a meaning of their own."""
    dtype = array.dtype
    return not dtype.hasobject and dtype.names is None and dtype.itemsize > 0


def instance_dict(value: Any) -> dict[str, Any] | None:
    """An object's own attributes; None where they can't be had without running code of its class."""
    if not kind_of(value).dictionary:
        return None
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if type(found) is dict else None


def attributes(value: Any) -> Iterator[tuple[str, Any]]:
    """An object's attributes: its dictionary's and its slots'."""
    yield from list((instance_dict(value) or {}).items())
    for name, slot in kind_of(value).slots.items():
        try:
            yield name, slot.__get__(value)
        except AttributeError:
            continue


def attribute(value: Any, name: str) -> Any:
    """One attribute of an object or class; `MISSING` where it is not plainly there."""
    if issubclass(type(value), type):
        found = [DICT_OF(one)[name] for one in MRO_OF(value) if name in DICT_OF(one)]
        bound = found and any("__get__" in DICT_OF(one) for one in MRO_OF(type(found[0])))
        return found[0] if found and not bound else MISSING
    own = instance_dict(value)
    if own is not None and name in own:
        return own[name]
    kind = kind_of(value)
    try:
        if name in kind.slots:
            return kind.slots[name].__get__(value)
    except AttributeError:
        return MISSING
    return attribute(kind.type, name) if kind.dictionary or kind.slots else MISSING


def method(value: Any, name: str) -> Any:
    """The function that `value.name(...)` calls, as its class holds it; `MISSING` where that is not plain."""
    own = instance_dict(value)
    if own is not None and name in own:
        return own[name]
    for one in MRO_OF(value if issubclass(type(value), type) else type(value)):
        if name in DICT_OF(one):
            found = DICT_OF(one)[name]
            return found.__func__ if type(found) in (staticmethod, classmethod) else found
    return MISSING


def has_attributes(value: Any) -> bool:
    """Whether an object has attributes that can be looked at."""
    kind = kind_of(value)
    return not kind.opaque and (bool(kind.slots) or instance_dict(value) is not None)


def is_plain_key(key: Any) -> bool:
    """Whether looking for a key runs no code but Python's own."""
    kind = type(key)
    if kind is tuple:
        return all(id(type(part)) in PLAIN_KEYS for part in key)
    return id(kind) in PLAIN_KEYS or issubclass(kind, np.integer)


def entry(container: Any, key: Any) -> Any:
    """An entry of a built-in container; `MISSING` where there is none, or where it can't be had without code of the user."""
    kind = kind_of(container)
    if key is MISSING:
        return MISSING
    if kind.mapping:
        # A stranger's key of the same hash would be asked whether it is equal.
        if id(container) in STRANGE_KEYS or not is_plain_key(key):
            return MISSING
        return dict.get(container, key, MISSING)
    if kind.sequence and (type(key) is int or issubclass(type(key), np.integer)):
        length = kind.plain.__len__(container)
        return kind.plain.__getitem__(container, int(key)) if -length <= key < length else MISSING
    return MISSING


def field_names(kind: type) -> tuple[str, ...]:
    """Names of a named tuple's entries, had from its class without running code of it; empty for any other."""
    classes = MRO_OF(kind)
    found = next((DICT_OF(one)["_fields"] for one in classes if "_fields" in DICT_OF(one)), ())
    named = any(one is tuple for one in classes) and type(found) is tuple and all(type(name) is str for name in found)
    return found if named else ()
