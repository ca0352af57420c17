# SPDX-License-Identifier: Apache-2.0
"""What the public functions do with their arguments before an operator is called: every check, with the name that the
caller knows, and the choice of the noise."""

from __future__ import annotations

import ctypes
import math
import numbers
import threading

import torch
from torch import Tensor

from gumbelcuda._whole import integer
from gumbelcuda.random import Generator, word
from gumbelcuda.torch._call import NUMBER_TYPES, WORD, Noise, Number
from gumbelcuda.torch._operator import traced


def check_floating(name: str, tensor: object) -> None:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{name}: expected a torch.Tensor, got {type(tensor).__name__}")
    if tensor.dtype not in NUMBER_TYPES:
        raise TypeError(f"{name}: {tensor.dtype} is not float16, bfloat16, float32 or float64")


def check_type_and_device(name: str, tensor: Tensor, first_name: str, first: Tensor) -> None:
    if tensor.dtype != first.dtype:
        raise TypeError(f"{name}: {tensor.dtype} is not {first_name}'s type, {first.dtype}")
    if tensor.device != first.device:
        raise ValueError(f"{name}: is on {tensor.device}, {first_name} on {first.device}")


def check_like(name: str, tensor: Tensor, first_name: str, first: Tensor) -> None:
    """`tensor` has the type, the device and the shape of `first`."""
    check_floating(name, tensor)
    check_type_and_device(name, tensor, first_name, first)
    if tensor.shape != first.shape:
        raise ValueError(f"{name}: {list(tensor.shape)} is not {first_name}'s shape, {list(first.shape)}")


def check_index(name: str, index: object, rows: Tensor, dim: int) -> None:
    """`index` has one int64 number for each row of `rows`."""
    if not isinstance(index, Tensor):
        raise TypeError(f"{name}: expected a torch.Tensor, got {type(index).__name__}")
    if index.dtype != torch.int64:
        raise TypeError(f"{name}: {index.dtype} is not int64")
    if index.device != rows.device:
        raise ValueError(f"{name}: is on {index.device}, the rows on {rows.device}")
    shape = list(rows.shape)
    del shape[dim]
    if list(index.shape) != shape:
        raise ValueError(f"{name}: {list(index.shape)} is not one number per row, {shape}")


def from_the_end(name: str, tensor: Tensor, dim: int) -> int:
    """`dim` as a negative number, so that it stays right when vmap puts a dimension in front."""
    count = tensor.dim()
    if count == 0:
        raise ValueError(f"{name}: a tensor without dimensions has no classes")
    if not -count <= dim < count:
        raise IndexError(f"dim: {dim} is not in [{-count}, {count - 1}]")
    return dim - count if dim >= 0 else dim


def number_of_classes(name: str, k: object, logits: Tensor, dim: int) -> int:
    """A whole number from 1 to the number of classes."""
    number = k if type(k) is int else integer(name, k)
    if not 1 <= number <= logits.shape[dim]:
        raise ValueError(f"{name}: {number} is not in [1, {logits.shape[dim]}], the number of classes")
    return number


def temperature(name: str, tau: object, logits: Tensor, dim: int, *, zero: bool = True) -> Number:
    """τ as operators take it: a float, or a tensor with as many dimensions as logits, of which `dim` has length 1.

    τ has one number; or one per row, in the shape of logits with length 1 along `dim`, or without `dim`. Whether a
    tensor's numbers are allowed, C finds out.
    """
    if isinstance(tau, Tensor):
        return _temperatures(name, tau, logits, dim)
    tau = real(name, tau)
    if not (0 <= tau < math.inf if zero else 0 < tau < math.inf):
        raise ValueError(f"{name}: {tau} is not {'0 or more' if zero else 'above 0'} and finite")
    return tau


def real(name: str, number: object) -> float:
    """A number of Python or NumPy, of any type that is real; of a graph it may be symbolic."""
    if getattr(number, "shape", None) == () and hasattr(number, "item"):  # NumPy's
        number = number.item()
    if isinstance(number, float | int | torch.SymFloat | torch.SymInt) and not isinstance(number, bool):
        return number  # type: ignore[return-value]
    if not isinstance(number, numbers.Real) or isinstance(number, bool):
        raise TypeError(f"{name}: expected a number or a torch.Tensor, got {type(number).__name__}")
    return float(number)


def _temperatures(name: str, tau: Tensor, logits: Tensor, dim: int) -> Tensor:
    if not tau.dtype.is_floating_point:
        raise TypeError(f"{name}: {tau.dtype} is not a floating-point type")
    if tau.device != logits.device:
        if tau.numel() != 1 or not tau.is_cpu:
            raise ValueError(f"{name}: is on {tau.device}, the rows on {logits.device}")
        tau = tau.to(logits.device)
    if tau.numel() == 1:
        return tau.reshape((1,) * logits.dim())
    rows = list(logits.shape)
    del rows[dim]
    if list(tau.shape) == rows:
        return tau.unsqueeze(dim)
    rows.insert(dim + logits.dim(), 1)
    if tau.dim() == len(rows) and all(own in (1, row) for own, row in zip(tau.shape, rows)):
        return tau
    raise ValueError(
        f"{name}: {list(tau.shape)} is neither one number nor one per row of {list(logits.shape)} "
        f"with classes along {dim}, {rows}"
    )


