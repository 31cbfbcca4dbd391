"""Sessions for the tests, with small files to refer to."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rnn.container import END, FOOTER
from rnn.container_writer import ContainerWriter
from rnn.sessions import (
    KeptBreakpoint,
    KeptCase,
    KeptRecording,
    KeptResult,
    KeptRun,
    KeptSource,
    Note,
    Session,
)


def container(path: Path, seed: int, size: int = 200) -> str:
    """A small file of ours."""
    with ContainerWriter(path) as writer:
        writer.add("x", np.random.default_rng(seed).normal(size=size))
        writer.finish({"kind": "something", "seed": seed})
    return str(path)


def full_session(folder: Path) -> Session:
    """A session in which every field says something; its files stand in a folder."""
    folder.mkdir(exist_ok=True)
    code = folder / "net.py"
    code.write_text("CASE = {}\n", encoding="utf-8")
    result, recording, beside, earlier = (container(folder / f"{n}.bptt", n) for n in range(4))
    return Session(
        settings={"cell": "rnn", "seed": 3},
        case=KeptCase(
            str(code), str(code), "ab" * 32, "", "my net", ("h0 is zero",), ("cell",), False,
            (KeptSource(str(code), "CASE = {}\n", "ab" * 32),),
        ),
        result=KeptResult(result, True),
        recordings=(KeptRecording(recording, beside, "no note", True, 5, "dh", (1, 4, 5), 1, ((4, "here"),)),),
        runs=(
            KeptRun(1, "2026-01-01T10:00:00", str(code), "differ", {str(code): "ab"}, {"seed": 1}, ("dW_hh",), 5,
                    "dh", 2, "wrong", earlier, "first run", 2),
            KeptRun(2, "2026-01-01T10:01:00", str(code), "failed"),
        ),
        findings=({"kind": "blame", "line": 3, "sentence": "<b>this</b> line", "x": [1.5, None, True]},),
        searched=True,
        notes=(Note("cell", "too large", "dW_hh", (1, 2)), Note("line", "look", file=str(code), line=1, code="CASE = {}")),
        breakpoints=(KeptBreakpoint("line 3"), KeptBreakpoint("t == 2", False, "dh")),
        matches={"cache['h']": "h"},
        window={"page": "code", "selection": {"quantity": "dW_hh", "cell": [1, 2]}, "layout": "AAAA"},
        saved="2026-01-01T10:02:00",
        program={"bptt-inspector": "1"},
        unknown={"later": {"a": [1, 2]}},
    )  # fmt: skip


def document(path: Path) -> dict[str, Any]:
    """What stands in the index of a file of ours."""
    data = path.read_bytes()
    offset, length, _, _ = FOOTER.unpack(data[-FOOTER.size :])
    found: dict[str, Any] = json.loads(data[offset : offset + length])
    return found


def with_text(path: Path, target: Path, text: bytes) -> Path:
    """The same file with another index, whose checksum is right."""
    data = path.read_bytes()
    offset, _, _, _ = FOOTER.unpack(data[-FOOTER.size :])
    target.write_bytes(data[:offset] + text + FOOTER.pack(offset, len(text), zlib.crc32(text), END))
    return target


def changed(path: Path, target: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The same file with a change of what its session says."""
    found = document(path)
    change(found["index"]["session"])
    return with_text(path, target, json.dumps(found).encode())
