"""A stand-in for what a case is given: random numbers in the declared layout, and the way back to ours.

It knows nothing of the program: where an entry goes is found by sending its number through the same layout.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.rnn.cases.complex_step import GATES, suffixes

SIZES = {"T": 6, "B": 2, "D": 3, "H": 5, "K": 4}
VOCABULARY = 7
FIELDS = {"T": "steps", "B": "batch", "D": "inputs", "H": "hidden", "K": "outputs"}


def sizes_of(case: Mapping[str, Any]) -> dict[str, int]:
    """T, B, D, H, K: the case's own, else small and all different."""
    settings, fixed = case.get("settings", {}), case.get("sizes", {})
    sizes = {letter: fixed.get(letter, settings.get(FIELDS[letter], size)) for letter, size in SIZES.items()}
    return sizes if "B" in case.get("x", "TBD") else {**sizes, "B": 1}


def parameters(case: Mapping[str, Any], sizes: Mapping[str, int], rng: np.random.Generator) -> dict[str, Any]:
    """Random parameters in our layout."""
    h, blocks = sizes["H"], max(1, len(GATES[case["cell"]]))
    biases, shapes = case.get("biases", True), {}
    below = sizes["D"]
    if case.get("embedding"):
        shapes["W_e"] = (VOCABULARY, below)
    for marks in suffixes(case):
        for mark in marks:
            shapes |= {"W_xh" + mark: (below, blocks * h), "W_hh" + mark: (h, blocks * h)}
            names = ("b_xh", "b_hh") if biases == "two" else ("b_h",) if biases else ()
            shapes |= {name + mark: (blocks * h,) for name in names}
            if case.get("peepholes"):
                shapes |= {f"p_{gate}{mark}": (h,) for gate in "ifo"}
        below = h * len(marks)
    if case.get("output_layer", True):
        shapes["W_hy"] = (below, sizes["K"])
        shapes |= {"b_y": (sizes["K"],)} if biases else {}
    return {name: 0.7 * rng.standard_normal(shape) for name, shape in shapes.items()}


def laid_out(array: Any, layout: str) -> Any:
    """(T, B, D) or a part of it as the layout says; what is missing of T, B, D must have the length one."""
    letters = layout.replace(",", "")
    axes = [letter for letter in letters if letter != "1"]
    source = {3: "TBD", 2: "BD" if "T" not in letters else "TB", 1: "B"}[array.ndim]
    array = array[tuple(slice(None) if letter in axes else 0 for letter in source)]
    array = array.transpose([[s for s in source if s in axes].index(letter) for letter in axes])
    array = array.reshape([1 if letter == "1" else array.shape[axes.index(letter)] for letter in letters])
    return list(array.copy()) if "," in layout else np.array(array, order="C")


def _of(case: Mapping[str, Any], name: str) -> str:
    """The layout of a per-step array or a state."""
    layout = case.get("layouts", {}).get(name, case.get("x", "TBD"))
    if name.split(".")[0] in ("h0", "c0", "dh0", "dc0"):
        layout = layout.replace("T", "").replace(",", "")
    return layout


def _plain(layout: str) -> str:
    return layout.replace("D", "").replace("1", "")


def _row_bias(case: Mapping[str, Any]) -> bool:
    return case.get("bias") in ("first", "last")


def _one(case: Mapping[str, Any], part: Mapping[str, Any], tail: str, mark: str) -> dict[str, Any]:
    """One gate (or the whole packed block) under the names that the case declares."""
    named: dict[str, Any] = {}
    if case.get("stacked"):
        rows = [part["W_xh"], part["W_hh"]] if case["stacked"] == "xh" else [part["W_hh"], part["W_xh"]]
        if _row_bias(case):
            bias = [part["b_h"][None]]
            rows = bias + rows if case["bias"] == "first" else rows + bias
        named["W" + (f"_{tail}" if tail else "") + mark] = np.concatenate(rows)
    else:
        named[f"W_x{tail or 'h'}{mark}"], named[f"W_h{tail or 'h'}{mark}"] = part["W_xh"], part["W_hh"]
    if "b_h" in part and not _row_bias(case):
        named[f"b_{tail or 'h'}{mark}"] = part["b_h"]
    if "b_xh" in part:
        named[f"b_x{tail or 'h'}{mark}"], named[f"b_h{tail or 'h'}{mark}"] = part["b_xh"], part["b_hh"]
    return named


