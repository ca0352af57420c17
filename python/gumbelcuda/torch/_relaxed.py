# SPDX-License-Identifier: Apache-2.0
"""What the relaxations have in common: types and shapes of results, and the gradient, which they all compute from the
relaxed sample y, dL/dy and tau."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gumbelcuda.torch._call import Number, call
from gumbelcuda.torch._operator import Operator, traced_backward

NOISE_SCHEMA = "Tensor? random, Tensor? seeds, Tensor? offsets, int seed, int row, int offset"


def computed(dtype: torch.dtype) -> torch.dtype:
    """The type of log-probabilities and of derivatives for tau."""
    return torch.float64 if dtype == torch.float64 else torch.float32


def per_row(rows: Tensor, dim: int, dtype: torch.dtype) -> Tensor:
    """An uninitialised tensor with one number for each row of `rows`."""
    shape = list(rows.shape)
    del shape[dim]
    return torch.empty(shape, dtype=dtype, device=rows.device)


def relaxed_vjp(name: str) -> Operator:
    """The operator of the C function `name`. It reads y, which the forward pass keeps: to draw the noise again takes
    twice as long (gumbel_softmax, 4,096 x 1,000, one core), and a soft sample is y itself."""

    def allocate(y: Tensor, tau: Number, d_y: Tensor, dim: int, tau_wanted: bool) -> tuple[Tensor, Tensor | None]:
        return torch.empty_like(y), per_row(y, dim, computed(y.dtype)).unsqueeze(dim) if tau_wanted else None

    def compute(
        results: tuple[Tensor, Any], y: Tensor, tau: Number, d_y: Tensor, dim: int, tau_wanted: bool
    ) -> None:
        rows = {"y": y, "d_y": d_y, "d_logits": results[0]}
        call(name, dim, rows, {"d_temperature": results[1]} if tau_wanted else None, {"temperature": tau})

    schema = "(Tensor y, Tensor tau, Tensor d_y, int dim, bool tau_wanted) -> (Tensor, Tensor)"
    return Operator(name, schema, allocate, compute, tensors=3)


def save_relaxed(ctx: Any, y: Tensor, tau: Number, dim: int) -> None:
    """Keeps for the backward pass what `relaxed_gradients` needs."""
    ctx.dim = dim
    if isinstance(tau, Tensor):
        ctx.save_for_backward(y, tau)
    else:
        ctx.save_for_backward(y)
        ctx.tau = tau


def relaxed_gradients(vjp: Operator, ctx: Any, d_sample: Tensor) -> tuple[Tensor, Tensor | None]:
    """dL/dlogits and dL/dtau, in the shapes and types of both."""
    saved = ctx.saved_tensors  # asked for once: checkpointing computes them again each time
    y = saved[0]
    tau, tau_wanted = (ctx.tau, False) if len(saved) == 1 else (saved[1], ctx.needs_input_grad[1])
    if traced_backward(y, d_sample):
        d_logits, d_tau = vjp(True, y, tau, d_sample, ctx.dim, tau_wanted)
    else:
        d_logits, d_tau = vjp.run(y, tau, d_sample, ctx.dim, tau_wanted)
    return d_logits, d_tau.sum_to_size(tau.shape).to(tau.dtype) if tau_wanted else None


def save_density(ctx: Any, logits: Tensor, value: Tensor, tau: Number) -> None:
    """Keeps for the backward pass what the gradient of a density is made of."""
    if isinstance(tau, Tensor):
        ctx.save_for_backward(logits, value, tau)
    else:
        ctx.save_for_backward(logits, value)
        ctx.tau = tau
