"""The search for the guilty statement: from a wrong gradient back to the first line that makes it so.

A value that should be something else is followed to the statement that wrote it. There every array that the statement
reads is replaced, one at a time, by right values of the same size. Where one of them makes the statement give what it
should, that array is the wrong one and the search goes on with it; where none does although all of them are right, the
statement is guilty. An array is not followed further, and its reader is guilty, where no line has written what is read,
where the right value stands elsewhere (another index, another name), or where other statements make right use of it.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import Any

import numpy as np

from ..recorder.expressions import Unreadable
from .bindings import Bindings
from .flow import Flow
from .gathered import Gathered
from .guilty import Guilty
from .judge import CLOSE, Judge, close
from .library import SUM, Item, Library
from .memory import rearranged
from .names import Names
from .nearby import Nearby
from .outputs import Outputs
from .reading import Read, same_place
from .starts import Starts
from .sums import Sums
from .trials import Trials
from .writing import makes_empty

MOST_DEEP = 80


class Search:
    """One search in one recording."""

    def __init__(self, flow: Flow, library: Library, dtype: str = "float64") -> None:
        """Args: flow: of the recording; library: right values; dtype: of the run."""
        self.flow, self.judge = flow, Judge(flow, library, CLOSE[dtype], {1.0})
        self.library = library
        self.names, self.bindings, self.gathered = Names(self), Bindings(self), Gathered(self)
        self.sums, self.outputs = Sums(self), Outputs(flow, self.judge)
        self.starts = Starts(self)
        self.nearby, self.trials = Nearby(flow, self.judge), Trials(flow, self.judge, library)
        self._chain: list[int] = []
        self._asked: dict[tuple[Any, ...], Guilty | None] = {}

    def start(self, step: int, name: str, storage: int, items: Any, wanted: Any) -> Guilty | None:
        """Who is to blame for something that a step returned (the last one, say) under a name.

        Args:
            step: of the statement that returned it. name: of the quantity. storage, items: where it stands.
            wanted: what it should be, in its shape.
        """
        self._chain.clear()
        self._asked.clear()
        self.judge.factors.intersection_update({1.0})
        for read in self.flow.reads(step):
            if not same_place(read, storage, items):
                continue
            if not self.judge.names(read.value) or self.judge.same_numbers(read.value, wanted):
                continue
            item = Item(name, None, None, np.zeros(0), 0.0, SUM)
            found = self.bindings.bound_wrongly(step, read, rearranged(wanted, items, read.items), item)
            if found is not None:
                return found
        return self.follow(storage, items, wanted, step, name)

    def began(self, step: int) -> int:
        """The step with which a step's statement began: calls that it makes come before it is done."""
        children = self.flow.children(step)
        return int(self.flow.recording.frames[children[0]]["call_step"]) if children else step

    def guilty(self, step: int, why: str, **details: Any) -> Guilty:
        """A verdict, with the way that led to it."""
        if why == "computes" and details.get("read") is None:
            misused = self.outputs.misused(step)
            step = step if misused is None else misused
        if why == "computes":
            skipped = self.outputs.skipped(step)
            step, why = (step, why) if skipped is None else (skipped, "skipped")
        if "inputs" not in details:
            details["inputs"] = self._inputs(step)
        return Guilty(step, why, chain=tuple(self._chain), **details)

    def _inputs(self, step: int) -> tuple[tuple[str, str], ...]:
        pairs = {read.text: self.judge.label(read.value) for read in self.flow.reads(step)}
        return tuple(pairs.items())

    def follow(self, storage: int, items: Any, wanted: Any, at: int, name: str) -> Guilty | None:
        """Who is to blame that items of a storage are not what they should be after a step; None where they are."""
        if len(self._chain) > MOST_DEEP or storage < 0:
            return None
        shaped, goal = np.asarray(items), np.reshape(wanted, np.shape(items))
        rows = self._rows(goal)
        if len(rows) > 1:
            rows.sort(key=lambda key: self._last_write(storage, shaped[key], at))
        for key in rows:
            found = self._follow(storage, shaped[key], goal[key], at, name)
            if found is not None:
                return found  # the first that went wrong: what comes later may only have inherited it
        return None

    def _last_write(self, storage: int, items: Any, at: int) -> int:
        writes = self.flow.touching(storage, items, at)
        return writes[-1].step if writes else -1

    def _rows(self, goal: Any) -> list[Any]:
        """The steps of a history, each followed by itself; the whole where it is no history."""
        for axis in range(goal.ndim if goal.ndim >= 2 else 0):
            items = self.library.recognise(np.take(goal, 0, axis)) + self.library.recognise(np.take(goal, -1, axis))
            if any(item.t is not None and item.sample is None for item in items) and goal.shape[axis] > 1:
                return [(*[slice(None)] * axis, i) for i in range(goal.shape[axis])]
        return [()]

    def _follow(self, storage: int, items: Any, wanted: Any, at: int, name: str) -> Guilty | None:
        flat, goal, shaped_as = np.ravel(items), np.ravel(wanted), np.asarray(items)
        self.judge.allow(goal)
        try:
            actual = self.flow.data(storage, at)[flat].astype("float64")
        except (Unreadable, IndexError):
            return None
        wrong = ~close(goal, actual, self.judge.limit)
        if not wrong.any():
            return None
        events = self.flow.touching(storage, flat[wrong], at)
        if not events:
            return None
        if all(event.born for event in events):
            if self.judge.blank(storage):
                return self._never_written(storage, events[0].step, at, name)
            kept_back = self.outputs.kept_back(storage, at)
            if kept_back is not None and self.judge.names(actual):
                return self.guilty(kept_back, "skipped", needed=self.judge.label(goal), output=name)
        if events[-1].step == at and len(self._chain) and at in self._chain and events[-1].born:
            return None
        summed = self.sums.first_wrong(
            storage, shaped_as, goal, [e for e in self.flow.writes(storage) if e.step <= at], name
        )
        if summed is not None:
            return summed
        step = self._last_wrong(storage, flat, at, events)
        if (renamed := self.bindings.renamed(storage, step, at, goal)) is not None:
            return self.guilty(renamed, "elsewhere", needed=self.judge.label(goal))
        known = (step, storage, flat[wrong].tobytes(), goal[wrong].tobytes())
        if known not in self._asked:
            self._asked[known] = None  # while it is being looked at
            self._asked[known] = self.spoiled(at, storage, flat, goal) or self.examine(
                step, storage, flat[wrong], goal[wrong], name
            )
        return self._asked[known]

    def spoiled(self, at: int, storage: int, items: Any, wanted: Any) -> Guilty | None:
        """Whether the right value stood there and was written over, perhaps under another name of the same array."""
        events = self.flow.touching(storage, items, at)
        if not np.any(wanted):
            return None
        by_chance = bool(events) and events[0].born and makes_empty(self.flow.statement(events[0].step))
        written = np.full(np.shape(items), not by_chance)
        for earlier, later in pairwise(events[by_chance:]):
            # What lies in memory that was only set aside may be what an earlier run left there: no line put it so.
            written |= np.isin(items, earlier.items)
            if not written.all():
                continue
            try:
                before, after = (self.flow.data(storage, w.step)[items].astype("float64") for w in (earlier, later))
            except Unreadable:
                return None
            if self.judge.same(before, wanted) and not self.judge.same(after, wanted):
                if self.outputs.adds(later.step):
                    return None  # a sum goes on
                shared = self.outputs.alias_of_target(later.step, storage)
                return self.guilty(
                    later.step if shared is None else shared, "overwrites", needed=self.judge.label(wanted)
                )
        return None

    def _last_wrong(self, storage: int, flat: Any, at: int, events: list[Any]) -> int:
        """The last write of what is wrong; or a later one that should have written it, and wrote nothing."""
        last = max(event.step for event in events)
        value = self.flow.data(storage, last)[flat].astype("float64")
        if self.judge.names(value):
            for later in self.flow.writes(storage):
                if last < later.step <= at and not later.items.size:
                    return int(later.step)
        return int(last)

    def _never_written(self, storage: int, birth: int, at: int, name: str) -> Guilty | None:
        """Items that stayed as they were made: the loop that writes their neighbours never came to them."""
        others = [write for write in self.flow.writes(storage) if not write.born and write.step <= at]
        for write in others:
            statement = self.flow.statement(write.step)
            if statement.loops:
                header = self.header_step(write.step, statement.loops[-1])
                if header is not None:
                    return self.guilty(header, "never", needed=name)
        return (
            self.guilty(others[-1].step, "computes", needed=name)
            if others
            else self.guilty(birth, "never", needed=name)
        )

    def header_step(self, step: int, loop: int) -> int | None:
        """The last run of a loop's header before a step of its body."""
        found = self.flow.header_runs(step, loop)
        found = found[found <= step]
        return int(found[-1]) if len(found) else None

    def enclosing_header(self, step: int) -> int | None:
        """The last run of the innermost loop's header around a step, in its own call or in those that led to it."""
        for _ in range(MOST_DEEP):
            loops = self.flow.statement(step).loops
            if loops:
                return self.header_step(step, loops[-1])
            found = self.outputs.caller(step)
            if found is None:
                return None
            step = found[0]
        return None

    def examine(
        self, step: int, storage: int, items: Any, wanted: Any, name: str, only_replaced: bool = False
    ) -> Guilty | None:
        """Who is to blame for what a step wrote: its statement, or what it read."""
        self._chain.append(step)
        try:
            enters = self.flow.enters(step)
            output = self.outputs.argument(step, storage) if enters else self.outputs.of(step, storage)
            if output is None:
                return None if enters or only_replaced else self.guilty(step, "computes", certain=False, output=name)
            at, node, shaped, placed = output
            actual = self.flow.data(storage, step)[shaped].astype("float64")
            lookup = {int(item): value for item, value in zip(items, wanted, strict=True)}
            known = zip(np.ravel(shaped).tolist(), np.ravel(actual), strict=True)
            goal = np.reshape([lookup.get(number, value) for number, value in known], actual.shape)
            goal = np.ma.masked_array(goal, ~np.isin(shaped, items))  # only what is known to be wrong is asked for
            if placed and self.judge.misplaced(actual, goal.data) and not only_replaced:
                return self.guilty(at, "placed", needed=self.judge.label(goal.data), output=name)
            return self.explain(at, node, actual, goal, name, only_replaced)
        finally:
            self._chain.pop()

    def explain(
        self, step: int, node: ast.expr, actual: Any, goal: Any, name: str, only_replaced: bool = False
    ) -> Guilty | None:
        """Which array in an expression is to blame that it does not give the goal; or its statement."""
        groups: dict[str, list[Read]] = {}
        for read in self.flow.reads(step, node):
            groups.setdefault(read.text, []).append(read)
        if copied := self.gathered.piece(step, node, list(groups.values()), actual, np.ma.getdata(goal), name):
            return copied
        doubts = {text: self.judge.doubt(group[0], step) for text, group in groups.items()}
        order = sorted(groups, key=lambda text: -doubts[text])
        if blamed := self._one_replaced(step, node, [groups[text] for text in order], goal):
            return blamed
        doubtful = [groups[text] for text in order if doubts[text] >= 3]
        if only_replaced:
            return None
        likely = [groups[text] for text in order if doubts[text] >= 1]
        pair = self.trials.several(step, node, likely, doubtful, goal)
        sound = [one for one in pair if self.trials.agrees(one[0], one[2])]
        both = [self.names.who(step, read, value, item, goal) for read, value, item in sound or pair]
        found_pair = min((one for one in both if one is not None), key=lambda one: self.began(one.step), default=None)
        if found_pair is not None:
            return found_pair
        for group in doubtful:
            value = self.trials.solved(step, node, group, goal)
            if value is not None:
                blamed = self.names.who(step, group[0], value, None, goal)
                if blamed is not None:
                    return blamed
        return self._itself(step, actual, goal, name, doubtful)

    def _one_replaced(self, step: int, node: ast.expr, groups: list[list[Read]], goal: Any) -> Guilty | None:
        """Who is to blame for the one array that is wrong; the likeliest first, and those whose name says otherwise last."""
        later = []
        for group in groups:
            found = self.trials.replaced(step, node, group, goal)
            if found is None:
                continue
            if not self.trials.agrees(group[0], found[0]):
                later.append((group, found))
            elif blamed := self.names.who(step, group[0], found[1], found[0], goal):
                return blamed
        asked = (self.names.who(step, group[0], found[1], found[0], goal) for group, found in later)
        return next(filter(None, asked), None)

    def _itself(self, step: int, actual: Any, goal: Any, name: str, doubtful: list[list[Read]]) -> Guilty:
        """The statement itself is to blame."""
        error = float(np.max(np.abs(actual - np.ma.getdata(goal)))) if goal.size else 0.0
        header = self.sums.stopped_short(step, actual, np.ma.getdata(goal), doubtful)
        if header is not None:
            return self.guilty(header, "missing", output=name, error=error)
        return self.guilty(
            step, "computes", certain=not doubtful, output=self.judge.label(np.ma.getdata(goal)) or name, error=error
        )
