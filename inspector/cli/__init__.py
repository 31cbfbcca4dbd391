"""The command line: open, examples, check, figure, descend, itemise."""

from inspector.cli.program import main

__all__ = ["main"]
