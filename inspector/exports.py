"""What figures are drawn from: files that hold it, and what has to be made first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.figures.drawing import Say, Source
from inspector.figures.kinds import FIGURES, ITEMISED, MADE
from inspector.figures.request import FigureRequest
from rnn.container import MAGIC
from rnn.errors import InputError
from rnn.handwritten import BUILT_IN
from rnn.inspection import load_inspection
from rnn.results import Inspection

if TYPE_CHECKING:
    from rnn.beside import Beside
    from rnn.cases import Case
    from rnn.itemised import Itemised
    from rnn.jobs import JobRunner
    from rnn.recorder import Recording

NOT_RUN = "The code was not run, so only JAX is itemised."


def is_container(path: str | None) -> bool:
    """Whether a path is that of a file of the program's own: a result, a recording, an itemised matrix."""
    if path is None or not Path(path).is_file():
        return False
    with Path(path).open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def open_or_none(case: str | None) -> Inspection | None:
    """The result that a path holds, or None where it is no result file."""
    return load_inspection(Path(case)) if case is not None and is_container(case) else None


def source_or_none(case: str | None) -> Source | None:
    """What a path holds that figures are drawn from: a result, a recording, an itemised matrix; None where it is a case.

    Raises:
        InputError: it holds something else, or is damaged.
    """
    from rnn.itemised import load_itemised
    from rnn.recorder.journal import is_recording

    if case is None or not is_container(case):
        return None
    path = Path(case)
    with path.open("rb") as stream:
        start = stream.read(64)
    if is_recording(start):
        from rnn.recorder import Recording

        return Source(recording=Recording(path), given=case)
    with suppress(InputError):
        return Source(itemised=load_itemised(path), given=case)
    return Source(load_inspection(path), given=case)


def _need_problem(result: Inspection) -> None:
    """Raise `InputError` for two files of gradients that were compared without the problem they belong to."""
    if not result.has_problem:
        raise InputError(
            f"{result.case}: two files of gradients were compared, so there is no network to ask, which this figure needs; "
            "compare one of them with JAX on its weights and data (--weights, --data)"
        )


def _made(result: Inspection) -> Inspection:
    """A result with what is known of where its errors are made; its code is not run again."""
    from rnn.diagnose.made import made_findings, missing
    from rnn.element import problem_of

    if any(one.get("kind") == MADE for one in result.findings):
        return result
    _need_problem(result)
    stored = [name for name in result.arrays.names() if name.startswith("hand/")]
    values = {name.removeprefix("hand/"): result.arrays.read(name) for name in stored}
    problem = problem_of(result)
    found = made_findings(problem, values)
    if not found and result.verdict == "differ":
        why = missing(problem, problem.network.units[-1], values)
        raise InputError(why or "every step of dh is right, so no step makes an error of its own")
    return replace(result, findings=(*result.findings, *found))


def _itemised(result: Inspection, request: FigureRequest, case: Case | None, runner: JobRunner, say: Say) -> Itemised:
    """The itemised matrix; of code that may not be run only JAX's side."""
    from rnn.element import problem_of
    from rnn.itemised import itemised

    _need_problem(result)
    found = itemised(problem_of(result), case, runner, request.sample, request.at or 0, say)
    if case is None and result.case != BUILT_IN:
        # Without a case it is the program's own BPTT that was taken apart, which is not what was checked.
        note = " ".join(part for part in (found.note, NOT_RUN) if part)
        return replace(found, hand=None, difference=None, note=note)
    return found


def beside_of(recording: Recording, runner: JobRunner, say: Say) -> Beside | None:
    """JAX's values beside a recording; None where it is of no case, or of one that has changed."""
    from rnn import oracle
    from rnn.beside import make_beside
    from rnn.blame.quantities import Truth
    from rnn.whatif import recorded_case

    say("Asking JAX", None)
    try:
        case, problem = recorded_case(recording, runner)
        return make_beside(recording, Truth(problem, *oracle.reference(problem)), case, say=say)
    except InputError:
        return None


def _record(result: Inspection, case: Case | None, runner: JobRunner, folder: str, say: Say) -> Recording:
    from rnn.element import problem_of
    from rnn.recorder import Recording

    if case is None and result.case != BUILT_IN:
        raise InputError("a step is drawn from a recording; record the case with 'record CASE -o FILE' and give FILE")
    say("Recording", None)
    path = Path(folder) / "recording"
    runner.record(case, problem_of(result), path)
    return Recording(path)


@contextmanager
def gathered(
    source: Source, request: FigureRequest, case: Case | None, runner: JobRunner, say: Say
) -> Iterator[Source]:
    """The source with what the kind of figure needs besides; what was made for it is gone afterwards.

    Args:
        source: what there is. request: what is to be drawn.
        case: the user's code, which is run where that is needed; None where it may not be run, or is the built-in BPTT.
        runner: of that. say: is told what is being done, and may raise to cancel.

    Raises:
        InputError: it can't be had.
    """
    needs = FIGURES[request.kind].needs
    if needs == MADE and source.result is not None:
        yield replace(source, result=_made(source.result))
    elif needs == ITEMISED and source.itemised is None:
        yield replace(source, itemised=_itemised(source.checked, request, case, runner, say))
    elif request.of_recording or source.recording is not None:
        with _recorded(source, case, runner, say) as recorded:
            yield recorded
    else:
        yield source


@contextmanager
def _recorded(source: Source, case: Case | None, runner: JobRunner, say: Say) -> Iterator[Source]:
    """The source with a recording and JAX's values beside it."""
    if source.recording is not None:
        beside = source.beside or beside_of(source.recording, runner, say)
        yield replace(source, beside=beside)
        return
    with tempfile.TemporaryDirectory(prefix="bptt-figure-") as folder:
        recording = _record(source.checked, case, runner, folder, say)
        try:
            yield replace(source, recording=recording, beside=beside_of(recording, runner, say))
        finally:
            recording.close()
