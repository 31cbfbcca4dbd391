"""The same steps on every version of Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.rnn.recorder import golden

ROOT = Path(__file__).parents[3]
EXPECTED = json.loads(Path(__file__).with_name("golden_steps.json").read_text())
VERSIONS = ("3.11", "3.12", "3.13")


@cache
def _interpreters() -> tuple[str, ...]:
    """All that are at hand: those named in BPTT_INSPECTOR_PYTHONS, those on the path, this one."""
    named = [one for one in os.environ.get("BPTT_INSPECTOR_PYTHONS", "").split(os.pathsep) if one]
    found = [shutil.which(f"python{version}") for version in VERSIONS]
    return tuple(dict.fromkeys([sys.executable, *named, *(one for one in found if one)]))


@cache
def _usable(version: str) -> str:
    """An interpreter of a version that has NumPy; empty where there is none."""
    script = "import sys, numpy; print('%d.%d' % sys.version_info[:2])"
    for one in _interpreters():
        run = subprocess.run([one, "-c", script], capture_output=True, text=True, cwd=ROOT)
        if run.returncode == 0 and run.stdout.strip() == version:
            return one
    return ""


@pytest.mark.parametrize("function", golden.FUNCTIONS, ids=lambda one: one.__name__)
def test_steps_are_the_golden_ones(function: Any) -> None:
    """Line, iteration, t, depth and flags of every step, and what the function returns."""
    assert EXPECTED[function.__name__] == json.loads(json.dumps(golden.steps(function)))


@pytest.mark.parametrize("version", VERSIONS)
def test_other_versions_give_the_same_steps(version: str) -> None:
    """In a process of their own."""
    python = _usable(version)
    if not python:
        pytest.skip(f"no Python {version} with NumPy at hand; name one in BPTT_INSPECTOR_PYTHONS")
    run = subprocess.run([python, "-m", golden.__name__], capture_output=True, text=True, cwd=ROOT, check=True)
    assert EXPECTED == json.loads(run.stdout)
