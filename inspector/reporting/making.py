"""A report of a result, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from inspector.figures.writing import write_whole
from inspector.reporting.document import gather
from inspector.reporting.markdown import as_markdown
from inspector.reporting.pictures import pictures_of
from inspector.reporting.web import as_html
from rnn.errors import InputError
from rnn.results import Inspection

HTML, MARKDOWN = (".html", ".htm"), (".md", ".markdown")

Told = Callable[[str, float | None], None]


def check_report_suffix(path: Path) -> str:
    """The suffix in lower case; raises `InputError` for one that no report has."""
    suffix = path.suffix.lower()
    if suffix not in (*HTML, *MARKDOWN):
        raise InputError(
            f"{path.name} ends in {suffix or 'nothing'}; a report is .html (one file) or .md (figures beside it)"
        )
    return suffix


def write_report(
    result: Inspection, path: Path, command: str, files: Sequence[Path] = (), date: str = "", say: Told | None = None
) -> list[Path]:
    """Write a report.

    Args:
        result: with its findings. path: `.html` or `.md`; of the latter, figures go into `<name>_figures` beside it.
        command: that makes the result again. files: what it reads, whose hashes are told. date: empty for none, so that the same
            result has the same bytes. say: is told what is being done; what it raises ends it, and nothing is written.

    Returns:
        What was written, the report itself last.

    Raises:
        InputError: another suffix, or a file that can't be written; what was there before is kept.
    """
    suffix, told = check_report_suffix(path), say or (lambda text, fraction: None)
    pictures = pictures_of(result, told)
    told("Writing the report", 0.95)
    report = gather(result, pictures, command, files, date)
    if suffix in HTML:
        write_whole(path, as_html(report).encode("utf-8"))
        return [path]
    folder, written = path.with_name(f"{path.stem}_figures"), []
    if pictures:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} can't be made ({error.strerror}); choose another place") from error
    for picture in pictures:
        write_whole(folder / picture.name, picture.png)
        written.append(folder / picture.name)
    write_whole(path, as_markdown(report, folder.name).encode("utf-8"))
    return [*written, path]
