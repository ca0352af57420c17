# SPDX-License-Identifier: Apache-2.0
"""Samples with the Gumbel-Rao gradient, and Gumbels given their argmax."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from ._call import INT64, ROWS, call, float32_of, words_of
from ._keys import check_address, first_row_of, seed_of
from ._no_gradient import without_gradient
from ._rows import ZERO_OR_MORE, RowsOf, check_numbers


def gumbel_rao(
    key: Any, logits: Any, tau: Any = 1.0, inner_samples: int = 10, axis: int = -1, *, row: Any = None
) -> jax.Array:
    """One-hot samples of softmax(logits) whose gradient is the straight-through one, averaged, so of less variance.

    Paulus, Maddison, Krause, arXiv:2010.04838. The sample does not depend on tau; tau has the gradient 0.

    Args:
      key: a JAX key; the sample is what gumbel_max draws with it.
      logits: float16, bfloat16, float32 or float64; -inf masks a class.
      tau: of the gradient: a number, or one for each row, in the shape of logits without `axis`; 0 or more, finite.
      inner_samples: over how many Gumbels with this argmax the gradient is averaged, in [1, 64].
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      An array of the shape and type of logits. Rows without a logit above -inf, or with a NaN or +inf, are NaN.
    """
    row = check_address(key, row)
    check_numbers("tau", tau, ZERO_OR_MORE)
    if not 1 <= inner_samples <= 64:
        raise ValueError(f"inner_samples: {inner_samples} is not in [1, 64]")
    return _gumbel_rao(key, jnp.asarray(logits), tau, row, inner_samples, axis)


@partial(jax.jit, static_argnums=(4, 5))
def _gumbel_rao(key: Any, logits: jax.Array, tau: Any, row: Any, inner_samples: int, axis: int) -> jax.Array:
    of = RowsOf(axis, logits=logits)
    tau = of.per_row("tau", tau)
    return of.back(_one_hot_rows(inner_samples, seed_of(key), first_row_of(row), of.arrays[0], tau))


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _one_hot_rows(inner_samples: int, seed: Any, first_row: Any, logits: jax.Array, tau: jax.Array) -> jax.Array:
    return _forward(inner_samples, seed, first_row, logits, tau)[0]


def _forward(
    inner_samples: int, seed: Any, first_row: Any, logits: jax.Array, tau: jax.Array
) -> tuple[jax.Array, tuple[Any, ...]]:
    operands = {"seed": seed, "first_row": first_row, "logits": logits, "temperature": float32_of(tau)}
    results = {"one_hot": (logits.shape, ROWS), "index": (logits.shape[:1], INT64)}
    one_hot, index = call("gumbel_softmax", *logits.shape, logits.dtype, operands, results)
    return one_hot, (operands, index, tau)


def _backward(inner_samples: int, saved: tuple[Any, ...], d_one_hot: jax.Array) -> tuple[Any, ...]:
    forward, index, tau = saved
    shape = d_one_hot.shape
    operands = {**forward, "index": index, "d_one_hot": d_one_hot}
    results = {"d_logits": (shape, ROWS)}
    found = call("gumbel_rao_vjp", *shape, d_one_hot.dtype, operands, results, inner_samples=inner_samples)
    return None, None, found[0], jnp.zeros_like(tau)


_one_hot_rows.defvjp(_forward, _backward)


def conditional_gumbel(key: Any, logits: Any, index: Any, axis: int = -1, *, row: Any = None) -> jax.Array:
    """z = logits + gumbel, given that its argmax along `axis` is `index`. A gradient through z is refused.

    Args:
      key: a JAX key, another one than that which drew `index`.
      logits: float16, bfloat16, float32 or float64; -inf masks a class, whose z is -inf.
      index: a class for each row, in the shape of logits without `axis`, of an integer type.
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      An array of the shape and type of logits; NaN for a row whose index is no class, or a masked one.
    """
    row = check_address(key, row)
    return _conditional_gumbel(key, jnp.asarray(logits), jnp.asarray(index), row, axis)


@partial(jax.jit, static_argnums=4)
def _conditional_gumbel(key: Any, logits: jax.Array, index: jax.Array, row: Any, axis: int) -> jax.Array:
    of = RowsOf(axis, logits=logits)
    if not jnp.issubdtype(index.dtype, jnp.integer):
        raise TypeError(f"index: an array of {index.dtype} is not one of integers")
    if index.shape != of.leading:
        raise ValueError(f"index: the shape {index.shape} is not {of.leading}, that of logits without `axis`")
    operands = {
        "seed": seed_of(key),
        "first_row": first_row_of(row),
        "logits": of.arrays[0],
        "index": words_of(index.reshape(of.rows)),
    }
    results = {"z": (of.arrays[0].shape, ROWS)}

    def draw(operands: Any) -> list[jax.Array]:
        return call("conditional_gumbel", of.rows, of.classes, of.dtype, operands, results)

    return of.back(without_gradient("conditional_gumbel", draw, operands)[0])
