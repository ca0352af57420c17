# SPDX-License-Identifier: Apache-2.0
"""Backward passes that are short formulas, for PyTorch and for JAX: `of` is torch or jax.numpy. Numbers of 16 bits are
to be widened before, since each gradient is to be rounded at its end. `wanted` says which gradients are not None."""

from __future__ import annotations

from typing import Any


def relaxed_bernoulli_log_prob_vjp(
    of: Any, logits: Any, y: Any, tau: Any, d: Any, wanted: Any = (True, True, True)
) -> tuple[Any, Any, Any]:
    """Of log tau + w - 2 log(1 + exp w) - log y - log(1-y), with w = logits - tau (log y - log(1-y)), in each element.

    At y = 0 and y = 1 the derivatives for y and tau are infinite or NaN.
    """
    log_odds = of.log(y) - of.log1p(-y)
    d_w = d * -of.tanh((logits - tau * log_odds) / 2)  # 1 - 2 sigmoid(w)
    d_y = (d * (2 * y - 1) - d_w * tau) / (y * (1 - y)) if wanted[1] else None
    d_tau = of.where(d_w == 0, 0, -d_w * log_odds) + d / tau if wanted[2] else None
    return d_w, d_y, d_tau


def kl_divergence_vjp(
    of: Any, log_p: Any, log_q: Any, kl: Any, d: Any, wanted: Any = (True, True)
) -> tuple[Any, Any]:
    """dKL/dp_logits = p (log p - log q - KL), 0 for a class that p does not have; dKL/dq_logits = q - p."""
    p = of.exp(log_p)
    d_p = d * p * of.where(p > 0, log_p - log_q - kl, 0) if wanted[0] else None
    d_q = d * (of.exp(log_q) - p) if wanted[1] else None
    return d_p, d_q
