"""What a search for a cause finds, by hand: about the question of 2014, and a kind of everything."""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path
from typing import Any

from inspector.assets import example_path
from inspector.engine.messages import Progress

WRONG, MENDED = "np.dot(dcdHin[t], Whh.T)", "np.dot(dcdHin[t + 1], Whh.T)"
GUILTY = 54
PROBLEMS = [{"T": 6, "B": 3, "D": 4, "H": 5, "K": 2}, {"T": 7, "B": 2, "D": 5, "H": 4, "K": 3}]


def _edit(path: Path, was: str, now: str) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    start = text.index(was)
    line = text.count("\n", 0, start) + 1
    column = start - text.rindex("\n", 0, start) - 1
    return {"file": str(path), "line": line, "column": column, "start": start, "end": start + len(was), "was": was, "now": now}


def _diff(path: Path, edits: list[dict[str, Any]]) -> str:
    before = after = path.read_text(encoding="utf-8")
    for edit in sorted(edits, key=lambda one: -one["start"]):
        after = after[: edit["start"]] + edit["now"] + after[edit["end"] :]
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"a/{path.name}", f"b/{path.name}", n=2)
    return "".join(lines)


def repair(path: Path | None = None, others: bool = True) -> dict[str, Any]:
    """A repair of the question of 2014, and a longer one that does the same."""
    file = path or example_path("question-2014")
    edits, longer = [_edit(file, WRONG, MENDED)], [_edit(file, WRONG, "np.dot(dcdHin[t - (-1)], Whh.T)")]
    second = {"sentence": "t - (-1) in place of t does the same", "edits": longer, "diff": _diff(file, longer)}
    return {
        "kind": "repair", "file": str(file), "line": edits[0]["line"], "certain": True, "edits": edits, "same_sizes": False,
        "sentence": f"with dcdHin[t + 1] in place of dcdHin[t] in line {GUILTY} every gradient is right", "problems": PROBLEMS,
        "diff": _diff(file, edits), "evidence": {"residual": 0.0, "problems": PROBLEMS, "note": ""},
        "others": [second] if others else [], "digests": {str(file): hashlib.sha256(file.read_bytes()).hexdigest()},
    }  # fmt: skip


def explain(**changes: Any) -> dict[str, Any]:
    """A mistake that explains the numbers."""
    formula = "dh_t += da_t W_hh^T, where da_t is still 0; right is da_(t+1) W_hh^T"
    sentence = "dcdHin[t] is read where dcdHin[t + 1] is needed: nothing is carried back from the next step"
    return {
        "kind": "explain", "status": "explained", "sentence": sentence, "file": str(example_path("question-2014")),
        "line": GUILTY, "quantity": "dh", "t": 3, "certain": True, "fix": "read dcdHin[t + 1]",
        "mistakes": [{"id": "A1", "sentence": sentence, "formula": formula, "slot": "carry", "quantity": "dh"}],
        "evidence": {"residual": 3.1e-16, "problems": PROBLEMS[:1], "note": "the same on a second problem of other sizes"},
        "alike": ["the carry is computed and never fed to the next step"], **changes,
    }  # fmt: skip


MADE = {
    "kind": "made", "quantity": "dh", "t": 3, "certain": True, "index": [0, 2],
    "sentence": "the error of dh is made at t = 3, 2, 1 and 0; nothing is made at the last step",
    "curves": {"made": [0.3, 0.4, 0.5, 0.6, 0.0], "inherited": [0.2, 0.2, 0.1, 0.0, 0.0], "error": [0.4, 0.5, 0.5, 0.6, 0.0]},
}  # fmt: skip

RIGHT = {
    "kind": "right", "quantity": "dW_xh", "index": [4, 0], "certain": True,
    "sentence": "row 4 of dW_xh is right: inputs are one-hot, so it is da_4, and the last step needs no carry",
}  # fmt: skip

BLIND_SPOT = {
    "kind": "blind_spot", "settings": {"h0": "random", "steps": 7}, "certain": True,
    "sentence": "h0 is 0: a missing first step in dW_hh could not show",
}  # fmt: skip

LAW = {
    "kind": "law", "quantity": "dh", "t": 3, "certain": True, "fix": "use the derivative of tanh only once",
    "sentence": "the step at t = 3 is not linear in the gradient that comes in: something is squared or clipped",
}  # fmt: skip


def all_kinds() -> list[dict[str, Any]]:
    """One of every kind that a search finds."""
    return [
        {"kind": "purity", "sentence": "run() changes its argument dout in place", "line": 40, "file": "model.py"},
        {"kind": "forward", "sentence": "the forward passes differ from h at t = 2 on", "quantity": "h", "t": 2},
        explain(),
        {"kind": "scale", "sentence": "all gradients are T = 5 times too large", "quantity": "dW_hh", "certain": True,
         "fix": "divide by T once", "evidence": {"residual": 1e-15, "problems": PROBLEMS, "note": ""}},
        repair(), dict(MADE), dict(RIGHT), dict(LAW), dict(BLIND_SPOT),
    ]  # fmt: skip


def tell(desk: Any, findings: list[dict[str, Any]], text: str = "Trying pairs of mistakes", fraction: float | None = 0.4) -> None:
    """What the engine says while it searches."""
    desk.engine.progressed.emit(Progress(len(desk.engine.asked), text, fraction, {"findings": findings}))
