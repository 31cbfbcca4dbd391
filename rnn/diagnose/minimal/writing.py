"""The written files: a script that shows the finding, and a pytest test that fails until it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import base_of
from ...cases import Case
from ...cases.layout import Layout
from ...cases.user_problem import UserProblem
from ...jobs.requests import case_request
from ...losses import LOSSES
from ...problem import Problem
from .judging import TOLERANCE
from .literals import array_text
from .network_text import network_text
from .sources import Sources, sources_of, text_literal
from .standin import stand_in

IMPORTS = ("copy", "os", "sys", "tempfile", "types")

CODE = '''def load_and_run(folder):
    """What run(problem) of the case in a folder returns."""
    path, home = Path(folder, CASE_FILE), os.getcwd()
    for name in FILES:
        sys.modules.pop(name.removesuffix(".py").replace("/", "."), None)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    try:
        module = sys.modules["users_case"] = types.ModuleType("users_case")
        module.__file__ = str(path)
        exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), vars(module))
        return module.run(problem)
    finally:
        os.chdir(home)
        sys.path.remove(str(folder))


def run_kept():
    """The same of the files as they were when this was written."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_and_run(folder)
'''

COMPARED = '''def in_form(name, value, like):
    """A returned gradient in the form of the right one: lists stacked, axes of length 1 added or dropped."""
    if isinstance(value, dict):
        value = [value[t] for t in range(T)]
    found = np.asarray(value, "float64")
    if name == "dx" and isinstance(value, (list, tuple)) and not X_LISTED and found.ndim == like.ndim:
        found = np.moveaxis(found, 0, X_AXIS)
    same = [n for n in found.shape if n != 1] == [n for n in like.shape if n != 1]
    return found.reshape(like.shape) if same and not (name.startswith("dW") and found.ndim == 2) else found


def differences(found):
    """Largest difference from JAX by name, and what is taken for rounding there."""
    rows = {}
    for name, wanted in right_gradients().items():
        if name in found:
            hand = in_form(name, found[name], wanted)
            size = np.abs(hand - wanted).max() if hand.shape == wanted.shape else np.inf
            rows[name] = float(size), TOLERANCE * max(1.0, float(np.abs(wanted).max()))
    assert rows, f"run() returned {', '.join(found)}, of which nothing can be compared"
    return rows
'''

SCRIPT_END = """if __name__ == "__main__":
    wrong = 0
    for name, (size, rounding) in differences(run_kept()).items():
        differs = not size <= rounding
        wrong += differs
        print(f"{name:12} largest difference {size:.3g}{'  DIFFERS' if differs else ''}")
    sys.exit(1 if wrong else 0)
"""

TEST_END = '''def returned():
    """What the code returns: the files beside this test, else those where they were, else as they were."""
    for folder in (Path(__file__).resolve().parent, Path(FOLDER)):
        if Path(folder, CASE_FILE).is_file():
            return load_and_run(folder)
    return run_kept()


def test_the_gradients_are_those_of_jax():
    rows = differences(returned())
    assert {name: size for name, (size, rounding) in rows.items() if not size <= rounding} == {}
