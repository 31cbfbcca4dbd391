"""Makes `proof_*`: weights in each framework's own format, and what its own forward pass makes of them.

    python -m tests.rnn.weights.make_proofs      (needs the extra `frameworks`)

Beside each `proof_<name>.<suffix>` stands `proof_<name>.<suffix>.npz` with `x (T, B, D)` or token ids `(T, B)`, the outputs
`y (T, B, K)`, all float64 (but Keras computes gates in float32, whatever is set), and for PyTorch the gradients of
sum(y * dy) under the parameters' names with `.grad`.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parents[1] / "data" / "weights"
T, B, D, H, K, V = 5, 2, 4, 3, 2, 6
FORMS = {"one": (1, False), "two": (2, False), "both": (1, True), "twoboth": (2, True)}


def _inputs(embedding: bool) -> Any:
    rng = np.random.default_rng(1)
    return rng.integers(0, V, (T, B)) if embedding else rng.standard_normal((T, B, D))


def _keep(name: str, **arrays: Any) -> None:
    np.savez_compressed(HERE / f"proof_{name}.npz", **{key: np.asarray(value) for key, value in arrays.items()})


def make_torch() -> None:
    """RNN, LSTM, GRU in every form, some with an embedding and an output layer; and a network of cells."""
    import torch

    torch.set_default_dtype(torch.float64)
    kinds = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    for (cell, make), (form, (layers, both)) in itertools.product(kinds.items(), FORMS.items()):
        torch.manual_seed(len(form))
        model = torch.nn.ModuleDict({"core": make(D, H, layers, bidirectional=both, bias=form != "two")})
        if form in ("one", "twoboth"):
            model["emb"] = torch.nn.Embedding(V, D)
            model["fc"] = torch.nn.Linear(H * (1 + both), K)
        rows = torch.tensor(_inputs("emb" in model))
        y = model["core"](model["emb"](rows) if "emb" in model else rows)[0]
        y = model["fc"](y) if "fc" in model else y
        dy = torch.randn_like(y)
        (y * dy).sum().backward()
        gradients = {f"{name}.grad": value.grad.numpy() for name, value in model.named_parameters()}
        suffix = "pth" if form == "both" else "pt"
        saved = {"epoch": 3, "model": model.state_dict()} if form == "both" else model.state_dict()
        torch.save(saved, HERE / f"proof_torch_{cell}_{form}.{suffix}")
        _keep(f"torch_{cell}_{form}.{suffix}", x=rows.numpy(), y=y.detach().numpy(), dy=dy.numpy(), **gradients)
    cells = torch.nn.ModuleList([torch.nn.GRUCell(D, H), torch.nn.GRUCell(H, H)])
    rows, found = torch.tensor(_inputs(False)), []
    states = [torch.zeros(B, H), torch.zeros(B, H)]
    for row in rows:
        states[0] = cells[0](row, states[0])
        states[1] = cells[1](states[0], states[1])
        found.append(states[1])
    torch.save(cells.state_dict(), HERE / "proof_torch_cells.pt")
    _keep("torch_cells.pt", x=rows.numpy(), y=torch.stack(found).detach().numpy())


def make_keras() -> None:
    """SimpleRNN, LSTM, GRU with the reset before and after the product, in every form and all three formats."""
    os.environ["KERAS_BACKEND"] = "jax"
    import jax

    jax.config.update("jax_enable_x64", True)
    import keras

    keras.backend.set_floatx("float64")
    layers = keras.layers
    kinds = {"rnn": (layers.SimpleRNN, {"activation": "relu"}), "lstm": (layers.LSTM, {}), "gru": (layers.GRU, {})}
    kinds |= {"grubefore": (layers.GRU, {"reset_after": False})}
    suffixes = itertools.cycle((".weights.h5", ".h5", ".keras"))
    for (cell, (make, options)), (form, (count, both)) in itertools.product(kinds.items(), FORMS.items()):
        suffix = next(suffixes) if options.get("activation") != "relu" else ".keras" if both else ".h5"
        embedding = form in ("one", "twoboth")
        model = keras.Sequential([keras.Input((None,) if embedding else (None, D))])
        if embedding:
            model.add(layers.Embedding(V, D, name="words"))
        for k in range(count):
            own = make(H, return_sequences=True, name=f"{'zyx'[k]}_{cell}", **options)  # against the order of the names
            model.add(layers.Bidirectional(own) if both else own)
        if form != "both":
            model.add(layers.Dense(K, name="out"))
        rng = np.random.default_rng(2)
        model.set_weights([rng.standard_normal(value.shape) for value in model.get_weights()])
        name = f"keras_{cell}_{form}{suffix}"
        (model.save_weights if suffix == ".weights.h5" else model.save)(HERE / f"proof_{name}")
        rows = _inputs(embedding)
        _keep(name, x=rows, y=np.swapaxes(np.asarray(model(np.swapaxes(rows, 0, 1))), 0, 1))


def _random_tree(tree: Any) -> Any:
    import jax

    rng = np.random.default_rng(3)
    return jax.tree_util.tree_map(lambda value: rng.standard_normal(value.shape), tree)


def _linen(linen: Any, make: Any, count: int, both: bool, embedding: bool) -> Any:
    types = {"dtype": "float64", "param_dtype": "float64"}

    class Model(linen.Module):  # type: ignore[misc]
        @linen.compact
        def __call__(self, rows: Any) -> Any:
            rows = linen.Embed(V, D, **types)(rows) if embedding else rows
            for _ in range(count):
                ways = [linen.RNN(make(H, **types)) for _ in range(1 + both)]
                rows = linen.Bidirectional(*ways)(rows) if both else ways[0](rows)
            return linen.Dense(K, **types)(rows)

    return Model()


def make_flax() -> None:
    """The cells of linen and of nnx, in every form."""
    import jax

    jax.config.update("jax_enable_x64", True)
    from flax import linen, nnx
    from flax.serialization import to_bytes

    kinds = {
        "rnn": linen.SimpleCell,
        "lstm": linen.OptimizedLSTMCell,
        "lstmapart": linen.LSTMCell,
        "gru": linen.GRUCell,
    }
    for (cell, make), (form, (count, both)) in itertools.product(kinds.items(), FORMS.items()):
        rows = np.swapaxes(_inputs(form in ("one", "twoboth")), 0, 1)
        model = _linen(linen, make, count, both, form in ("one", "twoboth"))
        tree = _random_tree(model.init(jax.random.key(0), rows))
        name = f"flax_{cell}_{form}.msgpack"
        (HERE / f"proof_{name}").write_bytes(to_bytes(tree))
        _keep(name, x=np.swapaxes(rows, 0, 1), y=np.swapaxes(model.apply(tree, rows), 0, 1))
    _make_nnx(nnx, to_bytes)


def _make_nnx(nnx: Any, to_bytes: Any) -> None:
    kinds = {"rnn": nnx.SimpleCell, "lstm": nnx.OptimizedLSTMCell, "lstmapart": nnx.LSTMCell, "gru": nnx.GRUCell}
    for (cell, make), form in itertools.product(kinds.items(), ("one", "both")):
        rngs, types = nnx.Rngs(0), {"dtype": "float64", "param_dtype": "float64"}
        ways = [nnx.RNN(make(D, H, rngs=rngs, **types), rngs=rngs) for _ in range(2 if form == "both" else 1)]
        core = nnx.Bidirectional(*ways, rngs=rngs) if form == "both" else ways[0]
        head = nnx.Linear(H * len(ways), K, rngs=rngs, **types)
        model = nnx.Dict(core=core, head=head)
        state = nnx.state(model, nnx.Param)
        tree = _random_tree(nnx.to_pure_dict(state))
        nnx.replace_by_pure_dict(state, tree)
        nnx.update(model, state)
        rows = np.swapaxes(_inputs(False), 0, 1)
        name = f"nnx_{cell}_{form}.msgpack"
        (HERE / f"proof_{name}").write_bytes(to_bytes(tree))
        _keep(name, x=np.swapaxes(rows, 0, 1), y=np.swapaxes(np.asarray(head(core(rows))), 0, 1))


if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    for make in (make_torch, make_keras, make_flax):
        make()
