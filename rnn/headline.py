"""What a result says in words: the overall verdict, the headline, the sentences of the checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .arrays import AnyArray
from .cases import Case
from .checks import FAILED, OK, SKIPPED, UNKNOWN
from .forward import Forward
from .problem import Problem
from .results import FirstDivergence, Inspection, QuantityReport
from .variants import Explained

MOST_NAMES = 4
"""Longer lists of names are counted instead."""


def overall(reports: Sequence[QuantityReport]) -> str:
    """`differ` where anything is wrong, else `undecided` where anything is, else `agree`."""
    if any(report.wrong for report in reports):
        return "differ"
    return "undecided" if any(report.verdict == "undecided" for report in reports) else "agree"


def _names(reports: Sequence[QuantityReport]) -> str:
    names = [report.name for report in reports]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def headline(reports: Sequence[QuantityReport], first: FirstDivergence | None, sizes: Mapping[str, int]) -> str:
    """One or two sentences: what is wrong, what is right, from which step on."""
    wrong = [report for report in reports if report.wrong]
    undecided = [report for report in reports if report.verdict == "undecided"]
    if not wrong and not undecided:
        same = all(report.verdict == "identical" for report in reports)
        return "All gradients are bit-identical." if same else "All gradients agree within rounding."
    if not wrong:
        what = _names(undecided) if len(undecided) <= MOST_NAMES else f"{len(undecided)} of {len(reports)} gradients"
        return f"No gradient is called wrong, but {what} cannot be judged: {undecided[0].note}."
    parameters = [report for report in reports if report.kind == "parameter"]
    bad = [report for report in parameters if report.wrong] or wrong
    good = [report for report in parameters if report.verdict in ("identical", "agrees")]
    sentence = f"{_names(bad)} {'is' if len(bad) == 1 else 'are'} wrong"
    sentence += f"; {_names(good)} {'is' if len(good) == 1 else 'are'} right." if good else "."
    factors = {report.note for report in bad if report.verdict == "factor"}
    if len(factors) == 1 and all(report.verdict == "factor" for report in bad):
        sentence += f" Hand is {factors.pop()}."
    if first is not None:
        last = sizes["T"] - 1
        where = "already at the last step" if first.t == last else f"the {last - first.t} later steps are right"
        if last - first.t == 1:
            where = "the last step is right"
        sentence += f" Walking back from the last step, {first.quantity} differs first at t = {first.t} ({where})."
    return sentence


def ran_sentence(values: Mapping[str, AnyArray], loss: float | None, case: Case | None, problem: Problem) -> str:
    """What a run gave."""
    whose = "the built-in BPTT" if case is None or case.built_in else "run()"
    forward = [name for name in (*problem.network.start_names(), "a", "h", "c", "y") if name in values]
    forward += ["loss"] if loss is not None else []
    count = sum(name.startswith("d") for name in values)
    also = f" and {', '.join(forward)}" if forward else ""
    return f"{whose} ran to its end and returned {count} gradient{'s' if count != 1 else ''}{also}"


def missing_note(values: Mapping[str, AnyArray], parameters: Mapping[str, AnyArray]) -> tuple[str, ...]:
    """A remark on gradients of parameters that the code did not return."""
    missing = [f"d{name}" for name in parameters if f"d{name}" not in values]
    if len(missing) < 2:
        return tuple(f"no {name} was returned: it was not checked" for name in missing)
    return (f"{', '.join(missing[:-1])} and {missing[-1]} were not returned, so they were not checked",)


def forward_sentence(forward: Forward, words: str, explained: Explained | None) -> str:
    """The check of the forward pass in a sentence."""
    if forward.first is not None:
        why = explained.sentence() if explained else "check cell, activation, loss and layout in the declaration"
        return f"the forward passes differ: {words}; {why}"
    if forward.note:
        return forward.note
    names = [report.name for report in forward.reports]
    return f"{', '.join(names)} {'agrees' if len(names) == 1 else 'agree'} with what was declared"


def forward_details(forward: Forward) -> list[str]:
    """A line for each quantity of the forward pass."""
    lines = []
    for report in forward.reports:
        since = "" if report.first_wrong_t is None else f" from t = {report.first_wrong_t}"
        note = f"; {report.note}" if report.note else ""
        lines.append(f"{report.name}: {report.verdict}{since}, largest difference {report.max_abs:.2g}{note}")
    return lines


def forward_finding(forward: Forward, words: str, explained: Explained | None) -> tuple[Mapping[str, Any], ...]:
    """A forward pass that is another function, as a finding of a result."""
    first = forward.first
    if first is None:
        return ()
    keys = dict(explained.changes) if explained else {}
    return (
        {
            "kind": "forward",
            "quantity": first.name,
            "t": first.first_wrong_t,
            "sentence": forward_sentence(forward, words, explained),
            "variant": explained.words if explained else "",
            "advice": explained.advice if explained else "",
            "change": keys,
        },
    )


def whole_headline(gradients: str, words: str, explained: Explained | None, verdict: str) -> str:
    """The headline, which begins with the forward pass where that is another function."""
    if not words:
        return gradients
    why = f"; {explained.sentence()}" if explained else ""
    if verdict == "agree":
        return f"{gradients} What the code returned of its forward pass is something else, though: {words}{why}."
    return f"The forward pass is another function: {words}{why}; so the gradients are of another function. {gradients}"


def gradients_sentence(result: Inspection, pure: str, forward: str) -> str:
    """The check of the gradients, and what it means after those before."""
    wrong = [report for report in result.reports() if report.wrong]
    counted = result.parameters or result.reports()
    whom = "JAX" if result.truth == "jax" else "central differences of the code's own loss"
    bad = [report for report in counted if report.wrong] or wrong
    if result.verdict == "agree":
        said = f"all {len(result.reports())} agree with {whom}"
    elif result.verdict == "undecided":
        said = "none is called wrong, but not all can be judged"
    else:
        said = f"{_names(bad)} {'differs' if len(bad) == 1 else 'differ'} from {whom}"
    means = []
    if forward == FAILED and result.verdict != "agree":
        means.append("the gradients are of another function")
    if forward == UNKNOWN and result.verdict == "differ":
        means.append("nothing of the forward pass was returned, so this rests on the declaration")
    if pure == FAILED:
        means.append("the code is not pure, so another run may give others")
    return f"{said} ({'; '.join(means)})" if means else said


def is_another_function(result: Inspection) -> bool:
    """Whether it is known which function the code computes in place of the declared one; then no line is to blame."""
    return any(finding["kind"] == "forward" and finding.get("change") for finding in result.findings)


def is_unknown_cell(result: Inspection) -> bool:
    """Whether the equations are the user's alone, so that nothing is known of what stands between two lines."""
    return result.truth != "jax" or result.problem.get("cell") == "own"


