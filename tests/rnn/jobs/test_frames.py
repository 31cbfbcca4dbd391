"""Frames survive any cutting and refuse any garbage."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rnn.jobs.frames import FrameDecoder, ProtocolError, encode_frame, read_frame, write_frame

ARRAYS = hnp.arrays(
    st.sampled_from(["f8", "f4", "i8", "?", "u1"]), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
)


@given(st.dictionaries(st.text(max_size=5), ARRAYS, max_size=3), st.integers(1, 50))
def test_round_trip_in_any_pieces(arrays: dict[str, np.ndarray], piece: int) -> None:
    data = b"".join(encode_frame({"number": 3}, arrays)) * 2
    decoder, frames = FrameDecoder(), []
    for start in range(0, len(data), piece):
        frames += decoder.feed(data[start : start + piece])
    assert len(frames) == 2
    for frame in frames:
        assert frame.header == {"number": 3}
        assert {name: (value.dtype, value.shape, value.tobytes()) for name, value in frame.arrays.items()} == {
            name: (value.dtype, value.shape, value.tobytes()) for name, value in arrays.items()
        }


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_noticed(position: int, change: int) -> None:
    data = bytearray(b"".join(encode_frame({"a": 1}, {"x": np.arange(6.0)})))
    data[position % len(data)] ^= change
    with pytest.raises((ProtocolError, EOFError)):
        read_frame(io.BytesIO(bytes(data)))


def test_a_lying_length_allocates_nothing() -> None:
    stream = io.BytesIO()
    write_frame(stream, {}, {})
    data = bytearray(stream.getvalue())
    data[8:16] = (1 << 35).to_bytes(8, "little")
    with pytest.raises(EOFError):
        read_frame(io.BytesIO(bytes(data)))


def test_objects_are_never_sent() -> None:
    with pytest.raises(ProtocolError):
        encode_frame({}, {"x": np.array([object()])})
