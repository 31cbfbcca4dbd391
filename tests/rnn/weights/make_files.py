"""Makes the small weight files that the tests read, with the frameworks themselves, and what they hold beside them.

    python -m tests.rnn.weights.make_files      (needs the extra `frameworks`)

Each `reading_<name>.<suffix>` has a `reading_<name>.<suffix>.npz` with the same arrays by the names that we give them,
as the framework's own reader returns them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parents[1] / "data" / "weights"


def _keep(name: str, arrays: Mapping[str, Any]) -> None:
    np.savez_compressed(
        HERE / f"{name}.npz", **{key.replace("/", "|"): np.asarray(value) for key, value in arrays.items()}
    )


def _plain(tensor: Any) -> Any:
    import torch

    tensor = tensor.detach()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


def make_torch() -> None:
    """A state dict, a checkpoint with nested dicts, views and every type of numbers."""
    import torch

    torch.manual_seed(0)
    lstm = torch.nn.Sequential(torch.nn.LSTM(3, 4, 2, bidirectional=True), torch.nn.BatchNorm1d(2))
    torch.save(lstm.state_dict(), HERE / "reading_lstm.pt")
    back = torch.load(HERE / "reading_lstm.pt", weights_only=True)
    _keep("reading_lstm.pt", {key: _plain(value) for key, value in back.items()})

    base = torch.arange(24, dtype=torch.float32)
    kinds = ("float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")
    views = {
        "rows": base[2:14].view(3, 4), "turned": base.view(4, 6).t(), "stretched": torch.ones(1, 3).expand(2, 3),
        "every other": base[::2], "scalar": base[5], "none": torch.zeros(0, 3), "parameter": torch.nn.Parameter(base[:4]),
    }  # fmt: skip
    numbers = {kind: torch.tensor([0, 1, 3, 5]).to(getattr(torch, kind)) for kind in kinds}
    checkpoint = {
        "epoch": 7, "loss": 0.25, "name": "größer", "big": 1 << 40, "shape": torch.Size([2, 3]), "nothing": None,
        "state_dict": views, "kinds": numbers, "list": [torch.ones(2), {"deep": torch.zeros(1, 2)}], "history": [1.0, 2.0],
    }  # fmt: skip
    torch.save(checkpoint, HERE / "reading_checkpoint.pth")
    back = torch.load(HERE / "reading_checkpoint.pth", weights_only=True)
    found = {f"state_dict/{key}": value for key, value in back["state_dict"].items()}
    found |= {f"kinds/{key}": value for key, value in back["kinds"].items()}
    found |= {"list/0": back["list"][0], "list/1/deep": back["list"][1]["deep"]}
    _keep("reading_checkpoint.pth", {key: _plain(value) for key, value in found.items()})

    gru = torch.nn.GRU(2, 3)
    torch.save(gru.half().state_dict(), HERE / "reading_half.pt")
    back = torch.load(HERE / "reading_half.pt", weights_only=True)
    _keep("reading_half.pt", {key: _plain(value) for key, value in back.items()})
    torch.save(base.view(4, 6), HERE / "reading_tensor.pt")
    _keep("reading_tensor.pt", {"tensor": base.view(4, 6)})
    torch.save({"a": gru.weight_hh_l0.float(), "b": gru.weight_hh_l0.float()[1:3]}, HERE / "reading_shared.pt")
    back = torch.load(HERE / "reading_shared.pt", weights_only=True)
    _keep("reading_shared.pt", {key: _plain(value) for key, value in back.items()})

    torch.save(gru, HERE / "refused_module.pt")
    torch.save(gru.state_dict(), HERE / "refused_legacy.pt", _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(HERE / "refused_script.pt"))


def make_keras() -> None:
    """All three kinds of files of one model."""
    os.environ["KERAS_BACKEND"] = "jax"
    import h5py
    import keras

    keras.utils.set_random_seed(0)
    layers = [
        keras.Input((None, 3)),
        keras.layers.LSTM(4, return_sequences=True, name="first"),
        keras.layers.Bidirectional(keras.layers.GRU(2), name="both"),
        keras.layers.Dense(2, name="head"),
    ]
    model = keras.Sequential(layers)
    rng = np.random.default_rng(0)
    model.set_weights([rng.standard_normal(value.shape).astype("float32") for value in model.get_weights()])
    made = {
        "reading_model.keras": model.save,
        "reading_model.h5": model.save,
        "reading_w.weights.h5": model.save_weights,
    }
    for name, save in made.items():
        save(HERE / name)
        fresh = keras.models.clone_model(model)
        loaded = keras.models.load_model(HERE / name, compile=False) if save == model.save else fresh
        if save != model.save:
            loaded.load_weights(HERE / name)
        first, both, head = (loaded.get_layer(one).get_weights() for one in ("first", "both", "head"))
        cells = {"layers/lstm/cell": first, "layers/dense": head}
        cells |= {
            "layers/bidirectional/forward_layer/cell": both[:3],
            "layers/bidirectional/backward_layer/cell": both[3:],
        }
        expected = {f"{path}/vars/{i}": value for path, values in cells.items() for i, value in enumerate(values)}
        if name == "reading_model.h5":
            parts = ("kernel", "recurrent_kernel", "bias")
            root = "model_weights"
            expected = {f"{root}/first/sequential/first/lstm_cell/{part}": v for part, v in zip(parts, first)}
            for way, values in (("forward", both[:3]), ("backward", both[3:])):
                where = f"{root}/both/sequential/both/{way}_gru/gru_cell"
                expected |= {f"{where}/{part}": v for part, v in zip(parts, values)}
            expected |= {f"{root}/head/sequential/head/{part}": v for part, v in zip(("kernel", "bias"), head)}
        _keep(name, expected)

    values = rng.standard_normal((20, 12))
    with h5py.File(HERE / "reading_filters.h5", "w") as file:
        for name, more in {"plain": {}, "gzip": {"compression": "gzip"}, "lzf": {"compression": "lzf"}}.items():
            file.create_dataset(name, data=values, chunks=None if name == "plain" else (8, 5), **more)
        file.create_dataset("all", data=values, chunks=(7, 12), compression="gzip", shuffle=True, fletcher32=True)
        file["big endian"], file["flags"], file["scalar"] = values.astype(">f4"), values > 0, 3.5
        file["text"], file["complex"] = "hello", values[:2] * 1j
    with h5py.File(HERE / "reading_filters.h5") as file:
        names = ("plain", "gzip", "lzf", "all", "big endian", "flags", "scalar")
        _keep("reading_filters.h5", {name: np.asarray(file[name][()]) for name in names})


def make_flax() -> None:
    """Parameters, with arrays in chunks, bfloat16 and a scalar."""
    import jax
    import jax.numpy as jnp
    from flax import linen, serialization

    cell = linen.RNN(linen.OptimizedLSTMCell(4))
    params = cell.init(jax.random.key(0), jnp.ones((1, 2, 3)))
    serialization.MAX_CHUNK_SIZE = 100
    state = {
        **params,
        "step": 5,
        "scale": np.float32(3),
        "bf": jnp.arange(3, dtype=jnp.bfloat16),
        "list": [np.ones(3), np.arange(2)],
    }
    state["big"] = {"table": np.arange(60, dtype=np.float32).reshape(6, 10), "flags": np.array([True, False])}
    (HERE / "reading_params.msgpack").write_bytes(serialization.to_bytes(state))
    back = serialization.msgpack_restore((HERE / "reading_params.msgpack").read_bytes())
    found: dict[str, Any] = {}

    def flatten(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inside in value.items():
                flatten(f"{name}/{key}" if name else key, inside)
        elif not isinstance(value, int):
            found[name] = np.asarray(value, np.float32) if name == "bf" else np.asarray(value)

    flatten("", back)
    _keep("reading_params.msgpack", found)


def make_matlab() -> None:
    """Versions 5 and 7, as SciPy writes them: numbers of all types, structs, cells, and what is no number."""
    from scipy import io

    values = np.random.default_rng(0).standard_normal((5, 4))
    whole = {
        kind: np.arange(6).reshape(2, 3).astype(kind)
        for kind in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64")
    }
    state = {
        **whole, "W_hh": values, "single": values.astype("float32"), "one": 3.0, "flags": values > 0, "none": np.zeros((0, 3)),
        "solid": np.arange(24.0).reshape(2, 3, 4), "net": {"W": values, "note": "text", "in": {"b": values[0]}}, "text": "hello",
        "cell": np.array([values, "x"], dtype=object), "complex": values * 1j,
    }  # fmt: skip
    for name, packed in (("reading_v5.mat", False), ("reading_v7.mat", True)):
        io.savemat(HERE / name, state, do_compression=packed)
        back = io.loadmat(HERE / name)
        plain = ("W_hh", "single", "one", "none", "solid", *whole)
        found = {key: back[key] for key in plain} | {"flags": back["flags"].astype(bool)}
        net = back["net"][0, 0]
        found |= {"net/W": net["W"], "net/in/b": net["in"][0, 0]["b"], "cell/0": back["cell"][0, 0]}
        _keep(name, found)


def main() -> None:
    """Make all."""
    HERE.mkdir(exist_ok=True)
    for make in (make_torch, make_keras, make_flax, make_matlab):
        make()


if __name__ == "__main__":
    main()
