# SPDX-License-Identifier: Apache-2.0
"""Draws from categorical distributions: jax.random.categorical's signature, and a language model's filters."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._call import COMPUTED, INT64, call, float32_of, index_of
from ._keys import check_address, first_row_of, seed_of
from ._no_gradient import without_gradient
from ._rows import SHARE, SHARE_ABOVE_ZERO, ZERO_OR_MORE, RowsOf, check_numbers

_MOST = 2**31 - 1  # as many classes as an int32 index can tell apart


def categorical(
    key: Any,
    logits: Any,
    axis: int = -1,
    shape: tuple[int, ...] | None = None,
    replace: bool = True,
    *,
    row: Any = None,
) -> jax.Array:
    """Samples of softmax(logits) along `axis`: takes the place of jax.random.categorical.

    Noise of many draws is never stored: memory is that of logits and result.

    Args:
      key: a JAX key.
      logits: float16, bfloat16, float32 or float64; -inf masks a class.
      axis: of the classes.
      shape: of the result; it ends with the shape of logits without `axis`, or with one to which that is broadcast,
        whose rows then draw independently. Dimensions before it are further draws of each row. None: one draw.
      replace: if False, the draws of a row are without replacement (Gumbel top-k), in the order of the draws.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      Classes of JAX's default integer type; -1 for a row without a logit above -inf, or with a NaN or +inf, and,
      without replacement, where a row has no class left.
    """
    row = check_address(key, row)
    logits = jnp.asarray(logits)
    of_logits = RowsOf(axis, logits=logits)
    shape = of_logits.leading if shape is None else tuple(map(int, shape))
    ndim = len(of_logits.leading)
    draws, rows = shape[: len(shape) - ndim], shape[len(shape) - ndim :]
    try:
        fits = np.broadcast_shapes(of_logits.leading, rows) == rows
    except ValueError:
        fits = False
    if len(shape) < ndim or not fits:
        raise ValueError(f"shape: {shape} does not end with {of_logits.leading}, the shape of logits without `axis`")
    count = math.prod(draws)
    if not replace and count > of_logits.classes:
        raise ValueError(f"shape: {count} draws without replacement are more than the {of_logits.classes} classes")
    return _categorical(key, logits, row, axis, draws, rows, bool(replace))


@partial(jax.jit, static_argnums=(3, 4, 5, 6))
def _categorical(
    key: Any,
    logits: jax.Array,
    row: Any,
    axis: int,
    draws: tuple[int, ...],
    leading: tuple[int, ...],
    replace: bool,
) -> jax.Array:
    # Rows that are broadcast draw independently, so that they have to be there.
    logits = jnp.moveaxis(jax.lax.stop_gradient(logits), axis, -1)
    logits = jnp.broadcast_to(logits, (*leading, logits.shape[-1]))
    of = RowsOf(-1, logits=logits)
    count = math.prod(draws)
    if count == 0:
        return jnp.zeros((*draws, *leading), jax.dtypes.canonicalize_dtype(int))
    operands = {"seed": seed_of(key), "first_row": first_row_of(row), "logits": of.arrays[0]}
    if replace:
        results: dict[str, Any] = {"index_int32": ((of.rows, count), jnp.int32)}
        index = call("categorical_sample", of.rows, of.classes, of.dtype, operands, results, draws=count)[0]
        index = index.astype(jax.dtypes.canonicalize_dtype(int))
    else:
        results = {"index": ((of.rows, count), INT64)}
        index = index_of(call("gumbel_top_k", of.rows, of.classes, of.dtype, operands, results, k=count)[0])
    return jnp.moveaxis(index, -1, 0).reshape(*draws, *leading)


def categorical_sample(
    key: Any,
    logits: Any,
    *,
    temperature: Any = 1.0,
    top_k: Any = None,
    top_p: Any = None,
    min_p: Any = None,
    draws: int | None = None,
    axis: int = -1,
    row: Any = None,
) -> tuple[jax.Array, jax.Array]:
    """Samples as a language model's sampler draws them: temperature, then min_p, top_k and top_p.

    The filters and what they do at ties are described in gumbelcuda/categorical_sample.hpp.

    Args:
      key: a JAX key.
      logits: float16, bfloat16, float32 or float64; -inf masks a class.
      temperature: a number, or one for each row, 0 or more and finite; 0 is greedy.
      top_k: an integer, or one for each row; None, 0 and what is not below the number of classes are off.
      top_p: in (0, 1], one or one for each row; None is off.
      min_p: in [0, 1], one or one for each row; None is off.
      draws: how many for each row, with replacement; None is one, without a dimension for it.
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      (index, log_prob) in the shape of logits without `axis`, with draws as last dimension: classes of JAX's default
      integer type, and their log-probabilities in the distribution that was drawn from, float64 for float64 and float32
      otherwise. Rows that cannot be drawn from give -1 and NaN. A gradient through log_prob is refused.
    """
    row = check_address(key, row)
    check_numbers("temperature", temperature, ZERO_OR_MORE)
    check_numbers("top_p", top_p, SHARE_ABOVE_ZERO)
    check_numbers("min_p", min_p, SHARE)
    if draws is not None and draws < 1:
        raise ValueError(f"draws: {draws} is not 1 or more")
    top_k = _checked_top_k(top_k)
    return _categorical_sample(key, jnp.asarray(logits), temperature, top_k, top_p, min_p, row, draws, axis)


def _checked_top_k(top_k: Any) -> Any:
    """Refuses known numbers below 0, and keeps large ones large where JAX's integers have 32 bits."""
    if top_k is None or isinstance(top_k, jax.core.Tracer):
        return top_k
    if type(top_k) is int:  # of any size, for which NumPy has no type
        if top_k < 0:
            raise ValueError(f"top_k: {top_k} is not 0 or more")
        top_k = min(top_k, _MOST)
    values = np.asarray(top_k)
    if not jnp.issubdtype(values.dtype, jnp.integer):
        raise TypeError(f"top_k: an array of {values.dtype} is not one of integers")
    if (values < 0).any():
        raise ValueError(f"top_k: {values[values < 0].flat[0]} is not 0 or more")
    return np.minimum(values.astype(np.uint64), _MOST).astype(np.int32)


