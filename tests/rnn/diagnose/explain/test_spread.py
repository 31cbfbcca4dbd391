"""Many sets of mistakes at once: the same ones fit, whoever evaluates them, and nothing is left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from itertools import combinations, islice

import numpy as np
import pytest

from rnn.build import build
from rnn.diagnose.explain import spread as module
from rnn.diagnose.explain.search import Search, State
from rnn.diagnose.explain.spread import Pool, Spread, fitting, packed, unpacked
from rnn.diagnose.explain.view import View
from rnn.diagnose.mistakes import Mistake, mistakes_of
from rnn.diagnose.reference import Reference
from rnn.settings import ProblemSettings


@pytest.fixture(scope="module")
def made() -> Mistake:
    """The mistake that the view has."""
    return next(one for one in mistakes_of(build(SETTINGS)) if one.id == "slope-missing-i")


SETTINGS = ProblemSettings(cell="lstm", steps=4, batch=2, inputs=3, hidden=2, outputs=3, h0="random", c0="random", seed=3)


@pytest.fixture(scope="module")
def view(made: Mistake) -> View:
    problem = build(SETTINGS)
    reference = Reference(problem)
    edits = dict(made.edits)
    values = {f"d{name}": np.array(reference.gradient(f"d{name}", edits)) for name in problem.parameters}
    return View(problem, values)


def _search(view: View, spread: Spread | None) -> Search:
    return Search(view, 2, lambda: None, time.monotonic() + 120, spread=spread)


def _sets(view: View) -> list[tuple[list[Mistake], ...]]:
    """All single mistakes, and some pairs."""
    singles = [([one],) for one in view.mistakes]
    pairs = [([one], [other]) for one, other in islice(combinations(view.mistakes, 2), 400)]
    return [*singles, *pairs]


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is to do, it is given out."""
    for name in ("MUCH_S", "LEAST_S", "LITTLE_S"):
        monkeypatch.setattr(module, name, 0.0)


class _Counting(ThreadPoolExecutor):
    """Counts what it is given."""

    given = 0

    def submit(self, *args, **more):  # type: ignore[no-untyped-def]
        self.given += 1
        return super().submit(*args, **more)


def test_an_executor_gives_what_is_found_here(view: View, made: Mistake, eager: None) -> None:
    part = next(one for one in view.failing({}))
    here = _search(view, None)._explaining(State(), part, _sets(view))
    with _Counting(2) as executor, Spread(executor) as spread:
        there = _search(view, spread)._explaining(State(), part, _sets(view))
        assert executor.given > 2
    assert there == here and any(one == ([made],) for one in here)


def test_processes_of_our_own_give_the_same_and_are_gone_afterwards(view: View, eager: None) -> None:
    part = next(one for one in view.failing({}))
    here = _search(view, None)._explaining(State(), part, _sets(view))
    with Spread(workers=2) as spread:
        assert not spread.is_worth(len(_sets(view)), 1, 1.0), "they have not started yet"
        pool = spread.pool
        assert pool is not None
        assert pool.executor.submit(os.getpid).result(60) != os.getpid()
        assert spread.is_worth(1000, 1, 1.0)
        assert _search(view, spread)._explaining(State(), part, _sets(view)) == here
        workers = list(pool.workers)
        assert workers and all(one.is_alive() for one in workers)
    while any(_there(one.pid) for one in workers):
        time.sleep(0.01)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(1)
    yield made
    made.kill()


def test_a_worker_loads_neither_jax_nor_the_program_that_started_it(view: View, pool: Pool) -> None:
    payload = packed(view)
    task = pool.executor.submit(fitting, "x", payload, view.parts[0], (), [()])
    assert task.result(60) == ([0] if view.fits(view.parts[0], {}) else [])
    loaded = set(pool.executor.submit(eval, "[*__import__('sys').modules]").result(60))
    assert "rnn.diagnose.explain.view" in loaded
    assert not {"jax", "jaxlib", "PySide6", "pytest"} & loaded


def test_where_a_worker_dies_the_rest_is_done_here(view: View, eager: None) -> None:
    part = next(one for one in view.failing({}))
    here = _search(view, None)._explaining(State(), part, _sets(view))
    with Spread(workers=2) as spread:
        assert not spread.is_worth(1000, 1, 1.0)
        assert spread.pool is not None
        assert spread.pool.executor.submit(os.getpid).result(60)
        for one in spread.pool.workers:
            one.kill()
            one.join()
        assert _search(view, spread)._explaining(State(), part, _sets(view)) == here
        assert not spread.is_worth(1000, 1, 100.0), "no other processes are started"


def test_a_tick_that_raises_ends_the_processes(view: View, eager: None) -> None:
    part = next(one for one in view.failing({}))
    sets = [dict(one.edits) for one in view.mistakes] * 300
    spread = Spread(workers=2)

    def tick(more: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), spread:
        assert not spread.is_worth(1000, 1, 1.0)
        assert spread.pool is not None
        workers = spread.pool.workers
        list(spread.fitting(view, part, {}, sets, 1e-3, tick))
    assert spread.pool is None
    while any(_there(one.pid) for one in workers):  # a thread of the executor's may be just about to see them off
        time.sleep(0.01)


def _there(pid: int | None) -> bool:
    """Whether a process is there; the executor's own thread may have taken its end before anybody asks for it."""
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_pool_at_a_time(eager: None) -> None:
    with Spread(workers=2) as first, Spread(workers=2) as second:
        first.is_worth(1000, 1, 1.0)
        second.is_worth(1000, 1, 1.0)
        assert first.pool is not None and second.pool is None


def test_little_work_starts_nothing(view: View) -> None:
    with Spread(workers=2) as spread:
        assert not spread.is_worth(10, 10, 0.1)
        assert spread.pool is None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_is_sent_is_the_same_view(dtype: str) -> None:
    problem = build(SETTINGS).cast(dtype)
    reference = Reference(problem)
    view = View(problem, {name: reference.gradient(name, {}) * 1.5 for name in ("dW_hh", "db_h", "dW_hy")})
    again = unpacked(packed(view))
    assert again.parts == view.parts and again.limit == view.limit and again.problem.settings == problem.settings
    assert [again.residual(part, {}) for part in again.parts] == [view.residual(part, {}) for part in view.parts]


def test_what_an_executor_raises_is_raised(view: View, eager: None) -> None:
    class Broken(Executor):
        def submit(self, *args, **more):  # type: ignore[no-untyped-def]
            raise ConnectionError("the cluster is gone")

    part = next(one for one in view.failing({}))
    with Spread(Broken()) as spread, pytest.raises(ConnectionError):
        _search(view, spread)._explaining(State(), part, _sets(view))
