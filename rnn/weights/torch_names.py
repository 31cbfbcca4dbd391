"""What a PyTorch state dict may ask for, and what stands for it here; everything else is refused by name.

Source: `torch/serialization.py` and `torch/_utils.py` of PyTorch 2.13.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InputError
from .base import shown

ORDERED_DICT = "collections.OrderedDict"
TENSOR = "torch._utils._rebuild_tensor_v2"
PARAMETER = "torch._utils._rebuild_parameter"
SIZE = "torch.Size"

STORAGES = {
    "torch.DoubleStorage": "f8", "torch.FloatStorage": "f4", "torch.HalfStorage": "f2", "torch.BFloat16Storage": "bf16",
    "torch.LongStorage": "i8", "torch.IntStorage": "i4", "torch.ShortStorage": "i2", "torch.CharStorage": "i1",
    "torch.ByteStorage": "u1", "torch.BoolStorage": "b1",
}  # fmt: skip
"""Types of stored numbers, by the name that a file asks for; NumPy's codes, but for bfloat16."""

RECIPE = "save the weights alone, with torch.save(model.state_dict(), path)"


@dataclass(frozen=True)
class Token:
    """A name that the file asks for. It stays a name."""

    name: str


@dataclass(frozen=True)
class Storage:
    """Numbers that stand in a member of the zip file: its key, their type as in `STORAGES`, and their count."""

    key: str
    kind: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A view of a storage: offset, shape and strides count numbers, not bytes."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def damaged(what: str) -> InputError:
    """The pickle inside the file contradicts itself."""
    return InputError(f"the PyTorch file is damaged: {what}; {RECIPE} again")


def refused_name(name: str) -> InputError:
    """The file asks for something that could do harm, or that needs PyTorch."""
    asked = shown(name)
    if name.startswith("torch.Complex"):
        return InputError(f"the file holds complex numbers ({asked}), expected real ones; save their real part")
    if name.startswith(("torch.nn.", "torch.optim.", "__main__.")):
        return InputError(
            f"the file holds a whole model (it asks to make a {asked}), which only running it could read; "
            f"nothing was run; {RECIPE}"
        )
    return InputError(
        f"refused: the file asks to run {asked}, which no state dict needs; nothing was run; {RECIPE}, "
        "or as .safetensors, where you trust its source"
    )