@partial(jax.jit, static_argnums=(7, 8))
def _categorical_sample(
    key: Any,
    logits: jax.Array,
    temperature: Any,
    top_k: Any,
    top_p: Any,
    min_p: Any,
    row: Any,
    draws: int | None,
    axis: int,
) -> tuple[jax.Array, jax.Array]:
    of = RowsOf(axis, logits=logits)
    shares = {name: x for name, x in (("top_p", top_p), ("min_p", min_p)) if x is not None}
    operands = {
        "seed": seed_of(key),
        "first_row": first_row_of(row),
        "logits": of.arrays[0],
        "temperature": float32_of(of.per_row("temperature", temperature)),
        **{name: float32_of(of.per_row(name, x)) for name, x in shares.items()},
    }
    if top_k is not None:
        top_k = jnp.asarray(top_k)
        if not jnp.issubdtype(top_k.dtype, jnp.integer):
            raise TypeError(f"top_k: an array of {top_k.dtype} is not one of integers")
        # 0 is off; so is what is not below the number of classes, which would wrap where it is of 64 bits.
        top_k = top_k.astype(jnp.promote_types(top_k.dtype, jnp.int32))  # in which the number of classes fits
        top_k = jnp.where(top_k < of.classes, top_k, 0)
        operands["top_k"] = of.numbers_per_row("top_k", top_k.astype(jnp.uint32))
    shape = (of.rows, draws or 1)
    results = {"index_int32": (shape, jnp.int32), "log_prob": (shape, COMPUTED)}

    def draw(operands: Any) -> list[jax.Array]:
        return call("categorical_sample", of.rows, of.classes, of.dtype, operands, results, draws=shape[1])

    index, log_prob = without_gradient("categorical_sample", draw, operands)
    index = index.astype(jax.dtypes.canonicalize_dtype(int))
    if draws is None:
        index, log_prob = index[:, 0], log_prob[:, 0]
    return of.back_per_row(index), of.back_per_row(log_prob)
