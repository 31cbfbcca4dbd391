"""What people call quantities: patterns on a name in small letters, by cell, the likeliest meaning first."""

from __future__ import annotations

import re
from functools import lru_cache

COMMON = {
    "dh": r"d_?h(_?t|_?out|idden)?|dh_?(total|cur|current|s)?|grad_?h|dcdhout|d_?state|dhidden|g_?h|lam(bda)?",
    "dh_next": r"d_?h_?(next|prev|carry|back)_?t?|carry|d?next_?h?|future|grad_?state|da_?prev_?t?|d_?prev_?h|dnext_?h"
    r"|g_?later|later",
    "dy": r"d_?(y|o|out|logits|scores|output)s?|delta_?(o|y|out)|err(or)?s?|residuals?|mismatch|miss|dcdo(ut|in)|dcdoin",
    "dx": r"d_?x_?t?|d_?inputs?|g_?x",
}

PLAIN = {
    "da": r"d?(z|a|raw|pre|net|act|in)_?t?|d(c?d)?h?(raw|in)|dhraw|d_?tanh|delta(_?t)?|dz_?h|grad_?a|da_?t|eps|dpre|dcdhin",
    **COMMON,
    "h": r"h|hs|hidden(s|_states?)?|states?|s|hout|r",
    "x": r"x|xs|inputs?|xin|u",
    "y": r"y|ys|o|out(put)?s?|logits|scores|z|oout|oin",
}

GATES = {
    "lstm": {
        "i": r"i|in|inp|input",
        "f": r"f|forget",
        "g": r"g|u|j|n|cc|cc?h|c_?(tilde|bar|hat|cand|new)|cand(idate)?|(tilde|bar|hat)_?c",
        "o": r"o|out|output",
    },
    "gru": {
        "r": r"r|reset",
        "z": r"z|u|update",
        "n": r"n|g|c|hh|h_?(tilde|hat|bar|cand|new)|cand(idate)?|(tilde|bar|hat)_?h|new",
    },
}
"""What the gates are called, by cell and letter."""

PACKED = r"gates|ifog|ifgo|iofg|iogf|figo|fiog|fogi|rzn|zrn|rz|zr|ifogf|act(ivation)?s?|z|a|raw|pre|net"


def _of_gates(letters: dict[str, str]) -> dict[str, str]:
    found = {}
    for letter, called in letters.items():
        one = rf"({called})_?(gate|g)?s?_?t?"
        found[f"d{letter}"] = rf"d_?{one}|(grad|g)_?{one}|{one}_grad|delta_?{one}"
        found[f"da_{letter}"] = (
            rf"d_?{one}_?(raw|in|input|pre|a|z|net|act|hat|bar|lin|logit)|d_?(a|z|net|pre|raw|act|h|gate|in)_?{one}"
            rf"|d_?{one}|(grad|g|delta)_?{one}|h?da_?{one}|d_?{one}_?d"
        )
        found[letter] = rf"{one}|gate_?{one}"
        found[f"a_{letter}"] = rf"(a|z|net|pre|raw)_?{one}|{one}_?(raw|in|input|pre|a|z|net|hat|bar|lin)"
    return found


def _lstm() -> dict[str, str]:
    return {
        "dc": r"d_?c(_?t|ell|_?total|_?state|_?cur|s)?|grad_?c(ell)?|d_?cell_?(state)?|g_?c|e",
        "dc_next": r"d_?c_?(next|prev|carry|back)_?t?|d_?(next|prev)_?c(_?t)?|c_?carry|d_?cell_?(next|prev)|g_?cell",
        **COMMON,
        "da": rf"d_?({PACKED})|delta",
        "dgates": rf"d_?({PACKED})",
        **_of_gates(GATES["lstm"]),
        "ds": r"d_?(s|tanh_?c_?t?|tc|ct)",
        "c": r"c|ct|cs|cell(s|_?states?)?|next_?c|new_?c|c_?next",
        "s": r"s|tanh_?c_?t?|tc|ct",
        "gates": PACKED,
        "a": PACKED,
        "h": r"h|ht|hs|hidden(s|_?states?)?|states?|hout|next_?h",
        "x": r"x|xt|xs|inputs?|xin",
        "y": r"y|yt|ys|out(put)?s?|logits|scores",
    }


def _gru() -> dict[str, str]:
    return {
        **COMMON,
        "da": rf"d_?({PACKED})|delta",
        "dgates": rf"d_?({PACKED})",
        **_of_gates(GATES["gru"]),
        "drh": r"d_?(r_?h|rh_?prev|hr|reset_?h|inner)|dhr",
        "da_hn": r"d_?(hn|inner|u_?n|h_?lin)|da_?hn",
        "rh": r"rh|r_?h_?prev|hr",
        "h": r"h|ht|hs|hidden(s|_?states?)?|states?|s|hout|next_?h",
        "x": r"x|xt|xs|inputs?|xin",
        "y": r"y|yt|ys|out(put)?s?|logits|scores|o",
    }


SAID: dict[str, dict[str, str]] = {
    "rnn": PLAIN,
    "leaky": {**PLAIN, "dn": r"d_?(n|f|tanh|new|act)"},
    "lstm": _lstm(),
    "gru": _gru(),
}
"""By cell."""


@lru_cache(maxsize=4096)
def meanings(path: str, cell: str) -> tuple[str, ...]:
    """The quantities that a name alone suggests, without the suffix of a layer; empty where it suggests none."""
    last = re.sub(r"\[.*?\]$", "", path).rpartition(".")[2]
    last = re.findall(r"\['(\w+)'\]", path)[-1] if re.search(r"\['(\w+)'\]$", path) else last
    return tuple(quantity for quantity, pattern in SAID[cell].items() if re.fullmatch(pattern, last.lower()))
