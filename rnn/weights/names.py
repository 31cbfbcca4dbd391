"""Names that people and frameworks give to the parameters of a vanilla RNN."""

from __future__ import annotations

import re

IN_OUT, OUT_IN = "in,out", "out,in"
AXES = {"W_xh": ("D", "H"), "W_hh": ("H", "H"), "b_h": ("H",), "W_hy": ("H", "K"), "b_y": ("K",)}

ALIASES: dict[str, str] = {
    **dict.fromkeys(
        ("wxh", "wx", "wih", "win", "wi", "whx", "weightihl0", "weightih", "kernel", "inputkernel", "wxa", "waa_x"),
        "W_xh",
    ),
    **dict.fromkeys(("whh", "wh", "wrec", "wr", "weighthhl0", "weighthh", "recurrentkernel", "waa"), "W_hh"),
    **dict.fromkeys(("bh", "bhh", "bhidden", "brec", "biasihl0", "biashhl0", "biasih", "biashh", "ba", "bias"), "b_h"),
    **dict.fromkeys(
        (
            "why",
            "who",
            "wout",
            "wo",
            "wyh",
            "wy",
            "wya",
            "fcweight",
            "outweight",
            "linearweight",
            "decoderweight",
            "outputweight",
            "densekernel",
            "headweight",
        ),
        "W_hy",
    ),
    **dict.fromkeys(
        (
            "by",
            "bo",
            "bho",
            "bhy",
            "bout",
            "fcbias",
            "outbias",
            "linearbias",
            "decoderbias",
            "outputbias",
            "densebias",
            "headbias",
        ),
        "b_y",
    ),
}
"""Names people use, lower case without punctuation. U, V and W are missing on purpose: authors mean different things."""

CONVENTION = {
    **dict.fromkeys(
        (
            "weightihl0",
            "weightih",
            "weighthhl0",
            "weighthh",
            "fcweight",
            "outweight",
            "linearweight",
            "decoderweight",
            "outputweight",
            "headweight",
        ),
        OUT_IN,
    ),
    **dict.fromkeys(("kernel", "recurrentkernel", "densekernel", "inputkernel"), IN_OUT),
}
"""Orientation by a framework's own name: PyTorch stores (out, in), Keras (in, out)."""


def plain_name(key: str) -> str:
    """`rnn.weight_ih_l0` -> `weightihl0`; a prefix goes where the rest is a known name, else the last two parts join."""
    parts = [re.sub(r"[^a-z0-9]", "", part) for part in re.split(r"[./:]", key.lower())]
    parts = [part for part in parts if part and not part.isdigit()] or [""]
    whole = re.sub(r"[^a-z0-9]", "", key.lower())
    joined = "".join(parts[-2:])
    return next((name for name in (whole, joined, parts[-1]) if name in ALIASES), parts[-1])
