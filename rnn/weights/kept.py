"""Weights that the program itself keeps for its user, such as those of one step of a descent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ..arrays import AnyArray
from ..errors import InputError
from ..folders import cache_folder
from .files import save_arrays

MOST_KEPT = 50
"""Older files are removed: whoever wants to keep weights for good saves them where they like."""


def keep_weights(weights: Mapping[str, AnyArray], name: str) -> Path:
    """Write weights to a file that is still there at the next start; the same weights give the same file.

    Args:
        weights: arrays by parameter name, (in, out) orientation.
        name: of what they are; begins the file's name.

    Raises:
        InputError: the file can't be written.
    """
    digest = hashlib.sha256()
    for key, value in sorted(weights.items()):
        digest.update(key.encode() + value.tobytes())
    folder = cache_folder() / "weights"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        newest_first = sorted(folder.glob("*.npz"), key=lambda path: -path.stat().st_mtime)
        for old in newest_first[MOST_KEPT - 1 :]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{folder} can't be written ({error.strerror}); make room there and try again") from error
    path = folder / f"{name}-{digest.hexdigest()[:8]}.npz"
    save_arrays(weights, path)
    return path
