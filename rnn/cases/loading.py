"""Loading the user's module, and telling the user's files from all others."""

from __future__ import annotations

import hashlib
import linecache
import os
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

from ..errors import InputError
from .texts import on_disk, source_of

OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INSTALLED = tuple(os.path.join(sysconfig.get_path(kind), "") for kind in ("stdlib", "platstdlib", "purelib", "platlib"))

_loaded: dict[tuple[str, str], ModuleType] = {}
_folders: set[str] = set()
_seen: set[str] = set()
_stamps: dict[str, list[int]] = {}


def is_users(file: str) -> bool:
    """Whether a source file belongs to the user: not to this program, Python, or an installed package."""
    if file.startswith((os.path.join(OURS, ""), "<")):
        return False
    if os.path.dirname(file) in _folders:  # what stands beside the case is the user's, wherever that is
        return True
    return not file.startswith(INSTALLED) and not {"site-packages", "dist-packages"} & set(Path(file).parts)


def stamp_sources() -> None:
    """Remember the age of every user's file as it was when it was first seen loaded."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or file in _seen:
            continue
        _seen.add(file)
        if is_users(file) and os.path.isfile(file):
            found = os.stat(file)
            _stamps[file] = [found.st_mtime_ns, found.st_size]


def load(path: Path, digest: str) -> ModuleType:
    """The user's module, loaded once a version; its folder is first on the path while it lives."""
    key, folder = (str(path), digest), str(path.parent)
    os.chdir(folder)
    _folders.add(folder)
    if key not in _loaded:
        sys.argv = [str(path)]
        sys.dont_write_bytecode = True  # no litter beside the user's files, no stale copy of one edited twice a second
        if folder not in sys.path:
            sys.path.insert(0, folder)
        linecache.clearcache()
        if hashlib.sha256(on_disk(path)).hexdigest() != digest:
            raise InputError(f"{path} was changed while the program was at it; run it again")
        _loaded[key] = execute(path, f"_case_{len(_loaded)}")
    return _loaded[key]


def execute(path: Path, name: str) -> ModuleType:
    """A new module of a file, or of the text that stands in for it."""
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(source_of(path), str(path), "exec", dont_inherit=True), module.__dict__)
    return module


def open_script(path: Path) -> None:
    """Take a script that is about to run for the user's, whose statements are followed and whose age is watched."""
    folder = str(path.parent)
    _folders.add(folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    linecache.checkcache(str(path))
    if path.is_file():
        found = os.stat(path)
        _stamps[str(path)] = [found.st_mtime_ns, found.st_size]


def stamps() -> dict[str, list[int]]:
    """Age (ns) and size of the user's files that were loaded, by path."""
    return _stamps
