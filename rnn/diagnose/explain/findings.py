"""What explaining found, as findings for the user: in words, with the user's own names and line where they are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...cases import Case
from ..finding import EXPLAIN, SCALE, Finding, evidence, finding
from ..mistakes import Mistake
from ..users_names import in_users_words, users_names
from .explain import EXPLAINED, PARTLY, UNEXPLAINED, Explanation
from .lines import lines_of, touched
from .view import View

SCALED = ("scale-", "factor-", "clip-", "weight-decay")
"""Mistakes that begin so are of the size alone."""

MOST_OPEN = 4

READS_ZERO = "carry-own-step"
"""The mistake of reading what no line has written yet."""


def _grouped(mistakes: Sequence[Mistake]) -> list[str]:
    """A sentence for every kind of mistake; of one kind at several places the places are listed."""
    groups: dict[str, list[Mistake]] = {}
    for one in mistakes:
        groups.setdefault(one.id, []).append(one)
    sentences = []
    for group in groups.values():
        first = group[0]
        more = [
            one.quantity or one.place for one in group[1:] if one.quantity != first.quantity or one.place != first.place
        ]
        sentences.append(first.sentence + (f" (likewise {', '.join(dict.fromkeys(more))})" if any(more) else ""))
    return sentences


def _told(view: View, one: Mistake, blame: Finding | None, names: Mapping[str, str]) -> dict[str, Any]:
    """A mistake as it goes into a finding."""
    where = {} if blame is None else {"file": blame["file"], "line": blame["line"]}
    quantity = one.quantity or next((part.name for part in view.parts if part.name in touched(view, one)), "")
    slot = one.edits[0][0]
    words = in_users_words(one.sentence, names)
    return {"id": one.id, "sentence": words, "formula": one.formula, "slot": slot, "quantity": quantity, **where}


def explain_findings(
    found: Explanation, case: Case | None, known: Sequence[Finding] = ()
) -> tuple[dict[str, Any], ...]:
    """The finding of an explanation, as a tuple of one; of none where nothing is wrong or nothing was searched.

    Args:
        found: the explanation. case: whose names are used. known: findings of kind `blame`, which give lines.
    """
    view = found.view
    if view is None:
        return ()
    names = users_names(case)
    if found.status == UNEXPLAINED:
        return (_unexplained(found, names),)
    found = _fitting(found, known)
    blames = [one for one in known if one["kind"] == "blame" and one.get("certain")]
    lines = lines_of(view, found.mistakes, blames)
    told = [_told(view, one, line, names) for one, line in zip(found.mistakes, lines, strict=True)]
    said = "; ".join(in_users_words(sentence, names) for sentence in _grouped(found.mistakes))
    if found.status == PARTLY:
        said += f"; that is not all: no mistake that is known here gives what {_listed(found, names)} came out as"
    scaled = all(one.id.startswith(SCALED) for one in found.mistakes) and found.status == EXPLAINED
    alike = ["; ".join(in_users_words(one, names) for one in _grouped(other)) for other in found.alike]
    first = told[0]
    place = {name: first[name] for name in ("file", "line") if name in first}
    return (
        finding(
            SCALE if scaled else EXPLAIN, said, **place, quantity=first["quantity"], status=found.status, mistakes=told,
            certain=len(found.problems) > 1, evidence=evidence(found.residual, found.problems, found.note), alike=alike,
        ),
    )  # fmt: skip


def _fitting(found: Explanation, known: Sequence[Finding]) -> Explanation:
    """Of explanations that give the same numbers the one whose words fit the code: what reads an array that is still 0."""
    unwritten = any(one.get("why") == "unwritten" for one in known)
    sets = (found.mistakes, *found.alike)
    fits = [any(one.id == READS_ZERO for one in mistakes) == unwritten for mistakes in sets]
    if not any(one["kind"] == "blame" for one in known) or True not in fits:
        return found
    first = fits.index(True)
    return replace(found, mistakes=sets[first], alike=(*sets[:first], *sets[first + 1 :]))


def _listed(found: Explanation, names: Mapping[str, str]) -> str:
    shown = [in_users_words(part.shown, names) for part in found.open[:MOST_OPEN]]
    more = len(found.open) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _unexplained(found: Explanation, names: Mapping[str, str]) -> dict[str, Any]:
    """That nothing fits, and what comes nearest."""
    said, residual = "not explained: no mistake that is known here gives these numbers", 0.0
    if found.nearest is not None:
        mistake, part, residual = found.nearest
        nearest = in_users_words(mistake.sentence, names)
        said += f"; the nearest leaves {residual:.1%} of {in_users_words(part.shown, names)}: {nearest}"
    return finding(
        EXPLAIN, said, quantity=found.open[0].name if found.open else None, status=UNEXPLAINED, mistakes=[], certain=False,
        evidence=evidence(residual, found.problems, found.note), alike=[],
    )  # fmt: skip
