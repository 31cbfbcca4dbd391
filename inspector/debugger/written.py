"""Which arrays a step wrote, with other bits or the same: told from its source, and from what changed."""

from __future__ import annotations

from collections.abc import Sequence

from rnn.recorder import Recording
from rnn.recorder.changes import Change
from rnn.recorder.columns import columns_of
from rnn.recorder.regions import written_regions


def written_paths(recording: Recording, step: int, changed: Sequence[Change]) -> list[str]:
    """Paths of the arrays that a step wrote, as its call names them: first those that its source names as targets.

    Args:
        recording: to ask. step: number of the step. changed: what it changed, see `rnn.recorder.questions.changes`.
    """
    frame, columns, found = recording.step(step).frame, columns_of(recording), []
    for region in written_regions(recording, step):
        paths = [path for path, _ in columns.paths_of(region.storage, step, frame)]
        named = [path for path in paths if region.text.startswith(path)]
        found += (named or paths)[:1]
    return list(dict.fromkeys([*found, *(one.path for one in changed if one.frame == frame)]))
