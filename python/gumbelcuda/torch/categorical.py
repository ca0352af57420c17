# SPDX-License-Identifier: Apache-2.0
"""Draws from categorical distributions as a language model's sampler makes them."""

from __future__ import annotations

import torch
from torch import Tensor

from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, Temperature, call
from gumbelcuda.torch._operator import Operator, traced
from gumbelcuda.torch._relaxed import NOISE_SCHEMA, computed, per_row

_FLAGS = {"top_k": 4, "top_p": 8, "min_p": 16}


def _allocate(
    logits: Tensor, temperature: Temperature, top_k: Tensor | None, top_p: Tensor | None, min_p: Tensor | None,
    draws: int, dim: int, log_prob: bool, noise: Noise,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    shape = (*per_row(logits, dim, torch.int64).shape, draws)
    device = logits.device
    index = torch.empty(shape, dtype=torch.int64, device=device)
    return index, torch.empty(shape, dtype=computed(logits.dtype), device=device) if log_prob else None


def _compute(
    results: tuple[Tensor, Tensor | None],
    logits: Tensor, temperature: Temperature, top_k: Tensor | None, top_p: Tensor | None, min_p: Tensor | None,
    draws: int, dim: int, log_prob: bool, noise: Noise,
) -> None:  # fmt: skip
    of_rows = {"index": results[0]}
    if results[1] is not None:  # another pass over the logits
        of_rows["log_prob"] = results[1]
    fields, flags, alive = {}, 0, []
    for name, filter in {"top_k": top_k, "top_p": top_p, "min_p": min_p}.items():
        if filter is None:
            continue
        filter = filter.to(torch.int32 if name == "top_k" else torch.float32).contiguous()
        if filter.numel() == 1:
            fields[name] = filter.data_ptr()
            alive.append(filter)
        else:
            of_rows[name] = filter
            flags |= _FLAGS[name]
    call("categorical_sample", dim, {"logits": logits}, of_rows, {"temperature": temperature}, noise,
         draws=draws, flags=flags, **fields)  # fmt: skip


_categorical_sample = Operator(
    "categorical_sample",
    "(Tensor logits, Tensor temperature, Tensor? top_k, Tensor? top_p, Tensor? min_p, int draws, int dim, "
    f"bool log_prob, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _allocate,
    _compute,
    tensors=2,
    draws=True,
)


def _filter(
    name: str, value: float | Tensor | None, logits: Tensor, dim: int, least: float, most: float
) -> Tensor | None:
    if value is None:
        return None
    if isinstance(value, Tensor):
        rows = list(logits.shape)
        del rows[dim]
        if value.numel() != 1 and list(value.shape) != rows:
            raise ValueError(f"{name}: {list(value.shape)} is neither one number nor one per row, {rows}")
        if value.device != logits.device:
            raise ValueError(f"{name}: is on {value.device}, logits on {logits.device}")
        return value
    if not least <= value <= most:
        raise ValueError(f"{name}: {value} is not in [{least}, {most}]")
    return torch.full((1,), value, device=logits.device, dtype=torch.int64 if name == "top_k" else torch.float32)


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
        _filter("top_k", top_k, logits, dim, 0, 2**31 - 1),
        _filter("top_p", top_p, logits, dim, 0, 1),
        _filter("min_p", min_p, logits, dim, 0, 1),
    )
    recorded = traced(logits, temperature)
    noise = _arguments.noise(recorded, logits, dim, generator, seed, row, offset, seeds, offsets, draws or 1)
    if isinstance(temperature, Tensor):
        temperature = temperature.detach()
    index, probability = _categorical_sample(
        recorded, logits.detach(), temperature, *filters, draws or 1, dim, log_prob, noise
    )
    if draws is None:
        index, probability = index.squeeze(-1), probability.squeeze(-1) if log_prob else None
    return (index, probability) if log_prob else index
