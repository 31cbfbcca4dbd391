"""Pictures of arrays in pure NumPy: colour indices, pooling, metrics, ticks. Shared by screen and paper."""

from inspector.picture.colours import MAPS as COLOUR_MAPS

__all__ = ["COLOUR_MAPS"]
