"""What a command printed: as words, and as JSON that any reader takes."""

from __future__ import annotations

import json
from typing import Any

import pytest


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    """All that was printed since it was last asked for, each run of white space as one blank."""
    return " ".join(capsys.readouterr().out.split())


def strict_json(text: str) -> dict[str, Any]:
    """An object of JSON; NaN and Infinity are none."""
    return dict(json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON")))
