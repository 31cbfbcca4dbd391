"""Files that are cut short, altered, of another version, or no recordings: one clear sentence, and never a wrong value."""

from __future__ import annotations

import random
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.container import MAGIC, VERSION
from rnn.errors import InputError
from rnn.recorder import Recording, record
from rnn.recorder.expressions import Unreadable
from rnn.recorder.journal import BLOCK_MAGIC, HEAD
from tests.rnn.recorder import workload
from tests.rnn.recorder.lines import loaded

CUTS, FLIPS, FORGERIES = 120, 300, 200
PATHS = ("dWhh", "dWxh", "dby", "dh", "hs[t]", "t")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound recording."""
    path = tmp_path_factory.mktemp("whole") / "whole.rec"
    record(workload.backward, *workload.make(12, 48, 48), path=path)
    return path


@pytest.fixture(scope="module")
def truth(whole: Path) -> dict[tuple[str, int], Any]:
    """All values of some paths in the sound recording."""
    recording = Recording(whole)
    found = {(path, step): _value(recording, path, step) for step in range(len(recording)) for path in PATHS}
    recording.close()
    assert sum(value is not None for value in found.values()) > 400
    return found


def _value(recording: Recording, path: str, step: int) -> Any:
    try:
        value = recording.value(path, step)
    except (Unreadable, InputError):
        return None
    return value.tobytes() if isinstance(value, np.ndarray) else value


def _never_wrong(path: Path, truth: dict[tuple[str, int], Any]) -> str:
    """Reads all that there is; gives what the recording says about itself."""
    try:
        recording = Recording(path)
    except InputError as error:
        return str(error)
    try:
        assert len(recording) <= max(step for _, step in truth) + 1
        for (name, step), expected in truth.items():
            if step < len(recording):
                value = _value(recording, name, step)
                assert value is None or value == expected, (name, step)
        return recording.ended
    finally:
        recording.close()


def test_cut_anywhere_it_says_so_and_shows_what_there_is(whole: Path, truth: Any, tmp_path: Path) -> None:
    """What comes out is right; the recording says that it has no end."""
    data, rng = whole.read_bytes(), random.Random(1)
    for length in [0, 1, 7, 8, 9, 39, 40, len(data) - 1, *(rng.randrange(len(data)) for _ in range(CUTS))]:
        path = tmp_path / "cut.rec"
        path.write_bytes(data[:length])
        assert _never_wrong(path, truth) != ""


def test_altered_anywhere_no_value_is_wrong(whole: Path, truth: Any, tmp_path: Path) -> None:
    """Bits are turned over at random: values are right or refused."""
    data, rng, told = whole.read_bytes(), random.Random(2), 0
    for _ in range(FLIPS):
        altered = bytearray(data)
        for _ in range(rng.choice((1, 1, 3, 40))):
            altered[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path = tmp_path / "altered.rec"
        path.write_bytes(altered)
        told += _never_wrong(path, truth) != ""
    assert told > FLIPS // 4


def _forged(data: bytes, rng: random.Random) -> bytes:
    """The recording with other content in some block, and a checksum that fits."""
    places, at = [], 8
    while data[at : at + 4] == BLOCK_MAGIC:
        length = HEAD.unpack(data[at : at + HEAD.size])[3]
        places.append((at, length))
        at += HEAD.size + length
    altered = bytearray(data)
    at, length = rng.choice([place for place in places if place[1]])
    for _ in range(rng.choice((1, 4, 30))):
        altered[at + HEAD.size + rng.randrange(length)] = rng.choice((0, 255, 48, 57, 44, 91, rng.randrange(256)))
    head = list(HEAD.unpack(altered[at : at + HEAD.size]))
    head[4] = zlib.crc32(altered[at + HEAD.size : at + HEAD.size + length])
    packed = HEAD.pack(*head)[:-4]
    altered[at : at + HEAD.size] = packed + zlib.crc32(packed).to_bytes(4, "little")
    return bytes(altered)


def test_forged_with_right_checksums_it_refuses_or_answers(whole: Path, tmp_path: Path) -> None:
    """Whatever stands in a file, nothing but `InputError` and `Unreadable` comes out, and nothing hangs."""
    data, rng = whole.read_bytes(), random.Random(3)
    for _ in range(FORGERIES):
        path = tmp_path / "forged.rec"
        path.write_bytes(_forged(data, rng))
        try:
            recording = Recording(path)
        except InputError:
            continue
        try:
            assert isinstance(recording.ended, str)
            for step in range(0, len(recording), 7):
                for name in PATHS:
                    _value(recording, name, step)
                try:
                    assert recording.step(step).line >= 0
                    recording.paths(step)
                except (InputError, Unreadable):
                    pass
        finally:
            recording.close()


def _newer(path: Path) -> None:
    path.write_bytes(MAGIC + bytes([VERSION + 1]) + b"something new")


def _other(path: Path) -> None:
    path.write_text("def f():\n    return 1\n")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _folder(path: Path) -> None:
    path.mkdir()


def _nothing(path: Path) -> None:
    assert not path.exists()


def _no_recording(path: Path) -> None:
    path.write_bytes(MAGIC + bytes([VERSION]))


def _altered_at_once(path: Path) -> None:
    record(np.zeros, 3, path=path, files=lambda file: False)
    whole = bytearray(path.read_bytes())
    whole[40] ^= 255
    path.write_bytes(whole)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_altered_at_once, "holds no recording: it is altered or cut short before its first step; record it again"),
        (_newer, f"is of format {VERSION + 1}, this program reads format {VERSION}"),
        (_other, "is not a recording of this program"),
        (_empty, "is not a recording of this program"),
        (_folder, "is not a regular file"),
        (_nothing, "could not be opened"),
        (_no_recording, "holds no recording"),
    ],
)
def test_what_is_no_recording_is_called_so(make: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    """What was found, what was expected, what to do."""
    path = tmp_path / "run.rec"
    make(path)
    with pytest.raises(InputError, match=words) as raised:
        Recording(path)
    assert str(path) in str(raised.value)


def test_the_code_changed_since(tmp_path: Path) -> None:
    """The text of then is shown, and that it is another now."""
    source = tmp_path / "code.py"
    names = loaded(source, "import numpy as np\ndef f():\n    a = np.zeros(2)\n    return a\n")
    recording = record(names["f"], path=tmp_path / "run.rec").recording
    assert recording.changed_since() == []
    source.write_text("# nothing\n")
    assert recording.changed_since() == [str(source)]
    source.unlink()
    assert recording.changed_since() == [str(source)]
    assert recording.step(1).statement.text == "a = np.zeros(2)"
    recording.close()


def test_two_files_of_one_name_keep_their_globals_apart(tmp_path: Path) -> None:
    """Global names are those of the file itself."""
    functions = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        names = loaded(
            tmp_path / str(number) / "code.py",
            f"import numpy as np\nG = np.full(2, {number}.0)\ndef f(*then):\n    for one in then: one()\n    return G\n",
        )
        functions.append(names["f"])
    recording = record(
        functions[0], functions[1], path=tmp_path / "run.rec", files=lambda file: "code.py" in file
    ).recording
    found = {recording.step(step).file.path[-9]: recording.value("G[0]", step) for step in range(len(recording))}
    assert found == {"1": 1.0, "2": 2.0}
    recording.close()


def test_a_copy_of_a_growing_recording_opens(whole: Path, tmp_path: Path) -> None:
    """A file is read by offset, so that a copy is as good."""
    copy = tmp_path / "copy.rec"
    shutil.copy(whole, copy)
    recording = Recording(copy)
    assert recording.ended == ""
    recording.close()
