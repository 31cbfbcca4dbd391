"""Stand-ins for the engine and for panes, and a small hand-made result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from inspector.engine.messages import Done, Failed, Progress
from rnn.container import MemoryArrays
from rnn.handwritten import BUILT_IN
from rnn.inspection import save_inspection
from rnn.results import Inspection, QuantityReport
from rnn.settings import ProblemSettings

T, B, H = 5, 2, 3


class FakeEngine(QObject):
    """Remembers what it was asked; the test gives the answers."""

    ready, died = Signal(), Signal()
    progressed, done, failed = Signal(object), Signal(object), Signal(object)

    def __init__(self):
        super().__init__()
        self.is_ready, self.asked, self.cancelled = True, [], []

    def submit(self, kind, case_path, settings, extra):
        self.asked.append((kind, case_path, settings, extra))
        return len(self.asked)

    def cancel(self, number):
        self.cancelled.append(number)

    def start(self):
        self.is_ready = True

    def close(self):
        self.is_ready = False

    def say(self, text, fraction=None):
        self.progressed.emit(Progress(len(self.asked), text, fraction))

    def answer(self, path, number=None, **extra):
        self.done.emit(Done(number or len(self.asked), str(path), extra))

    def refuse(self, sentence, **more):
        self.failed.emit(Failed(len(self.asked), sentence, **more))


def report(name, kind, shape, verdict="agrees", **more):
    return QuantityReport(name, kind, shape, more.pop("hand_shape", shape), verdict, **more)


def inspection(case=BUILT_IN, settings=None):
    """`dW_hh` (3, 3) differs twice, has a NaN and an infinity; `dh` differs; `db_h` is right; `dx` misshapen."""
    rng = np.random.default_rng(1)
    reference = {"dW_hh": rng.normal(size=(H, H)), "db_h": rng.normal(size=H), "dh": rng.normal(size=(T, B, H)),
                 "dx": rng.normal(size=(T, B, 2)), "dh0": rng.normal(size=(B, H))}
    hand = {name: value.copy() for name, value in reference.items()}
    hand["dW_hh"][0, 1] += 0.5
    hand["dW_hh"][2, 0] -= 2.0
    hand["dW_hh"][1, 1] = np.nan
    hand["dW_hh"][1, 2] = reference["dW_hh"][1, 2] = np.inf
    hand["dh"][3, 1, 2] += 1.0
    hand["dx"] = hand["dx"][:, :, :1]
    arrays = {f"hand/{n}": v for n, v in hand.items()} | {f"reference/{n}": v for n, v in reference.items()}
    arrays["weights/W_hh"] = rng.normal(size=(H, H))
    return Inspection(
        verdict="differ", headline="dW_hh differs.", case=case,
        problem={"cell": "rnn", "activation": "tanh", "loss": "half_squared_error",
                 "T": T, "B": B, "D": 2, "H": H, "K": H, "seed": 0, "dtype": "float64", "output_layer": False},
        settings=(settings or ProblemSettings()).to_json(),
        parameters=(report("db_h", "parameter", (H,)), report("dW_hh", "parameter", (H, H), "differs", ratio=1e9)),
        intermediates=(report("dh", "intermediate", (T, B, H), "differs", ratio=1e12),
                       report("dh0", "intermediate", (B, H)),
                       report("dx", "intermediate", (T, B, 2), "shape", hand_shape=(T, B, 1))),
        first_divergence=None, arrays=MemoryArrays(arrays),
    )


def result_file(folder, name="result.bptt", **more):
    """A result file of `inspection()`."""
    path = folder / name
    made = inspection()
    save_inspection(replace(made, **more), path)
    return path


class StubPane(QWidget):
    """A pane with something to focus, that counts how often it draws."""

    open_requested, details_requested, hovered = Signal(), Signal(), Signal(object)

    def __init__(self, state, pictures, parent):
        super().__init__(parent)
        self.drawn, self.called = 0, []
        self.inside = QLabel("inside", self)
        self.inside.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        QVBoxLayout(self).addWidget(self.inside)

    def synchronize(self):
        self.drawn += 1

    def fit(self):
        self.called.append("fit")

    def one_to_one(self):
        self.called.append("one_to_one")


STUBS = [
    ("welcome", "Welcome", StubPane, "welcome"), ("failure", "Failure", StubPane, "bar"),
    ("checks", "Checks", StubPane, "left"), ("triptych", "Pictures", StubPane, "centre"),
    ("trace", "Through time", StubPane, "centre"), ("problem", "Problem", StubPane, "right"),
    ("cell", "Cell", StubPane, "right"),
]
