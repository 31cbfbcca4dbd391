"""FRAMEWORKS: whose names, orientation, gate order and doubled biases are known, one file a framework."""

from .base import RECURRENT, Framework, Module, Piece, Recipe
from .flax import FLAX
from .keras import KERAS
from .pytorch import PYTORCH

FRAMEWORKS: dict[str, Framework] = {"torch": PYTORCH, "keras": KERAS, "flax": FLAX}

__all__ = ["FRAMEWORKS", "RECURRENT", "Module", "Piece", "Recipe"]
