# SPDX-License-Identifier: Apache-2.0
"""The density of the Concrete distribution, from which gumbel_softmax draws, and the divergence between two such
distributions, with gradients for everything."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, Number, call
from gumbelcuda.torch._operator import Operator, traced, traced_backward
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, computed, per_row, save_density

_LOG_DOMAIN = 2


def _wanted(like: Tensor, wanted: bool) -> Tensor | None:
    return torch.empty_like(like) if wanted else None


def _wanted_of_row(like: Tensor, dim: int, wanted: bool) -> Tensor | None:
    return per_row(like, dim, computed(like.dtype)).unsqueeze(dim) if wanted else None


def _reduced(found: Any, tau: Number, wanted: bool) -> Tensor | None:
    return found.sum_to_size(tau.shape).to(tau.dtype) if wanted and isinstance(tau, Tensor) else None


# ----------------------------------------------------------------------------------------------------------------------
# log_prob


def _vjp_allocate(
    logits: Tensor, value: Tensor, tau: Number, d_log_prob: Tensor, dim: int, log_domain: bool,
    logits_wanted: bool, value_wanted: bool, tau_wanted: bool,
) -> tuple[Tensor | None, ...]:  # fmt: skip
    return _wanted(logits, logits_wanted), _wanted(value, value_wanted), _wanted_of_row(logits, dim, tau_wanted)


def _vjp_compute(
    results: tuple[Tensor, Tensor, Tensor],
    logits: Tensor, value: Tensor, tau: Number, d_log_prob: Tensor, dim: int, log_domain: bool,
    logits_wanted: bool, value_wanted: bool, tau_wanted: bool,
) -> None:  # fmt: skip
    rows = {"logits": logits, "value": value}
    if logits_wanted:
        rows["d_logits"] = results[0]
    if value_wanted:
        rows["d_value"] = results[1]
    of_rows = {"d_log_prob": d_log_prob.contiguous()}
    if tau_wanted:
        of_rows["d_temperature"] = results[2]
    call("concrete_log_prob_vjp", dim, rows, of_rows, {"temperature": tau}, flags=_LOG_DOMAIN * log_domain)


_concrete_log_prob_vjp = Operator(
    "concrete_log_prob_vjp",
    "(Tensor logits, Tensor value, Tensor tau, Tensor d_log_prob, int dim, bool log_domain, bool logits_wanted, "
    "bool value_wanted, bool tau_wanted) -> (Tensor, Tensor, Tensor)",
    _vjp_allocate,
    _vjp_compute,
    tensors=4,
)


def _allocate(logits: Tensor, value: Tensor, tau: Number, dim: int, log_domain: bool) -> Tensor:
    return per_row(logits, dim, computed(logits.dtype))


def _compute(log_prob: Tensor, logits: Tensor, value: Tensor, tau: Number, dim: int, log_domain: bool) -> None:
    rows = {"logits": logits, "value": value}
    flags = _LOG_DOMAIN * log_domain
    call("concrete_log_prob", dim, rows, {"log_prob": log_prob}, {"temperature": tau}, flags=flags)


def _setup(ctx: Any, inputs: tuple[Any, ...], log_prob: Tensor) -> None:
    *saved, ctx.dim, ctx.log_domain = inputs
    save_density(ctx, *saved)


def _backward(ctx: Any, d_log_prob: Tensor) -> tuple[Any, ...]:
    logits, value, *saved = ctx.saved_tensors
    tau = saved[0] if saved else ctx.tau
    wanted = ctx.needs_input_grad[:3]
    d_logits, d_value, d_tau = _concrete_log_prob_vjp(
        traced_backward(logits, value, d_log_prob), logits, value, tau, d_log_prob, ctx.dim, ctx.log_domain, *wanted
    )
    return d_logits if wanted[0] else None, d_value if wanted[1] else None, _reduced(d_tau, tau, wanted[2])


_concrete_log_prob = Operator(
    "concrete_log_prob",
    "(Tensor logits, Tensor value, Tensor tau, int dim, bool log_domain) -> Tensor",
    _allocate,
    _compute,
    tensors=3,
    setup=_setup,
    backward=_backward,
)


def concrete_log_prob(
    logits: Tensor, value: Tensor, tau: float | Tensor, dim: int = -1, *, log_domain: bool = False
) -> Tensor:
    """The log of the density of the Concrete distribution at `value`, a relaxed sample along `dim`.

    logits, value: float16, bfloat16, float32 or float64, of one shape and type.
    tau: above 0; one number or one per row, as for gumbel_softmax.
    log_domain: `value` is the logarithm of the sample, and the density that of ExpConcrete. Use it where tau is small:
        a sample has zeros there, whose logarithms are lost.
    Returns float32, or float64 for float64, in the shape of the logits without `dim`. At a zero of `value` it is the
    limit (include/gumbelcuda/concrete.hpp). Differentiable once, for logits, value and tau.

    Maddison, Mnih, Teh, arXiv:1611.00712, equation 10.
    """
    _arguments.check_floating("logits", logits)
    _arguments.check_like("value", value, "logits", logits)
    dim = _arguments.from_the_end("logits", logits, dim)
    tau = _arguments.temperature("tau", tau, logits, dim, zero=False)
    return _concrete_log_prob(traced(logits, value, tau), logits, value, tau, dim, log_domain)


# ----------------------------------------------------------------------------------------------------------------------
# kl_estimate


def _kl_vjp_allocate(
    p_logits: Tensor, q_logits: Tensor, p_tau: Number, q_tau: Number, d_kl: Tensor, samples: int, dim: int,
    p_wanted: bool, q_wanted: bool, p_tau_wanted: bool, q_tau_wanted: bool, noise: Noise,
) -> tuple[Tensor | None, ...]:  # fmt: skip
    return (
        _wanted(p_logits, p_wanted),
        _wanted(q_logits, q_wanted),
        _wanted_of_row(p_logits, dim, p_tau_wanted),
        _wanted_of_row(p_logits, dim, q_tau_wanted),
    )


def _kl_vjp_compute(
    results: tuple[Tensor, ...],
    p_logits: Tensor, q_logits: Tensor, p_tau: Number, q_tau: Number, d_kl: Tensor, samples: int, dim: int,
    p_wanted: bool, q_wanted: bool, p_tau_wanted: bool, q_tau_wanted: bool, noise: Noise,
) -> None:  # fmt: skip
    rows = {"p_logits": p_logits, "q_logits": q_logits}
    if p_wanted:
        rows["d_p_logits"] = results[0]
    if q_wanted:
        rows["d_q_logits"] = results[1]
    of_rows = {"d_kl": d_kl.contiguous()}
    if p_tau_wanted:
        of_rows["d_p_temperature"] = results[2]
    if q_tau_wanted:
        of_rows["d_q_temperature"] = results[3]
    taus = {"p_temperature": p_tau, "q_temperature": q_tau}
    call("concrete_kl_estimate_vjp", dim, rows, of_rows, taus, noise, samples=samples)


_kl_estimate_vjp = Operator(
    "concrete_kl_estimate_vjp",
    "(Tensor p_logits, Tensor q_logits, Tensor p_tau, Tensor q_tau, Tensor d_kl, int samples, int dim, bool p_wanted, "
    f"bool q_wanted, bool p_tau_wanted, bool q_tau_wanted, {NOISE_SCHEMA}) -> (Tensor, Tensor, Tensor, Tensor)",
    _kl_vjp_allocate,
    _kl_vjp_compute,
    tensors=5,
    draws=True,
)


def _kl_allocate(
    p_logits: Tensor, q_logits: Tensor, p_tau: Number, q_tau: Number, samples: int, dim: int, noise: Noise
) -> Tensor:
    return per_row(p_logits, dim, computed(p_logits.dtype))


def _kl_compute(
    kl: Tensor,
    p_logits: Tensor,
    q_logits: Tensor,
    p_tau: Number,
    q_tau: Number,
    samples: int,
    dim: int,
    noise: Noise,
) -> None:
    rows = {"p_logits": p_logits, "q_logits": q_logits}
    taus = {"p_temperature": p_tau, "q_temperature": q_tau}
    call("concrete_kl_estimate", dim, rows, {"kl": kl}, taus, noise, samples=samples)


def _kl_setup(ctx: Any, inputs: tuple[Any, ...], kl: Tensor) -> None:
    ctx.inputs = [None if isinstance(value, Tensor) else value for value in inputs[:-1]]
    ctx.noise = inputs[-1]._replace(random=None, seeds=None, offsets=None)
    ctx.save_for_backward(*[value if isinstance(value, Tensor) else None for value in (*inputs[:4], *inputs[-1][:3])])


def _kl_backward(ctx: Any, d_kl: Tensor) -> tuple[Any, ...]:
    *saved, random, seeds, offsets = ctx.saved_tensors
    tensors = [kept if kept is not None else number for kept, number in zip(saved, ctx.inputs)]
    noise = ctx.noise._replace(random=random, seeds=seeds, offsets=offsets)
    wanted = ctx.needs_input_grad[:4]
    found = _kl_estimate_vjp(traced_backward(*tensors, d_kl, random), *tensors, d_kl, *ctx.inputs[4:], *wanted, noise)
    return (
        found[0] if wanted[0] else None,
        found[1] if wanted[1] else None,
        _reduced(found[2], tensors[2], wanted[2]),
        _reduced(found[3], tensors[3], wanted[3]),
    )


_kl_estimate = Operator(
    "concrete_kl_estimate",
    f"(Tensor p_logits, Tensor q_logits, Tensor p_tau, Tensor q_tau, int samples, int dim, {NOISE_SCHEMA}) -> Tensor",
    _kl_allocate,
    _kl_compute,
    tensors=4,
    draws=True,
    setup=_kl_setup,
    backward=_kl_backward,
)


def concrete_kl_estimate(
    p_logits: Tensor,
    q_logits: Tensor,
    p_tau: float | Tensor,
    q_tau: float | Tensor,
    samples: int = 1,
    dim: int = -1,
    *,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """An unbiased estimate of the divergence between two Concrete distributions, which has no closed form: the mean of
    log p(x) - log q(x) over `samples` samples x of p, as logarithms, so that none underflows.

    p_logits, q_logits: float16, bfloat16, float32 or float64, of one shape and type.
    p_tau, q_tau: above 0; one number or one per row, as for gumbel_softmax. samples: from 1 to 64.
    Returns float32, or float64 for float64, in the shape of the logits without `dim`. Differentiable once, for both
    logits and both tau, through the samples.

    Maddison, Mnih, Teh, arXiv:1611.00712, appendix C.
    """
    _arguments.check_floating("p_logits", p_logits)
    _arguments.check_like("q_logits", q_logits, "p_logits", p_logits)
    dim = _arguments.from_the_end("p_logits", p_logits, dim)
    if not 1 <= samples <= 64:
        raise ValueError(f"samples: {samples} is not in [1, 64]")
    p_tau = _arguments.temperature("p_tau", p_tau, p_logits, dim, zero=False)
    q_tau = _arguments.temperature("q_tau", q_tau, p_logits, dim, zero=False)
    recorded = traced(p_logits, q_logits, p_tau, q_tau)
    noise = _arguments.noise(recorded, p_logits, dim, generator, seed, row, offset, seeds, offsets, samples)
    return _kl_estimate(recorded, p_logits, q_logits, p_tau, q_tau, samples, dim, noise)
