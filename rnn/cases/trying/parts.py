"""Parts of arrays, `dW_xh[1/4]`: the second of four equal blocks of columns, as gates stand in one matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...arrays import AnyArray


def part_names(name: str, count: int) -> list[str]:
    """Names of all parts of an array."""
    return [f"{name}[{number}/{count}]" for number in range(count)]


def with_parts(values: Mapping[str, AnyArray], names: Iterable[str]) -> dict[str, AnyArray]:
    """Arrays by name, with those parts of them that are among some names; an array that has no such parts has none."""
    found = dict(values)
    for name in names:
        whole, _, rest = name.partition("[")
        if rest and whole in values and values[whole].ndim:
            number, count = (int(one) for one in rest[:-1].split("/"))
            columns = values[whole].shape[-1]
            if columns % count == 0:
                width = columns // count
                found[name] = values[whole][..., number * width : (number + 1) * width]
    return found
