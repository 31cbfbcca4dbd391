"""Words of a command line that check the same problem again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rnn.cases import read_case
from rnn.errors import InputError
from rnn.handwritten import BUILT_IN
from rnn.results import Inspection
from rnn.settings import DEFAULT_SIZES, ProblemSettings
from rnn.settings_for import settings_for

FLAGS = {
    "cell": "--cell",
    "activation": "--activation",
    "loss": "--loss",
    "layers": "--layers",
    "seed": "--seed",
    "dtype": "--dtype",
    "h0": "--h0",
    "c0": "--c0",
    "counted": "--counted",
    "orientation": "--orientation",
    "weight_scale": "--scale",
    "spectral_radius": "--spectral-radius",
    "text_start": "--text-start",
    "target_file": "--target",
}
"""Fields of `ProblemSettings` whose option takes their value."""

SIZES = ("steps", "batch", "inputs", "hidden", "outputs", "vocabulary")
SWITCHES = {"bidirectional": (True, "--bidirectional"), "ids": (True, "--ids"), "embedding": (True, "--embedding")}
OFF = {"biases": "--no-biases", "output_layer": "--no-output-layer"}
FILES = ("weights_file", "data_file", "target_file")


def _said(value: Any) -> str:
    return value if isinstance(value, str) else "yes" if value is True else "no" if value is False else repr(value)


def _sizes(settings: ProblemSettings, base: ProblemSettings) -> list[str]:
    """Sizes that are neither the case's own nor the defaults; K is H without an output layer, and one of tied sizes says both."""
    tied = {first for first, _ in settings.tied}
    skipped = (
        tied | (set() if settings.output_layer else {"outputs"}) | (set() if settings.embedding else {"vocabulary"})
    )
    words: list[str] = []
    for name in SIZES:
        value, usual = getattr(settings, name), getattr(base, name) or DEFAULT_SIZES[name]
        if value is not None and value != usual and name not in skipped:
            words += [f"--{name}", str(value)]
    return words


def _sources(settings: ProblemSettings, base: ProblemSettings) -> list[str]:
    """Where weights and data come from, and single weights that were set."""
    words: list[str] = []
    if (settings.weights, settings.weights_file) != (base.weights, base.weights_file):
        words += ["--weights", settings.weights_file or settings.weights]
    if (settings.data, settings.data_file) != (base.data, base.data_file):
        words += ["--data", settings.data_file or settings.data]
    if settings.weights_map != base.weights_map:
        words += ["--weights-map", ",".join(f"{name}={key}" for name, key in settings.weights_map)]
    for name, index, value in settings.edits[len(base.edits) :]:
        words += ["--edit", f"{name}[{','.join(map(str, index))}]={value!r}"]
    return words


def problem_words(settings: ProblemSettings, base: ProblemSettings) -> list[str]:
    """Options that make `settings` of `base`, which a case has by itself."""
    words: list[str] = []
    for name, flag in FLAGS.items():
        value = getattr(settings, name)
        if value != getattr(base, name) and value is not None:
            words += [f"{flag}={value}"] if str(value).startswith("-") else [flag, str(value)]
    for name, (value, flag) in SWITCHES.items():
        if getattr(settings, name) == value != getattr(base, name):
            words.append(flag)
    words += [flag for name, flag in OFF.items() if not getattr(settings, name) and getattr(base, name)]
    usual = dict(base.cell_options)
    for name, value in settings.cell_options:
        if usual.get(name) != value:
            words += ["--option", f"{name}={_said(value)}"]
    for name, flag in (("truncation", "--truncate"), ("clip", "--clip")):
        pair = getattr(settings, name)
        if pair is not None and pair != getattr(base, name):
            words += [flag, f"{pair[0]}:{pair[1]!r}"]
    return [*words, *_sizes(settings, base), *_sources(settings, base)]


def _case_path(name: str) -> Path | None:
    """The case's file: of an example by its name, else the path itself where a file is there."""
    from inspector.assets import examples

    known = examples()
    if name in known:
        return known[name]
    return Path(name) if Path(name).is_file() else None


SAVED = "SAVED"
"""Stands for a saved result, where nothing else can be named that gives it again."""


def case_words(result: Inspection, given: str = "") -> list[str]:
    """CASE and the options of the problem that give a result again.

    Args:
        result: of a check, or of a comparison of files. given: what was named on the command line or opened: a case file, or
            a file that holds the result itself, which needs no option; empty takes what the result says of itself.
    """
    name = given or ("" if result.case == BUILT_IN else result.case)
    if not given and not result.has_problem:
        return [SAVED]  # of files of gradients: 'compare A B --save SAVED' has to come first
    if not name:
        return problem_words(ProblemSettings.from_json(dict(result.settings)), ProblemSettings())
    if Path(name).suffix not in ("", ".py"):
        return [name] if given else [SAVED]  # gradients of other code are of no case
    return _words(name, ProblemSettings.from_json(dict(result.settings)))


def compare_words(result: Inspection, files: Sequence[str]) -> list[str]:
    """Files of gradients and, of one that was compared with JAX, options of its problem; its weights are always said.

    Args: result: of the comparison. files: one, or two that were compared with each other.
    """
    if not result.has_problem:
        return list(files)
    settings = ProblemSettings.from_json(dict(result.settings))
    words = problem_words(settings, ProblemSettings())
    return [*files, *([] if "--weights" in words else ["--weights", settings.weights]), *words]


def recorded_words(facts: Any) -> list[str]:
    """CASE and options that record the same again, from what a recording says of its case; empty where it says nothing."""
    from inspector.assets import examples

    if not isinstance(facts, Mapping) or not isinstance(facts.get("settings"), Mapping):
        return []
    path, shipped = str(facts.get("path") or ""), {str(path): name for name, path in examples().items()}
    settings = ProblemSettings.from_json(dict(facts["settings"]))
    return _words(shipped.get(path, path), settings) if path else problem_words(settings, ProblemSettings())


def _words(name: str, settings: ProblemSettings) -> list[str]:
    """A case and the options that make its problem."""
    path, base = _case_path(name), ProblemSettings()
    try:
        base = base if path is None else settings_for(read_case(path))
    except InputError:
        pass  # it has gone or can't be read now: then everything is said
    return [name, *problem_words(settings, base)]


def joined(words: Sequence[str]) -> str:
    """One line for a shell."""
    return shlex.join(words)
