"""Weights: random schemes, file formats, and the matching of foreign names."""

from .files import FORMATS, read_arrays, save_arrays
from .matching import AmbiguousWeights, Match, Question, match
from .schemes import SCHEMES, randomise

__all__ = [
    "FORMATS",
    "SCHEMES",
    "AmbiguousWeights",
    "Match",
    "Question",
    "match",
    "randomise",
    "read_arrays",
    "save_arrays",
]
