# SPDX-License-Identifier: Apache-2.0
"""The divergence of categorical distributions, with gradients."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from .._formulas import kl_divergence_vjp
from ._call import COMPUTED, call, computed_dtype
from ._rows import RowsOf, sum_to


def kl_divergence(p_logits: Any, q_logits: Any, axis: int = -1) -> jax.Array:
    """KL(softmax(p_logits) || softmax(q_logits)) along `axis`, in nats, with gradients for both.

    It is never negative, and accurate where the two nearly agree.

    Args:
      p_logits, q_logits: of one type (float16, bfloat16, float32, float64), of shapes that are broadcast to one.
      axis: of the classes.

    Returns:
      A number for each row: float64 for float64, float32 otherwise; +inf if p has a class that q does not have.
    """
    return _kl_divergence(jnp.asarray(p_logits), jnp.asarray(q_logits), axis)


@partial(jax.jit, static_argnums=2)
def _kl_divergence(p_logits: jax.Array, q_logits: jax.Array, axis: int) -> jax.Array:
    of = RowsOf(axis, p_logits=p_logits, q_logits=q_logits)
    return of.back_per_row(_kl_rows(of.rows, *of.arrays))


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _kl_rows(rows: int, p: jax.Array, q: jax.Array) -> jax.Array:
    operands = {"p_logits": p, "q_logits": q}
    return call("kl_divergence", rows, p.shape[1], p.dtype, operands, {"kl": ((rows,), COMPUTED)})[0]


def _forward(rows: int, p: jax.Array, q: jax.Array) -> tuple[jax.Array, Any]:
    kl = _kl_rows(rows, p, q)
    return kl, (p, q, kl)


def _backward(rows: int, saved: Any, d_kl: jax.Array) -> tuple[jax.Array, jax.Array]:
    p, q, kl = saved
    log_p, log_q = (jax.nn.log_softmax(logits.astype(computed_dtype(logits.dtype))) for logits in (p, q))
    d_p, d_q = kl_divergence_vjp(jnp, log_p, log_q, kl[:, None], d_kl[:, None])
    return sum_to(d_p, p), sum_to(d_q, q)


_kl_rows.defvjp(_forward, _backward)
