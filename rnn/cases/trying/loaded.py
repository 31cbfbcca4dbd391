"""The user's program as it is loaded in this process: its files, its functions, and how to load it once more, edited."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from ...errors import InputError
from ..edited import Candidate, SourceEdit, decoded, edited_texts
from ..loading import execute, is_users, load, stamp_sources, stamps
from ..texts import standing_in
from ..user_problem import UserProblem
from .live import Key, Live, NeedsLoading, Patch, key_of
from .segments import Segments
from .state import State

AGAIN = "_case_tried"


def _users(module: ModuleType) -> bool:
    """Whether a module is the user's: of a file of theirs, or a package without one in a folder of theirs."""
    file = getattr(module, "__file__", None)
    places = [file] if isinstance(file, str) else [os.path.join(one, "") for one in getattr(module, "__path__", ())]
    return any(is_users(one) for one in places)


_others: dict[str, ModuleType] = {}
"""Modules by name that are not the user's: there are many, and these stay the same."""


def users_modules() -> dict[str, ModuleType]:
    """Loaded modules of the user's, by name."""
    found = {}
    for name, module in list(sys.modules.items()):
        if _others.get(name) is module:
            continue
        if isinstance(module, ModuleType) and name != "__main__" and _users(module):
            found[name] = module
        else:
            _others[name] = module
    return found


class Loading:
    """Watches which functions of the user's run while a module of theirs is loaded."""

    def __init__(self) -> None:
        """Nothing has run yet."""
        self.keys: set[Key] = set()
        self._depth = 0

    def _on_event(self, frame: FrameType, event: str, value: Any) -> None:
        code = frame.f_code
        if event in ("call", "return") and is_users(code.co_filename):
            if code.co_name == "<module>":
                self._depth += 1 if event == "call" else -1
            elif self._depth and event == "call":
                self.keys.add(key_of(code))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch while the block lasts."""
        sys.setprofile(self._on_event)
        try:
            yield
        finally:
            sys.setprofile(None)


class Running:
    """A way to call the program: `run(problem)` and the state that it starts from."""

    def __init__(self, run: Callable[[UserProblem], Any], state: State) -> None:
        """Args: as they are called."""
        self.run, self.state = run, state


class Program:
    """The user's program.

    Attributes:
        module: of the case. folder: it stands in. running: the program as it is. loading: what ran while it was loaded.
    """

    def __init__(self, path: Path, digest: str) -> None:
        """Load it; raises what the user's code does."""
        self._path, self.folder, self.loading = path, str(path.parent), Loading()
        with self.loading.watching():
            self.module = load(path, digest)
        self.running = Running(lambda problem: self.module.run(problem), State(is_users))
        self.keep_state()
        self._segments: dict[str, Segments] = {}
        self._live: Live | None = None
        self._texts: dict[str, str] = {}
        self._scripts: set[str] = set()
        self._early: set[str] = set()

    def keep_state(self) -> None:
        """Keep the state of the modules that are loaded and were not before."""
        self.running.state.keep(users_modules().values())

    def settle(self, opened: Mapping[str, bool]) -> None:
        """Take what is loaded now for all there is.

        Args: opened: Python files of the user's that were read, and whether that was while a module was loaded.
        """
        stamp_sources()
        files = dict.fromkeys([str(self._path), *stamps(), *opened])
        for file in files:
            try:
                self._texts[file] = decoded(Path(file).read_bytes())
            except (OSError, InputError):
                continue
        modules = {str(getattr(one, "__file__", "")) for one in users_modules().values()}
        self._scripts = {file for file in self._texts if file not in modules}
        self._early = {file for file, early in opened.items() if early and file in self._scripts}
        self._live = Live(is_users, self.loading.keys)

    @property
    def texts(self) -> Mapping[str, str]:
        """The text of every file of the user's that takes part, by path."""
        return self._texts

    @contextmanager
    def edited(self, candidate: Candidate) -> Iterator[tuple[list[Patch], dict[str, str]]]:
        """What a candidate needs: codes for live functions, and texts of scripts, which stand in while the block lasts.

        Raises:
            NeedsLoading: the modules have to be loaded again. SyntaxError, ValueError: it is no Python.
        """
        patches: list[Patch] = []
        scripts: list[SourceEdit] = []
        for file in dict.fromkeys(edit.file for edit in candidate):
            edits = [edit for edit in candidate if edit.file == file]
            if file in self._early:
                raise NeedsLoading
            if file in self._scripts or file not in self._texts:
                scripts += edits
            else:
                patches += self._patches(file, edits)
        texts = edited_texts(tuple(scripts), self._texts)
        with standing_in(texts):
            yield patches, texts

    def _patches(self, file: str, edits: list[SourceEdit]) -> list[Patch]:
        if file not in self._segments:
            self._segments[file] = Segments(self._texts[file], file)
        segments, found = self._segments[file], list[Patch]()
        touched = segments.touched(edits)
        if touched is None:
            raise NeedsLoading
        assert self._live is not None
        for number, inside in touched.items():
            old, new = segments.code(number), segments.edited(number, inside)
            found += self._live.patches(old, new, segments.above(number))
        return found

    @contextmanager
    def loaded_again(self, candidate: Candidate) -> Iterator[Callable[[], Running]]:
        """Gives what loads all of the user's modules anew, edited; the ones that were there are back after the block."""
        modules = users_modules()
        with standing_in(edited_texts(candidate, self._texts)):
            for name in modules:
                del sys.modules[name]
            try:
                yield self._again
            finally:
                for name in users_modules():
                    del sys.modules[name]
                sys.modules.update(modules)

    def _again(self) -> Running:
        module = execute(self._path, AGAIN)
        state = State(is_users)
        state.keep(users_modules().values())
        return Running(module.run, state)
