"""Both palettes can be read."""

from __future__ import annotations

import pytest

from inspector.theme import THEMES, Theme, contrast_ratio, verdict_colour
from rnn.results import VERDICTS


@pytest.mark.parametrize("theme", list(THEMES.values()), ids=lambda theme: theme.name)
def test_words_can_be_read(theme: Theme) -> None:
    """At least 4.5 to 1 for every kind of text on every background it stands on."""
    for back in (theme.window, theme.base, theme.raised):
        for text in (theme.text, theme.faint):
            assert contrast_ratio(text, back) >= 4.5, (text, back)
    for verdict in VERDICTS:
        assert contrast_ratio(verdict_colour(theme, verdict), theme.base) >= 4.5
    for curve in (theme.hand, theme.reference, theme.difference):
        assert contrast_ratio(curve, theme.base) >= 4.5
    assert contrast_ratio(theme.note_text, theme.note_back) >= 4.5
    assert contrast_ratio(theme.error_text, theme.error_back) >= 4.5
    assert contrast_ratio(theme.on_accent, theme.accent) >= 4.5


def test_contrast_of_black_and_white() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21.0)
