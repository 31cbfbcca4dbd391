"""The command `new`: a case file for code that was only read."""

from __future__ import annotations

import argparse
from pathlib import Path

from rnn.errors import InputError


def add_new_options(parser: argparse.ArgumentParser) -> None:
    """Options of `new`."""
    parser.add_argument("file", metavar="MY.py", help="your code; it is read and not run")
    parser.add_argument("-o", "--output", metavar="F", help="the case file (default MY_case.py beside it)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def _write(path: Path, text: str, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError(f"{path} is there already; give another name with -o, or --force to write over it") from error
    except OSError as error:
        raise InputError(f"{path} could not be written: {error.strerror or error}") from error


def new(options: argparse.Namespace) -> int:
    """Write the case file, and print what was found and what could not be told."""
    from rnn.cases.sketch import case_path, sketch

    source = Path(options.file)
    made = sketch(source)
    path = Path(options.output) if options.output else case_path(source)
    if path.resolve() == source.resolve():
        raise InputError(f"{path} is your code itself; give another name with -o")
    _write(path, made.text, options.force)
    print(path)
    for title, sentences in (("Found", made.found), ("Not sure", made.unsure)):
        if sentences:
            print(f"\n{title}:")
            print("\n".join(f"  {sentence}" for sentence in sentences))
    return 0
