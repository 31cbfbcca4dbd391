"""The table of actions: every command once, no key twice within a scope, everything explained."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from inspector.actions import ACTIONS, HEATMAP, MENUS, WINDOW, action, plain


def test_no_name_twice():
    assert [name for name, count in Counter(each.id for each in ACTIONS).items() if count > 1] == []


def test_no_key_twice_within_a_scope():
    keys = Counter(pair for each in ACTIONS for pair in each.shortcuts())
    assert [pair for pair, count in keys.items() if count > 1] == []


def test_no_key_of_the_heatmap_hides_one_of_the_window():
    pairs = [pair for each in ACTIONS for pair in each.shortcuts()]
    window, heatmap = ({key for scope, key in pairs if scope == wanted} for wanted in (WINDOW, HEATMAP))
    assert window & heatmap == set()


@pytest.mark.parametrize("each", ACTIONS, ids=lambda each: each.id)
def test_every_command_stands_in_a_menu_and_is_explained(each):
    assert each.menu in MENUS
    assert plain(each.text)
    assert each.tip
    assert not each.tip.endswith(".")


@pytest.mark.parametrize("each", ACTIONS, ids=lambda each: each.id)
def test_qt_understands_every_key(each):
    for _, key in each.shortcuts():
        sequence = QKeySequence(key)
        assert sequence.count() == 1
        assert sequence.toString(QKeySequence.SequenceFormat.PortableText) == key


@pytest.mark.parametrize("each", ACTIONS, ids=lambda each: each.id)
def test_single_letters_only_work_in_a_heatmap(each):
    for scope, key in each.shortcuts():
        if len(key) == 1:
            assert scope == HEATMAP


@pytest.mark.parametrize("menu", MENUS)
def test_no_mnemonic_twice_in_a_menu(menu):
    letters = Counter(each.text[each.text.index("&") + 1].lower() for each in ACTIONS
                      if each.menu == menu and "&" in each.text)
    assert [letter for letter, count in letters.items() if count > 1] == []


@pytest.mark.parametrize(("name", "keys"), [
    ("open", ("Ctrl+O",)), ("run", ("Ctrl+R", "F5")), ("cancel", ("Esc",)), ("export_figure", ("Ctrl+E",)),
    ("copy", ("Ctrl+C",)), ("next_difference", ("Alt+Down", "]")), ("previous_difference", ("Alt+Up", "[")),
    ("next_t", (".",)), ("previous_t", (",",)), ("fit", ("Ctrl+0",)), ("one_to_one", ("Ctrl+1",)),
    ("go_to_cell", ("Ctrl+G",)), ("next_nan", ("N",)), ("scale", ("S",)), ("lock", ("L",)), ("keys", ("F1", "?")),
    ("undo", ("Ctrl+Z",)), ("redo", ("Ctrl+Shift+Z",)),
])
def test_the_agreed_keys(name, keys):
    assert tuple(key for _, key in action(name).shortcuts()) == keys
