"""What is remembered between starts: breakpoints of a case."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QSettings

from inspector.settings import MOST_BREAKPOINTS, MOST_CASES, Memory


def test_breakpoints_are_kept_by_case(settings_file):
    Memory(settings_file).set_breakpoints("a.py", [("line 3", True, ""), ("nan dh", False, "dh[0]")])
    Memory(settings_file).set_breakpoints("b, c = \u00fc.py", [("t == 1", True, "")])
    again = Memory(settings_file)
    assert again.breakpoints("a.py") == [("line 3", True, ""), ("nan dh", False, "dh[0]")]
    assert again.breakpoints("b, c = \u00fc.py") == [("t == 1", True, "")]
    assert again.breakpoints("other.py") == []


def test_breakpoints_that_are_removed_are_forgotten(settings_file):
    memory = Memory(settings_file)
    memory.set_breakpoints("a.py", [("line 3", True, "")])
    memory.set_breakpoints("a.py", [])
    assert Memory(settings_file).breakpoints("a.py") == []


def test_the_case_that_was_changed_longest_ago_is_forgotten(settings_file):
    memory = Memory(settings_file)
    for number in range(MOST_CASES):
        memory.set_breakpoints(f"{number}.py", [("raised", True, "")])
    memory.set_breakpoints("0.py", [("nan", True, "")])
    memory.set_breakpoints("new.py", [("raised", True, "")])
    kept = [bool(memory.breakpoints(f"{number}.py")) for number in range(3)]
    assert (kept, memory.breakpoints("0.py")) == ([True, False, True], [("nan", True, "")])


def test_of_very_many_breakpoints_the_first_are_kept(settings_file):
    memory = Memory(settings_file)
    memory.set_breakpoints("a.py", [(f"line {number}", True, "") for number in range(MOST_BREAKPOINTS + 5)])
    kept = memory.breakpoints("a.py")
    assert (len(kept), kept[-1]) == (MOST_BREAKPOINTS, (f"line {MOST_BREAKPOINTS - 1}", True, ""))


@pytest.mark.parametrize("stored", [3, [], {"a.py": 3}, {"a.py": [3, ["line 1"], ["line 1", 1, ""], [1, True, ""]]}])
def test_spoilt_breakpoints_are_left_out(settings_file, stored):
    store = QSettings(str(settings_file), QSettings.Format.IniFormat)
    store.setValue("breakpoints", json.dumps(stored))
    store.sync()
    memory = Memory(settings_file)
    assert memory.breakpoints("a.py") == []
    memory.set_breakpoints("a.py", [("nan", True, "")])
    assert memory.breakpoints("a.py") == [("nan", True, "")]
