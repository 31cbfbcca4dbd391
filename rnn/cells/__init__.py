"""CELLS: every recurrent cell the program knows, by the name used on the command line and in case files."""

from .activations import ACTIVATIONS, Activation
from .base import AbstractCell, Product, Tap
from .gru import GRU
from .leaky import LeakyRNN
from .lstm import LSTM
from .options import OPTIONS, CellOption, check_options
from .own import OwnCell
from .vanilla import VanillaRNN

CELLS: dict[str, type[AbstractCell]] = {"rnn": VanillaRNN, "lstm": LSTM, "gru": GRU, "leaky": LeakyRNN, "own": OwnCell}

__all__ = [
    "ACTIVATIONS",
    "CELLS",
    "GRU",
    "LSTM",
    "OPTIONS",
    "AbstractCell",
    "Activation",
    "CellOption",
    "LeakyRNN",
    "OwnCell",
    "Product",
    "Tap",
    "VanillaRNN",
    "check_options",
]
