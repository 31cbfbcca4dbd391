"""An engine process with handlers that behave well and badly on demand; run as a program."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from inspector.engine.main import run
from rnn.errors import InputError
from rnn.jobs import JobFailure

NEVER = threading.Event()


class _AmbiguousError(InputError):
    def __init__(self, sentence, questions):
        super().__init__(sentence)
        self.questions = questions


class _Question:
    parameter, text, options = "W_hh", "Which way round is W_hh?", ("w", "w.T")


def write(request, runner, say):
    """Say two things and write a file."""
    say("Working", None)
    say("Nearly there", 0.5)
    path = Path(request.extra["path"])
    path.write_text(str(request.settings), encoding="utf-8")
    return str(path), {}


def patient(request, runner, say):
    """Work for ever, but listen."""
    while not NEVER.wait(0.01):
        say("Still working", None)


def deaf(request, runner, say):
    """Work for ever and listen to nobody."""
    say("Not listening", None)
    NEVER.wait()


def die(request, runner, say):
    """Take the process along."""
    os.write(2, b"last words")
    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGSEGV)
    os._exit(3)


def bug(request, runner, say):
    """Make a mistake of our own."""
    return {}["nothing"]


def blame(request, runner, say):
    """The input is at fault."""
    raise InputError("W_hh is missing; add it")


def user_code(request, runner, say):
    """The user's code is at fault."""
    raise JobFailure("ValueError: oh", "line 3\n", "net.py", 3)


def ask(request, runner, say):
    """There is something to decide."""
    raise _AmbiguousError("W_hh can be read in two ways", (_Question(),))


def chatter(request, runner, say):
    """Print where messages travel, and read where requests do."""
    print("noise on standard output", flush=True)
    os.write(1, b"more noise")
    assert os.read(0, 1) == b""
    return write(request, runner, say)


HANDLERS = {
    "inspect": write, "write": write, "patient": patient, "deaf": deaf, "die": die, "bug": bug, "blame": blame,
    "user_code": user_code, "ask": ask, "chatter": chatter,
}

if __name__ == "__main__":
    run(HANDLERS, lambda: None, quiet_s=0.0)
