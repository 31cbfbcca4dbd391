"""The guide: every link, picture and key in it is there, and its window finds and goes."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QTextDocument
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton
from shiboken6 import isValid

from inspector import theme
from inspector.actions import ACTIONS
from inspector.dialogs import guide as guides
from inspector.dialogs import pages, reader, show_guide
from inspector.dialogs.pages import KEYS, LINK, PAGES, PICTURES, WIDGET_KEYS, page_text, title_of
from inspector.menus import key_text

FILES = sorted(pages.folder().glob("*.md"))
KEY = re.compile(r"`((?:(?:Ctrl|Alt|Shift)\+)+(?:F\d+|[A-Z][a-z]+|\S)|F\d+)`")


def raw(name):
    return pages.keys_page() if name == KEYS else (pages.folder() / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def guide(window):
    return show_guide(window)


def listed(guide):
    return [guide.list.item(row).text() for row in range(guide.list.count())]


def test_every_file_is_a_page_and_every_page_a_file():
    assert {path.stem for path in FILES} == set(PAGES) - {KEYS}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_and_picture_leads_somewhere(name):
    for mark, words, target in LINK.findall(raw(name)):
        assert words
        if mark:
            there = (pages.folder() / target).is_file()
            assert there or target.removeprefix("pictures/") in PICTURES
        elif not target.startswith("https://"):
            assert pages.page_of(target), target


def test_every_picture_is_shown_and_every_page_can_be_reached():
    links = [(mark, target) for name in PAGES for mark, _, target in LINK.findall(raw(name))]
    assert {target for mark, target in links if mark} == {f"pictures/{name}" for name in PICTURES}
    reached = {pages.page_of(target) for mark, target in links if not mark}
    assert {"pictures", "verdicts", "numbers", "time", "descent", "live", "many", "case", KEYS} <= reached


def portable(key):
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


@pytest.mark.parametrize("name", [name for name in PAGES if name != KEYS])
def test_every_key_in_the_text_is_a_key(name):
    known = {portable(key) for action in ACTIONS for _, key in action.shortcuts()}
    known |= {portable(key) for keys in WIDGET_KEYS for key in keys.split(", ")}
    assert {key for key in KEY.findall(raw(name)) if portable(key) not in known} == set()


def test_the_pattern_of_keys_finds_them():
    text = "`Ctrl+D` `Ctrl+,` `Ctrl+Shift+P` `F8` `Alt+Down` `Shift+F6` `Ctrl+0` `dW_hh` `]`"
    assert KEY.findall(text) == ["Ctrl+D", "Ctrl+,", "Ctrl+Shift+P", "F8", "Alt+Down", "Shift+F6", "Ctrl+0"]


def test_the_page_of_keys_holds_every_command_that_has_one(guide):
    guide.show_page(KEYS)
    shown = guide.reader.toPlainText()
    for action in ACTIONS:
        if action.shortcuts():
            assert key_text(action) in shown, action.id
            assert action.tip in shown, action.id


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_title_and_enough_to_read(name, guide):
    guide.show_page(name)
    assert title_of(page_text(name))
    assert len(guide.reader.toPlainText().split()) > 120
    assert title_of(page_text(name)) in guide.windowTitle()
    assert guide.list.currentItem().text() == title_of(page_text(name))


def test_a_missing_picture_becomes_its_words(monkeypatch, tmp_path):
    (tmp_path / "start.md").write_text("# A\n\n![the words](pictures/none.png)\n", encoding="utf-8")
    monkeypatch.setattr(pages, "folder", lambda: tmp_path)
    assert page_text("start") == "# A\n\n*(the words)*\n"


def test_an_unknown_page_is_refused_by_the_reader_and_opened_as_the_first_by_the_window(guide):
    with pytest.raises(KeyError):
        page_text("../README")
    guide.show_page("no such page")
    assert guide.page == PAGES[0]


def test_links_back_and_forward(guide, qtbot):
    guide.follow(QUrl("verdicts.md"))
    guide.follow(QUrl("case.md"))
    assert guide.page == "case"
    qtbot.mouseClick(guide.back, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(guide.back, Qt.MouseButton.LeftButton)
    assert guide.page == PAGES[0] and not guide.back.isEnabled()
    qtbot.mouseClick(guide.forward, Qt.MouseButton.LeftButton)
    assert guide.page == "verdicts" and guide.forward.isEnabled()
    guide.follow(QUrl("many.md"))
    assert not guide.forward.isEnabled()


def test_links_to_the_web_open_outside_and_nothing_else_does(guide, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    guide.follow(QUrl("https://docs.jax.dev/"))
    guide.follow(QUrl("file:///etc/hosts"))
    guide.follow(QUrl("../../secret.md"))
    assert opened == ["https://docs.jax.dev/"]
    assert guide.page == PAGES[0]


def test_search_lists_pages_marks_places_and_goes_on_to_the_next(guide, qtbot):
    qtbot.keyClicks(guide.search, "itemised")
    names = guide._names()
    assert 0 < len(names) < len(PAGES) and "time" in names
    assert all("itemised" in guides._words(name) for name in names)
    assert "found in" in guide.found.text()
    seen = []
    for _ in range(40):
        qtbot.keyClick(guide.search, Qt.Key.Key_Return)
        assert guide.reader.textCursor().selectedText().casefold() == "itemised"
        seen.append(guide.page)
    assert set(seen) == set(names)
    assert guide.reader.extraSelections()
    guide.search.clear()
    assert len(listed(guide)) == len(PAGES) and not guide.reader.extraSelections()


def test_a_search_for_nothing_that_is_there(guide, qtbot):
    qtbot.keyClicks(guide.search, "zzzzz")
    qtbot.keyClick(guide.search, Qt.Key.Key_Return)
    assert listed(guide) == [] and guide.found.text().startswith("0 found")


def test_zoom(guide, qtbot):
    before = guide.reader.font().pointSizeF()
    qtbot.mouseClick(guide.larger, Qt.MouseButton.LeftButton)
    assert guide.reader.font().pointSizeF() > before
    for _ in range(50):
        qtbot.mouseClick(guide.smaller, Qt.MouseButton.LeftButton)
    assert guide.reader.font().pointSizeF() >= 1
    guide._zoom_by(-guide._zoom)
    assert guide.reader.font().pointSizeF() == before


def test_an_open_guide_is_shown_again_and_escape_closes_it(window, guide, qtbot):
    assert show_guide(window, "case") is guide and guide.page == "case"
    assert not guide.isModal()
    qtbot.keyClick(guide, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(guide))


def test_another_theme_keeps_the_place(guide, qapp):
    before, old = qapp.styleSheet(), theme.current()
    try:
        guide.show_page("case")
        bar = guide.reader.verticalScrollBar()
        bar.setValue(bar.maximum() // 2)
        place = bar.value()
        theme.apply_theme(qapp, "dark" if old.name == "light" else "light")
        qapp.processEvents()
        assert place > 0 and abs(bar.value() - place) < 40
    finally:
        theme.apply_theme(qapp, old.name)
        qapp.setStyleSheet(before)


def test_every_control_is_named_and_big_enough(guide):
    for control in (*guide.findChildren(QPushButton), *guide.findChildren(QLineEdit), guide.list, guide.reader):
        assert control.accessibleName(), control
    assert all(guide.list.visualItemRect(guide.list.item(row)).height() >= 24 for row in range(guide.list.count()))
    assert all(button.height() >= 24 and button.toolTip() for button in guide.findChildren(QPushButton))


def test_pictures_come_from_the_guide_alone_and_fit_the_page(guide, monkeypatch, tmp_path):
    (tmp_path / "pictures").mkdir()
    wide = QImage(3000, 300, QImage.Format.Format_RGB32)
    wide.fill(Qt.GlobalColor.red)
    assert wide.save(str(tmp_path / "pictures" / "wide.png"))
    monkeypatch.setattr(reader, "folder", lambda: tmp_path)
    kind = QTextDocument.ResourceType.ImageResource.value
    loaded = guide.reader.loadResource(kind, QUrl("pictures/wide.png"))
    assert loaded.deviceIndependentSize().width() == reader.WIDEST_PICTURE
    assert loaded.pixelColor(5, 5) == Qt.GlobalColor.red
    assert guide.reader.loadResource(kind, QUrl((tmp_path / "pictures" / "wide.png").as_uri())) is None
    assert guide.reader.loadResource(kind, QUrl("https://pictures.example/wide.png")) is None
