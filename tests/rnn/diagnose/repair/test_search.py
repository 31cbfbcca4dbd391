"""In which order edits are tried, and how sets of them are put together, on a trier that runs no code."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rnn.cases.edited import Candidate, SourceEdit
from rnn.diagnose.repair.code import Code
from rnn.diagnose.repair.diff import edited
from rnn.diagnose.repair.edits import proposals
from rnn.diagnose.repair.probe import ALSO_RIGHT, ONLY_WRONG, UNKNOWN, Suspicions, probes, suspicion
from rnn.diagnose.repair.rank import AHEAD, BACK, CALLED, CALLING, NEAR, OTHER, ranked, sites
from rnn.diagnose.repair.repair import said
from rnn.diagnose.repair.search import Search, Step
from rnn.jobs.trying import Trial

FILE = "/somewhere/net.py"
TEXT = """
def helper(a, b):
    return a * b


def forward(x, w):
    return helper(x, w)


def backward(x, w, dy):
    dw = x.T @ dy[0]
    db = helper(dy, w)
    return dw, db


def run(problem):
    return backward(problem.x, problem.w, problem.dy)
"""


class Pretended:
    """As `rnn.diagnose.repair.port.Trier`: what a text makes right is looked up in words that it has to hold."""

    def __init__(self, text: str, wanted: Mapping[str, tuple[str, ...]]) -> None:
        self.sources, self._wanted = {FILE: text}, wanted
        self.tried: list[str] = []
        self.before = self._trial(())

    def _trial(self, candidate: Candidate) -> Trial:
        text = edited(self.sources[FILE], candidate)
        self.tried.append(text)
        right = {name: all(word in text for word in words) for name, words in self._wanted.items()}
        return Trial(candidate, ({name: 0.0 if known else 1.0 for name, known in right.items()},), (right,))

    def try_all(self, candidates: Iterable[Candidate], thorough: bool = False) -> Iterator[Trial]:
        for candidate in candidates:
            yield self._trial(candidate)

    def result(self, candidate: Candidate, problem: Any) -> Any:
        raise AssertionError("nothing is run")


def _search(trier: Pretended, seconds: float = 20.0) -> Search:
    return Search(trier, FILE, (), time.monotonic() + seconds, lambda text, fraction: None)


def _first(search: Search) -> str:
    """The text that the first hit makes."""
    for step in search.hits():
        return edited(TEXT, step.candidate)
    return ""


def test_backward_passes_come_first_and_the_caller_last() -> None:
    """By name, then what they call and what stands outside of functions; a forward pass last."""
    found = [(getattr(site.function, "name", ""), site.place) for site in sites([Code(FILE, TEXT)], (), FILE)]
    assert found == [("backward", BACK), ("helper", CALLED), ("", OTHER), ("run", CALLING), ("forward", AHEAD)]


def test_a_block_that_only_watches_is_not_blamed() -> None:
    """The gradients of code that updates in place come out of a `with`, where nothing is computed."""
    blamed = {"kind": "blame", "file": FILE, "line": 7, "text": "with problem.updates(net, 0.1, W='W_xh') as found:"}
    assert not any(site.blamed for site in sites([Code(FILE, TEXT)], (blamed,), FILE))


def test_lines_of_a_forward_pass_that_keep_something_come_early() -> None:
    """What is kept wrongly is right in all that the forward pass gives, so that nothing of it can be blamed."""
    text = """
def forward(self, x, h):
    for step in x:
        h_prev, h = h, step + h
        self.kept.append((h, step))
    return h


def backward(self, dh):
    for h, step in self.kept:
        dh = dh * h - step
    return dh
