"""The whole program: what it imports at start, a run through the real engine, a mistake of ours, a clean end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from inspector.app import Program, open_all
from inspector.records import IDLE

sys.path.insert(0, str(Path(__file__).parent))
from doubles import result_file

ROOT = Path(__file__).parents[2]
WAIT_MS = 120_000


@pytest.fixture
def program(qapp, settings_file):
    made = Program(qapp, settings_file)
    yield made
    made.close()


def finished(state):
    return state.status.phase == IDLE and (state.result is not None or state.failure is not None)


def test_an_example_named_on_the_command_line_is_run_by_the_real_engine(program, qtbot):
    program.show()
    open_all(program.state, ["question-2014"])
    qtbot.waitUntil(lambda: finished(program.state), timeout=WAIT_MS)
    assert program.state.failure is None
    assert program.state.result.verdict == "differ"
    wrong = {report.name for report in program.state.result.parameters if report.wrong}
    assert wrong == {"dW_hh", "dW_xh", "db_h"}
    assert not program.state.stale
    qtbot.waitUntil(lambda: program.pictures.is_current, timeout=WAIT_MS)
    program.state.step_difference(1)
    assert program.state.selection.cell is not None


def test_a_result_goes_through_weights_and_figure_to_files(program, qtbot, tmp_path):
    program.show()
    program.state.run()
    qtbot.waitUntil(lambda: finished(program.state), timeout=WAIT_MS)
    program.state.asking.save_weights(str(tmp_path / "w.safetensors"))
    program.window.commands.export.exporting.export(str(tmp_path / "f.npz"))
    for name in ("w.safetensors", "f.npz"):
        qtbot.waitUntil((tmp_path / name).exists, timeout=WAIT_MS)
        assert (tmp_path / name).stat().st_size > 0
    assert program.state.failure is None


def test_the_engine_starts_by_itself_once_the_window_is_painted(program, qtbot):
    with qtbot.waitSignal(program.engine.ready, timeout=WAIT_MS):
        program.show()


def test_a_saved_result_is_shown_without_any_run(program, qtbot, tmp_path):
    with qtbot.waitSignal(program.pictures.changed):
        program.open([], str(result_file(tmp_path)))
    assert program.state.result.headline == "dW_hh differs."


@pytest.mark.qt_no_exception_capture
def test_a_mistake_of_ours_becomes_a_note_and_still_reaches_the_terminal(program, qtbot, monkeypatch):
    printed = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: printed.append(kind))
    program.show()
    with qtbot.waitSignal(program.state.notice_changed):
        QTimer.singleShot(0, lambda: {}["nothing"])
    assert printed == [KeyError]
    assert program.state.failure.is_bug
    assert "KeyError" in program.state.failure.sentence
    assert "nothing" in program.state.failure.details


START = """
import sys
sys.path.insert(0, {root!r})
from inspector.app import Program, prepare_environment
prepare_environment()
from PySide6.QtWidgets import QApplication
from pathlib import Path
application = QApplication([])
program = Program(application, Path({settings!r}), ["{python}", "-c", "input()"])
loaded = []
def stop():
    loaded.extend(sys.modules)
    program.window.close()
# Recorded before the program's own answer to the first painting, which begins to load the icons.
program.window.first_painted.disconnect()
program.window.first_painted.connect(stop)
program.show()
application.exec()
program.close()
asked = ("jax", "jaxlib", "matplotlib", "superqt", "qtawesome", "PyQt6", "pyqtgraph")
print(" ".join(name for name in asked if name in loaded))
"""


def test_nothing_heavy_is_imported_before_the_window_is_painted(tmp_path):
    code = START.format(root=str(ROOT), settings=str(tmp_path / "s.ini"), python=sys.executable)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.split()) == (0, ["pyqtgraph"]), done.stderr


def test_show_opens_the_window_in_a_process_of_its_own(tmp_path, monkeypatch):
    from doubles import inspection

    import inspector

    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    inspector.show(inspection())
    (command,) = started
    assert command[0] == sys.executable
    from rnn.inspection import load_inspection

    path = Path(command[-1])
    assert load_inspection(path).headline == "dW_hh differs."
    compile(command[command.index("-c") + 1], "command", "exec")
    path.unlink()
    path.parent.rmdir()
