"""Makes the files in `data` with PyTorch: `python make_files.py`. The tests read them without it."""

from pathlib import Path

import numpy as np
import torch

FOLDER = Path(__file__).parent / "data"
STEPS, BATCH, INPUTS, HIDDEN, OUTPUTS = 9, 3, 4, 6, 5


class Model(torch.nn.Module):
    """One recurrent layer and a linear one."""

    def __init__(self, kind: type[torch.nn.Module]) -> None:
        super().__init__()
        self.rnn, self.fc = kind(INPUTS, HIDDEN), torch.nn.Linear(HIDDEN, OUTPUTS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(self.rnn(x)[0])


def main() -> None:
    """Weights, gradients in both precisions, and data, on which the half squared error was taken."""
    generator = torch.Generator().manual_seed(2)
    x, target = (torch.randn(STEPS, BATCH, size, generator=generator) for size in (INPUTS, OUTPUTS))
    np.savez(FOLDER / "data.npz", x=x.double().numpy(), target=target.double().numpy())
    for name, kind in {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.items():
        torch.manual_seed(1)
        model = Model(kind)
        torch.save(model.state_dict(), FOLDER / f"{name}_weights.pt")
        for dtype, bits in ((torch.float32, 32), (torch.float64, 64)):
            model = model.to(dtype)
            model.zero_grad()
            (0.5 * ((model(x.to(dtype)) - target.to(dtype)) ** 2).sum()).backward()
            grads = {key: parameter.grad for key, parameter in model.named_parameters()}
            torch.save(grads, FOLDER / f"{name}_gradients_{bits}.pt")


if __name__ == "__main__":
    main()
