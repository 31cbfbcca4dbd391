"""What the engine does about figures: draw one into a file, and as a preview."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from inspector.engine.work import Answered, Say
    from inspector.figures.drawing import Source
    from inspector.figures.request import FigureRequest
    from rnn.jobs import JobRunner


def _asked(request: Submit) -> tuple[Source, FigureRequest]:
    """What is to be drawn, and how.

    `extra` has `result` (a result file) and `request` (`FigureRequest` as JSON), and `given`: what names the same on a
    command line, where the result does not say it.
    """
    from inspector.figures.drawing import Source
    from inspector.figures.request import FigureRequest
    from rnn.inspection import load_inspection

    extra = request.extra
    result = load_inspection(Path(str(extra["result"])))
    return Source(result, given=str(extra.get("given", ""))), FigureRequest.from_json(extra.get("request", {}))


def figure(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Draw a figure to `path`, format by suffix; answers with the `command` that makes it again."""
    from inspector.figures.command import command
    from inspector.figures.render import save_figure

    source, asked = _asked(request)
    path = Path(str(request.extra["path"]))
    say("Drawing", None)
    save_figure(source, asked, path)
    return str(path), {"command": command(source, asked, path.name)}


def figure_preview(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """A PNG about `width_px` wide into the file `path`; answers with `width` and `height` in inches and the `command`."""
    from inspector.figures.command import command
    from inspector.figures.render import preview
    from inspector.figures.writing import write_whole

    source, asked = _asked(request)
    path = Path(str(request.extra["path"]))
    write_whole(path, preview(source, asked, int(request.extra["width_px"])))
    found: dict[str, Any] = {"command": command(source, asked)}
    return str(path), found
