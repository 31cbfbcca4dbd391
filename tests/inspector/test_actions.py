"""The table of actions: every command once, no key twice within a scope, everything explained."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from inspector.action import ARRAYS, HEATMAP, MENUS, SCOPES, SOURCE, TOGETHER
from inspector.actions import ACTIONS, action, plain


def test_no_name_twice():
    assert [name for name, count in Counter(each.id for each in ACTIONS).items() if count > 1] == []


def test_no_key_twice_within_a_scope():
    keys = Counter(pair for each in ACTIONS for pair in each.shortcuts())
    assert [pair for pair, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("together", TOGETHER, ids="-".join)
def test_no_key_means_two_things_at_the_same_time(together):
    keys = Counter(key for each in ACTIONS for scope, key in each.shortcuts() if scope in together)
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_key_has_a_scope_that_there_is():
    assert {scope for each in ACTIONS for scope, _ in each.shortcuts()} == set(SCOPES)


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
def test_single_letters_only_work_where_nothing_is_typed(each):
    for scope, key in each.shortcuts():
        if len(key) == 1:
            assert scope in (HEATMAP, SOURCE, ARRAYS)


@pytest.mark.parametrize("menu", sorted({(each.menu, each.submenu) for each in ACTIONS}), ids="".join)
def test_no_mnemonic_twice_in_a_menu(menu):
    texts = [each.text for each in ACTIONS if (each.menu, each.submenu) == menu]
    texts += {each.submenu for each in ACTIONS if each.menu == menu[0] and not menu[1] and each.submenu}
    letters = Counter(text[text.index("&") + 1].lower() for text in texts if "&" in text)
    assert [letter for letter, count in letters.items() if count > 1] == []


@pytest.mark.parametrize(("name", "keys"), [
    ("open", ("Ctrl+O",)), ("run", ("Ctrl+R", "F5")), ("cancel", ("Esc",)), ("export_figure", ("Ctrl+E",)),
    ("copy", ("Ctrl+C",)), ("next_difference", ("Alt+Down", "]")), ("previous_difference", ("Alt+Up", "[")),
    ("next_t", (".",)), ("previous_t", (",",)), ("fit", ("Ctrl+0",)), ("one_to_one", ("Ctrl+1",)),
    ("go_to_cell", ("Ctrl+G",)), ("next_nan", ("N",)), ("scale", ("S",)), ("lock", ("L",)), ("keys", ("F1", "?")),
    ("continue", ("F5", "F8")), ("continue_back", ("Ctrl+Shift+F5",)), ("over", ("F10", "Right")),
    ("over_back", ("Ctrl+Shift+F10", "Left")), ("into", ("F11",)), ("into_back", ("Ctrl+Shift+F11",)),
    ("out", ("Shift+F11",)), ("out_back", ("Ctrl+Shift+O",)), ("iteration", ("PgDown", "Shift+Right")),
    ("iteration_back", ("PgUp", "Shift+Left")), ("write", ("W", "W")), ("write_back", ("Shift+W", "Shift+W")),
    ("origin", ("O", "O")), ("wrong", ("D", "D")), ("wrong_back", ("Shift+D", "Shift+D")), ("nan", ("N", "N")),
    ("nan_back", ("Shift+N", "Shift+N")), ("first_step", ("Home",)), ("last_step", ("End",)),
    ("go_to_step", ("Ctrl+G",)), ("breakpoint", ("F9",)), ("condition", ("Ctrl+F9",)), ("to_cursor", ("Ctrl+F10", "C")),
    ("to_cursor_back", ("Shift+C",)), ("pin", ("P", "P")), ("note", ("M", "M")), ("stop_recording", ("Shift+F5",)),
    ("record", ("Ctrl+F5", "Ctrl+R")), ("visit_back", ("Alt+Left",)), ("visit_forward", ("Alt+Right",)),
    ("detail_value", ("1", "1")), ("detail_change", ("2", "2")), ("detail_reference", ("3", "3")),
    ("detail_difference", ("4", "4")),
    ("undo", ("Ctrl+Z",)), ("redo", ("Ctrl+Shift+Z",)),
])
def test_the_agreed_keys(name, keys):
    assert tuple(key for _, key in action(name).shortcuts()) == keys
