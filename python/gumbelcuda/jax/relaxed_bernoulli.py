# SPDX-License-Identifier: Apache-2.0
"""Relaxed Bernoulli variables with gradients, and their density."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from .._formulas import relaxed_bernoulli_log_prob_vjp
from ._call import ROWS, call, computed_dtype, float32_of
from ._keys import check_address, first_row_of, seed_of
from ._relaxation import relaxation
from ._rows import ABOVE_ZERO, ZERO_OR_MORE, RowsOf, check_numbers, sum_to

_bernoulli_rows = relaxation("relaxed_bernoulli", "hard")


def relaxed_bernoulli(
    key: Any, logits: Any, tau: Any = 1.0, hard: bool = False, axis: int = -1, *, row: Any = None
) -> jax.Array:
    """Each element is a variable of its own: y = sigmoid((logits + l)/tau), l standard logistic, with gradients.

    Maddison, Mnih, Teh, arXiv:1611.00712, appendix B (BinConcrete).

    Args:
      key: a JAX key.
      logits: log odds of a 1: float16, bfloat16, float32 or float64. +inf and -inf are certain.
      tau: a number, or one for each row, in the shape of logits without `axis`; 0 or more, finite.
      hard: if True, the result is 1 where logits + l > 0, else 0, with the gradient of y (straight-through).
      axis: what a row's variables lie along.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      An array of the shape and type of logits.
    """
    row = check_address(key, row)
    check_numbers("tau", tau, ZERO_OR_MORE)
    return _relaxed_bernoulli(key, jnp.asarray(logits), tau, row, bool(hard), axis)


@partial(jax.jit, static_argnums=(4, 5))
def _relaxed_bernoulli(key: Any, logits: jax.Array, tau: Any, row: Any, hard: bool, axis: int) -> jax.Array:
    of = RowsOf(axis, may_be_empty=True, logits=logits)
    tau = of.per_row("tau", tau)
    if of.classes == 0:
        return of.back(of.arrays[0])
    return of.back(_bernoulli_rows(hard, (), seed_of(key), first_row_of(row), of.arrays[0], tau))


def relaxed_bernoulli_log_prob(logits: Any, y: Any, tau: Any = 1.0, axis: int = -1) -> jax.Array:
    """Log of the density of relaxed Bernoulli variables at y, in [0, 1], with gradients for logits, y and tau.

    Args:
      logits, y: of one type, of shapes that are broadcast to one.
      tau: a number, or one for each row, in their shape without `axis`; above 0, finite.
      axis: what a row's variables lie along.

    Returns:
      A number for each variable. At y = 0 and y = 1 it is the limit: +inf for tau < 1, -inf for tau > 1.
    """
    check_numbers("tau", tau, ABOVE_ZERO)
    return _relaxed_bernoulli_log_prob(jnp.asarray(logits), jnp.asarray(y), tau, axis)


@partial(jax.jit, static_argnums=3)
def _relaxed_bernoulli_log_prob(logits: jax.Array, y: jax.Array, tau: Any, axis: int) -> jax.Array:
    of = RowsOf(axis, may_be_empty=True, logits=logits, y=y)
    tau = of.per_row("tau", tau)
    if of.classes == 0:
        return of.back(of.arrays[1])
    return of.back(_log_prob_rows(of.rows, *of.arrays, tau))


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _log_prob_rows(rows: int, logits: jax.Array, y: jax.Array, tau: jax.Array) -> jax.Array:
    shape = (rows, y.shape[1])
    operands = {"logits": logits, "y": y, "temperature": float32_of(tau)}
    return call("relaxed_bernoulli_log_prob", *shape, y.dtype, operands, {"log_prob": (shape, ROWS)})[0]


def _log_prob_forward(rows: int, logits: jax.Array, y: jax.Array, tau: jax.Array) -> tuple[jax.Array, Any]:
    return _log_prob_rows(rows, logits, y, tau), (logits, y, tau)


def _log_prob_backward(rows: int, saved: Any, d_log_prob: jax.Array) -> tuple[jax.Array, ...]:
    # 16-bit numbers would lose most of 1 - y near 1 and overflow at 1/y near 0.
    computed = computed_dtype(d_log_prob.dtype)
    logits, y, tau, d_log_prob = (x.astype(computed) for x in (*saved, d_log_prob))
    d_logits, d_y, d_tau = relaxed_bernoulli_log_prob_vjp(jnp, logits, y, tau[:, None], d_log_prob)
    return tuple(map(sum_to, (d_logits, d_y, d_tau.sum(1)), saved))


_log_prob_rows.defvjp(_log_prob_forward, _log_prob_backward)
