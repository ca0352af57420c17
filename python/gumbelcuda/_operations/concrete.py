# SPDX-License-Identifier: Apache-2.0
"""The density of the Concrete distribution, and the divergence of two (include/gumbelcuda/concrete.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._call import Call
from .._inputs import LOG_DOMAIN, P_TEMPERATURE_PER_ROW, Q_TEMPERATURE_PER_ROW, TEMPERATURE_PER_ROW
from .._results import COMPUTED, ROWS, Results
from .._whole import whole

LOG_PROB = Results("ConcreteLogProb", log_prob=("log_prob", COMPUTED))
LOG_PROB_GRADIENT = Results(
    "Gradient", d_logits=("d_logits", ROWS), d_value=("d_value", ROWS), d_tau=("d_temperature", COMPUTED)
)
KL = Results("ConcreteKL", kl=("kl", COMPUTED))
KL_GRADIENT = Results(
    "Gradient",
    d_p_logits=("d_p_logits", ROWS),
    d_q_logits=("d_q_logits", ROWS),
    d_p_tau=("d_p_temperature", COMPUTED),
    d_q_tau=("d_q_temperature", COMPUTED),
)


def concrete_log_prob(
    logits: Any, value: Any, tau: Any, dim: int = -1, *, log_domain: bool = False, out: Any = None
) -> Any:
    """The log density of the Concrete distribution (the law of gumbel_softmax) at each row of `value`. Maddison, Mnih,
    Teh, arXiv:1611.00712, equation 10.

    logits, value: of one type, broadcast. tau: above 0; one number or one for each row, as for gumbel_softmax.
    log_domain: `value` is the logarithm of a sample, and the density that of ExpConcrete: use it where tau is small,
        since samples then underflow.
    Returns float64 for float64, otherwise float32, of the shape of the rows. At empty values (y 0, x −inf) it is the
    limit, and a class whose logit is −inf and whose value is empty is left out.
    """
    call = Call("concrete_log_prob", dim, logits=logits, value=value)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    if log_domain:
        call.flag(LOG_DOMAIN)
    return call.results(LOG_PROB, "log_prob", out)


def concrete_log_prob_vjp(
    d_log_prob: Any,
    logits: Any,
    value: Any,
    tau: Any,
    dim: int = -1,
    *,
    log_domain: bool = False,
    returns: str | Sequence[str] = ("d_logits", "d_value", "d_tau"),
    out: Any = None,
) -> Any:
    """From d_log_prob = dL/dlog_prob, one for each row, to the derivatives that `returns` names: "d_logits", "d_value"
    and "d_tau" (of each row). The rest as for concrete_log_prob."""
    call = Call("concrete_log_prob_vjp", dim, logits=logits, value=value)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    if log_domain:
        call.flag(LOG_DOMAIN)
    call.per_row("d_log_prob", d_log_prob, call.computed)
    return call.results(LOG_PROB_GRADIENT, returns, out)


def _kl_call(name: str, p_logits: Any, q_logits: Any, p_tau: Any, q_tau: Any, samples: int, dim: int) -> Call:
    call = Call(name, dim, p_logits=p_logits, q_logits=q_logits)
    call.number("p_temperature", p_tau, P_TEMPERATURE_PER_ROW, "p_tau")
    call.number("q_temperature", q_tau, Q_TEMPERATURE_PER_ROW, "q_tau")
    call.fields["samples"] = whole("samples", samples, 1, 64)
    return call


def concrete_kl_estimate(
    p_logits: Any,
    q_logits: Any,
    p_tau: Any = 1.0,
    q_tau: Any = 1.0,
    samples: int = 1,
    dim: int = -1,
    *,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """An unbiased estimate of KL(p ‖ q) of two Concrete laws for each row: the mean of log p(x) − log q(x) over
    `samples` samples x of p. float64 for float64, otherwise float32.

    p_logits, q_logits: of one type, broadcast. p_tau, q_tau: above 0; one number, or one for each row. samples: 1 to
        64.
    """
    call = _kl_call("concrete_kl_estimate", p_logits, q_logits, p_tau, q_tau, samples, dim)
    call.draw(generator, seed, row, offset, seeds, offsets, words=samples * call.row_words)
    return call.results(KL, "kl", out)


def concrete_kl_estimate_vjp(
    d_kl: Any,
    p_logits: Any,
    q_logits: Any,
    p_tau: Any = 1.0,
    q_tau: Any = 1.0,
    samples: int = 1,
    dim: int = -1,
    *,
    returns: str | Sequence[str] = ("d_p_logits", "d_q_logits", "d_p_tau", "d_q_tau"),
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """From d_kl = dL/dkl, one for each row, to the derivatives that `returns` names; those of the taus are of each row.
    The rest as for concrete_kl_estimate, with the address of its noise."""
    call = _kl_call("concrete_kl_estimate_vjp", p_logits, q_logits, p_tau, q_tau, samples, dim)
    call.repeat(seed, row, offset, seeds, offsets)
    call.per_row("d_kl", d_kl, call.computed)
    return call.results(KL_GRADIENT, returns, out)
