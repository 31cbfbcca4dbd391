"""Wish: what is known of a network beside its weight file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

LAYERS, W_E, W_HY, NONE = "layers", "W_e", "W_hy", "none"
"""What is asked about a framework's file, and the answer that a parameter is not in it."""


@dataclass(frozen=True)
class Wish:
    """What is known beside the file.

    Attributes:
        settings: fields of `ProblemSettings` by name. dictated: names of those that no file may change.
        answers: to earlier questions, by `layers`, `W_e`, `W_hy`.
    """

    settings: Mapping[str, Any]
    dictated: Collection[str] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    def must(self, name: str) -> Any:
        """The value of a field that is dictated, otherwise None."""
        return self.settings[name] if name in self.dictated else None
