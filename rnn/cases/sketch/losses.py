"""The loss that a file computes, read from its expressions."""

from __future__ import annotations

import ast
import re

from .equations import base
from .functions import Chosen, products
from .names import plain

DY = re.compile(r"d(y|o|out|logits?|scores?|yhat|pred|z|v|ypred)?|deltao|deltay|deltaout|err(or)?|gradout|dys|do")
SLOPE = re.compile(r"1(\.0?)? - ")
DIFFERENCE = re.compile(r"[^+*/]+ - [^+*/]*\b(y|t|ts|ys|targets?|labels?|y_true)\b[^+*/]*")
HALF = re.compile(r"(?:0?\.5|1(?:\.0?)? / 2(?:\.0?)?) \* .*\*\* 2|\*\* 2.*/ 2(?:\.0?)?\b|\*\* 2.*\* 0?\.5")


def _statements(tree: ast.AST) -> list[tuple[str, str, int]]:
    """Assigned or returned expressions: name, text, line."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            found += [(base(target), ast.unparse(node.value), node.lineno) for target in node.targets]
        elif isinstance(node, ast.AugAssign):
            sign = {ast.Sub: "-", ast.Div: "/", ast.Mult: "*"}.get(type(node.op), "+")
            found.append((base(node.target), f"{sign}= {ast.unparse(node.value)}", node.lineno))
        elif isinstance(node, ast.Return) and node.value is not None:
            found.append(("return", ast.unparse(node.value), node.lineno))
    return found


def tell_loss(tree: ast.AST, chosen: Chosen) -> tuple[str, int, str]:
    """The loss, the line it was read from, and what is doubtful about it."""
    one = chosen.both or chosen.backward
    if (
        chosen.both is None
        and one is not None
        and "upstream" in one.roles.values()
        and "target" not in one.roles.values()
    ):
        return "upstream", one.node.lineno, ""
    said = _statements(tree)
    divided = next((line for name, text, line in said if DY.fullmatch(plain(name)) and "/" in text), 0)
    logs = [(text, line) for _, text, line in said if "log(" in text]
    for text, line in logs:
        if re.search(r"1(\.0?)? - .*log\(1(\.0?)? - ", text):
            return ("logistic_mean" if divided else "logistic"), line, ""
    exps = any(("exp(" in text and "/" in text) or "softmax" in text for _, text, _ in said)
    minus = [line for name, text, line in said if DY.fullmatch(plain(name)) and text.lstrip().startswith("-= 1")]
    if (logs and exps) or minus:
        line = logs[0][1] if logs else minus[0]
        doubt = (
            "the loss is divided by a number and the gradient isn't"
            if not divided and any("/" in text and "exp" not in text for text, _ in logs)
            else ""
        )
        return ("softmax_cross_entropy_mean" if divided else "softmax_cross_entropy"), line, doubt
    squares = [
        (text, line) for _, text, line in said if ("** 2" in text or "square(" in text) and not SLOPE.search(text)
    ]
    for text, line in squares:
        if "mean(" in text:
            return (
                "mean_squared_error",
                line,
                "" if "0.5" not in text and "/ 2" not in text else "a mean of halves is no loss of this program",
            )
        if HALF.search(text):
            return "half_squared_error", line, ""
    if squares:
        return (
            "half_squared_error",
            squares[0][1],
            "the squares are not halved, so gradients may be twice those of half_squared_error",
        )
    for name, text, line in said:
        if DY.fullmatch(plain(name)) and DIFFERENCE.fullmatch(text):
            return "half_squared_error", line, ""
    return "", 0, ""


def last_only(tree: ast.AST, output: str) -> int:
    """The line where the output layer is given the last state only, or 0."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.BinOp, ast.Call)) and output and output in (text := ast.unparse(node)):
            if re.search(r"\[(?:-1|T - 1|len\(\w+\) - 1|:, -1|:, -1, :|:, :, -1)\]", text) and isinstance(
                node, (ast.BinOp, ast.Call)
            ):
                return node.lineno
    return 0


def after_loop(one: ast.FunctionDef, output: str) -> int:
    """The line where a name that the loop over time sets is put through the output layer after the loop, or 0."""
    loops = [node for node in one.body if isinstance(node, (ast.For, ast.While))]
    running = {
        node.id
        for loop in loops
        for node in ast.walk(loop)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in one.body:
        if loops and node.lineno > loops[0].lineno and not isinstance(node, (ast.For, ast.While)):
            for sides in products(node):
                names = {getattr(side, "id", "") for side in sides}
                if any(base(side) == output for side in sides) and names & running:
                    return node.lineno
    return 0


def clip(tree: ast.AST) -> tuple[float, int] | None:
    """The value that gradients are cut off at, and the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "clip" and len(node.args) >= 3:
            try:
                low, high = (ast.literal_eval(one) for one in node.args[1:3])
            except ValueError:
                continue
            if isinstance(high, (int, float)) and high > 0 and low == -high:
                if plain(base(node.args[0])).startswith(("d", "g")):
                    return high, node.lineno
    return None
