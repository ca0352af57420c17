# SPDX-License-Identifier: Apache-2.0
"""Draws from categorical distributions as a language model's sampler makes them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gumbelcuda._whole import whole
from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, Number, call
from gumbelcuda.torch._operator import Operator, traced
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, computed, per_row

_WHOLE = (torch.uint8, torch.int8, torch.uint16, torch.int16, torch.uint32, torch.int32, torch.uint64, torch.int64)


def _allocate(
    logits: Tensor, temperature: Number, top_k: Tensor | None, top_p: Tensor | None, min_p: Tensor | None,
    draws: int, dim: int, log_prob: bool, noise: Noise,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    shape = (*per_row(logits, dim, torch.int64).shape, draws)
    device = logits.device
    index = torch.empty(shape, dtype=torch.int64, device=device)
    return index, torch.empty(shape, dtype=computed(logits.dtype), device=device) if log_prob else None


def _compute(
    results: tuple[Tensor, Tensor | None],
    logits: Tensor, temperature: Number, top_k: Tensor | None, top_p: Tensor | None, min_p: Tensor | None,
    draws: int, dim: int, log_prob: bool, noise: Noise,
) -> None:  # fmt: skip
    of_rows = {"index": results[0]}
    if results[1] is not None:  # another pass over the logits
        of_rows["log_prob"] = results[1]
    numbers: dict[str, Number] = {"temperature": temperature}
    if top_k is not None:
        numbers["top_k"] = _in_32_bits(top_k, logits.shape[dim])
    numbers |= {name: share for name, share in (("top_p", top_p), ("min_p", min_p)) if share is not None}
    call("categorical_sample", dim, {"logits": logits}, of_rows, numbers, noise, draws=draws)


def _in_32_bits(top_k: Tensor, classes: int) -> Tensor:
    """0, which is off, where it is not below the number of classes, so that none wraps around."""
    top_k = _not_negative(top_k)
    return torch.where((top_k < 0) | (top_k >= classes), 0, top_k)


def _not_negative(top_k: Tensor) -> Tensor:
    """As int64, where large numbers of uint64 are negative. On the CPU, where nothing waits, negative numbers of other
    types are refused; on a device they are off."""
    wide = top_k.to(torch.int64)
    if top_k.dtype.is_signed and wide.is_cpu and bool((wide < 0).any()):
        raise ValueError(f"top_k: {int(wide.min())} is not 0 or more")
    return wide


_categorical_sample = Operator(
    "categorical_sample",
    "(Tensor logits, Tensor temperature, Tensor? top_k, Tensor? top_p, Tensor? min_p, int draws, int dim, "
    f"bool log_prob, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _allocate,
    _compute,
    tensors=2,
    draws=True,
)


def _filter(name: str, value: Any, logits: Tensor, dim: int) -> Tensor | None:
    """A filter as the operator takes it: a tensor of one number, or with as many dimensions as logits, of which `dim`
    has length 1."""
    if value is None:
        return None
    is_top_k = name == "top_k"
    if not isinstance(value, Tensor):
        if is_top_k:
            value = min(whole(name, value, 0), logits.shape[dim])
            return torch.full((1,), value, device=logits.device, dtype=torch.int64)
        value = _arguments.real(name, value)
        if not 0 <= value <= 1:
            raise ValueError(f"{name}: {value} is not in [0, 1]")
        return torch.full((1,), value, device=logits.device, dtype=torch.float32)
    if is_top_k and value.dtype not in _WHOLE:
        raise TypeError(f"top_k: {value.dtype} is not a type of whole numbers")
    if not is_top_k and not value.dtype.is_floating_point:
        raise TypeError(f"{name}: {value.dtype} is not a floating-point type")
    rows = list(logits.shape)
    del rows[dim]
    if value.numel() != 1 and list(value.shape) != rows:
        raise ValueError(f"{name}: {list(value.shape)} is neither one number nor one per row, {rows}")
    if value.device != logits.device:
        raise ValueError(f"{name}: is on {value.device}, logits on {logits.device}")
    return value.detach() if value.numel() == 1 else value.detach().unsqueeze(dim)


def categorical_sample(
    logits: Tensor,
    temperature: float | Tensor = 1.0,
    *,
    top_k: int | Tensor | None = None,
    top_p: float | Tensor | None = None,
    min_p: float | Tensor | None = None,
    draws: int | None = None,
    dim: int = -1,
    log_prob: bool = False,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor | tuple[Tensor, Tensor]:
    """Samples of softmax(logits/temperature) along `dim` without the classes that the filters remove.

    logits: float16, bfloat16, float32 or float64, of any shape and strides; -inf masks a class.
    temperature: 0 or more, one number or one per row; 0 is greedy.
    top_k, top_p, min_p: one number or one per row; min_p is applied first, then top_k, then top_p. A top_k of 0, a
        top_p of 1 and a min_p of 0 are off.
    draws: samples per row, with replacement, in a new last dimension; None is one, without that dimension.
    Returns the index, int64, and -1 for a row that cannot be drawn from; with log_prob=True also the log-probabilities
    in the distribution that was drawn from, float32 or float64. Not differentiable; gumbel_max's log_prob is.
    """
    _arguments.check_floating("logits", logits)
    dim = _arguments.from_the_end("logits", logits, dim)
    if draws is not None and draws < 1:
        raise ValueError(f"draws: {draws} is not 1 or more")
    temperature = _arguments.temperature("temperature", temperature, logits, dim)
    filters = (
        _filter("top_k", top_k, logits, dim),
        _filter("top_p", top_p, logits, dim),
        _filter("min_p", min_p, logits, dim),
    )
    recorded = traced(logits, temperature, *filters)
    if filters[0] is not None and not recorded:
        _not_negative(filters[0])  # before noise is drawn
    noise = _arguments.noise(recorded, logits, dim, generator, seed, row, offset, seeds, offsets, draws or 1)
    if isinstance(temperature, Tensor):
        temperature = temperature.detach()
    index, probability = _categorical_sample(
        recorded, logits.detach(), temperature, *filters, draws or 1, dim, log_prob, noise
    )
    if draws is None:
        index, probability = index.squeeze(-1), probability.squeeze(-1) if log_prob else None
    return (index, probability) if log_prob else index
