# SPDX-License-Identifier: Apache-2.0
"""Samples of k classes of a row without replacement."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from .._whole import integer
from ._call import COMPUTED, INT64, call, index_of
from ._keys import check_address, first_row_of, seed_of
from ._no_gradient import without_gradient
from ._rows import RowsOf, check_k


class TopKSample(NamedTuple):
    """Of each row k classes in the order of the draws, and what estimates from them need.

    index, perturbed (logits + gumbel), log_prob (log softmax(logits)) and log_inclusion (the logarithm of the
    probability to be above kappa) have k as last dimension; kappa, the next perturbed value, has one number a row. All
    but index are float64 for float64 logits and float32 otherwise. The sum of f·exp(log_prob - log_inclusion) over the
    sample is an unbiased estimate of the mean of f (Kool, van Hoof, Welling, arXiv:1903.06059).
    """

    index: jax.Array
    perturbed: jax.Array
    log_prob: jax.Array
    log_inclusion: jax.Array
    kappa: jax.Array


def gumbel_top_k(key: Any, logits: Any, k: int, axis: int = -1, *, row: Any = None) -> TopKSample:
    """Draws k classes without replacement, each by softmax(logits) from those that are left.

    Vieira (2014); Kool, van Hoof, Welling, arXiv:1903.06059.

    Args:
      key: a JAX key; the first class is what gumbel_max draws with it.
      logits: float16, bfloat16, float32 or float64; -inf masks a class.
      k: in [1, classes].
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      A TopKSample. A row with fewer than k logits above -inf gives the classes that it has, then -1. A gradient through
      its numbers is refused.
    """
    row = check_address(key, row)
    return _gumbel_top_k(key, jnp.asarray(logits), row, integer("k", k), axis)


@partial(jax.jit, static_argnums=(3, 4))
def _gumbel_top_k(key: Any, logits: jax.Array, row: Any, k: int, axis: int) -> TopKSample:
    of = RowsOf(axis, logits=logits)
    check_k(k, of)
    each = ((of.rows, k), COMPUTED)
    operands = {"seed": seed_of(key), "first_row": first_row_of(row), "logits": of.arrays[0]}
    results = {
        "index": ((of.rows, k), INT64),
        **dict.fromkeys(("perturbed", "log_prob", "log_inclusion"), each),
        "kappa": ((of.rows,), COMPUTED),
    }

    def draw(operands: Any) -> list[jax.Array]:
        return call("gumbel_top_k", of.rows, of.classes, of.dtype, operands, results, k=k)

    index, *others = without_gradient("gumbel_top_k", draw, operands)
    return TopKSample(*map(of.back_per_row, (index_of(index), *others)))
