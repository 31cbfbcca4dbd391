"""Weights: random schemes, file formats, and the matching of foreign names."""

from .base import Entry, Listing
from .files import FORMATS, list_file, read_arrays, save_arrays, stream_arrays
from .matching import AmbiguousWeights, Match, Question, match
from .schemes import SCHEMES, randomise
from .selecting import named, wanted
from .translating import Plan, plan_for, translated, translated_gradients
from .wish import Wish

__all__ = [
    "FORMATS",
    "SCHEMES",
    "AmbiguousWeights",
    "Entry",
    "Listing",
    "Match",
    "Plan",
    "Question",
    "Wish",
    "list_file",
    "match",
    "named",
    "plan_for",
    "randomise",
    "read_arrays",
    "save_arrays",
    "stream_arrays",
    "translated",
    "translated_gradients",
    "wanted",
]
