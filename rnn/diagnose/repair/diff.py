"""Edits of a file put together, and shown as a diff of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .code import NEWLINE
from .port import Candidate, SourceEdit

CONTEXT = 2
"""Lines shown around a change."""


def edited(text: str, edits: Sequence[SourceEdit]) -> str:
    """A file's text after edits; they must not overlap."""
    parts, place = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        assert edit.start >= place, "edits overlap"
        parts += [text[place : edit.start], edit.now]
        place = edit.end
    return "".join([*parts, text[place:]])


def edited_files(texts: Mapping[str, str], candidate: Candidate) -> dict[str, str]:
    """All files after a candidate's edits."""
    return {file: edited(text, [edit for edit in candidate if edit.file == file]) for file, text in texts.items()}


def composed(text: str, first: Sequence[SourceEdit], second: Sequence[SourceEdit]) -> Candidate:
    """Edits of a file, and edits of what comes of them, as edits of the file.

    Args: text: of the file. first: its edits. second: edits of the text that they give.
    """
    middle = edited(text, first)
    places: list[tuple[int, int, int, int]] = []  # of the first edits: in the file, and in what comes of it
    shift = 0
    for edit in sorted(first, key=lambda edit: (edit.start, edit.end)):
        start = edit.start + shift
        places.append((edit.start, edit.end, start, start + len(edit.now)))
        shift += len(edit.now) - (edit.end - edit.start)
    spans = [(start, end) for _, _, start, end in places] + [(edit.start, edit.end) for edit in second]
    file = (first or second)[0].file
    return tuple(_rewritten(file, middle, span, places, second) for span in _merged(spans))


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _rewritten(
    file: str,
    middle: str,
    span: tuple[int, int],
    places: Sequence[tuple[int, int, int, int]],
    second: Sequence[SourceEdit],
) -> SourceEdit:
    """One edit of the file for a span of what comes of the first edits."""
    start, end = span

    def origin(place: int, at_end: bool) -> int:
        shift = 0
        for was_start, was_end, now_start, now_end in places:
            if now_start > place or (now_start == place and not at_end):
                break
            if place < now_end or (place == now_end and at_end):
                return was_end if at_end else was_start
            shift = was_end - now_end
        return place + shift

    inside = [edit for edit in second if start <= edit.start and edit.end <= end]
    cut = [SourceEdit(file, edit.start - start, edit.end - start, edit.now) for edit in inside]
    return SourceEdit(file, origin(start, False), origin(end, True), edited(middle[start:end], cut))


def diff(texts: Mapping[str, str], candidate: Candidate) -> str:
    """What a candidate changes, as a unified diff with the files' own names."""
    found = []
    for file, now in edited_files(texts, candidate).items():
        if now != texts[file]:
            name = Path(file).name
            lines = difflib.unified_diff(
                NEWLINE.split(texts[file]), NEWLINE.split(now), name, name, n=CONTEXT, lineterm=""
            )
            found += list(lines)
    return "\n".join(found) + "\n" if found else ""


def edit_facts(texts: Mapping[str, str], candidate: Candidate) -> list[dict[str, Any]]:
    """Edits as a finding has them: file, line and column from 1 and 0, start, end, was, now."""
    found = []
    for edit in candidate:
        before = NEWLINE.split(texts[edit.file][: edit.start])
        place = {
            "file": edit.file,
            "line": len(before),
            "column": len(before[-1]),
            "start": edit.start,
            "end": edit.end,
        }
        found.append({**place, "was": texts[edit.file][edit.start : edit.end], "now": edit.now})
    return found
