"""SCHEMES: ways to draw random weights. Matrices are (in, out): fan in is the first axis."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from ..arrays import FloatArray
from ..errors import InputError

GAIN = 0.8
"""Standard deviation times sqrt(fan in), by default: below 1, so that no activation makes the state explode, and large
enough that tanh bends (a missing derivative shows) and that gradients reach back through many steps."""

BIAS_STD = 0.3
"""Biases are never zero: a zero bias hides a forgotten one."""


@dataclass(frozen=True)
class Scheme:
    """One way to draw a matrix.

    Attributes:
        title: as shown to a person.
        scale: what the number `scale` means.
        default: the default scale for a shape (in, out).
        draw: `(shape, scale, rng) -> (in, out)`.
    """

    title: str
    scale: str
    default: Callable[[tuple[int, ...]], float]
    draw: Callable[[tuple[int, ...], float, np.random.Generator], FloatArray]


def _normal(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> FloatArray:
    return scale * rng.standard_normal(shape)


def _uniform(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> FloatArray:
    return scale * (2 * rng.random(shape) - 1)


def _glorot(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> FloatArray:
    """Uniform with half-width scale * sqrt(6 / (in + out)). Source: Glorot and Bengio 2010, equation 16."""
    return _uniform(shape, scale * sqrt(6 / sum(shape)), rng)


def _he(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> FloatArray:
    """Normal with standard deviation scale * sqrt(2 / in). Source: He et al. 2015, equation 10."""
    return _normal(shape, scale * sqrt(2 / shape[0]), rng)


def _orthogonal(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> FloatArray:
    """Orthonormal rows or columns, whichever are fewer, times scale; drawn evenly from all such matrices.

    Source: Saxe et al. 2014; the signs of R make the draw even (Mezzadri 2007).
    """
    tall = shape[0] >= shape[1]
    q, r = np.linalg.qr(rng.standard_normal(shape if tall else shape[::-1]))
    q = q * np.where(np.diagonal(r) < 0, -1.0, 1.0)
    result: FloatArray = np.ascontiguousarray(scale * (q if tall else q.T))
    return result


def _identity(shape: tuple[int, ...], scale: float, rng: np.random.Generator) -> FloatArray:
    """Scale * eye. It is symmetric, so it hides a forgotten transpose of W_hh."""
    rows, columns = shape
    result: FloatArray = scale * np.eye(rows, columns)
    return result


def _one(shape: tuple[int, ...]) -> float:
    return 1.0


SCHEMES: dict[str, Scheme] = {
    "normal": Scheme("Normal", "standard deviation", lambda shape: GAIN / sqrt(shape[0]), _normal),
    "uniform": Scheme("Uniform", "half-width", lambda shape: GAIN * sqrt(3 / shape[0]), _uniform),
    "glorot": Scheme("Glorot (Xavier), uniform", "gain", _one, _glorot),
    "he": Scheme("He, normal", "gain", _one, _he),
    "orthogonal": Scheme("Orthogonal", "gain", _one, _orthogonal),
    "identity": Scheme("W_hh = identity, others normal", "factor of the identity", _one, _identity),
}


def _blocks(name: str, shape: tuple[int, ...]) -> int:
    """Number of H x H blocks side by side in a recurrent matrix (H, n H); 0 for everything else."""
    recurrent = name.startswith("W_hh") and len(shape) == 2 and shape[0] > 0 and shape[1] % shape[0] == 0
    return shape[1] // shape[0] if recurrent else 0


def _draw(name: str, shape: tuple[int, ...], scheme: str, scale: float | None, rng: np.random.Generator) -> FloatArray:
    if len(shape) == 1:
        return _normal(shape, BIAS_STD, rng)
    blocks = _blocks(name, shape)
    if scheme == "identity" and not blocks:
        scheme, scale = "normal", None  # the factor is the identity's, not a standard deviation
    chosen = SCHEMES[scheme]
    used = chosen.default(shape) if scale is None else scale
    if scheme in ("orthogonal", "identity") and blocks > 1:
        return np.hstack([chosen.draw((shape[0], shape[0]), used, rng) for _ in range(blocks)])
    return chosen.draw(shape, used, rng)


def _set_spectral_radius(name: str, matrix: FloatArray, wanted: float) -> FloatArray:
    """Scale every H x H block of (H, n H) so that its largest |eigenvalue| is `wanted`."""
    scaled = []
    for block in np.split(matrix, _blocks(name, matrix.shape), axis=1):
        radius = float(np.abs(np.linalg.eigvals(block)).max())
        if radius <= np.finfo(np.float64).tiny:
            raise InputError(
                f"{name} has the spectral radius 0, which can't be scaled to {wanted:g}; use another scale"
            )
        scaled.append(block * (wanted / radius))
    result = np.hstack(scaled)
    if not np.isfinite(result).all():
        raise InputError(f"the spectral radius {wanted:g} is too large for {name}; choose a smaller one")
    return result


def _check_number(what: str, value: float | None) -> None:
    if value is not None and not (isfinite(value) and value >= 0):
        raise InputError(f"the {what} is {value:g}, expected a finite number from 0 up")


def randomise(
    shapes: Mapping[str, tuple[int, ...]],
    scheme: str,
    scale: float | None,
    spectral_radius: float | None,
    rng: np.random.Generator,
) -> dict[str, FloatArray]:
    """Draw all parameters.

    Every parameter has a generator of its own, made from its name: another size or a missing bias changes
    no other parameter. Vectors are biases, drawn with standard deviation `BIAS_STD` by every scheme.

    Args:
        shapes: shape of each parameter; matrices are (in, out), stacked gates (H, n H).
        scheme: name in `SCHEMES`.
        scale: see `Scheme.scale`; None for the scheme's default. Biases don't depend on it.
        spectral_radius: largest |eigenvalue| of every `W_hh...` (of each H x H block); None leaves it as drawn.
        rng: gives one number.

    Returns:
        float64 arrays in the order of `shapes`.

    Raises:
        InputError: unknown scheme, a negative or non-finite number, or a W_hh that can't be scaled.
    """
    if scheme not in SCHEMES:
        raise InputError(f"unknown weight scheme {scheme!r}; known are {', '.join(SCHEMES)}")
    _check_number("weight scale", scale)
    _check_number("spectral radius", spectral_radius)
    entropy = int(rng.integers(1 << 63))
    drawn = {}
    for name, shape in shapes.items():
        child = np.random.default_rng([entropy, zlib.crc32(name.encode())])
        drawn[name] = _draw(name, shape, scheme, scale, child)
        if spectral_radius is not None and _blocks(name, shape):
            drawn[name] = _set_spectral_radius(name, drawn[name], spectral_radius)
    return drawn
