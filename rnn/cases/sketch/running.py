"""The function run(problem) of a case: how the code is called, and what comes back."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from .declaring import Declared
from .functions import Chosen, Function
from .names import SIZES, carried, one_of, without_gradient
from .weights import entries, pairs


@dataclass
class Run:
    """Lines of run(problem), and sentences of what is doubtful in them."""

    lines: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def words(names: dict[str, str]) -> str:
    """Names as arguments of `named`, `put` and `take`."""
    plain = ", ".join(f'{name}="{ours}"' for name, ours in names.items() if name.isidentifier())
    odd = {name: ours for name, ours in names.items() if not name.isidentifier()}
    return ", ".join(part for part in (plain, f"**{odd!r}" if odd else "") if part)


def _size(name: str) -> str:
    found = one_of(SIZES, name)
    return f"problem.{'D' if found == 'V' else found}" if found else ""


@dataclass
class Caller:
    """Writes the calls of a case."""

    module: str
    declared: Declared
    run: Run
    known: dict[str, str] = field(default_factory=dict)

    def argument(self, name: str, role: str) -> str:
        """What is handed over for an argument; `None` where that can't be told."""
        ours = self.declared.names.get(name, "") if self.declared.weights.place == "arguments" else ""
        if ours:
            return f'problem.params["{ours}"]'
        if name in self.known:
            return self.known[name]
        above = "problem.dy" if "W_hy" in self.declared.names.values() else "problem.dh"
        target = "problem.last_target" if self.declared.keys.get("target") == "last" else "problem.target"
        table = {
            "x": "problem.x",
            "target": target,
            "h0": "problem.h0",
            "c0": "problem.c0",
            "rate": "1.0",
            "truncate": "problem.T",
        }
        if role == "upstream" and self.declared.keys["loss"] == "upstream":
            return above
        if role == "params":
            if self.declared.weights.place in ("dict", "arguments"):
                return f"problem.named({words(self.declared.names)})"
        return table.get(role) or _size(name)

    def arguments(self, one: Function) -> str:
        """The arguments of a call; those with a default only where they are understood."""
        given = []
        for at, name in enumerate(one.arguments):
            # What makes an object is told sizes: its `inputs` are a number of them.
            text = (_size(name) if one.name == "__init__" else "") or self.argument(name, one.roles[name])
            if not text and at < one.required:
                self.run.unsure.append(
                    f"{one.name}: what to hand over as {name} could not be told; put it in place of None."
                )
                text = "None"
            if text:
                given.append(text if at < one.required else f"{name}={text}")
        return ", ".join(given)


def _variables(one: Function, name: str, weights: dict[str, str]) -> dict[str, str]:
    """Keys of a dictionary that a function fills and gives back: ours by key."""
    found: dict[str, str] = {}
    for node in one.nodes:
        if not isinstance(node, ast.Assign):
            continue
        for target, value in pairs(node):
            if isinstance(target, ast.Name) and target.id == name:
                for key, _ in entries(value):
                    _add(found, key, key, weights)
                if isinstance(value, ast.DictComp):
                    prefixed = not isinstance(value.key, ast.Name)
                    found |= {("d" if prefixed else "") + own: f"d{ours}" for own, ours in weights.items()}
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == name:
                if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
                    _add(found, target.slice.value, target.slice.value, weights)
    return found


def gradient(name: str, weights: dict[str, str]) -> str:
    """The name of the gradient that a name of the code's stands for, or an empty text."""
    rest = without_gradient(name)
    lowered = {own.lower().replace("_", ""): ours for own, ours in weights.items()}
    ours = weights.get(rest) or lowered.get(rest.lower().replace("_", "")) if rest else ""
    return f"d{ours}" if ours else carried(name)


def _add(found: dict[str, str], key: str, name: str, weights: dict[str, str]) -> None:
    ours = gradient(name, weights) or (f"d{weights[name]}" if name in weights else "")
    if ours and ours not in found.values():
        found[key] = ours


def unpacked(
    one: Function, value: ast.expr | None, weights: dict[str, str], known: dict[str, str]
) -> tuple[str, dict[str, str]]:
    """How what a function gives is taken apart, and ours by the text of each part."""
    if isinstance(value, (ast.Tuple, ast.List)):
        parts: list[str] = []
        found: dict[str, str] = {}
        for part in value.elts:
            text, more = unpacked(one, part, weights, known)
            parts.append(f"({text})" if isinstance(part, (ast.Tuple, ast.List)) else text)
            found |= more
        return ", ".join(parts) + ("," if len(parts) == 1 else ""), found
    if isinstance(value, ast.Name):
        keys = _variables(one, value.id, weights)
        if keys:
            return value.id, {f'{value.id}["{key}"]': ours for key, ours in keys.items()}
        for node in one.nodes:
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == value.id for target in node.targets
            ):
                if isinstance(node.value, (ast.List, ast.Tuple)) and len(node.value.elts) > 1:
                    listed = [gradient(getattr(part, "id", ""), weights) for part in node.value.elts]
                    if any(listed):
                        return value.id, {f"{value.id}[{at}]": ours for at, ours in enumerate(listed) if ours}
        known[value.id] = value.id
        ours = gradient(value.id, weights) or ("loss" if value.id.lower() in ("loss", "cost", "total_loss") else "")
        return value.id, {value.id: ours} if ours else {}
    if isinstance(value, ast.Attribute):
        ours = gradient(value.attr, weights)
        return value.attr, {value.attr: ours} if ours else {}
    keys = {}
    for key, _ in entries(value):
        _add(keys, key, key, weights)
    if keys:
        return "grads", {f'grads["{key}"]': ours for key, ours in keys.items()}
    return "_", {}


def result(parts: dict[str, str], doubt: bool) -> str:
    """The dictionary that run gives back."""
    kept: dict[str, str] = {}
    for text, ours in parts.items():
        if not (ours == "loss" and doubt):
            kept.setdefault(ours, text)
    return ", ".join(f"{ours}={text}" for ours, text in kept.items())


def used(chosen: Chosen) -> list[Function]:
    """The functions that are called."""
    return [one for one in (chosen.both, chosen.forward, chosen.backward) if one is not None]
