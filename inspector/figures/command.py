"""The command line that makes the same figure again."""

from __future__ import annotations

from inspector.figures.drawing import Source, as_source, narrowed
from inspector.figures.request import FigureRequest
from inspector.figures.words import request_words
from inspector.reproduce import case_words, joined, recorded_words
from rnn.results import Inspection


def command(source: Source | Inspection, request: FigureRequest, output: str = "figure.pdf") -> str:
    """`bptt-inspector figure ...`, quoted for a shell; only what is not said anyway.

    Args:
        source: what the figure is drawn from. request: how. output: the file's name.
    """
    source = narrowed(as_source(source), request)
    if source.result is not None:
        subject = case_words(source.result, source.given)
    elif source.given or source.recording is None:
        subject = [source.given] if source.given else []
    else:
        subject = recorded_words(source.recording.tables.extra.get("case"))
    return joined(["bptt-inspector", "figure", *subject, *request_words(request), "-o", output])
