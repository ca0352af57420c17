# SPDX-License-Identifier: Apache-2.0
"""Arrays of any shape as rows of classes, and back. Checks of shapes, types and temperatures, which all name the
argument, are here, too."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._call import check_dtype


@dataclass(frozen=True)
class Allowed:
    """Which numbers an argument may have, in words and as a function."""

    text: str
    holds: Callable[[np.ndarray], np.ndarray]


ZERO_OR_MORE = Allowed("0 or more and finite", lambda x: (x >= 0) & np.isfinite(x))
ABOVE_ZERO = Allowed("above 0 and finite", lambda x: (x > 0) & np.isfinite(x))
SHARE = Allowed("in [0, 1]", lambda x: (x >= 0) & (x <= 1))
SHARE_ABOVE_ZERO = Allowed("in (0, 1]", lambda x: (x > 0) & (x <= 1))


def check_numbers(name: str, value: Any, allowed: Allowed) -> None:
    """Checks numbers of Python and NumPy. Those of JAX need not be known yet: on the CPU the handler refuses them, on a
    GPU they make their rows NaN."""
    if isinstance(value, (numbers.Real, np.ndarray)) and not isinstance(value, bool):
        values = np.asarray(value, dtype=np.float64)
        wrong = values[~allowed.holds(values)]
        if wrong.size:
            raise ValueError(f"{name}: {wrong.flat[0]} is not {allowed.text}")


class RowsOf:
    """How arrays with classes along `axis` are seen as rows: the leading shape is their common shape without `axis`.

    Arrays of fewer dimensions, or with extents of 1 there, are repeated as in any operation of JAX. Rows of no classes
    are refused unless they may be empty, as where each element is a variable of its own.
    """

    def __init__(self, axis: int, may_be_empty: bool = False, **arrays: Any) -> None:
        self.axis = axis
        moved = {}
        for name, array in arrays.items():
            if array.ndim == 0:
                raise ValueError(f"{name}: a scalar has no axis of classes")
            if not -array.ndim <= axis < array.ndim:
                raise ValueError(f"axis: {axis} is not an axis of {name}, whose shape is {array.shape}")
            check_dtype(name, array.dtype)
            moved[name] = jnp.moveaxis(array, axis, -1)
        try:
            *leading, self.classes = np.broadcast_shapes(*(array.shape for array in moved.values()))
        except ValueError:
            shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
            raise ValueError(f"{', '.join(arrays)}: shapes {shapes} do not fit together") from None
        for name, array in moved.items():
            if array.shape[-1] != self.classes or (self.classes == 0 and not may_be_empty):
                raise ValueError(f"{name}: {array.shape[-1]} classes along axis {axis} are not {self.classes or 'any'}")
        if len({array.dtype for array in moved.values()}) > 1:
            types = ", ".join(f"{name} {array.dtype}" for name, array in arrays.items())
            raise TypeError(f"{', '.join(arrays)}: types {types} differ")
        self.leading = tuple(leading)
        self.rows = math.prod(self.leading)
        self.arrays = [self._rows(array) for array in moved.values()]  # [rows or 1, classes]
        self.dtype = self.arrays[0].dtype

    def _rows(self, array: jax.Array) -> jax.Array:
        if math.prod(array.shape[:-1]) == 1:
            return array.reshape(1, self.classes)
        return jnp.broadcast_to(array, (*self.leading, self.classes)).reshape(self.rows, self.classes)

    def per_row(self, name: str, x: Any) -> jax.Array:
        """A number for all rows as [1], one for each as [rows]; the axis of classes may be there, with extent 1."""
        x = jnp.asarray(x)
        if not jnp.issubdtype(x.dtype, jnp.floating):
            if not jnp.issubdtype(x.dtype, jnp.integer):
                raise TypeError(f"{name}: an array of {x.dtype} is not one of real numbers")
            x = x.astype(jnp.float32)
        return self.numbers_per_row(name, x)

    def numbers_per_row(self, name: str, x: jax.Array) -> jax.Array:
        """The same for numbers of any type."""
        if x.ndim == 0:
            return x.reshape(1)
        if x.ndim == len(self.leading) + 1 and x.shape[self.axis] == 1:
            x = x.squeeze(self.axis)
        try:
            return jnp.broadcast_to(x, self.leading).reshape(self.rows)
        except ValueError:
            raise ValueError(
                f"{name}: the shape {x.shape} is not broadcast to {self.leading}, that of the rows"
            ) from None

    def back(self, y: jax.Array) -> jax.Array:
        """From [rows, classes] to the arrays' shape."""
        return jnp.moveaxis(y.reshape(*self.leading, self.classes), -1, self.axis)

    def back_per_row(self, x: jax.Array) -> jax.Array:
        """From [rows] or [rows, each] to the leading shape, with `each` last."""
        return x.reshape(*self.leading, *x.shape[1:])


def sum_to(x: jax.Array, like: jax.Array) -> jax.Array:
    """A gradient for each row, or each element, as that of an operand which stands for all of them."""
    for axis, extent in enumerate(like.shape):
        if extent == 1 and x.shape[axis] != 1:
            x = x.sum(axis, keepdims=True)
    return x.astype(like.dtype)


def check_k(k: int, of: RowsOf) -> None:
    if not 1 <= k <= of.classes:
        raise ValueError(f"k: {k} is not in [1, {of.classes}], from 1 to the number of classes")
