# SPDX-License-Identifier: Apache-2.0
"""Gumbel and Gaussian variables that have gradients for location and scale, and their densities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from gumbelcuda.random import Generator
from gumbelcuda.torch import _arguments
from gumbelcuda.torch._call import Noise, call
from gumbelcuda.torch._operator import Operator, traced, traced_backward
from gumbelcuda.torch._relaxed import NOISE_SCHEMA

Law = Literal["gumbel", "gaussian"]
_LAWS = {"gumbel": 0, "gaussian": 1}


def _wanted(like: Tensor, wanted: bool) -> Tensor | None:
    return torch.empty_like(like, memory_format=torch.contiguous_format) if wanted else None


def _rows(**tensors: Tensor | None) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if tensor is not None}


def _law(law: str) -> int:
    if law not in _LAWS:
        raise ValueError(f"law: {law!r} is neither 'gumbel' nor 'gaussian'")
    return _LAWS[law]


def _broadcast(shape: Sequence[int] | torch.Size | None, **tensors: Tensor | float) -> list[Tensor]:
    """The tensors in one shape, which has a last dimension, one type and one device."""
    given = [tensor for tensor in tensors.values() if isinstance(tensor, Tensor)]
    if not given:
        raise TypeError(f"{', '.join(tensors)}: one of them must be a torch.Tensor, which has a type and a device")
    first = next((name, tensor) for name, tensor in tensors.items() if isinstance(tensor, Tensor))
    full = []
    for name, value in tensors.items():
        if not isinstance(value, Tensor):
            value = torch.full((), _arguments.real(name, value), dtype=first[1].dtype, device=first[1].device)
        _arguments.check_floating(name, value)
        _arguments.check_type_and_device(name, value, *first)
        full.append(value)
    full = list(torch.broadcast_tensors(*full))
    if shape is not None:
        full = [value.expand(shape) for value in full]
    return full


# ----------------------------------------------------------------------------------------------------------------------
# sample


def _sample_vjp_allocate(
    d_sample: Tensor, law: int, location_wanted: bool, scale_wanted: bool, noise: Noise
) -> tuple[Tensor | None, ...]:
    return _wanted(d_sample, location_wanted), _wanted(d_sample, scale_wanted)


def _sample_vjp_compute(
    results: tuple[Tensor, Tensor], d_sample: Tensor, law: int, location_wanted: bool, scale_wanted: bool, noise: Noise
) -> None:
    rows = _rows(
        d_sample=d_sample,
        d_location=results[0] if location_wanted else None,
        d_scale=results[1] if scale_wanted else None,
    )
    call("location_scale_sample_vjp", -1, rows, noise=noise, law=law)


_sample_vjp = Operator(
    "location_scale_sample_vjp",
    f"(Tensor d_sample, int law, bool location_wanted, bool scale_wanted, {NOISE_SCHEMA}) -> (Tensor, Tensor)",
    _sample_vjp_allocate,
    _sample_vjp_compute,
    tensors=1,
    draws=True,
)


def _sample_allocate(location: Tensor, scale: Tensor, law: int, noise: Noise) -> Tensor:
    return torch.empty_like(location, memory_format=torch.contiguous_format)


def _sample_compute(sample: Tensor, location: Tensor, scale: Tensor, law: int, noise: Noise) -> None:
    rows = {"location": location, "scale": scale, "sample": sample}
    call("location_scale_sample", -1, rows, noise=noise, law=law)


def _sample_setup(ctx: Any, inputs: tuple[Any, ...], sample: Tensor) -> None:
    _, _, ctx.law, noise = inputs
    ctx.noise = noise._replace(random=None, seeds=None, offsets=None)
    ctx.save_for_backward(*noise[:3])


def _sample_backward(ctx: Any, d_sample: Tensor) -> tuple[Any, ...]:
    random, seeds, offsets = ctx.saved_tensors
    noise = ctx.noise._replace(random=random, seeds=seeds, offsets=offsets)
    wanted = ctx.needs_input_grad[:2]
    found = _sample_vjp(traced_backward(d_sample, random), d_sample, ctx.law, *wanted, noise)
    return tuple(gradient if want else None for gradient, want in zip(found, wanted))


_sample = Operator(
    "location_scale_sample",
    f"(Tensor location, Tensor scale, int law, {NOISE_SCHEMA}) -> Tensor",
    _sample_allocate,
    _sample_compute,
    tensors=2,
    draws=True,
    setup=_sample_setup,
    backward=_sample_backward,
)


def location_scale_sample(
    location: Tensor | float,
    scale: Tensor | float,
    law: Law = "gumbel",
    *,
    shape: Sequence[int] | None = None,
    generator: torch.Generator | Generator | None = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Tensor | None = None,
    offsets: Tensor | None = None,
) -> Tensor:
    """location + scale x noise: Gumbel(location, scale), or the normal law with that mean and standard deviation.

    location, scale: of one floating-point type, broadcast with each other and to `shape`; scale 0 or more, and a
        negative, infinite or NaN scale gives NaN.
    Differentiable once, for both.
    """
    number = _law(law)
    location, scale = _broadcast(shape, location=location, scale=scale)
    full = location.shape
    if not full:
        location, scale = location.reshape(1), scale.reshape(1)
    recorded = traced(location, scale)
    noise = _arguments.noise(recorded, location, -1, generator, seed, row, offset, seeds, offsets)
    return _sample(recorded, location, scale, number, noise).reshape(full)


# ----------------------------------------------------------------------------------------------------------------------
# log_prob


def _vjp_allocate(
    value: Tensor, location: Tensor, scale: Tensor, d_log_prob: Tensor, law: int,
    value_wanted: bool, location_wanted: bool, scale_wanted: bool,
) -> tuple[Tensor | None, ...]:  # fmt: skip
    return _wanted(value, value_wanted), _wanted(value, location_wanted), _wanted(value, scale_wanted)


def _vjp_compute(
    results: tuple[Tensor, Tensor, Tensor],
    value: Tensor, location: Tensor, scale: Tensor, d_log_prob: Tensor, law: int,
    value_wanted: bool, location_wanted: bool, scale_wanted: bool,
) -> None:  # fmt: skip
    rows = _rows(
        value=value,
        location=location,
        scale=scale,
        d_log_prob=d_log_prob,
        d_value=results[0] if value_wanted else None,
        d_location=results[1] if location_wanted else None,
        d_scale=results[2] if scale_wanted else None,
    )
    call("location_scale_log_prob_vjp", -1, rows, law=law)


_log_prob_vjp = Operator(
    "location_scale_log_prob_vjp",
    "(Tensor value, Tensor location, Tensor scale, Tensor d_log_prob, int law, bool value_wanted, "
    "bool location_wanted, bool scale_wanted) -> (Tensor, Tensor, Tensor)",
    _vjp_allocate,
    _vjp_compute,
    tensors=4,
)


def _allocate(value: Tensor, location: Tensor, scale: Tensor, law: int) -> Tensor:
    return torch.empty_like(value, memory_format=torch.contiguous_format)


def _compute(log_prob: Tensor, value: Tensor, location: Tensor, scale: Tensor, law: int) -> None:
    rows = {"value": value, "location": location, "scale": scale, "log_prob": log_prob}
    call("location_scale_log_prob", -1, rows, law=law)


def _setup(ctx: Any, inputs: tuple[Any, ...], log_prob: Tensor) -> None:
    *saved, ctx.law = inputs
    ctx.save_for_backward(*saved)


def _backward(ctx: Any, d_log_prob: Tensor) -> tuple[Any, ...]:
    saved = ctx.saved_tensors
    wanted = ctx.needs_input_grad[:3]
    found = _log_prob_vjp(traced_backward(*saved, d_log_prob), *saved, d_log_prob, ctx.law, *wanted)
    return tuple(gradient if want else None for gradient, want in zip(found, wanted))


_log_prob = Operator(
    "location_scale_log_prob",
    "(Tensor value, Tensor location, Tensor scale, int law) -> Tensor",
    _allocate,
    _compute,
    tensors=3,
    setup=_setup,
    backward=_backward,
)


def location_scale_log_prob(
    value: Tensor | float, location: Tensor | float, scale: Tensor | float, law: Law = "gumbel"
) -> Tensor:
    """The log of the density of Gumbel(location, scale) or of the normal law at `value`, element by element.

    value, location, scale: of one floating-point type, broadcast with each other; a scale that is not above 0 and
    finite gives NaN. Differentiable once, for all three.
    """
    number = _law(law)
    value, location, scale = _broadcast(None, value=value, location=location, scale=scale)
    shape = value.shape
    if not shape:
        value, location, scale = value.reshape(1), location.reshape(1), scale.reshape(1)
    return _log_prob(traced(value, location, scale), value, location, scale, number).reshape(shape)
