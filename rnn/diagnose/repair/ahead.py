"""Ahead: edits of the likeliest function and problems to verify on, made while the jobs that try edits still start."""

from __future__ import annotations

import ast
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from ...cases.edited import decoded
from ...errors import InputError
from ...jobs import JobRunner
from ..subject import Subject
from .code import Code
from .edits import Proposal, proposals
from .problems import VERIFIED, Fresh, fresh
from .rank import sites


class Codes:
    """The files of a program as they are, each with the edits of its functions once they were made; from any thread."""

    def __init__(self) -> None:
        """None is known yet."""
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._made: dict[ast.AST, tuple[Proposal, ...]] = {}

    def keep(self, file: str, text: str) -> Code:
        """A file as it is; raises what `ast.parse` does."""
        with self._lock:
            if file not in self._codes or self._codes[file].text != text:
                self._codes[file] = Code(file, text)
            return self._codes[file]

    def of(self, file: str, text: str) -> Code:
        """A file with some text: the one that is kept, where it has no other."""
        known = self._codes.get(file)
        return known if known is not None and known.text == text else Code(file, text)

    def edits(self, code: Code, function: ast.AST) -> Iterable[Proposal]:
        """All single edits of a function; those of a kept file are made once only."""
        with self._lock:
            if self._codes.get(code.file) is not code:
                return proposals(code, function)
            if function not in self._made:
                self._made[function] = tuple(proposals(code, function))
            return self._made[function]


class Later:
    """The problems on which repairs are verified, each made once; from any thread."""

    def __init__(self, subject: Subject) -> None:
        """Args: subject: what is repaired."""
        self._subject, self._lock, self._made = subject, threading.Lock(), dict[int, Fresh]()

    def problem(self, number: int) -> Fresh:
        """One of them; raises `InputError` where the case allows none."""
        with self._lock:
            if number not in self._made:
                self._made[number] = fresh(self._subject, number)
            return self._made[number]

    def all(self) -> Iterator[Fresh]:
        """One after the other."""
        return map(self.problem, range(len(VERIFIED)))


@contextmanager
def looked_ahead(subject: Subject) -> Iterator[tuple[Codes, Later]]:
    """What a search will need; the block begins at once, and the work goes on beside it.

    The edits are of the files that the case's last run had loaded.
    """
    codes, later, pool = Codes(), Later(subject), ThreadPoolExecutor(1, "ahead")
    try:
        pool.submit(_make, subject, codes)
        for number in range(len(VERIFIED)):
            pool.submit(later.problem, number)  # what it raises is raised again where the problem is wanted
        yield codes, later
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _make(subject: Subject, codes: Codes) -> None:
    """Read the files and make the edits that are tried first."""
    assert subject.case is not None
    path = str(subject.case.path.resolve())
    loaded = subject.runner.sources if isinstance(subject.runner, JobRunner) else ()
    try:
        known = [codes.keep(file, decoded(Path(file).read_bytes())) for file in dict.fromkeys([path, *loaded])]
    except (OSError, InputError, SyntaxError, ValueError):
        return  # the search reads them again and says what is the matter
    places = sites(known, subject.findings, path)
    for site in places:
        if site.place == places[0].place and site.lines is None:
            codes.edits(site.code, site.function)
