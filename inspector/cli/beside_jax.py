"""What `ask` says with JAX beside it: which array is which, where they diverge, what they should be, which line is to blame."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnn.errors import InputError

if TYPE_CHECKING:
    from rnn.blame.library import Library
    from rnn.blame.matching import Match
    from rnn.blame.quantities import Truth
    from rnn.blaming import Located
    from rnn.cases import Case
    from rnn.recorder import Recording

ANY = "diverges"
"""The name of the steps at which any matched array diverges; a quantity's name means its own."""


class BesideJax:
    """The recording of a case beside the oracle's answer to the same problem; JAX runs when it is first asked for."""

    def __init__(self, recording: Recording) -> None:
        """Args: recording: of a case."""
        self.recording = recording

    @cached_property
    def _case(self) -> tuple[Case, Any]:
        from rnn.jobs import JobRunner
        from rnn.whatif import recorded_case

        with JobRunner() as runner:
            case, problem = recorded_case(self.recording, runner)
        if case is None or case.built_in:
            raise InputError(f"{self.recording.path} is of the built-in BPTT; its arrays are named as JAX's are")
        return case, problem

    @cached_property
    def truth(self) -> Truth:
        """The problem, and JAX's trace and gradients."""
        from rnn import oracle
        from rnn.blame.quantities import Truth

        problem = self._case[1]
        return Truth(problem, *oracle.reference(problem))

    @cached_property
    def located(self) -> Located:
        """Blames, facts and matches."""
        from rnn.blaming import examine_flow

        return examine_flow(self._flow, self._library, self.truth, self._case[0])

    @cached_property
    def _flow(self) -> Any:
        from rnn.blame.flow import Flow

        return Flow(self.recording)

    @cached_property
    def _library(self) -> Library:
        from rnn.blame.blame import library_for

        return library_for(self._flow, self.truth)

    @cached_property
    def matches(self) -> tuple[Match, ...]:
        """Which array is which."""
        from rnn.blame.matching import match_arrays
        from rnn.cases.matches import said_matches

        return tuple(match_arrays(self._flow, self._library, said_matches(self._case[0])))

    def keep(self, text: str) -> Path:
        """Keep what the user says of an array: `PATH=QUANTITY`, or `PATH=` to take it back."""
        from rnn.cases.matches import keep_match

        path, equals, quantity = text.rpartition("=")
        if not equals or not path.strip():
            raise InputError(
                f"--match has {text!r}; expected PATH=QUANTITY, such as dhraw=da, or PATH= to take it back"
            )
        if quantity.strip():
            self._check_path(path.strip())
        kept = keep_match(self._case[0], path.strip(), quantity.strip())
        vars(self).pop("matches", None)
        return kept

    def _check_path(self, said: str) -> None:
        """Say so where no array has the path: most likely a slip of the pen."""
        from rnn.blame.matching import array_paths, general_path

        function, _, path = general_path(said).rpartition(":")
        known = array_paths(self._flow)
        if not any(path == one and function in ("", where) for where, one in known):
            near = get_close_matches(path, sorted({one for _, one in known}), 3)
            hint = f"; did you mean {', '.join(near)}?" if near else "; --matches lists the arrays"
            raise InputError(f"no array of the recording is called {said}{hint}")

    def diverging(self, name: str) -> Any:
        """Steps after which an array that stands for a quantity is not what it should be."""
        from rnn.blame.reference import diverging_steps
        from rnn.cases.quantities import quantity_names

        known = quantity_names(self.truth.problem.network) if name != ANY else ()
        if name != ANY and name not in known:
            raise InputError(f"no steps are marked {name!r}; known are {ANY} and {', '.join(known)}")
        return diverging_steps(self._flow, self._library, self.matches, "" if name == ANY else name)

    def reference(self, path: str, step: int) -> tuple[str, Any]:
        """What an array should be at a step, and its name."""
        from rnn.blame.reference import reference_for
        from rnn.cases.layout import Layout

        layout = Layout.of(self._case[0].declaration)
        return reference_for(self._flow, self._library, self.matches, path, step, layout)


def reference_facts(beside: BesideJax, path: str, step: int) -> dict[str, Any]:
    """An array beside what it should be, as plain values."""
    import numpy as np

    from rnn.recorder.summary import described, value_text

    label, wanted = beside.reference(path, step)
    value = np.asarray(beside.recording.value(path, step), "float64")
    error = np.abs(value - wanted)
    worst = tuple(int(i) for i in np.unravel_index(int(np.argmax(error)), error.shape)) if error.size else ()
    largest = float(error.max()) if error.size else 0.0
    return {
        "path": path,
        "step": step,
        "is": label,
        **described(wanted),
        "text": value_text(wanted),
        "max_abs": largest,
        "max_rel": largest / max(float(np.abs(wanted).max()), 1e-300) if error.size else 0.0,
        "worst_index": worst,
    }


def match_facts(beside: BesideJax) -> list[dict[str, Any]]:
    """Which array is which, as plain values."""
    return [{**vars(one), "shape": list(one.shape)} for one in beside.matches]
