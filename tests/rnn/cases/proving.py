"""Runs a case on the stand-in and says which of its gradients are wrong."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tests.rnn.cases.complex_step import GATES, gradient, loss, outputs
from tests.rnn.cases.standin import StandIn

ROOT = Path(__file__).parents[3]
STYLES = Path(__file__).parent / "styles"
EXAMPLES = ROOT / "resources" / "examples"
_KNOWN: dict[tuple[str, str], Any] = {}


def case_files(folder: Path) -> list[Path]:
    """The files with a CASE."""
    return [path for path in sorted(folder.glob("*.py")) if "\nCASE = " in path.read_text(encoding="utf-8")]


def declaration(path: Path) -> dict[str, Any]:
    """CASE of one of our own files."""
    nodes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Assign)]
    (value,) = [node.value for node in nodes if ast.unparse(node.targets[0]) == "CASE"]
    return dict(eval(compile(ast.Expression(value), str(path), "eval")))


def _load(path: Path) -> ModuleType:
    """The case's module; what it imports from its own folder is forgotten again."""
    before, folder = set(sys.modules), os.getcwd()
    os.chdir(path.parent)
    sys.path.insert(0, str(path.parent))
    try:
        module = ModuleType("_case")
        module.__file__ = str(path)
        sys.modules["_case"] = module
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True), module.__dict__)
        return module
    finally:
        sys.path.remove(str(path.parent))
        os.chdir(folder)
        for name in set(sys.modules) - before:
            if str(path.parent) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


def _run(path: Path, problem: StandIn) -> dict[str, Any]:
    module, folder = _load(path), os.getcwd()
    os.chdir(path.parent)
    try:
        with np.errstate(all="raise", under="ignore"):
            returned = module.run(problem)
    finally:
        os.chdir(folder)
    return dict(returned)


def _leaf(problem: StandIn, name: str) -> tuple[str, dict[str, Any]]:
    """Where to take the complex step for a gradient, and all values with it there."""
    leaf = name.removeprefix("d")
    if leaf in problem.ours:
        return leaf, problem.ours
    return "probe_" + leaf, {**problem.ours, "probe_" + leaf: np.zeros(problem.shape_of(name))}


def _clipped(case: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    kind, limit = case.get("clip", ("none", 0))
    if kind == "value":
        return {name: np.clip(value, -limit, limit) for name, value in found.items()}
    norms = {name: np.sqrt((value**2).sum()) for name, value in found.items()}
    if kind == "norm":
        norms = dict.fromkeys(found, np.sqrt(sum(norm**2 for norm in norms.values())))
    return found if kind == "none" else {n: v * min(1, limit / norms[n]) for n, v in found.items()}


def _truth_of(problem: StandIn, name: str) -> Any:
    """The right gradient; asked again for every twin, so it is kept."""
    key = (repr(problem.case), name)
    if key in _KNOWN:
        return _KNOWN[key]
    leaf, values = _leaf(problem, name)
    found = gradient(problem.case, values, leaf, problem.our_target, problem.our_weights)
    letters = GATES[problem.cell]
    if name == "da" and letters:
        blocks = dict(zip(letters, np.split(found, len(letters), axis=-1), strict=True))
        found = np.concatenate([blocks[letter] for letter in problem.case.get("gates", letters)], axis=-1)
    return _KNOWN.setdefault(key, found)


def _forward_faults(problem: StandIn, returned: dict[str, Any]) -> list[str]:
    y, h, c = outputs(problem.case, problem.ours)
    right = loss(
        problem.case, {n: v + 0j for n, v in problem.ours.items()}, (h, c), problem.our_target, problem.our_weights
    )
    values = {"y": y, "h": h, "loss": np.real(right)}
    rough = 1e-4 if problem.dtype == "float32" else 1e-9
    faults = []
    for name, value in values.items():
        if name in returned:
            found = returned[name] if name == "loss" else problem.home(name, returned[name])[name]
            if not np.allclose(found, value, rough, rough):
                faults.append(name)
    return faults


def wrong_gradients(path: Path) -> list[str]:
    """Names of the gradients (and forward values) that are wrong, in our names; all parameters must be there."""
    case = declaration(path)
    problem = StandIn(case)
    returned = _run(path, problem)
    found: dict[str, Any] = {}
    for name, value in returned.items():
        if name in ("loss", "y", "h"):
            continue
        for ours, part in problem.home(name, value).items():
            found[ours] = np.where(np.isnan(part), found[ours], part) if ours in found else part
    wanted = {"d" + name for name in problem.ours if name[0] in "Wbp"}
    assert wanted <= set(found), f"{path.name} does not return {', '.join(sorted(wanted - set(found)))}"
    right = {name: _truth_of(problem, name) for name in found}
    weights = _clipped(case, {name: right[name] for name in wanted})
    rough = 1e-4 if problem.dtype == "float32" else 1e-8
    wrong = _forward_faults(problem, returned)
    for name, value in found.items():
        truth = weights.get(name, right[name])
        assert np.abs(truth).max() > 1e-6, f"{name} of {path.name} is 0 and shows nothing"
        if not np.allclose(value, truth, 0, rough * np.abs(truth).max()):
            wrong.append(name)
    return sorted(wrong)