def relaxation(
    logits: Tensor,
    tau: float | Tensor,
    dim: int,
    generator: torch.Generator | Generator | None,
    seed: int | None,
    row: int,
    offset: int,
    seeds: Tensor | None,
    offsets: Tensor | None,
) -> tuple[bool, Number, int, Noise]:
    """The checked arguments of a relaxed sample. Small calls take as long as their Python, so the plainest arguments,
    float32 on the CPU with a number as tau, meet one line each."""
    if not (isinstance(logits, Tensor) and logits.dtype is torch.float32):
        check_floating("logits", logits)
    if not (dim == -1 and logits.dim()):
        dim = from_the_end("logits", logits, dim)
    if not (type(tau) is float and 0 <= tau < math.inf):
        tau = temperature("tau", tau, logits, dim)
    recorded = traced(logits, tau)
    if seed is seeds is offsets is generator is None and logits.is_cpu and not recorded and row == offset == 0:
        _thread.random.random_()
        return recorded, tau, dim, _new(Noise, (None, None, None, _thread.number.value, 0, 0))  # in half Noise()'s time
    return recorded, tau, dim, noise(recorded, logits, dim, generator, seed, row, offset, seeds, offsets)


def noise(
    recorded: bool,
    like: Tensor,
    dim: int,
    generator: torch.Generator | Generator | None,
    seed: int | None,
    row: int,
    offset: int,
    seeds: Tensor | None,
    offsets: Tensor | None,
    draws: int = 1,
) -> Noise:
    """The noise of a call: at the address that was given, or fresh from a generator, for `draws` draws of each row.

    One int64 number of 63 random bits is drawn from a torch.Generator. Where calls are recorded, and on a GPU, it
    stays a tensor, so that each run of the recorded program draws another.
    """
    if type(offset) is not int:
        offset = word("offset", offset)
    if offset % 4:
        raise ValueError(f"offset: {offset} is not a multiple of 4")
    if seeds is not None:
        seeds = _per_row("seeds", seeds, like, dim)
    if offsets is not None:
        offsets = _per_row("offsets", offsets, like, dim)
    if seed is not None and seeds is not None:
        raise ValueError("seed: cannot be given with seeds")
    if seed is not None or seeds is not None:
        if generator is not None:
            raise ValueError("generator: cannot be given together with seed or seeds, which say where the noise is")
        return Noise(None, seeds, offsets, _signed("seed", seed or 0), _signed("row", row), _signed("offset", offset))
    if isinstance(generator, Generator):
        return _reserved(recorded, generator, draws * ((like.shape[dim] + 3) & ~3), like, row, offset, offsets)
    if recorded or not like.is_cpu:
        random = torch.randint(2**63 - 1, (), dtype=torch.int64, device=like.device, generator=generator)
        return Noise(random, None, offsets, 0, _signed("row", row), _signed("offset", offset))
    return Noise(None, None, offsets, _thread.draw(generator), _signed("row", row), _signed("offset", offset))


def _reserved(
    recorded: bool, generator: Generator, words: int, like: Tensor, row: int, offset: int, offsets: Tensor | None
) -> Noise:
    """Noise of a gumbelcuda.Generator. Nothing here waits for a position on a GPU: the call gets a copy of it, and it
    moves on in the order of the stream, so that a CUDA graph which is replayed draws fresh noise."""
    if recorded:
        raise ValueError("generator: a gumbelcuda.Generator cannot become part of a graph; take a torch.Generator")
    if offset or offsets is not None:
        raise ValueError("offset, offsets: need a seed, or seeds")
    row = _signed("row", row)
    position = generator.device_position
    if position is None:
        seed, offset = generator.reserve(words)
        return Noise(None, None, None, _signed("seed", seed), row, _signed("offset", offset))
    if not isinstance(position, Tensor) or position.dtype not in (torch.int64, torch.uint64) or position.numel() != 1:
        raise TypeError("generator: its device_position is not a tensor with one int64 or uint64 number")
    if position.device != like.device:
        raise ValueError(f"generator: its device_position is on {position.device}, the rows on {like.device}")
    counter = position.view(torch.int64)
    before = counter.clone()
    counter += words
    seed = _signed("seed", generator.seed)
    if like.is_cpu:
        return Noise(None, None, None, seed, row, _signed("offset", (generator.position + int(before)) & WORD))
    return Noise(before, None, None, seed, row, _signed("offset", generator.position))


class _Thread(threading.local):
    """Where a thread draws its 63 bits from a torch.Generator of the CPU."""

    def __init__(self) -> None:
        # A tensor that is made in inference mode could not be drawn into outside of it.
        with torch.inference_mode(False):
            self.random = torch.empty((), dtype=torch.int64, device="cpu")
        self.number = ctypes.c_int64.from_address(self.random.data_ptr())  # read in a tenth of the time of item()

    def draw(self, generator: torch.Generator | None) -> int:
        self.random.random_(generator=generator)
        return self.number.value


_thread = _Thread()
_new = tuple.__new__


def _signed(name: str, number: int) -> int:
    if type(number) is not int or not 0 <= number <= WORD:
        number = word(name, number)  # an integer of NumPy, or an error
    return number - 2**64 if number >= 2**63 else number


def _per_row(name: str, numbers: object, like: Tensor, dim: int) -> Tensor:
    if not isinstance(numbers, Tensor):
        raise TypeError(f"{name}: expected a torch.Tensor, got {type(numbers).__name__}")
    if numbers.dtype not in (torch.int64, torch.uint64):
        raise TypeError(f"{name}: {numbers.dtype} is neither int64 nor uint64")
    if numbers.device != like.device:
        raise ValueError(f"{name}: is on {numbers.device}, the rows on {like.device}")
    rows = list(like.shape)
    if rows:
        del rows[dim]
    if list(numbers.shape) != rows:
        raise ValueError(f"{name}: {list(numbers.shape)} is not one number per row, {rows}")
    return numbers.contiguous()
