"""What names stand for, by habit: one table for weights, one for sizes, one for arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable

WEIGHTS = {
    "W_xh": r"wxh|wx|wax|wih|wxs|win|winput|wi|wi2h|wxa|u|wtih|wtx|iw|inputw",
    "W_hh": r"whh|wh|waa|wrec|wr|wrecurrent|wss|wh2h|ww|wthh|wth|hw|hiddenw",
    "b_h": r"bh|b|ba|bs|bhidden|bxh|hb|hiddenb",
    "W_hy": r"why|wy|wya|wout|woutput|who|wsy|wh2o|v|wo|wv|ow|outputw",
    "b_y": r"by|c|bout|boutput|bo|bv|by2|ob|outputb",
}
"""Names of an RNN's parameters, and of the packed ones of other cells: lower case and without underscores."""

SIZES = {
    "T": r"t|tx|ty|seqlen|seqlength|sequencelength|steps|nsteps|timesteps|length|numsteps",
    "B": r"n|m|b|bs|batch|batchsize|nbatch|minibatch|nexamples",
    "D": r"d|nx|nin|ninputs?|inputs?|inputsize|inputdim|indim|insize|xdim|xsize|features|nfeatures|dimin",
    "H": r"h|na|nh|nhid|nhidden|hid|hidden|hiddensize|hiddendim|hiddenunits|hdim|hsize|units|nunits|statesize|dimh",
    "K": r"k|ny|nout|noutputs?|outputs?|outputsize|outputdim|outdim|outsize|ydim|nclasses|classes|numclasses",
    "V": r"v|vocab|vocabsize|vsize|worddim|nvocab|nchars|vocabularysize",
}
"""Names of sizes; `V` is D and K at once."""

ARGUMENTS = {
    "x": r"x|xs|inputs?|seq|sequence|data|xseq|xt|tokens|ids|inp|xbatch",
    "target": r"y|ys|t|ts|targets?|labels?|ytrue|desired|truth|gold|tgt|actual",
    "h0": r"h0|hprev|hinit|prevh|a0|s0|h|hstart|state|initstate|aprev|h0s|hpre|hin|sprev|hlast|start|initial",
    "c0": r"c0|cprev|cinit|prevc|c|cin",
    "upstream": r"dh|da|dout|dhs|gradh|dhout|gradout|upstream|dhall|dy|gradoutput|dys|dht|grad|g|dhabove",
    "cache": r"caches?|tape|store|saved|memory|ctx|trace|history|stack",
    "params": r"params?|parameters|weights|theta|model|w|p",
    "rate": r"lr|eta|alpha|learningrate|rate|stepsize",
    "truncate": r"bptttruncate|truncate|truncation|bpttsteps|maxsteps",
}
"""Names of what functions take."""

GRADIENT = re.compile(
    r"^(?:delta_?|grad_?|gradient_?|dLd|dL_d|dcd|dE_?d|dEd|d_?|g_?)(?=[A-Za-z])|_(?:grad|gradient|bar)$"
)
CARRIES = {
    "dh0": r"dh0|dhprev|da0|ds0|dhnext|dhinit|daprev|dhcarry|gradh0",
    "dc0": r"dc0|dcprev|dcnext|dcinit|gradc0",
    "dx": r"dx|dxs|dinputs?|gradx|dlossdx",
}
PLAIN = str.maketrans("", "", "_")
CANDIDATES = "gcna"
WORDS = {"weights": "w", "weight": "w", "bias": "b", "recurrent": "rec"}


def plain(name: str) -> str:
    """A name in lower case, without underscores and with `weight` and `bias` made short."""
    found = name.lower()
    for word, short in WORDS.items():
        if found != word:
            found = found.replace(word, short)
    return found.translate(PLAIN)


def one_of(table: dict[str, str], name: str) -> str:
    """The entry of a table that a name stands for, or an empty text."""
    found = plain(name)
    return next((key for key, pattern in table.items() if re.fullmatch(pattern, found)), "")


def without_gradient(name: str) -> str:
    """What a name is the gradient of, or an empty text."""
    rest = GRADIENT.sub("", name, count=1)
    return rest if rest and rest != name else ""


def _gate_names(letter: str, ours: str) -> dict[str, str]:
    """Parameters of one gate by the plain names they may have; `W?_` is settled by what it is multiplied by."""
    found = {f"wx{letter}": f"W_x{ours}", f"w{letter}x": f"W_x{ours}", f"wi{letter}": f"W_x{ours}"}
    found |= {f"wh{letter}": f"W_h{ours}", f"w{letter}h": f"W_h{ours}", f"u{letter}": f"W_h{ours}"}
    return found | {f"w{letter}": f"W_{ours}", f"b{letter}": f"b_{ours}"}


def gate_letters(cell: str, names: Iterable[str]) -> dict[str, str]:
    """The letters that code has for its gates, to ours; empty where they are no matrices of their own."""
    known = {plain(name) for name in names}

    def has(letter: str) -> bool:
        return bool(known & {name for name, ours in _gate_names(letter, "?").items() if not ours.startswith("b")})

    fixed = "ifo" if cell == "lstm" else "rz"
    candidate = next((one for one in ("gcan" if cell == "lstm" else "nhcga") if has(one)), "")
    if not candidate or not all(has(letter) for letter in fixed):
        return {}
    return {**{letter: letter for letter in fixed}, candidate: "g" if cell == "lstm" else "n"}


def parameters(cell: str, names: Iterable[str]) -> dict[str, str]:
    """Our parameters by the names of the code, those that are known."""
    names = list(names)
    letters = gate_letters(cell, names) if cell in ("lstm", "gru") else {}
    table = {one: ours for letter, own in letters.items() for one, ours in _gate_names(letter, own).items()}
    recurrent = any(plain(name) in table and plain(name).startswith("u") for name in names)
    found: dict[str, str] = {}
    for name in names:
        short = plain(name)
        ours = table.get(short) or one_of(WEIGHTS, name)
        if letters and not table.get(short) and ours not in ("W_hy", "b_y"):
            ours = ""
        if not ours and short == "w" and not letters:
            ours = "W"
        if recurrent and re.fullmatch(r"W_.", ours):
            ours = f"W_x{ours[-1]}"
        if ours and ours not in found.values():
            found[name] = ours
    if "W" in found.values() and {"W_xh", "W_hy"} <= set(found.values()) and "W_hh" not in found.values():
        found[next(name for name, ours in found.items() if ours == "W")] = "W_hh"
    biases = {plain(name): name for name in names}
    if {"bih", "bhh"} <= set(biases):
        found |= {biases["bih"]: "b_xh", biases["bhh"]: "b_hh"}
    return found


def carried(name: str) -> str:
    """`dh0`, `dc0` or `dx`, where a name stands for one."""
    return one_of(CARRIES, name)
