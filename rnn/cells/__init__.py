"""CELLS: every recurrent cell the program knows, by the name used on the command line and in case files."""

from .activations import ACTIVATIONS, Activation
from .base import AbstractCell, Tap
from .vanilla import VanillaRNN

CELLS: dict[str, type[VanillaRNN]] = {"rnn": VanillaRNN}

__all__ = ["ACTIVATIONS", "CELLS", "AbstractCell", "Activation", "Tap", "VanillaRNN"]
