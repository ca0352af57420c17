# SPDX-License-Identifier: Apache-2.0
"""One-hot samples whose straight-through gradient has less variance, and the Gumbels behind a sample."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, Number, call
from gumbelcuda.torch._operator import Operator, traced, traced_backward
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, per_row


def _vjp_allocate(
    logits: Tensor, index: Tensor, tau: Number, d_one_hot: Tensor, samples: int, dim: int, noise: Noise
) -> Tensor:
    return torch.empty_like(logits)


def _vjp_compute(
    d_logits: Tensor,
    logits: Tensor,
    index: Tensor,
    tau: Number,
    d_one_hot: Tensor,
    samples: int,
    dim: int,
    noise: Noise,
) -> None:
    rows = {"logits": logits, "d_one_hot": d_one_hot, "d_logits": d_logits}
    call("gumbel_rao_vjp", dim, rows, {"index": index.contiguous()}, {"temperature": tau}, noise, inner_samples=samples)


_gumbel_rao_vjp = Operator(
    "gumbel_rao_vjp",
    f"(Tensor logits, Tensor index, Tensor tau, Tensor d_one_hot, int samples, int dim, {NOISE_SCHEMA}) -> Tensor",
    _vjp_allocate,
    _vjp_compute,
    tensors=4,
    draws=True,
)


def _allocate(logits: Tensor, tau: Number, samples: int, dim: int, noise: Noise) -> tuple[Tensor, Tensor]:
    return torch.empty_like(logits), per_row(logits, dim, torch.int64)


def _compute(
    results: tuple[Tensor, Tensor], logits: Tensor, tau: Number, samples: int, dim: int, noise: Noise
) -> None:
    one_hot, index = results
    call("gumbel_softmax", dim, {"logits": logits, "one_hot": one_hot}, {"index": index}, {"temperature": tau}, noise)


def _setup(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    logits, tau, ctx.samples, ctx.dim, noise = inputs
    ctx.tau = None if isinstance(tau, Tensor) else tau
    ctx.noise = noise._replace(random=None, seeds=None, offsets=None)
    ctx.save_for_backward(logits, output[1], None if ctx.tau is not None else tau, *noise[:3])


def _backward(ctx: Any, d_one_hot: Tensor, *_: Any) -> tuple[Any, ...]:
    if ctx.needs_input_grad[1]:
        raise NotImplementedError("gumbel_rao has no gradient for tau; give tau.detach()")
    logits, index, tau, random, seeds, offsets = ctx.saved_tensors
    noise = ctx.noise._replace(random=random, seeds=seeds, offsets=offsets)
    tau = ctx.tau if tau is None else tau
    recorded = traced_backward(logits, d_one_hot, random)
    return _gumbel_rao_vjp(recorded, logits, index, tau, d_one_hot, ctx.samples, ctx.dim, noise), None


_gumbel_rao = Operator(
    "gumbel_rao",
    f"(Tensor logits, Tensor tau, int samples, int dim, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _allocate,
    _compute,
    tensors=2,
    draws=True,
    kept=1,
    setup=_setup,
    backward=_backward,
)


def gumbel_rao(
    logits: Tensor,
    tau: float | Tensor = 1.0,
    samples: int = 10,
    dim: int = -1,
    *,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """A one-hot sample of softmax(logits), as gumbel_softmax(hard=True) draws it from the same noise, whose gradient is
    the mean of the straight-through gradient over `samples` other noises that give the same sample: of the same
    expected value and no larger variance.

    logits, tau: as for gumbel_softmax; there is no gradient for tau. samples: from 1 to 64.
    The backward pass draws the `samples` x C words after the sample's own, where C is the number of classes rounded up
    to a multiple of 4; with seed= give the next call an `offset` beyond them. Differentiable once.

    Paulus, Maddison, Krause, arXiv:2010.04838.
    """
    _arguments.check_floating("logits", logits)
    dim = _arguments.from_the_end("logits", logits, dim)
    if not 1 <= samples <= 64:
        raise ValueError(f"samples: {samples} is not in [1, 64]")
    tau = _arguments.temperature("tau", tau, logits, dim)
    recorded = traced(logits, tau)
    noise = _arguments.noise(recorded, logits, dim, generator, seed, row, offset, seeds, offsets, samples + 1)
    return _gumbel_rao(recorded, logits, tau, samples, dim, noise)


# ----------------------------------------------------------------------------------------------------------------------
# conditional_gumbel


def _conditional_allocate(logits: Tensor, index: Tensor, dim: int, noise: Noise) -> Tensor:
    return torch.empty_like(logits)


def _conditional_compute(z: Tensor, logits: Tensor, index: Tensor, dim: int, noise: Noise) -> None:
    call("conditional_gumbel", dim, {"logits": logits, "z": z}, {"index": index.contiguous()}, noise=noise)


_conditional_gumbel = Operator(
    "conditional_gumbel",
    f"(Tensor logits, Tensor index, int dim, {NOISE_SCHEMA}) -> Tensor",
    _conditional_allocate,
    _conditional_compute,
    tensors=2,
    draws=True,
)


def conditional_gumbel(
    logits: Tensor,
    index: Tensor,
    dim: int = -1,
    *,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """logits + Gumbel noise along `dim`, given that its argmax is `index`, int64, one per row. Not differentiable.

    With seed= the noise must be other than that which drew `index`. NaN for a row that cannot be drawn from, and for a
    row whose index is no class (-1 included) or a masked class.
    """
    _arguments.check_floating("logits", logits)
    dim = _arguments.from_the_end("logits", logits, dim)
    _arguments.check_index("index", index, logits, dim)
    recorded = traced(logits, index)
    noise = _arguments.noise(recorded, logits, dim, generator, seed, row, offset, seeds, offsets)
    return _conditional_gumbel(recorded, logits.detach(), index, dim, noise)
