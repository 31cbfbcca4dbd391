"""Parsing in several threads at once, which Python 3.11 by itself can't."""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rnn.parsing import literal, parse_eval, parse_module

TEXT = (Path(__file__).parents[2] / "rnn" / "recorder" / "capture.py").read_text(encoding="utf-8")


@pytest.fixture
def restless() -> Iterator[None]:
    """Python code runs in the middle of making trees, and threads change places there."""
    before, threshold = sys.getswitchinterval(), gc.get_threshold()

    def busy(*_: object) -> None:
        sum(range(50))

    sys.setswitchinterval(1e-6)
    gc.callbacks.append(busy)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*threshold)
    gc.callbacks.remove(busy)
    sys.setswitchinterval(before)


def test_many_threads_parse_at_once(restless: None) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: len(parse_module(TEXT).body), range(150)))
    assert set(found) == {len(ast.parse(TEXT).body)}


def test_expressions_and_literals() -> None:
    assert ast.unparse(parse_eval("a[ 3 ]")) == "a[3]"
    assert literal("(1, 'x')") == (1, "x")
    with pytest.raises(SyntaxError):
        parse_eval("a +")
    with pytest.raises(ValueError, match="malformed"):
        literal("a()")
