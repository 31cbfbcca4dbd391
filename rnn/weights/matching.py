"""Which array of a stranger's weight file is which parameter, and which way round it lies.

Names decide first, then shapes; what neither decides is asked, never guessed. A non-square matrix tells its own
orientation; the square W_hh follows the convention of its name (PyTorch and Keras have one) or its non-square
siblings in the same file, and the notes say so.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import AnyArray, FloatArray, first_non_finite
from ..errors import InputError
from .base import shown, visible
from .names import ALIASES, AXES, IN_OUT, OUT_IN, plain_name
from .readings import Reading, follow_siblings, readings

SUMMED = (("biasihl0", "biashhl0"), ("biasih", "biashh"))
"""Two biases of one cell: their sum is b_h, as both are added to the same pre-activation."""


@dataclass(frozen=True)
class Question:
    """Something only the user can say.

    Attributes:
        parameter: `W_hh`, ... text: the question. options: answers, `key` or `key.T`.
    """

    parameter: str
    text: str
    options: tuple[str, ...]


class AmbiguousWeights(InputError):
    """A weight file that can be read in two ways.

    Attributes:
        questions: what to ask.
    """

    def __init__(self, sentence: str, questions: Sequence[Question]) -> None:
        """Args: as the attributes."""
        super().__init__(sentence)
        self.questions = tuple(questions)


@dataclass(frozen=True, eq=False)
class Match:
    """What was found.

    Attributes:
        parameters: by canonical name, (in, out), float.
        taken_from: by canonical name, `key` or `key.T`.
        unused: keys that stand for nothing here.
        notes: what was decided, for the user.
    """

    parameters: Mapping[str, FloatArray]
    taken_from: Mapping[str, str]
    unused: tuple[str, ...]
    notes: tuple[str, ...]


def described(arrays: Mapping[str, AnyArray]) -> str:
    """The first arrays of a file with their shapes, for a message."""
    shapes = [f"{shown(key)} {value.shape}" for key, value in itertools.islice(arrays.items(), 12)]
    return ", ".join(shapes) + (f" and {len(arrays) - 12} more" if len(arrays) > 12 else "")


def usable_numbers(arrays: Mapping[str, AnyArray]) -> tuple[dict[str, FloatArray], list[str]]:
    """All usable arrays as floats, vectors flattened; refuses NaN and infinities."""
    usable, notes = {}, []
    for key, value in arrays.items():
        where = first_non_finite(value)
        if where is not None:
            count = int((~np.isfinite(value)).sum())
            raise InputError(
                f"{shown(key)} has {count} values that are not finite, the first at {list(where)}; every weight must be finite"
            )
        if value.dtype.kind not in "fiu" or value.size == 0 or value.ndim > 2 or value.ndim == 0:
            continue
        if value.dtype.kind in "iu":
            notes.append(f"{key} holds whole numbers; taken as float64")
        wide = value if value.dtype in (np.float32, np.float64) else value.astype("float64")
        usable[key] = wide
    return usable, notes


def _sum_biases(arrays: dict[str, FloatArray], notes: list[str]) -> dict[str, FloatArray]:
    """Replace a framework's two biases by their sum."""
    by_name = {plain_name(key): key for key in arrays}
    for first, second in SUMMED:
        keys = by_name.get(first), by_name.get(second)
        if keys[0] is not None and keys[1] is not None and arrays[keys[0]].shape == arrays[keys[1]].shape:
            total = arrays[keys[0]] + arrays[keys[1]]
            notes.append(f"b_h is {keys[0]} + {keys[1]}")
            return {**{k: v for k, v in arrays.items() if k not in keys}, keys[0]: total}
    return arrays


def _answered(answers: Sequence[tuple[str, str]], arrays: Mapping[str, FloatArray]) -> dict[str, tuple[str, bool]]:
    """Explicit answers as parameter -> (key, transposed)."""
    found = {}
    for parameter, answer in answers:
        key, transposed = (answer, False) if answer in arrays else (answer.removesuffix(".T"), answer.endswith(".T"))
        if parameter not in AXES:
            raise InputError(f"{parameter} is no parameter of this cell; it has {', '.join(AXES)}")
        if key not in arrays:
            raise InputError(f"the weight file has no array {shown(key)} for {parameter}; it has {described(arrays)}")
        found[parameter] = (key, transposed)
    return found


