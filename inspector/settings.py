"""Memory: what the program remembers between starts (QSettings, in an ini file)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from inspector.records import METRICS, MODES, SCALES, THEMES, ViewState
from rnn.errors import InputError
from rnn.jobs.limits import GIB, SECONDS, limits_of
from rnn.settings import ProblemSettings

LAYOUT_VERSION = 5
"""Raised whenever docks are added or renamed; a layout of another version is ignored."""

MOST_RECENT, MOST_TRUSTED = 10, 500
MOST_CASES, MOST_BREAKPOINTS = 100, 200
MOST_ZOOM = 40


def _is_breakpoint(row: Any) -> bool:
    return isinstance(row, list) and [type(part) for part in row] == [str, bool, str]


class Memory:
    """Remembered settings. Everything read back is checked: the file may be old, edited or cut short.

    Attributes:
        trusted_now: paths of files that the user has agreed to run in this session; these are not remembered.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Uses an ini file of its own at `path`, or in the user's configuration folder."""
        self.trusted_now: set[str] = set()
        self._beside = path
        if path is None:
            name = "bptt-inspector"
            self._store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, name, name)
        else:
            self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def folder(self) -> Path:
        """The program's own folder, for what is kept between starts and is no setting."""
        if self._beside is not None:
            return self._beside.with_name(f"{self._beside.stem}-kept")
        base = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
        return Path(base) / "bptt-inspector"

    def _json(self, key: str, default: Any) -> Any:
        """The value under a key, `default` where there is none or of another type."""
        try:
            value = json.loads(str(self._store.value(key, "null")))
        except ValueError:
            return default
        return value if isinstance(value, type(default)) else default

    def _set_json(self, key: str, value: Any) -> None:
        self._store.setValue(key, json.dumps(value))

    def view(self) -> ViewState:
        """The view as it was left."""
        stored = self._json("view", {})
        allowed = {"metric": METRICS, "scale": SCALES, "theme": THEMES, "mode": MODES}
        kept: dict[str, Any] = {}
        for field in fields(ViewState):
            value, default = stored.get(field.name), field.default
            if isinstance(value, type(default)) and value in allowed.get(field.name, (value,)):
                kept[field.name] = value
        return ViewState(**kept)

    def set_view(self, view: ViewState) -> None:
        """Remember the view."""
        self._set_json("view", asdict(view))

    def problem(self) -> ProblemSettings:
        """The problem as it was left, the defaults where that can't be read."""
        try:
            return ProblemSettings.from_json(self._json("problem", {}))
        except (InputError, TypeError, ValueError):
            return ProblemSettings()

    def set_problem(self, settings: ProblemSettings) -> None:
        """Remember the problem."""
        self._set_json("problem", settings.to_json())

    def recent(self) -> tuple[str, ...]:
        """Recent files, newest first."""
        return tuple(path for path in self._json("recent", []) if isinstance(path, str))[:MOST_RECENT]

    def remember_file(self, path: str) -> None:
        """Put a file at the head of the recent ones."""
        absolute = str(Path(path).absolute())
        self._set_json("recent", [absolute, *(each for each in self.recent() if each != absolute)][:MOST_RECENT])

    def forget_recent(self) -> None:
        """Forget all recent files."""
        self._store.remove("recent")

    def trusts(self, digest: str) -> bool:
        """Whether the user has agreed to run code of this digest."""
        return digest in self._json("trusted", [])

    def trust(self, digest: str) -> None:
        """Remember that code of this digest may run."""
        self._set_json("trusted", [*self._json("trusted", [])[1 - MOST_TRUSTED :], digest])

    def trusted_count(self) -> int:
        """How many files the user has agreed to run."""
        return len(set(map(str, self._json("trusted", []))))

    def forget_trusted(self) -> None:
        """Ask again before any file of the user's is run."""
        self.trusted_now.clear()
        self._store.remove("trusted")

    def limits(self) -> tuple[float, float]:
        """Seconds and GiB that a run of the user's code may take."""
        stored = self._json("limits", [])
        try:
            seconds, gib = map(float, stored)
            limits_of(seconds, gib)
        except (InputError, TypeError, ValueError):
            return SECONDS, GIB
        return seconds, gib

    def set_limits(self, seconds: float, gib: float) -> None:
        """Remember how much a run of the user's code may take; raises `InputError` for what makes no sense."""
        limits_of(seconds, gib)
        self._set_json("limits", [seconds, gib])

    def run_on_save(self) -> bool:
        """Whether the user's file is run again when it is saved."""
        return bool(self._json("run_on_save", True))

    def set_run_on_save(self, wanted: bool) -> None:
        """Remember whether the user's file is run again when it is saved."""
        self._set_json("run_on_save", wanted)

    def breakpoints(self, case: str) -> list[tuple[str, bool, str]]:
        """Breakpoints of a case: (condition, whether it stops, expression to note); empty where none are remembered."""
        stored = self._json("breakpoints", {}).get(case)
        rows = stored if isinstance(stored, list) else []
        return [(row[0], row[1], row[2]) for row in rows if _is_breakpoint(row)][:MOST_BREAKPOINTS]

    def set_breakpoints(self, case: str, breakpoints: Sequence[tuple[str, bool, str]]) -> None:
        """Remember the breakpoints of a case; of many cases the one that was changed longest ago is forgotten."""
        stored = self._json("breakpoints", {})
        stored.pop(case, None)
        if breakpoints:
            stored[case] = [list(row) for row in breakpoints[:MOST_BREAKPOINTS]]
        self._set_json("breakpoints", dict(list(stored.items())[-MOST_CASES:]))

    def figure_look(self, kind: str) -> dict[str, Any]:
        """How figures of a kind were made last: fields of a `FigureRequest`, unchecked; empty where none was made."""
        stored = self._json("figures", {}).get(kind)
        return dict(stored) if isinstance(stored, dict) else {}

    def set_figure_look(self, kind: str, look: Mapping[str, Any]) -> None:
        """Remember how figures of a kind are made."""
        self._set_json("figures", {**self._json("figures", {}), kind: dict(look)})

    def source_zoom(self) -> int:
        """How many points the source's letters are larger than the other text's."""
        stored: int = self._json("source_zoom", 0)
        return max(-MOST_ZOOM, min(stored, MOST_ZOOM)) if type(stored) is int else 0

    def set_source_zoom(self, points: int) -> None:
        """Remember the size of the source's letters."""
        self._set_json("source_zoom", points)

    def tour_seen(self) -> bool:
        """Whether the tour has been shown."""
        return bool(self._json("tour_seen", False))

    def set_tour_seen(self, seen: bool) -> None:
        """Remember whether the tour has been shown."""
        self._set_json("tour_seen", seen)

    def play_speed(self) -> int:
        """Moves a second while a key is held, 0 where that was never chosen."""
        return int(self._json("play_speed", 0))

    def set_play_speed(self, speed: int) -> None:
        """Remember how fast a held key goes on."""
        self._set_json("play_speed", speed)

    def snapshot(self) -> dict[str, Any]:
        """Everything that is remembered, to be given to `restore`."""
        return {key: self._store.value(key) for key in self._store.allKeys()}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Remember exactly what a snapshot holds; an empty one forgets everything."""
        self._store.clear()
        self.trusted_now.clear()
        for key, value in snapshot.items():
            self._store.setValue(key, value)

    def layout(self) -> tuple[QByteArray, QByteArray] | None:
        """Geometry and state of the main window, None where there is none of this version."""
        if self._json("layout_version", 0) != LAYOUT_VERSION:
            return None
        geometry, state = self._store.value("geometry"), self._store.value("state")
        if not isinstance(geometry, QByteArray) or not isinstance(state, QByteArray):
            return None
        return geometry, state

    def set_layout(self, geometry: QByteArray, state: QByteArray) -> None:
        """Remember geometry and state of the main window."""
        self._set_json("layout_version", LAYOUT_VERSION)
        self._store.setValue("geometry", geometry)
        self._store.setValue("state", state)

    def forget_layout(self) -> None:
        """Back to the layout the program comes with."""
        for key in ("layout_version", "geometry", "state", "splitter_pictures", "splitter_code"):
            self._store.remove(key)

    def splitters(self) -> dict[str, QByteArray]:
        """States of the central splitters, by page."""
        found = {name: self._store.value(f"splitter_{name}") for name in ("pictures", "code")}
        return {name: state for name, state in found.items() if isinstance(state, QByteArray)}

    def set_splitters(self, states: Mapping[str, QByteArray]) -> None:
        """Remember the states of the central splitters."""
        for name, state in states.items():
            self._store.setValue(f"splitter_{name}", state)
