"""Every file of the corpus agrees with the reference, every planted mistake makes it differ. Run by hand.

.venv/bin/python -m tests.rnn.blame.check_corpus [--heldout] [PART OF AN ID]
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from rnn import InputError, inspect_gradients
from tests.rnn.blame.heldout_planted import HELDOUT, HELDOUT_FOLDER
from tests.rnn.blame.planted import CORPUS, PLANTED, Planted, guilty_line, plant, planted_source


def _judge(path: Path) -> tuple[str, str]:
    """Verdict and a word on what is wrong."""
    try:
        result = inspect_gradients(case=path)
    except InputError as error:
        return "error", str(error)
    doubtful = [report.name for report in result.reports() if report.sides_with == "hand"]
    if doubtful:
        return "doubtful", f"central differences side with the code on {', '.join(doubtful)}"
    wrong = [report.name for report in result.reports() if report.wrong]
    return result.verdict, " ".join(wrong)


def _check_table(table: list[Planted]) -> list[str]:
    complaints = [f"{id}: there twice" for id, n in Counter(p.id for p in table).items() if n > 1]
    for planted in table:
        try:
            line = planted_source(planted).splitlines()[guilty_line(planted) - 1]
        except AssertionError as error:
            complaints.append(str(error))
            continue
        expected = planted.line or planted.new.splitlines()[0].strip()
        if expected not in line:
            complaints.append(f"{planted.id}: the guilty line is {line.strip()!r}")
    return complaints


def _check_planted(planted: Planted, folder: Path) -> str:
    """A complaint, or nothing."""
    verdict, words = _judge(plant(planted, folder))
    print(f"{planted.id:50} {verdict:8} {words}")
    return "" if verdict == "differ" else f"{planted.id}: {verdict} {words}"


def main() -> int:
    """Print what was found; the number of complaints."""
    part = next((word for word in sys.argv[1:] if word != "--heldout"), "")
    table, corpus = (HELDOUT, HELDOUT_FOLDER) if "--heldout" in sys.argv else (PLANTED, CORPUS)
    complaints = _check_table(table)
    for path in sorted(corpus.glob("*.py")):
        verdict, words = _judge(path)
        print(f"{path.stem:50} {verdict:8} {words}")
        if verdict != "agree":
            complaints.append(f"{path.stem}: {verdict} {words}")
    if not complaints:
        with TemporaryDirectory() as folder:
            found = [_check_planted(planted, Path(folder)) for planted in table if part in planted.id]
        complaints += [complaint for complaint in found if complaint]
    counts = Counter(planted.case for planted in table)
    print(f"{len(table)} planted in {len(counts)} files, at least {min(counts.values())} a file")
    print("\n".join(complaints) or "all as it should be")
    return len(complaints)


if __name__ == "__main__":
    sys.exit(min(main(), 100))
