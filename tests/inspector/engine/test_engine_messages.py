"""Messages travel as frame headers and come back equal; nonsense is refused."""

from __future__ import annotations

import pytest

from inspector.engine.messages import (
    Cancel,
    Done,
    Failed,
    Progress,
    Ready,
    Stopped,
    Submit,
    WeightQuestion,
    from_header,
    to_header,
)
from rnn.jobs.frames import FrameDecoder, encode_frame

EACH = (
    Submit(1, "inspect", "a b/ä.py", {"seed": 3, "weights_map": [["W_hh", "k.T"]]}, {"path": "/x"}),
    Cancel(2), Ready(), Progress(3, "JAX", 0.25), Progress(3, "JAX"), Done(4, "file", {"n": 1}), Stopped(5),
    Failed(6, "no", "details", "net.py", 12, (WeightQuestion("W_hh", "Which?", ("w", "w.T")),), True),
)


@pytest.mark.parametrize("message", EACH, ids=lambda m: type(m).__name__)
def test_every_message_comes_back_equal(message):
    data = b"".join(encode_frame(to_header(message)))
    decoder = FrameDecoder()
    frames = [frame for byte in data for frame in decoder.feed(bytes([byte]))]
    assert [from_header(frame.header) for frame in frames] == [message]


@pytest.mark.parametrize("header", [
    {}, {"message": "shutdown", "number": 1}, {"message": "cancel"}, {"message": "cancel", "number": "1"},
    {"message": "cancel", "number": 1, "more": 2}, {"message": "progress", "number": 1},
])
def test_nonsense_is_refused(header):
    with pytest.raises(ValueError, match="message"):
        from_header(header)
