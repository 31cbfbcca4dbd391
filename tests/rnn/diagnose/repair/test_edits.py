"""Every family of edits makes the repairs that it is for, to the character, and nothing that is no Python."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from rnn.diagnose.repair.code import Code
from rnn.diagnose.repair.diff import edited
from rnn.diagnose.repair.edits import Proposal, Sense, proposals
from rnn.diagnose.repair.families import EDITS

HEAD = "import numpy as np\n\ndef backward(h, x, dy, W_hh, W_xh, W_hy, dh0, z, r, c_prev, c_next):\n"
LOOP = HEAD + "    T = len(x)\n    dh_next = 0\n    for t in reversed(range(T)):\n"

DOT = "a_t = do = 1\n        dot = h\n        dit = x\n        "

MADE = (
    # family, what stands there, what is to stand there; both inside of a loop over t
    ("index", "a = h[t]", "a = h[t - 1]"),
    ("index", "a = h[t]", "a = h[t + 1]"),
    ("index", "a = h[t - 1]", "a = h[t]"),
    ("index", "a = h[t + 1, 0]", "a = h[t + 2, 0]"),
    ("index", "a = h[-1]", "a = h[0]"),
    ("index", "b = x[t]\n        a = h[-1]", "b = x[t]\n        a = h[t]"),
    ("indices", "a = W_hh[t][z] * h", "a = W_hh[z][t] * h"),
    ("indices", "a = W_hh[t, z] * h", "a = W_hh[z, t] * h"),
    ("index throughout", "a = x[t - 1] - h[t - 1]", "a = x[t] - h[t]"),
    ("index throughout", "a = x[len(h) - 1] - h[len(h) - 1]", "a = x[len(h)] - h[len(h)]"),
    ("name throughout", "a = (1 - z * z) * h", "a = (1 - r * r) * h"),
    ("index", "a = h.state(t - 1)", "a = h.state(t)"),
    ("from the end", "a = x[t]", "a = x[T - 1 - t]"),
    ("slice", "a = h[:-1]", "a = h[1:]"),
    ("slice", "a = h[1:]", "a = h[:]"),
    ("slice", "a, b = h[:, :T], h[:, T:2 * T]", "a, b = h[:, T:2 * T], h[:, T:2 * T]"),
    ("slice", "a = h[:, :z]", "a = h[:, z:]"),
    ("slice", "a = h[:z.size]", "a = h[-z.size:]"),
    ("slice", "a = h[-z:]", "a = h[:z]"),
    ("start", "a = dh_next * h[t - 1]", "a = dh_next * (h[t - 1] if t > 0 else dh0)"),
    ("start", "a = dh_next * h[:, t - 1]", "a = dh_next * (h[:, t - 1] if t > 0 else np.zeros_like(h[:, t]))"),
    ("part", "a = sum(u * v for u, v in zip(h, x))", "a = sum(u * v for u, v in zip(h[1:], x))"),
    ("slice", "a = h[-T:]", "a = h[:T]"),
    ("slice", "a = h[t:t + T]", "a = h[t * T:(t + 1) * T]"),
    ("part", "a = x + h[0]", "a = x + h[0][::-1]"),
    ("part", "a = h[1:].T @ x", "a = h.T @ x"),
    ("sibling term", "dr, dz = x, x\n        dr = x\n        dz = h\n        a = W_r @ dr + b\n        W_z = 0",
     "dr, dz = x, x\n        dr = x\n        dz = h\n        a = W_r @ dr + b + W_z @ dz\n        W_z = 0"),
    ("missing sibling", "a_h = x - r.b_h\n        a_z = r.b_z", "a_h = x - r.b_h\n        a_z = r.b_z\n        a_h += r.b_h"),
    ("range", "a = list(range(T - 1))", "a = list(range(T))"),
    ("range", "a = list(range(T))", "a = list(range(1, T))"),
    ("range", "a = list(range(T - 1, 0, -1))", "a = list(range(T - 1, -1, -1))"),
    ("order of a loop", "a = [h[k] for k in reversed(range(T))]", "a = [h[k] for k in range(T)]"),
    ("order of a loop", "a = [k for k in h]", "a = [k for k in h[::-1]]"),
    ("order of a loop", "a = h[::-1]", "a = h"),
    ("end of a list", "a = h.pop(0)", "a = h.pop()"),
    ("end of a list", "h.append(x)", "h.insert(0, x)"),
    ("transpose", "a = dy @ W_hh", "a = dy @ W_hh.T"),
    ("transpose", "a = np.dot(W_hh.T, dy)", "a = np.dot(W_hh, dy)"),
    ("transpose", "a = dy.dot(W_hh)", "a = dy.dot(W_hh.T)"),
    ("transpose", "a = (h - x) @ dy", "a = (h - x).T @ dy"),
    ("exchanged", "a = np.outer(h, dy)", "a = np.outer(dy, h)"),
    ("exchanged", "a = h.T @ dy", "a = dy.T @ h"),
    ("exchanged", "a = x - h", "a = h - x"),
    ("exchanged", "a = dy * (x - (h - z))", "a = dy * ((h - z) - x)"),
    ("order of items", "a = np.hstack([z, r, x])", "a = np.hstack([r, z, x])"),
    ("order of items", "a = np.hstack([z, r, x])", "a = np.hstack([x, z, r])"),
    ("divided", "a = dy\n        a[x] -= 1", "a = dy\n        a[x] -= 1\n        a /= T"),
    ("kind of product", "a = h * dy", "a = h @ dy"),
    ("kind of product", "a = np.outer(h, dy)", "a = np.dot(h, dy)"),
    ("kind of product", "a = h @ (dy + x)", "a = h * (dy + x)"),
    ("letters", 'a = np.einsum("bg,gh->bh", h, dy)', 'a = np.einsum("bg,hg->bh", h, dy)'),
    ("accumulate", "a = h[t] @ dy", "a += h[t] @ dy"),
    ("accumulate", "a += h[t] @ dy", "a = h[t] @ dy"),
    ("accumulate", "a -= dy", "a += dy"),
    ("repeated index", "a[x] += dy", "np.add.at(a, x, dy)"),
    ("sign", "a = h + dy", "a = h - dy"),
    ("sign", "a = -dy", "a = dy"),
    ("sign", "a = h * dy", "a = -h * dy"),
    ("term dropped", "a = dy + dh_next", "a = dy"),
    ("term dropped", "a = h - dy", "a = -dy"),
    ("carry", "a = dy @ W_hy.T", "a = dy @ W_hy.T + dh_next"),
    ("term", "a = dy\n        b = h + z * x", "a = dy + z * x\n        b = h + z * x"),
    ("brackets", "a = (h + dy) * z", "a = h + dy * z"),
    ("brackets", "a = h + dy * z", "a = (h + dy) * z"),
    ("factor dropped", "a = dy * h * z", "a = dy * h"),
    ("factor dropped", "a = dy * (h + z)", "a = h + z"),
    ("factor dropped", "a = dy / T", "a = dy"),
    ("factor", "a = dy\n        b = x * (1 - z)", "a = dy * (1 - z)\n        b = x * (1 - z)"),
    ("factor", "a = dy + h\n        b = x * z", "a = dy + h * z\n        b = x * z"),
    ("slope", "a = 1 - h ** 2", "a = h * (1 - h)"),
    ("slope", "a = dy * (1 - h)", "a = dy * (1 - h ** 2)"),
    ("slope", "a = 1 - h ** 2", "a = 1 - np.tanh(h) ** 2"),
    ("slope added", "a = dy * z", "a = dy * z * (1 - z)"),
    ("complement", "a = np.multiply(dy, z)", "a = np.multiply(dy, 1 - z)"),
    ("factor dropped", "a = np.multiply(dy, z)", "a = dy"),
    ("factor", "a = dy @ h.T\n        b = np.multiply(r, x)", "a = dy @ (h * r).T\n        b = np.multiply(r, x)"),
    ("another factor", "a = np.multiply(dy, z) + x * r", "a = np.multiply(dy, r) + x * r"),
    ("size", "a = dy\n        a /= x", "a = dy\n        a /= T"),
    ("sibling term", DOT + "a = x.i * dit + b\n        c = x.o", DOT + "a = x.i * dit + b + x.o * do\n        c = x.o"),
    ("complement", "a = dy * z", "a = dy * (1 - z)"),
    ("number", "a = dy @ h", "a = 2 * dy @ h"),
    ("number", "a = dy @ h", "a = dy @ h / T"),
    ("factor", "slope = z * r\n        a = dy[t]", "slope = z * r\n        a = dy[t] * slope[t]"),
    ("factor", "b = x[t] * (h[t] > 0)\n        a = dy[T - 1]", "b = x[t] * (h[t] > 0)\n        a = dy[T - 1] * (h[T - 1] > 0)"),
    ("another factor", "a = dy * h + x * (z > 0)", "a = dy * (z > 0) + x * (z > 0)"),
    ("matrix", "b = h @ W_hh.T\n        a = dy", "b = h @ W_hh.T\n        a = dy @ W_hh.T"),
    ("number", "a = dy / T", "a = 2 * dy / dy.size"),
    ("number", "a = dy / x.shape[0]", "a = dy / x.shape[0] / x.shape[1]"),
    ("factor", "mask = z\n        a = dy @ h", "mask = z\n        a = dy @ h * mask[:, None]"),
    ("factor dropped", "a = dy * z * (1 - z)", "a = dy"),
    ("target", "a = np.log(h[t, 0])\n        b = dy.copy()\n", "a = np.log(h[t, 0])\n        b = dy.copy()\n        b[t, 0] -= 1\n"),
    ("size", "a = dy / T", "a = dy / dy.size"),
    ("mean", "a = dy.mean(0)", "a = dy.sum(0)"),
    ("mean", "a = np.sum(dy, axis=0)", "a = np.mean(dy, axis=0)"),
    ("function", "a = np.tanh(h)", "a = h"),
    ("function of a module", "a = np.ones(3) + np.zeros(3)", "a = np.zeros(3) + np.zeros(3)"),
    ("axis", "a = dy.sum(axis=0)", "a = dy.sum(axis=1)"),
    ("axis", "a = dy[:, -1].sum(axis=0)", "a = dy.sum(axis=(0, 1))"),
    ("axis", "a = dy.sum()", "a = dy.sum(axis=0)"),
    ("axis", "a = np.sum(dy, 1)", "a = np.sum(dy, 0)"),
    ("axis", "a = dy.sum(axis=0, keepdims=True)", "a = dy.sum(axis=0, keepdims=False)"),
    ("copy", "a = h", "a = h.copy()"),
    ("copy", "a *= h + x", "a = a * (h + x)"),
    ("zeros", "a = np.ones_like(h)", "a = np.zeros_like(h)"),
    ("clip", "a = np.clip(dy, -1, 1)", "a = dy"),
    ("clip", "np.clip(dy, -1, 1, out=dy)", "pass"),
    ("constant", "a = 1 - h ** 3", "a = 1 - h ** 2"),
    ("constant", "a = 0.5 * dy", "a = 1.0 * dy"),
    ("comparison", "a = dy if t > 0 else h", "a = dy if t >= 0 else h"),
    ("comparison", "a = dy if not z else h", "a = dy if z else h"),
    ("name", "a = dy @ W_xh.T", "a = dy @ W_hh.T"),
    ("name", "a = dy * c_prev", "a = dy * c_next"),
    ("operand", "a = dy * z + h[t - 1]", "a = dy * h[t - 1] + h[t - 1]"),
    ("attribute", "a = h.ones * h.twos", "a = h.twos * h.twos"),
    ("key", 'a = h["Wr"] + h["Wz"]', 'a = h["Wz"] + h["Wz"]'),
    ("keyword", "a = dict(p=h, q=x)", "a = dict(p=x, q=h)"),
    ("operator", "a = dy / h", "a = dy * h"),
    ("order of statements", "a = dy\n        b = h\n", "b = h\n        a = dy\n"),
    ("dropped", "a = dy\n        b = h\n", "a = dy\n"),
    ("sibling", "di = dy * z * (1 - z)\n        dr = dy\n", "di = dy * z * (1 - z)\n        dr = dy * z * (1 - z)\n"),
)  # fmt: skip


def made_by(text: str, family: str | None = None) -> dict[str, Proposal]:
    """The texts that edits of a function make, all or those of one family."""
    code = Code("program.py", text)
    found = [one for function in code.functions for one in proposals(code, function)]
    return {edited(text, one.candidate): one for one in found if family in (None, one.family)}


@pytest.mark.parametrize(("family", "was", "now"), MADE)
def test_family_makes_its_repair(family: str, was: str, now: str) -> None:
    """Each family gives the text that is wanted, with everything around it as it was."""
    body = "        {}\n        return a\n"
    wanted, given = LOOP + body.format(now.strip()), LOOP + body.format(was.strip())
    every = made_by(given)
    assert wanted in every
    alone = {edited(given, one.candidate) for one in _of_family(given, family)}
    assert wanted in alone, every[wanted].family


def _of_family(text: str, name: str) -> list[Proposal]:
    """What one family makes, whatever others make as well."""
    import rnn.diagnose.repair.edits as module

    kept = module.EDITS
    module.EDITS = tuple(family for family in EDITS if family.name == name)
    try:
        return list(made_by(text).values())
    finally:
        module.EDITS = kept


def test_a_buffer_is_set_to_zero_in_the_loop_as_well() -> None:
    """Before what adds to it, with the indent of that."""
    text = (
        HEAD
        + "    nxt = [0.0] * 3\n    for t in range(3):\n        a = nxt\n        for j in range(3):\n            nxt[j] += 1\n"
    )
    wanted = text.replace("        for j", "        nxt = [0.0] * 3\n        for j")
    assert wanted in made_by(text, "reset")


def test_another_indent_says_something_new() -> None:
    """Though the statement is the same."""
    text = HEAD + "    for t in range(3):\n        a = h\n    b = a\n    return b\n"
    sense = Sense(Code("program.py", text))
    (moved,) = [one for one in _of_family(text, "into the loop") if one.line == 6]
    assert edited(text, moved.candidate) == text.replace("    b = a", "        b = a") and sense.new(moved)


def test_the_end_of_a_loop_moves_behind_it() -> None:
    """All statements from one on, also a `return`."""
    text = HEAD + "    for t in range(3):\n        a = h\n        b = a\n        return b\n"
    assert text.replace("        b = a\n        return", "    b = a\n    return") in made_by(text, "end of the loop")
    assert text.replace("        return", "    return") in made_by(text, "end of the loop")


def test_what_declares_a_case_is_no_code() -> None:
    """It may stand at the end of the program's own file."""
    code = Code("program.py", "chunk = 5\nCASE = dict(steps=5)\n")
    assert {one.line for one in proposals(code, code.tree)} == {1}


