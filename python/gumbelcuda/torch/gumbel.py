# SPDX-License-Identifier: Apache-2.0
"""Gumbel noise, samples of categorical distributions by Gumbel-max, and relaxed samples with gradients.

Everything of torch's own `F.gumbel_softmax` is here, with its names and defaults; the rest of each signature, after
the `*`, says which noise is drawn (gumbelcuda.torch).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, Number, call
from gumbelcuda.torch._operator import Operator, traced
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, computed, per_row, relaxed_gradients, relaxed_vjp, save_relaxed

# ----------------------------------------------------------------------------------------------------------------------
# gumbel_noise


def _noise_allocate(like: Tensor, noise: Noise) -> Tensor:
    return torch.empty_like(like, memory_format=torch.contiguous_format)


def _noise_compute(out: Tensor, like: Tensor, noise: Noise) -> None:
    call("gumbel_noise", -1, {"out": out}, noise=noise)


_gumbel_noise = Operator(
    "gumbel_noise", f"(Tensor like, {NOISE_SCHEMA}) -> Tensor", _noise_allocate, _noise_compute, tensors=1, draws=True
)


def gumbel_noise(
    *size: int | Sequence[int],
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """Independent standard Gumbel variates, -log(-log(U)), of the shape `size`, given as torch.empty takes it.

    The last dimension counts classes, the others rows: what a function of this module draws for logits of this shape,
    it draws from this noise. No number is infinite or NaN; float32 and float64 reach 45 at the upper end.

    Raises ValueError or TypeError for a shape, type or noise that is not allowed.
    """
    like = torch.empty(*size, dtype=dtype, device=device)  # type: ignore[arg-type]
    _arguments.check_floating("dtype", like)
    shape = like.shape
    if not shape:
        like = like.reshape(1)
    recorded = traced(like)
    noise = _arguments.noise(recorded, like, -1, generator, seed, row, offset, seeds, offsets)
    return _gumbel_noise(recorded, like, noise).reshape(shape)


# ----------------------------------------------------------------------------------------------------------------------
# gumbel_max


def _max_allocate(logits: Tensor, dim: int, noise: Noise) -> tuple[Tensor, Tensor]:
    return per_row(logits, dim, computed(logits.dtype)), per_row(logits, dim, torch.int64)


def _max_compute(results: tuple[Tensor, Tensor], logits: Tensor, dim: int, noise: Noise) -> None:
    log_prob, index = results
    call("gumbel_max", dim, {"logits": logits}, {"index": index, "log_prob": log_prob}, noise=noise)


def _max_setup(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    ctx.save_for_backward(inputs[0], output[1])
    ctx.dim = inputs[1]
    ctx.mark_non_differentiable(output[1])


def _max_backward(ctx: Any, d_log_prob: Tensor, _: Any) -> tuple[Any, ...]:
    """d log softmax(l)[index] / dl = one_hot(index) - softmax(l). A row without a sample has the gradient NaN."""
    logits, index = ctx.saved_tensors
    d = d_log_prob.unsqueeze(ctx.dim)
    probabilities = torch.softmax(logits.to(d.dtype), ctx.dim)
    place = index.clamp(min=0).unsqueeze(ctx.dim)
    gradient = -probabilities * d
    return (gradient.scatter_add(ctx.dim, place, d).to(logits.dtype),)


_gumbel_max = Operator(
    "gumbel_max",
    f"(Tensor logits, int dim, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _max_allocate,
    _max_compute,
    tensors=1,
    draws=True,
    setup=_max_setup,
    backward=_max_backward,
    twice=True,
)


def _index_allocate(logits: Tensor, dim: int, noise: Noise) -> Tensor:
    return per_row(logits, dim, torch.int64)


def _index_compute(index: Tensor, logits: Tensor, dim: int, noise: Noise) -> None:
    call("gumbel_max", dim, {"logits": logits}, {"index": index}, noise=noise)


_gumbel_max_index = Operator(
    "gumbel_max_index",
    f"(Tensor logits, int dim, {NOISE_SCHEMA}) -> Tensor",
    _index_allocate,
    _index_compute,
    tensors=1,
    draws=True,
)


def gumbel_max(
    logits: Tensor,
    dim: int = -1,
    *,
    log_prob: bool = False,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor | tuple[Tensor, Tensor]:
    """A sample of softmax(logits) along `dim`: argmax(logits + Gumbel noise), of sums that are not rounded.

    logits: float16, bfloat16, float32 or float64, of any shape and strides; -inf masks a class.
    Returns the index, int64, in the shape of logits without `dim`. A row that cannot be drawn from, with only -inf or
    with a NaN or +inf, has the index -1. With log_prob=True also log softmax(logits)[index], float32 or float64, which
    is differentiable for logits, as the score-function estimator needs it; NaN for a row that cannot be drawn from.

    Maddison, Tarlow, Minka, A* Sampling, arXiv:1411.0030.
    """
    _arguments.check_floating("logits", logits)
    dim = _arguments.from_the_end("logits", logits, dim)
    recorded = traced(logits)
    noise = _arguments.noise(recorded, logits, dim, generator, seed, row, offset, seeds, offsets)
    if not log_prob:
        return _gumbel_max_index(recorded, logits.detach(), dim, noise)
    probability, index = _gumbel_max(recorded, logits, dim, noise)
    return index, probability


# ----------------------------------------------------------------------------------------------------------------------
# gumbel_softmax


_gumbel_softmax_vjp = relaxed_vjp("gumbel_softmax_vjp")


def _soft_allocate(logits: Tensor, tau: Number, dim: int, noise: Noise) -> Tensor:
    return torch.empty_like(logits)


def _soft_compute(y: Tensor, logits: Tensor, tau: Number, dim: int, noise: Noise) -> None:
    call("gumbel_softmax", dim, {"logits": logits, "y": y}, None, {"temperature": tau}, noise)


def _soft_setup(ctx: Any, inputs: tuple[Any, ...], y: Tensor) -> None:
    save_relaxed(ctx, y, inputs[1], inputs[2])


def _hard_allocate(logits: Tensor, tau: Number, dim: int, noise: Noise) -> tuple[Tensor, Tensor]:
    return torch.empty_like(logits), torch.empty_like(logits)


def _hard_compute(results: tuple[Tensor, Tensor], logits: Tensor, tau: Number, dim: int, noise: Noise) -> None:
    rows = {"logits": logits, "one_hot": results[0], "y": results[1]}
    call("gumbel_softmax", dim, rows, None, {"temperature": tau}, noise)


def _hard_setup(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    save_relaxed(ctx, output[1], inputs[1], inputs[2])


def _softmax_backward(ctx: Any, d_sample: Tensor, *_: Any) -> tuple[Any, ...]:
    return relaxed_gradients(_gumbel_softmax_vjp, ctx, d_sample)


_gumbel_softmax = Operator(
    "gumbel_softmax",
    f"(Tensor logits, Tensor tau, int dim, {NOISE_SCHEMA}) -> Tensor",
    _soft_allocate,
    _soft_compute,
    tensors=2,
    draws=True,
    setup=_soft_setup,
    backward=_softmax_backward,
)
_gumbel_softmax_hard = Operator(
    "gumbel_softmax_hard",
    f"(Tensor logits, Tensor tau, int dim, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _hard_allocate,
    _hard_compute,
    tensors=2,
    draws=True,
    kept=1,
    setup=_hard_setup,
    backward=_softmax_backward,
)


def gumbel_softmax(
    logits: Tensor,
    tau: float | Tensor = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """softmax((logits + Gumbel noise)/tau) along `dim`: a relaxed sample of softmax(logits), as F.gumbel_softmax draws.

    logits: float16, bfloat16, float32 or float64, of any shape and strides; -inf masks a class, whose result is 0.
    tau: 0 or more; one number, or one per row as a tensor in the shape of logits with length 1 along `dim`, or without
        `dim`. 0 is the limit: one-hot, with gradient 0. Computed with as float32.
    hard: gives the one-hot sample, with the gradient of the relaxed one (straight through).
    Returns a tensor of the shape and type of logits. A row that cannot be drawn from is NaN.

    Differentiable once, for logits and tau. Raises ValueError, TypeError or IndexError before any work.

    Jang, Gu, Poole, arXiv:1611.01144; Maddison, Mnih, Teh, arXiv:1611.00712.
    """
    recorded, tau, dim, noise = _arguments.relaxation(logits, tau, dim, generator, seed, row, offset, seeds, offsets)
    operator = _gumbel_softmax_hard if hard else _gumbel_softmax
    return operator(recorded, logits, tau, dim, noise)
