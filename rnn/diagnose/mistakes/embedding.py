"""Mistakes with embedded tokens: rows that lose repeated tokens, rows of other tokens, other deltas."""

from __future__ import annotations

import numpy as np

from ...problem import Problem
from .base import EMBEDDING, INPUT, Entry


def _of(id: str, sentence: str, formula: str, kind: str, text: str, rank: int = 1) -> Entry:
    return Entry(id, sentence, formula, {f"{kind}.{{P}}": text}, over=EMBEDDING, rank=rank)


def _tokens(problem: Problem) -> bool:
    """Whether the first layer sees one-hot rows, so that a row of W_xh is looked up for each token."""
    x = np.asarray(problem.x)
    return not problem.network.embedding and bool((x.sum(-1) == 1).all() and np.isin(x, (0, 1)).all())


def _looked_up(id: str, sentence: str, formula: str, text: str, rank: int = 1) -> Entry:
    return Entry(f"{id}-of-input", sentence, formula, {"left.{P}*": text}, over=INPUT, rank=rank, needs=_tokens)


EMBEDDINGS: tuple[Entry, ...] = (
    _looked_up("tokens-last-of-first-step", "{shown} is overwritten at every step: of repeated tokens the first step's is left",
               "d{P}[ids_t] = da_t", "last_of_first(x)", 0),
    _of("tokens-last-of-first-step", "{shown} is overwritten at every step: of repeated tokens the first step's is left",
        "dW_e[ids_t] = de_t", "left", "last_of_first(x)", 0),
    _of("tokens-of-next-step-wraps", "{shown} adds to the rows of the next step's tokens, at the last step of the first's",
        "dW_e[id_{t+1}] += de_t", "left", "np.roll(x, -1, 0)"),
    _of("tokens-of-step-before", "{shown} adds to the rows of the tokens of the step before", "dW_e[id_{t-1}] += de_t", "left",
        "shift(x, -1)"),
    _of("tokens-of-step-before-wraps", "{shown} adds to the rows of the tokens of the step before, at the first step of the last's",
        "dW_e[id_{t-1}] += de_t", "left", "np.roll(x, 1, 0)"),
    _of("tokens-reversed", "{shown} adds to the rows of the tokens in reverse order", "dW_e[id_{T-1-t}] += de_t", "left", "x[::-1]"),
    _of("tokens-of-target", "{shown} adds to the rows of the target's tokens", "dW_e[target_t] += de_t", "left", "target"),
    _of("embedding-delta-of-next-step", "{shown} is fed the gradient of the next step", "dW_e from de_{t+1}", "delta", "shift(de, 1)", 2),
    _of("embedding-delta-reversed", "{shown} is fed the gradients in reverse order", "dW_e from de_{T-1-t}", "delta", "de[::-1]"),
    _of("embedding-forward-value", "{shown} is fed the embedded rows themselves, not their gradient", "dW_e from e_t", "delta",
        "rows(x, W_e)", 2),
)  # fmt: skip
"""Of an embedding."""
