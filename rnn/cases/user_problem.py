"""UserProblem: what `run(problem)` is given, and helpers so that a case needs to import nothing."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import AnyArray, FloatArray, base_of
from ..errors import InputError
from . import places, updates
from .axes import Axes
from .layout import Layout, is_parameter
from .script import run_script
from .steps import drive, drive_object, is_step_object

DATA = ("x", "target", "loss_weights")


class UserProblem:
    """What `run(problem)` is given; all arrays are fresh copies in the declared layout.

    Attributes:
        params: weights by name, in the declared form. x, target, loss_weights: data.
        states: initial states by name, `h0`, `c0`, `h0.1`. h0, c0: the first of them.
        dy: dL/dy, under the loss `upstream`. dh: dL/dh from above, under the loss `upstream` without an output layer.
        last_target: the target of the last step.
        T, B, D, H, K: sizes, and V with an embedding. dtype, activation, loss, cell, seed: as set.
        rounding: what `updates` loses by rounding, by the name of the gradient.
        allowed: names of inputs, as `inputs` has them, that the code may change: what it handed to a trainer of its own.
    """

    def __init__(
        self,
        header: Mapping[str, Any],
        arrays: Mapping[str, AnyArray],
        layout: Layout,
        open_folder: Callable[[Path], None] = lambda path: None,
    ) -> None:
        """Args: header: sizes and names; arrays: in our layout; layout: the declared one.

        open_folder: told of a script that is the user's too, before it runs.
        """
        self.dtype, self.cell, self.activation = header["dtype"], header["cell"], header["activation"]
        self.loss, self.seed = header["loss"], header["seed"]
        sizes = header["sizes"]
        words = {"V": sizes["D"]} if layout.ids else {}  # without an embedding each id looks up a row of W_xh
        for letter, size in {**words, **sizes}.items():
            setattr(self, letter, size)
        ours = {name[7:]: value for name, value in arrays.items() if name.startswith("params/")}
        self.params: dict[str, AnyArray] = layout.parameters(ours)
        self.x, self.target, self.loss_weights = (
            layout.handed(name, arrays[name], sizes["K"], self.dtype) for name in DATA
        )
        begun = [name for name in arrays if base_of(name)[0] in ("h0", "c0")]
        self.states: dict[str, Any] = {name: layout.handed(name, arrays[name], sizes["K"]) for name in begun}
        for name in reversed(begun):
            setattr(self, base_of(name)[0], self.states[name])
        self.last_target = layout.last_target(arrays["target"], sizes["K"], self.dtype)
        self._layout, self._path, self._open_folder = layout, Path(header.get("path", "")), open_folder
        self.rounding: dict[str, float] = {}
        self.allowed: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        """The names `dy` and `dh` of the target, which a recording knows as target alone; otherwise say what there is."""
        if vars(self).get("loss") == "upstream" and (name == "dy" or (name == "dh" and "W_hy" not in self.params)):
            return self.target
        there = [one for one in vars(self) if not one.startswith("_")]
        of = {"c0": f" with the cell {vars(self).get('cell')!r}", "dy": " unless the loss is 'upstream'"}
        of["dh"] = " unless the loss is 'upstream' and there is no output layer"
        raise AttributeError(f"problem has no {name}{of.get(name, '')}; it has {', '.join(there)}")

    def inputs(self) -> dict[str, Any]:
        """Everything that the code has no business to change, by name."""
        data = {"x": self.x, "target": self.target, **self.states, "loss_weights": self.loss_weights}
        return {**data, **{f"params[{name!r}]": value for name, value in self.params.items()}}

    def _ours(self, name: Any) -> Any:
        """An array of ours by its name; raises `InputError` naming all."""
        known = {**self.params, **self.states, "x": self.x, "target": self.target, "loss_weights": self.loss_weights}
        if not isinstance(name, str) or name not in known:
            raise InputError(
                f"there is no {name!r} to hand over; {places.near(str(name), known)}known are {', '.join(known)}"
            )
        return known[name]

    def named(self, **names: str) -> dict[str, Any]:
        """Our arrays under the names of your code: `named(Wxh="W_xh")` -> {"Wxh": problem.params["W_xh"]}.

        The values may be keys of `params` or of `states`, `x`, `target` or `loss_weights`.
        """
        return {own: self._ours(name) for own, name in names.items()}

    def put(self, where: Any, /, **names: str) -> None:
        """Put copies of our arrays into your code, which may change them: `put(net, Wxh="W_xh", bh="b_h")`.

        Args:
            where: an object, a module, a dictionary or a list; what is named must be there.
            names: ours by yours; `**{"cell.Wxh": "W_xh"}` reaches further in, `**{"0": "W_xh"}` into a list.

        Raises:
            InputError: nothing of that name is there, or it has the same axes in another order or form.
        """
        for path, name in names.items():
            places.write(where, path, copy.deepcopy(self._ours(name)))

    def take(self, where: Any, /, prefix: str = "d", **names: str) -> dict[str, Any]:
        """Gradients that your code leaves behind, ready to be returned: `take(net, Wxh="W_xh")` reads `net.dWxh`.

        Args:
            where: an object, a module, a dictionary or a list.
            prefix: what stands before your name of a weight or state in that of its gradient; may be empty.
            names: ours by yours. What is no weight and no state, such as `ys="y"`, is read as it is named.

        Returns:
            `dW_xh` ... by our names.
        """
        found = {}
        for path, name in names.items():
            if name in self.params or name in self.states:
                *before, last = path.split(".")
                found[f"d{name}"] = places.read(where, ".".join([*before, prefix + last]))
            else:
                found[name] = places.read(where, path)
        return found

    def updates(self, where: Any, rate: float, /, **names: str) -> AbstractContextManager[dict[str, AnyArray]]:
        """Gradients of code that only updates: (before - after) / rate.

            with problem.updates(net, 1.0, Wxh="W_xh") as found:
                net.train(problem.x, problem.target)
            return found

        The larger the rate, the less is lost by rounding.

        Args:
            where: holds the weights, as in `put`; arrays of `params` that are there may be changed.
            rate: what the code multiplies its gradients by before it subtracts them; negative where it adds them.
            names: our parameters by your names.

        Raises:
            InputError: a rate of 0, a name that is not there, a block that changes none of the weights.
        """
        for name in names.values():
            if name not in self.params and name not in self.states:
                self._ours(name)
                raise InputError(f"{name} is no weight; known weights are {', '.join(self.params)}")
        for path, name in names.items():
            if places.read(where, path) is self.params.get(name):
                self.allowed.add(f"params[{name!r}]")
        return updates.watched(where, rate, names, self.rounding)

    def step_by_step(
        self, forward: Callable[..., Any], backward: Callable[..., Any], upstream: Any = None
    ) -> dict[str, Any]:
        """Drive code that knows one step only, there and back.

        Of an object that carries states and gradients itself: `forward(x_t)` is called from the first step to the last, then
        `backward(dL/dh_t from above)` from the last to the first. Of functions, to which the carry is handed:

        Args:
            forward: `forward(x_t, h)` or `forward(x_t, h, c)` -> the new h (and c), and perhaps one thing more.
            backward: `backward(dh)` or `backward(dh, dc)`, followed by that thing where there was one, for the whole dL/dh of
                the step -> the gradient of the state before (of both), or a dict with `dh_prev`, `dc_prev` and more:
                gradients of weights, which are summed over the steps, and per-step gradients such as `da`, `dx`.
            upstream: dL/dh from above: one for every step, or `upstream(t, h_t)`, called from the last step to the
                first; left out: `problem.dh`, which the loss `upstream` without an output layer has.

        Returns:
            `h`, `dh`, `dh_next`, `dh0` and whatever backward named, ready to be returned. Of an object: as `h` what forward
            gave, and as `dx` what backward gave, where they have the shapes of these.
        """
        axes, _ = self._layout.axes_of("x", rows=not self._layout.ids)
        xs, above = self._slices(self.x, axes), self._above(upstream)
        starts = {base_of(name)[0][:-1]: np.array(value) for name, value in self.states.items()}
        found: dict[str, Any]
        if is_step_object(forward):
            found = drive_object(xs, self.h0, forward, backward, above)
        elif len({base_of(name)[1] for name in self.states}) > 1:
            raise InputError(
                "step_by_step drives one layer in one direction; walk through the steps of several yourself"
            )
        else:
            found = drive(xs, starts, forward, backward, above, self._is_summed)
        return {name: self._joined(name, value) if isinstance(value, list) else value for name, value in found.items()}

    def _above(self, upstream: Any) -> Callable[[int, Any], Any]:
        if callable(upstream):
            return upstream  # type: ignore[no-any-return]
        given = getattr(self, "dh", None) if upstream is None else upstream
        if given is None:
            raise InputError(
                "step_by_step needs dL/dh from above; give upstream, one for every step or a function of t and h, "
                "or declare loss = 'upstream' and output_layer = False"
            )
        rows = self._slices(given, self._layout.axes_of("target" if upstream is None else "dh_out")[0])
        if len(rows) != self.T:
            raise InputError(f"upstream has {len(rows)} steps; expected T = {self.T} of them in the declared layout")
        return lambda t, h: rows[t]

    @staticmethod
    def _slices(value: Any, axes: Axes) -> list[Any]:
        """What there is for each step, of an array in a layout; a list is one over time, unless it is declared otherwise."""
        if isinstance(value, list) and not (axes.listed and axes.letters[0] != "T"):
            return value
        return [np.array(row) for row in np.moveaxis(np.array(value), axes.letters.index("T"), 0)]

    def _joined(self, name: str, rows: list[Any]) -> Any:
        axes, _ = self._layout.axes_of(name)
        return rows if axes.listed else np.stack(rows, axes.letters.index("T"))

    def _is_summed(self, name: str) -> bool:
        return name.startswith("d") and (name[1:] in self.params or is_parameter(name))

    def script(self, path: str, /, keep: Collection[str] | None = None, **pinned: Any) -> dict[str, Any]:
        """Run a flat script beside the case, with some of its top-level names pinned to other values.

            found = problem.script("train.py", **problem.named(Wxh="W_xh"), xs=problem.x, epoch=0)

        Wherever the script's own statements, outside of functions, would bind a pinned name, it gets a copy of the given
        value. A `for` loop over a pinned name has one pass, and so has a `while True` without a break.

        Args:
            path: of the script, seen from the case's folder. keep: names that are wanted back; all by default.
            pinned: values by the script's names.

        Returns:
            What the script's names are at its end.

        Raises:
            InputError: no such script, a pinned name that it never assigns, or a name to keep that it does not leave.
        """
        found = Path(os.path.normpath(self._path.parent / path))
        self._open_folder(found)
        return run_script(found, pinned, keep)

    def one_hot(self, ids: Any, classes: int | None = None) -> FloatArray:
        """Rows with a 1 at each token id, (..., classes) for ids of any shape; classes are those of x by default."""
        count = int(classes if classes is not None else vars(self).get("V", self.D))
        array = np.asarray(ids)
        if array.dtype.kind not in "iub" or (array.size and not 0 <= array.min() <= array.max() < count):
            span = (
                f"from {array.min()} to {array.max()}"
                if array.size and array.dtype.kind in "iufb"
                else str(array.dtype)
            )
            raise InputError(f"one_hot() got ids {span}; expected whole numbers from 0 to {count - 1}")
        rows: FloatArray = np.eye(count, dtype=self.dtype)[array.astype("int64")]
        return rows
