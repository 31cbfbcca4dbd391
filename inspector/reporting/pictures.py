"""Which figures a report has, and their drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inspector.figures.render import file_name, render
from inspector.figures.request import FigureRequest
from inspector.reporting.document import Picture
from inspector.severity import worst_gradient
from rnn.errors import InputError
from rnn.results import Inspection

DPI = 200

Told = Callable[[str, float | None], None]


def requests_of(result: Inspection) -> list[tuple[str, FigureRequest]]:
    """Captions and requests: the worst parameter, what goes wrong first, and the sizes over the steps."""
    first, second = result.side_names
    worst, divergence = worst_gradient(result), result.first_divergence
    shown = [(worst.name, 0)] if worst is not None else []
    if divergence is not None and divergence.quantity not in (name for name, _ in shown):
        shown.append((divergence.quantity, divergence.index[0] if len(divergence.index) == 2 else 0))
    base, found = FigureRequest(dpi=DPI), []
    for name, sample in shown:
        report = result.report(name)
        of = f", sample {sample}" if len(report.shape) == 3 and report.shape[1] > 1 else ""
        caption = f"{name}{of}: {first}, {second} and their difference. {report.verdict}."
        found.append((caption, replace(base, quantity=name, sample=sample)))
    stepwise = divergence.quantity if divergence is not None else next((one.name for one in result.intermediates), "")
    if stepwise:
        caption = f"Size of {stepwise} at every step: {first} and {second}."
        found.append((caption, replace(base, kind="traces", quantity=stepwise)))
    return found


def pictures_of(result: Inspection, say: Told) -> list[Picture]:
    """The figures of a result; what can't be drawn (another shape, nothing per step) is left out."""
    made: list[Picture] = []
    wanted = requests_of(result)
    for number, (caption, request) in enumerate(wanted):
        say(f"Drawing {request.quantity}", 0.5 + 0.4 * number / len(wanted))
        try:
            data = render(result, request, ".png")
        except InputError:
            continue
        made.append(Picture(f"{number + 1}_{file_name(request.quantity)}_{request.kind}.png", caption, data))
    return made
