"""A figure from a source and a request: as bytes, as a file, and as a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector.figures.animation import MOVING
from inspector.figures.command import command
from inspector.figures.drawing import Drawing, Say, Source, as_source, narrowed, silent
from inspector.figures.kinds import FIGURES
from inspector.figures.printing import PRINTERS, png
from inspector.figures.request import DPI, PRESETS, FigureRequest
from inspector.figures.writing import write_whole
from inspector.versions import version_of
from rnn.errors import InputError
from rnn.results import Inspection

SUFFIXES = (*PRINTERS, *MOVING)


def suffixes_for(kind: str) -> tuple[str, ...]:
    """Formats that a kind of figure can be saved in."""
    return SUFFIXES if kind == "loop" else tuple(PRINTERS)


def check_suffix(path: Path) -> str:
    """The suffix in lower case; raises `InputError` for one that is not drawn."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"{path.name} ends in {suffix or 'nothing'}; figures are {', '.join(SUFFIXES)} (.npz and .csv hold the numbers)"
        )
    return suffix


def _about(source: Source, request: FigureRequest, drawing: Drawing, suffix: str) -> Mapping[str, Any]:
    """What is put inside the file, so that the figure can be made again."""
    versions = {"bptt-inspector": version_of("bptt-inspector"), "matplotlib": version_of("matplotlib")}
    said: dict[str, Any] = {"kind": request.kind, "request": request.to_json()}
    if source.result is not None:
        result = source.result
        versions |= dict(result.versions)
        said |= {
            "case": result.case,
            "problem": dict(result.problem),
            "settings": dict(result.settings),
            "truth": result.truth,
        }
        said["seed"] = result.problem.get("seed")
    if source.recording is not None:
        versions["python"] = source.recording.tables.run[1]
    said |= drawing.about()
    # Not the file's own name: the same figure has the same bytes wherever it is saved.
    again = command(source, request, f"{file_name(drawing.name)}{suffix}")
    return {**said, "versions": versions, "command": again}


def file_name(name: str) -> str:
    """A name that is safe for a file: letters, digits, dots and dashes; never empty or hidden."""
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    return safe.strip(".")[:80] or "figure"


def drawing_of(source: Source | Inspection, request: FigureRequest) -> Drawing:
    """What is to be drawn; raises `InputError` where the source has nothing of the kind."""
    return FIGURES[request.kind].draw(narrowed(as_source(source), request), request)


def render(source: Source | Inspection, request: FigureRequest, suffix: str, say: Say = silent) -> bytes:
    """The bytes of a figure's file; the same input gives the same bytes.

    Args:
        source: a result, or what else the kind needs. request: how it looks. suffix: one of `SUFFIXES`; what moves is an
            animation in a `.png` as well. say: is told how far an animation is, and may raise to cancel.

    Raises:
        InputError: the source has nothing of the kind, or the suffix is unknown.
    """
    suffix = check_suffix(Path(f"figure{suffix}"))
    return printed(drawing_of(source, request), source, request, suffix, say)


def printed(
    drawing: Drawing, source: Source | Inspection, request: FigureRequest, suffix: str, say: Say = silent
) -> bytes:
    """As `render`, of what was made to be drawn already; suffix: one of `SUFFIXES`."""
    about = _about(narrowed(as_source(source), request), request, drawing, suffix)
    if suffix in MOVING or (drawing.frames is not None and suffix == ".png"):
        return MOVING.get(suffix, MOVING[".apng"])(drawing, request, about, say)
    return PRINTERS[suffix](drawing, request, about)


def save_figure(source: Source | Inspection, request: FigureRequest, path: Path, say: Say = silent) -> None:
    """Draw and write, whole or not at all; raises `InputError` as `render`, and where the file can't be written."""
    suffix = check_suffix(path)
    write_whole(path, render(source, request, suffix, say))


def preview(source: Source | Inspection, request: FigureRequest, width_px: int) -> bytes:
    """A PNG of the figure that is about so many pixels wide, quickly: without metadata."""
    dpi = int(min(max(width_px / PRESETS[request.preset][0], DPI[0]), DPI[1]))
    if width_px < 1:
        raise InputError(f"the preview is {width_px} pixels wide; expected at least 1")
    small = replace(request, dpi=dpi)
    return png(drawing_of(source, small), small, {})
