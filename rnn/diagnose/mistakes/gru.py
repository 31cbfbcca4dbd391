"""Mistakes in the GRU: shares of old state and candidate, the update gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...cells import GRU
from ...problem import Problem
from .base import UNIT, Entry


def before(problem: Problem) -> bool:
    """Whether the reset gate comes before the product."""
    cell = problem.network.cell_object
    return isinstance(cell, GRU) and cell.reset == "before"


def after(problem: Problem) -> bool:
    """Whether it comes after the product."""
    return not before(problem)


def _when(keeps: bool, first: bool | None = None) -> Callable[[Problem], bool]:
    """Whether z keeps the old state, and the reset gate comes before the product."""

    def fits(problem: Problem) -> bool:
        cell = problem.network.cell_object
        return isinstance(cell, GRU) and (cell.update == "keep") == keeps and first in (None, cell.reset == "before")

    return fits


def entry(id: str, sentence: str, formula: str, rank: int = 2, needs: object = None, **edits: str) -> Entry:
    """A mistake of one unit of a GRU; slots by their names without suffix."""
    found = {f"{slot}{{u}}": text for slot, text in edits.items()}
    return Entry(id, sentence, formula, found, over=UNIT, cells=("gru",), rank=rank, needs=needs)  # type: ignore[arg-type]


OVERWRITTEN = (
    ("candidate", "the candidate's gradient", "dh (1 - z)", "new[t]"),
    ("candidate-delta", "the candidate's gradient with its slope", "da_n", "new[t] * slope_n[t]"),
    ("kept", "what the old state gets", "dh z", "old[t]"),
)
"""(name, what dh is overwritten with, formula, its factor)."""


def _overwritten() -> Iterator[Entry]:
    """dh changed for one reader and then read by the others."""
    for name, words, formula, factor in OVERWRITTEN:
        texts = {
            "dz": f"dh[t] * {factor} * change[t]",
            "kept": f"dh[t] * {factor} * old[t]",
            "dn": f"dh[t] * {factor} * new[t]",
        }
        readers = ("dz", "dn") if name == "kept" else ("dz", "kept")
        said = f"dh is overwritten with {words}, and then read again"
        called = {"dz": "the update gate", "kept": "the old state", "dn": "the candidate"}
        yield entry(f"dh-overwritten-by-{name}", f"{said} for {called[readers[0]]} and {called[readers[1]]}", f"dh_t = {formula}", 0,
                  **{one: texts[one] for one in readers})  # fmt: skip
        for one in readers:
            yield entry(f"dh-overwritten-by-{name}-for-{one}", f"{said} for {called[one]}", f"{one} from {formula}", 1,
                      **{one: texts[one]})  # fmt: skip
    for one, text in (("kept", "dz[t] * old[t]"), ("dn", "dz[t] * new[t]")):
        yield entry(f"{one}-from-dz", "dh is overwritten with the update gate's gradient, and then read again", "dh_t = dz_t", 2,
                  **{one: text})  # fmt: skip
    yield entry("dh-overwritten-by-dz", "dh is overwritten with the update gate's gradient, and then read again by candidate and old state",
              "dh_t = dz_t", 2, kept="dz[t] * old[t]", dn="dz[t] * new[t]")  # fmt: skip


def _exchanged() -> Iterator[Entry]:
    """The values of r and z taken for each other, or r for z."""
    for keeps, (new, old) in ((True, ("1 - r", "1 * r")), (False, ("1 * r", "1 - r"))):
        yield entry(
            "shares-of-reset-gate",
            "takes the reset gate for the update gate",
            "z is r",
            1,
            _when(keeps),
            new=new,
            old=old,
        )
        for first, inner in ((True, {"back_n": "drh[t] * z[t]"}), (False, {"da_hn": "da_n[t] * z[t]"})):
            yield entry("values-of-r-and-z-exchanged", "takes the values of the gates r and z for each other", "r is z, z is r", 1,
                      _when(keeps, first), new=new, old=old, slope_r="z * (1 - z)", slope_z="r * (1 - r)", **inner)  # fmt: skip


CHANGES = (
    ("h_prev - h", "h_{t-1} - h_t", 0), ("h - h_prev", "h_t - h_{t-1}", 1), ("h - n", "h_t - n_t", 1), ("n - h", "n_t - h_t", 1),
    ("h_prev", "h_{t-1} alone", 1), ("-h_prev", "-h_{t-1} alone", 2), ("n", "n_t alone", 1), ("-n", "-n_t alone", 2),
    ("h_prev + n", "h_{t-1} + n_t", 1), ("h", "h_t", 2), ("h_prev * n", "h_{t-1} n_t", 3), ("1 + 0 * z", "1", 1), ("z", "z_t", 2),
    ("new", "the candidate's share", 3), ("old", "the old state's share", 3), ("1 - n", "1 - n_t", 3), ("a_n - h_prev", "a_n - h_{t-1}",
        2),
    ("h_prev - a_n", "h_{t-1} - a_n", 2), ("h_prev - r * n", "h_{t-1} - r n_t", 3), ("n - r * h_prev", "n_t - r h_{t-1}", 3),
    ("r * h_prev - n", "r h_{t-1} - n_t", 3),
)  # fmt: skip
"""(text, formula, rank) of what dh is multiplied with for the update gate."""

GRU_ENTRIES: tuple[Entry, ...] = (
    *_overwritten(),
    entry("kept-from-way-back", "dh is overwritten with what the candidate gives to r h_{t-1}, and then read again for the old state",
          "dh_{t-1} += drh_t z_t", 1, needs=before, kept="drh[t] * old[t]"),
    entry("update-sign", "the update gate's gradient has the other sign: n and h_{t-1} are exchanged in their difference",
        "dz_t = dh_t (n_t - h_{t-1}) or the reverse", 0, change="-({right})"),
    *(entry(f"update-with-{text.replace(' ', '')}", "the update gate's gradient needs the difference of n_t and h_{t-1}",
          f"dz_t = dh_t ({formula})", rank, change=text) for text, formula, rank in CHANGES),
    entry("update-one-minus-delta", "the derivative of 1 - z is written as 1 - d where it is -d", "dz_t = dh_t h_{t-1} + 1 - dh_t n_t", 0,
        dz="({right}) + 1"),
    entry("update-one-minus-delta-negative", "the derivative of 1 - z is written as d - 1 where it is -d", "dz_t - 1", 2,
        dz="({right}) - 1"),
    entry("update-gate-none", "the update gate gets no gradient", "dz_t = 0", 1, dz="0 * dh[t]"),
    entry("update-own-output-only", "the update gate gets only its own step's output, without what is carried", "dz_t from dh_out_t", 1,
        dz="dh_out[t] * change[t]"),
    entry("candidate-own-output-only", "the candidate gets only its own step's output, without what is carried", "dn_t from dh_out_t", 1,
        dn="dh_out[t] * new[t]"),
    entry("kept-own-output-only", "hands on only its own step's output through the old state, without what is carried",
        "dh_{t-1} += dh_out_t z_t", 1, kept="dh_out[t] * old[t]"),
    entry("candidate-with-old-share", "the candidate gets the share of the old state: z and 1 - z are exchanged", "dn_t = dh_t z_t", 0,
        dn="dh[t] * old[t]"),
    entry("candidate-without-share", "the candidate gets all of dh, without its share", "dn_t = dh_t", 0, dn="dh[t]"),
    entry("candidate-with-r", "the candidate's gradient is multiplied with the reset gate where the update gate is needed",
        "dn_t = dh_t r_t", 1,
        dn="dh[t] * r[t]"),
    entry("candidate-share-twice", "the candidate's gradient is multiplied with its share twice", "dn_t = dh_t (1 - z_t)^2", 2,
        dn="dh[t] * new[t] ** 2"),
    entry("candidate-both-shares", "the candidate's gradient is multiplied with z and 1 - z", "dn_t = dh_t z_t (1 - z_t)", 2,
        dn="dh[t] * new[t] * old[t]"),
    entry("kept-left-out", "the share of h that is kept is not passed on to h_{t-1}", "dh_{t-1} without dh_t z_t", 0, kept="0 * dh[t]"),
    entry("kept-with-new-share", "the old state gets the share of the candidate: z and 1 - z are exchanged", "dh_{t-1} += dh_t (1 - z_t)",
        0,
        kept="dh[t] * new[t]"),
    entry("kept-without-share", "all of dh is passed on to h_{t-1}, without the share that is kept", "dh_{t-1} += dh_t", 0, kept="dh[t]"),
    entry("kept-with-r", "what is kept is multiplied with the reset gate where the update gate is needed", "dh_{t-1} += dh_t r_t", 1,
        kept="dh[t] * r[t]"),
    entry("kept-with-n", "what is kept is multiplied with the candidate", "dh_{t-1} += dh_t n_t", 2, kept="dh[t] * n[t]"),
    entry("kept-with-dz", "what is kept is multiplied with the update gate's gradient", "dh_{t-1} += dh_t dz_t", 2, kept="dh[t] * dz[t]"),
    entry("kept-z-of-step-before", "what is kept takes the update gate of the step that it goes to", "dh_{t-1} += dh_t z_{t-1}", 1,
        kept="dh[t] * old[t - 1]"),
    entry("kept-z-of-step-after", "what is kept takes the update gate of the step after", "dh_{t-1} += dh_t z_{t+1}", 2,
        kept="dh[t] * after(old, t)"),
    entry("kept-subtracted", "what is kept is subtracted", "dh_{t-1} -= dh_t z_t", 2, kept="-dh[t] * old[t]"),
    entry("kept-twice", "what is kept is added twice", "dh_{t-1} += 2 dh_t z_t", 2, kept="2 * dh[t] * old[t]"),
    entry("kept-from-dn", "what is kept is made of the candidate's gradient", "dh_{t-1} += dn_t", 2, kept="dn[t]"),
    entry("kept-alone", "carries only what is kept: nothing goes back through the gates", "dh_next_t = dh_{t+1} z_{t+1}", 1,
        dh_next="kept[t + 1]"),
    entry("shares-exchanged", "takes z and 1 - z for each other everywhere", "dn = dh z, kept = dh (1 - z), dz = -dz", 0,
        dn="dh[t] * old[t]", kept="dh[t] * new[t]", change="-({right})"),
    entry("shares-exchanged-but-update", "takes z and 1 - z for each other in the candidate and in what is kept",
        "dn = dh z, kept = dh (1 - z)", 0, dn="dh[t] * old[t]", kept="dh[t] * new[t]"),
    entry("shares-exchanged-but-kept", "takes z and 1 - z for each other in the candidate and the update gate", "dn = dh z, dz = -dz", 1,
        dn="dh[t] * old[t]", change="-({right})"),
    entry("shares-exchanged-but-candidate", "takes z and 1 - z for each other in the update gate and in what is kept",
        "kept = dh (1 - z), dz = -dz", 1, kept="dh[t] * new[t]", change="-({right})"),
    *_exchanged(),
    entry("old-state-twice", "takes the new state for the old one in the update gate and in the reset gate", "h_t for h_{t-1}", 1,
        needs=before, change="h - n", dr="drh[t] * h[t]"),
)  # fmt: skip
"""Of the shares that old state and candidate have in h."""
