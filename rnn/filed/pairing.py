"""Which array of one file is which of the other: by the same name, by what is left of it, by what people call a parameter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..weights.names import ALIASES, plain_name

PREFIX = re.compile(
    r"^(?:grads?(?:ients?)?[_./]?|d(?:L|cd|loss)?_?)(?=[A-Za-z])|[_./]?grads?(?:ients?)?$", re.IGNORECASE
)
"""What is put before or behind a parameter's name to mean its gradient: `dWxh`, `grad_W_hh`, `weight_hh_l0.grad`."""

WRAPPERS = frozenset({"grad", "grads", "gradient", "gradients", "params", "module", "model", "state", "value"})
"""Parts of a path that say nothing of which parameter it is."""

LONGEST = 60


@dataclass(frozen=True)
class Pair:
    """One quantity of both files: the name it is given here, and its name in either file."""

    name: str
    first: str
    second: str


@dataclass(frozen=True)
class Pairing:
    """What was found: pairs in the first file's order, and the names that stand alone in either file."""

    pairs: tuple[Pair, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def _parts(key: str) -> list[str]:
    """The parts of a path: of `params.rnn.W_hh`, of `a/b`, of JAX's `['a']['b']`."""
    return [part for part in re.split(r"[./:\[\]'\"]+", key) if part]


def without_gradient(key: str) -> str:
    """A name without what says that it is a gradient: `rnn.weight_hh_l0` of `grads/rnn.weight_hh_l0.grad`."""
    parts = [part for part in _parts(key) if part.lower() not in WRAPPERS]
    if not parts:
        return key
    return ".".join([*parts[:-1], PREFIX.sub("", parts[-1]) or parts[-1]])


SECOND_BIAS = re.compile(r"bias_hh(_l\d+(?:_reverse)?)?$", re.ASCII)
"""PyTorch's second bias, which has the gradient of the first: it stands for no parameter of ours."""


def parameter_of(key: str) -> str:
    """The parameter that a name stands for by the names people use, `W_hh`; empty where none is known."""
    if SECOND_BIAS.search(without_gradient(key)):
        return ""
    for text in (without_gradient(key), ".".join(_parts(key))):
        found = ALIASES.get(plain_name(text), "")
        if found:
            return found
    return ""


def _letters(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", without_gradient(key).lower())


def _last(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", (_parts(without_gradient(key)) or [key])[-1].lower())


WAYS: Sequence[Callable[[str], str]] = (str, without_gradient, _letters, parameter_of, _last)
"""Ways to read a name, the strictest first; two names are a pair where each is the only one that reads so."""


def _alone(names: Iterable[str], read: Callable[[str], str]) -> dict[str, str]:
    """Names by how they read, those that are the only one and read as something."""
    read_as = {name: read(name) for name in names}
    counts = Counter(read_as.values())
    return {text: name for name, text in read_as.items() if text and counts[text] == 1}


def shown_name(key: str) -> str:
    """A foreign name as one that can be shown and kept: a single line, no control or direction characters, not too long."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in key).replace("/", ".").strip() or "array"
    return plain if len(plain) <= LONGEST else f"{plain[:40]}...{plain[-15:]}"


def _called(first: str, second: str) -> str:
    """What a pair is called here: `dW_hh` for a known parameter, else the first file's name."""
    ours = parameter_of(first)
    return f"d{ours}" if ours and ours == parameter_of(second) else shown_name(first)


def paired(first: Mapping[str, object], second: Mapping[str, object]) -> Pairing:
    """Pair the names of two files.

    Args:
        first, second: arrays by name; only the names are looked at.
    """
    partner: dict[str, str] = {}
    left, right = list(first), list(second)
    for read in WAYS:
        ours, theirs = _alone(left, read), _alone(right, read)
        found = {ours[text]: theirs[text] for text in ours if text in theirs}
        partner |= found
        left = [name for name in left if name not in found]
        right = [name for name in right if name not in found.values()]
    wanted = {name: _called(name, partner[name]) for name in first if name in partner}
    twice = {name for name, count in Counter(wanted.values()).items() if count > 1}
    pairs, taken = [], set()
    for name, called in wanted.items():
        unique = shown_name(name) if called in twice else called
        while unique in taken:
            unique += "'"
        taken.add(unique)
        pairs.append(Pair(unique, name, partner[name]))
    return Pairing(tuple(pairs), tuple(left), tuple(right))
