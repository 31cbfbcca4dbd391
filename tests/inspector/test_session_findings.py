"""Findings out of a session: real ones come through whole but for what they would write; strangers' are checked."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector.sessions.findings import FILES, TYPES, read_findings
from rnn.inspection import load_inspection

sys.path.insert(0, str(Path(__file__).parent))
from causes import all_kinds


def _read(findings: list[Any], own: bool = False) -> tuple[list[dict[str, Any]], list[str]]:
    problems: list[str] = []
    return read_findings(json.loads(json.dumps(findings)), own, problems), problems


def test_real_findings_are_as_expected(question_file: Path, question_beside: str) -> None:
    from rnn.beside import load_beside

    known = [*all_kinds(), *load_inspection(question_file).findings, *load_beside(Path(question_beside)).findings]
    known.append({"kind": "blind_spot", "sentence": "x", "mistakes": ["a", "b"]})
    found, problems = _read(known, own=True)
    assert problems == []
    assert found == json.loads(json.dumps(known))
    assert {name for one in known for name in one} & set(TYPES)


def test_what_a_repair_would_write_does_not_come_out_of_a_session() -> None:
    repair = next(one for one in all_kinds() if one["kind"] == "repair")
    assert repair["edits"] and repair["others"][0]["edits"]
    found, problems = _read([repair])
    assert problems == []
    assert not set(found[0]) & set(FILES)
    assert all("edits" not in one for one in found[0]["others"])
    assert found[0]["diff"] == repair["diff"]


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_value_of_another_type_drops_only_its_finding(name: str) -> None:
    good = {"kind": "law", "sentence": "fine"}
    for value in (object, [[[1.5]]], {"a": [{"b": 1.5}]}):
        bad = {**good, "sentence": "bad", name: [["x", 1, 2]] if value is object else value}
        found, problems = _read([bad, good])
        assert good in found
        if len(found) == 1:
            assert problems[0].startswith("Of the findings, entry 0: ")
        else:
            assert name in ("settings", "change", "evidence")
