"""From settings to a problem: sizes, weights, data; files are read through a port, so that a job can do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .arrays import AnyArray, FloatArray, base_of, freeze, freeze_all
from .clipping import check_clip
from .data import SOURCES, Data, DataRequest
from .errors import InputError
from .losses import LOSSES, ROWS
from .memory import require_memory
from .network import Network
from .problem import Problem, check, network_for
from .problem_files import LETTERS, FileReader, Parts, read_files
from .settings import COUNTED, DEFAULT_SIZES, Edit, ProblemSettings
from .truncation import check_truncation
from .weights import SCHEMES, randomise

H0_SCALE = 0.5
"""Standard deviation of a random initial state; h0 = 0 hides mistakes in the step from h0."""


def _sizes_of_weights(parameters: Mapping[str, FloatArray]) -> dict[str, Any]:
    first = next(base_of(name)[1] for name in parameters if name.startswith("W_xh"))
    sizes = {"inputs": parameters["W_xh" + first].shape[0], "hidden": parameters["W_hh" + first].shape[0]}
    sizes |= {"vocabulary": parameters["W_e"].shape[0]} if "W_e" in parameters else {}
    return sizes | ({"outputs": parameters["W_hy"].shape[1]} if "W_hy" in parameters else {})


def _agree(settings: ProblemSettings, found: Mapping[str, Any], where: str) -> ProblemSettings:
    """Settings with sizes from a file; a size that was set otherwise is a contradiction."""
    for field, size in found.items():
        wanted = getattr(settings, field)
        if wanted is not None and wanted != size:
            raise InputError(
                f"{where} has {LETTERS[field]} = {size}, and {LETTERS[field]} = {wanted} is set; "
                f"leave the size out or choose another file"
            )
    return replace(settings, **found)


def check_settings(settings: ProblemSettings) -> None:
    """Raises `InputError` for what no problem can have, as far as that is seen without weights and data."""
    begun = ("zero", "random")
    tables = {"weights": (*SCHEMES, "file"), "data": SOURCES, "h0": begun, "c0": begun, "counted": COUNTED}
    for field, table in tables.items():
        value = getattr(settings, field)
        if value not in table:
            raise InputError(f"unknown {field} {value!r}; known are {', '.join(table)}")
    for field, letter in LETTERS.items():
        size = getattr(settings, field)
        if size is not None and size < 1:
            raise InputError(f"{letter} is {size}; every size must be at least 1")
    if settings.truncation is not None:
        check_truncation(*settings.truncation)
        if settings.bidirectional:
            raise InputError("truncation cuts what is carried in one direction; leave out truncation, or bidirectional")
    if settings.clip is not None:
        check_clip(*settings.clip)
    if settings.seed < 0:
        raise InputError(f"seed is {settings.seed}; a seed is 0 or larger")


def _loss_weights(counted: str, steps: int, batch: int, rng: np.random.Generator) -> FloatArray:
    """(T, B): all steps, the last one, or a padding mask of random lengths (the first sample is full)."""
    weights = np.ones((steps, batch))
    if counted == "last":
        weights[:-1] = 0.0
    if counted == "padding":
        lengths = np.concatenate([[steps], rng.integers(1, steps + 1, batch - 1)])
        weights = (np.arange(steps)[:, None] < lengths).astype("float64")
    return weights


def _starts(
    settings: ProblemSettings, network: Network, shape: tuple[int, int], rng: np.random.Generator
) -> dict[str, FloatArray]:
    """Initial states (B, H) by name; one that is 0 changes no other."""
    drawn = {name: H0_SCALE * rng.standard_normal(shape) for name in network.start_names()}
    zero = {"h0": settings.h0 == "zero", "c0": "zero" in (settings.h0, settings.c0)}
    return {name: value * (0.0 if zero[base_of(name)[0]] else 1.0) for name, value in drawn.items()}


def _target(data: Data, settings: ProblemSettings, shape: tuple[int, int, int], rng: np.random.Generator) -> AnyArray:
    """The data's own target, or a random one that suits the loss."""
    if data.target is not None:
        return data.target
    kind = LOSSES[settings.loss].targets
    if settings.loss.startswith("logistic"):
        return rng.integers(0, 2, shape).astype("float64")
    return rng.standard_normal(shape) if kind == ROWS else rng.integers(0, shape[2], shape[:2])


def _tied(settings: ProblemSettings) -> ProblemSettings:
    """Settings in which of two sizes that are always the same the one follows the other; two different ones contradict."""
    for first, second in settings.tied:
        known = {getattr(settings, name) for name in (first, second)} - {None}
        if len(known) > 1:
            one, other = (f"{LETTERS[name]} = {getattr(settings, name)}" for name in (first, second))
            raise InputError(f"{one} and {other}, and the case says that they are the same; leave one of them out")
        if known:
            settings = replace(settings, **dict.fromkeys((first, second), known.pop()))
    return settings


def _filled(settings: ProblemSettings, fields: tuple[str, ...]) -> ProblemSettings:
    missing: dict[str, Any] = {name: DEFAULT_SIZES[name] for name in fields if getattr(settings, name) is None}
    return replace(settings, **missing)


