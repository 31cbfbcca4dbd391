"""Where else the right value stands: other indices of the same thing, and other names within reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..recorder.expressions import Unreadable
from ..recorder.format import HANDED
from ..recorder.recording import Held
from .flow import Flow
from .judge import Judge
from .reading import Read
from .writing import targets_of


class Nearby:
    """Looks around a statement."""

    def __init__(self, flow: Flow, judge: Judge) -> None:
        """Args: flow, judge: of the search."""
        self.flow, self.judge = flow, judge

    def elsewhere(self, step: int, read: Read, wanted: Any) -> str:
        """Where else, within reach, the right value stands: another index of the same thing, or another name."""
        if not np.any(wanted):
            return ""
        for text, value in self._neighbours(step, read):
            if np.size(value) == np.size(wanted) and self.judge.same_numbers(value, wanted):
                if not np.array_equal(np.ravel(value), np.ravel(read.value)):
                    return text
        return ""

    def _neighbours(self, step: int, read: Read) -> Iterator[tuple[str, Any]]:
        flow = self.flow
        recording, frame, at = flow.recording, flow.frame(step), max(step - 1, 0)
        if isinstance(read.node, ast.Subscript):
            yield from self._siblings(read.node, step)
        if isinstance(read.node, ast.Attribute):
            yield from self._attributes(read.node, step)
        if read.node is None or isinstance(read.node, ast.Call):
            return
        own = {name for node in flow.statement(step).nodes for name in _written_names(node)}
        for key in recording.keys(recording.frame_owner(frame), at):
            if key in HANDED or key in own:
                continue  # what the statement itself writes is stale
            try:
                value = recording.slot(recording.frame_owner(frame), key, at)
            except Unreadable:
                continue
            if isinstance(value, np.ndarray):
                yield key, value
                if isinstance(read.node, ast.Subscript) and value.ndim and 1 < len(value) <= 64:
                    yield from ((f"{key}[{i}]", value[i]) for i in range(len(value)))

    def _attributes(self, node: ast.Attribute, step: int) -> Iterator[tuple[str, Any]]:
        """Other attributes of the same object."""
        try:
            held = self.flow.evaluate(node.value, step)
        except Unreadable:
            return
        if isinstance(held, Held):
            yield from _arrays_in(held, ast.unparse(node.value))

    def _siblings(self, node: ast.Subscript, step: int) -> Iterator[tuple[str, Any]]:
        """Other entries of what an index is taken of."""
        flow, text = self.flow, ast.unparse(node.value)
        try:
            base, key = flow.evaluate(node.value, step), flow.evaluate(node.slice, step)
        except Unreadable:
            return
        if isinstance(base, Held):
            yield from _arrays_in(base, text)
        elif isinstance(base, np.ndarray):
            yield from _other_indices(base, key if isinstance(key, tuple) else (key,), text)


def _arrays_in(held: Held, text: str) -> Iterator[tuple[str, Any]]:
    """The arrays that stand at an object's or a container's keys, each with its path."""
    for key in held.keys():
        try:
            value = held.get(key)
        except Unreadable:
            continue
        if isinstance(value, np.ndarray):
            yield text + key, value


def _written_names(node: ast.stmt) -> Iterator[str]:
    for target in targets_of(node):
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def _other_indices(base: Any, keys: tuple[Any, ...], text: str) -> Iterator[tuple[str, Any]]:
    """Other values of each index, and other ends of a slice over the first axis."""
    for axis, part in enumerate(keys):
        if isinstance(part, (int, np.integer)) and axis < base.ndim:
            for i in range(base.shape[axis]):
                other = (*keys[:axis], i, *keys[axis + 1 :])
                try:
                    yield (
                        f"{text}[{', '.join(':' if k == slice(None) else str(k) for k in other)}]",
                        np.asarray(base[other]),
                    )
                except IndexError:
                    continue
        elif isinstance(part, slice) and part.step is None and axis < base.ndim and part != slice(None):
            start, stop, _ = part.indices(base.shape[axis])
            for i in range(base.shape[axis] - (stop - start) + 1):
                moved = (*keys[:axis], slice(i, i + stop - start), *keys[axis + 1 :])
                yield f"{text}[..., {i}:{i + stop - start}]", np.asarray(base[moved])
        if isinstance(part, slice) and part != slice(None) and axis == 0:
            for name, one in (("[:-1]", base[:-1]), ("[1:]", base[1:]), ("[::-1]", base[::-1]), ("", base)):
                yield text + name, one
