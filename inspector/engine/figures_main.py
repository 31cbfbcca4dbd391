"""The process that draws: as the engine, but only for figures, so that no long search of the engine's keeps a preview waiting."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.engine.drawing import asked, figure, figure_preview, figures_all
from inspector.engine.main import run

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from inspector.engine.work import Answered, Handler, Say
    from rnn.arrays import AnyArray
    from rnn.jobs import JobRunner

NAME = "figure"
TABLE = ".tsv"
MOST_COPIED = 1_000_000
"""Numbers; a clipboard with more is of no use to anybody."""


def table_text(numbers: Mapping[str, AnyArray]) -> str:
    """Arrays as a spreadsheet takes them: each under its name, a matrix as rows, tab-separated, with all digits.

    Raises:
        InputError: there are too many numbers.
    """
    from inspector.picture.matrix import rows_of
    from rnn.errors import InputError

    entries = sum(array.size for array in numbers.values())
    if entries > MOST_COPIED:
        raise InputError(f"{entries:,} numbers are too many for the clipboard; export them as .npz")
    parts = []
    for name, array in numbers.items():
        rows = rows_of(array).tolist() if array.size else []
        parts.append("\n".join([name, *("\t".join(map(repr, row)) for row in rows)]))
    return "\n\n".join(parts) + "\n"


def figure_copies(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Write a figure into `folder` in every format of `suffixes`, `.tsv` for its numbers; answers with `files` by suffix."""
    from inspector.figures.render import check_suffix, drawing_of, printed
    from inspector.figures.writing import write_whole

    files: dict[str, Any] = {}
    with asked(request, runner, say) as (source, wanted):
        say("Drawing for the clipboard", None)
        drawing = drawing_of(source, wanted)
        for suffix in map(str, request.extra["suffixes"]):
            path = Path(str(request.extra["folder"])) / f"{NAME}{suffix}"
            say("Drawing for the clipboard", None)
            if suffix == TABLE:
                write_whole(path, table_text(drawing.numbers).encode())
            else:
                write_whole(path, printed(drawing, source, wanted, check_suffix(path), say))
            files[suffix] = str(path)
    return "", {"files": files}


HANDLERS: dict[str, Handler] = {each.__name__: each for each in (figure, figure_preview, figure_copies, figures_all)}


def warm_up() -> None:
    """Import what the first figure needs, and let the fonts be found."""
    from inspector.figures.kinds import FIGURES
    from inspector.figures.style import width_of

    assert FIGURES
    width_of("0", 8.0)


def main() -> None:
    """Draw until the window is gone."""
    try:
        run(HANDLERS, warm_up)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(0)


if __name__ == "__main__":
    main()
