"""What gradients are made from within a step, by cell, and what that says about arrays that hold something else."""

from __future__ import annotations

from collections.abc import Mapping

from ..arrays import base_of

Table = Mapping[str, frozenset[str]]

DELTAS = {
    "rnn": ("da",),
    "leaky": ("da",),
    "lstm": ("da", "da_i", "da_f", "da_g", "da_o"),
    "gru": ("da", "da_h", "da_r", "da_z", "da_n", "da_hn"),
}
"""Gradients that go back through weights."""

OWN: dict[str, dict[str, str]] = {
    "rnn": {"da": "dh"},
    "leaky": {"dn": "dh", "da": "dn dh"},
    "lstm": {
        "do": "dh",
        "ds": "dh",
        "da_o": "do dh",
        "dc": "ds dh dc_next da_o",
        **dict.fromkeys(("df", "di", "dg"), "dc"),
        "da_f": "df dc",
        "da_i": "di dc",
        "da_g": "dg dc",
        "dgates": "dc dh do",
        "da": "dgates di df dg do dc dh",
        "dc_next": "dc da_i da_f",
        "dc0": "dc da_i da_f",
    },
    "gru": {
        "dz": "dh",
        "dn": "dh",
        "da_z": "dz dh",
        "da_n": "dn dh",
        "drh": "da_n",
        "da_hn": "da_n",
        "dr": "drh da_n",
        "da_r": "dr drh da_n",
        "da": "dr dz dn dh da_r da_z da_n",
        "da_h": "da_r da_z da_n da_hn da",
    },
}
"""Of what a cell of each kind has of its own."""

KEEPS_H = ("gru", "leaky")
"""Cells in which a share of dh itself is carried to the step before."""


def made_from(cell: str) -> Table:
    """By gradient: what it is made from, where that is what a statement reads, it reads the right thing."""
    deltas = frozenset(DELTAS[cell])
    back = deltas | ({"dh", "drh"} if cell in KEEPS_H else set())
    # The layer above hands its deltas down.
    shared = {"dh_out": frozenset({"dy"}), "dh": frozenset({"dh_out", "dh_next"}), "dx": deltas, "de": deltas}
    own = {name: frozenset(words.split()) for name, words in OWN[cell].items()}
    return {**shared, "dh_next": back, "dh0": back, **own}


NATURAL = {cell: made_from(cell) for cell in OWN}
"""By cell; names without suffix."""

UNFINISHED: dict[str, tuple[str, ...]] = {
    "dh": ("dh_out",),
    "da": ("dh", "dh_out", "dn", "dgates"),
    "da_h": ("da",),
    "dh_next": ("dh", "drh", "da_hn", *sorted({name for names in DELTAS.values() for name in names})),
    "dc": ("dc from dh", "dc_next", "ds", "dh"),
    "dc_next": ("dc",),
    "dx": ("da",),
    "dn": ("dh",),
    "dz": ("dh",),
    "dr": ("drh", "da_n"),
    "do": ("dh",),
    "ds": ("dh",),
    **dict.fromkeys(("df", "di", "dg"), ("dc",)),
    "da_o": ("do", "dh"),
    "da_f": ("df", "dc"),
    "da_i": ("di", "dc"),
    "da_g": ("dg", "dc"),
    "da_z": ("dz", "dh"),
    "da_n": ("dn", "dh"),
    "da_r": ("dr", "drh", "da_n"),
    "drh": ("da_n",),
    "da_hn": ("da_n",),
    "dgates": ("dc", "dh"),
}
"""Right values that an array holds which is not yet, or never will be, what it should be."""

RELATED: dict[str, tuple[str, ...]] = {
    "dh_out": ("dh", "da", "dc", "dn", "da_n", "da_o"),
    "dh": ("da", "do", "ds", "dc", "dn", "dz", "da_o", "da_n", "da_z"),
    "dh_next": ("dh",),
    "dc from dh": ("dc", "di", "df", "dg", "da_i", "da_f", "da_g"),
    "dc": ("di", "df", "dg", "da_i", "da_f", "da_g", "dc_next"),
    "dc_next": ("dc",),
    **{f"d{gate}": (f"da_{gate}",) for gate in "ifgorzn"},
    "da_n": ("dr", "da_r", "da_hn", "drh"),
    "drh": ("dr", "da_r"),
    "dgates": ("da",),
    "": (
        "da",
        "dh",
        "dh_next",
        "dy",
        "dx",
        "dc",
        "dc_next",
        *(f"{d}{gate}" for gate in "ifgorzn" for d in ("da_", "d")),
    ),
}
"""What an array may be meant to be although its values are those of another quantity."""


PACKED = {"dgates": "d{}", "gates": "{}", "da": "da_{}", "da_h": "da_{}", "a": "a_{}"}
"""Quantities of all gates side by side, and what one gate's is called."""


def is_part(quantity: str, packed: str) -> bool:
    """Whether a quantity is that of one gate, or of some, of a packed one."""
    (base, suffix), (whole, its) = base_of(quantity), base_of(packed)
    if whole not in PACKED or suffix != its:
        return False
    return base.startswith(f"{whole} of ") or base in {PACKED[whole].format(gate) for gate in "ifgorzn"} | {"da_hn"}


def natural(cell: str, made: str) -> frozenset[str]:
    """What a quantity (with the suffix of its layer) is made from, names with that suffix."""
    base, suffix = base_of(made)
    own = NATURAL[cell].get(base, frozenset())
    return frozenset({name if name == "dy" else name + suffix for name in own})


def unfinished(quantity: str) -> frozenset[str]:
    """See `UNFINISHED`, for a quantity with the suffix of its layer."""
    base, suffix = base_of(quantity)
    return frozenset(name + suffix for name in UNFINISHED.get(base, ()))


def on_the_way(name: str) -> frozenset[str]:
    """What may stand under a name before all that belongs to it is there; no suffixes."""
    return frozenset(UNFINISHED.get(name, ())) | {f"{name}_next"}


def related(quantity: str, other: str) -> bool:
    """Whether an array with values of one quantity may be meant to be another of the same layer, or is the same."""
    (base, suffix), (meant, its) = base_of(quantity), base_of(other)
    return meant in RELATED.get(base, (meant,)) and (not suffix or suffix == its)
