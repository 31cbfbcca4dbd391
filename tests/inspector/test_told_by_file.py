"""The window's settings follow what a weight file tells of the network, and forget it with the file."""

from __future__ import annotations

from dataclasses import replace

from doubles import inspection

from inspector.situation import History, Moment, Situation, asked_for
from rnn.settings import ProblemSettings

FILE = ProblemSettings(weights="file", weights_file="a.pt")
LSTM = replace(FILE, cell="lstm", layers=2, cell_options=(("two_biases", True),))


def test_the_result_s_network_is_shown() -> None:
    """Without a step of undo, and the result is not stale."""
    asked = Situation(settings=FILE)
    history = History(Moment(asked))
    told = asked_for(history, inspection(settings=LSTM), asked)
    assert history.present.situation == told and not history.past
    assert (told.settings.cell, told.settings.layers) == ("lstm", 2)
    assert set(told.told) == {"cell", "layers", "cell_options"}
    assert asked_for(history, inspection(settings=LSTM), told) == told


def test_another_file_starts_afresh() -> None:
    """What the file before told is forgotten, what the user chose since is not."""
    asked = Situation(settings=FILE)
    told = asked_for(History(Moment(asked)), inspection(settings=LSTM), asked)
    other = told.changed(layers=3).changed(weights_file="b.npz")
    assert (other.settings.cell, other.settings.layers, other.told) == ("rnn", 3, ())


def test_the_present_problem_is_not_changed_by_an_older_result() -> None:
    """Only the situation that was asked for is."""
    asked = Situation(settings=FILE)
    now = asked.changed(seed=4)
    history = History(Moment(now))
    asked_for(history, inspection(settings=LSTM), asked)
    assert history.present.situation == now


def test_what_the_command_line_dictated_can_be_changed_in_the_window() -> None:
    """A field that is changed here is no longer dictated."""
    situation = Situation(settings=replace(LSTM, dictated=("cell", "layers")))
    assert situation.changed(cell="gru").settings.dictated == ("layers",)
    assert situation.changed(seed=1).settings.dictated == ("cell", "layers")
