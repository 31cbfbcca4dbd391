"""SOURCES: where inputs and targets come from, by the name used on the command line."""

from collections.abc import Callable

from .base import Data, DataRequest
from .files import file, read_data_file
from .generated import one_hot, random
from .text import read_text, text

SOURCES: dict[str, Callable[[DataRequest], Data]] = {"random": random, "one_hot": one_hot, "text": text, "file": file}

__all__ = ["SOURCES", "Data", "DataRequest", "read_data_file", "read_text"]
