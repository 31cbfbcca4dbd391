"""Files that people keep weights in and that are not read: what they are, why not, and the way out."""

from __future__ import annotations

import re

RESAVE = "save its arrays with numpy.savez('weights.npz', **arrays)"
PICKLE = (
    "which can only be read by running what stands in it; nothing was run; where you trust it, load it in Python "
    "yourself and " + RESAVE
)
TORCH = (
    "which is a pickle and can only be read by running it; nothing was run; where you trust it, load it with torch.load and "
    "save it again with torch.save(model.state_dict(), path), as PyTorch from 1.6 on does"
)
PACKED = (
    "packed data (joblib's pickles look so, too), which is not unpacked; if it is an array file, unpack it, else load it where you "
    "trust it and " + RESAVE
)

OLD_TORCH = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19"
"""A pickle of the number that PyTorch wrote first before version 1.6."""

BEGINNINGS: dict[bytes, str] = {
    OLD_TORCH: f"a PyTorch file as it was before version 1.6, {TORCH}",
    b"\x80\x02": f"a pickle, {PICKLE}",
    b"\x80\x03": f"a pickle, {PICKLE}",
    b"\x80\x04": f"a pickle, {PICKLE}",
    b"\x80\x05": f"a pickle, {PICKLE}",
    b"\x1f\x8b": f"gzip, {PACKED}",
    b"BZh": f"bzip2, {PACKED}",
    b"\xfd7zXZ\x00": f"xz, {PACKED}",
    b"\x04\x22\x4d\x18": f"lz4, {PACKED}",
    b"\x28\xb5\x2f\xfd": f"zstd, {PACKED}",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it and open what is inside",
    b"Rar!": "a rar archive; unpack it and open what is inside",
    b"GGUF": "a GGUF file of a language model; it holds no recurrent network that is read here",
    b"{": f"a JSON file; {RESAVE}",
    b"[": f"a JSON file; {RESAVE}",
    b"<": "a web page or XML; if it came by download, the download failed",
    b"\x7fELF": "a program",
    b"MZ": "a program",
}
"""By first bytes, what a file is and what to do; the first that fits holds."""

ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"ZF0x")
OLD_PICKLE = re.compile(rb"\(?[dl]p\d|\(i[a-zA-Z_]|c[a-zA-Z_][\w.]*\n|[\]})]q|\(d[Sp]|I\d+\n|\((?:dp|lp)")
"""Pickles of protocol 0 and 1 have no mark of their own; nearly all begin so."""

NUMBERS_AS_TEXT = re.compile(rb"[\s\d.eE+\-,;]+")


def foreign(start: bytes) -> str:
    """What a file is that begins so, and the way out; empty when nobody knows."""
    known = next((said for magic, said in BEGINNINGS.items() if start.startswith(magic)), "")
    if known:
        return known
    if start.startswith(ZLIB):
        return f"zlib, {PACKED}"
    if start[257:262] == b"ustar":
        return f"a tar archive (the oldest PyTorch files are), {TORCH}"
    if OLD_PICKLE.match(start):
        return f"a pickle of an old protocol, {PICKLE}"
    if start and NUMBERS_AS_TEXT.fullmatch(start):
        return (
            "a table of numbers as text; put one .csv file for each array, with its name, into a folder and open that"
        )
    old_matlab = (
        [int.from_bytes(start[i : i + 4], "little") for i in range(0, 20, 4)] if len(start) >= 20 else [1 << 31]
    )
    if old_matlab[0] < 5000 and 0 < old_matlab[1] < 1 << 24 and 0 < old_matlab[2] < 1 << 24 and old_matlab[3] < 2:
        return "perhaps a MATLAB file of version 4; save it with save -v7"
    return ""
