"""Edits put together, edits of edits, and diffs of them."""

from __future__ import annotations

import random

from rnn.cases.edited import SourceEdit
from rnn.diagnose.repair.diff import composed, diff, edit_facts, edited

FILE = "/somewhere/net.py"


def _random_edits(text: str, rng: random.Random) -> tuple[SourceEdit, ...]:
    """One to three edits that don't touch each other."""
    places = sorted(rng.sample(range(len(text) + 1), 2 * rng.randint(1, 3)))
    pairs = list(zip(places[::2], places[1::2]))
    now = ["", "x", "yy", "zzz"]
    return tuple(SourceEdit(FILE, start, end, rng.choice(now)) for start, end in pairs)


def test_edits_of_edits_are_edits_of_the_file() -> None:
    """Whatever two sets of edits do one after the other, their composition does at once."""
    rng = random.Random(1)
    for _ in range(3000):
        text = "".join(rng.choice("abcdef\n") for _ in range(rng.randint(12, 30)))
        first = _random_edits(text, rng)
        middle = edited(text, first)
        if len(middle) < 8:
            continue
        second = _random_edits(middle, rng)
        assert edited(text, composed(text, first, second)) == edited(middle, second)


def test_a_later_edit_elsewhere_stays_an_edit_of_its_own() -> None:
    """Two edits far apart are two small edits, so that the diff stays small."""
    text = "a = 1\nb = 2\nc = 3\n"
    first = (SourceEdit(FILE, 4, 5, "10"),)
    second = (SourceEdit(FILE, 17, 18, "4"),)  # one character further on, as the first is one longer
    assert composed(text, first, second) == (SourceEdit(FILE, 4, 5, "10"), SourceEdit(FILE, 16, 17, "4"))


def test_diff_names_the_file_and_shows_little_else() -> None:
    """A unified diff with two lines around the change."""
    text = "".join(f"line {number}\n" for number in range(9))
    shown = diff({FILE: text}, (SourceEdit(FILE, 28, 34, "other"),))
    assert shown == ("--- net.py\n+++ net.py\n@@ -3,5 +3,5 @@\n line 2\n line 3\n-line 4\n+other\n line 5\n line 6\n")


def test_edits_are_told_with_their_place() -> None:
    """Line from 1, column from 0, what stood there and what stands there now."""
    facts = edit_facts({FILE: "ä = 1\r\nö = 2\r\n"}, (SourceEdit(FILE, 11, 12, "3"),))
    assert facts == [{"file": FILE, "line": 2, "column": 4, "start": 11, "end": 12, "was": "2", "now": "3"}]
