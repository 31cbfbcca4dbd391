"""Explaining: deliberate mistakes on the reference until they give the user's numbers."""

from .explain import EXPLAINED, PARTLY, RIGHT, UNEXPLAINED, Explanation, explain

__all__ = ["EXPLAINED", "PARTLY", "RIGHT", "UNEXPLAINED", "Explanation", "explain"]
