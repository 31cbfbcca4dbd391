"""Save then load is identity, wherever the file goes; parts are read in place."""

from __future__ import annotations

import os
import shutil
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnn.container import ContainerReader, open_slice
from rnn.errors import InputError
from rnn.sessions import KeptBreakpoint, KeptResult, KeptRun, KeptSource, Note, Session, load_session, save_session
from rnn.sessions.document import LABEL
from tests.rnn.sessions.made import changed, document, full_session

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats(allow_nan=False) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT.filter(lambda key: key != "float"), inner, max_size=3)
    ),
    max_leaves=6,
)
TABLE = st.dictionaries(TEXT.filter(lambda key: key != "float"), JSON, max_size=4)
WHOLE = st.integers(-(2**40), 2**40)
NOTE = st.builds(Note, TEXT, TEXT, TEXT, st.lists(WHOLE, max_size=3).map(tuple), TEXT, WHOLE, TEXT, TEXT)
SESSIONS = st.builds(
    Session,
    settings=TABLE,
    notes=st.lists(NOTE, max_size=3).map(tuple),
    runs=st.lists(st.builds(KeptRun, WHOLE, TEXT, TEXT, TEXT, settings=st.none() | TABLE, t=st.none() | WHOLE), max_size=2).map(tuple),
    breakpoints=st.lists(st.builds(KeptBreakpoint, TEXT, st.booleans(), TEXT), max_size=3).map(tuple),
    findings=st.lists(TABLE, max_size=3).map(tuple),
    matches=st.dictionaries(TEXT, TEXT, max_size=3),
    window=TABLE,
    saved=TEXT,
)  # fmt: skip


def _bytes(path: str) -> bytes:
    part = open_slice(Path(path), "a file")
    try:
        return part.read(0, part.size)
    finally:
        part.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(SESSIONS)
def test_load_gives_what_was_saved(tmp_path: Path, session: Session) -> None:
    save_session(session, tmp_path / "s.bptt")
    assert load_session(tmp_path / "s.bptt") == session


def test_every_field_comes_back_and_every_file_byte_for_byte(tmp_path: Path) -> None:
    session = full_session(tmp_path / "here")
    saved = save_session(session, tmp_path / "s.bptt")
    loaded = load_session(tmp_path / "s.bptt")
    assert loaded.problems == ()
    assert loaded.case is not None
    assert loaded.case.relative == "here/net.py"
    assert loaded.case.sources[0].relative == "here/net.py"
    bare = replace(loaded.case, relative="", sources=tuple(replace(one, relative="") for one in loaded.case.sources))
    assert replace(loaded, case=bare) == saved
    assert session.result is not None
    assert loaded.result is not None
    pairs = [(session.result.file, loaded.result.file)]
    pairs += [
        (session.recordings[0].file, loaded.recordings[0].file),
        (session.recordings[0].beside, loaded.recordings[0].beside),
    ]
    pairs += [(session.runs[0].result, loaded.runs[0].result)]
    for before, after in pairs:
        assert _bytes(after) == Path(before).read_bytes()
    with ContainerReader(Path(loaded.result.file)) as reader:
        assert np.array_equal(reader.read("x"), np.random.default_rng(0).normal(size=200))
    assert (tmp_path / "s.bptt").read_bytes()[8:15] == LABEL


def test_it_opens_in_another_folder_without_the_first(tmp_path: Path) -> None:
    save_session(full_session(tmp_path / "here"), tmp_path / "here" / "s.bptt")
    (tmp_path / "there").mkdir()
    shutil.move(tmp_path / "here" / "s.bptt", tmp_path / "there" / "renamed")
    shutil.rmtree(tmp_path / "here")
    loaded = load_session(tmp_path / "there" / "renamed")
    assert loaded.problems == ()
    assert loaded.result is not None
    assert loaded.result.file.startswith(str(tmp_path / "there"))
    with ContainerReader(Path(loaded.result.file)) as reader:
        assert reader.shape("x") == (200,)
    assert loaded.case is not None
    assert loaded.case.sources[0].text == "CASE = {}\n"


def test_saving_over_itself_and_beside_itself(tmp_path: Path) -> None:
    """A session whose files are parts of the file that is replaced; what was open reads on."""
    path = tmp_path / "s.bptt"
    first = save_session(full_session(tmp_path / "here"), path)
    shutil.rmtree(tmp_path / "here")
    assert first.result is not None
    open_reader = ContainerReader(Path(first.result.file))
    again = save_session(replace(first, notes=()), path)
    assert again.result == first.result
    assert load_session(path).notes == ()
    assert open_reader.read("x").shape == (200,)
    open_reader.close()
    save_session(first, tmp_path / "t.bptt")
    assert load_session(tmp_path / "t.bptt").notes == first.notes


