"""Versions of the program and of what it stands on, without importing any of it."""

from __future__ import annotations

import platform

LIBRARIES = ("numpy", "jax", "jaxlib", "PySide6-Essentials", "pyqtgraph", "matplotlib", "safetensors", "h5py")


def version_of(distribution: str) -> str:
    """The installed version, or `not installed`."""
    from importlib.metadata import PackageNotFoundError, version  # late: it is slow, and wanted seldom

    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def version_lines() -> list[str]:
    """One line a component, the program first."""
    lines = [
        f"bptt-inspector {version_of('bptt-inspector')}",
        f"Python {platform.python_version()} on {platform.platform()}",
    ]
    return lines + [f"{name} {version_of(name)}" for name in LIBRARIES]
