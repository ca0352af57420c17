# SPDX-License-Identifier: Apache-2.0
"""The divergence between categorical distributions, with gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gumbelcuda._formulas import kl_divergence_vjp
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import call
from gumbelcuda.torch._operator import Operator, traced
from gumbelcuda.torch._relaxed import computed, per_row


def _allocate(p_logits: Tensor, q_logits: Tensor, dim: int) -> Tensor:
    return per_row(p_logits, dim, computed(p_logits.dtype))


def _compute(kl: Tensor, p_logits: Tensor, q_logits: Tensor, dim: int) -> None:
    call("kl_divergence", dim, {"p_logits": p_logits, "q_logits": q_logits}, {"kl": kl})


def _setup(ctx: Any, inputs: tuple[Any, ...], kl: Tensor) -> None:
    p_logits, q_logits, ctx.dim = inputs
    ctx.save_for_backward(p_logits, q_logits, kl)


def _backward(ctx: Any, d_kl: Tensor) -> tuple[Any, ...]:
    p_logits, q_logits, kl = ctx.saved_tensors
    dim, wide = ctx.dim, kl.dtype
    log_p = torch.log_softmax(p_logits.to(wide), dim)
    log_q = torch.log_softmax(q_logits.to(wide), dim)
    found = kl_divergence_vjp(torch, log_p, log_q, kl.unsqueeze(dim), d_kl.unsqueeze(dim), ctx.needs_input_grad)
    return tuple(None if d is None else d.to(p_logits.dtype) for d in found)


_kl_divergence = Operator(
    "kl_divergence",
    "(Tensor p_logits, Tensor q_logits, int dim) -> Tensor",
    _allocate,
    _compute,
    tensors=2,
    setup=_setup,
    backward=_backward,
    twice=True,
)


def kl_divergence(p_logits: Tensor, q_logits: Tensor, dim: int = -1) -> Tensor:
    """KL(softmax(p_logits) || softmax(q_logits)) along `dim`, in nats; inf if p has a class that q does not have.

    p_logits, q_logits: float16, bfloat16, float32 or float64, of one shape and type; -inf masks a class.
    Returns float32, or float64 for float64, in the shape of the logits without `dim`. It is never negative, and has no
    cancellation where p and q nearly agree (docs/numerics.md). Differentiable for both.
    """
    _arguments.check_floating("p_logits", p_logits)
    _arguments.check_like("q_logits", q_logits, "p_logits", p_logits)
    dim = _arguments.from_the_end("p_logits", p_logits, dim)
    return _kl_divergence(traced(p_logits, q_logits), p_logits, q_logits, dim)
