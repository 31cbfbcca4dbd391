"""The tour: where its card stands, and what keys and buttons do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QKeySequence, QRegion
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QPushButton, QSplitter, QWidget
from shiboken6 import isValid

from inspector import theme
from inspector.dialogs.callout import CARD_WIDTH, GAP, MARGIN, place_beside
from inspector.dialogs.tour import TEXTS, Stop, Tour, tour_stops

SMALLEST = QRect(0, 0, 1024, 640)


@pytest.fixture
def window(qtbot):
    """A window laid out like the real one, at its smallest: lists left and right, picture above trace between."""
    made = QMainWindow()
    qtbot.addWidget(made)
    centre = QWidget(made)
    row = QHBoxLayout(centre)
    made.parts = {name: QPushButton(name) for name in ("checks", "pictures", "trace", "cell")}
    made.splitter = QSplitter(Qt.Orientation.Vertical)
    made.splitter.addWidget(made.parts["pictures"])
    made.splitter.addWidget(made.parts["trace"])
    for name, width in (("checks", 200), ("cell", 284)):
        made.parts[name].setFixedWidth(width)
    for part in made.parts.values():
        part.setSizePolicy(part.sizePolicy().Policy.Expanding, part.sizePolicy().Policy.Expanding)
    for part in (made.parts["checks"], made.splitter, made.parts["cell"]):
        row.addWidget(part)
    made.setCentralWidget(centre)
    made.resize(SMALLEST.size())
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def arrived():
    return []


@pytest.fixture
def tour(window, arrived):
    stops = tour_stops({name: (lambda name=name: window.parts[name]) for name in TEXTS},
                       {name: (lambda name=name: arrived.append(name)) for name in TEXTS})
    made = Tour(window, stops)
    made.start()
    return made


def frame(tour, part):
    return QRect(part.mapTo(tour.parentWidget(), part.rect().topLeft()), part.size())


@given(st.integers(0, 1000), st.integers(0, 600), st.integers(1, 1024), st.integers(1, 640), st.integers(40, 300))
def test_the_card_is_inside_and_covers_nothing_where_a_side_has_room(x, y, width, height, card_height):
    target = QRect(x, y, width, height).intersected(SMALLEST)
    card = QSize(CARD_WIDTH, card_height)
    placed = QRect(place_beside(card, target, SMALLEST), card)
    assert SMALLEST.contains(placed)
    across, down = CARD_WIDTH + GAP + MARGIN, card_height + GAP + MARGIN
    room = (target.left() >= across or SMALLEST.width() - target.right() - 1 >= across
            or target.top() >= down or SMALLEST.height() - target.bottom() - 1 >= down)
    if room:
        assert not placed.intersects(target)


def test_every_stop_at_the_smallest_size(tour, window, arrived):
    for place, (name, words) in enumerate(TEXTS.items()):
        assert arrived[-1] == name
        assert (tour.card.title.text(), tour.card.text.text()) == words
        assert tour.card.count.text() == f"{place + 1} of 4"
        assert tour.rect().contains(tour.card.geometry())
        assert not tour.card.geometry().intersects(frame(tour, window.parts[name]))
        QApplication.processEvents()
        for label in (tour.card.title, tour.card.text):
            assert label.height() >= label.heightForWidth(label.width())
        tour.step(1)
    assert not tour.isVisible()


@pytest.mark.parametrize("forward", [Qt.Key.Key_Right, Qt.Key.Key_Return])
def test_keys(tour, qtbot, arrived, forward):
    qtbot.keyClick(tour.card.next, forward)
    qtbot.keyClick(tour.card.next, forward)
    qtbot.keyClick(tour.card.next, Qt.Key.Key_Left)
    assert arrived == ["checks", "pictures", "trace", "pictures"]
    with qtbot.waitSignal(tour.finished):
        qtbot.keyClick(tour.card.next, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(tour))


def test_escape_is_the_tours_before_it_is_the_windows(window, tour, qtbot):
    cancel, seen = QAction("Cancel", window), []
    cancel.setShortcut(QKeySequence("Esc"))
    cancel.triggered.connect(lambda: seen.append(1))
    window.addAction(cancel)
    window.activateWindow()
    qtbot.waitUntil(lambda: tour.card.next.hasFocus())
    qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(tour))
    assert seen == []


def test_back_at_the_first_stop_stays(tour, qtbot):
    assert not tour.card.back.isEnabled()
    qtbot.keyClick(tour.card.next, Qt.Key.Key_Left)
    assert tour.card.count.text() == "1 of 4" and tour.isVisible()


def test_buttons_and_the_end(tour, qtbot):
    for _ in range(3):
        qtbot.mouseClick(tour.card.next, Qt.MouseButton.LeftButton)
    assert tour.card.next.text().replace("&", "") == "Done"
    with qtbot.waitSignal(tour.finished):
        qtbot.mouseClick(tour.card.next, Qt.MouseButton.LeftButton)


def test_a_stop_that_cannot_be_seen_is_skipped(window, arrived):
    window.parts["pictures"].hide()
    tour = Tour(window, [*tour_stops({name: (lambda name=name: window.parts[name]) for name in TEXTS}),
                         Stop("Gone", "", lambda: None)])
    tour.start()
    tour.step(1)
    assert tour.card.title.text() == TEXTS["trace"][0]
    tour.step(-1)
    assert tour.card.title.text() == TEXTS["checks"][0]


def test_a_second_tour_ends_the_first(tour, window):
    with_one_stop = Tour(window, [Stop("Again", "", lambda: window.parts["cell"])])
    with_one_stop.start()
    assert not tour.isVisible() and with_one_stop.isVisible()


def test_no_stop_at_all_ends_at_once(window, qtbot):
    tour = Tour(window, [])
    with qtbot.waitSignal(tour.finished):
        tour.start()


def test_it_follows_the_window_and_the_splitter(tour, window, qtbot):
    tour.step(1)
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: tour.size() == window.size())
    window.splitter.setSizes([200, 500])
    qtbot.waitUntil(lambda: tour._ring == frame(tour, window.parts["pictures"]))
    assert not tour.card.geometry().intersects(frame(tour, window.parts["pictures"]))


def test_a_target_that_is_destroyed_harms_nothing(tour, window, qtbot):
    part = window.parts["checks"]
    part.deleteLater()
    qtbot.waitUntil(lambda: not isValid(part))
    window.resize(1100, 700)
    tour.step(1)
    assert tour.card.title.text() == TEXTS["pictures"][0]


class Opaque(QWidget):
    """Like a plot: Qt trusts it to fill itself, and so doesn't draw it anew with its parent."""

    def __init__(self, parent):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.drawn = QRegion()

    def paintEvent(self, event):
        self.drawn += event.region()


