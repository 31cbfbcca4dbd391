"""Layer: one matrix ready to be drawn: its pyramid, its levels, its colours. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from inspector.picture.colours import Levels, colour_table, faded, table_for, to_indices
from inspector.picture.pooling import level_for
from rnn.arrays import AnyArray

KEPT_IMAGES = 4


@dataclass(frozen=True, eq=False)
class Layer:
    """One matrix.

    Attributes:
        pyramid: the matrix and its halvings.
        levels: the range of its colours.
        fade_below: magnitude up to which colours are faded (rounding); 0 fades nothing.
        badge: words over the picture, such as `bit-identical`.
        exceeds: pyramid of flags; where it is given, colours of unflagged cells are faded.
        gates: letters of equal blocks of columns, drawn over them.
        ticks: places (-1 to 1) and labels on the colour bar; empty for numbers.
    """

    pyramid: tuple[AnyArray, ...]
    levels: Levels
    fade_below: float = 0.0
    badge: str = ""
    exceeds: tuple[AnyArray, ...] | None = None
    ticks: tuple[tuple[float, str], ...] = ()
    gates: tuple[str, ...] = ()
    images: dict[tuple[object, ...], QImage] = field(default_factory=dict, repr=False)
    """The last images made of it: hovering and flipping draw them again as they are."""

    @property
    def values(self) -> AnyArray:
        """The matrix itself."""
        return self.pyramid[0]


def colour_list(layer: Layer, colour_map: str, theme: str) -> list[int]:
    """The 256 colours for Qt; those of values that are only rounding are faded.

    Where flags say what is faded: 256 faded colours and then the 256 full ones.
    """
    if layer.exceeds is not None:
        full = colour_table(colour_map, theme)
        return packed(faded(full, theme)) + packed(full)
    return packed(table_for(colour_map, theme, layer.levels, layer.fade_below))


def packed(table: npt.NDArray[np.uint8]) -> list[int]:
    """RGBA rows as Qt's 0xAARRGGBB."""
    wide = table.astype(np.uint32)
    return [int(value) for value in (wide[:, 3] << 24) | (wide[:, 0] << 16) | (wide[:, 1] << 8) | wide[:, 2]]


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of a layer as an image, with the cells it covers (cell coordinates of its edges)."""

    image: QImage
    left: float
    top: float
    right: float
    bottom: float
    pooled: int


def visible_part(
    layer: Layer, left: float, top: float, right: float, bottom: float, per_pixel: float, colours: list[int]
) -> Part | None:
    """The image of the cells between four edges, pooled so that a pixel never hides a cell.

    Args:
        layer: what is drawn.
        left, top, right, bottom: edges of the pane in cell coordinates.
        per_pixel: cells per pixel.
        colours: from `colour_list`.
    """
    rows, columns = layer.values.shape
    level = level_for(per_pixel, len(layer.pyramid))
    pooled = layer.pyramid[level]
    step = 2**level
    first_row, last_row = _range(top, bottom, step, pooled.shape[0])
    first_column, last_column = _range(left, right, step, pooled.shape[1])
    if first_row >= last_row or first_column >= last_column:
        return None
    cut = slice(first_row, last_row), slice(first_column, last_column)
    key = (level, first_row, last_row, first_column, last_column, tuple(colours[:253:63]), len(colours))
    if key not in layer.images:
        if len(layer.images) >= KEPT_IMAGES:
            layer.images.clear()
        layer.images[key] = _image(layer, level, cut, colours)
    image = layer.images[key]
    return Part(
        image,
        first_column * step - 0.5,
        first_row * step - 0.5,
        min(last_column * step, columns) - 0.5,
        min(last_row * step, rows) - 0.5,
        step,
    )


def _image(layer: Layer, level: int, cut: tuple[slice, slice], colours: list[int]) -> QImage:
    indices = to_indices(layer.pyramid[level][cut], layer.levels)
    height, width = indices.shape
    if layer.exceeds is not None:
        # Twice the colours don't fit into one index: these pixels are looked up here.
        both = np.array(colours, np.uint32).reshape(2, 256)
        pixels = np.ascontiguousarray(both[layer.exceeds[level][cut].astype(np.uint8), indices])
        return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
    stride = -(-width // 4) * 4
    data = np.zeros((height, stride), np.uint8)
    data[:, :width] = indices
    image = QImage(data.data, width, height, stride, QImage.Format.Format_Indexed8).copy()
    image.setColorTable(colours)
    return image


def _range(low: float, high: float, step: int, count: int) -> tuple[int, int]:
    """Blocks of `step` cells that lie between two edges."""
    first = int(np.floor((low + 0.5) / step))
    last = int(np.ceil((high + 0.5) / step))
    return max(first, 0), min(last, count)
