# SPDX-License-Identifier: Apache-2.0
"""Samples of k classes without replacement."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, call
from gumbelcuda.torch._operator import Operator, traced
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, computed, per_row


class GumbelTopK(NamedTuple):
    """An ordered sample of k classes without replacement, in the last dimension; and what estimators need of it."""

    index: Tensor  # type: ignore[assignment]  # int64, in the order of the draws; -1 where a row has fewer than k classes
    perturbed: Tensor  # logits + Gumbel noise of these classes
    log_prob: Tensor  # log softmax(logits) of these classes
    log_inclusion: Tensor  # log of the probability that logits + Gumbel noise of the class is above kappa
    kappa: Tensor  # per row: the (k+1)-th largest logits + Gumbel noise, -inf if there is none


def _allocate(logits: Tensor, k: int, dim: int, noise: Noise) -> tuple[Tensor, ...]:
    of_row = per_row(logits, dim, computed(logits.dtype))
    shape = (*of_row.shape, k)
    index = torch.empty(shape, dtype=torch.int64, device=logits.device)
    return (index, *(of_row.new_empty(shape) for _ in range(3)), of_row)


def _compute(results: tuple[Tensor, ...], logits: Tensor, k: int, dim: int, noise: Noise) -> None:
    call("gumbel_top_k", dim, {"logits": logits}, dict(zip(GumbelTopK._fields, results)), noise=noise, k=k)


_gumbel_top_k = Operator(
    "gumbel_top_k",
    f"(Tensor logits, int k, int dim, {NOISE_SCHEMA}) -> (Tensor, Tensor, Tensor, Tensor, Tensor)",
    _allocate,
    _compute,
    tensors=1,
    draws=True,
)


def gumbel_top_k(
    logits: Tensor,
    k: int,
    dim: int = -1,
    *,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> GumbelTopK:
    """The k classes with the largest logits + Gumbel noise along `dim`: an ordered sample without replacement, of which
    the first class is that of gumbel_max. Not differentiable; relaxed_k_hot is.

    logits: float16, bfloat16, float32 or float64, of any shape and strides; -inf masks a class.
    k: from 1 to the number of classes.
    Returns a GumbelTopK, whose tensors have the shape of logits without `dim`, then k.

    Kool, van Hoof, Welling, arXiv:1903.06059.
    """
    _arguments.check_floating("logits", logits)
    dim = _arguments.from_the_end("logits", logits, dim)
    k = _arguments.number_of_classes("k", k, logits, dim)
    recorded = traced(logits)
    noise = _arguments.noise(recorded, logits, dim, generator, seed, row, offset, seeds, offsets)
    return GumbelTopK(*_gumbel_top_k(recorded, logits.detach(), k, dim, noise))
