# SPDX-License-Identifier: Apache-2.0
"""What an operation can write, and what a caller wants of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ._arrays import Array

# Kinds of results: rows of classes; a number per row of the type that sums have; an integer per row. After "*" as many
# per row as the call says (Call.each).
ROWS, COMPUTED, INT64, UINT8 = "rows", "computed", "int64", "uint8"


class Results:
    """What an operation can write: public name → (field of C, kind). `name` is that of the tuple of several."""

    def __init__(self, name: str, **fields: tuple[str, str]) -> None:
        self.name = name
        self.fields = fields

    def chosen(self, returns: str | Sequence[str]) -> Sequence[str]:
        names = (returns,) if isinstance(returns, str) else tuple(returns)
        for name in names:
            if name not in self.fields:
                raise ValueError(f"returns: {name!r} is not one of {', '.join(map(repr, self.fields))}")
        if not names or len(set(names)) < len(names):
            raise ValueError(f"returns: {returns!r} names nothing, or something twice")
        return names


@lru_cache(maxsize=None)
def tuple_type(name: str, fields: tuple[str, ...]) -> type[tuple[Any, ...]]:
    from collections import namedtuple

    return namedtuple(name, fields)  # type: ignore[return-value]


class Written(NamedTuple):
    field: str
    array: Array
    bytes_per_row: int  # 0: rows of classes
