"""Texts of others inside our files: shown as they are, and never as markup."""

from __future__ import annotations

import html
import re

MARKDOWN = re.compile(r"([\\`*_{}\[\]|~$])")
AT_START = re.compile(r"^(\d*)([#+.)=-])(?=[\s#=-])")
"""What means something anywhere, and at the beginning of a line only."""

ALLOWED = frozenset("\n\t")


def visible(text: str) -> str:
    """The text with control and direction characters and lone surrogates written out: `<U+202E>`."""
    return "".join(letter if letter.isprintable() or letter in ALLOWED else f"<U+{ord(letter):04X}>" for letter in text)


def for_html(text: object) -> str:
    """Text for HTML, inside elements and quoted attributes."""
    return html.escape(visible(str(text)), quote=True)


def for_markdown(text: object) -> str:
    """Text for one line of Markdown."""
    plain = " ".join(visible(str(text)).split())
    escaped = MARKDOWN.sub(r"\\\1", plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return AT_START.sub(r"\1\\\2", escaped)


def fenced(text: str, language: str = "") -> str:
    """A block of code in Markdown, whose fence is longer than any in the text."""
    plain = visible(text)
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{plain}\n{fence}"
