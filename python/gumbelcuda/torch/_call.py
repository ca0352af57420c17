# SPDX-License-Identifier: Apache-2.0
"""Calls of the C functions with tensors: which rows a tensor has, in which types, on which device and stream.

Everything here runs for each call of an operator, so it is written for speed: what a plain call does not need, it does
not meet.
"""

from __future__ import annotations

import ctypes
import itertools
import threading
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from gumbelcuda import _binding

Temperature: TypeAlias = float | Tensor

_library = _binding.library
_ERRORS: dict[int, type[Exception]] = {1: ValueError, 3: MemoryError}
NUMBER_TYPES = {torch.float32: 0, torch.float16: 1, torch.bfloat16: 2, torch.float64: 3}
REPEATED_ROW = 2**64 - 1
WORD = 2**64 - 1
_PER_ROW_FLAG = {"temperature": 1, "p_temperature": 128, "q_temperature": 256}


class Noise(NamedTuple):
    """The address of a call's noise (docs/noise-stream.md), in the form in which operators get it.

    `random` is one int64 number that was drawn from a torch.Generator, on the generator's device: on the CPU it is
    added to `seed`; on a GPU, where the host must not wait for it, to `offset`. `seeds` and `offsets` are per row.
    Numbers of 64 bits are written as int64, because the operators of PyTorch know no other integers.
    """

    random: Tensor | None = None
    seeds: Tensor | None = None
    offsets: Tensor | None = None
    seed: int = 0
    row: int = 0
    offset: int = 0


class _Thread(threading.local):
    """What a thread keeps for its calls on the CPU."""

    def __init__(self) -> None:
        self.handle = _binding.Handle(_binding.CPU)  # not the one of the plain functions, which set its threads
        self.threads = 0
        self.operations: dict[str, _binding.Operation] = {}
        self.floats = {name: ctypes.c_float() for name in _PER_ROW_FLAG}  # temperatures that are numbers
        self.float_addresses = {name: ctypes.addressof(number) for name, number in self.floats.items()}


_thread = _Thread()
_number_of_threads = torch.get_num_threads


def call(
    name: str,
    dim: int,
    rows: dict[str, Tensor],
    per_row: dict[str, Tensor] | None = None,
    temperature: dict[str, Temperature] | None = None,
    noise: Noise | None = None,
    **fields: int,
) -> None:
    """Calls gumbelcuda_<name>. All tensors of `rows` have the same shape, and their classes along `dim`, which is
    negative. The tensors of `per_row` are contiguous and count rows in row-major order of the other dimensions."""
    # C sees memory, and not that its numbers are to be negated.
    for tensors in (rows, per_row or {}):
        for member, tensor in tensors.items():
            if tensor.is_neg():
                tensors[member] = tensor.resolve_neg()
    first = next(iter(rows.values()))
    if first.is_cpu:
        # A call within a call, by a signal's handler, has a handle and memory of its own.
        was_busy = _binding.set_busy(True)
        try:
            thread = _Thread() if was_busy else _thread
            handle = thread.handle
            if thread.threads != (threads := _number_of_threads()):
                handle.set_threads(threads)
                thread.threads = threads
            _call(thread, handle, name, first, dim, rows, per_row, temperature, noise, fields)
        finally:
            _binding.set_busy(was_busy)
    elif first.is_cuda:
        with torch.cuda.device(first.device):
            handle = _binding.handle(_binding.CUDA, first.device.index)
            was_busy = _binding.set_busy(True)
            try:
                handle.set_stream(torch.cuda.current_stream().cuda_stream)
                thread = _Thread() if was_busy else _thread
                _call(thread, handle, name, first, dim, rows, per_row, temperature, noise, fields)
            finally:
                _binding.set_busy(was_busy)
    else:
        raise ValueError(f"device: {first.device} is neither a CPU nor a CUDA device")


def _call(
    thread: _Thread,
    handle: _binding.Handle,
    name: str,
    first: Tensor,
    dim: int,
    rows: dict[str, Tensor],
    per_row: dict[str, Tensor] | None,
    temperature: dict[str, Temperature] | None,
    noise: Noise | None,
    fields: dict[str, int],
) -> None:
    try:
        operation = thread.operations[name]
    except KeyError:
        operation = thread.operations[name] = _binding.operation(name)
    classes = first.shape[dim]
    if classes and not first.numel():
        return  # no rows; and tensors without numbers have no addresses, which to C says that they are not given
    fields["classes"] = classes
    fields["type"] = NUMBER_TYPES[first.dtype]
    if per_row is None:
        per_row = {}
    alive = []  # temperatures that nobody else holds until the call returns
    if temperature is not None:
        for member, tau in temperature.items():
            if isinstance(tau, Tensor) or not first.is_cpu:
                alive.append(_set_temperature(member, tau, first, dim, per_row, fields))
            else:
                thread.floats[member].value = tau
                fields[member] = thread.float_addresses[member]
    if noise is not None:
        random, seeds, offsets, seed, row, offset = noise
        position = 0
        if random is not None:
            if first.is_cpu:
                seed += int(random)
            else:
                position = random.data_ptr()
        address = (seed & WORD, row & WORD, offset & WORD, position)
        handle.set_noise(*address)
        if "noise.offset" in operation.slots:
            fields["noise.offset"] = address[2]
        if seeds is not None:
            per_row["noise.row_seed"] = seeds
        if offsets is not None:
            per_row["noise.row_offset"] = offsets
    for member, tensor in per_row.items():
        fields[member] = tensor.data_ptr()

    if dim == -1:
        for tensor in rows.values():
            if not tensor.is_contiguous():
                break
        else:
            fields["rows"] = first.numel() // classes if classes else 0
            for member, tensor in rows.items():
                fields[member + ".data"] = tensor.data_ptr()
            operation.pack(fields)
            operation.run(handle)
            return
    _call_blocks(operation, handle, dim, rows, per_row, fields, None if noise is None else (address, seeds is None))


