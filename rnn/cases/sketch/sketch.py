"""From a user's file, which is read and not run, to the text of a case file."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..declaration import read_source
from .declaring import Declared, declare
from .functions import choose, functions_of, label
from .running import used
from .style import write_run
from .writing import imported, write


@dataclass(frozen=True)
class Sketch:
    """A case that is guessed from code.

    Attributes:
        text: of the case file.
        found: sentences of what was recognised.
        unsure: sentences of what was not, each with what to do.
        declaration: the guessed CASE.
    """

    text: str
    found: tuple[str, ...]
    unsure: tuple[str, ...]
    declaration: Mapping[str, Any]


def case_path(path: Path) -> Path:
    """Where the case of a file is written: beside it, `MY_case.py`."""
    return path.with_name(f"{path.stem}_case.py")


def _found(declared: Declared, chosen_labels: list[str]) -> list[str]:
    sentences = [f"It calls {one}." for one in chosen_labels]
    if declared.names:
        place = {"arguments": "as arguments", "self": "on self", "globals": "at the top of the file"}
        where = place.get(declared.weights.place, f"in the dictionary {declared.weights.holder}")
        shown = ", ".join(f"{own} is {ours}" for own, ours in declared.names.items())
        sentences.append(f"The weights are kept {where}: {shown}.")
    return sentences + [
        f"{key} = {value!r} ({declared.reasons[key]})."
        for key, value in declared.keys.items()
        if key not in declared.doubtful
    ]


def _without_main(tree: ast.Module) -> ast.Module:
    """A module without what it does as a program."""
    body = [node for node in tree.body if not (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test))]
    return ast.Module(body, tree.type_ignores)


def sketch(path: Path) -> Sketch:
    """Read a Python file and guess the case for it; the file is not run.

    Raises:
        InputError: missing, no Python, or Python 2.
    """
    path = Path(path)
    tree = _without_main(read_source(path)[1])
    functions = functions_of(tree)
    chosen = choose(functions)
    declared = declare(tree, functions, chosen)
    run = write_run(tree, functions, chosen, declared, imported(path)[0], path.name)
    if declared.names and not re.search(r"problem\.(named|put|updates|params)\b", "\n".join(run.lines)):
        run.lines[-1] += "" if "# ?" in run.lines[-1] else "  # ? hand over the weights first"
        run.unsure.append(
            "how the code is given its weights could not be told; hand over problem.params before it is called."
        )
    unsure = [*declared.unsure, *run.unsure]
    if not declared.names:
        unsure.insert(
            0,
            f"No weights of a recurrent network were recognised in {path.name}; fill in CASE and run(problem) yourself.",
        )
    if declared.names and not re.search(r"\b(loss|h|y)=", "\n".join(run.lines)):
        unsure.append(
            "run returns nothing of the forward pass; return h=, y= or loss= too, so that the declared cell is checked as well."
        )
    if chosen.others:
        unsure.append(
            f"{', '.join(chosen.others)} would fit as well as {used(chosen)[0].name}; change the call if it is another."
        )
    text = write(path, declared, run)
    return Sketch(
        text,
        tuple(_found(declared, [label(one) for one in used(chosen)])),
        tuple(dict.fromkeys(unsure)),
        dict(declared.keys),
    )


__all__ = ["Sketch", "case_path", "sketch"]
