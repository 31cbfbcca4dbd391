"""JAX as the oracle wants it: CPU unless asked otherwise, float64, compiled programs kept on disk."""

from __future__ import annotations

import os
from pathlib import Path

from .. import folders

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax as jax


def cache_folder() -> Path:
    """Where compiled programs are kept between starts."""
    return folders.cache_folder() / f"jax-{jax.__version__}"


def _configure() -> None:
    jax.config.update("jax_enable_x64", True)
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return  # a read-only home only costs the compile at every start
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # The defaults keep only programs that took a second; ours take a quarter of one, and are wanted at once.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)


_configure()
assert jax.numpy.zeros(1, "float64").dtype == "float64", "JAX is not in float64 mode"