def _candidates(
    arrays: Mapping[str, FloatArray], expected: Sequence[str], fixed: Mapping[str, tuple[str, bool]]
) -> dict[str, list[str]]:
    """Keys that each parameter may be: the answered one, those of its name, or all that no name claims."""
    claimed = {key: ALIASES[plain_name(key)] for key in arrays if plain_name(key) in ALIASES}
    free = [key for key in arrays if key not in claimed and key not in {key for key, _ in fixed.values()}]
    result = {}
    for parameter in expected:
        named = [key for key, owner in claimed.items() if owner == parameter]
        result[parameter] = [fixed[parameter][0]] if parameter in fixed else named or free
    return result


def _questions(choices: list[Reading]) -> list[Question]:
    options: dict[str, list[str]] = {}
    for choice in choices:
        for name, key, turned in choice.keys:
            answer = f"{key}.T" if turned else key
            if answer not in options.setdefault(name, []):
                options[name].append(answer)
    return [
        Question(name, f"Which array is {name} ({' x '.join(AXES[name])}, rows are inputs)?", tuple(found))
        for name, found in options.items()
        if len(found) > 1
    ]


def _ask(choices: list[Reading], arrays: Mapping[str, FloatArray]) -> AmbiguousWeights:
    questions = _questions(choices)
    only_turned = all(len({answer.removesuffix(".T") for answer in q.options}) == 1 for q in questions)
    first = questions[0]
    what = (
        f"{first.parameter} is square, so its shape does not tell whether the file holds (in, out) or (out, in)"
        if only_turned
        else f"{first.parameter} may be {' or '.join(map(visible, first.options[:4]))}"
    )
    advice = (
        "answer with --orientation in,out or --orientation out,in"
        if only_turned
        else f"answer with --weights-map {first.parameter}={visible(first.options[0])}"
    )
    return AmbiguousWeights(
        f"the weight file can be read in more than one way: {what}; it holds {described(arrays)}; {advice}", questions
    )


def match(
    arrays: Mapping[str, AnyArray],
    expected: tuple[str, ...],
    known_sizes: Mapping[str, int | None],
    orientation: str,
    answers: tuple[tuple[str, str], ...],
) -> Match:
    """Find the parameters of a vanilla RNN in a weight file.

    Args:
        arrays: by the file's own names.
        expected: canonical names that may be there; W_xh and W_hh must be.
        known_sizes: D, H, K where they are known.
        orientation: `in,out`, `out,in` or empty to find out.
        answers: pairs (`W_hh`, `key` or `key.T`).

    Raises:
        AmbiguousWeights: two readings fit.
        InputError: none does.
    """
    if orientation not in ("", IN_OUT, OUT_IN):
        raise InputError(f"orientation is {orientation!r}; expected {IN_OUT!r} or {OUT_IN!r}")
    usable, notes = usable_numbers(arrays)
    usable = _sum_biases(usable, notes)
    fixed = _answered(answers, usable)
    candidates = _candidates(usable, expected, fixed)
    for parameter in ("W_xh", "W_hh"):
        if not candidates.get(parameter):
            raise InputError(
                f"the weight file has nothing for {parameter}; it holds {described(arrays) or 'no arrays'}; "
                f"name it with --weights-map {parameter}=KEY"
            )
    choices = readings(usable, candidates, known_sizes, orientation, fixed)
    if not choices:
        wanted = ", ".join(
            f"{name} = {size}" for name, size in known_sizes.items() if size is not None and name in "DHK"
        )
        raise InputError(
            f"no reading of the weight file fits W_xh (D, H), W_hh (H, H), b_h (H), W_hy (H, K), "
            f"b_y (K){' with ' + wanted if wanted else ''}; "
            f"it holds {described(arrays)}"
        )
    choices = follow_siblings(choices, usable, notes) if len(choices) > 1 else choices
    if len(choices) > 1:
        raise _ask(choices, usable)
    return _result(choices[0], arrays, usable, notes)


def _result(
    choice: Reading, arrays: Mapping[str, AnyArray], usable: Mapping[str, FloatArray], notes: list[str]
) -> Match:
    parameters, taken = {}, {}
    for name, key, turned in choice.keys:
        value = usable[key]
        parameters[name] = (
            value.reshape(-1) if len(AXES[name]) == 1 else np.ascontiguousarray(value.T if turned else value)
        )
        taken[name] = f"{key}.T" if turned else key
    unused = tuple(key for key in arrays if key not in {key for _, key, _ in choice.keys})
    summed = [key for key in unused if not any(f"+ {key}" in note for note in notes)]
    if summed:
        notes.append(f"not used from the weight file: {', '.join(summed[:6])}")
    notes.append("weights: " + ", ".join(f"{name} from {key}" for name, key in taken.items()))
    return Match(parameters, taken, unused, tuple(notes))