def test_the_same_file_is_kept_once(tmp_path: Path) -> None:
    session = full_session(tmp_path / "here")
    assert session.result is not None
    shutil.copy(session.result.file, tmp_path / "copy.bptt")
    twice = replace(session, runs=(replace(session.runs[0], result=str(tmp_path / "copy.bptt")),))
    save_session(twice, tmp_path / "s.bptt")
    loaded = load_session(tmp_path / "s.bptt")
    assert loaded.result is not None
    assert loaded.runs[0].result == loaded.result.file
    assert len(document(tmp_path / "s.bptt")["arrays"]) == 3


def test_fields_of_a_newer_minor_version_are_kept(tmp_path: Path) -> None:
    save_session(full_session(tmp_path / "here"), tmp_path / "s.bptt")
    newer = changed(
        tmp_path / "s.bptt", tmp_path / "n.bptt", lambda one: one.update(format=[1, 7], colours={"a": [1, None]})
    )
    loaded = load_session(newer)
    assert loaded.read_only == ""
    save_session(loaded, tmp_path / "again.bptt")
    assert document(tmp_path / "again.bptt")["index"]["session"]["colours"] == {"a": [1, None]}
    assert load_session(tmp_path / "again.bptt").unknown == {"later": {"a": [1, 2]}, "colours": {"a": [1, None]}}


def test_a_newer_major_version_is_only_read(tmp_path: Path) -> None:
    save_session(full_session(tmp_path / "here"), tmp_path / "s.bptt")
    newer = changed(tmp_path / "s.bptt", tmp_path / "n.bptt", lambda one: one.update(format=[2, 0]))
    before = newer.read_bytes()
    loaded = load_session(newer)
    assert "newer version (format 2.0" in loaded.read_only
    assert loaded.notes
    with pytest.raises(InputError, match="newer version"):
        save_session(loaded, newer)
    assert newer.read_bytes() == before


def test_a_newer_container_is_refused(tmp_path: Path) -> None:
    save_session(Session(), tmp_path / "s.bptt")
    data = bytearray((tmp_path / "s.bptt").read_bytes())
    data[7] = 2
    (tmp_path / "s.bptt").write_bytes(bytes(data))
    with pytest.raises(InputError, match="format 2, this program reads format 1"):
        load_session(tmp_path / "s.bptt")


def test_a_large_file_is_copied_in_pieces(tmp_path: Path) -> None:
    """Saving 60 MB takes far less memory than that, and says how far it is."""
    large = tmp_path / "large.bptt"
    with large.open("wb") as file:
        file.write(os.urandom(1 << 20) * 60)
    told: list[float] = []
    tracemalloc.start()
    save_session(Session(result=KeptResult(str(large))), tmp_path / "s.bptt", told.append)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20
    assert told == sorted(told)
    assert len(told) > 10
    assert told[-1] == 1.0


def test_cancelling_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "s.bptt"
    session = full_session(tmp_path / "here")
    save_session(session, path)
    before = path.read_bytes()

    def stop(fraction: float) -> None:
        if fraction > 0.5:
            raise InputError("cancelled")

    with pytest.raises(InputError, match="cancelled"):
        save_session(replace(session, notes=()), path, stop)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["here", "s.bptt"]


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="links are POSIX's")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    save_session(Session(), tmp_path / "real.bptt")
    (tmp_path / "link.bptt").symlink_to(tmp_path / "real.bptt")
    save_session(Session(saved="now"), tmp_path / "link.bptt")
    assert (tmp_path / "link.bptt").is_symlink()
    assert load_session(tmp_path / "real.bptt").saved == "now"


def test_sources_say_their_text(tmp_path: Path) -> None:
    """A field of a record that is missing takes its default, as in files of an older version."""
    save_session(full_session(tmp_path / "here"), tmp_path / "s.bptt")
    older = changed(tmp_path / "s.bptt", tmp_path / "o.bptt", lambda one: one["case"]["sources"][0].pop("sha256"))
    case = load_session(older).case
    assert case is not None
    assert case.sources == (KeptSource(str(tmp_path / "here" / "net.py"), "CASE = {}\n", "", "here/net.py"),)
