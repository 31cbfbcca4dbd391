"""What the engine says about the user's own code: its files, and a case that is proposed for it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import MappingProxyType, ModuleType, SimpleNamespace

import pytest

from inspector.engine.messages import Submit
from inspector.engine.own_code import about_run, files_beside, limits_asked, sketch
from inspector.engine.work import HANDLERS
from rnn.errors import InputError
from rnn.jobs import JobRunner, Limits


def test_files_that_a_case_imports_from_its_folder(tmp_path: Path) -> None:
    sources = {
        "net.py": "import numpy, cell.deep\nfrom layers import lstm\nfrom . import side\n",
        "cell/__init__.py": "import net\n",
        "layers.py": "def f():\n    import late\n",
        "side.py": "this is no Python",
        "late.py": "",
        "other.py": "",
    }
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = {
        str(Path(path).relative_to(tmp_path.resolve())).replace("\\", "/") for path in files_beside(tmp_path / "net.py")
    }
    assert found == set(sources) - {"other.py"}


def test_a_case_that_is_gone_is_told_all_the_same(tmp_path: Path) -> None:
    request = Submit(1, "inspect", str(tmp_path / "net.py"))
    assert about_run(request, JobRunner()) == {"files": {}, "printed": ""}


def test_a_file_that_was_changed_since_it_was_run_has_the_stamp_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("x = 1\n")
    runner = SimpleNamespace(sources={str(path): [5, 6]}, printed="hello\n")
    found = about_run(Submit(1, "inspect", str(path)), runner)  # type: ignore[arg-type]
    assert found == {"files": {str(path): [5, 6, ""]}, "printed": "hello\n"}


def test_the_built_in_has_no_files() -> None:
    assert about_run(Submit(1, "inspect"), JobRunner()) == {}


def test_limits_of_a_request() -> None:
    assert limits_asked(Submit(1, "inspect")) == Limits()
    asked = limits_asked(Submit(1, "inspect", extra={"job_limits": {"seconds": 5, "gib": 2}}))
    assert (asked.wall_s, asked.memory_bytes) == (5.0, 2 << 30)
    with pytest.raises(InputError, match="time limit"):
        limits_asked(Submit(1, "inspect", extra={"job_limits": {"seconds": 0}}))


def test_a_case_is_proposed_by_reading_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("rnn.cases.sketch.sketch")
    module.sketch = lambda path: SimpleNamespace(  # type: ignore[attr-defined]
        text=f"# {path.name}\n", found=("tanh",), unsure=("layout",), declaration=MappingProxyType({"x": "TD"})
    )
    monkeypatch.setitem(sys.modules, "rnn.cases.sketch.sketch", module)
    said: list[str] = []
    request = Submit(1, "sketch", extra={"file": str(tmp_path / "lstm.py")})
    path, found = HANDLERS["sketch"](request, JobRunner(), lambda text, fraction, extra=None: said.append(text))
    assert (path, said, HANDLERS["sketch"]) == ("", ["Reading lstm.py"], sketch)
    assert found == {
        "file": str(tmp_path / "lstm.py"), "text": "# lstm.py\n", "found": ["tanh"], "unsure": ["layout"],
        "declaration": {"x": "'TD'"},
    }  # fmt: skip
