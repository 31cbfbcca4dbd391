"""Findings: causes as mappings that go into a result, its JSON and the window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Finding = Mapping[str, Any]

EXPLAIN, SCALE, REPAIR, PURITY, LAW, BLIND_SPOT, MADE, RIGHT = (
    "explain", "scale", "repair", "purity", "law", "blind_spot", "made", "right",
)  # fmt: skip

KINDS = ("purity", "forward", "explain", "scale", "repair", "blame", "made", "right", "law", "dynamic", "blind_spot")
"""Kinds of findings in the order in which a person wants to read them."""


def evidence(residual: float = 0.0, problems: Sequence[Mapping[str, int]] = (), note: str = "") -> dict[str, Any]:
    """What a finding rests on: the relative residual, the sizes of the problems on which it held, and a remark."""
    return {"residual": residual, "problems": [dict(sizes) for sizes in problems], "note": note}


def finding(kind: str, sentence: str, **more: Any) -> dict[str, Any]:
    """A finding; keys without a value are left out, so that who reads one tests for what is there.

    Args:
        kind: one of `KINDS`. sentence: for the user.
        more: file, line, quantity, t, index, certain, evidence, fix, alike, and what else the kind has.
    """
    known = {name: value for name, value in more.items() if value is not None and value != ""}
    return {"kind": kind, "sentence": sentence, **known}
