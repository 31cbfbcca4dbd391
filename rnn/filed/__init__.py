"""Two files of gradients against each other: which array is which, what rounding may do, how two that differ are related."""

from .between import compare_files

__all__ = ["compare_files"]