def test_every_family_has_a_case() -> None:
    """A newcomer to the table is tested on arrival."""
    own = {"out of the loop", "end of the loop", "reset", "into the loop", "missing sibling", "handed on"}
    assert {family.name for family in EDITS} == {row[0] for row in MADE} | own


def test_statement_moves_out_of_and_into_a_loop() -> None:
    """Behind the loop with its indent taken away, and back."""
    inside = LOOP + "        a = h[t]\n        b = dy\n    return a, b\n"
    outside = LOOP + "        a = h[t]\n    b = dy\n    return a, b\n"
    assert outside in made_by(inside, "out of the loop")
    assert inside in made_by(outside, "into the loop")


def test_what_is_carried_is_handed_on() -> None:
    """A name that the loop reads and only what stands before it writes gets a value at the loop's end."""
    was = LOOP + "        dh = dy[t] + dh_next\n        dz = dh * z\n    return dz\n"
    wanted = was.replace("dh * z\n", "dh * z\n        dh_next = dz\n")
    assert wanted in made_by(was, "handed on")


def test_missing_sibling_is_written_like_the_others() -> None:
    """A gate without its line gets one, in the letters of that gate."""
    was = HEAD + "    dz = dy * z\n    dr = dy * r\n    dW_z = h.T @ dz\n    return dW_z, dW_r\n"
    wanted = was.replace("dz\n    return", "dz\n    dW_r = h.T @ dr\n    return")
    assert wanted in made_by(was, "missing sibling")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_positions_hold_with_other_letters_tabs_and_line_ends(end: str) -> None:
    """Characters, not bytes, are counted; tabs, comments and line ends stay."""
    lines = ["def backward(h, δy):", "\t# größer 😀", "\tδh = 'ä' and δy[0] + h[1]  # 'ü'", "\treturn δh", ""]
    text = end.join(lines)
    wanted = end.join([*lines[:2], "\tδh = 'ä' and δy[0] + h[0]  # 'ü'", *lines[3:]])
    assert wanted in made_by(text, "index")
    assert text.replace("] + h", "] - h") in made_by(text, "sign")


