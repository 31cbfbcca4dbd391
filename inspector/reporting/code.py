"""Source around a line, as it stands in the user's file now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

AROUND = 4
LARGEST_BYTES = 4 << 20
LONGEST_LINE = 200


@dataclass(frozen=True)
class Excerpt:
    """Some lines of a file.

    Attributes:
        file: its name. line: the one that matters, counted from 1. lines: pairs of number and text; only that one where the
            file is not there any more, or is another by now. note: says so, empty otherwise.
    """

    file: str
    line: int
    lines: tuple[tuple[int, str], ...]
    note: str = ""


def excerpt(path: Path, line: int, text: str) -> Excerpt:
    """The lines around one.

    Args:
        path: of the file. line: counted from 1. text: what stood there when the code ran, empty where nobody knows.
    """
    alone = Excerpt(path.name, line, ((line, text.strip()),) if text else ())
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_BYTES:
            return Excerpt(alone.file, line, alone.lines, "The file is not at hand, so only the line itself is shown.")
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return Excerpt(alone.file, line, alone.lines, "The file can't be read, so only the line itself is shown.")
    known = " ".join(text.split())
    if not 1 <= line <= len(lines) or (known and known not in " ".join(" ".join(lines[line - 1 : line + 20]).split())):
        return Excerpt(alone.file, line, alone.lines, "The file was changed since, so only the line itself is shown.")
    first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
    return Excerpt(
        path.name, line, tuple((n, lines[n - 1].expandtabs(4)[:LONGEST_LINE]) for n in range(first, last + 1))
    )