def build(settings: ProblemSettings, reader: FileReader | None = None) -> Problem:
    """Make the problem that settings describe; the same settings and files give the same numbers.

    Args:
        settings: what was chosen.
        reader: reads the files that the settings name; not needed when they name none.

    Raises:
        InputError: a name in no table, files that can't be read, sizes that don't fit, too little memory.
        rnn.weights.AmbiguousWeights: a weight file that can be read in two ways.
    """
    check_settings(settings)
    names = ("weights", "data", "target", "h0", "mask")
    seeds = dict(zip(names, np.random.default_rng(settings.seed).spawn(len(names)), strict=True))
    settings, parts = read_files(settings, reader)
    network = network_for(settings)
    resolved, network = _with_weight_sizes(_tied(settings), parts, network)
    resolved = _tied(resolved)
    data = SOURCES[settings.data](_request(resolved, parts, seeds["data"]))
    resolved = _tied(_with_data_sizes(resolved, data, network))
    resolved = _filled(_tied(_filled(resolved, tuple(second for _, second in resolved.tied))), tuple(DEFAULT_SIZES))
    if not network.output_layer:
        resolved = replace(resolved, outputs=int(resolved.hidden or 0) * network.directions)
    sizes = {letter: int(getattr(resolved, field)) for field, letter in LETTERS.items()}
    require_memory(sizes, network)
    parameters = _edited(_parameters(resolved, network, sizes, parts, seeds["weights"]), settings.edits)
    starts = _starts(settings, network, (sizes["B"], sizes["H"]), seeds["h0"])
    target = _target(data, resolved, (sizes["T"], sizes["B"], sizes["K"]), seeds["target"])
    dtype, weights_notes = settings.dtype, parts.weights.notes if parts.weights is not None else ()
    return check(
        Problem(
            network,
            freeze_all(parameters, dtype),
            freeze(data.x, dtype),
            freeze_all(starts, dtype),
            freeze(target, dtype if target.dtype.kind == "f" else None),
            freeze(_loss_weights(settings.counted, sizes["T"], sizes["B"], seeds["mask"]), dtype),
            dtype,
            settings,
            data.vocabulary,
            (*weights_notes, *data.notes),
        )
    )


def _with_weight_sizes(settings: ProblemSettings, parts: Parts, network: Network) -> tuple[ProblemSettings, Network]:
    """Settings with the sizes that a weight file has; a file without W_hy has no output layer."""
    resolved = settings
    if parts.weights is not None:
        found = parts.weights.parameters
        resolved = _agree(resolved, _sizes_of_weights(found), f"the weight file {settings.weights_file}")
        network = replace(network, output_layer="W_hy" in found)
    if not network.output_layer:
        if resolved.outputs is not None:
            half = resolved.outputs // network.directions
            resolved = _agree(resolved, {"hidden": half}, "a network without an output layer (K = H)")
        resolved = replace(resolved, outputs=(resolved.hidden or DEFAULT_SIZES["hidden"]) * network.directions)
    return resolved, network


def _request(settings: ProblemSettings, parts: Parts, rng: np.random.Generator) -> DataRequest:
    """What the data source is asked for."""
    if settings.data == "random":
        settings = _filled(settings, tuple(DEFAULT_SIZES))
    elif settings.data == "text":
        settings = _filled(settings, ("batch",))
    # Asked before anything is drawn; sizes that only the data will tell count as 1 here and are asked again later.
    sizes = {letter: int(getattr(settings, field) or 1) for field, letter in LETTERS.items()}
    require_memory(sizes, network_for(settings))
    return DataRequest(
        steps=settings.steps,
        batch=settings.batch,
        inputs=settings.vocabulary if settings.embedding else settings.inputs,
        outputs=settings.outputs,
        dtype="float64",
        rng=rng,
        data=parts.data,
        text=parts.text,
        text_start=settings.text_start,
        target=parts.target,
        wants_ids=LOSSES[settings.loss].targets != ROWS,
        tokens=settings.ids or settings.embedding,
    )


def _with_data_sizes(settings: ProblemSettings, data: Data, network: Network) -> ProblemSettings:
    """Settings with the sizes that the data have; what was set otherwise is a contradiction."""
    width = "vocabulary" if network.embedding else "inputs"
    found: dict[str, Any] = dict(zip(("steps", "batch", width), data.x.shape, strict=True))
    if data.target is not None and data.target.ndim == 3:
        found["outputs"] = data.target.shape[2]
    elif data.vocabulary is not None and network.output_layer:
        found["outputs"] = len(data.vocabulary)
    if not network.output_layer and "outputs" in found:
        found["hidden"] = found["outputs"] // network.directions
    return _agree(settings, found, "the data")


def _parameters(
    settings: ProblemSettings, network: Network, sizes: Mapping[str, int], parts: Parts, rng: np.random.Generator
) -> Mapping[str, FloatArray]:
    if parts.weights is not None:
        return parts.weights.parameters
    shapes = network.parameter_shapes(sizes, settings.biases)
    return randomise(shapes, settings.weights, settings.weight_scale, settings.spectral_radius, rng)


def _edited(parameters: Mapping[str, FloatArray], edits: Sequence[Edit]) -> Mapping[str, FloatArray]:
    """Parameters with single entries replaced; raises `InputError` for an entry that is not there."""
    if not edits:
        return parameters
    edited = {name: np.array(value) for name, value in parameters.items()}
    for name, index, value in edits:
        if name not in edited:
            raise InputError(f"a weight of {name} is set by hand, and the parameters are {', '.join(edited)}")
        shape = edited[name].shape
        if len(index) != len(shape) or not all(0 <= i < n for i, n in zip(index, shape, strict=True)):
            raise InputError(
                f"{name}{list(index)} is set by hand, and {name} has the shape {shape}; leave that edit out"
            )
        edited[name][index] = value
    return edited
