"""Parts of the source view that need no recording: words, names, colours, finds, the user's own editor."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.debugger.records import Inline, Source
from inspector.panes.debug import own_editor
from inspector.panes.debug.source_colours import STYLES, read_spans
from inspector.panes.debug.source_find import find_all, neighbour, number_of
from inspector.panes.debug.source_inks import inks_of
from inspector.panes.debug.source_inline import parts_of
from inspector.panes.debug.source_lines import Facts, Sheet, severity, sheet_of, short_count
from inspector.panes.debug.source_names import lookups, paths_at
from inspector.panes.debug.source_painting import LineLook
from inspector.panes.debug.source_stops import as_line
from inspector.panes.debug.source_words import error_text, file_name, line_words
from inspector.theme import THEMES, Theme, contrast_ratio


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_every_word_can_be_read_on_every_background(theme: Theme) -> None:
    """4.5 on the base, on the line the user stands on, and on the worst line; what was raised likewise."""
    inks = inks_of(theme)
    roles = {style.role for style in STYLES.values()} | {"text", "faint", "good", "bad"}
    for back in (theme.base, inks.here.name(), inks.shade(1.0).name()):
        assert [(role, back) for role in roles if contrast_ratio(getattr(theme, role), back) < 4.5] == []
    assert contrast_ratio(theme.bad, inks.raised.name()) >= 4.5
    assert contrast_ratio(theme.faint, theme.window) >= 4.5


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_least_error_is_seen_and_the_greatest_most(theme: Theme) -> None:
    shades = [inks_of(theme).shade(severity(worst)).name() for worst in (1e-15, 1e-6, 1e-3, 1.0, float("inf"))]
    ratios = [contrast_ratio(shade, theme.base) for shade in shades]
    assert ratios == sorted(ratios) and ratios[0] > 1.04 and ratios[3] == ratios[4] > 1.3
    assert severity(0.0) == severity(None) == 0.0


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (1000, "1.0k"), (1999, "1.9k"), (12_345, "12k"), (999_999, "999k"), (1_000_000, "1.0M"),
     (10_000_000, "10M"), (4_000_000_000, "4G")],
)  # fmt: skip
def test_counts_are_short(count: int, text: str) -> None:
    assert short_count(count) == text


def test_words_of_syntax() -> None:
    spans = read_spans('@d\ndef f(x):\n    """a\n    b"""\n    return 1  # c\n')
    kinds = [[(start, length, style.rpartition(".")[2]) for start, length, style in line] for line in spans]
    assert kinds[1] == [(0, 3, "Keyword"), (4, 1, "Function")]
    assert kinds[2] == [(4, 4, "String")] and kinds[3][-1][2] == "String"
    assert kinds[4] == [(4, 6, "Keyword"), (11, 1, "Number"), (14, 3, "Comment")]


def test_columns_are_those_of_qt() -> None:
    """A sign outside of the basic plane takes two units."""
    assert read_spans('s = "😀"; return\n')[0][-1][:2] == (10, 6)
    assert find_all("😀 h\n😀 h", "h", False) == [3, 8]


@given(st.text(alphabet="ab \n😀é\r\u2028\u2029\x0c", max_size=60))
def test_spans_have_a_row_for_every_line(text: str) -> None:
    sheet = sheet_of(Source(0, "x.py", text or " "), None)
    assert len(read_spans(sheet.text)) == sheet.text.count("\n") + 1
    assert not {"\r", "\u2028", "\u2029"}.intersection(sheet.text)


@pytest.mark.parametrize(
    ("text", "word", "paths"),
    [
        ("dh = hs[t] @ W", "hs", ["hs[3]", "hs"]),
        ("dh = hs[t - 1] @ W", "hs", ["hs[2]", "hs"]),
        ("p['W'][t].T", "p", ["p['W'][3]", "p['W']", "p"]),
        ("dcdHin[1:] + a", "dcdHin", ["dcdHin"]),
        ("x[u]", "x", ["x"]),
        ("self.cell.W[0]", "cell", ["self.cell"]),
        ("self.cell.W[0]", "W", ["self.cell.W[0]", "self.cell.W"]),
        ("a[b[0]]", "a", ["a"]),
        ("a[True]", "a", ["a"]),
        ("größe += 1", "größe", ["größe"]),
        ("a[ = b", "a", ["a"]),
    ],
)
def test_paths_of_a_name(text: str, word: str, paths: list[str]) -> None:
    assert paths_at(text, text.index(word), {"t": "3"}) == paths


def test_beside_names_there_is_none() -> None:
    assert paths_at("a + 12", 2, {}) == [] and paths_at("a + 12", 5, {}) == [] and paths_at("", 0, {}) == []


def test_entries_of_known_containers_are_arrays_too() -> None:
    known = {"hs": "container", "h": "array", "t": "number"}
    assert list(lookups(["hs[3]", "hs"], known)) == ["hs[3]"]
    assert list(lookups(["h[3]", "h"], known)) == ["h"]
    assert list(lookups(["t"], known)) == list(lookups(["x"], known)) == []


def test_finds_go_round() -> None:
    starts = find_all("ab AB ab", "ab", False)
    assert starts == [0, 3, 6] and find_all("ab AB ab", "ab", True) == [0, 6] and find_all("a.b", ".", True) == [1]
    assert find_all("ab", "", True) == []
    assert [neighbour(starts, 3, 5, 1), neighbour(starts, 6, 8, 1), neighbour(starts, 0, 2, -1)] == [2, 0, 2]
    assert neighbour([], 0, 0, 1) is None
    assert [number_of(starts, 3), number_of(starts, 4), number_of([], 0)] == [2, 0, 0]


def test_what_has_no_room_is_left_out_from_the_least_important_on() -> None:
    things = (Inline("dWhh", "(64x64) norm 3.21, 4,096 changed", 1.2e-3, True), Inline("k", "7"))
    texts = ["".join(text for text, _ in parts_of(things, length)).strip() for length in range(4)]
    assert texts == [
        "dWhh (64x64) norm 3.21, 4,096 changed ✗1.2e-3   k = 7",
        "dWhh (64x64) norm 3.21 ✗1.2e-3   k = 7",
        "dWhh ✗1.2e-3   k = 7",
        "✗1.2e-3",
    ]
    assert parts_of((Inline("h", "(4) norm 1", None, True),), 0)[-1] == (" ✓", "good")


@pytest.mark.parametrize(
    ("typed", "made"),
    [("t == 3", "line 7 if t == 3"), ("", "line 7"), ("line 7 if", "line 7"), ("hits %2", "line 7 hits %2"),
     ("if t > 1", "line 7 if t > 1"), ("line 9 if t == 1", "line 9 if t == 1")],
)  # fmt: skip
def test_a_bare_condition_is_one_of_the_line(typed: str, made: str) -> None:
    assert as_line(typed, "line 7") == made


def test_errors_and_names() -> None:
    assert [error_text(each) for each in (1.23e-3, 0.5, float("inf"), float("nan"))] == [
        "1.2e-3",
        "5.0e-1",
        "inf",
        "inf",
    ]
    assert [file_name(each) for each in ("/a/b.py", "C:\\a\\b.py", "<stdin>", "")] == [
        "b.py",
        "b.py",
        "<stdin>",
        "(no name)",
    ]


@pytest.fixture
def programs(tmp_path: Path) -> str:
    """A folder with programs in it, as PATH."""
    for name in ("code", "vim", "kate", "gvim", "emacs"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return str(tmp_path)


@pytest.mark.parametrize(
    ("variables", "arguments"),
    [
        ({"EDITOR": "code --wait"}, ["--wait", "-g", "/x/a b.py:7"]),
        ({"VISUAL": "vim", "EDITOR": "kate"}, ["-l", "7", "/x/a b.py"]),
        ({"VISUAL": "gvim"}, ["+7", "/x/a b.py"]),
        ({"VISUAL": "emacs -nw"}, []),
        ({"EDITOR": "vim"}, []),
        ({"EDITOR": "subl"}, []),
        ({"EDITOR": "rm -rf"}, []),
        ({"EDITOR": "'"}, []),
        ({}, []),
    ],
)
def test_only_known_editors_with_a_window_are_started(
    programs: str, variables: dict[str, str], arguments: list[str]
) -> None:
    command = own_editor.command_of({**variables, "PATH": programs}, "/x/a b.py", 7)
    assert command[1:] == arguments
    assert not command or Path(command[0]).parent == Path(programs)


def test_a_desktop_never_runs_the_file() -> None:
    assert own_editor.fallback("/x/a.py", "win32") == ((), str(Path("/x")))
    assert own_editor.fallback("/x/a.py", "darwin") == (("open", "-t", "/x/a.py"), "")
    assert own_editor.fallback("/x/a.py", "linux") == ((), "/x/a.py")
    for platform in ("win32", "darwin", "linux"):
        assert own_editor.fallback("/x/a.desktop", platform) == ((), str(Path("/x")))


def test_opening_says_what_was_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, programs: str) -> None:
    file, started = tmp_path / "a.py", list[list[str]]()
    file.write_text("x = 1\n")
    monkeypatch.setattr(own_editor, "_start", lambda command: started.append(list(command)) or True)
    monkeypatch.setenv("VISUAL", "code")
    monkeypatch.setenv("PATH", programs)
    assert own_editor.open_in_editor(str(file), 1) == "Opened a.py at line 1 in code"
    assert started[0][1:] == ["-g", f"{file}:1"]
    assert "is no file on this machine" in own_editor.open_in_editor("<string>", 1)


def test_a_line_to_blame_is_marked_whether_it_is_judged_or_not() -> None:
    facts = Facts({5: 2, 6: 2}, {6: 0.0}, {5: "reads hs[t], where hs[t-1] is needed"})
    look = LineLook()
    look.sheet, look.facts = Sheet(Source(0, "a.py", "x\n" * 9, first_lines={5: 5, 6: 6}), "x\n" * 9), facts
    assert (look.severity(5), look.severity(6)) == (1.0, 0.0)
    assert "to blame: it reads hs[t]" in line_words(5, facts, None, None, None)
    assert "to blame" not in line_words(6, facts, None, None, None)
