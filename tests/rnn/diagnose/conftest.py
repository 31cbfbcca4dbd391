"""Of the slowest tables of diagnosis every third row is tested each time; `python -m pytest -m whole` tests the rest."""

from __future__ import annotations

import pytest

SAMPLED = ("minimal/", "test_heldout.py", "repair/test_corpus", "repair/test_repair", "test_laws.py", "repair/test_search")
"""Tests that begin so are sampled."""

EVERY = 3


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is not in the sample; tests without parameters always are."""
    rows = [
        item
        for item in items
        if "[" in item.name and "/rnn/diagnose/" in (path := item.path.as_posix()) and path.split("/rnn/diagnose/")[1].startswith(SAMPLED)
    ]
    for number, item in enumerate(rows):
        if number % EVERY:
            item.add_marker(pytest.mark.whole)
