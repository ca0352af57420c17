# SPDX-License-Identifier: Apache-2.0
"""The density of the Concrete distribution, from which gumbel_softmax draws, and the divergence of two, estimated."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from ._call import COMPUTED, ROWS, call, float32_of
from ._keys import check_address, first_row_of, seed_of
from ._rows import ABOVE_ZERO, RowsOf, check_numbers, sum_to


def concrete_log_prob(logits: Any, value: Any, tau: Any, axis: int = -1, log_domain: bool = False) -> jax.Array:
    """Log of the density of the Concrete distribution at `value`, with gradients for logits, value and tau.

    Maddison, Mnih, Teh, arXiv:1611.00712, equation 10; with log_domain its appendix, ExpConcrete.

    Args:
      logits, value: of one type, of shapes that are broadcast to one. A value is a relaxed sample y, which sums to 1
        along `axis`, or with log_domain its logarithm, which is right where a y underflows.
      tau: a number, or one for each row, in their shape without `axis`; above 0, finite.
      axis: of the classes.
      log_domain: the value is log y, and the density is that of ExpConcrete.

    Returns:
      A number for each row: float64 for float64, float32 otherwise. What it is at empty classes is described in
      gumbelcuda/concrete.hpp.
    """
    check_numbers("tau", tau, ABOVE_ZERO)
    return _concrete_log_prob(jnp.asarray(logits), jnp.asarray(value), tau, axis, bool(log_domain))


@partial(jax.jit, static_argnums=(3, 4))
def _concrete_log_prob(logits: jax.Array, value: jax.Array, tau: Any, axis: int, log_domain: bool) -> jax.Array:
    of = RowsOf(axis, logits=logits, value=value)
    return of.back_per_row(_log_prob_rows(of.rows, log_domain, *of.arrays, of.per_row("tau", tau)))


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _log_prob_rows(rows: int, log_domain: bool, logits: jax.Array, value: jax.Array, tau: jax.Array) -> jax.Array:
    operands = {"logits": logits, "value": value, "temperature": float32_of(tau)}
    results = {"log_prob": ((rows,), COMPUTED)}
    return call("concrete_log_prob", rows, value.shape[1], value.dtype, operands, results, log_domain=log_domain)[0]


def _log_prob_forward(
    rows: int, log_domain: bool, logits: jax.Array, value: jax.Array, tau: jax.Array
) -> tuple[jax.Array, Any]:
    return _log_prob_rows(rows, log_domain, logits, value, tau), (logits, value, tau)


def _log_prob_backward(rows: int, log_domain: bool, saved: Any, d_log_prob: jax.Array) -> tuple[jax.Array, ...]:
    logits, value, tau = saved
    shape = (rows, value.shape[1])
    operands = {"logits": logits, "value": value, "temperature": float32_of(tau), "d_log_prob": d_log_prob}
    results = {"d_logits": (shape, ROWS), "d_value": (shape, ROWS), "d_temperature": ((rows,), COMPUTED)}
    found = call("concrete_log_prob_vjp", *shape, value.dtype, operands, results, log_domain=log_domain)
    return tuple(map(sum_to, found, saved))


_log_prob_rows.defvjp(_log_prob_forward, _log_prob_backward)


def concrete_kl_estimate(
    key: Any,
    p_logits: Any,
    q_logits: Any,
    p_tau: Any = 1.0,
    q_tau: Any = 1.0,
    samples: int = 1,
    axis: int = -1,
    *,
    row: Any = None,
) -> jax.Array:
    """An unbiased estimate of KL(p || q) of two Concrete laws: the mean of log p(x) - log q(x) over samples x of p.

    It has gradients for the logits and temperatures of both. Maddison, Mnih, Teh, arXiv:1611.00712, appendix C.

    Args:
      key: a JAX key.
      p_logits, q_logits: of one type, of shapes that are broadcast to one.
      p_tau, q_tau: a number, or one for each row, in their shape without `axis`; above 0, finite.
      samples: in [1, 64].
      axis: of the classes.
      row: the number in the key's stream of the first row, an integer; None is 0.

    Returns:
      A number for each row: float64 for float64, float32 otherwise; +inf if a class is one law's alone.
    """
    row = check_address(key, row)
    check_numbers("p_tau", p_tau, ABOVE_ZERO)
    check_numbers("q_tau", q_tau, ABOVE_ZERO)
    if not 1 <= samples <= 64:
        raise ValueError(f"samples: {samples} is not in [1, 64]")
    return _kl_estimate(key, jnp.asarray(p_logits), jnp.asarray(q_logits), p_tau, q_tau, row, samples, axis)


@partial(jax.jit, static_argnums=(6, 7))
def _kl_estimate(
    key: Any, p_logits: jax.Array, q_logits: jax.Array, p_tau: Any, q_tau: Any, row: Any, samples: int, axis: int
) -> jax.Array:
    of = RowsOf(axis, p_logits=p_logits, q_logits=q_logits)
    taus = of.per_row("p_tau", p_tau), of.per_row("q_tau", q_tau)
    return of.back_per_row(_kl_rows(of.rows, samples, seed_of(key), first_row_of(row), *of.arrays, *taus))


def _kl_operands(seed: Any, first_row: Any, p: Any, q: Any, p_tau: Any, q_tau: Any) -> dict[str, Any]:
    taus = {"p_temperature": float32_of(p_tau), "q_temperature": float32_of(q_tau)}
    return {"seed": seed, "first_row": first_row, "p_logits": p, "q_logits": q, **taus}


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _kl_rows(rows: int, samples: int, *operands: Any) -> jax.Array:
    p = operands[2]
    results = {"kl": ((rows,), COMPUTED)}
    named = _kl_operands(*operands)
    return call("concrete_kl_estimate", rows, p.shape[1], p.dtype, named, results, samples=samples)[0]


def _kl_forward(rows: int, samples: int, *operands: Any) -> tuple[jax.Array, Any]:
    return _kl_rows(rows, samples, *operands), operands


def _kl_backward(rows: int, samples: int, saved: Any, d_kl: jax.Array) -> tuple[Any, ...]:
    p = saved[2]
    shape = (rows, p.shape[1])
    results = {
        "d_p_logits": (shape, ROWS),
        "d_q_logits": (shape, ROWS),
        "d_p_temperature": ((rows,), COMPUTED),
        "d_q_temperature": ((rows,), COMPUTED),
    }
    named = {**_kl_operands(*saved), "d_kl": d_kl}
    found = call("concrete_kl_estimate_vjp", *shape, p.dtype, named, results, samples=samples)
    return None, None, *map(sum_to, found, saved[2:])


_kl_rows.defvjp(_kl_forward, _kl_backward)
