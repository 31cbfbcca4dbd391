"""ProblemSettings: what the command line's options and the window's problem panel both fill in."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from .errors import InputError

Edit = tuple[str, tuple[int, ...], float]
"""A parameter's name, an index into it, and the value to put there."""


@dataclass(frozen=True)
class ProblemSettings:
    """Everything a person can choose about a problem; `rnn.problem.build` turns it into arrays.

    A size of None is taken from the weights, the data or the case, and from `DEFAULT_SIZES` where none of
    them says it. All fields are plain values, so settings travel as JSON and compare with `==`.

    Attributes:
        cell: name in `rnn.cells.CELLS`.
        activation: name in `rnn.cells.ACTIVATIONS`.
        loss: name in `rnn.losses.LOSSES`; `upstream` means that dL/dy (dL/dh without output layer) is given.
        steps, batch, inputs, hidden, outputs: T, B, D, H, K; `output_layer=False` leaves the output layer out (K = H).
        cell_options: of the cell, pairs of a name in `rnn.cells.OPTIONS` and a value.
        layers: one above the other. bidirectional: whether each has both directions.
        ids: whether x is made of token ids (one-hot rows). embedding: whether they look up rows of W_e; implies `ids`.
        tied: sizes that are always the same, pairs of fields: (("outputs", "inputs"),) for a model of the next token.
        vocabulary: V, the number of different tokens with an embedding (without one it is D).
        biases: whether `b_h` and `b_y` exist.
        h0: `zero` or `random`.
        c0: `random`, or `zero` where only h0 is given; with h0 = `zero` the cell's state is 0 as well.
        counted: which steps count in the loss: `all`, `last`, or `padding` (random lengths per sample).
        truncation: ("sliding", K), each loss reaches back K steps, or ("chunked", K), the carry is cut every K steps.
        clip: ("value", c), ("norm", c) or ("norm_each", c): what is done to the gradients of the parameters at the end.
        seed: seed of every random choice, 0 or larger.
        dtype: `float64` or `float32`: the precision the hand-written code runs in.
        weights: name in `rnn.weights.SCHEMES`, or `file`.
        weight_scale: standard deviation, half-width or gain, by scheme; None for the scheme's own default.
        spectral_radius: of W_hh after randomising; None leaves it as drawn.
        weights_file: path of a weight file when `weights` is `file`.
        orientation: of matrices in that file: `in,out`, `out,in`, or empty to recognise it.
        weights_layout: how parameters lie in that file, pairs of a key of CASE and its value; a case's own file has its layout.
        weights_map: answers to an ambiguous file: pairs (`W_hh`, `key` or `key.T`).
        data: name in `rnn.data.SOURCES`: `random`, `one_hot`, `text`, `file`.
        data_file, target_file: paths; `text_start`: first character used.
        dictated: names of fields that a weight file may not change, as a case's code computes just that, or somebody said so.
        edits: single weights that were set by hand after drawing or reading: (`W_hh`, (row, column), value).
    """

    cell: str = "rnn"
    activation: str = "tanh"
    loss: str = "half_squared_error"
    steps: int | None = None
    batch: int | None = None
    inputs: int | None = None
    hidden: int | None = None
    outputs: int | None = None
    output_layer: bool = True
    cell_options: tuple[tuple[str, Any], ...] = ()
    layers: int = 1
    bidirectional: bool = False
    ids: bool = False
    embedding: bool = False
    vocabulary: int | None = None
    tied: tuple[tuple[str, str], ...] = ()
    biases: bool = True
    h0: str = "random"
    c0: str = "random"
    counted: str = "all"
    truncation: tuple[str, int] | None = None
    clip: tuple[str, float] | None = None
    seed: int = 0
    dtype: str = "float64"
    weights: str = "normal"
    weight_scale: float | None = None
    spectral_radius: float | None = None
    weights_file: str = ""
    orientation: str = ""
    weights_layout: tuple[tuple[str, str], ...] = ()
    weights_map: tuple[tuple[str, str], ...] = ()
    data: str = "random"
    data_file: str = ""
    target_file: str = ""
    text_start: int = 0
    dictated: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON values."""
        values = asdict(self)
        values["cell_options"], values["weights_layout"] = dict(self.cell_options), dict(self.weights_layout)
        for name in ("truncation", "clip"):
            values[name] = None if values[name] is None else list(values[name])
        values["weights_map"], values["tied"] = (
            [list(pair) for pair in kind] for kind in (self.weights_map, self.tied)
        )
        values["dictated"] = list(self.dictated)
        values["edits"] = [[name, list(index), value] for name, index, value in self.edits]
        return values

    @staticmethod
    def from_json(values: dict[str, Any]) -> ProblemSettings:
        """Read settings back; raises `InputError` on a name this version doesn't know."""
        known = {field.name for field in fields(ProblemSettings)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise InputError(f"unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}")
        try:
            pairs, tied = (tuple((str(a), str(b)) for a, b in values.get(name, ())) for name in ("weights_map", "tied"))
            dictated = tuple(map(str, values.get("dictated", ())))
            edits = tuple((str(n), tuple(int(i) for i in index), float(v)) for n, index, v in values.get("edits", ()))
        except (TypeError, ValueError) as error:
            raise InputError(
                f"weights_map, tied or edits can't be read ({error}); expected pairs like ['W_hh', 'key.T'] and "
                f"triples like ['W_hh', [3, 4], 0.5]"
            ) from error
        plain = {name: value for name, value in values.items() if name not in STRUCTURED}
        options, layout = (
            tuple(sorted((str(name), value) for name, value in dict(values.get(field, {})).items()))
            for field in ("cell_options", "weights_layout")
        )
        truncation, clip = (
            None if values.get(name) is None else tuple(values[name]) for name in ("truncation", "clip")
        )
        made = ProblemSettings(**plain, truncation=truncation, clip=clip)
        structured: dict[str, Any] = {"tied": tied, "weights_map": pairs, "edits": edits, "dictated": dictated}
        return replace(made, **structured, cell_options=options, weights_layout=layout)


STRUCTURED = ("weights_map", "tied", "weights_layout", "edits", "dictated", "cell_options", "truncation", "clip")
"""Fields that are no plain values in JSON."""

NETWORK = ("cell", "activation", "cell_options", "layers", "bidirectional", "embedding", "output_layer", "biases")
"""Fields that say what is computed, and that a weight file may tell as well."""

COUNTED = ("all", "last", "padding")
"""Which steps count in the loss."""

DEFAULT_SIZES = {"steps": 8, "batch": 3, "inputs": 4, "hidden": 6, "outputs": 5, "vocabulary": 7}
"""All different, T above 6 and B above 2: sizes at which no common mistake can hide."""
