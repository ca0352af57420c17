# SPDX-License-Identifier: Apache-2.0
"""From a JAX key to the seed of a noise stream, so that a key of a trace works as well as one at hand."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def check_address(key: Any, row: Any = None) -> Any:
    """The row as first_row_of() takes it; to be called outside of jit, where numbers are still whole.

    Raises TypeError if `key` is no JAX key or `row` no integer, ValueError if `key` is not a single one or `row` not
    one number in [0, 2^64). What a trace knows of a row is its type and shape, so that its number is not checked there.
    """
    _check_key(key)
    return _checked_row(row)


def _check_key(key: Any) -> None:
    dtype = getattr(key, "dtype", None)
    if dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key):
        if key.shape != ():
            raise ValueError(f"key: an array of keys of shape {key.shape} is not one key; use jax.vmap over its keys")
    elif dtype is None or np.dtype(dtype) != np.uint32:
        what = type(key).__name__ if dtype is None else f"an array of {dtype}"
        raise TypeError(f"key: {what} is no JAX key; make one with jax.random.key(seed)")
    elif key.shape not in ((2,), (4,)):
        raise ValueError(f"key: a raw key has the shape (2,) or (4,), not {key.shape}; use jax.vmap for several keys")


def seed_of(key: Any) -> jax.Array:
    """The seed 2³²·d[0] + d[1], where d is the key's data, as uint32[2] with the low half first.

    So jax.random.key(7) has the seed 7. Of a key of four words (rbg) the first two are used: jax.random.split and
    fold_in change these as they change a key of two words.
    """
    data = jax.random.key_data(key) if jnp.issubdtype(key.dtype, jax.dtypes.prng_key) else jnp.asarray(key)
    return data[1::-1]


def _checked_row(row: Any) -> Any:
    """A number that is known as uint32[2], low half first, since jit would make it an int32; None and JAX's as is."""
    if row is None:
        return None
    array = row if hasattr(row, "dtype") else np.asarray(row)
    # NumPy has no type for integers of Python beyond 64 bits.
    if type(row) is not int and not jnp.issubdtype(array.dtype, jnp.integer):
        raise TypeError(f"row: an array of {array.dtype} is no row number; an integer is")
    if array.shape != ():
        raise ValueError(f"row: an array of shape {array.shape} is not one number; use jax.vmap over rows")
    if isinstance(row, jax.core.Tracer):
        return row
    number = int(row)
    if not 0 <= number < 2**64:
        raise ValueError(f"row: {number} is not in [0, 2^64)")
    return np.array([number & 0xFFFFFFFF, number >> 32], np.uint32)


def first_row_of(row: Any) -> jax.Array | None:
    """What check_address() gave, as uint32[2] with the low half first; None stays None, which is row 0."""
    if row is None or row.shape == (2,):
        return row
    if row.dtype.itemsize == 8:
        return jax.lax.bitcast_convert_type(row, jnp.uint32)
    return jnp.stack([row.astype(jnp.uint32), jnp.uint32(0)])
