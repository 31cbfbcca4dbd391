"""The program around the engine: window, figures, command line.

import inspector, rnn
inspector.show(rnn.inspect_gradients(case="my_network.py"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

    from rnn.results import Inspection

__all__ = ["show"]

_SHOW = (
    "import shutil, os; from inspector.app import main; code = main([], sys.argv[1]); "
    "shutil.rmtree(os.path.dirname(sys.argv[1]), True); sys.exit(code)"
)


def show(result: Inspection) -> subprocess.Popen[bytes]:
    """Open the window on a result, in a process of its own; returns at once.

    Args:
        result: of `rnn.inspect_gradients` or `rnn.load_inspection`.

    Returns:
        The window's process; wait for it where the calling program would end first and take the terminal along.

    Raises:
        InputError: the result can't be written to the folder for temporary files.
    """
    import subprocess
    import tempfile
    from pathlib import Path

    from inspector.launch import python_command
    from rnn.inspection import save_inspection

    path = Path(tempfile.mkdtemp(prefix="bptt-inspector-")) / "result.bptt"
    save_inspection(result, path)
    return subprocess.Popen(python_command(_SHOW, str(path)), stdin=subprocess.DEVNULL)
