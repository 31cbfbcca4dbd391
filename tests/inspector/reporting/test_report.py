"""Reports: one file that needs nothing else, the same bytes each time, and nothing of a stranger's that acts."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inspector.assets import example_path
from inspector.cli import main
from inspector.cli.program import _parser
from inspector.cli.reporting import result_and_command
from inspector.reporting.code import excerpt
from inspector.reporting.document import Again, Block, Picture, Report, Row, _excerpts, gather
from inspector.reporting.escape import fenced, for_markdown, visible
from inspector.reporting.making import write_report
from inspector.reporting.markdown import as_markdown
from inspector.reporting.web import as_html
from rnn import InputError
from rnn.filed import compare_files
from tests.rnn.filed.files import gradients, problem, written
from tests.rnn.weights.in_process import InProcess

VOID = {"meta", "img", "br", "hr", "input", "link"}
HOSTILE = "<script>alert(1)</script><img src=http://x/y onerror=z> \"'&`|*_[a](javascript:1) \u202eevil \x00\x1b[31m"
BROWSERS = [found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))]


class Page(HTMLParser):
    """A page read strictly: every element is closed in its order; what stands in attributes and between elements is kept."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_needs_nothing(text: str) -> Page:
    """Nothing is loaded, linked or run: no script, no frame, no link, no address but of data inside."""
    page = Page(text)
    assert not set(page.tags) & {
        "script",
        "iframe",
        "object",
        "embed",
        "link",
        "base",
        "form",
        "a",
        "video",
        "audio",
        "svg",
    }
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in ("href", "action", "srcset", "background", "poster")
        assert name != "src" or value.startswith("data:image/png;base64,")
        assert name != "style"
    style = text[text.index("<style>") : text.index("</style>")]
    assert not re.search(r"url\(|@import|expression", style)
    assert any(name == "content" and value.startswith("default-src 'none'") for _, name, value in page.attributes)
    return page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of the question, with its cause, in both forms; a saved result of it."""
    made = tmp_path_factory.mktemp("reports")
    options = _parser().parse_args(["report", "question-2014", "-o", "q.html", "--seconds", "6"])
    result, command, files = result_and_command(options)
    for name in ("q.html", "again.html", "q.md"):
        write_report(result, made / name, command, files)
    return made


def test_a_report_tells_everything(folder: Path) -> None:
    """Verdicts, the first wrong line in its source, mistake, repair, figures, how to make it again."""
    page = assert_needs_nothing((folder / "q.html").read_text())
    words = " ".join(page.text.split())
    for said in (
        "Gradients differ",
        "dh differs first at t = 3 (1 later step is right)",
        "Mistake: reads dcdHin (da) of its own step",
        "+ dcdHout[t] += np.dot(dcdHin[t + 1], Whh.T)",
        "tanh rnn, half_squared_error",
        "T = 5, B = 1, D = 5, H = 4, K = 5",
        "bptt-inspector check question-2014",
        "SHA-256 of question-2014.py",
        "jax",
    ):
        assert said in words, said
    assert re.search(
        r'<span class="here"><span class="number">54</span> +dcdHout\[t\] \+= ', (folder / "q.html").read_text()
    )
    assert sum(tag == "img" and name == "src" for tag, name, _ in page.attributes) >= 2
    assert all(value for tag, name, value in page.attributes if (tag, name) == ("img", "alt"))


def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    """And no path of this machine is told."""
    assert (folder / "q.html").read_bytes() == (folder / "again.html").read_bytes()
    assert str(example_path("question-2014").parent).encode() not in (folder / "q.html").read_bytes()


@pytest.mark.whole
def test_another_run_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """The searches find the same, however long they take."""
    assert main(["report", "question-2014", "-o", str(tmp_path / "q.html"), "--seconds", "6"]) == 0
    assert (folder / "q.html").read_bytes() == (tmp_path / "q.html").read_bytes()


def test_markdown_has_its_figures_beside_it(folder: Path) -> None:
    """Every figure that is named is there, and the other way round; the edit is a block of code."""
    text = (folder / "q.md").read_text()
    named = set(re.findall(r"\]\(q_figures/([^)]+)\)", text))
    assert named == {path.name for path in (folder / "q_figures").iterdir()} and named
    assert "```diff\n" in text and "\n+        dcdHout[t] += np.dot(dcdHin[t + 1], Whh.T)" in text
    assert "\n| **dW\\_xh** | 5 x 4 | differs |" in text


@pytest.mark.skipif(not BROWSERS, reason="no Chromium here")
def test_a_browser_shows_it(folder: Path, tmp_path: Path) -> None:
    """On a narrow screen nothing is wider than the screen; the figures are drawn."""
    command = [
        BROWSERS[0], "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", f"--user-data-dir={tmp_path}",
        "--hide-scrollbars", "--window-size=500,2400", f"--screenshot={tmp_path / 's.png'}", f"file://{folder / 'q.html'}",
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=120, check=False)
    from matplotlib.image import imread

    shot = imread(tmp_path / "s.png")
    assert shot.shape[1] == 500 and len(np.unique(shot.reshape(-1, shot.shape[2]), axis=0)) > 100
    edge = shot[:, -8:, :3]
    assert np.ptp(edge, axis=(0, 1)).max() < 0.02, "something is wider than the screen"


def _hostile_report() -> Report:
    text = HOSTILE
    return Report(
        title=text, verdict="differ", headline=text, facts=[(text, text)], checks=[(text, "failed", text)],
        tables={text: [Row(text, "differs", (text,) * 9, text)]}, divergence=text,
        excerpts=[excerpt(Path(__file__), 3, "")], findings=[Block(text, text, (("", text), ("red", "-" + text), ("dim", text)))],
        pictures=[Picture("1.png", text, b"png")], notes=[text], again=Again(text, [(text, text)], {text: text}), date=text,
    )  # fmt: skip


def test_texts_of_strangers_are_only_shown() -> None:
    """In HTML no element or attribute comes of them; in Markdown no link, no HTML, no row of a table."""
    page = assert_needs_nothing(as_html(_hostile_report()))
    assert "<script>alert(1)</script>" in page.text and "<U+202E>" in page.text
    assert not any(ord(letter) < 32 and letter != "\n" for letter in page.text)
    text = as_markdown(_hostile_report(), "figures")
    outside = re.sub(r"(?ms)^(`{3,})\w*\n.*?^\1$", "", text)
    assert "<script" not in outside and "<img" not in outside and "[a](" not in outside
    assert "\u202e" not in text and "\x1b" not in text


@pytest.mark.parametrize("text", ["a|b", "1. x", "# x", "*x*", "<b>", "[x](y)", "`x`", "a\nb", "&lt;"])
def test_markdown_is_escaped(text: str) -> None:
    made = for_markdown(text)
    assert "\n" not in made and not re.search(r"(?<!\\)[|*`#\[\]]|<|^\d+\.", made)


def test_code_with_fences_stays_inside_its_fence() -> None:
    """Whatever run of backticks it has; control characters are written out."""
    assert fenced("````\nx") == "`````\n````\nx\n`````"
    assert visible("a\x00\u2066b\tc\n\ud800") == "a<U+0000><U+2066>b\tc\n<U+D800>"


def test_source_that_is_gone_or_was_changed(tmp_path: Path) -> None:
    """Only the line itself is shown, and why."""
    path = tmp_path / "mine.py"
    path.write_text("a = 1\nb = 2\nc = 3\n")
    assert [number for number, _ in excerpt(path, 2, "b = 2").lines] == [1, 2, 3]
    assert excerpt(path, 2, "b = 4").lines == ((2, "b = 4"),) and "changed" in excerpt(path, 2, "b = 4").note
    path.unlink()
    assert excerpt(path, 2, "b = 2").lines == ((2, "b = 2"),) and "not at hand" in excerpt(path, 2, "b = 2").note


def test_the_source_shown_is_what_the_repair_changes(tmp_path: Path) -> None:
    """A line that only inherits the error is blamed too; without a repair it is the first one that is."""
    path = tmp_path / "mine.py"
    path.write_text("\n".join(f"a{n} = {n}" for n in range(1, 40)))
    blame = {"kind": "blame", "file": str(path), "line": 30, "text": "a30 = 30"}
    repair = {"kind": "repair", "file": str(path), "line": 12}
    assert [one.line for one in _excerpts([blame, repair])] == [12]
    assert [one.line for one in _excerpts([blame])] == [30]
    assert [one.line for one in _excerpts([blame, {**blame, "line": 12, "text": "a12 = 12"}, repair])] == [12]
    assert _excerpts([{"kind": "law", "sentence": "x"}]) == []


@pytest.fixture
def two_files(tmp_path: Path) -> Iterator[Any]:
    right = gradients(problem(steps=8), steps=True)
    wrong = {**right, "dW_hh": -right["dW_hh"], "<b>x": np.ones(3)}
    yield compare_files(
        written(tmp_path, "<i>a.npz", wrong), written(tmp_path, "b.npz", {**right, "<b>x": np.zeros(3)}), InProcess()
    )


def test_two_files_of_gradients(two_files: Any, tmp_path: Path) -> None:
    """Their names stand in place of hand and JAX; no check of a code is told."""
    page = assert_needs_nothing(as_html(gather(two_files, [], "bptt-inspector compare a b", [])))
    words = " ".join(page.text.split())
    assert "<i>a.npz with b.npz; neither is known to be right" in words and "-1 times the other (the sign)" in words
    assert "JAX" not in words and "Checks" not in words


def test_a_report_of_the_built_in(tmp_path: Path) -> None:
    """Without a CASE; the files that its problem is read from are hashed."""
    data = written(tmp_path, "data.npz", {"x": np.ones((4, 2, 3)) * np.arange(3), "target": np.zeros((4, 2, 5))})
    assert main(["report", "-o", str(tmp_path / "r.html"), "--data", str(data)]) == 0
    words = " ".join(assert_needs_nothing((tmp_path / "r.html").read_text()).text.split())
    assert "All gradients agree" in words and "SHA-256 of data.npz" in words and "bptt-inspector check --data" in words


def test_commands_on_gradients_and_saved_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two files, one against JAX, a saved result: each with the command that makes it again."""
    right = gradients(problem(steps=8))
    first, second = written(tmp_path, "a.npz", right), written(tmp_path, "b.npz", right)
    saved, out = tmp_path / "r.bptt", tmp_path / "r.html"
    assert main(["compare", str(first), str(second), "--save", str(saved)]) == 0
    for arguments, said in (
        ([str(first), str(second)], "bptt-inspector compare"),
        ([str(saved)], "bptt-inspector open"),
        ([str(first), "--weights", "normal", "--steps", "9"], "--weights normal --steps 9"),
    ):
        assert main(["report", *arguments, "-o", str(out)]) == 0
        text = " ".join(assert_needs_nothing(out.read_text()).text.split())
        assert said in text, arguments
    assert main(["report", str(saved), "-o", str(out), "--date"]) == 0
    assert re.search(r"bptt-inspector, \d{4}-\d\d-\d\d", Page(out.read_text()).text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["question-2014", "-o", "x.pdf"], "a report is .html (one file) or .md"),
        (["nothing", "-o", "x.html"], "neither a file nor an example"),
        (["question-2014", "-o", "x.html", "--seconds", "-1"], "--seconds is -1"),
    ],
)
def test_bad_input(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_what_was_there_is_kept_where_nothing_can_be_written(two_files: Any, tmp_path: Path) -> None:
    """No such folder; a stop on the way leaves the old file."""
    with pytest.raises(InputError, match="could not be written"):
        write_report(two_files, tmp_path / "none" / "r.html", "")
    path = tmp_path / "r.html"
    path.write_text("old")

    def stop(text: str, fraction: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(two_files, path, "", say=stop)
    assert path.read_text() == "old"
