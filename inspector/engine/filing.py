"""What the engine does with files of gradients, and about reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from inspector.engine.work import Answered, Say
    from rnn.jobs import JobRunner


def compare(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Compare `first` with `second`, files of gradients; with JAX on the problem of the settings where there is no second."""
    from rnn.filed import compare_files
    from rnn.given import inspect_given
    from rnn.saving import save_inspection
    from rnn.settings import ProblemSettings

    extra = request.extra
    first, target = Path(str(extra["first"])), Path(str(extra["path"]))
    if extra.get("second"):
        result = compare_files(first, Path(str(extra["second"])), runner, say)
    else:
        result = inspect_given(first, ProblemSettings.from_json(dict(request.settings)), runner, say)
    say("Storing the result", None)
    save_inspection(result, target)
    return str(target), {}


def report(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Write a report of a result file to `path`, with the `findings` and `remarks` of the window; answers with what was written.

    `given` is the case file, `gradients` are files that were compared: a command line names them, and they are hashed.
    """
    from inspector.reporting.making import write_report
    from inspector.reproduce import case_words, compare_words, joined
    from rnn.causes import with_told
    from rnn.saving import load_inspection

    extra = request.extra
    result = load_inspection(Path(str(extra["result"])))
    result = with_told(result, extra.get("findings", ()), map(str, extra.get("remarks", ())))
    given, gradients = str(extra.get("given", "")), [str(one) for one in extra.get("gradients", ())]
    command = ""  # of a saved comparison nobody knows where the files are
    if gradients:
        command = joined(["bptt-inspector", "compare", *compare_words(result, gradients)])
    elif not result.labels:
        command = joined(["bptt-inspector", "check", *case_words(result, given)])
    files = [Path(one) for one in gradients or [given] if one]
    path = Path(str(extra["path"]))
    written = write_report(result, path, command, files, say=say)
    return str(path), {"files": [str(one) for one in written]}
