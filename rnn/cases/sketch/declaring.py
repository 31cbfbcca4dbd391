"""What the case declares: every key with the reason for it, as far as the code tells."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from .equations import Equations, activation, read_equations, tell_cell
from .functions import Chosen, Function
from .gates import blocks, cell_tanh, gru_letters, lstm_letters, reset_form
from .layouts import tell_bias, tell_layout
from .losses import after_loop, clip, last_only, tell_loss
from .names import gate_letters, one_of
from .weights import Weights, find_weights, letter


@dataclass
class Declared:
    """What was read of a file, as the case will declare it.

    Attributes:
        keys: values of CASE. reasons: why, by key. doubtful: keys that are guesses.
        weights: where the weights are. names: our parameters, in the declared form, by the code's names.
        found, unsure: sentences.
    """

    keys: dict[str, Any] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    weights: Weights = field(default_factory=lambda: Weights("", "", {}, {}, {}))
    names: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    def put(self, key: str, value: Any, line: int, why: str, sure: bool = True, ask: str = "") -> None:
        """Declare one key; what is not sure is marked and told."""
        self.keys[key] = value
        self.reasons[key] = f"line {line}: {why}" if line else why
        if not sure:
            self.doubtful.add(key)
            self.unsure.append(ask or f"{key} = {value!r} is a guess ({why}); check it.")


def _settled(names: dict[str, str], found: Equations) -> dict[str, str]:
    """Parameters by what they are multiplied by, where their names leave it open or say otherwise."""
    settled = {}
    for name, ours in names.items():
        kinds = found.by_weight.get(name, set())
        gate = ours[-1] if len(ours) > 2 else ""
        if ours.startswith("W") and ours != "W_hy" and len(kinds) == 1:
            only = next(iter(kinds))
            separate = gate and gate not in "hx" and ours not in ("W_xh", "W_hh")
            if len(only) == 2:
                ours = f"W_{gate}" if separate else "W"
            else:
                ours = f"W_{only}{gate if separate else 'h'}"
        settled[name] = ours
    return settled if len(set(settled.values())) == len(settled) else names


def _orientation(one: Declared, found: Equations) -> bool:
    columns, rows = found.columns, found.rows
    if columns and not rows:
        one.put("weights", "out,in", columns[0], "W stands before what it multiplies")
        return True
    if rows and not columns:
        one.put("weights", "in,out", rows[0], "W stands after what it multiplies")
        return False
    shape = next(
        (one.weights.shapes[name] for name, ours in one.names.items() if ours == "W_xh" and name in one.weights.shapes),
        [],
    )
    letters = [letter(text) for text in shape]
    if letters in (["H", "D"], ["H", "V"]) and not rows:
        one.put("weights", "out,in", 0, f"W_xh is made with the sizes {', '.join(shape)}")
        return True
    why = "both orders of the product were found" if rows else "no product of a weight with x or h was found"
    one.put(
        "weights",
        "out,in" if len(columns) > len(rows) else "in,out",
        (columns or rows or [0])[0],
        why,
        False,
        "weights: whether matrices are stored (in, out) or (out, in) could not be told; look at the shapes and set it.",
    )
    return len(columns) > len(rows)


def _gates(one: Declared, tree: ast.AST, found: Equations, cell: str) -> None:
    letters = gate_letters(cell, one.names)
    if letters:
        first = next(name for name, ours in one.names.items() if ours.startswith("W_"))
        one.put("gates", "separate", one.weights.lines.get(first, 0), "one matrix a gate")
        return
    count = 4 if cell == "lstm" else 3
    where = blocks(tree, found, count)
    if cell == "lstm":
        known, line = lstm_letters(tree, found)
    else:
        known, _, line = gru_letters(tree, found)
        known |= {name: "r" for name in where if name not in known}
    order = {at: known[name] for name, at in sorted(where.items()) if name in known}
    text = "".join(order.get(at, "?") for at in range(count))
    if sorted(text) == sorted("ifgo" if cell == "lstm" else "rzn"):
        one.put("gates", text, line, "slices of the packed gates, told by what they multiply")
    else:
        one.put(
            "gates",
            "ifgo" if cell == "lstm" else "rzn",
            0,
            "the order of the packed gates could not be told",
            False,
            "gates: the order of the packed gates could not be told; write the letters in the order of the blocks.",
        )


def _cell(one: Declared, tree: ast.AST, found: Equations, cell: str) -> None:
    if cell == "rnn":
        return
    _gates(one, tree, found, cell)
    if cell == "lstm":
        squashed = cell_tanh(tree, found)
        if squashed is False:
            one.put("cell_tanh", False, 0, "h = o * c, without tanh")
        elif squashed is None:
            one.unsure.append("cell_tanh: no h = o * tanh(c) was found; add cell_tanh=False if yours is h = o * c.")
        return
    _, update, line = gru_letters(tree, found)
    one.put(
        "update",
        update or "keep",
        line,
        "h = (1 - z) h_prev + z n" if update == "new" else "h = z h_prev + (1 - z) n",
        bool(update),
        "update: which of h_prev and n the update gate keeps could not be told; set 'keep' or 'new'.",
    )
    form, line = reset_form(tree)
    one.put(
        "reset",
        form or "before",
        line,
        f"the reset gate acts {form or 'before'} the product",
        bool(form),
        "reset: whether r acts before or after the product with h could not be told.",
    )


def _data(one: Declared, tree: ast.AST, found: Equations, columns: bool, chosen: Chosen) -> None:
    bias = tell_bias(one.names, one.weights.shapes)
    biases = [ours for ours in one.names.values() if ours.startswith("b")]
    if not biases:
        one.put("biases", False, 0, "no bias was found")
    elif {"b_xh", "b_hh"} <= set(biases):
        one.put("biases", "two", 0, "a bias for x and one for h")
    ids = bool(found.ids) and one.keys["loss"] != "upstream"
    layout, line, sure = tell_layout(tree, columns, bias, ids)
    one.put(
        "x",
        layout,
        line,
        "shapes of x and h" if sure else "by habit of such code",
        sure,
        f"x: the order of axes could not be told and {layout!r} is a guess; see the README for the letters.",
    )
    if ids:
        one.put("ids", True, found.ids, "x holds token ids")
    if biases and bias in ("column", "row"):
        one.put("bias", bias, 0, f"biases are made as {'(n, 1)' if bias == 'column' else '(1, n)'}")
    elif biases and not bias and "1" in layout:
        one.put("bias", "column" if columns else "row", 0, "like the states", False)
    letters = str(one.keys.get("x", "")).replace("T", "").replace(",", "")
    if "bias" not in one.keys and letters.startswith("DB") and any(name.startswith("b_") for name in one.names.values()):
        one.put("bias", "column", 0, "samples stand side by side, so a bias that is added to them is (n, 1)", True)
    front = chosen.both or chosen.forward
    if front is not None and "h0" not in front.roles.values():
        one.put("h0", "zero", front.node.lineno, f"{front.name} takes no initial state")
    elif front is not None and one.keys["cell"] == "lstm" and "c0" not in front.roles.values():
        one.put("c0", "zero", front.node.lineno, f"{front.name} takes no initial c")


def _loss(one: Declared, tree: ast.AST, chosen: Chosen) -> None:
    loss, line, doubt = tell_loss(tree, chosen)
    if loss:
        one.put(
            "loss",
            loss,
            line,
            "read from the expression" if loss != "upstream" else "backward is given the gradient from above",
            not doubt,
            f"loss: {doubt}; {loss} is a guess, so set it and return the loss only if it is that one.",
        )
    else:
        one.put(
            "loss",
            "half_squared_error",
            0,
            "no loss was recognised",
            False,
            "loss: no known loss was recognised; set the one that your gradients belong to.",
        )
    if "W_hy" not in one.names.values():
        one.put("output_layer", False, 0, "no output weights were found")
    front = chosen.both or chosen.forward
    output = next((name for name, ours in one.names.items() if ours == "W_hy"), "")
    after = after_loop(front.node, output) if front is not None and output else 0
    if loss == "upstream":
        if after:
            one.unsure.append(
                f"dy: line {after} is an output of the last step; hand over that step of problem.dy and set counted and target to 'last'."
            )
        return
    last = last_only(tree, output) or after
    if last:
        one.put("target", "last", last, "the loss looks at the last step")
    one.put(
        "counted",
        "last" if last else "all",
        last,
        "the loss looks at the last step only" if last else "every step counts; loss_weights are not used",
    )
    cut = clip(tree)
    if cut:
        one.put("clip", ("value", cut[0]), cut[1], "gradients are cut off")


def declare(tree: ast.Module, functions: list[Function], chosen: Chosen) -> Declared:
    """Read everything that CASE says."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 20
    }
    names |= {name for one in functions for name in one.arguments}
    one = Declared()
    cell, line = tell_cell(tree, names)
    one.weights = find_weights(tree, chosen, cell)
    found = read_equations(tree, one.weights.names)
    one.names = _settled(one.weights.names, found)
    if "W_hy" not in one.names.values():
        one.names = {name: ours for name, ours in one.names.items() if ours != "b_y"}
    one.put("cell", cell, line, "told by the names of its weights" if not line else "gates side by side")
    act, line = activation(tree, cell)
    one.put("activation", act or "tanh", line, act or "none was found", bool(act))
    columns = _orientation(one, found)
    if any(ours in ("W", "W_i", "W_f", "W_r", "W_z") for ours in one.names.values()):
        one.put(
            "stacked",
            found.stacked or "hx",
            found.stacked_line,
            "h and x are put together",
            bool(found.stacked),
            "stacked: the order of x and h in the stacked input could not be told; set 'xh' or 'hx'.",
        )
    _loss(one, tree, chosen)
    _cell(one, tree, found, cell)
    _data(one, tree, found, columns, chosen)
    if "ids" in one.keys or (
        one.names
        and any(one_of({"v": r"vocabsize|worddim|vsize|nvocab|nchars|vocabularysize"}, name) for name in names)
    ):
        if "W_hy" in one.names.values():
            one.put("sizes", {"K": "D"}, 0, "one size for tokens read and foretold", True)
    several = sorted(name for name in names if re.fullmatch(r"[WU]_?(xh|hh|x|h|ax|aa)_?[12]|[WU]_?(xh|hh)_?[bf]", name))
    if several:
        one.unsure.append(
            f"layers: {', '.join(several)} look like several layers or directions, which are not read; set layers or bidirectional."
        )
    return one
