"""The families of edits that repair what people do wrong in a backward pass, in one table."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..code import Code, Piece
from . import calls, factors, indices, loops, missing, names, products, scales, statements, sums, throughout

READS = "has {was} where {now} is needed"


@dataclass(frozen=True)
class Family:
    """One kind of edit.

    Attributes:
        name: of it. words: what a repair by it says, with `was` and `now`, behind `line 61`. make: ways to change a node.
    """

    name: str
    words: str
    make: Callable[[ast.AST, Code], Iterator[Piece]]


EDITS: tuple[Family, ...] = (
    Family("index", "{reads} {was} where {now} is needed", indices.index),
    Family("accumulate", "has {was} where {now} is needed", sums.accumulate),
    Family("transpose", "has {was} where {now} is needed: a transpose", products.transpose),
    Family("name", "{reads} {was} where {now} is needed", names.names),
    Family("operand", "{reads} {was} where {now} is needed", names.operands),
    Family("attribute", "{reads} {was} where {now} is needed", names.attributes),
    Family("key", "{reads} {was} where {now} is needed", names.keys),
    Family("sign", "has {was} where {now} is needed: a sign", sums.signs),
    Family("factor dropped", "has {was} where {now} is needed: a factor too many", factors.factor_dropped),
    Family("term dropped", "has {was} where {now} is needed: a term too many", sums.term_dropped),
    Family("slope", "has {was} where {now} is needed: the slope of another function", factors.slope),
    Family("complement", READS, factors.complement),
    Family("slice", "{reads} {was} where {now} is needed", indices.slices),
    Family("part", "{reads} {was} where {now} is needed", indices.sliced),
    Family("from the end", "{reads} {was} where {now} is needed", indices.turned),
    Family("start", "has {was} where {now} is needed: at the first step the index wraps round", indices.wrapped),
    Family("range", "runs over {was} where {now} is needed", loops.ranges),
    Family("order of a loop", "runs over {was} where {now} is needed", loops.order),
    Family("end of a list", READS, loops.ends_of_lists),
    Family("carry", "has {was} where {now} is needed: what is carried is never added", sums.carry),
    Family("exchanged", "has {was} where {now} is needed: the two sides are exchanged", products.exchanged),
    Family("order of items", "has {was} where {now} is needed: the order", products.exchanged_items),
    Family("kind of product", "has {was} where {now} is needed: another product", products.kind),
    Family("letters", READS, products.letters),
    Family("brackets", "has {was} where {now} is needed: the brackets", sums.brackets),
    Family("repeated index", "has {was} where {now} is needed: an index that comes twice counts once", sums.repeated),
    Family("slope added", "has {was} where {now} is needed: a slope is missing", factors.slope_added),
    Family("factor", "has {was} where {now} is needed: a factor is missing", factors.factor_added),
    Family("number", "has {was} where {now} is needed: a factor is missing", scales.numbers),
    Family("divided", "lacks {added} behind {was}", scales.divided),
    Family("size", "has {was} where {now} is needed: another size", scales.sizes),
    Family("another factor", "has {was} where {now} is needed: another factor", factors.factor_replaced),
    Family("matrix", "has {was} where {now} is needed: a matrix is missing", factors.matrix_added),
    Family("mean", READS, scales.means),
    Family("function", READS, factors.applied),
    Family("axis", "has {was} where {now} is needed: the axis", calls.axes),
    Family("copy", "has {was} where {now} is needed: one array has two names", calls.copies),
    Family("zeros", READS, calls.fresh),
    Family("clip", "has {was} where {now} is needed: it cuts off", calls.clips),
    Family("constant", READS, calls.constants),
    Family("comparison", READS, calls.comparisons),
    Family("sibling", "has {was} where {now} is needed, as for its siblings", statements.like_its_sibling),
    Family("missing sibling", "lacks {added} beside {was}", statements.missing_sibling),
    Family(
        "sibling term",
        "has {was} where {now} is needed: a term is missing beside its siblings",
        statements.sibling_term,
    ),
    Family("order of statements", "comes at the wrong place: {was}", statements.order),
    Family("indices", READS, indices.exchanged),
    Family("index throughout", READS, throughout.index),
    Family("name throughout", READS, throughout.name),
    Family("reset", "lacks {added} in the loop as well", missing.reset),
    Family("target", "lacks {added} behind {was}", missing.target),
    Family("end of the loop", "stands in the loop and belongs behind it: {was}", statements.tail_out_of_loop),
    Family("out of the loop", "stands in the loop and belongs outside: {was}", statements.out_of_loop),
    Family("into the loop", "stands outside the loop and belongs inside: {was}", statements.into_loop),
    Family("dropped", "is too many: {was}", statements.dropped),
    Family("handed on", "lacks {added} behind {was}", sums.hand_on),
    Family("term", "has {was} where {now} is needed: a term is missing", sums.term_added),
    Family("keyword", READS, names.keywords),
    Family("function of a module", READS, names.functions),
    Family("operator", READS, scales.operators),
)
"""Common mistakes first: of two edits that make the same text, the first one's words are used."""