def test_brackets_comments_and_line_breaks_stay() -> None:
    """An edit inside of brackets over several lines touches nothing else."""
    text = "def backward(a, b, c):\n    return (\n        a  # the first\n        + b * c  # and the other\n    )\n"
    assert text.replace("+ b", "- b") in made_by(text, "sign")
    assert text.replace("b * c", "c") in made_by(text, "factor dropped")


def test_words_say_what_is_there_and_what_is_needed() -> None:
    """The sentence names the line, the expression and the one that is needed."""
    text = LOOP + "        a = h[t] @ dy\n        h[t] = a\n"
    found = made_by(text, "index")
    assert found[text.replace("a = h[t]", "a = h[t + 1]")].sentence == "line 7 reads h[t] where h[t + 1] is needed"
    assert found[text.replace("h[t] = a", "h[t + 1] = a")].sentence == "line 8 writes h[t] where h[t + 1] is needed"


def test_only_what_says_something_new_is_kept() -> None:
    """What is no Python, what says the same, and what was said before is left out."""
    text = LOOP + "        a = dy * (h)\n        return a\n"
    code = Code("program.py", text)
    sense, said = Sense(code), set()
    for one in proposals(code, code.functions[0]):
        if sense.new(one):
            made = edited(text, one.candidate)
            assert ast.dump(ast.parse(made)) not in said | {ast.dump(code.tree)}
            said.add(ast.dump(ast.parse(made)))
    assert len(said) > 50


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("cases/styles/*.py"))[::7], ids=lambda path: path.stem
)
def test_edits_of_real_programs_are_python(path: Path) -> None:
    """What is left after sorting out can be read by Python, in programs of many styles."""
    text = path.read_text(encoding="utf-8")
    code = Code(str(path), text)
    for function in code.functions:
        sense = Sense(code)
        kept = [one for one in proposals(code, function) if sense.new(one)]
        for one in kept[:: max(1, len(kept) // 8)]:
            ast.parse(edited(text, one.candidate))
