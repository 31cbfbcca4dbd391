"""A stand-in for `problem`: arrays in the declared layout, and the helpers that a case may use."""

from __future__ import annotations

import runpy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

SIZES = {"T": 5, "B": 2, "D": 3, "H": 4, "K": 2}


class FakeProblem:
    def __init__(self, declaration: Mapping[str, Any], folder: Path) -> None:
        self.case, self.folder = declaration, folder
        fixed = {letter: SIZES[size] if isinstance(size, str) else size for letter, size in declaration.get("sizes", {}).items()}
        self.sizes = {**SIZES, **fixed}
        for letter, size in self.sizes.items():
            setattr(self, letter, size)
        self.random = np.random.default_rng(1)
        self.params = {name: self.random.normal(size=shape) for name, shape in self.shapes().items()}
        ids = declaration.get("ids", False)
        self.x = self.random.integers(0, self.D, self.T) if ids else self.data("D")
        self.target = self.random.integers(0, self.K, self.T) if ids else self.data("K")
        self.dh, self.dy = self.data("H"), self.data("K")
        self.h0, self.c0 = self.data("H", "T"), self.data("H", "T")

    def data(self, feature: str, without: str = "") -> Any:
        letters = [one for one in self.case["x"] if one not in without]
        sizes = {**self.sizes, "D": self.sizes[feature], "1": 1}
        return self.random.normal(size=[sizes[one] for one in letters])

    def shapes(self) -> dict[str, tuple[int, ...]]:
        D, H, K = (self.sizes[letter] for letter in "DHK")
        cell = self.case["cell"]
        gates = {"lstm": "ifgo", "gru": "rzn"}.get(cell, "h")
        apart = self.case.get("gates") == "separate" or cell == "rnn"
        found: dict[str, tuple[int, ...]] = {}
        for gate in gates if apart else "h":
            n = H if apart else H * len(gates)
            if self.case.get("stacked"):
                found["W" if gate == "h" else f"W_{gate}"] = (D + H, n)
            else:
                found |= {f"W_x{gate}": (D, n), f"W_h{gate}": (H, n)}
            found[f"b_{gate}"] = (n,)
        found |= {"W_hy": (H, K), "b_y": (K,)} if self.case.get("output_layer", True) else {}
        if self.case.get("biases") is False:
            found = {name: shape for name, shape in found.items() if not name.startswith("b")}
        turned = self.case["weights"] == "out,in"
        column = self.case.get("bias") == "column" or self.case["x"] == "DBT"
        return {
            name: (shape[::-1] if turned else shape) if len(shape) == 2 else ((*shape, 1) if column else shape)
            for name, shape in found.items()
        }

    def named(self, **names: str) -> dict[str, Any]:
        return {own: self.params[ours] for own, ours in names.items()}

    def put(self, where: Any, **names: str) -> None:
        for own, ours in names.items():
            value = (self.h0 if ours == "h0" else self.params[ours]).copy()
            if isinstance(where, dict):
                where[own] = value
            else:
                assert hasattr(where, own)
                setattr(where, own, value)

    def take(self, where: Any, prefix: str = "d", **names: str) -> dict[str, Any]:
        read = where.__getitem__ if isinstance(where, dict) else lambda name: getattr(where, name)
        return {f"d{ours}": read(prefix + own) for own, ours in names.items()}

    @contextmanager
    def updates(self, where: Any, rate: float, **names: str) -> Iterator[dict[str, Any]]:
        before = {own: getattr(where, own).copy() for own in names}
        found: dict[str, Any] = {}
        yield found
        found |= {f"d{ours}": (before[own] - getattr(where, own)) / rate for own, ours in names.items()}
        assert all(np.any(value) for value in found.values())

    def step_by_step(self, forward: Any, backward: Any) -> dict[str, Any]:
        made = [forward(x) for x in self.x]
        return {"h": made, "dx": [backward(dh) for dh in self.dh[::-1]][::-1]}

    def script(self, path: str, **pinned: Any) -> dict[str, Any]:
        """Only for scripts that make each pinned name in a line of its own."""
        lines = []
        for line in (self.folder / path).read_text(encoding="utf-8").splitlines():
            name = line.partition(" = ")[0]
            lines.append(f"{name} = PINNED[{name!r}]" if name in pinned else line)
        space: dict[str, Any] = {"PINNED": pinned}
        exec("\n".join(lines), space)
        return space


def run_text(text: str, folder: Path, where: Path) -> Any:
    """The function `run` of a case that is written to a file."""
    file = where / "written_case.py"
    file.write_text(text, encoding="utf-8")
    return runpy.run_path(str(file))["run"]
