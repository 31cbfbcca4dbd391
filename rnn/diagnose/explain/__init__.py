"""Explaining: deliberate mistakes on the reference until they give the user's numbers."""

from .explain import EXPLAINED, PARTLY, RIGHT, UNEXPLAINED, Explanation, explain
from .findings import explain_findings
from .spread import Spread

__all__ = ["EXPLAINED", "PARTLY", "RIGHT", "UNEXPLAINED", "Explanation", "Spread", "explain", "explain_findings"]