def where_sentence(result: Inspection, asked: bool) -> tuple[str, str]:
    """State and sentence of the check of where the first wrong line is."""
    if result.verdict != "differ":
        return SKIPPED, "no gradient is wrong"
    blame = next((finding for finding in result.findings if finding["kind"] == "blame"), None)
    if blame is not None:
        t = "" if blame["t"] is None else f", t = {blame['t']}"
        return OK, f"{Path(blame['file']).name}, line {blame['line']}{t}: {blame['sentence']}"
    if is_another_function(result):
        return SKIPPED, "not looked for: these are gradients of another function than the declared one"
    if is_unknown_cell(result):
        return (
            SKIPPED,
            "not looked for: lines are named where JAX knows the equations of the cell and what they are made of",
        )
    return (UNKNOWN, "no line could be named") if asked else (SKIPPED, "not looked for")


def why_sentence(result: Inspection, asked: bool) -> tuple[str, str]:
    """State and sentence of the check of why the gradients are wrong."""
    if result.verdict != "differ":
        return SKIPPED, "no gradient is wrong"
    if is_another_function(result):
        return SKIPPED, "not looked for: these are gradients of another function than the declared one"
    if not asked:
        return SKIPPED, "not looked for"
    named = [one for one in result.findings if one["kind"] in ("explain", "scale") and one.get("mistakes")]
    mended = [one for one in result.findings if one["kind"] == "repair"]
    if not named and not mended:
        told = [one for one in result.findings if one["kind"] in ("explain", "law")]
        return UNKNOWN, str(told[0]["sentence"]) if told else "no cause could be named"
    said = [str(one["sentence"]) for one in named[:1]]
    said += [f"mended by {one['sentence']}" for one in mended[:1]]
    return OK, "; ".join(said)
