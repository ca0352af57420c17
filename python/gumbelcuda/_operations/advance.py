# SPDX-License-Identifier: Apache-2.0
"""Positions in the noise stream that lie in the memory of a device (include/gumbelcuda/gumbel.hpp)."""

from __future__ import annotations

from typing import Any

from math import prod

from .. import _binding
from .._arrays import Array, adopt
from .._handles import handle_for
from .._whole import whole


def _counter(name: str, x: Any) -> Array:
    array = adopt(name, x)
    if array.type not in ("uint64", "int64"):
        raise TypeError(f"{name}: {array.type} is not one of uint64, int64")
    if array.readonly or array.strides is not None:
        raise ValueError(f"{name}: is read-only or not contiguous")
    return array


def _run(array: Array, function: str, *arguments: int) -> None:
    with handle_for(array.framework, array.device) as handle:
        _binding.check(getattr(_binding.library, function)(handle.address, array.pointer, *arguments))


def advance_noise(position: Any, words: int) -> None:
    """Adds `words`, rounded up to a multiple of 4, to `position`, an array of one uint64 or int64, in the order of the
    current stream."""
    array = _counter("position", position)
    if prod(array.shape) != 1:
        raise ValueError(f"position: shape {array.shape} is not one number")
    _run(array, "gumbelcuda_advance_noise", whole("words", words, 0))


def advance_row_offsets(offsets: Any, words: int) -> None:
    """The same for each of `offsets`, those of rows with noise of their own."""
    array = _counter("offsets", offsets)
    _run(array, "gumbelcuda_advance_row_offsets", prod(array.shape), whole("words", words, 0))
