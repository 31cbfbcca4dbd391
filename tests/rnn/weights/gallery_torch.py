"""Hostile PyTorch files and pickles, written opcode by opcode."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import pickle
import struct
import tarfile
import zipfile
import zlib

from .gallery import CENTRAL, Hostile, patched, zipped


def text(value: str) -> bytes:
    """A string."""
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def number(value: int) -> bytes:
    """An integer of up to 8 bytes."""
    data = value.to_bytes(8, "little", signed=True)
    return b"\x8a\x08" + data


def numbers(*values: int) -> bytes:
    """A tuple of integers."""
    return b"(" + b"".join(map(number, values)) + b"t"


def name(dotted: str) -> bytes:
    """Asks for a name."""
    module, _, attribute = dotted.rpartition(".")
    return f"c{module}\n{attribute}\n".encode()


def storage(count: int = 4, key: str = "0", kind: str = "torch.FloatStorage") -> bytes:
    """Refers to stored numbers."""
    return b"(" + text("storage") + name(kind) + text(key) + text("cpu") + number(count) + b"tQ"


def tensor(
    shape: tuple[int, ...] = (4,), strides: tuple[int, ...] = (1,), offset: int = 0, stored: bytes = b""
) -> bytes:
    """A tensor."""
    inside = (
        (stored or storage())
        + number(offset)
        + numbers(*shape)
        + numbers(*strides)
        + b"\x89"
        + name("collections.OrderedDict")
        + b")R"
    )
    return name("torch._utils._rebuild_tensor_v2") + b"(" + inside + b"tR"


def one(value: bytes) -> bytes:
    """A dictionary with one value, as a whole pickle."""
    return b"\x80\x02}" + text("a") + value + b"s."


def pt(data: bytes, *more: tuple[str, bytes], floats: bytes = b"\0" * 16, method: int = zipfile.ZIP_STORED) -> bytes:
    """A file with that pickle and 4 numbers."""
    return zipped(("a/data.pkl", data), ("a/byteorder", b"little"), ("a/data/0", floats), *more, method=method)


GOOD = pt(one(tensor()))


class _Runs:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch canary",)


def _billion() -> bytes:
    """Lists of ten references to the list before, forty times over; at the bottom a tensor."""
    data = b"]" + tensor() + b"aq\x00"
    for i in range(40):
        data += b"](" + (b"h" + bytes([i])) * 10 + b"eq" + bytes([i + 1])
    return b"\x80\x02(" + data + b"t."


def _tar() -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for member in ("sys_info", "pickle", "storages", "tensors"):
            archive.addfile(tarfile.TarInfo(member))
    return target.getvalue()


LEGACY = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
RUN = text("touch canary") + b"\x85R"

TORCH: dict[str, Hostile] = {
    "system": Hostile(
        1, "run 'posix.system'.*nothing was run", lambda: pt(b"\x80\x02" + name("posix.system") + RUN + b".")
    ),
    "exec": Hostile(1, "run 'builtins.exec'", lambda: pt(one(name("builtins.exec") + RUN))),
    "eval behind a good tensor": Hostile(
        1,
        "run '__builtin__.eval'",
        lambda: pt(b"\x80\x02}(" + text("a") + tensor() + text("b") + name("__builtin__.eval") + RUN + b"u."),
    ),
    "numpy helper": Hostile(
        1, "numpy.core.multiarray._reconstruct", lambda: pt(one(name("numpy.core.multiarray._reconstruct")))
    ),
    "loader of libraries": Hostile(1, "torch.ops.load_library", lambda: pt(one(name("torch.ops.load_library") + RUN))),
    "a helper of torch": Hostile(
        1, "torch._utils._rebuild_wrapper_subclass", lambda: pt(one(name("torch._utils._rebuild_wrapper_subclass")))
    ),
    "a name from a string": Hostile(
        1, "instruction b'.x93'", lambda: pt(b"\x80\x02" + text("posix") + text("system") + b"\x93" + RUN + b".")
    ),
    "old instance": Hostile(
        1, "instruction b'i'", lambda: pt(b"\x80\x02(" + text("touch canary") + b"iposix\nsystem\n.")
    ),
    "object": Hostile(
        1, "posix.system", lambda: pt(b"\x80\x02(" + name("posix.system") + text("touch canary") + b"o.")
    ),
    "new object": Hostile(
        1, "subprocess.Popen", lambda: pt(b"\x80\x02" + name("subprocess.Popen") + text("touch canary") + b"\x85\x81.")
    ),
    "extension": Hostile(1, "instruction b'.x82'", lambda: pt(b"\x80\x02\x82\x01.")),
    "state of a function": Hostile(1, "no dict", lambda: pt(b"\x80\x02" + name("collections.OrderedDict") + b"}b.")),
    "called with other things": Hostile(
        1, "arguments that are not", lambda: pt(one(name("collections.OrderedDict") + b"]\x85R"))
    ),
    "call of a tensor": Hostile(1, "arguments that are not|no function", lambda: pt(one(tensor() + b")R"))),
    "a whole model": Hostile(1, "whole model.*state_dict", lambda: pt(one(name("torch.nn.modules.rnn.LSTM")))),
    "code under the name of a tensor": Hostile(
        1,
        "posix.system",
        lambda: pt(one(b"(" + text("storage") + name("posix.system") + text("0") + text("cpu") + number(4) + b"tQ")),
    ),
    "legacy": Hostile(2, "before version 1.6.*torch.save", lambda: LEGACY + b"\x80\x02M\xe9\x03."),
    "tar": Hostile(2, "tar archive.*torch.save", _tar),
    "script": Hostile(
        2,
        "TorchScript.*torch.jit.load",
        lambda: pt(one(tensor()), ("a/constants.pkl", b"\x80\x02)."), ("a/code/x.py", b"import os")),
    ),
    "protocol 4": Hostile(2, "protocol 4", lambda: pt(b"\x80\x04N.")),
    "memo bomb": Hostile(5, "no arrays", lambda: pt(b"\x80\x02}r\xff\xff\xff\x7f.")),
    "many memos": Hostile(
        5,
        "instructions, too many",
        lambda: pt(b"\x80\x02}" + b"".join(b"r" + struct.pack("<I", i) for i in range(600_000)) + b"."),
    ),
    "contains itself": Hostile(6, "too many nodes", lambda: pt(b"\x80\x02}q\x00" + text("a") + b"h\x00s.")),
    "billion laughs": Hostile(6, "too many nodes", lambda: pt(_billion())),
    "long names": Hostile(
        6,
        "too many nodes|letters",
        lambda: pt(
            b"\x80\x02}"
            + text("n" * 200_000)
            + b"}"
            + b"".join(text(f"{i}") + tensor() + b"s" for i in range(100))
            + b"s."
        ),
    ),
    "empty dictionaries": Hostile(6, "containers, too many nodes", lambda: pt(b"\x80\x02" + b"}" * 200_000 + b".")),
    "huge pickle": Hostile(6, "at most", lambda: pt(b"\x80\x02" + text("x" * 5_000_000) + b".")),
    "a number of 200 digits": Hostile(
        6, "whole number of 255 bytes", lambda: pt(b"\x80\x02\x8a\xff" + b"\x01" * 255 + b".")
    ),
    "repeated number": Hostile(7, "40.0 GB", lambda: pt(one(tensor((100_000, 100_000), (0, 0))))),
    "many repeated numbers": Hostile(
        7,
        "of memory and the limit is",
        lambda: pt(b"\x80\x02(" + b"".join(tensor((100, 100_000), (0, 0)) for _ in range(40)) + b"t."),
    ),
    "shape beyond memory": Hostile(7, "no memory can hold", lambda: pt(one(tensor((1 << 40, 1 << 40), (0, 0))))),
    "beyond its numbers": Hostile(7, "reaches beyond", lambda: pt(one(tensor((5,))))),
    "far offset": Hostile(7, "reaches beyond", lambda: pt(one(tensor((2,), (1,), offset=1 << 50)))),
    "before its numbers": Hostile(7, "impossible", lambda: pt(one(tensor((2,), (1,), offset=-1)))),
    "backwards": Hostile(7, "impossible", lambda: pt(one(tensor((2,), (-1,), offset=3)))),
    "shape of text": Hostile(
        7, "impossible", lambda: pt(one(tensor().replace(numbers(4), b"(" + text("4") + b"t", 1)))
    ),
    "more numbers than stored": Hostile(
        7, "need 4000000000 bytes and 16", lambda: pt(one(tensor(stored=storage(1_000_000_000))))
    ),
    "numbers missing": Hostile(9, "missing", lambda: pt(one(tensor(stored=storage(key="7"))))),
    "numbers of another place": Hostile(
        9, "missing", lambda: pt(one(tensor(stored=storage(key="../../secret"))), ("secret", b"\0" * 16))
    ),
    "packed numbers": Hostile(8, "compressed|stored", lambda: pt(one(tensor()), method=zipfile.ZIP_DEFLATED)),
    "two types of the same numbers": Hostile(
        7,
        "two types",
        lambda: pt(b"\x80\x02(" + tensor() + tensor((2,), stored=storage(4, "0", "torch.IntStorage")) + b"t."),
    ),
    "complex": Hostile(17, "complex", lambda: pt(one(tensor(stored=storage(2, "0", "torch.ComplexFloatStorage"))))),
    "two pickles": Hostile(9, "2 pickles", lambda: pt(one(tensor()), ("b/data.pkl", one(tensor())))),
    "pickle twice": Hostile(9, "twice", lambda: pt(one(tensor()), ("a/data.pkl", one(tensor())))),
    "name twice": Hostile(9, "twice", lambda: pt(b"\x80\x02}(" + text("a") + tensor() + text("a") + tensor() + b"u.")),
    "encrypted": Hostile(9, "encrypted", lambda: patched(GOOD, CENTRAL, 8, b"\x01")),
    "wrong checksum": Hostile(9, "CRC", lambda: GOOD.replace(b"\0" * 16, b"\1" * 16, 1)),
    "cut short": Hostile(14, "zip", lambda: GOOD[:-40]),
    "pickle cut short": Hostile(14, "middle of an instruction|has no end", lambda: pt(one(tensor())[:-30])),
    "something after the end": Hostile(14, "left over", lambda: pt(one(tensor()) + b"N.")),
    "nothing on the stack": Hostile(14, "not there|no mark", lambda: pt(b"\x80\x02u.")),
    "only numbers": Hostile(14, "no arrays", lambda: pt(b"\x80\x02K\x05.")),
}

PICKLES: dict[str, Hostile] = {
    **{
        f"protocol {n}": Hostile(
            1, "pickle.*nothing was run.*numpy.savez", lambda n=n: pickle.dumps({"w": [_Runs()]}, n)
        )
        for n in range(6)
    },
    "zlib": Hostile(1, "joblib.*numpy.savez", lambda: zlib.compress(pickle.dumps(_Runs()))),
    "gzip": Hostile(1, "gzip.*numpy.savez", lambda: gzip.compress(pickle.dumps(_Runs()))),
    "bzip2": Hostile(1, "bzip2", lambda: bz2.compress(pickle.dumps(_Runs()))),
    "xz": Hostile(1, "xz", lambda: lzma.compress(pickle.dumps(_Runs()))),
}
