"""Which name of one file is which of the other."""

from __future__ import annotations

from typing import Any

import pytest

from rnn.filed.pairing import paired, parameter_of


@pytest.mark.parametrize(
    ("key", "parameter"),
    [
        ("dW_hh", "W_hh"),
        ("dWhh", "W_hh"),
        ("grad_Whh", "W_hh"),
        ("dcdWhh", "W_hh"),
        ("rnn.weight_hh_l0.grad", "W_hh"),
        ("module.model.rnn.weight_ih_l0.grad", "W_xh"),
        ("grads/W_xh", "W_xh"),
        ("['params']['cell']['recurrent_kernel']", "W_hh"),
        ("decoder.weight", "W_hy"),
        ("db", ""),
        ("bias_hh_l0", ""),
        ("U", ""),
    ],
)
def test_names_that_people_use(key: str, parameter: str) -> None:
    assert parameter_of(key) == parameter


@pytest.mark.parametrize(
    ("first", "second", "pairs"),
    [
        (["a", "b"], ["b", "a"], {"a": "a", "b": "b"}),
        (["dW_hh"], ["rnn.weight_hh_l0.grad"], {"dW_hh": "rnn.weight_hh_l0.grad"}),
        (["params/rnn/W"], ["grads.rnn.W"], {"params/rnn/W": "grads.rnn.W"}),
        (["enc.W", "dec.W"], ["dec.W.grad", "enc.W.grad"], {"enc.W": "enc.W.grad", "dec.W": "dec.W.grad"}),
        (["enc.W", "dec.W"], ["W"], {}),
        (["layer.bias"], ["other.bias"], {"layer.bias": "other.bias"}),
        (["dW_hh", "dWhh"], ["weight_hh_l0"], {}),
    ],
)
def test_pairs(first: Any, second: Any, pairs: dict[str, str]) -> None:
    """The strictest way to read a name decides; what may be two things is none."""
    found = paired(dict.fromkeys(first), dict.fromkeys(second))
    assert {one.first: one.second for one in found.pairs} == pairs
    assert set(found.only_first) == set(first) - set(pairs) and set(found.only_second) == set(second) - set(
        pairs.values()
    )
