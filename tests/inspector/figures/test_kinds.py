"""Every kind of figure, over the whole table: the same bytes again, also by the command that stands in the file."""

from __future__ import annotations

import io
import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from inspector.cli import main
from inspector.exports import gathered, source_or_none
from inspector.figures.command import command
from inspector.figures.drawing import Source
from inspector.figures.film import MOST_FRAMES, chosen
from inspector.figures.kinds import FIGURES
from inspector.figures.render import drawing_of, render, save_figure
from inspector.figures.request import PRESETS, FigureRequest
from rnn.errors import InputError
from rnn.inspection import inspect_gradients
from rnn.itemised import save_itemised
from rnn.jobs import JobRunner
from rnn.recorder.summary import last_seen
from tests.inspector.figures.conftest import NAME, silent
from tests.inspector.figures.figured import result_of

FORMATS = (".pdf", ".svg", ".npz", ".csv")


@pytest.mark.parametrize("kind", list(FIGURES))
def test_every_kind_in_every_format_and_size(kind: str, source: Source) -> None:
    for suffix in FORMATS:
        assert len(render(source, FigureRequest(kind, dpi=50), suffix)) > 300
    for preset, (width, _) in PRESETS.items():
        drawn = render(source, FigureRequest(kind, preset=preset, dpi=40), ".png")
        assert abs(Image.open(io.BytesIO(drawn)).width - 40 * width) <= 1


