"""Lines: which blamed line each mistake stands in, where that can be told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..finding import Finding
from ..mistakes import Mistake
from ..slots import slots_of
from .view import View

LIKELY = 0.5
"""Share of the wrong gradients that a blamed line and a single mistake must have in common for the line to be the mistake's."""

LEADS: Mapping[str, tuple[str, ...]] = {
    "carried": ("dh_next", "dh"), "kept": ("dh_next",), "dh_next": ("dh_next", "dh"), "dc_next": ("dc_next", "dc"),
    "dc_prev": ("dc_next",), "dc_own": ("dc",), "ds": ("ds", "dc"), "slope_c": ("ds", "dc"), "slope": ("da",),
    "new": ("dn", "da_n"), "change": ("dz", "da_z"), "drh": ("dr", "da_r"), "da_hn": ("da_hn", "dgates"),
}  # fmt: skip
"""What an equation's name makes, as blamed lines call it, where that is not the name itself."""

NAME = re.compile(r"\b[A-Za-z]\w*(?:\.\w+)*")


def touched(view: View, mistake: Mistake) -> frozenset[str]:
    """Names of the gradients that a mistake alone makes wrong."""
    edits = dict(mistake.edits)
    return frozenset(
        part.name for part in view.failing({}) if view.residual(part, {}) and not _unchanged(view, part.name, edits)
    )


def _unchanged(view: View, name: str, edits: Mapping[str, str]) -> bool:
    made, right = view.made(name, edits), view.made(name, {})
    return made is not None and right is not None and made.shape == right.shape and bool((made == right).all())


def _made_by(slot: str) -> set[str]:
    """What a slot makes, as blamed lines call it."""
    kind, _, rest = slot.partition(".")
    if kind in ("left", "delta", "sum", "returned", "start"):
        parameter, _, gate = rest.rstrip("]").partition("[")
        packed = {f"d{parameter[:2]}{gate}", f"d{parameter[:-1]}{gate}"} if gate else set()
        return {parameter if kind == "start" else f"d{parameter}", *packed}
    gate = kind[-1] if re.fullmatch(r"(slope|back|into|peep)_\w|d[ifgorzn]", kind) else ""
    if kind in LEADS:
        return set(LEADS[kind])
    if kind.startswith(("slope_", "d")) and gate:
        return {f"d{gate}", f"da_{gate}"}
    if gate:
        return {"back": {"dh_next", "dh"}, "into": {"dx"}, "peep": {"dc", "dc_next"}}[kind.partition("_")[0]]
    return {kind}


def _about(slots: Mapping[str, str], mistake: Mistake) -> set[str]:
    """What a blamed line that holds a mistake may speak of: what is made there, and what is needed and not read."""
    found: set[str] = set()
    for slot, text in mistake.edits:
        right = slots.get(slot, "")
        kept = text.replace(f"({right})", "") if f"({right})" in text else text
        found |= _made_by(slot) | (set(NAME.findall(right)) - set(NAME.findall(kept)))
    return found


def _spoken(blame: Finding) -> str:
    """The quantity that a blamed line needs or must give: `da_g` of `dc/da_g at t = 7`, `dW_g` of `dW_g of one step`."""
    said = str(blame.get("needed") or blame.get("output") or "")
    return re.split(r" (?:at|of) ", said)[0].rpartition("/")[2]


def _common(view: View, mistake: Mistake, blames: Sequence[Finding]) -> Finding | None:
    """The blamed line that makes the same gradients wrong as a single mistake."""
    own = {name for name in touched(view, mistake) if name in view.is_parameter}
    best, share = None, 0.0
    for blame in blames:
        theirs = {name for name in blame.get("quantities", ()) if name in view.is_parameter}
        together = len(own & theirs) / max(1, len(own | theirs))
        if together > share:
            best, share = blame, together
    return best if share >= LIKELY else None


def lines_of(view: View, mistakes: Sequence[Mistake], blames: Sequence[Finding]) -> list[Finding | None]:
    """For every mistake the blamed line that speaks of it and of no other mistake; None where none clearly does."""
    slots = slots_of(view.problem)
    about = [_about(slots, one) for one in mistakes]
    alone = len({one.id for one in mistakes}) == 1
    found: list[Finding | None] = []
    for number, one in enumerate(mistakes):
        others = [names for other, names in zip(mistakes, about, strict=True) if other.id != one.id]
        own = [blame for blame in blames if _spoken(blame) in about[number]]
        clear = [blame for blame in own if not any(_spoken(blame) in names for names in others)]
        found.append(clear[0] if clear else _common(view, one, blames) if alone else None)
    return found
