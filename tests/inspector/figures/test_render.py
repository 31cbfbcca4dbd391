"""Figures as files: the same bytes for the same input, metadata inside, odd arrays drawn, written whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from inspector.figures import writing
from inspector.figures.cells import thinned_ticks
from inspector.figures.pooled import pooled
from inspector.figures.printing import PRINTERS
from inspector.figures.render import file_name, preview, render, save_figure
from inspector.figures.request import PRESETS, FigureRequest
from rnn.errors import InputError
from tests.inspector.figures.figured import HAND, REFERENCE, result_of

PLAIN = FigureRequest(dpi=72)

AGAIN = """
import hashlib, sys
from inspector.figures.printing import PRINTERS
from inspector.figures.render import render
from inspector.figures.request import FigureRequest
from tests.inspector.figures.figured import result_of
for suffix in PRINTERS:
    print(hashlib.sha256(render(result_of(), FigureRequest(dpi=72), suffix)).hexdigest())
"""


def test_same_input_same_bytes_in_two_processes() -> None:
    here = [hashlib.sha256(render(result_of(), PLAIN, suffix)).hexdigest() for suffix in PRINTERS]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", ""),
    }
    made = subprocess.run([sys.executable, "-c", AGAIN], capture_output=True, text=True, check=True, env=environment)
    assert made.stdout.split() == here


def test_settings_of_the_user_change_nothing() -> None:
    import matplotlib

    before = render(result_of(), PLAIN, ".png")
    with matplotlib.rc_context(
        {"font.size": 30, "axes.grid": True, "image.origin": "lower", "savefig.facecolor": "green"}
    ):
        assert render(result_of(), PLAIN, ".png") == before


def _metadata(data: bytes, suffix: str) -> dict[str, Any]:
    """What is said inside a file."""
    if suffix == ".png":
        text = Image.open(io.BytesIO(data)).info["Description"]
    elif suffix == ".npz":
        text = str(np.load(io.BytesIO(data))["metadata"])
    elif suffix == ".svg":
        found = re.search(r"<dc:description>(.*?)</dc:description>", data.decode(), re.DOTALL)
        assert found is not None
        text = found[1].replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    else:
        found_bytes = re.search(rb"/Subject \((.*?)(?<!\\)\)", data, re.DOTALL)
        assert found_bytes is not None
        text = re.sub(rb"\\(.)", rb"\1", found_bytes[1]).decode()
    told: dict[str, Any] = json.loads(text)
    return told


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg", ".npz"])
def test_everything_is_said_inside(suffix: str) -> None:
    said = _metadata(render(result_of(), PLAIN, suffix), suffix)
    assert said["sha256_hand"] == hashlib.sha256(HAND.tobytes()).hexdigest()
    assert said["sha256_reference"] == hashlib.sha256(REFERENCE.tobytes()).hexdigest()
    assert (said["quantity"], said["metric"], said["noise_floor"], said["seed"]) == ("dW_xh", "difference", 1e-16, 3)
    assert said["levels"]["difference"]["bound"] == np.abs(HAND - REFERENCE).max()
    assert {"bptt-inspector", "matplotlib", "numpy", "python"} <= set(said["versions"])
    assert said["command"] == f"bptt-inspector figure 'my case' --seed 3 --dpi 72 -o dW_xh{suffix}"


def test_csv_has_every_digit_and_what_is_said() -> None:
    lines = render(result_of(), PLAIN, ".csv").decode().splitlines()
    said = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    assert json.loads(said["command"]).startswith("bptt-inspector figure 'my case'")
    assert json.loads(said["sha256_hand"]) == hashlib.sha256(HAND.tobytes()).hexdigest()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert [(int(row["row"]), int(row["column"])) for row in rows[:5]] == [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]
    assert np.array_equal(np.array([float(row["hand"]) for row in rows]).reshape(6, 4), HAND)
    assert np.array_equal(np.array([float(row["difference"]) for row in rows]).reshape(6, 4), HAND - REFERENCE)


def test_numbers_are_those_that_were_compared() -> None:
    narrow = HAND.astype("float32")
    found = np.load(io.BytesIO(render(result_of(narrow, REFERENCE), FigureRequest(metric="ulp"), ".npz")))
    assert found["hand"].dtype == np.float32
    assert np.array_equal(found["difference"], narrow.astype("float64") - REFERENCE)
    assert set(found) == {"hand", "reference", "difference", "ulp", "metadata"}


def test_text_stays_text() -> None:
    svg = render(result_of(), FigureRequest(title="<a> & $b$\x07\u202e\u4e2d"), ".svg").decode()
    assert "&lt;a&gt; &amp; $b$\\x07\\u202e\u4e2d" in svg
    assert ">hand<" in svg and ">hidden unit<" in svg
    pdf = render(result_of(), PLAIN, ".pdf")
    assert b"/FontFile2" in pdf and b"/Type3" not in pdf


ODD = {
    "one": np.ones((1, 1)), "vector": np.arange(7.0), "zeros": np.zeros((3, 3)), "nan": np.full((2, 2), np.nan),
    "inf": np.array([[np.inf, -np.inf, 0.0, np.nan]]), "tiny": np.full((2, 3), 5e-324), "huge": np.full((2, 3), 1e308),
    "tall": np.zeros((3000, 4)), "wide": np.ones((4, 900)), "float32": np.ones((2, 2), np.float32),
}  # fmt: skip


@pytest.mark.parametrize("name", list(ODD))
def test_odd_arrays_are_drawn(name: str) -> None:
    with np.errstate(over="ignore"):
        result = result_of(ODD[name], ODD[name] * 1.5, "dW_hh.17.reverse")
    for preset, (width, _) in PRESETS.items():
        picture = Image.open(io.BytesIO(render(result, FigureRequest(preset=preset, dpi=50), ".png")))
        assert abs(picture.width - 50 * width) <= 1
        assert picture.height <= 2.5 * picture.width


def test_what_is_identical_says_so() -> None:
    assert "bit-identical" in render(result_of(HAND, HAND), PLAIN, ".svg").decode()


@pytest.mark.parametrize("where", [(0, 0), (1999, 1001), (1234, 567)])
@pytest.mark.parametrize(
    ("value", "colour"), [(np.nan, (214, 0, 214)), (np.inf, (128, 111, 0)), (-np.inf, (128, 111, 0))]
)
def test_one_odd_cell_of_two_million_is_seen(
    where: tuple[int, int], value: float, colour: tuple[int, int, int]
) -> None:
    hand = np.zeros((2000, 1002))
    hand[where] = value
    plain = FigureRequest(kind="hand", dpi=150, preset="one_column", colour_bar=False)
    with_it, without = (
        np.asarray(Image.open(io.BytesIO(render(result_of(one, np.zeros_like(hand)), plain, ".png"))))[..., :3].astype(
            int
        )
        for one in (hand, np.zeros_like(hand))
    )
    near = (np.abs(with_it - colour) < 48).all(axis=2)
    assert near.sum() >= 6
    assert not (np.abs(without - colour) < 48).all(axis=2).any()


def test_pooling_keeps_the_largest_with_its_sign() -> None:
    values = np.random.default_rng(1).normal(size=(50, 31))
    values[13, 7], values[49, 30] = np.nan, -np.inf
    small = pooled(values, (8, 4))
    assert small.shape == (7, 8)
    for row, column in np.ndindex(small.shape):
        block = values[8 * row : 8 * row + 8, 4 * column : 4 * column + 4].ravel()
        wanted = np.nan if np.isnan(block).any() else block[np.argmax(np.abs(block))]
        np.testing.assert_equal(small[row, column], wanted)


def test_labels_of_a_bar_never_touch() -> None:
    ticks = [(-1.0, "-1"), (-0.9, "-.9"), (-0.5, "-.5"), (0.0, "0"), (0.5, ".5"), (0.9, ".9"), (1.0, "1")]
    kept = thinned_ticks(ticks, 0.3, 7.0)
    assert [place for place, _ in kept] == [-1.0, 0.0, 1.0]
    assert thinned_ticks(ticks, 9.0, 7.0) == ticks


def test_a_preview_is_as_wide_as_asked() -> None:
    picture = Image.open(io.BytesIO(preview(result_of(), FigureRequest(), 700)))
    assert abs(picture.width - 700) <= 1
    assert "Description" not in picture.info


def test_pictures_are_compressed_whole() -> None:
    data = render(result_of(), PLAIN, ".pdf")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    assert streams and any(len(zlib.decompress(one)) > 1000 for one in streams if one[:1] == b"x")


class Fails:
    """Fails at the n-th call of anything that writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
        self.left, self.names = at, []
        for module, name in ((os, "fsync"), (os, "replace"), (Path, "open")):
            monkeypatch.setattr(module, name, self._wrapped(getattr(module, name), name))

    def _tick(self, name: str) -> None:
        self.names.append(name)
        self.left -= 1
        if self.left == 0:
            raise OSError(28, "No space left on device")

    def _wrapped(self, function: Any, name: str) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            self._tick(name)
            found = function(*args, **named)
            return Stream(found, self) if name == "open" else found

        return call


