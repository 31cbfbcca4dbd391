"""About: every library has a line, and a licence is what its metadata say."""

from __future__ import annotations

import re
import tomllib
from email.message import Message
from importlib.metadata import version
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QPlainTextEdit, QPushButton, QTableWidget, QTabWidget
from shiboken6 import isValid

from inspector.dialogs import licences, show_about
from inspector.versions import version_lines

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    return made


def headers(*pairs):
    made = Message()
    for key, value in pairs:
        made[key] = value
    return made


@pytest.mark.parametrize("pairs, expected", [
    ((("License-Expression", "MIT"), ("License", "other")), "MIT"),
    ((("License", "Apache-2.0"), ("Classifier", "License :: OSI Approved :: X")), "Apache-2.0"),
    ((("License", "A whole text\nof many lines"), ("Classifier", "License :: OSI Approved :: BSD License")),
     "BSD License"),
    ((("Classifier", "Programming Language :: Python"),), "not declared"),
])
def test_licence_is_the_first_that_is_declared(pairs, expected):
    assert licences.licence_of(headers(*pairs)) == expected


@pytest.mark.parametrize("pairs, expected", [
    ((("Home-page", "https://a.example"),), "https://a.example"),
    ((("Project-URL", "Source, https://s.example"), ("Project-URL", "Homepage, https://h.example")),
     "https://h.example"),
    ((), ""),
])
def test_home_page(pairs, expected):
    assert licences.home_of(headers(*pairs)) == expected


def test_every_declared_library_is_listed_with_what_it_needs():
    found = {each.name.lower().replace("_", "-"): each for each in licences.libraries()}
    declared = {re.match(r"[\w.-]+", each).group().lower().replace("_", "-") for each in PROJECT["dependencies"]}
    assert declared <= set(found)
    assert {"jaxlib", "shiboken6"} <= set(found)  # needed by what is declared
    assert found["numpy"].version == version("numpy")
    assert all(each.licence != licences.NOT_DECLARED for each in found.values())
    assert "pytest" not in found


def test_our_own_licence_is_the_projects():
    assert licences.our_licence() == PROJECT["license"]


def test_without_a_declaration_it_says_so(monkeypatch):
    monkeypatch.setattr(licences, "_project", lambda: {})
    monkeypatch.setattr(licences, "OURS", "a-distribution-that-is-not-there")
    assert licences.our_licence() == "no licence is declared"
    assert licences.libraries() == []


def test_the_window_shows_both_and_copies(window, qtbot):
    dialog = show_about(window)
    tabs = dialog.findChild(QTabWidget)
    assert [tabs.tabText(i).replace("&", "") for i in range(tabs.count())] == ["Versions", "Licences"]
    copy = next(b for b in dialog.findChildren(QPushButton) if "Copy" in b.text())
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().splitlines() == version_lines()
    table = dialog.findChild(QTableWidget)
    assert table.rowCount() == len(licences.libraries())
    assert table.accessibleName() and dialog.findChild(QPlainTextEdit).accessibleName()
    assert not dialog.isModal()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(dialog))
