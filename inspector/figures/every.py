"""All quantities of a result at once: a figure each in a folder, and an index that says what they show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.figures.command import command
from inspector.figures.drawing import Say, Source, as_source, silent
from inspector.figures.kinds import FIGURES
from inspector.figures.render import check_suffix, drawing_of, file_name, printed
from inspector.figures.request import FigureRequest
from inspector.figures.writing import write_whole
from inspector.severity import by_severity
from rnn.errors import InputError
from rnn.results import Inspection

INDEX = "figures.md"


@dataclass(frozen=True)
class Made:
    """One quantity: its name, verdict, the file's name (empty for none), and why there is none."""

    quantity: str
    verdict: str
    file: str
    why: str = ""


def quantities(result: Inspection) -> list[str]:
    """What is drawn, the worst first."""
    return [report.name for report in by_severity(result)]


def names_for(quantities: Iterable[str], suffix: str) -> dict[str, str]:
    """A file's name for every quantity, no two the same also where capitals make no difference."""
    found: dict[str, str] = {}
    taken = {INDEX}
    for quantity in quantities:
        stem, number = file_name(quantity), 1
        while f"{stem}{suffix}".lower() in taken:
            number += 1
            stem = f"{file_name(quantity)}_{number}"
        taken.add(f"{stem}{suffix}".lower())
        found[quantity] = f"{stem}{suffix}"
    return found


def save_all(
    source: Source | Inspection,
    request: FigureRequest,
    folder: Path,
    suffix: str,
    say: Say = silent,
    only: Sequence[str] = (),
) -> list[Path]:
    """Draw every quantity; each file is written whole or not at all, and those that are finished stay.

    Args:
        source: a result. request: how all of them look; its quantity is not looked at.
        folder: where to; made where it is not there. suffix: of the files. say: is told how far it is, may raise to cancel.
        only: quantities, where not all of them are meant.

    Returns:
        The figures' paths, then the index's.

    Raises:
        InputError: there is nothing to draw, or a file can't be written.
    """
    check_suffix(Path(f"figure{suffix}"))
    result = as_source(source).checked
    if "quantity" not in FIGURES[request.kind].options:
        raise InputError(f"a figure of the kind {request.kind!r} is not of one quantity, so there is one of them only")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} can't be made ({error.strerror or error}); choose another folder") from error
    made, names = [], names_for(only or quantities(result), suffix)
    for number, (quantity, name) in enumerate(names.items()):
        say(f"Drawing {quantity}", number / len(names))
        verdict = result.report(quantity).verdict
        try:
            _save(as_source(source), replace(request, quantity=quantity), folder / name)
            made.append(Made(quantity, verdict, name))
        except _NothingToDraw as error:
            made.append(Made(quantity, verdict, "", str(error)))
    if not any(one.file for one in made):
        raise InputError(f"nothing can be drawn: {made[0].why}" if made else "the result has no quantity")
    write_whole(folder / INDEX, _index(as_source(source), request, made, suffix).encode())
    return [folder / one.file for one in made if one.file] + [folder / INDEX]


class _NothingToDraw(Exception):
    """Why a quantity has no figure of the kind."""


def _save(source: Source, request: FigureRequest, path: Path) -> None:
    """As `save_figure`; a quantity that has no such figure is told apart from a file that can't be written."""
    try:
        drawing = drawing_of(source, request)
    except InputError as error:
        raise _NothingToDraw(str(error)) from error
    write_whole(path, printed(drawing, source, request, check_suffix(path)))


def _index(source: Source, request: FigureRequest, made: list[Made], suffix: str) -> str:
    """What every file shows, and the command that makes all of them again."""
    result = source.checked
    again = command(source, replace(request, quantity=""), "FOLDER/").replace(
        " -o ", f" --all --format {suffix[1:]} -o "
    )
    lines = [f"# {FIGURES[request.kind].title}: {_cell(result.case)}", "", _cell(result.headline), ""]
    lines += ["| quantity | verdict | file |", "|---|---|---|"]
    for one in made:
        shown = f"[{one.file}]({one.file})" if one.file else f"none: {_cell(one.why)}"
        lines.append(f"| {_cell(one.quantity)} | {one.verdict} | {shown} |")
    return "\n".join([*lines, "", "Made again by:", "", f"    {again}", ""])


def _cell(text: str) -> str:
    """A text that Markdown takes as it is."""
    plain = " ".join(text.split())
    return "".join("\\" + letter if letter in "\\`*_[]<>|#" else letter for letter in plain)