class Stream:
    """A file of which `write`, `flush` and `close` may fail."""

    def __init__(self, stream: Any, fails: Fails) -> None:
        self._stream, self._fails = stream, fails

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *args: object) -> None:
        self._stream.close()
        self._fails._tick("close")

    def write(self, data: bytes) -> int:
        half = len(data) // 2
        self._stream.write(data[:half])  # a full disk takes a part
        self._fails._tick("write")
        return int(self._stream.write(data[half:]))

    def flush(self) -> None:
        self._fails._tick("flush")
        self._stream.flush()

    def fileno(self) -> int:
        return int(self._stream.fileno())


@pytest.mark.parametrize("at", range(1, 7))
def test_at_whichever_call_writing_fails_the_old_file_is_whole(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "f.csv"
    target.write_bytes(b"old")
    data = render(result_of(), PLAIN, ".csv")
    with monkeypatch.context() as patched:
        Fails(patched, at)
        with pytest.raises(InputError, match="could not be written: No space left"):
            writing.write_whole(target, data)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f.csv"]


def test_there_are_six_calls_that_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        fails = Fails(patched, 0)
        writing.write_whole(tmp_path / "f", b"new")
        assert fails.names == ["open", "write", "flush", "fsync", "close", "replace"]
    assert (tmp_path / "f").read_bytes() == b"new"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links are POSIX's")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "f.csv")
    for data in (b"first", b"second"):
        writing.write_whole(tmp_path / "link.csv", data)
        assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "f.csv").read_bytes() == data