"""
    found = sites([Code(FILE, text)], ({"kind": "blame", "file": FILE, "line": 11},), FILE)
    assert [(getattr(site.function, "name", ""), site.lines) for site in found[:2]] == [
        ("backward", None),
        ("forward", (5,)),
    ]
    trier = Pretended(text, {"dh": ("append((h_prev, step))",)})
    assert "append((h_prev, step))" in edited(text, next(_search(trier).hits()).candidate)
    assert len(trier.tried) < 400


def test_a_value_that_is_a_factor_nowhere_can_be_missing() -> None:
    """Where a function takes it under another name: `slope(self.f[t])` beside `dc * self.f[t]`."""
    text = "def backward(self, dc, t):\n    df = slope(self.f[t]) * dc\n    dc_next = dc\n    return df, dc_next\n"
    code = Code(FILE, text)
    made = [edited(text, one.candidate) for one in proposals(code, code.tree.body[0])]
    assert any("dc_next = dc * self.f[t]\n" in one for one in made)


def test_a_complement_is_taken_back_without_a_one() -> None:
    """`z` for `1 - z`, not `1 * z`."""
    text = "def backward(dh, z):\n    return dh * (1 - z)\n"
    code = Code(FILE, text)
    made = [edited(text, one.candidate) for one in proposals(code, code.tree.body[0])]
    assert "def backward(dh, z):\n    return dh * z\n" in made and not any("1 * z" in one for one in made)


def test_both_ends_of_a_slice_are_moved_together() -> None:
    """As of rows behind those of the input in a packed matrix."""
    text = "def backward(d, D, H):\n    return d[:, D + 1:D + 1 + H], d[1:1 + D], d[D:D + H]\n"
    code = Code(FILE, text)
    made = [edited(text, one.candidate) for one in proposals(code, code.tree.body[0])]
    for was, now in (("D + 1:D + 1 + H", "D:D + H"), ("d[1:1 + D]", "d[0:D]"), ("d[D:D + H]", "d[D + 1:D + H + 1]")):
        assert text.replace(was, now) in made


def test_a_case_of_its_own_only_declares() -> None:
    """What stands outside of functions there is not changed."""
    found = sites([Code("program.py", "k = 5\n"), Code(FILE, TEXT)], (), FILE)
    assert [site.code.file for site in found if site.function is site.code.tree] == ["program.py"]


def test_a_blamed_line_comes_first() -> None:
    """Wherever it stands, also in a forward pass."""
    blamed = {"kind": "blame", "file": FILE, "line": 7}
    found = sites([Code(FILE, TEXT)], (blamed,), FILE)
    assert (getattr(found[0].function, "name", ""), found[0].place) == ("forward", NEAR)
    first = next(ranked(found, Suspicions))
    assert first.line == 7


def test_common_mistakes_come_first() -> None:
    """Within a function an index or a transpose comes before a name that is like no other."""
    order = [one.tier for one in ranked(sites([Code(FILE, TEXT)], (), FILE)[:1], Suspicions)]
    assert order == sorted(order) and len(set(order)) >= 3


def test_one_edit_is_found() -> None:
    """The one that holds the words."""
    assert "dy[0 - 1]" not in TEXT
    trier = Pretended(TEXT, {"dw": ("dy[1]",), "y": ("helper(x, w)",)})
    assert _first(_search(trier)) == TEXT.replace("dy[0]", "dy[1]")


def test_edits_of_several_places_are_put_together() -> None:
    """Each makes something right by itself; both at once make all right."""
    trier = Pretended(TEXT, {"dw": ("dy[1]",), "db": ("helper(w, dy)",)})
    assert _first(_search(trier)) == TEXT.replace("dy[0]", "dy[1]").replace("helper(dy, w)", "helper(w, dy)")


def test_an_edit_of_an_edit_is_found() -> None:
    """The second one shows only when the first is made, and stands where the first does."""
    trier = Pretended(TEXT, {"dw": ("x @ dy",), "db": ("x @ dy[0].T",)})
    assert _first(_search(trier)) == TEXT.replace("x.T @ dy[0]", "x @ dy[0].T")


def test_what_edits_of_one_place_come_to_is_said() -> None:
    """Not that the first made what the second changes; edits of two places are said each by its own."""
    search = _search(Pretended(TEXT, {"dw": ("x @ dy",), "db": ("x @ dy[0].T",)}))
    one = said(search.texts, next(search.hits()))
    assert one == ["line 11 has dw = x.T @ dy[0] where dw = x @ dy[0].T is needed"]
    search = _search(Pretended(TEXT, {"dw": ("dy[1]",), "db": ("helper(w, dy)",)}))
    assert len(said(search.texts, next(search.hits()))) == 2
    lines = (SourceEdit(FILE, TEXT.index("    return dw"), TEXT.index("    return dw"), "    dw += 1\n"),)
    code = Code(FILE, TEXT)
    step = Step(lines, tuple(proposals(code, code.tree.body[0]))[:2], frozenset())
    assert said({FILE: TEXT}, step) == ["line 13 lacks dw += 1"]


def test_no_line_is_added_beside_one_that_it_would_replace() -> None:
    """A sibling that assigns what the line itself assigns would only take its place."""
    code = Code(FILE, "def backward(dx, x, y):\n    dh = x * 2\n    dk = y * 2\n    return dh, dk\n")
    made = [edited(code.text, one.candidate) for one in proposals(code, code.tree.body[0])]
    assert any("dh = x * 2\n    dk = x * 2\n" in text for text in made)
    assert not any("dh = x * 2\n    dh = y * 2\n    dk = " in text for text in made)


def test_two_at_once_are_found_where_neither_shows_alone() -> None:
    """Pairs of the likeliest, once no single edit makes anything right."""
    trier = Pretended(TEXT, {"dw": ("x @ dy[1]",)})
    assert _first(_search(trier, 60.0)) == TEXT.replace("x.T @ dy[0]", "x @ dy[1]")


def test_what_makes_something_wrong_is_not_taken() -> None:
    """An edit that breaks what was right is no progress."""
    trier = Pretended(TEXT, {"dw": ("T @ dy[1]",), "kept": ("T @ dy[0]",)})
    assert _first(_search(trier, 1.0)) == ""


def _told(*right: Mapping[str, float]) -> Trial:
    return Trial((), right, tuple({name: value < 1e-9 for name, value in one.items()} for one in right))


def test_suspicion_follows_what_moves() -> None:
    """Only wrong results, right ones too, or none."""
    before = _told({"dw": 1.0, "db": 0.0}, {"dw": 1.0, "db": 0.0})
    assert suspicion(before, _told({"dw": 1.1, "db": 0.0}, {"dw": 1.2, "db": 0.0})) == ONLY_WRONG
    assert suspicion(before, _told({"dw": 1.1, "db": 0.0}, {"dw": 1.2, "db": 1e-3})) == ALSO_RIGHT
    assert suspicion(before, _told({"dw": 1.1, "db": 1e-3}, {"dw": 1.2, "db": 0.0})) == UNKNOWN
    assert suspicion(before, _told({"dw": 1.0, "db": 0.0}, {"dw": 1.0, "db": 0.0})) == UNKNOWN


def test_probes_make_every_value_larger() -> None:
    """Each statement's value, each item of a tuple, each argument of a call that stands alone."""
    code = Code(FILE, "def f(a):\n    b, c = a, a + 1\n    a.append(c)\n    return (b +\n            c)\n")
    made = [edited(code.text, probe.candidate) for probe in probes(code, code.functions[0])]
    assert [text for text in made if "(a) * 1.001, a + 1" in text] and [
        text for text in made if "(a + 1) * 1.001" in text
    ]
    assert [text for text in made if "append((c) * 1.001)" in text]
    assert len(made) == 4


def test_candidates_are_edits_of_the_file() -> None:
    """Whatever is tried are edits of the file as it is, in its own characters."""
    trier = Pretended(TEXT, {"dw": ("dy[1]",), "db": ("helper(w, dy)",)})
    for step in _search(trier).hits():
        assert all(isinstance(edit, SourceEdit) and edit.file == FILE for edit in step.candidate)
        break
