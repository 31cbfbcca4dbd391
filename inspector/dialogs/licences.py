"""Which libraries the program runs on, and under which licences, as their own metadata say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from inspector import assets

OURS = "bptt-inspector"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
NOT_DECLARED = "not declared"
LONGEST = 80
"""Letters up to which a License field counts as a name; a longer one is the licence's whole text."""

Headers = Mapping[str, Any]


@dataclass(frozen=True)
class Licence:
    """What a library says of itself."""

    name: str
    version: str
    licence: str
    home: str


def _all(headers: Any, key: str) -> list[str]:
    return [str(value) for value in headers.get_all(key) or []]


def licence_of(headers: Any) -> str:
    """The licence in a distribution's metadata: the expression, else a short License field, else the classifiers.

    Args:
        headers: an `email.message.Message` or the like.
    """
    for key in ("License-Expression", "License"):
        value = str(headers.get(key) or "").strip()
        if value and "\n" not in value and len(value) <= LONGEST:
            return value
    classifiers = [each for each in _all(headers, "Classifier") if each.startswith("License")]
    return ", ".join(each.rpartition(":: ")[2] for each in classifiers) or NOT_DECLARED


def home_of(headers: Any) -> str:
    """The address of the library's home page, empty where it names none."""
    addresses = {}
    for line in _all(headers, "Project-URL"):
        label, _, address = line.partition(",")
        addresses[label.strip().lower()] = address.strip()
    named = (
        addresses[key] for key in ("homepage", "home", "source", "repository", "documentation") if key in addresses
    )
    return str(headers.get("Home-page") or "") or next(named, "")


def _project() -> Mapping[str, Any]:
    """The table `project` of our pyproject.toml, empty where the program is installed without it."""
    path = Path(assets.resources()).parent / "pyproject.toml"
    if not path.is_file():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
    return table if table.get("name") == OURS else {}


def our_licence() -> str:
    """The program's own licence, as it is declared."""
    declared = str(_project().get("license", ""))
    if not declared:
        try:
            declared = licence_of(metadata.metadata(OURS))
        except metadata.PackageNotFoundError:
            declared = ""
    return declared if declared not in ("", NOT_DECLARED) else "no licence is declared"


def _wanted(requirements: Iterable[str]) -> list[str]:
    """Names in requirements, without those of extras."""
    found = [NAME.match(each.strip()) for each in requirements if "extra ==" not in each.partition(";")[2]]
    return [each.group() for each in found if each is not None]


def _roots() -> list[str]:
    declared = _project().get("dependencies")
    if declared is not None:
        return _wanted(declared)
    try:
        return _wanted(metadata.requires(OURS) or [])
    except metadata.PackageNotFoundError:
        return []


def libraries() -> list[Licence]:
    """Every library the program runs on: those it names and those that they need, as far as installed, by name."""
    found: dict[str, Licence] = {}
    waiting = _roots()
    seen = set()
    while waiting:
        key = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if key in seen:
            continue
        seen.add(key)
        try:
            one = metadata.distribution(key)
        except metadata.PackageNotFoundError:  # for another platform or another Python
            continue
        name = str(one.metadata["Name"])
        found[name] = Licence(name, one.version, licence_of(one.metadata), home_of(one.metadata))
        waiting += _wanted(one.requires or [])
    return sorted(found.values(), key=lambda each: each.name.lower())
