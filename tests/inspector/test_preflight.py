"""What would make Qt abort is found out before, and said in one sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from inspector.launch import python_command
from inspector.preflight import PACKAGES, display_refusal, library_sentence, version_refusal

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays are named by variables on Linux only")


@pytest.mark.parametrize("version", ["6.11.0", "6.11.1", "6.12.0", "6.10.2", "6.5.3", "6.11.0.1"])
def test_a_bad_version_is_refused_with_what_to_install(version):
    said = version_refusal(version)
    assert version in said
    assert "pip install" in said


@pytest.mark.parametrize("version", ["6.10.3", "6.11.2", "6.11.3", "6.12.1", "6.13.0", "7.0.0"])
def test_a_good_version_is_not(version):
    assert version_refusal(version) == ""


@pytest.mark.parametrize(("library", "package"), [("libEGL.so.1", "libegl1"), ("libxcb-cursor.so.0", "libxcb-cursor0")])
def test_a_missing_library_is_named_with_its_package(library, package):
    said = library_sentence(f"{library}: cannot open shared object file: No such file or directory")
    assert library in said
    assert f"apt install {package}" in said


def test_an_unknown_library_is_named_too():
    assert "libodd.so.3" in library_sentence("libodd.so.3: cannot open shared object file")


YES = lambda *_: True  # noqa: E731
NO = lambda *_: False  # noqa: E731


@pytest.mark.parametrize(("environment", "x", "wayland", "refused"), [
    ({}, YES, YES, "no display"),
    ({"DISPLAY": ":1"}, YES, NO, ""),
    ({"DISPLAY": ":1"}, NO, NO, "the display :1 doesn't answer"),
    ({"WAYLAND_DISPLAY": "wayland-0"}, NO, YES, ""),
    ({"WAYLAND_DISPLAY": "wayland-0"}, NO, NO, "the Wayland display wayland-0"),
    ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":1"}, YES, NO, ""),
    ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":1", "QT_QPA_PLATFORM": "wayland"}, YES, NO, "the Wayland display"),
    ({"WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, YES, YES, "doesn't answer"),
    ({"QT_QPA_PLATFORM": "offscreen"}, NO, NO, ""),
    ({"QT_QPA_PLATFORM": "minimal:x=1"}, NO, NO, ""),
])
def test_displays(environment, x, wayland, refused):
    said = display_refusal(environment, x, wayland, YES)
    assert refused in said
    assert bool(said) == bool(refused)


@pytest.mark.parametrize("missing", sorted(name for name in PACKAGES if name.startswith("libxcb-")))
def test_a_library_of_the_window_system_is_missing(missing):
    said = display_refusal({"DISPLAY": ":1"}, YES, NO, lambda library: library != missing)
    assert missing in said
    assert PACKAGES[missing] in said


def start(environment, before=""):
    command = python_command(before + "from inspector.app import main; sys.exit(main([]))")
    unset = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(command, env=kept | environment, capture_output=True, text=True, timeout=60)


@LINUX
@pytest.mark.parametrize("environment", [
    {}, {"DISPLAY": ":4711"}, {"DISPLAY": "nonsense"}, {"WAYLAND_DISPLAY": "nowhere"}, {"QT_QPA_PLATFORM": "xcb"},
    {"QT_QPA_PLATFORM": "nonsense"},
])
def test_without_a_display_there_is_one_sentence_and_exit_code_2(environment):
    finished = start(environment)
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr.startswith("bptt-inspector: ")
    assert finished.stderr.count("\n") == 1


WITHOUT_EGL = """
class Lacking:
    def find_spec(self, name, *rest):
        if name == "PySide6.QtWidgets":
            raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
sys.meta_path.insert(0, Lacking())
"""


def test_a_library_that_qt_itself_lacks_is_one_sentence_too():
    finished = start({"QT_QPA_PLATFORM": "offscreen"}, WITHOUT_EGL)
    assert finished.returncode == 2
    assert finished.stderr.count("\n") == 1
    assert "libEGL.so.1" in finished.stderr
    assert "libegl1" in finished.stderr
