"""What written files hold in place of `problem`: a small class with only those helpers that the user's code uses."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Collection
from dataclasses import dataclass

from ...cases import script
from ...parsing import parse_module


@dataclass(frozen=True)
class Helper:
    """A method of the class as text. needs: other methods that it calls."""

    text: str
    needs: tuple[str, ...] = ()


HEAD = '''class Problem:
    """Stands for what run(problem) is given: the same arrays, and the helpers that the code uses."""

    def __init__(self, **given):
        vars(self).update(copy.deepcopy(given))
'''

HELPERS: dict[str, Helper] = {
    "_ours": Helper('''
    def _ours(self, name):
        data = {"x": self.x, "target": self.target, "loss_weights": self.loss_weights}
        return {**self.params, **self.states, **data}[name]
'''),
    "_read": Helper('''
    def _read(self, where, path):
        for piece in path.split("."):
            if isinstance(where, dict):
                where = where[piece] if piece in where else where[int(piece)]
            else:
                where = where[int(piece)] if isinstance(where, (list, tuple)) else getattr(where, piece)
        return where
'''),
    "named": Helper('''
    def named(self, **names):
        return {own: self._ours(name) for own, name in names.items()}
''', ("_ours",)),
    "put": Helper('''
    def put(self, where, /, **names):
        for path, name in names.items():
            *before, last = path.split(".")
            holder, value = self._read(where, ".".join(before)) if before else where, copy.deepcopy(self._ours(name))
            if isinstance(holder, list):
                holder[int(last)] = value
            elif isinstance(holder, dict):
                holder[int(last) if last.isdigit() and last not in holder else last] = value
            else:
                setattr(holder, last, value)
''', ("_ours", "_read")),
    "take": Helper('''
    def take(self, where, /, prefix="d", **names):
        found = {}
        for path, name in names.items():
            *before, last = path.split(".")
            if name in self.params or name in self.states:
                found["d" + name] = self._read(where, ".".join([*before, prefix + last]))
            else:
                found[name] = self._read(where, path)
        return found
''', ("_read",)),
    "updates": Helper('''
    @contextlib.contextmanager
    def updates(self, where, rate, /, **names):
        before, found = {path: np.array(self._read(where, path)) for path in names}, {}
        yield found
        for path, name in names.items():
            found["d" + name] = (before[path] - np.array(self._read(where, path))) / rate
''', ("_read",)),
    "one_hot": Helper('''
    def one_hot(self, ids, classes=None):
        return np.eye(classes or vars(self).get("V", self.D), dtype=self.dtype)[np.asarray(ids)]
'''),
    "step_by_step": Helper('''
    def step_by_step(self, forward, backward, upstream=None):
        xs, given = self._steps(self.x, self.x_axis), self.dh if upstream is None else upstream
        rows = None if callable(given) else self._steps(given, self.above_axis)
        above = given if rows is None else lambda t, h: rows[t]
        try:
            inspect.signature(forward).bind(None)
        except TypeError:
            return self._drive(xs, forward, backward, above)
        hs = [np.array(forward(x)) for x in xs]
        dxs = [backward(above(t, hs[t])) for t in reversed(range(len(xs)))][::-1]
        return {"dx": dxs} if all(np.shape(dx) == np.shape(xs[0]) for dx in dxs) else {}
''', ("_steps", "_drive")),
    "_steps": Helper('''
    @staticmethod
    def _steps(value, axis):
        return value if isinstance(value, list) else [np.array(row) for row in np.moveaxis(np.array(value), axis, 0)]
'''),
    "_drive": Helper('''
    def _drive(self, xs, forward, backward, above):
        names = [name[:-1] for name in self.states]
        states, kept = [np.array(value) for value in self.states.values()], []
        for x in xs:
            answer = forward(x, *states)
            parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
            states = parts[: len(names)]
            kept.append((np.array(states[0]), parts[len(names) :]))
        carried, found = [np.zeros_like(state) for state in states], {}
        for t in reversed(range(len(xs))):
            h, more = kept[t]
            answer = backward(carried[0] + above(t, h), *carried[1:], *more)
            if not isinstance(answer, dict):
                parts = list(answer) if isinstance(answer, (tuple, list)) else [answer]
                answer = {f"d{name}_prev": part for name, part in zip(names, parts)}
            carried = [np.array(answer.pop(f"d{name}_prev")) for name in names]
            for name, value in answer.items():
                if name[1:] in self.params:
                    found[name] = found.get(name, 0) + np.array(value)
                else:
                    found[name] = [np.array(value), *found.get(name, [])]
        return {**found, **{f"d{name}0": value for name, value in zip(names, carried)}}
'''),
    "script": Helper('''
    def script(self, path, /, keep=None, **pinned):
        pinning = Pinning(pinned)
        tree = pinning.visit(ast.parse(Path(path).read_text(encoding="utf-8"), path))
        space = {"__name__": "__main__", "__file__": path, PIN: lambda name: copy.deepcopy(pinned[name])}
        exec(compile(tree, path, "exec"), space)
        return {name: value for name, value in space.items() if not name.startswith("__")}
'''),
}  # fmt: skip
"""By name; those that begin with an underscore are there for others."""

IMPORTS = {"updates": "contextlib", "step_by_step": "inspect", "script": "ast"}
"""What a helper needs besides copy and NumPy."""


@dataclass(frozen=True)
class StandIn:
    """The text of the class, and the standard modules that it needs."""

    text: str
    imports: tuple[str, ...]


def stand_in(used: Collection[str]) -> StandIn:
    """The class with the helpers among some names, and what they call."""
    wanted, waiting = set[str](), [name for name in used if name in HELPERS]
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        waiting += [other for other in HELPERS[name].needs if other not in wanted]
    text = HEAD + "".join(helper.text for name, helper in HELPERS.items() if name in wanted)
    if "script" in wanted:
        text = f"{_pinning()}\n\n{text}"
    return StandIn(text, tuple(sorted({IMPORTS[name] for name in wanted if name in IMPORTS})))


def _pinning() -> str:
    """What puts other values to names of a script, as it stands in the program."""
    text = inspect.getsource(script)
    kept = ("PIN", "SCOPES", "LOOPS", "_bound", "_only_names", "_own_break", "_Pinning")
    parts = []
    for node in parse_module(text).body:
        names = [target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)]
        if (names or [getattr(node, "name", "")])[0] in kept:
            parts.append(ast.unparse(_without_hints(node)))
    return "\n\n".join(parts).replace("_Pinning", "Pinning")


def _without_hints(node: ast.stmt) -> ast.stmt:
    """A definition without annotations, which would need imports."""
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            part.returns = None
        elif isinstance(part, ast.arg):
            part.annotation = None
        elif isinstance(part, ast.AnnAssign) and part.value is None:
            raise AssertionError("a field without a value")
    return node
