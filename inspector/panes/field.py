"""Field: one setting of a problem, its label, its kind of control and its group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

CHOICE, WHOLE, REAL, FLAG, PATH = "choice", "whole", "real", "flag", "path"
CELL, NETWORK, LOSS = "Cell", "Network", "Loss and gradients"
SIZES, WEIGHTS, DATA = "Sizes and numbers", "Weights", "Data"
GROUPS = (CELL, NETWORK, LOSS, SIZES, WEIGHTS, DATA)


@dataclass(frozen=True)
class Field:
    """One setting.

    Attributes:
        name: of the field of `ProblemSettings`. label, tip: for the user. kind: of control. group: where it stands.
        choices: value -> text, for a choice. least, most: of a number; `automatic`: what None is called.
        shown: whether it means anything with the present settings.
        setting: the field of `ProblemSettings` that it is a part of, where that has another name.
        read, write: its value in settings, and the change of settings that a value makes; None: the field as it is.
        slider: ends of a slider beside the number, which runs at once; None for none. geometric: whether by factors.
    """

    name: str
    label: str
    kind: str
    group: str
    tip: str
    choices: Callable[[], dict[str, str]] = dict
    least: float = 0
    most: float = 10**6
    automatic: str = ""
    shown: Callable[[Any], bool] = lambda settings: True
    slider: tuple[float, float] | None = None
    geometric: bool = False
    setting: str = ""
    read: Callable[[Any], Any] | None = None
    write: Callable[[Any, Any], dict[str, Any]] | None = None

    @property
    def belongs_to(self) -> str:
        """The field of `ProblemSettings` that a case may dictate."""
        return self.setting or self.name

    def value(self, settings: Any) -> Any:
        """Its value in settings."""
        return getattr(settings, self.name) if self.read is None else self.read(settings)

    def changes(self, settings: Any, value: Any) -> dict[str, Any]:
        """The change of settings that a value makes."""
        return {self.name: value} if self.write is None else self.write(settings, value)
