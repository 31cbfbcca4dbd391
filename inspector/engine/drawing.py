"""What the engine does about figures: draw one into a file, as a preview, or all quantities into a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from inspector.engine.work import Answered, Say
    from inspector.figures.drawing import Source
    from inspector.figures.request import FigureRequest
    from rnn.jobs import JobRunner


@contextmanager
def asked(request: Submit, runner: JobRunner, say: Say) -> Iterator[tuple[Source, FigureRequest]]:
    """What is to be drawn, and how; files are closed afterwards.

    `extra` has `request` (`FigureRequest` as JSON), and paths of what it is drawn from: `result`, `itemised`, `recording`,
    `beside`; `given`: what names the same on a command line, where the result does not say it; and `case`: the user's
    file, where its code may be run for what is not there.
    """
    from inspector.exports import gathered
    from inspector.figures.drawing import Source
    from inspector.figures.request import FigureRequest
    from rnn.beside import load_beside
    from rnn.cases import read_case
    from rnn.inspection import load_inspection
    from rnn.itemised import load_itemised
    from rnn.recorder import Recording

    paths = {name: str(request.extra.get(name) or "") for name in ("result", "itemised", "recording", "beside", "case")}
    wanted = FigureRequest.from_json(request.extra.get("request", {}))
    recording = Recording(Path(paths["recording"])) if paths["recording"] else None
    try:
        source = Source(
            load_inspection(Path(paths["result"])) if paths["result"] else None,
            load_itemised(Path(paths["itemised"])) if paths["itemised"] else None,
            recording,
            load_beside(Path(paths["beside"])) if recording is not None and paths["beside"] else None,
            str(request.extra.get("given") or ""),
        )
        case = read_case(Path(paths["case"])) if paths["case"] else None
        with gathered(source, wanted, case, runner, say) as whole:
            yield whole, wanted
    finally:
        if recording is not None:
            recording.close()


def figure(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Draw a figure to `path`, format by suffix; answers with the `command` that makes it again."""
    from inspector.figures.command import command
    from inspector.figures.render import save_figure

    path = Path(str(request.extra["path"]))
    with asked(request, runner, say) as (source, wanted):
        say("Drawing", None)
        save_figure(source, wanted, path, say)
        return str(path), {"command": command(source, wanted, path.name)}


def figure_preview(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """A PNG about `width_px` wide into the file `path`; answers with the `command`."""
    from inspector.figures.command import command
    from inspector.figures.render import preview
    from inspector.figures.writing import write_whole

    path = Path(str(request.extra["path"]))
    with asked(request, runner, say) as (source, wanted):
        say("Drawing", None)
        write_whole(path, preview(source, wanted, int(request.extra["width_px"])))
        return str(path), {"command": command(source, wanted)}


def figures_all(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Draw `quantities` (all where none are named) into `folder`, as files that end in `suffix`; answers with the `files`."""
    from inspector.figures.every import save_all

    folder = Path(str(request.extra["folder"]))
    with asked(request, runner, say) as (source, wanted):
        names = [str(name) for name in request.extra.get("quantities") or ()]
        made = save_all(source, wanted, folder, str(request.extra["suffix"]), say, names)
        return str(folder), {"files": [str(path) for path in made]}
