"""Sessions of strangers, damaged and made on purpose: one sentence, or what of them can be read; never anything else."""

from __future__ import annotations

import copy
import json
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rnn.container import ContainerReader
from rnn.errors import InputError
from rnn.sessions import Session, load_session, save_session
from rnn.sessions.writing import files_of
from tests.rnn.sessions.made import changed, document, full_session, with_text

WRONG: tuple[Any, ...] = (
    None, True, -1, 0, 1.5, 2**60, -(2**60), "", "x", "../../../etc/passwd", "<img src=x>", "\ud800", "\x00", [], [[]], {}, {"a": {}},
    ["x"] * 50, {"float": "NaN"}, {"float": "Infinity"}, [None], [1], "ab" * 16, 10**30,
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with something in every field."""
    folder = tmp_path_factory.mktemp("whole")
    save_session(full_session(folder / "here"), folder / "s.bptt")
    return folder / "s.bptt"


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Ways to everything in a document."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in entries:
        yield from _places(one, (*path, key))


def _put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return document


def _read(path: Path) -> Session | None:
    """Open as the program does; a refusal is one sentence about this file. All that it refers to is there."""
    before, began = path.read_bytes(), time.perf_counter()
    try:
        found = load_session(path)
    except InputError as error:
        assert str(error).startswith(str(path))
        assert "\n" not in str(error)
        found = None
    assert time.perf_counter() - began < 5
    assert path.read_bytes() == before
    if found is not None:
        assert all(Path(one).parent == path for one in files_of(found))
        save_session(Session(**{**vars(found), "read_only": ""}), path.with_suffix(".again"))
        again = load_session(path.with_suffix(".again"))
        assert (again.notes, again.runs and again.runs[0].number) == (found.notes, found.runs and found.runs[0].number)
    return found


def _mutants(whole: Path, target: Path, count: int, seed: int) -> None:
    draw = random.Random(seed)
    document_of_whole, data = document(whole), whole.read_bytes()
    places = list(_places(document_of_whole))
    opened = 0
    for number in range(count):
        kind = number % 4
        if kind < 2:  # another value at any place of the index, whose checksum is right
            mutant = _put(copy.deepcopy(document_of_whole), draw.choice(places), draw.choice(WRONG))
            path = with_text(whole, target, json.dumps(mutant).encode())
        elif kind == 2:  # bytes
            altered = bytearray(data)
            for _ in range(draw.randint(1, 8)):
                altered[draw.randrange(len(altered))] = draw.randrange(256)
            target.write_bytes(bytes(altered))
            path = target
        else:  # cut, or with something taken out
            start = draw.randrange(len(data))
            target.write_bytes(data[:start] + (data[start + draw.randrange(200) :] if draw.random() < 0.5 else b""))
            path = target
        found = _read(path)
        opened += found is not None
        for one in [] if found is None else files_of(found):
            try:
                with ContainerReader(Path(one)) as reader:
                    reader.read("x")
            except (InputError, KeyError):
                continue
    assert count * 0.3 < opened < count


def test_mutants(whole: Path, tmp_path: Path) -> None:
    _mutants(whole, tmp_path / "m.bptt", 300, 1)


@pytest.mark.whole
def test_many_mutants(whole: Path, tmp_path: Path) -> None:
    _mutants(whole, tmp_path / "m.bptt", 2000, 2)


@pytest.mark.parametrize("field", sorted(set(Session.__dataclass_fields__) - {"unknown", "problems", "read_only"}))
def test_a_field_of_a_wrong_type_is_named_and_the_rest_opens(whole: Path, tmp_path: Path, field: str) -> None:
    good = load_session(whole)
    for value in (17.5, "words", [17], [{"a": 1}], {"a": [1]}):
        found = _read(changed(whole, tmp_path / "m.bptt", lambda one, value=value: one.update({field: value})))
        assert found is not None
        if found.problems:
            assert any(word in found.problems[0] for word in (field, "he view", "earlier runs", "versions"))
            for other in ("notes", "matches", "breakpoints", "searched"):
                assert other == field or getattr(found, other) == getattr(good, other)
        else:
            assert field in ("settings", "window", "saved", "findings", "matches", "program")


def test_one_bad_note_does_not_take_the_others_with_it(whole: Path, tmp_path: Path) -> None:
    found = _read(changed(whole, tmp_path / "m.bptt", lambda one: one["notes"].insert(1, {"kind": "cell", "text": 5})))
    assert found is not None
    assert [note.text for note in found.notes] == ["too large", "look"]
    assert found.problems == ("Of the notes, entry 1: text: 5 is not a text",)


def _deep(levels: int) -> bytes:
    return (
        b'{"index": {"kind": "session", "session": {"format": [1, 0], "x": '
        + b"[" * levels
        + b"]" * levels
        + b'}}, "arrays": {}}'
    )


RAW = {
    "not a number": b'{"index": {"kind": "session", "session": {"format": [1, 0], "x": NaN}}, "arrays": {}}',
    "5000 digits": b'{"index": {"kind": "session", "session": {"format": [1, 0], "x": ' + b"7" * 5000 + b'}}, "arrays": {}}',
    "a name twice": b'{"index": {"kind": "session", "session": {"format": [1, 0], "notes": [], "notes": []}}, "arrays": {}}',
    "very deep": _deep(200_000),
    "no format": b'{"index": {"kind": "session", "session": {}}, "arrays": {}}',
    "format of words": b'{"index": {"kind": "session", "session": {"format": ["a", "b"]}}, "arrays": {}}',
    "no session": b'{"index": {"kind": "session", "session": 5}, "arrays": {}}',
    "a result": b'{"index": {"kind": "inspection"}, "arrays": {}}',
    "kind of HTML": b'{"index": {"kind": "<b>x</b>"}, "arrays": {}}',
    "kind of a list": b'{"index": {"kind": [1]}, "arrays": {}}',
    "huge shape": b'{"index": {"kind": "session", "session": {"format": [1, 0]}}, "arrays": '
    b'{"parts/a": {"offset": 64, "shape": [1000000000000], '
    b'"dtype": "|u1", "crc32": 0}}}',
    "huge number of sizes": b'{"index": {"kind": "session", "session": {"format": [1, 0]}}, "arrays": {"x": {"offset": 64, "shape": ['
    + b"1," * 40 + b'1], "dtype": "|u1", "crc32": 0}}}',
    "not UTF-8": b'{"index": {"kind": "session", "session": {"format": [1, 0], "x": "\xff"}}, "arrays": {}}',
    "nothing": b"",
    "null": b"null",
}  # fmt: skip


@pytest.mark.parametrize("name", RAW)
def test_made_on_purpose(whole: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        load_session(with_text(whole, tmp_path / "m.bptt", RAW[name]))
    assert _read(with_text(whole, tmp_path / "m.bptt", RAW[name])) is None


def test_deep_but_readable_is_left_out(whole: Path, tmp_path: Path) -> None:
    found = _read(with_text(whole, tmp_path / "m.bptt", _deep(200)))
    assert found is not None
    assert found.unknown == {}
    assert found.problems == ("A field of a newer version can't be read: it is nested too deep",)


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/etc/passwd", "x" * 5000, "<img src=/etc/passwd>", "a/b", "..", "0" * 32, "\x00"]
)
def test_a_reference_out_of_the_file_is_not_followed(whole: Path, tmp_path: Path, name: str) -> None:
    def change(one: dict[str, Any]) -> None:
        one["result"]["file"] = one["recordings"][0]["beside"] = name

    found = _read(changed(whole, tmp_path / "m.bptt", change))
    assert found is not None
    assert found.result is None
    assert found.recordings[0].beside == ""
    assert any("refers to" in problem for problem in found.problems)


def test_a_part_that_was_altered_is_noticed_when_it_is_read(whole: Path, tmp_path: Path) -> None:
    data = bytearray(whole.read_bytes())
    data[400] ^= 1  # within the first part's array
    (tmp_path / "m.bptt").write_bytes(bytes(data))
    found = load_session(tmp_path / "m.bptt")
    assert found.result is not None
    with ContainerReader(Path(found.result.file)) as reader, pytest.raises(InputError, match="altered"):
        reader.read("x")


def test_a_session_in_a_session_is_not_opened_in_it(whole: Path, tmp_path: Path) -> None:
    """Parts of parts are no files: the way `FILE/PART` goes one level deep."""
    with pytest.raises(InputError):
        ContainerReader(whole / "0" / "1")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are POSIX's")
def test_no_pipe_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.bptt")
    with pytest.raises(InputError, match="not a regular file"):
        load_session(tmp_path / "p.bptt")


READS = """
import sys
from pathlib import Path
seen = []
from rnn.sessions import load_session
load_session(Path(sys.argv[1]))
sys.addaudithook(lambda name, arguments: seen.append((name, str(arguments[:2]))) if name.split(".")[0] in
    ("open", "os", "subprocess", "socket", "import", "exec", "compile", "pickle", "shutil") else None)
load_session(Path(sys.argv[1]))
found = list(seen)
print("\\n".join(f"{name} {what}" for name, what in found))
"""


def test_opening_reads_this_file_and_nothing_else(whole: Path) -> None:
    """No other file, no write, no process, no socket, no import, nothing compiled: an audit hook sees all of them."""
    import subprocess

    command = [sys.executable, "-B", "-c", READS, str(whole)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    lines = found.stdout.splitlines()
    assert lines
    assert all(line == f"open ('{whole}', 'r')" for line in lines)
