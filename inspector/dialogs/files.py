"""Choosing files to open and where to save."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

WEIGHTS_FILTER = "NumPy archive (*.npz);;Safetensors (*.safetensors)"
CODE_FILTER = "Python (*.py);;All files (*)"
SESSION_FILTER = "Session (*.bptt)"
FIGURE_FILTERS = {
    ".png": "PNG (*.png)",
    ".pdf": "PDF (*.pdf)",
    ".svg": "SVG (*.svg)",
    ".npz": "Numbers (*.npz)",
    ".csv": "Numbers as a table (*.csv)",
}


def open_filter() -> str:
    """Kinds of files for the dialog that opens."""
    from rnn.weights.files import FORMATS, suffixes

    patterns = {one.title: " ".join(f"*{suffix}" for suffix in one.suffixes) for one in FORMATS.values() if one.many}
    weights = " ".join(f"*{suffix}" for suffix in suffixes())
    kinds = {
        "All that can be opened": f"*.py {weights} *.csv *.txt *.bptt", "Cases": "*.py", "Weights": weights, **patterns,
        "Data": "*.npy *.npz *.mat *.csv", "Texts": "*.txt", "Sessions, recordings and results": "*.bptt", "All files": "*",
    }  # fmt: skip
    return ";;".join(f"{title} ({pattern})" for title, pattern in kinds.items())


def _shown(dialog: QFileDialog) -> QFileDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setModal(False)
    dialog.show()
    return dialog


def _one_file(parent: QWidget, title: str, filters: str, take: Callable[[str], None], start: str = "") -> QFileDialog:
    """A dialog for a file that is there, `start` where one was chosen before; not shown yet."""
    dialog = QFileDialog(parent, title, start, filters)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(take)
    return dialog


def choose_files(parent: QWidget, take: Callable[[Sequence[str]], None]) -> QFileDialog:
    """Let the user choose files to open."""
    dialog = QFileDialog(parent, "Open", "", open_filter())
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(take)
    return _shown(dialog)


def choose_weights(parent: QWidget, take: Callable[[str], None]) -> QFileDialog:
    """Let the user choose a weight file to look into."""
    dialog = _one_file(parent, "Look into a weight file", open_filter(), take)
    weights = next((one for one in dialog.nameFilters() if one.startswith("Weights")), "")
    dialog.selectNameFilter(weights)
    return _shown(dialog)


def choose_code(parent: QWidget, take: Callable[[str], None]) -> QFileDialog:
    """Let the user choose a file of Python code."""
    return _shown(_one_file(parent, "New case from Python file", CODE_FILTER, take))


def choose_case_file(parent: QWidget, take: Callable[[str], None]) -> QFileDialog:
    """Let the user say where the code of a session is."""
    return _shown(_one_file(parent, "Where is the code of this session?", CODE_FILTER, take))


def choose_gradients(parent: QWidget, title: str, start: str, take: Callable[[str], None]) -> QFileDialog:
    """Let the user choose a file of gradients; `start` is the one that was chosen before."""
    return _shown(_one_file(parent, title, open_filter(), take, start))


def choose_folder(parent: QWidget, title: str, take: Callable[[str], None]) -> QFileDialog:
    """Let the user choose a folder."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(take)
    return _shown(dialog)


def choose_target(
    parent: QWidget, title: str, name: str, filters: str, take: Callable[[str], None], asks: bool = True
) -> QFileDialog:
    """Let the user choose where to save; the suffix of the chosen filter is added where there is none.

    `asks`: whether the file dialog asks before a file is replaced; else whoever takes the path does.
    """
    dialog = QFileDialog(parent, title, name, filters)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not asks)

    def suffix(chosen: str) -> None:
        dialog.setDefaultSuffix(chosen.partition("*.")[2].rstrip(")"))

    dialog.filterSelected.connect(suffix)
    suffix(filters.split(";;")[0])
    dialog.fileSelected.connect(take)
    return _shown(dialog)