'''


def _givens(case: Case, problem: Problem, layout: Layout) -> tuple[UserProblem, str]:
    """The arrays as the code gets them, and the text that makes them."""
    header, arrays = case_request(case, problem)
    user = UserProblem(header, arrays, layout)
    lines = [f"{', '.join(problem.sizes)} = {', '.join(str(size) for size in problem.sizes.values())}"]
    lines += _dictionary("params", user.params)
    lines += _dictionary("states", user.states)
    for name in ("x", "target", "loss_weights"):
        lines.append(f"{name} = {array_text(getattr(user, name), len(name) + 3)}")
    if not np.all(problem.loss_weights == 1):
        lines.append(f"COUNTS = {array_text(np.asarray(problem.loss_weights), 9)}  # (T, B): what counts in the loss")
    tokens = "" if layout.ids else ', "x": x'
    lines.append(
        f'ARRAYS = {{name: jnp.asarray(np.array(value), "float64") for name, value in {{**params, **states{tokens}}}.items()}}'
    )
    return user, "\n".join(lines) + "\n"


def _dictionary(name: str, arrays: dict[str, Any]) -> Iterator[str]:
    yield f"{name} = {{"
    for key, value in arrays.items():
        head = f'    "{key}": '
        yield f"{head}{array_text(value, len(head))},"
    yield "}"


def _stand_in_call(problem: Problem, layout: Layout, user: UserProblem, used: set[str]) -> str:
    """The text that makes `problem`."""
    given = ["params=params", "states=states", "x=x", "target=target", "loss_weights=loss_weights"]
    for name in reversed(tuple(problem.starts)):
        short = base_of(name)[0]
        given = [one for one in given if not one.startswith(f"{short}=")] + [f'{short}=states["{name}"]']
    given += [f"{letter}={letter}" for letter in problem.sizes]
    given += [f'{name}="{getattr(problem, name)}"' for name in ("dtype", "cell", "activation", "loss")] + [
        f"seed={problem.seed}"
    ]
    if problem.loss == "upstream":
        given += ["dy=target"] + ([] if problem.network.output_layer else ["dh=target"])
    if "last_target" in used:
        given.append(f"last_target={array_text(user.last_target)}")
    if "step_by_step" in used:
        above = layout.axes_of("target")[0]
        given += [
            f"x_axis={layout.axes_of('x', rows=not layout.ids)[0].letters.index('T')}",
            f"above_axis={above.letters.index('T')}",
        ]
    lines, line = [], ""
    for part in given:
        if len(line) + len(part) > 105:
            lines.append(line.rstrip())
            line = ""
        line += f"{part}, "
    return "problem = Problem(\n" + "".join(f"    {one}\n" for one in [*lines, line.rstrip()]) + ")\n"


def _common(case: Case, problem: Problem, sources: Sources, about: str) -> str:
    """All but the end of a written file."""
    layout = Layout.of(case.declaration, problem.cell)
    user, arrays = _givens(case, problem, layout)
    used = sources.names()
    helpers = stand_in(used)
    axes, _ = layout.axes_of("x", rows=not layout.ids)
    files = "".join(f'    "{name}": {text_literal(text)},\n' for name, text in sources.files.items())
    imports = "".join(f"import {name}\n" for name in sorted({*IMPORTS, *helpers.imports}))
    facts = (
        f"CASE_FILE = {sources.case!r}\nFOLDER = {str(sources.folder)!r}\n"
        f"X_AXIS, X_LISTED = {axes.letters.index('T')}, {bool(axes.listed)}\nTOLERANCE = {TOLERANCE[problem.dtype]}\n"
    )
    return "\n\n".join(
        (
            f'"""{about}"""\n\n{imports}from pathlib import Path\n\nimport jax\nimport jax.numpy as jnp\nimport numpy as np\n\n'
            'jax.config.update("jax_enable_x64", True)\n\n# The code, unchanged.\n'
            + facts
            + f"FILES = {{\n{files}}}\n",
            f"# The problem, in the code's own layout.\n{arrays}",
            f"{helpers.text}\n\n{_stand_in_call(problem, layout, user, used)}",
            f"# The declared forward pass in JAX.\n{network_text(problem, layout)}",
            CODE,
            COMPARED,
        )
    )


def _about(case: Case, problem: Problem, said: str, how: str) -> str:
    names = ", ".join(sources_of(case).files)
    loss = LOSSES[problem.loss].title
    text = f"{said}\n\n{how} It needs NumPy and JAX alone.\n\nThe code is that of {names} in {case.path.resolve().parent}; the network is\n"
    text += f"a {problem.cell} with the loss '{loss}', as CASE declares it."
    return text.replace("\\", "/").replace('"""', "'''")


def write_script(case: Case, problem: Problem, path: Path, said: str = "A minimal case.") -> None:
    """Write a script that prints how far each gradient is off, and ends with 1 where one is.

    Args: case: the user's code. problem: the small one. path: of the file. said: what it shows, in a sentence.

    Raises:
        InputError: a layout or files that can't be written down.
    """
    how = f"python {path.name} prints how far every gradient is from that of JAX, and ends with 1 where one differs."
    text = _common(case, problem, sources_of(case), _about(case, problem, said, how))
    path.write_text(f"{text}\n\n{SCRIPT_END}", encoding="utf-8")


def write_test(case: Case, problem: Problem, path: Path, said: str = "A minimal case.") -> None:
    """Write a pytest test that fails as long as a gradient differs; see `write_script`.

    It takes the code beside itself, else from where it was, else as it was when the test was written.
    """
    how = f"pytest {path.name} fails as long as a gradient differs from that of JAX: it reads the code anew each time."
    text = _common(case, problem, sources_of(case), _about(case, problem, said, how))
    path.write_text(f"{text}\n\n{TEST_END}", encoding="utf-8")
