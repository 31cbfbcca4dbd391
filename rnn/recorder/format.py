"""What stands in a recording: the rows of its tables, the numbers that name kinds, and the notes.

A recording is a sequence of blocks (see `journal.py`). Every table is an array of fixed rows that only grows:

    steps      one row an executed statement, written when the statement is done: the state of a step is the state after it
    frames     one row a call of a recorded function
    returns    one row an ended call
    bindings   one row whenever a name, an entry of a container or an attribute begins to stand for another value
    versions   one row whenever the bytes of a storage changed

A *storage* is the memory of an array (the array that owns it); names, slices and transposes are *views* of it. An *owner* is
whatever has named slots: a call (its local names), a container, an object, the globals of a file. The key of a slot is a
piece of a path: `dWhh` for a name, `.W` for an attribute, `['W']` or `[3]` for an entry.

Notes are JSON lists whose first word says what they are:

    ["text", n, text]                           text number n: a key, a type's name, a function's name, a string
    ["layout", n, dtype, shape, strides, offset]  how a view lies in its storage (bytes)
    ["owner", n, kind, type]                    owner n
    ["file", n, path, sha256, text, problem, first, aliases, owner]  a source file, the number of its first statement, which
                                                of its global names mean a function or module of NumPy, the owner of them all
    ["line", n, file, line, function]           statement n stands on this line of a file whose text is not there
    ["output", step, stream, text]              what was printed after this step
    ["exception", step, type, text]             raised in this step
    ["weaker", step, words]                     what is kept less exactly from this step on
    ["remark", words]                           anything else the user should know
    ["run", function, python, process]          what is recorded
    ["ended", how, words]                       `returned`, `raised`, `limit`; missing where the process died
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

VERSION = 1
NOWHERE = 0xFFFFFFFF
"""No step, no frame, no loop."""

STEP_ROW = struct.Struct("<IIiqHHQ")
STEP = np.dtype(
    [
        ("statement", "<u4"),
        ("frame", "<u4"),
        ("iteration", "<i4"),
        ("loop_value", "<i8"),
        ("depth", "<u2"),
        ("flags", "<u2"),
        ("time_ns", "<u8"),
    ]
)
FRAME_ROW = struct.Struct("<IIIIII")
FRAME = np.dtype([(name, "<u4") for name in ("owner", "name", "file", "line", "parent", "call_step")])
RETURN_ROW = struct.Struct("<II")
RETURN = np.dtype([("frame", "<u4"), ("step", "<u4")])
BINDING_ROW = struct.Struct("<IIIIQ")
BINDING = np.dtype([("owner", "<u4"), ("key", "<u4"), ("step", "<u4"), ("kind", "<u4"), ("payload", "<u8")])
VERSION_ROW = struct.Struct("<IIHHIQQQId")
VERSIONS = np.dtype(
    [
        ("storage", "<u4"),
        ("step", "<u4"),
        ("kind", "<u2"),
        ("flags", "<u2"),
        ("changed", "<u4"),
        ("offset", "<u8"),
        ("length", "<u8"),
        ("start", "<u8"),
        ("since", "<u4"),
        ("sum_of_squares", "<f8"),
    ]
)

NO_LOOP_VALUE = -(1 << 63)
"""The loop has no whole number as its variable."""

# Flags of a step.
RAISED, LOOP_END, SUSPENDED, FOUND, ENTER, RETURNED = 1, 2, 4, 8, 16, 32
"""The statement raised; the loop's header found nothing more; a generator gave a value; an audit found a change; a function
was entered; a function was left."""

# Kinds of a version.
FULL, RANGE, SPARSE, AGAIN, UNKNOWN = range(5)
"""All bytes; bytes from `start` on; single items (their numbers u32, then their values); the statement `start` was carried
out again and gave these bytes (their `tracks.checksum` is in `offset`); bytes not kept, for want of room. A storage's first
version has its size as `length`."""

# Flags of a version.
AUDIT, BIRTH, NOT_FINITE = 1, 2, 4
"""Found by an audit: changed after step `since`, nobody saw by whom; the first version; holds NaN or infinity."""

MANY = 0xFFFFFFFF
"""How many items changed was not counted."""

# Kinds of a binding.
GONE, ARRAY, OWNER, INTEGER, REAL, TRUTH, NOTHING, TEXT, OTHER, OBJECTS, SCALAR = range(11)
"""Not there any more; a view of a storage (payload: storage, layout << 32); a container or object; int; float; bool; None;
str; something whose type alone is kept; an array of objects, whose type alone is kept. From `SCALAR` on: a NumPy number
whose type is `SCALAR_TYPES[kind - SCALAR]`, its bytes the payload."""

SCALAR_TYPES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8")

# Kinds of an owner.
CALL, GLOBALS, MAPPING, SEQUENCE, OBJECT = range(5)

RETURN_KEY, YIELD_KEY = "return", "yield"
"""The slots of a call that hold what it returned, and what it gave last as a generator; keywords, so no local names."""

HANDED = frozenset({RETURN_KEY, YIELD_KEY})


def view_of(payload: Any) -> tuple[int, int]:
    """The numbers of storage and layout that an array's payload holds."""
    return int(payload) & 0xFFFFFFFF, int(payload) >> 32
