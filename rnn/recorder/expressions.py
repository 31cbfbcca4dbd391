"""Evaluates a small part of Python on given values, without ever running code of the user.

Names, attributes and entries are asked of a `Resolver`; arithmetic, comparisons and the functions of NumPy listed here are
carried out. Everything else is refused with `Unreadable`. Used to carry statements out again when a recording is read, and
for the conditions a user types. Results are bounded in size, so that nothing typed can hang or fill the memory.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from ..parsing import parse_eval

MAX_ITEMS = 1 << 26
MAX_INTEGER_BITS = 4096


class Unreadable(Exception):
    """The expression, or a value in it, can't be had; the text says why."""


class Resolver(Protocol):
    """Where names and their insides come from."""

    def name(self, name: str) -> Any:
        """The value of a name; raises `Unreadable`."""

    def attribute(self, value: Any, name: str) -> Any:
        """An attribute of something that is no array; raises `Unreadable`."""

    def item(self, value: Any, key: Any) -> Any:
        """An entry of something that is no array; raises `Unreadable`."""

    def function(self, dotted: str) -> str:
        """What a dotted name means in NumPy's terms (`numpy.dot`), or an empty text."""


_NUMPY = (
    "dot matmul outer inner einsum tensordot kron sum mean prod cumsum multiply add subtract divide true_divide "
    "negative reciprocal exp expm1 log log1p log2 log10 sqrt cbrt square power float_power tanh sinh cosh sin cos arctan "
    "arctanh abs absolute fabs sign maximum minimum fmax fmin where clip zeros_like ones_like empty_like full_like transpose "
    "reshape ravel squeeze expand_dims swapaxes moveaxis flip flipud fliplr roll concatenate stack vstack hstack column_stack "
    "atleast_1d atleast_2d atleast_3d diag diagflat diagonal trace copy array asarray ascontiguousarray broadcast_to repeat "
    "tile argmax argmin max min amax amin std var any all isfinite isnan isinf greater greater_equal less less_equal equal "
    "not_equal logical_and logical_or logical_not heaviside count_nonzero float32 float64 int32 int64 bool_ rint floor ceil "
    "array_equal allclose linalg.norm ptp median mod remainder eye identity arange"
)
FUNCTIONS: dict[str, Callable[..., Any]] = {f"numpy.{name}": operator.attrgetter(name)(np) for name in _NUMPY.split()}
BUILTINS: dict[str, Callable[..., Any]] = {
    "abs": abs, "len": len, "min": min, "max": max, "float": float, "int": int, "bool": bool, "round": round
}  # fmt: skip
METHODS = frozenset(
    "dot sum mean prod cumsum copy reshape ravel flatten transpose squeeze swapaxes astype max min argmax argmin std var any "
    "all clip repeat diagonal trace item round conj".split()
)
ARRAY_ATTRIBUTES = frozenset("T shape size ndim real imag dtype nbytes strides mT".split())
CONSTANTS = {"numpy.newaxis": None, "numpy.pi": np.pi, "numpy.inf": np.inf, "numpy.nan": np.nan, "numpy.e": np.e}
MAKERS = frozenset({"numpy.outer", "numpy.kron", "numpy.tile", "numpy.repeat", "numpy.broadcast_to", "numpy.tensordot"})
COUNTED = frozenset({"numpy.eye", "numpy.identity", "numpy.arange"})
"""Make an array from whole numbers: `np.eye(K)[target]`, `p[np.arange(B), target]`."""

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.MatMult: operator.matmul,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
}  # fmt: skip
IN_PLACE: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.iadd, ast.Sub: operator.isub, ast.Mult: operator.imul, ast.Div: operator.itruediv
}  # fmt: skip
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_, ast.Invert: operator.invert
}  # fmt: skip
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
STAND_INS = {"__return__": "return", "__yield__": "yield"}
GIVEN_BACK = re.compile(r"^(return|yield)(?=\s*(?:[\[.]|$))")
"""What a function returned has a path that is no Python: `return['dW']`."""
PLAIN = (int, float, bool, complex, str, type(None), np.ndarray, np.generic, tuple, slice)
NUMBERS = (int, float, bool, complex, np.ndarray, np.generic)


