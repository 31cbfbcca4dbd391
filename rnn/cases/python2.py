"""Telling Python 2 from Python, in what the parser says and in what is raised when it runs."""

from __future__ import annotations

import re

CONVERT = "convert the file once, with 'pip install fissix' and 'python -m fissix -w {name}' for example, and try again"

MESSAGES = ("Missing parentheses in call to", "leading zeros", "multiple exception types")
LINE = re.compile(r"\s*raise\s+\w+\s*,|.*(`|<>)|\s*print\s+[^(=\s]|\s*exec\s+['\"\w]")
"""How the parser, or the line it stops at, tells Python 2."""

PRINTED = re.compile(r"\s*print\s*['\"]")
"""What tells it in a file where the parser stops at tabs, which Python 2 let stand beside spaces."""

NAMES = ("xrange", "raw_input", "unicode", "basestring", "long", "unichr", "reduce", "execfile", "cmp")
MODULES = ("cPickle", "urllib2", "StringIO", "cStringIO", "ConfigParser", "Queue", "Tkinter")
METHODS = ("has_key", "iteritems", "itervalues", "iterkeys")
IMPORTED = ("izip", "imap", "ifilter")
QUOTED = re.compile(r"'([^']*)'")
DIVISION = re.compile(r"[\w)\]]\s*/\s*[\w(]")


def is_python_2(message: str, line: str) -> bool:
    """Whether the parser's message, or the line it stops at, is Python 2."""
    return message.startswith(MESSAGES) or LINE.match(line) is not None


def syntax_sentence(error: Exception, name: str, text: str) -> str:
    """What is wrong with a file that can't be parsed.

    Args: error: the parser's. name: of the file, for the message. text: of the file; empty where the error has the line.
    """
    number, message = getattr(error, "lineno", 0) or 0, getattr(error, "msg", str(error))
    lines = text.splitlines()
    line = lines[number - 1] if 0 < number <= len(lines) else (getattr(error, "text", "") or "")
    printed = isinstance(error, TabError) and any(PRINTED.match(one) for one in lines)
    if is_python_2(message, line) or printed:
        return f"{name}, line {number}: this is Python 2 ({message}); {CONVERT.format(name=name.replace(chr(92), '/').rpartition('/')[2])}"
    return f"{name}, line {number}: this is no Python ({message}); mend the line and try again"


def hint(error: BaseException, line: str, name: str) -> str:
    """What to add to an exception that was raised while running: that it comes of Python 2; empty where it does not.

    Args: error: what was raised. line: of the source, where it was raised. name: of the file.
    """
    try:
        said, advice = str(error), CONVERT.format(name=name)
    except Exception:  # an exception of the user's may be unable to say anything
        return ""
    quoted = QUOTED.findall(said)
    if isinstance(error, NameError) and quoted and quoted[0] in NAMES:
        return f"; {quoted[0]} is Python 2: {advice}"
    if isinstance(error, ModuleNotFoundError) and error.name in MODULES:
        return f"; {error.name} is Python 2: {advice}"
    if isinstance(error, ImportError) and quoted and quoted[0] in IMPORTED:
        return f"; {quoted[0]} is Python 2: {advice}"
    if isinstance(error, AttributeError) and quoted and quoted[-1] in METHODS:
        return f"; {quoted[-1]} is Python 2: {advice}"
    divided = DIVISION.search(line) is not None and "//" not in line
    whole = "'float' object cannot be interpreted as an integer" in said or "only integers, slices" in said
    if whole and isinstance(error, (TypeError, IndexError)) and (divided or "integers, slices" in said):
        return "; where Python 2's / gave a whole number, write //"
    return ""
