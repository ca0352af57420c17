# SPDX-License-Identifier: Apache-2.0
"""Relaxed samples of k classes of a row, with gradients."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from .._whole import integer
from ._keys import check_address, first_row_of, seed_of
from ._relaxation import relaxation
from ._rows import ZERO_OR_MORE, RowsOf, check_k, check_numbers

_k_hot_rows = relaxation("relaxed_k_hot", "k_hot")


def relaxed_k_hot(
    key: Any, logits: Any, k: int, tau: Any = 1.0, hard: bool = False, axis: int = -1, *, row: Any = None
) -> jax.Array:
    """y = sigmoid((logits + gumbel - nu)/tau) with the nu for which y sums to k, with gradients for logits and tau.

    Amos, Koltun, Kolter, arXiv:1906.08707, applied to perturbed values.

    Args:
      key: a JAX key.
      logits: float16, bfloat16, float32 or float64; -inf masks a class, whose y is exactly 0.
      k: in [1, classes].
      tau: a number, or one for each row, in the shape of logits without `axis`; 0 or more, finite.
      hard: if True, the result has 1 for the classes that gumbel_top_k draws and 0 for the others, with the gradient of
        y (straight-through).
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      An array of the shape and type of logits. Rows without a logit above -inf, or with a NaN or +inf, are NaN.
    """
    row = check_address(key, row)
    check_numbers("tau", tau, ZERO_OR_MORE)
    return _relaxed_k_hot(key, jnp.asarray(logits), tau, row, integer("k", k), bool(hard), axis)


@partial(jax.jit, static_argnums=(4, 5, 6))
def _relaxed_k_hot(key: Any, logits: jax.Array, tau: Any, row: Any, k: int, hard: bool, axis: int) -> jax.Array:
    of = RowsOf(axis, logits=logits)
    check_k(k, of)
    tau = of.per_row("tau", tau)
    return of.back(_k_hot_rows(hard, (("k", k),), seed_of(key), first_row_of(row), of.arrays[0], tau))
