"""A triptych beside a bare matplotlib script that draws the same three images with colour bars, into the same format."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np

from inspector.figures.render import render
from inspector.figures.request import FigureRequest
from rnn.arrays import AnyArray
from rnn.container import MemoryArrays
from rnn.results import Inspection, QuantityReport
from rnn.settings import ProblemSettings
from tests.bench.measure import Claim, compare

SIZES = ((64, 11), (512, 9), (4096, 3))
"""Rows and columns of the matrices, and how often each is drawn."""

BOUND = 1.2


def _result(hand: AnyArray, reference: AnyArray) -> Inspection:
    report = QuantityReport("dW_hh", "parameter", hand.shape, hand.shape, "differs", floor=1e-12, ratio=1e9)
    return Inspection(
        verdict="differ", headline="", case="bench", problem={"seed": 0, "dtype": "float64"},
        settings=ProblemSettings().to_json(), parameters=(report,), intermediates=(), first_divergence=None,
        arrays=MemoryArrays({"hand/dW_hh": hand, "reference/dW_hh": reference}),
    )  # fmt: skip


def bare(hand: AnyArray, reference: AnyArray, suffix: str) -> bytes:
    """What a script does that its author wrote in five minutes: three images, three colour bars, titles, 300 dots an inch."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"pdf.fonttype": 42, "svg.fonttype": "none", "font.size": 8}):
        figure = Figure(figsize=(7.0, 2.2))
        axes = figure.subplots(1, 3)
        both = float(np.abs(reference).max())
        difference = hand - reference
        ranges = both, both, float(np.abs(difference).max())
        for one, name, values, bound in zip(
            axes, ("hand", "JAX", "hand - JAX"), (hand, reference, difference), ranges, strict=True
        ):
            image = one.imshow(values, cmap="RdBu_r", vmin=-bound, vmax=bound, interpolation="nearest")
            figure.colorbar(image, ax=one)
            one.set_title(name)
            one.set_xlabel("hidden unit")
        target = io.BytesIO()
        figure.savefig(target, format=suffix[1:], dpi=300)
    return target.getvalue()


def claims() -> Iterator[Claim]:
    """The claims about figures."""
    rng = np.random.default_rng(0)
    for size, repeats in SIZES:
        reference = rng.normal(size=(size, size))
        hand = reference + 1e-6 * rng.normal(size=(size, size))
        result = _result(hand, reference)
        for suffix in (".png", ".pdf", ".svg"):
            request = FigureRequest()
            render(result, request, suffix), bare(hand, reference, suffix)  # fonts are found, modules imported
            yield compare(
                f"a triptych of {size} x {size} as {suffix}, beside a bare matplotlib script", BOUND,
                lambda suffix=suffix, result=result, request=request: render(result, request, suffix),  # type: ignore[misc]
                lambda suffix=suffix, hand=hand, reference=reference: bare(hand, reference, suffix),  # type: ignore[misc]
                repeats,
            )  # fmt: skip
