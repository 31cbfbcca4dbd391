"""repair: the user's own source edited until every gradient is right, and shown as a diff."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from ...checks import takes_extra
from ..finding import REPAIR, Finding, evidence, finding
from ..subject import Say, Subject
from .ahead import looked_ahead
from .apply import digest
from .diff import diff, edit_facts
from .port import CannotSearch, SourceEdit, Trier, in_jobs
from .problems import Known, not_searchable, tried
from .search import Search, Step
from .verify import Verifier

MOST_OTHERS = 12
STILL_S, STILL_SHARE, STILL_MOST_S = 0.3, 0.5, 2.0
"""So long, and such a share of the time until then, others that do the same are sought when one repair is known; the most."""

MakeTrier = Callable[[Subject, Sequence[Known], int], AbstractContextManager[Trier]]


def repair(
    subject: Subject, say: Say, seconds: float = 10.0, workers: int = 2, make_trier: MakeTrier = in_jobs
) -> tuple[Finding, ...]:
    """Edits of the user's source that make every gradient right, the shortest as one finding with the others in it.

    Args:
        subject: what is wrong. say: is told how far the search is, and with `extra` the finding as soon as one is verified.
        seconds: after which the search ends. workers: processes that run the code. make_trier: of what runs it.

    Returns:
        One finding of kind `repair`, or none; the subject's notes say why nothing could be sought.

    Raises:
        Whatever `say` raises to end it.
    """
    deadline = time.monotonic() + seconds
    say("Getting ready to try repairs", None)
    try:
        known = _begin(subject)
        assert subject.case is not None
        with looked_ahead(subject) as (codes, later), make_trier(subject, known, workers) as trier:
            subject.notes.extend(_written(trier))
            search = Search(trier, str(subject.case.path), subject.findings, deadline, say, codes)
            return _found(search, Verifier(later, trier), say)
    except CannotSearch as error:
        subject.notes.append(f"repairs were not sought: {error}")
        return ()


def _written(trier: Trier) -> Iterator[str]:
    """What the code itself writes, in a sentence a file."""
    for one in getattr(trier, "writes", ()):
        where = f"{Path(one['by']).name}, line {one['line']}, writes" if one.get("by") else "the code writes"
        yield f"{where} {Path(one['file']).name}; while repairs were sought, that stayed in memory"


def _begin(subject: Subject) -> list[Known]:
    """The problems on which repairs are sought; raises `CannotSearch`."""
    if note := not_searchable(subject):
        raise CannotSearch(note)
    known = tried(subject)
    if not known:
        raise CannotSearch("the case allows no random problem on which its code runs")
    return known


def _found(search: Search, verifier: Verifier, say: Say) -> tuple[Finding, ...]:
    """The verified ones of what a search finds, as one finding."""
    begun = time.monotonic()
    verified: list[tuple[Step, float]] = []
    hits: Iterator[Step] = search.hits()
    for step in hits:
        if verified and len(step.proposals) > len(verified[0][0].proposals):
            break
        residual = verifier.residual(step.candidate)
        if residual is None:
            continue
        verified.append((step, residual))
        if len(verified) == 1:
            search.enough = True
            now = time.monotonic()
            search.deadline = min(search.deadline, now + min(STILL_S + STILL_SHARE * (now - begun), STILL_MOST_S))
            _tell(say, _finding(search, verifier, verified))
        if len(verified) > MOST_OTHERS:
            break
    return (_finding(search, verifier, verified),) if verified else ()


def _tell(say: Say, found: Finding) -> None:
    words = f"Repair found: {found['sentence']}"
    told: Callable[..., None] = say
    if takes_extra(told):
        told(words, None, extra={"finding": found})
    else:
        told(words, None)


def _finding(search: Search, verifier: Verifier, verified: Sequence[tuple[Step, float]]) -> Finding:
    """What was verified as a finding: the shortest, with the others in it."""
    ordered = sorted(verified, key=lambda pair: pair[0].size)
    shown = [_shown(search, step) for step, _ in ordered]
    sizes, same = verifier.sizes, verifier.same_sizes
    kind = "of the same sizes and other values" if same else "of different sizes"
    note = f"verified on {len(sizes)} random problems {kind} that the search had not seen; arrays inside the code were not looked at"
    first = shown[0]
    return finding(
        REPAIR,
        _sentence(first, search),
        file=first["edits"][0]["file"],
        line=first["edits"][0]["line"],
        diff=first["diff"],
        edits=first["edits"],
        digests={file: digest(file) for one in shown for file in {edit["file"] for edit in one["edits"]}},
        problems=sizes,
        same_sizes=same,
        others=shown[1:],
        alike=[one["sentence"] for one in shown[1:]],
        fix=f"change it as the diff shows ({_places(first['edits'])})",
        certain=True,
        evidence=evidence(max(residual for _, residual in ordered[:1]), sizes, note),
    )


def _sentence(shown: Mapping[str, Any], search: Search) -> str:
    name = Path(shown["edits"][0]["file"]).name
    return f"{name}, {shown['sentence']}; with that every gradient is right"


def _places(edits: Sequence[Mapping[str, Any]]) -> str:
    lines = sorted({int(edit["line"]) for edit in edits})
    return f"line {lines[0]}" if len(lines) == 1 else f"lines {', '.join(map(str, lines))}"


def said(texts: Mapping[str, str], step: Step) -> list[str]:
    """What each edit repairs; where several change one line, that line as it is and as it becomes."""
    lines: dict[tuple[str, int], list[SourceEdit]] = {}
    for edit in sorted(step.candidate, key=lambda one: one.start):
        lines.setdefault((edit.file, texts[edit.file].rfind("\n", 0, edit.start) + 1), []).append(edit)
    edits = sum(len(proposal.candidate) for proposal in step.proposals)
    if len(step.proposals) == 1 or (len(lines) >= len(step.proposals) and len(step.candidate) >= edits):
        return [proposal.sentence for proposal in step.proposals]
    return [_line_said(texts[file], start, edits) for (file, start), edits in lines.items()]


def _line_said(text: str, start: int, edits: Sequence[SourceEdit]) -> str:
    """A line that begins at `start`, before and after its edits."""
    end = edits[-1].end
    if not (text[:end].endswith("\n") and edits[-1].now.endswith("\n")):
        end = text.find("\n", end) % (len(text) + 1)
    now, at = "", start
    for edit in edits:
        now, at = now + text[at : edit.start] + edit.now, edit.end
    was, now = " ".join(text[start:end].split()), " ".join((now + text[at:end]).split())
    number = text.count("\n", 0, start) + 1
    if not was:
        return f"line {number} lacks {now}"
    return (
        f"line {number} has {was} where {now} is needed" if now else f"line {number} has {was}, which is one too many"
    )


def _shown(search: Search, step: Step) -> dict[str, Any]:
    texts = search.texts
    sentence = "; and ".join(said(texts, step))
    return {"diff": diff(texts, step.candidate), "edits": edit_facts(texts, step.candidate), "sentence": sentence}