def dotted_name(node: ast.expr) -> str:
    """`np.linalg.norm` for such a node; empty for anything but names and attributes."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted_name(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def _size(value: Any) -> int:
    return int(value.size) if isinstance(value, np.ndarray) else 1


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > MAX_INTEGER_BITS:
        raise Unreadable("a whole number grows too large")
    return value


class Evaluator:
    """Evaluates expressions with one resolver."""

    def __init__(self, resolver: Resolver) -> None:
        """Args: resolver: where values come from."""
        self._resolver = resolver

    def evaluate(self, node: ast.expr) -> Any:
        """The value; raises `Unreadable` where it can't be had."""
        visit = getattr(self, f"_{type(node).__name__.lower()}", None)
        if visit is None:
            raise Unreadable(f"{ast.unparse(node)} is more than this evaluator does")
        try:
            return _bounded(visit(node))
        except (Unreadable, MemoryError, RecursionError):
            raise
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise Unreadable(f"{ast.unparse(node)}: {error}") from error

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        return self._resolver.name(node.id)

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(self.evaluate(part) for part in node.elts)

    def _list(self, node: ast.List) -> Any:
        return [self.evaluate(part) for part in node.elts]

    def _slice(self, node: ast.Slice) -> Any:
        return slice(*(None if part is None else self.evaluate(part) for part in (node.lower, node.upper, node.step)))

    def _attribute(self, node: ast.Attribute) -> Any:
        known = self._resolver.function(dotted_name(node))
        if known in CONSTANTS:
            return CONSTANTS[known]
        value = self.evaluate(node.value)
        if isinstance(value, (np.ndarray, np.generic)):
            if node.attr not in ARRAY_ATTRIBUTES:
                raise Unreadable(f"the attribute {node.attr} of an array is not read here")
            return getattr(value, node.attr)
        return self._resolver.attribute(value, node.attr)

    def _subscript(self, node: ast.Subscript) -> Any:
        value, key = self.evaluate(node.value), self.evaluate(node.slice)
        if isinstance(value, (np.ndarray, np.generic, tuple, str)):
            whole: Any = value
            return whole[key]
        return self._resolver.item(value, key)

    def _binop(self, node: ast.BinOp) -> Any:
        if type(node.op) not in BINARY:
            raise Unreadable(f"{ast.unparse(node)} is more than this evaluator does")
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if not isinstance(left, NUMBERS) or not isinstance(right, NUMBERS):
            raise Unreadable(f"{ast.unparse(node)} is no arithmetic on numbers")
        if isinstance(node.op, ast.Pow) and isinstance(left, int) and isinstance(right, int) and abs(right) > 64:
            raise Unreadable("such a power of whole numbers is not computed here; write it with a decimal point")
        if max(_size(left), 1) * max(_size(right), 1) > MAX_ITEMS and np.shape(left) != np.shape(right):
            if np.prod(np.broadcast_shapes(np.shape(left), np.shape(right))) > MAX_ITEMS and not isinstance(
                node.op, ast.MatMult
            ):
                raise Unreadable("the result would be too large")
        with np.errstate(all="ignore"):  # what comes of it is shown; a warning would stand among the results
            return BINARY[type(node.op)](left, right)

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        return UNARY[type(node.op)](self.evaluate(node.operand))

    def _boolop(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for part in node.values:
            value = self.evaluate(part)
            if bool(value) != isinstance(node.op, ast.And):
                return value
        return value

    def _compare(self, node: ast.Compare) -> Any:
        left, result = self.evaluate(node.left), True
        for op, part in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(part)
            if type(op) not in COMPARE or not (isinstance(left, PLAIN) and isinstance(right, PLAIN)):
                raise Unreadable(f"{ast.unparse(node)} is more than this evaluator does")
            result = COMPARE[type(op)](left, right)
            if len(node.ops) > 1 and not result:
                return False
            left = right
        return result

    def _ifexp(self, node: ast.IfExp) -> Any:
        return self.evaluate(node.body if self.evaluate(node.test) else node.orelse)

    def _call(self, node: ast.Call) -> Any:
        if any(word.arg is None or word.arg == "out" for word in node.keywords):
            raise Unreadable(f"{ast.unparse(node)} is more than this evaluator does")
        name = dotted_name(node.func)
        known = self._resolver.function(name)
        function = FUNCTIONS.get(known) or (BUILTINS.get(name) if not known else None)
        arguments = []
        if function is None:
            if not isinstance(node.func, ast.Attribute) or node.func.attr not in METHODS:
                raise Unreadable(f"{ast.unparse(node.func)} is no function that can be called here")
            receiver = self.evaluate(node.func.value)
            if not isinstance(receiver, (np.ndarray, np.generic)):
                raise Unreadable(f"{ast.unparse(node.func)} is no method of an array")
            function = getattr(receiver, node.func.attr)
        arguments = [self.evaluate(part) for part in node.args]
        words = {str(word.arg): self.evaluate(word.value) for word in node.keywords}
        self._check_call(node, known, arguments, words)
        with np.errstate(all="ignore"):
            return function(*arguments, **words)

    def _check_call(self, node: ast.Call, known: str, arguments: list[Any], words: dict[str, Any]) -> None:
        """Values only, and no result that could not be held."""
        flat = [part for one in (*arguments, *words.values()) for part in (one if isinstance(one, list) else [one])]
        if not all(isinstance(part, (*PLAIN, list, np.dtype, type)) for part in flat):
            raise Unreadable(f"{ast.unparse(node)} is called on something that is no number")
        if known in COUNTED:
            numbers = [part for part in flat if isinstance(part, (int, float, np.number))]
            if not all(np.isfinite(part) and part == int(part) for part in numbers):
                raise Unreadable(f"{ast.unparse(node)} is made of numbers that are not whole")
            most = max((abs(int(part)) for part in numbers), default=0)
            if most > MAX_ITEMS // 2 or (known != "numpy.arange" and most**2 > MAX_ITEMS):
                raise Unreadable("the result would be too large")
        if known in MAKERS:
            sizes = [max(1, _size(part)) for part in flat]
            shapes = [n for part in flat if isinstance(part, (int, tuple)) for n in np.ravel(part)]
            if np.prod([float(n) for n in (*sizes, *shapes) if n]) > float(MAX_ITEMS) ** 2:
                raise Unreadable("the result would be too large")


class _GivenBack(ast.NodeTransformer):
    """Turns a stand-in back into the name that a recording knows what a function returned by."""

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = STAND_INS.get(node.id, node.id)
        return node


def parse_expression(text: str) -> ast.expr:
    """Parse an expression; raises `Unreadable` with the place of the mistake."""
    try:
        tree: ast.expr = _GivenBack().visit(parse_eval(GIVEN_BACK.sub(r"__\1__", text.strip())))
        return tree
    except SyntaxError as error:
        raise Unreadable(f"{text!r} is no expression ({error.msg}, character {error.offset})") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{text[:60]!r} can't be read as an expression") from error


def numpy_aliases(names: Mapping[str, Any]) -> dict[str, str]:
    """Which of a file's global names mean NumPy, a module of it, or one of its listed functions."""
    functions = {id(function): name for name, function in FUNCTIONS.items()}
    found = {}
    for name, value in names.items():
        if value is np:
            found[name] = "numpy"
        elif value is np.linalg:
            found[name] = "numpy.linalg"
        elif id(value) in functions:
            found[name] = functions[id(value)]
    return found


def numpy_name(dotted: str, aliases: Mapping[str, str]) -> str:
    """`numpy.dot` for `np.dot`; empty for what is not NumPy's."""
    first, _, rest = dotted.partition(".")
    if first not in aliases:
        return ""
    return f"{aliases[first]}.{rest}" if rest else aliases[first]
