# SPDX-License-Identifier: Apache-2.0
"""Gumbel noise, Gumbel-max and Gumbel-softmax."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from ._call import ROWS, call, check_dtype
from ._keys import check_address, first_row_of, seed_of
from ._relaxation import relaxation
from ._rows import ZERO_OR_MORE, RowsOf, check_numbers

_softmax_rows = relaxation("gumbel_softmax", "one_hot")


def gumbel_noise(key: Any, shape: tuple[int, ...] = (), dtype: Any = jnp.float32, *, row: Any = None) -> jax.Array:
    """Standard Gumbel variates, as jax.random.gumbel gives them, with the exact tail: float32 in [-3.13, 45.06].

    Args:
      key: a JAX key.
      shape: of the result. The last dimension is that of classes, the others are rows.
      dtype: float16, bfloat16, float32 or float64. 16-bit noise is float32's, rounded.
      row: the number in the key's stream of the first row, an integer; None is 0.
    """
    row = check_address(key, row)
    check_dtype("dtype", dtype)
    return _gumbel_noise(key, row, tuple(shape), jnp.dtype(dtype))


@partial(jax.jit, static_argnums=(2, 3))
def _gumbel_noise(key: Any, row: Any, shape: tuple[int, ...], dtype: Any) -> jax.Array:
    *leading, classes = shape or (1,)
    rows = math.prod(leading)
    noise = {"seed": seed_of(key), "first_row": first_row_of(row)}
    return call("gumbel_noise", rows, classes, dtype, noise, {"out": ((rows, classes), ROWS)})[0].reshape(shape)


def gumbel_max(key: Any, logits: Any, axis: int = -1, *, row: Any = None) -> jax.Array:
    """Samples of softmax(logits) along `axis`, by the Gumbel-max trick.

    Args:
      key: a JAX key.
      logits: float16, bfloat16, float32 or float64; -inf masks a class.
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      Classes in [0, classes), in the shape of logits without `axis`, of JAX's default integer type. A row without a
      logit above -inf, or with a NaN or +inf, gives -1.
    """
    row = check_address(key, row)
    return _gumbel_max(key, jnp.asarray(logits), row, axis)


@partial(jax.jit, static_argnums=3)
def _gumbel_max(key: Any, logits: jax.Array, row: Any, axis: int) -> jax.Array:
    of = RowsOf(axis, logits=jax.lax.stop_gradient(logits))
    operands = {"seed": seed_of(key), "first_row": first_row_of(row), "logits": of.arrays[0]}
    index = call("gumbel_max", of.rows, of.classes, of.dtype, operands, {"index_int32": ((of.rows,), jnp.int32)})[0]
    return of.back_per_row(index.astype(jax.dtypes.canonicalize_dtype(int)))


def gumbel_softmax(
    key: Any, logits: Any, tau: Any = 1.0, hard: bool = False, axis: int = -1, *, row: Any = None
) -> jax.Array:
    """Relaxed samples y = softmax((logits + gumbel)/tau) along `axis`, with gradients for logits and tau.

    Jang, Gu, Poole, arXiv:1611.01144; Maddison, Mnih, Teh, arXiv:1611.00712.

    Args:
      key: a JAX key.
      logits: float16, bfloat16, float32 or float64; -inf masks a class, whose y is exactly 0.
      tau: a number, or one for each row, in the shape of logits without `axis`; 0 or more, finite. 0 is the limit:
        one-hot, with gradient 0.
      hard: if True, the result is one-hot, the sample that gumbel_max draws. Its gradient is that of y
        (straight-through).
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      An array of the shape and type of logits. Rows without a logit above -inf, or with a NaN or +inf, are NaN.
    """
    row = check_address(key, row)
    check_numbers("tau", tau, ZERO_OR_MORE)
    return _gumbel_softmax(key, jnp.asarray(logits), tau, row, bool(hard), axis)


@partial(jax.jit, static_argnums=(4, 5))
def _gumbel_softmax(key: Any, logits: jax.Array, tau: Any, row: Any, hard: bool, axis: int) -> jax.Array:
    of = RowsOf(axis, logits=logits)
    return of.back(_softmax_rows(hard, (), seed_of(key), first_row_of(row), of.arrays[0], of.per_row("tau", tau)))
