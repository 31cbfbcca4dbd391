"""Sketching a case file for code that was read and not run."""

from .sketch import Sketch, case_path, sketch

__all__ = ["Sketch", "case_path", "sketch"]