def users(case: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as the user's code has them."""
    letters, order = GATES[case["cell"]], case.get("gates", GATES[case["cell"]])
    named = {name: value for name, value in ours.items() if name.startswith(("W_e", "p_", "W_hy", "b_y"))}
    for mark in [mark for marks in suffixes(case) for mark in marks]:
        whole = {name: ours[name + mark] for name in ("W_xh", "W_hh", "b_h", "b_xh", "b_hh") if name + mark in ours}
        if not letters:
            named |= _one(case, whole, "", mark)
            continue
        gates = {
            letter: {name: np.split(value, len(letters), axis=-1)[n] for name, value in whole.items()}
            for n, letter in enumerate(letters)
        }
        if order == "separate":
            for letter in letters:
                named |= _one(case, gates[letter], letter, mark)
        else:
            packed = {name: np.concatenate([gates[letter][name] for letter in order], axis=-1) for name in whole}
            named |= _one(case, packed, "", mark)
    turned = case.get("weights", "in,out") == "out,in"
    shape = {"column": (-1, 1), "row": (1, -1)}.get(case.get("bias", "vector"), (-1,))
    return {
        name: np.array(value.T if turned else value, order="C") if value.ndim == 2 else value.reshape(shape).copy()
        for name, value in named.items()
    }


class StandIn:
    """What `run(problem)` is given."""

    def __init__(self, case: Mapping[str, Any], seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.case, sizes = case, sizes_of(case)
        self.T, self.B, self.D, self.H, self.K = (sizes[letter] for letter in "TBDHK")
        if not case.get("output_layer", True):
            self.K = self.H * (2 if case.get("bidirectional") else 1)
        self.dtype, self.cell, self.seed = case.get("dtype", "float64"), case["cell"], seed
        self.activation, self.loss = case.get("activation", "tanh"), case.get("loss", "half_squared_error")
        self.ours = parameters(case, sizes, rng)
        x = rng.standard_normal((self.T, self.B, self.D))
        words = VOCABULARY if case.get("embedding") else self.D
        ids = rng.integers(0, words, (self.T, self.B))
        self.ours["x"] = np.eye(words)[ids] if case.get("ids") or case.get("embedding") else x
        for mark in [mark for marks in suffixes(case) for mark in marks]:
            for name in ("h0", "c0") if self.cell == "lstm" else ("h0",):
                scale = 0.0 if "zero" in (case.get("h0"), case.get(name)) else 0.5
                self.ours[name + mark] = scale * rng.standard_normal((self.B, self.H))
        self.our_weights = self._loss_weights(rng)
        self.our_target = self._target(rng)
        if self.dtype == "float32":
            self._round()
        self.params = users(case, {n: v.astype(self.dtype) for n, v in self.ours.items() if n[0] in "Wbp"})
        self._hand_out(ids)

    def _loss_weights(self, rng: np.random.Generator) -> Any:
        weights = np.ones((self.T, self.B))
        counted = self.case.get("counted", "given")
        if counted == "given":
            weights = rng.uniform(0.5, 2, weights.shape)
        if counted == "last":
            weights[:-1] = 0
        if counted == "padding":
            lengths = np.concatenate([[self.T], rng.integers(1, self.T, self.B - 1)])
            weights = (np.arange(self.T)[:, None] < lengths).astype("float64")
        return weights

    def _target(self, rng: np.random.Generator) -> Any:
        shape = (self.T, self.B, self.K)
        if self.loss.startswith("softmax"):
            ids = rng.integers(0, self.K, shape[:2])
            return np.eye(self.K)[ids] if self.case.get("target") == "rows" else ids
        return rng.integers(0, 2, shape).astype("float64") if "logistic" in self.loss else rng.standard_normal(shape)

    def _round(self) -> None:
        self.ours = {name: value.astype("float32").astype("float64") for name, value in self.ours.items()}
        if self.our_target.dtype.kind == "f":
            self.our_target = self.our_target.astype("float32").astype("float64")

    def _hand_out(self, ids: Any) -> None:
        case, dtype = self.case, self.dtype
        given = case.get("ids") or case.get("embedding")
        self.x = (
            laid_out(ids, _plain(_of(case, "x"))) if given else laid_out(self.ours["x"].astype(dtype), _of(case, "x"))
        )
        target, layout = self.our_target, _of(case, "target")
        target = target.astype(dtype) if target.dtype.kind == "f" else target
        layout = layout if target.ndim == 3 else _plain(layout)
        self.target = laid_out(target, layout)
        if case.get("target") == "last":
            assert case.get("counted") == "last"
            self.target = laid_out(target[-1], layout.replace("T", "").replace(",", ""))
        self.dy = self.dh = self.target
        self.loss_weights = laid_out(self.our_weights.astype(dtype), _plain(_of(case, "x")))
        self.states = {
            n: laid_out(v.astype(dtype), _of(case, n)) for n, v in self.ours.items() if n[:2] in ("h0", "c0")
        }
        self.h0 = next(iter(self.states.values()))

    def named(self, **names: str) -> dict[str, Any]:
        return {users_name: self.params[ours] for users_name, ours in names.items()}

    def put(self, where: Any, **names: str) -> None:
        for name, ours in names.items():
            _set(where, name, self.params[ours])

    def take(self, where: Any, prefix: str = "d", **names: str) -> dict[str, Any]:
        return {"d" + ours: _get(where, prefix + name) for name, ours in names.items()}

    @contextlib.contextmanager
    def updates(self, where: Any, rate: float, **names: str) -> Iterator[dict[str, Any]]:
        before = {name: np.array(_get(where, name)) for name in names}
        found: dict[str, Any] = {}
        yield found
        for name, ours in names.items():
            found["d" + ours] = (before[name] - _get(where, name)) / rate

    def step_by_step(self, forward: Any, backward: Any, upstream: Any = None) -> None:
        layout = _of(self.case, "x").replace("T", "").replace(",", "")
        upstream = laid_out(self.our_target, "TBD") if upstream is None else upstream
        for x in self.ours["x"]:
            forward(laid_out(x, layout))
        for d in list(upstream)[::-1]:
            backward(laid_out(d, layout))

    def script(self, path: str, keep: Any = (), **pinned: Any) -> dict[str, Any]:
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
        left = set(pinned)
        for node in tree.body:
            names = [t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)]
            if len(names) == 1 and names[0] in left:
                left.discard(names[0])
                node.value = ast.parse(f"_pinned[{names[0]!r}]", mode="eval").body  # type: ignore[attr-defined]
        space = {"_pinned": pinned, "__name__": "__main__"}
        exec(compile(ast.fix_missing_locations(tree), path, "exec"), space)
        return space

    def home(self, name: str, value: Any) -> dict[str, Any]:
        """A returned gradient (or h, y) in our layout, by our names; parameters may fill parts of several arrays."""
        leaf = name.removeprefix("d")
        if leaf in self.params:
            return self._home_parameter(leaf, np.asarray(value, "float64"))
        shape = self.shape_of(name)
        order = laid_out(np.arange(np.prod(shape)).reshape(shape), _of(self.case, name))
        order = np.array(order)
        ours = np.full(int(np.prod(shape)), np.nan)
        ours[order.ravel()] = np.array(value, "float64").reshape(order.shape).ravel()
        return {name: ours.reshape(shape)}

    def _home_parameter(self, leaf: str, value: Any) -> dict[str, Any]:
        ours = {n: v for n, v in self.ours.items() if n[0] in "Wbp"}
        ends = np.cumsum([0, *(v.size for v in ours.values())])
        numbered = {n: start + np.arange(v.size).reshape(v.shape) for start, (n, v) in zip(ends, ours.items())}
        order = users(self.case, numbered)[leaf]
        if value.shape != order.shape:
            assert value.size == order.size == max(order.shape), (leaf, value.shape, order.shape)
        flat = np.full(ends[-1], np.nan)
        flat[order.ravel()] = value.ravel()
        parts = {"d" + n: flat[numbered[n]] for n in ours}
        return {n: v for n, v in parts.items() if not np.isnan(v).all()}

    def shape_of(self, name: str) -> tuple[int, ...]:
        base = name.removeprefix("d").split(".")[0]
        if base in ("h0", "c0"):
            return (self.B, self.H)
        last = {"x": self.D, "y": self.K}.get(base, self.H)
        if base == "a":
            last = self.H * max(1, len(GATES[self.cell]))
        return (self.T, self.B, last)


def _set(where: Any, name: str, value: Any) -> None:
    if isinstance(where, dict):
        where[name] = value
    else:
        setattr(where, name, value)


def _get(where: Any, name: str) -> Any:
    return where[name] if isinstance(where, dict) else getattr(where, name)