@pytest.mark.parametrize("kind", list(FIGURES))
def test_the_command_in_the_file_makes_the_same_file(
    kind: str, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    request = FigureRequest(kind, dpi=40, preset="one_column", colour_map="orange-purple", title="it's; $HOME")
    save_figure(source, request, tmp_path / "first.png")
    said = json.loads(Image.open(tmp_path / "first.png").info["Description"])
    assert said["kind"] == kind and FigureRequest.from_json(said["request"]) == request
    words = shlex.split(said["command"])
    assert words[:3] == ["bptt-inspector", "figure", NAME]
    assert main(words[1:]) == 0
    assert Path(words[-1]).read_bytes() == (tmp_path / "first.png").read_bytes()


@pytest.mark.parametrize("kind", list(FIGURES))
def test_what_is_not_there_is_one_sentence(kind: str) -> None:
    with pytest.raises(InputError, match=r"\w+ \w+"):
        drawing_of(Source(), FigureRequest(kind))


def test_a_kind_says_why_it_can_not_be_drawn(source: Source) -> None:
    assert {name: kind.available(source) for name, kind in FIGURES.items()} == dict.fromkeys(FIGURES, "")
    right = replace(result_of(), verdict="agree")
    assert "no step makes an error" in FIGURES["made"].available(right)
    assert "no quantity with a value at every step" in FIGURES["traces"].available(right)


# What is drawn


def test_curves_are_norms_of_what_was_compared(source: Source) -> None:
    result = source.checked
    numbers = drawing_of(source, FigureRequest("traces", quantity="dh")).numbers
    for side in ("hand", "reference"):
        wanted = np.linalg.norm(result.arrays.read(f"{side}/dh").reshape(5, -1), axis=1)
        np.testing.assert_allclose(numbers[side], wanted, rtol=1e-12)
    made = drawing_of(source, FigureRequest("made")).numbers
    error = result.arrays.read("hand/dh") - result.arrays.read("reference/dh")
    # At the last wrong step nothing is inherited: all of the error is made there.
    np.testing.assert_allclose(made["made"][3], np.linalg.norm(error[3]), rtol=1e-9)
    assert made["made"][4] == made["inherited"][4] == made["inherited"][3] == 0


def test_an_entry_over_time(source: Source) -> None:
    numbers = drawing_of(source, FigureRequest("history", element="dW_hh[1,2]")).numbers
    np.testing.assert_allclose(numbers["hand"].sum(), source.checked.arrays.read("hand/dW_hh")[1, 2], rtol=1e-12)
    with pytest.raises(InputError, match="dW_hh"):
        drawing_of(source, FigureRequest("history", element="dW_hh[9,9]"))


def test_a_step_shows_the_first_wrong_write(source: Source) -> None:
    assert source.recording is not None and source.beside is not None
    drawing = drawing_of(source, FigureRequest("step"))
    about = drawing.about()
    assert (about["file"], about["line"], about["t"]) == ("question-2014.py", 54, 3)
    step = int(about["step"])
    assert np.array_equal(drawing.numbers["dcdHout"], source.recording.value("dcdHout", step))
    wanted = source.beside.reference(source.recording, "dcdHout", step).value
    assert np.array_equal(drawing.numbers["dcdHout_reference"], wanted)
    svg = render(source, FigureRequest("step"), ".svg").decode()
    assert "dcdHout[t] += np.dot(dcdHin[t], Whh.T)" in svg
    assert ">54<" in svg and ">53<" in svg


@pytest.mark.parametrize(
    ("more", "said"), [({"step": 10**6}, "no step 1000000"), ({"arrays": ("nothing",)}, "nothing can't be had")]
)
def test_a_step_or_an_array_that_is_not_there(more: dict[str, Any], said: str, source: Source) -> None:
    with pytest.raises(InputError, match=said):
        drawing_of(source, FigureRequest("step", **more))


def test_of_a_recording_alone(source: Source) -> None:
    assert source.recording is not None
    alone = Source(recording=source.recording)
    assert set(drawing_of(alone, FigureRequest("step", step=41)).numbers) == {"dcdHout", "dcdHin_t", "dcdHout_t", "Whh"}
    svg = render(alone, FigureRequest("step"), ".svg").decode()
    assert "values are not known here" in svg


def _frames(data: bytes) -> list[Image.Image]:
    return [frame.convert("RGB") for frame in ImageSequence.Iterator(Image.open(io.BytesIO(data)))]


@pytest.mark.parametrize("suffix", [".gif", ".apng", ".png"])
def test_the_loop_walks_from_the_last_step_to_the_first(suffix: str, source: Source) -> None:
    request = FigureRequest("loop", quantity="dh", dpi=50, rate=2.0)
    told: list[str] = []
    data = render(source, request, suffix, lambda text, fraction: told.append(text))
    assert data == render(source, request, suffix)
    assert told == [f"Picture {number} of 5" for number in range(1, 6)]
    frames = _frames(data)
    grey = [int((np.asarray(frame) == 205).all(axis=2).sum()) for frame in frames]
    assert len(frames) == 5
    assert grey == sorted(grey, reverse=True) and grey[0] > 3 * grey[-2] > 0 and grey[-1] < grey[-2] / 4
    picture = Image.open(io.BytesIO(data))
    said = picture.info["comment"].decode() if suffix == ".gif" else picture.info["Description"]
    assert json.loads(said)["command"].startswith(f"bptt-inspector figure {NAME} --kind loop")
    assert picture.info["duration"] == 500


def test_a_parameter_adds_up_over_the_loop(source: Source) -> None:
    numbers = drawing_of(source, FigureRequest("loop", quantity="dW_hh")).numbers
    assert numbers["hand"].shape == (5, 4, 4)
    for side in ("hand", "reference"):
        np.testing.assert_allclose(numbers[side][-1], source.checked.arrays.read(f"{side}/dW_hh"), atol=1e-12)
    trace, delta = source.checked.arrays.read("trace/h"), source.checked.arrays.read("hand/da")
    np.testing.assert_allclose(numbers["hand"][0], trace[3].T @ delta[4], atol=1e-12)


def test_an_array_of_the_code_over_its_loop(source: Source) -> None:
    assert source.recording is not None
    numbers = drawing_of(source, FigureRequest("loop", arrays=("dcdHin",))).numbers
    last = source.recording.value("dcdHin", last_seen(source.recording, "dcdHin"))
    assert np.array_equal(numbers["hand"][-1], last)
    assert [int((frame != 0).any(axis=1).sum()) for frame in numbers["hand"]] == [1, 2, 3, 4, 5]
    with pytest.raises(InputError, match="no loop of the recording changes an array called nothing"):
        drawing_of(source, FigureRequest("loop", arrays=("nothing",)))


def test_a_long_loop_is_thinned_with_both_ends() -> None:
    assert chosen(7) == list(range(7))
    found = chosen(100_000)
    assert (found[0], found[-1], len(found)) == (0, 99_999, MOST_FRAMES)


def test_what_does_not_move_says_so(source: Source) -> None:
    with pytest.raises(InputError, match="does not move; choose"):
        render(source, FigureRequest(), ".gif")


def test_itemised_and_result_files_are_opened(source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert source.itemised is not None
    save_itemised(source.itemised, tmp_path / "i.bptt")
    found = source_or_none("i.bptt")
    assert found is not None and found.itemised is not None
    assert main(["figure", "i.bptt", "-o", "i.npz"]) == 0
    with np.load(tmp_path / "i.npz") as numbers:
        assert np.array_equal(numbers["reference"], source.itemised.reference)
    assert main(["figure", "i.bptt", "--kind", "triptych", "-o", "i.npz"]) == 2


def test_code_that_may_not_be_run_is_not_run(source: Source) -> None:
    result = replace(source.checked, case="somebody's case")
    with JobRunner() as runner:
        with gathered(Source(result), FigureRequest("itemised"), None, runner, silent) as whole:
            assert whole.itemised is not None and whole.itemised.hand is None
            assert "not run" in whole.itemised.note
        with pytest.raises(InputError, match="record the case"):
            with gathered(Source(result), FigureRequest("step"), None, runner, silent):
                pass


def test_the_built_in_loop_in_float32_with_many_samples() -> None:
    from rnn.settings import ProblemSettings

    result = inspect_gradients(ProblemSettings(dtype="float32", cell="lstm", steps=6, batch=3))
    for kind in ("triptych", "traces", "history", "loop"):
        assert len(render(result, FigureRequest(kind, dpi=40), ".png")) > 1000
    with pytest.raises(InputError, match="sample is 3; d"):
        render(result, FigureRequest("hand", quantity="dh", sample=3), ".png")


def test_of_two_files_of_gradients_without_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    left = {"dW_hh": rng.normal(size=(6, 6)), "dW_xh": rng.normal(size=(4, 6)), "db_h": rng.normal(size=6)}
    np.savez("a.npz", **left)  # type: ignore[arg-type]
    np.savez("b.npz", **{name: value + 1e-3 for name, value in left.items()})  # type: ignore[arg-type]
    assert main(["compare", "a.npz", "b.npz", "--save", "saved.bptt"]) == 1
    assert main(["figure", "saved.bptt", "--quantity", "dW_xh", "-o", "f.svg"]) == 0
    text = Path("f.svg").read_text(encoding="utf-8")
    assert ">a.npz<" in text and ">b.npz<" in text and ">JAX<" not in text
    found = source_or_none("saved.bptt")
    assert found is not None and found.result is not None
    assert command(found.result, FigureRequest()) == "bptt-inspector figure SAVED -o figure.pdf"
    capsys.readouterr()
    for kind in ("traces", "made", "history", "itemised", "step", "loop"):
        assert main(["figure", "saved.bptt", "--kind", kind, "-o", "g.png"]) == 2, kind
        error = capsys.readouterr().err
        assert error.count("\n") == 1 and "Traceback" not in error, error
        assert not Path("g.png").exists()
    assert [kind for kind, one in FIGURES.items() if one.available(found)] == ["traces", "made", "itemised", "step"]