def test_what_the_ring_leaves_is_drawn_anew(tour, window, qtbot):
    part = window.parts["checks"]
    plot = Opaque(part)
    plot.setGeometry(part.rect())
    plot.show()
    edge = QRect(0, plot.height() // 2, 2, 2)
    qtbot.waitUntil(lambda: plot.drawn.intersects(QRect(50, 50, 2, 2)))
    QApplication.processEvents()
    plot.drawn = QRegion()
    tour.step(1)
    qtbot.waitUntil(lambda: plot.drawn.intersects(edge))


def test_what_lies_beneath_can_be_clicked(tour, window):
    middle = frame(tour, window.parts["checks"]).center()
    assert window.childAt(middle) is window.parts["checks"]
    assert tour.isAncestorOf(window.childAt(tour.card.mapTo(window, tour.card.rect().center())))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_it_can_be_read_in_both_themes(tour, qapp, name):
    before, old = qapp.styleSheet(), theme.current()
    try:
        theme.apply_theme(qapp, name)
        QApplication.processEvents()
        colours = theme.THEMES[name]
        assert colours.base in tour.card.styleSheet()
        assert theme.contrast_ratio(colours.text, colours.base) >= 4.5
        assert theme.contrast_ratio(colours.accent, colours.base) >= 3
    finally:
        theme.apply_theme(qapp, old.name)
        qapp.setStyleSheet(before)


def test_its_controls_are_named_and_big_enough(tour):
    for button in (tour.card.next, tour.card.back, tour.card.skip):
        assert button.text() and button.toolTip() and button.height() >= 24
    assert TEXTS["checks"][1] in tour.card.next.accessibleDescription()
    assert tour.card.accessibleName().startswith("Tour, 1 of 4")
