"""FACTORS: what a gradient may be too large or too small by, of all gradients at once or of one parameter's."""

from __future__ import annotations

from .base import ANY, NETWORK, Entry

FACTORS: tuple[tuple[str, str, str, int], ...] = (
    ("sign", "the other sign", "-1", 0),
    ("doubled", "twice the right size", "2", 0),
    ("halved", "half of the right size", "1 / 2", 0),
    ("times-T", "T times too large: a sum over the steps where the loss is a mean", "n_steps", 0),
    ("over-T", "T times too small: a mean over the steps where the loss is a sum", "1 / n_steps", 0),
    ("times-B", "B times too large: a sum over the samples where the loss is a mean", "n_samples", 0),
    ("over-B", "B times too small: a mean over the samples where the loss is a sum", "1 / n_samples", 0),
    ("times-TB", "T B times too large: a sum where the loss is a mean", "n_steps * n_samples", 0),
    ("over-TB", "T B times too small: a mean where the loss is a sum", "1 / (n_steps * n_samples)", 0),
    ("times-K", "K times too large: the mean over the outputs is missing", "K", 1),
    ("over-K", "K times too small: a mean over the outputs where the loss is a sum", "1 / K", 1),
    ("two-over-K", "2/K of the right size: the slope of a mean over the outputs", "2 / K", 1),
    ("half-K", "K/2 times the right size: the factor 2/K of the mean squared error is missing", "K / 2", 1),
    ("half-TK", "T K / 2 times the right size: the factor 2/(T K) of the mean squared error is missing", "n_steps * K / 2", 1),
    ("half-TBK", "T B K / 2 times the right size: the mean squared error's factor 2/(T B K) is missing", "n_steps * n_samples * K / 2", 1),
    ("half-BK", "B K / 2 times the right size: the factor 2/(B K) of the mean squared error is missing", "n_samples * K / 2", 2),
    ("times-TK", "T K times too large", "n_steps * K", 2),
    ("over-TK", "T K times too small", "1 / (n_steps * K)", 2),
    ("times-BK", "B K times too large", "n_samples * K", 2),
    ("over-BK", "B K times too small", "1 / (n_samples * K)", 2),
    ("times-TBK", "T B K times too large", "n_steps * n_samples * K", 2),
    ("over-TBK", "T B K times too small", "1 / (n_steps * n_samples * K)", 2),
    ("over-H", "H times too small: a mean over the units", "1 / H", 2),
    ("times-H", "H times too large", "H", 3),
    ("over-D", "D times too small: a mean over the inputs", "1 / D", 3),
    ("over-T-1", "T - 1 times too small: a mean over one step too few", "1 / (n_steps - 1)", 2),
    ("over-T+1", "T + 1 times too small: a mean over one step too many", "1 / (n_steps + 1)", 3),
    ("TB-for-counted", "divided by all steps and samples where those that count are needed", "counted / (n_steps * n_samples)", 2),
    ("T-for-B", "divided by the number of steps where that of the samples is needed", "n_samples / n_steps", 2),
    ("B-for-T", "divided by the number of samples where that of the steps is needed", "n_steps / n_samples", 2),
    ("over-2B", "2 B times too small", "1 / (2 * n_samples)", 2),
    ("over-2T", "2 T times too small", "1 / (2 * n_steps)", 3),
    ("minus-two", "twice the right size with the other sign", "-2", 2),
    ("padding-not-counted", "divided by what counts, where all steps and samples do", "n_steps * n_samples / counted", 2),
    ("times-counted", "as much too large as steps and samples count in the loss: the mean is missing", "counted", 1),
    ("over-counted", "as much too small as steps and samples count in the loss: a mean for a sum", "1 / counted", 1),
)  # fmt: skip
"""(name, words, factor, rank); the factor is an expression of the sizes and of `counted`, the sum of the loss's weights."""


def _shown(factor: str) -> str:
    return factor.replace("n_steps", "T").replace("n_samples", "B")


def _all() -> tuple[Entry, ...]:
    found = []
    for name, words, factor, rank in FACTORS:
        found.append(Entry(f"scale-{name}", f"the gradient of the loss is {words}", f"dy = {_shown(factor)} dy",
                           {"dy": f"dloss * ({factor})"}, over=NETWORK, rank=rank))  # fmt: skip
        found.append(Entry(f"factor-{name}", f"{{shown}} is {words}", f"d{{P}} = {_shown(factor)} d{{P}}",
                           {"returned.{P}": f"made * ({factor})"}, over=ANY, rank=rank + 1))  # fmt: skip
    return tuple(found)


SCALES: tuple[Entry, ...] = _all()
"""Of the loss's gradient, and of single parameters'."""
