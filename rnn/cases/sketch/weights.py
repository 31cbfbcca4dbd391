"""Where a file keeps its weights, under which names, and with which shapes they are made."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, replace

from .functions import Chosen, Function
from .names import SIZES, one_of, parameters, without_gradient


@dataclass(frozen=True)
class Weights:
    """The weights of a file.

    Attributes:
        place: "globals", "self", "dict", "self dict" or "arguments"; empty where there are none.
        holder: name of the dictionary.
        names: our parameters by the names of the code.
        lines: where they are named first.
        shapes: texts of the sizes they are made with.
    """

    place: str
    holder: str
    names: dict[str, str]
    lines: dict[str, int]
    shapes: dict[str, list[str]]


MAKERS = ("zeros", "ones", "empty", "randn", "rand", "normal", "uniform", "standard_normal", "random")


def shape_of(value: ast.expr | None) -> list[str]:
    """Sizes that an expression makes an array with, as texts."""
    for node in ast.walk(value) if value is not None else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAKERS:
            given = [word.value for word in node.keywords if word.arg in ("size", "shape")]
            if not given and node.func.attr in ("normal", "uniform"):
                given = node.args[2:3]
            for one in given or node.args:
                if isinstance(one, (ast.Tuple, ast.List)):
                    return [ast.unparse(part) for part in one.elts]
            return [ast.unparse(one) for one in given or node.args]
    return []


def letter(text: str) -> str:
    """Which size a text such as `self.hidden_size` or `4 * H` is; empty where it can't be told."""
    if text == "1":
        return "1"
    names = [
        part for part in text.replace("self.", "").replace("(", " ").replace(")", " ").split() if part[0].isalpha()
    ]
    found = [
        one_of(SIZES, name.rpartition(".")[2].rpartition("_")[0] if name.endswith("_") else name.rpartition(".")[2])
        for name in names
    ]
    return found[0] if len(found) == 1 else "HD" if sorted(found) in (["D", "H"], ["H", "V"]) else ""


@dataclass
class _Seen:
    """Candidates by place."""

    names: dict[tuple[str, str], dict[str, int]]
    shapes: dict[str, list[str]]

    def add(self, place: str, holder: str, name: str, line: int, value: ast.expr | None = None) -> None:
        """Note a name that isn't a gradient's."""
        self.names[place, holder].setdefault(name, line)
        made = shape_of(value)
        if made and name not in self.shapes:
            self.shapes[name] = made


def pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr | None]]:
    """Targets of an assignment with their values."""
    found: list[tuple[ast.expr, ast.expr | None]] = []
    for target in node.targets:
        if isinstance(target, ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [None] * len(target.elts)
            found += list(zip(target.elts, values if len(values) == len(target.elts) else [None] * len(target.elts)))
        else:
            found.append((target, node.value))
    return found


def entries(value: ast.expr | None) -> list[tuple[str, ast.expr]]:
    """Keys and values of a dictionary that is written out."""
    if isinstance(value, ast.Dict):
        return [
            (key.value, one)
            for key, one in zip(value.keys, value.values)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        ]
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
        return [(word.arg, word.value) for word in value.keywords if word.arg]
    return []


def _dict_names(seen: _Seen, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            _add_item(seen, node.value, node.slice.value, node.lineno, None)
        elif isinstance(node, ast.Assign):
            for target, value in pairs(node):
                for key, one in entries(value):
                    _add_item(seen, target, key, one.lineno, one)
                if (
                    isinstance(target, ast.Subscript)
                    and isinstance(target.slice, ast.Constant)
                    and isinstance(target.slice.value, str)
                ):
                    _add_item(seen, target.value, target.slice.value, node.lineno, value)


def _add_item(seen: _Seen, base: ast.expr, key: str, line: int, value: ast.expr | None) -> None:
    if isinstance(base, ast.Name):
        seen.add("dict", base.id, key, line, value)
    elif isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name) and base.value.id == "self":
        seen.add("self dict", base.attr, key, line, value)


def _candidates(tree: ast.Module, chosen: Chosen) -> _Seen:
    seen = _Seen(defaultdict(dict), {})
    used = [one for one in (chosen.both, chosen.forward, chosen.backward) if one]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target, value in pairs(node):
                if (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == "self"
                ):
                    seen.add("self", "", target.attr, node.lineno, value)
                elif isinstance(target, ast.Name):
                    made = shape_of(value)
                    if made:
                        seen.shapes.setdefault(target.id, made)
    for node in tree.body:
        for one in ast.walk(node) if isinstance(node, (ast.For, ast.While, ast.If, ast.With)) else [node]:
            if isinstance(one, ast.Assign):
                for target, value in pairs(one):
                    if isinstance(target, ast.Name):
                        seen.add("globals", "", target.id, one.lineno, value)
    for function in used:
        for name in function.arguments:
            seen.add("arguments", "", name, function.node.lineno)
    _dict_names(seen, tree)
    return seen


ORDER = ("arguments", "self", "self dict", "dict", "globals")
GRADIENTS = ("grad", "dparam", "cache", "mem", "delta", "tape", "velocity", "opt")


def find_weights(tree: ast.Module, chosen: Chosen, cell: str) -> Weights:
    """The place that holds most weights, and their names."""
    seen = _candidates(tree, chosen)
    best = Weights("", "", {}, {}, seen.shapes)
    count = 0.0
    for (place, holder), names in seen.names.items():
        if any(word in holder.lower() for word in GRADIENTS) or holder in ("d", "g", "dW"):
            continue
        usable = [name for name in names if not (without_gradient(name) and parameters(cell, [without_gradient(name)]))]
        found = parameters(cell, usable)
        if place == "arguments":
            roles: dict[str, str] = {}
            for one in (chosen.both, chosen.forward, chosen.backward):
                roles |= one.roles if one else {}
            found = {
                name: ours
                for name, ours in found.items()
                if roles.get(name, "") not in ("h0", "c0", "params") or name == "W"
            }
        matrices = sum(ours.startswith("W") for ours in found.values())
        handed = place == "arguments" and (matrices > 1 or "W" in found)
        score = 100.0 * handed + len(found) + 0.1 * (len(ORDER) - ORDER.index(place))
        if matrices and score > count:
            lines = {name: names[name] for name in found}
            best, count = Weights(place, holder, found, lines, seen.shapes), score
    return _on_self(tree, best)


def _on_self(tree: ast.Module, found: Weights) -> Weights:
    """Weights in a dictionary that is a short name of one that an object makes for itself: `p = self.params`."""
    handed = {
        ast.unparse(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)
        for target in node.targets
    }
    for node in ast.walk(tree) if found.place == "dict" else ():
        if isinstance(node, ast.Assign):
            for target, value in pairs(node):
                named = isinstance(target, ast.Name) and target.id == found.holder
                kept = isinstance(value, ast.Attribute) and ast.unparse(value.value) == "self"
                if named and kept and isinstance(value, ast.Attribute) and ast.unparse(value) not in handed:
                    return replace(found, place="self dict", holder=value.attr)
    return found


def size_globals(tree: ast.Module, functions: list[Function]) -> dict[str, str]:
    """Sizes that stand at the top of the module and that functions use."""
    top = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target, _ in pairs(node)
        if isinstance(target, ast.Name)
    }
    used = {
        node.id
        for one in functions
        for node in one.nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return {
        name: one_of(SIZES, name)
        for name in sorted(top & used)
        if (one_of(SIZES, name) and len(name) > 1) or name in top & used & set("TBDHKV")
    }
