"""A process for user code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rnn.jobs import JobRunner


@pytest.fixture(scope="module")
def runner() -> Iterator[JobRunner]:
    """Runs user code in a process of its own, as the program does."""
    with JobRunner() as found:
        yield found
