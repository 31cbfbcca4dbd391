"""Which array is which: told by values, by names where values do not, and by the user, who is always right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from inspector.assets import examples
from rnn.blame.blame import library_for
from rnn.blame.flow import Flow
from rnn.blame.library import Library
from rnn.blame.matching import BY_VALUE, Match, general_path, match_arrays
from tests.rnn.blame.planted import CORPUS
from tests.rnn.blame.running import record_case

FILES = sorted(CORPUS.glob("*.py"))


@contextmanager
def _recorded(path: Path, folder: Path) -> Iterator[tuple[Flow, Library]]:
    """A case's flow, and the right values of its problem."""
    _, truth, recording = record_case(path, folder / "run.rec")
    flow = Flow(recording)
    try:
        yield flow, library_for(flow, truth)
    finally:
        recording.close()


def _matches(path: Path, folder: Path, said: Mapping[str, str] | None = None) -> dict[str, Match]:
    """Matches by `function:path`."""
    with _recorded(path, folder) as (flow, library):
        return {f"{one.function}:{one.path}": one for one in match_arrays(flow, library, said)}


@pytest.fixture(scope="module")
def minchar(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Match]:
    """Matches of `corpus/minchar.py`, by path in its `lossFun`."""
    found = _matches(CORPUS / "minchar.py", tmp_path_factory.mktemp("minchar"))
    return {name.removeprefix("lossFun:"): one for name, one in found.items() if name.startswith("lossFun:")}


@pytest.mark.parametrize(
    ("path", "quantity", "form", "offset"),
    [
        ("dhraw", "da", "step", 0),
        ("dh", "dh", "step", 0),
        ("dhnext", "dh_next", "step", -1),
        ("dy", "dy", "step", 0),
        ("dWhh", "dW_hh", "sum", None),
        ("dby", "db_y", "sum", None),
        ("Whh", "W_hh", "weight", None),
        ("xs[...]", "x", "step", 0),
        ("hs[...]", "h", "step", None),
        ("ps[...]", "softmax(y)", "step", 0),
        ("inputs", "x", "history", None),
    ],
)
def test_arrays_of_a_character_model(
    minchar: dict[str, Match], path: str, quantity: str, form: str, offset: int | None
) -> None:
    """Step values, sums, weights and entries of dictionaries are known, with their distance from the loop's variable."""
    found = minchar[path]
    assert (found.quantity, found.form, found.offset, found.said) == (quantity, form, offset, False)


def test_a_name_that_agrees_makes_values_surer(minchar: dict[str, Match]) -> None:
    """`dhraw` is surer than `dWhh`, whose values are as right and whose name is in no table."""
    assert minchar["dWhh"].certainty == BY_VALUE < minchar["dhraw"].certainty < 1


def test_right_values_are_counted(minchar: dict[str, Match]) -> None:
    """`dy` is right at its last write in each of 7 steps, and the bare softmax before that."""
    assert (minchar["dy"].right, minchar["dy"].seen, minchar["dy"].shape) == (7, 14, (3, 1))


def test_the_surest_stand_first(tmp_path: Path) -> None:
    """Matches are sorted by certainty."""
    with _recorded(CORPUS / "many_to_one.py", tmp_path) as (flow, library):
        found = [one.certainty for one in match_arrays(flow, library)]
    assert found == sorted(found, reverse=True)
    assert all(0 < one <= 1 for one in found)


def test_values_tell_what_a_name_does_not(tmp_path: Path) -> None:
    """`temp` is da, whatever it is called, and attributes are found through `self`."""
    found = _matches(CORPUS / "many_to_one.py", tmp_path)
    assert (found["RNN.backprop:temp"].quantity, found["RNN.backprop:temp"].offset) == ("da", 0)
    assert found["RNN.backprop:self.Whh"].quantity == "W_hh"


def test_what_is_no_quantity_is_no_match(minchar: dict[str, Match]) -> None:
    """Numbers and lists of ids stand for nothing."""
    assert not {"loss", "t", "targets"} & set(minchar)


@pytest.mark.parametrize("key", ["dhraw", "lossFun:dhraw"])
def test_what_the_user_says_is_certain(key: str, tmp_path: Path) -> None:
    """With the function or without it."""
    found = _matches(CORPUS / "minchar.py", tmp_path, {key: "dh"})["lossFun:dhraw"]
    assert (found.quantity, found.certainty, found.said) == ("dh", 1.0, True)
    assert (found.right, found.seen) == (0, 7)  # and how much speaks for it is told all the same


def test_another_functions_array_is_not_meant(tmp_path: Path) -> None:
    """What is said of `run:dWhh` does not touch `dWhh` elsewhere."""
    found = _matches(CORPUS / "minchar.py", tmp_path, {"run:dWhh": "dW_xh"})
    assert (found["run:dWhh"].quantity, found["lossFun:dWhh"].quantity) == ("dW_xh", "dW_hh")


def test_spoiled_histories_are_known_by_name_and_right_steps(tmp_path: Path) -> None:
    """In the question of 2014 only the last steps of dcdHin and dcdHout are right."""
    found = _matches(examples()["question-2014"], tmp_path)
    told = {name: found[f"backward:{name}"] for name in ("dcdHin", "dcdHout")}
    assert {name: (one.quantity, one.form, one.right) for name, one in told.items()} == {
        "dcdHin": ("da", "history", 0),
        "dcdHout": ("dh", "history", 0),
    }
    assert all(0.5 <= one.certainty < BY_VALUE for one in told.values())


def test_mended_histories_are_certain(tmp_path: Path) -> None:
    """The same array without the mistake."""
    found = _matches(examples()["question-2014-fixed"], tmp_path)
    assert found["backward:dcdHin"].certainty > BY_VALUE
    assert found["backward:dcdWhh"].quantity == "dW_hh"


def test_what_is_said_keeps_the_form(tmp_path: Path) -> None:
    """Saying what was guessed changes certainty only."""
    found = _matches(examples()["question-2014"], tmp_path, {"dcdHin": "da"})
    assert found["backward:dcdHin"].form == "history"


@pytest.mark.parametrize("path", [path for path in FILES if path.stem != "packed_matrix"], ids=lambda path: path.stem)
def test_every_correct_case_has_its_weights_and_sums(path: Path, tmp_path: Path) -> None:
    """W_hh and dW_hh are found in all ways of writing BPTT, but for the one that packs all weights into one matrix."""
    with np.errstate(all="ignore"):
        found = _matches(path, tmp_path)
    sure = {one.quantity for one in found.values() if one.certainty >= 0.5}
    assert {"W_hh", "dW_hh"} <= sure


def test_entries_are_one_array() -> None:
    """Indices are left out of a path, names are not."""
    assert general_path("hs[3]") == general_path("hs[-1]") == "hs[...]"
    assert general_path("cache['h'][2]") == "cache['h'][...]"
