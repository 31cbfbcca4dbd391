"""Weights: random schemes, file formats, and the matching of foreign names."""

from .base import Entry, Listing
from .files import FORMATS, list_file, read_arrays, save_arrays, stream_arrays
from .matching import AmbiguousWeights, Match, Question, match
from .schemes import SCHEMES, randomise
from .selecting import wanted

__all__ = [
    "FORMATS",
    "SCHEMES",
    "AmbiguousWeights",
    "Entry",
    "Listing",
    "Match",
    "Question",
    "list_file",
    "match",
    "randomise",
    "read_arrays",
    "save_arrays",
    "stream_arrays",
    "wanted",
]
