"""How well a query fits a text, when letters may be left out."""

from __future__ import annotations

LETTER, WORD_START, RUN = 1.0, 8.0, 9.0
"""What a matched letter is worth, and what it is worth more at the start of a word and right after the one before."""

PER_LETTER_OF_TEXT = 0.02
"""What each letter of the text costs, so that of two equal matches the shorter text comes first."""

NEVER = float("-inf")


def _word_starts(text: str) -> list[bool]:
    """For each letter, whether a word begins there: after something else than a letter, or a capital after a small."""
    before = [" ", *text]
    return [not old.isalnum() or (old.islower() and new.isupper()) for old, new in zip(before, text, strict=False)]


def _rank_word(word: str, text: str, values: list[float]) -> float:
    """The best sum over all ways of finding `word`'s letters in `text` in order; minus infinity where there is none.

    Args:
        word, text: in lower case. values: of a match at each place of the text.
    """
    best = [0.0] * len(text)
    for count, letter in enumerate(word):
        row, anywhere = [NEVER] * len(text), NEVER if count else 0.0
        for place, found in enumerate(text):
            if found == letter:
                run = best[place - 1] + RUN if count and place else NEVER
                row[place] = values[place] + max(run, anywhere)
            if count:
                anywhere = max(anywhere, best[place])
        best = row
    return max(best, default=NEVER)


def rank(query: str, text: str) -> float | None:
    """How well a query fits a text: higher is better, None where it doesn't.

    Every word of the query must be found in the text, its letters in order but not necessarily together. Letters at
    the start of words and letters in a run count more. The words of the query may come in any order.
    """
    lower = text.lower()
    if len(lower) != len(text):  # a few letters become two in lower case, which would shift the starts of words
        text = lower
    values = [LETTER + WORD_START * start for start in _word_starts(text)]
    total = -PER_LETTER_OF_TEXT * len(text)
    for word in query.lower().split():
        total += _rank_word(word, lower, values)
    return None if total == NEVER else total
