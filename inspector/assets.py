"""Where the resources are: beside the packages in a source tree, inside `inspector` when installed."""

from __future__ import annotations

from pathlib import Path

from rnn.errors import InputError

_HERE = Path(__file__).resolve().parent


def resources() -> Path:
    """The folder of examples, icons and the guide."""
    installed = _HERE / "resources"
    return installed if installed.is_dir() else _HERE.parent / "resources"


def examples() -> dict[str, Path]:
    """Shipped example cases by name."""
    return {path.stem: path for path in sorted((resources() / "examples").glob("*.py"))}


def example_path(name: str) -> Path:
    """The file of one example; raises `InputError` where there is none of that name."""
    found = examples()
    if name not in found:
        raise InputError(f"there is no example {name!r}; the examples are {', '.join(found)}")
    return found[name]


def icon_path(name: str) -> Path:
    """The file of one icon."""
    return resources() / "icons" / name
