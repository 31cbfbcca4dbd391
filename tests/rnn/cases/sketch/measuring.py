"""What a sketch makes of other people's programs: each is stripped of its case, sketched, and run through the real job."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnn import inspect_gradients
from rnn.cases.sketch import case_path, sketch
from rnn.cases.sketch.sketch import Sketch
from rnn.errors import InputError
from rnn.jobs import JobRunner
from tests.rnn.cases.proving import EXAMPLES, STYLES, declaration

DEFAULTS = {
    "x": "TBD",
    "weights": "in,out",
    "bias": "vector",
    "biases": True,
    "output_layer": True,
    "h0": "given",
    "c0": "given",
    "activation": "tanh",
    "ids": False,
    "embedding": False,
    "stacked": "",
    "cell_tanh": True,
    "peepholes": False,
    "forget_bias": 0.0,
    "reset": "before",
    "update": "keep",
    "layers": 1,
    "bidirectional": False,
    "clip": None,
    "truncation": None,
    "target": None,
    "dtype": "float64",
    "layouts": None,
    "leak": 0.3,
}
"""What is taken where CASE leaves a key out; of the keys that decide what is right."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of one program.

    Attributes:
        kind: agree, differ, error or template.
        said: the headline or the sentence of the error. compared: how many gradients of parameters were compared.
        wrong_keys: keys of CASE that are other than in the hand-written case.
        marked: whether a person is told to look at what is responsible.
    """

    name: str
    kind: str
    said: str
    compared: int
    wrong_keys: dict[str, tuple[Any, Any]]
    marked: bool
    made: Sketch

    @property
    def silent(self) -> bool:
        """Right code is called wrong, and nothing says where to look."""
        return self.kind in ("differ", "error") and not self.marked


def programs() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Right programs, with what the hand-written case declares."""
    for folder in (STYLES, EXAMPLES):
        for path in sorted(folder.glob("*.py")):
            beside = case_path(path)
            if path.stem.endswith(("_case", "-wrong")) or path.stem in ("question-2014", "characters"):
                continue
            yield path, declaration(beside if beside.exists() else path)


def stripped(path: Path) -> str:
    """A program without its case."""
    text = path.read_text(encoding="utf-8")
    lines, body = text.splitlines(keepends=True), ast.parse(text).body
    at = next(
        (n for n, one in enumerate(body) if isinstance(one, ast.Assign) and "CASE" in ast.unparse(one.targets[0])), None
    )
    if at is None:
        return text
    others = [one for one in body[at:] if isinstance(one, (ast.FunctionDef, ast.ClassDef))]
    gone = body[at:] if len(others) == 1 else [body[at], *(one for one in others if one.name == "run")]
    for one in reversed(gone):
        first = one.lineno - 1
        if first and lines[first - 1].startswith("# The rest"):
            first -= 1
        del lines[first : one.end_lineno]
    return "".join(lines)


def put_down(path: Path, folder: Path) -> Path:
    """The program alone, in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / path.name
    source.write_text(stripped(path), encoding="utf-8")
    for more in path.parent.glob("*.txt"):
        shutil.copy(more, folder)
    return source


def _wrong_keys(found: Any, wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    gates = {"lstm": "ifgo", "gru": "rzn"}.get(wanted.get("cell", "rnn"), "")
    defaults = {**DEFAULTS, "gates": gates, "cell": "rnn", "loss": "half_squared_error"}
    pairs = {key: (found.get(key, value), wanted.get(key, value)) for key, value in defaults.items()}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _marked(made: Sketch, wrong: dict[str, Any]) -> bool:
    case, _, run = made.text.partition("def run(problem)")
    keys = {line.strip().partition("=")[0] for line in case.splitlines() if "# ?" in line}
    return bool(keys & set(wrong)) or "# ?" in run


def measure(path: Path, wanted: dict[str, Any], folder: Path, runner: JobRunner) -> Outcome:
    """Sketch one program, run the case that is written, and compare what it declares."""
    source = put_down(path, folder)
    made = sketch(source)
    wrong = _wrong_keys(made.declaration, wanted)
    case = case_path(source)
    case.write_text(made.text, encoding="utf-8")
    if "NotImplementedError" in made.text:
        return Outcome(path.stem, "template", "", 0, wrong, True, made)
    try:
        result = inspect_gradients(case=case, runner=runner, blame=False, pure=False)
    except InputError as error:
        return Outcome(path.stem, "error", str(error), 0, wrong, _marked(made, wrong), made)
    return Outcome(
        path.stem, result.verdict, result.headline, len(result.parameters), wrong, _marked(made, wrong), made
    )
