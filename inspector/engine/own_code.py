"""What the engine says about the user's own code beside a result: which files it is made of, and what it printed."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspector.engine.messages import Submit
    from inspector.engine.work import Answered, Say
    from rnn.jobs import JobRunner, Limits

MOST_FILES, MOST_BYTES = 200, 4 << 20
"""So many files of a case are told of; larger ones are no source."""

Stamp = tuple[int, int, str]
"""Age in ns, bytes, and SHA-256 (empty where the file can't be read)."""


def limits_asked(request: Submit) -> Limits:
    """The limits that a request sets for user code."""
    from rnn.jobs.limits import limits_of

    return limits_of(**dict(request.extra.get("job_limits") or {}))


def _stamp(path: str) -> Stamp | None:
    """Age, size and content of a file; None where there is none, or none that could be source."""
    try:
        found = os.stat(path)
        if found.st_size > MOST_BYTES:
            return None
        return found.st_mtime_ns, found.st_size, hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return None


def _imported(path: Path) -> set[str]:
    """Names of modules that a file imports, first parts only; nothing where it can't be read."""
    from rnn.parsing import parse_module

    try:
        tree = parse_module(path.read_text(encoding="utf-8"), str(path))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module.partition(".")[0]} if node.module else {alias.name for alias in node.names}
    return names


def files_beside(case_path: Path) -> set[str]:
    """The case's file, and what it imports from its own folder; read, not run."""
    found, left = set[str](), [case_path.resolve()]
    while left and len(found) < MOST_FILES:
        path = left.pop()
        if str(path) in found:
            continue
        found.add(str(path))
        for name in _imported(path):
            for place in (path.parent / f"{name}.py", path.parent / name / "__init__.py"):
                if place.is_file():
                    left.append(place)
    return found


def _stamps(paths: Iterable[str]) -> dict[str, Stamp]:
    found = {path: _stamp(path) for path in sorted(set(paths))[:MOST_FILES]}
    return {path: stamp for path, stamp in found.items() if stamp is not None}


def about_run(request: Submit, runner: JobRunner) -> dict[str, Any]:
    """Files of the case with their stamps, and the end of what it printed; nothing about the built-in BPTT.

    A run that failed does not tell which files it had loaded: then those count that stand beside the case.
    """
    if not request.case_path:
        return {}
    files = _stamps(
        {str(Path(request.case_path).resolve()), *(runner.sources or files_beside(Path(request.case_path)))}
    )
    for path, (age, size) in ((path, tuple(stamp)) for path, stamp in runner.sources.items()):
        if path in files and files[path][:2] != (age, size):
            files[path] = (age, size, "")  # changed since it was run
    return {"files": {path: list(stamp) for path, stamp in files.items()}, "printed": runner.printed}


def sketch(request: Submit, runner: JobRunner, say: Say) -> Answered:
    """Propose a case file for a file of code, by reading it."""
    from rnn.cases.sketch.sketch import sketch as propose

    path = Path(str(request.extra["file"]))
    say(f"Reading {path.name}", None)
    made = propose(path)
    declaration: Mapping[str, Any] = {str(key): repr(value) for key, value in made.declaration.items()}
    return "", {
        "file": str(path),
        "text": str(made.text),
        "found": [str(line) for line in made.found],
        "unsure": [str(line) for line in made.unsure],
        "declaration": declaration,
    }
