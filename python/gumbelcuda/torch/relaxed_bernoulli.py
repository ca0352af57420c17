# SPDX-License-Identifier: Apache-2.0
"""Relaxed Bernoulli variables and their density, with gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gumbelcuda._formulas import relaxed_bernoulli_log_prob_vjp
from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, Number, call
from gumbelcuda.torch._operator import Operator, traced
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, computed, relaxed_gradients, relaxed_vjp, save_density, save_relaxed

_relaxed_bernoulli_vjp = relaxed_vjp("relaxed_bernoulli_vjp")


def _allocate(logits: Tensor, tau: Number, hard: bool, noise: Noise) -> tuple[Tensor, Tensor | None]:
    return torch.empty_like(logits), torch.empty_like(logits) if hard else None


def _compute(results: tuple[Tensor, Tensor], logits: Tensor, tau: Number, hard: bool, noise: Noise) -> None:
    sample, y = results
    rows = {"logits": logits, "hard": sample, "y": y} if hard else {"logits": logits, "y": sample}
    call("relaxed_bernoulli", -1, rows, None, {"temperature": tau}, noise)


def _setup(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    save_relaxed(ctx, output[1] if inputs[2] else output[0], inputs[1], -1)


def _backward(ctx: Any, d_sample: Tensor, *_: Any) -> tuple[Any, ...]:
    return relaxed_gradients(_relaxed_bernoulli_vjp, ctx, d_sample)


_relaxed_bernoulli = Operator(
    "relaxed_bernoulli",
    f"(Tensor logits, Tensor tau, bool hard, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _allocate,
    _compute,
    tensors=2,
    draws=True,
    kept=1,
    setup=_setup,
    backward=_backward,
)


def relaxed_bernoulli(
    logits: Tensor,
    tau: float | Tensor = 1.0,
    hard: bool = False,
    *,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """sigmoid((logits + logistic noise)/tau), for each element on its own.

    logits: log odds of a 1, float16, bfloat16, float32 or float64, of any shape; inf and -inf are certain.
    tau: 0 or more; one number, or one per row of the last dimension, as for gumbel_softmax. 0 is the limit.
    hard: gives 1 where logits + noise is above 0 and 0 elsewhere, with the gradient of the relaxed sample.
    Returns a tensor of the shape and type of logits. Differentiable once, for logits and tau.

    Maddison, Mnih, Teh, arXiv:1611.00712, appendix B.
    """
    _arguments.check_floating("logits", logits)
    rows = logits if logits.dim() else logits.unsqueeze(0)
    tau = _arguments.temperature("tau", tau, rows, -1)
    recorded = traced(rows, tau)
    noise = _arguments.noise(recorded, rows, -1, generator, seed, row, offset, seeds, offsets)
    return _relaxed_bernoulli(recorded, rows, tau, hard, noise).reshape(logits.shape)


# ----------------------------------------------------------------------------------------------------------------------
# The density


def _log_prob_allocate(logits: Tensor, value: Tensor, tau: Number) -> Tensor:
    return torch.empty_like(logits)


def _log_prob_compute(log_prob: Tensor, logits: Tensor, value: Tensor, tau: Number) -> None:
    rows = {"logits": logits, "y": value, "log_prob": log_prob}
    call("relaxed_bernoulli_log_prob", -1, rows, None, {"temperature": tau})


def _log_prob_setup(ctx: Any, inputs: tuple[Any, ...], log_prob: Tensor) -> None:
    save_density(ctx, *inputs)


def _log_prob_backward(ctx: Any, d_log_prob: Tensor) -> tuple[Any, ...]:
    logits, value, *saved = ctx.saved_tensors
    wide = computed(logits.dtype)
    tau = saved[0].to(wide) if saved else ctx.tau
    wanted = (True, ctx.needs_input_grad[1], bool(saved))
    d_logits, d_value, d_tau = relaxed_bernoulli_log_prob_vjp(
        torch, logits.to(wide), value.to(wide), tau, d_log_prob.to(wide), wanted
    )
    return (
        d_logits.to(logits.dtype),
        None if d_value is None else d_value.to(value.dtype),
        None if d_tau is None else d_tau.sum_to_size(tau.shape).to(saved[0].dtype),
    )


_relaxed_bernoulli_log_prob = Operator(
    "relaxed_bernoulli_log_prob",
    "(Tensor logits, Tensor value, Tensor tau) -> Tensor",
    _log_prob_allocate,
    _log_prob_compute,
    tensors=3,
    setup=_log_prob_setup,
    backward=_log_prob_backward,
    twice=True,
)


def relaxed_bernoulli_log_prob(logits: Tensor, y: Tensor, tau: float | Tensor) -> Tensor:
    """The log of the density of relaxed Bernoulli variables at `y`, in [0, 1], element by element.

    logits, y: of one shape and type. tau: above 0; one number or one per row, as for relaxed_bernoulli.
    At 0 and 1 it is the limit: inf for tau below 1, -inf for tau above 1. Differentiable, for all three.
    """
    _arguments.check_floating("logits", logits)
    _arguments.check_like("y", y, "logits", logits)
    shape = logits.shape
    if not shape:
        logits, y = logits.unsqueeze(0), y.unsqueeze(0)
    tau = _arguments.temperature("tau", tau, logits, -1, zero=False)
    return _relaxed_bernoulli_log_prob(traced(logits, y, tau), logits, y, tau).reshape(shape)