def test_failures_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bmp"):
        save_figure(result_of(), PLAIN, tmp_path / "f.bmp")
    with pytest.raises(InputError, match="could not be written"):
        save_figure(result_of(), PLAIN, tmp_path / "no" / "f.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "safe"), [("dW_hh.0", "dW_hh.0"), ("../../x", "_.._x"), ("", "figure"), ("a b\0", "a_b_")]
)
def test_names_of_files_are_made_safe(name: str, safe: str) -> None:
    assert file_name(name) == safe


@pytest.mark.parametrize("preset", list(PRESETS))
@pytest.mark.parametrize("dpi", [72, 110, 300])
def test_no_word_is_cut_off_or_lies_on_another(preset: str, dpi: int) -> None:
    """As the letters are really drawn: every text inside the figure, none over another one."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    from inspector.figures.render import drawing_of
    from inspector.figures.style import settings

    hand = HAND.copy()
    hand[2, 1], hand[3, 2] = np.nan, np.inf
    odd = result_of(np.tile(hand, (3, 4)), np.tile(REFERENCE, (3, 4)), "dW_hh.11.reverse")
    request = FigureRequest(
        preset=preset, dpi=dpi, tolerance=(1.2345e-8, 1.2345e-5), title="A title of " + 25 * "many words "
    )
    with matplotlib.rc_context(settings(request.points)):
        figure = drawing_of(odd, request).draw()
        figure.set_dpi(dpi)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        texts = [
            text for text in figure.findobj(Text) if text.get_text() and text.get_visible() and text.axes is not figure
        ]
        drawn = [text for text in texts if text in figure.texts or text in figure.axes[0].texts]
        boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in drawn]
    assert len(boxes) > 15
    for words, box in boxes:
        assert box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0 and box.y1 <= figure.bbox.height, words
    for number, (words, box) in enumerate(boxes):
        for other, there in boxes[:number]:
            apart = box.x1 <= there.x0 + 1 or there.x1 <= box.x0 + 1 or box.y1 <= there.y0 + 2 or there.y1 <= box.y0 + 2
            assert apart, (words, other)
