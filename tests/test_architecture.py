"""The house rules: which way imports point, how long files and functions may be, what may be mentioned."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for package in ("rnn", "inspector") for path in (ROOT / package).rglob("*.py"))
QT_WIDGETS_MAY = ("app", "window", "actions", "theme", "panes", "dialogs", "menus")


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _resolve(node: ast.ImportFrom, path: Path) -> str:
    if not node.level:
        return node.module or ""
    parts = path.relative_to(ROOT).parts[: -node.level]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _imports(path: Path, top_level_only: bool = False) -> set[str]:
    """Absolute names of imported modules; names imported from a package count as its submodules."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = _top_level(tree) if top_level_only else list(ast.walk(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            base = _resolve(node, path)
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def _top_level(tree: ast.Module) -> list[ast.stmt]:
    """Statements that run at import: the module's own, without those that only a type checker sees."""
    return [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))]


def _starts(names: set[str], *prefixes: str) -> set[str]:
    return {name for name in names if name.split(".")[0] in prefixes or name in prefixes}


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_files_and_functions_stay_small(path: Path) -> None:
    """At most 300 lines a file and 50 a function."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    functions = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    assert [f.name for f in functions if (f.end_lineno or f.lineno) - f.lineno + 1 > 50] == []


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_everything_public_has_a_docstring(path: Path) -> None:
    """Modules, public classes and public module-level functions say what they are."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef)) and not n.name.startswith("_")]
    assert ast.get_docstring(tree)
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "rnn")], ids=_name)
def test_engine_knows_no_window(path: Path) -> None:
    """`rnn` imports neither `inspector` nor Qt; JAX only in `rnn/oracle`."""
    imports = _imports(path)
    assert _starts(imports, "inspector", "PySide6", "pyqtgraph", "superqt") == set()
    if not path.is_relative_to(ROOT / "rnn" / "oracle"):
        assert _starts(imports, "jax", "jaxlib") == set()


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "inspector")], ids=_name)
def test_window_stays_light(path: Path) -> None:
    """No JAX in `inspector`; matplotlib only in figures and late; widgets only where widgets are made."""
    imports = _imports(path)
    assert _starts(imports, "jax") == set()
    if not path.is_relative_to(ROOT / "inspector" / "figures"):
        assert _starts(imports, "matplotlib") == set()
    assert _starts(_imports(path, top_level_only=True), "matplotlib", "superqt") == set()
    if path.relative_to(ROOT / "inspector").parts[0].removesuffix(".py") not in QT_WIDGETS_MAY:
        assert {name for name in imports if "QtWidgets" in name} == set()


def test_picture_and_figures_know_no_qt() -> None:
    """Colours are decided once, in NumPy, for screen and paper."""
    for folder in ("picture", "figures"):
        for path in (ROOT / "inspector" / folder).rglob("*.py"):
            assert _starts(_imports(path), "PySide6", "pyqtgraph") == set(), path


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_source_is_parsed_by_one_thread_at_a_time(path: Path) -> None:
    """Only `rnn.parsing` calls `ast.parse`: two threads in it at once fail in Python 3.11, and searches run in several."""
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = [func.attr for func in calls if isinstance(func, ast.Attribute) and ast.unparse(func.value) == "ast"]
    assert "parse" not in found or _name(path) == "rnn.parsing"


def test_no_import_cycles() -> None:
    """Imports at module level never form a cycle."""
    names = {_name(path) for path in SOURCES}
    graph = {}
    for path in SOURCES:
        graph[_name(path)] = {name for name in _imports(path, top_level_only=True) & names if name != _name(path)}
        if path.name != "__init__.py":
            # `from .x import y` inside a package also names the package itself, which only re-exports.
            graph[_name(path)] -= {_name(path).rpartition(".")[0]}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above[above.index(name) :], name))
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*above, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


def _modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sorted(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(result.stdout.split())


def test_import_rnn_is_light() -> None:
    """`import rnn` loads neither JAX nor Qt."""
    assert {"jax", "PySide6", "matplotlib"} & _modules_after("import rnn") == set()


def test_command_line_starts_light() -> None:
    """The command line's module loads neither JAX nor Qt nor matplotlib."""
    assert {"jax", "PySide6", "matplotlib", "rich"} & _modules_after("import inspector.cli") == set()


@pytest.mark.parametrize("module", ["rnn.jobs.child", "inspector.cli", "inspector.panes"])
def test_readers_of_weight_files_are_loaded_late(module: str) -> None:
    """Every job, every command and the window start without what only a weight file needs."""
    assert {"safetensors", "rnn.weights.files", "rnn.weights.translating"} & _modules_after(f"import {module}") == set()


def test_top_level_holds_only_what_it_should() -> None:
    """Nothing stands at the top but the agreed folders and files."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT).stdout.split()
    if not listed:
        pytest.skip("not a git checkout")
    tops = {name.split("/")[0] for name in listed if not name.startswith(".")}
    assert tops <= {"inspector", "rnn", "tests", "resources", "pyproject.toml", "README.md"}