def _set_temperature(
    member: str, tau: Temperature, first: Tensor, dim: int, per_row: dict[str, Tensor], fields: dict[str, int]
) -> Tensor:
    if not isinstance(tau, Tensor):
        tau = torch.full((1,), tau, dtype=torch.float32, device=first.device)
    tau = tau.to(torch.float32).resolve_neg()
    if tau.numel() != 1:
        fields["flags"] = fields.get("flags", 0) | _PER_ROW_FLAG[member]
        leading = list(first.shape)
        leading[dim] = 1
        tau = per_row[member] = tau.expand(leading).contiguous()
    fields[member] = tau.data_ptr()
    return tau


def _call_blocks(
    operation: _binding.Operation,
    handle: _binding.Handle,
    dim: int,
    rows: dict[str, Tensor],
    per_row: dict[str, Tensor],
    fields: dict[str, int],
    noise: tuple[tuple[int, int, int, int], bool] | None,
) -> None:
    """Makes one call for all rows if each tensor has one distance between them; otherwise one for each position in the
    dimensions that are left over. noise: its address, and whether rows count on in it, without seeds of their own."""
    rows = {member: _representable(tensor.movedim(dim, -1)) for member, tensor in rows.items()}
    first = next(iter(rows.values()))
    sizes, strides = _merged(first.shape[:-1], [tensor.stride()[:-1] for tensor in rows.values()])
    count = fields["rows"] = sizes[-1]
    total = first.numel() // first.shape[-1] if first.shape[-1] else 0
    for (member, tensor), stride in zip(rows.items(), strides):
        fields[member + ".class_stride"] = tensor.stride(-1) if tensor.shape[-1] > 1 else 1
        fields[member + ".row_stride"] = 0 if count <= 1 else stride[-1] or REPEATED_ROW
    first_row = 0
    for position in itertools.product(*map(range, sizes[:-1])):
        for (member, tensor), stride in zip(rows.items(), strides):
            numbers = sum(place * step for place, step in zip(position, stride))
            fields[member + ".data"] = tensor.data_ptr() + numbers * tensor.element_size()
        for member, tensor in per_row.items():
            fields[member] = tensor.data_ptr() + first_row * (tensor.numel() // total) * tensor.element_size()
        if noise is not None and first_row:
            (seed, row, offset, device_offset), rows_count_on = noise
            handle.set_noise(seed, (row + first_row * rows_count_on) & WORD, offset, device_offset)
        operation.pack(fields)
        operation.run(handle)
        first_row += count


def _representable(tensor: Tensor) -> Tensor:
    """The tensor, or a copy if C has no strides for it: classes that are one number, or rows that overlap."""
    classes = tensor.shape[-1]
    class_stride = tensor.stride(-1) if classes > 1 else 1
    if class_stride == 0:
        return tensor.contiguous()
    length = (classes - 1) * class_stride + 1
    for size, stride in zip(tensor.shape[:-1], tensor.stride()[:-1]):
        if size > 1 and stride and stride < length and class_stride < (size - 1) * stride + 1:
            return tensor.contiguous()
    return tensor


def _merged(sizes: tuple[int, ...], strides: list[tuple[int, ...]]) -> tuple[list[int], list[list[int]]]:
    """The sizes and strides of the leading dimensions after neighbours were merged that are regular in all tensors."""
    merged: list[int] = []
    steps: list[list[int]] = [[] for _ in strides]
    for place, size in enumerate(sizes):
        if size == 1:
            continue
        if merged and all(step[-1] == stride[place] * size for step, stride in zip(steps, strides)):
            merged[-1] *= size
            for step, stride in zip(steps, strides):
                step[-1] = stride[place]
        else:
            merged.append(size)
            for step, stride in zip(steps, strides):
                step.append(stride[place])
    if not merged:
        return [1], [[0] for _ in strides]
    return merged, steps
