# SPDX-License-Identifier: Apache-2.0
"""Relaxed samples of k classes without replacement, with gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, Number, call
from gumbelcuda.torch._operator import Operator
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, relaxed_gradients, relaxed_vjp, save_relaxed

_relaxed_k_hot_vjp = relaxed_vjp("relaxed_k_hot_vjp")


def _allocate(
    logits: Tensor, tau: Number, k: int, hard: bool, dim: int, noise: Noise
) -> tuple[Tensor, Tensor | None]:
    return torch.empty_like(logits), torch.empty_like(logits) if hard else None


def _compute(
    results: tuple[Tensor, Tensor], logits: Tensor, tau: Number, k: int, hard: bool, dim: int, noise: Noise
) -> None:
    sample, y = results
    rows = {"logits": logits, "k_hot": sample, "y": y} if hard else {"logits": logits, "y": sample}
    call("relaxed_k_hot", dim, rows, None, {"temperature": tau}, noise, k=k)


def _setup(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    hard, dim = inputs[3:5]
    save_relaxed(ctx, output[1] if hard else output[0], inputs[1], dim)


def _backward(ctx: Any, d_sample: Tensor, *_: Any) -> tuple[Any, ...]:
    return relaxed_gradients(_relaxed_k_hot_vjp, ctx, d_sample)


_relaxed_k_hot = Operator(
    "relaxed_k_hot",
    f"(Tensor logits, Tensor tau, int k, bool hard, int dim, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _allocate,
    _compute,
    tensors=2,
    draws=True,
    kept=1,
    setup=_setup,
    backward=_backward,
)


def relaxed_k_hot(
    logits: Tensor,
    k: int,
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
    """sigmoid((logits + Gumbel noise - nu)/tau) along `dim`, with the nu for which it sums to k.

    logits, tau: as for gumbel_softmax.
    k: from 1 to the number of classes.
    hard: gives the limit for tau to 0, 1 for the k classes that gumbel_top_k draws from the same noise and 0 for the
        others, with the gradient of the relaxed sample (straight through).
    Returns a tensor of the shape and type of logits. Differentiable once, for logits and tau.
    """
    _arguments.check_floating("logits", logits)
    dim = _arguments.from_the_end("logits", logits, dim)
    k = _arguments.number_of_classes("k", k, logits, dim)
    recorded, tau, dim, noise = _arguments.relaxation(logits, tau, dim, generator, seed, row, offset, seeds, offsets)
    return _relaxed_k_hot(recorded, logits, tau, k, hard, dim, noise)
