"""Real mistakes, planted one at a time into the mended example: each is called wrong, and where it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.assets import example_path
from rnn import inspect_gradients
from rnn.cases import read_case
from rnn.settings_for import settings_for

MISTAKES = {
    "carry not transposed": ("Whh.T)", "Whh)", {"dW_xh", "dW_hh", "db_h"}),
    "carry never used": ("dcdHout[t] +=", "unused =", {"dW_xh", "dW_hh", "db_h"}),
    "upstream forgotten": ("dcdHout[t] +=", "dcdHout[t] =", {"dW_xh", "dW_hh", "db_h"}),
    "derivative missing": ("dcdHout[t] * slope[t]", "dcdHout[t]", {"dW_xh", "dW_hh", "db_h"}),
    "derivative of the square": ("1 - Hout ** 2", "1 - Hout ** 4", {"dW_xh", "dW_hh", "db_h"}),
    "derivative without square": ("1 - Hout ** 2", "1 - Hout", {"dW_xh", "dW_hh", "db_h"}),
    "skips two steps": ("range(T - 1)", "range(T - 2)", {"dW_xh", "dW_hh", "db_h"}),
    "h for the previous h": ("Hout[:-1].T, dcdHin[1:]", "Hout.T, dcdHin", {"dW_hh"}),
    "dWhh transposed": (
        "dcdWhh = np.dot(Hout[:-1].T, dcdHin[1:])",
        "dcdWhh = np.dot(Hout[:-1].T, dcdHin[1:]).T",
        {"dW_hh"},
    ),
    "bias of the last step": ("dcdHin.sum(axis=0)", "dcdHin[-1]", {"db_h"}),
    "bias averaged": ("dcdHin.sum(axis=0)", "dcdHin.mean(axis=0)", {"db_h"}),
    "output instead of its gradient": ("np.dot(Hout.T, dcdOin)", "np.dot(Hout.T, cache['Oout'])", {"dW_hy"}),
    "sign": ('cache["Oout"] - target\n', 'target - cache["Oout"]\n', {"dW_xh", "dW_hh", "db_h", "dW_hy", "db_y"}),
    "a missing half": ("dcdOin = ", "dcdOin = 2 * ", {"dW_xh", "dW_hh", "db_h", "dW_hy", "db_y"}),
    "clipped": (
        "    return dict(\n        dcdWxh",
        "    dcdWhh = np.clip(dcdWhh, -0.1, 0.1)\n    return dict(\n        dcdWxh",
        {"dW_hh"},
    ),
}


@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_each_mistake_is_called_wrong_where_it_is(mistake: str, tmp_path: Path) -> None:
    """Exactly the parameters that the mistake reaches are wrong; the others are right."""
    before, after, wrong = MISTAKES[mistake]
    source = example_path("question-2014-fixed").read_text(encoding="utf-8")
    assert before in source
    path = tmp_path / "mine.py"
    path.write_text(source.replace(before, after), encoding="utf-8")
    case = read_case(path)
    for dtype in ("float64", "float32"):
        settings = replace(settings_for(case), steps=7, inputs=4, outputs=3, hidden=5, data="random", dtype=dtype)
        result = inspect_gradients(settings, case)
        assert {report.name for report in result.parameters if report.wrong} == wrong
        assert all(report.sides_with != "hand" for report in result.reports())
