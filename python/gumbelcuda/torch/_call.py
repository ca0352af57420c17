# SPDX-License-Identifier: Apache-2.0
"""Calls of the C functions with tensors: which rows a tensor has, in which types, on which device and stream.

Everything here runs for each call of an operator, so it is written for speed: what a plain call does not need, it does
not meet.
"""

from __future__ import annotations

import ctypes
import threading
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from gumbelcuda import _binding, _names, _strides
from gumbelcuda._binding import set_busy

Number: TypeAlias = float | Tensor  # one for all rows, or a tensor with one for each

NUMBER_TYPES = {torch.float32: 0, torch.float16: 1, torch.bfloat16: 2, torch.float64: 3}
WORD = 2**64 - 1
_PER_ROW_FLAG = {"temperature": 1, "top_k": 4, "top_p": 8, "min_p": 16, "p_temperature": 128, "q_temperature": 256}
# Operations on elements: rows may be empty, since nothing is asked of one.
_ELEMENT_WISE = {
    "gumbel_noise", "relaxed_bernoulli", "relaxed_bernoulli_vjp", "relaxed_bernoulli_log_prob", "location_scale_sample",
    "location_scale_sample_vjp", "location_scale_log_prob", "location_scale_log_prob_vjp",
}  # fmt: skip


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
    """What a thread keeps for its calls."""

    def __init__(self) -> None:
        self.handle = _binding.Handle(_binding.CPU)  # not the one of the plain functions, which set its threads
        self.handles: dict[int, _binding.Handle] = {}  # of devices
        self.operations: dict[str, _binding.Operation] = {}
        self.floats = {name: ctypes.c_float() for name in _PER_ROW_FLAG}  # numbers that are no tensors
        self.addresses = {name: ctypes.addressof(number) for name, number in self.floats.items()}


class _DataFields(dict[str, str]):
    def __missing__(self, member: str) -> str:
        self[member] = field = member + ".data"
        return field


_thread = _Thread()
_data_of = _DataFields()  # a string that is made anew would have to be hashed anew
_number_of_threads = torch.get_num_threads


def call(
    name: str,
    dim: int,
    rows: dict[str, Tensor],
    per_row: dict[str, Tensor] | None = None,
    numbers: dict[str, Number] | None = None,
    noise: Noise | None = None,
    **fields: int,
) -> None:
    """Calls gumbelcuda_<name>. All tensors of `rows` have the same shape, and their classes along `dim`, which is
    negative. The tensors of `per_row` are contiguous and count rows in row-major order of the other dimensions; those
    of `numbers` have as many dimensions as the rows, of which `dim` has length 1."""
    first = next(iter(rows.values()))
    was_busy = set_busy(True)
    try:
        # A call within a call, by a signal's handler, has handles and memory of its own.
        thread = _Thread() if was_busy else _thread
        if first.is_cpu:
            handle = thread.handle
            handle.set_threads(_number_of_threads())
            _run(thread, handle, name, first, dim, rows, per_row, numbers, noise, fields)
        elif first.is_cuda:
            with torch.cuda.device(first.device):
                handle = _of_device(thread, first.device.index)
                _run(thread, handle, name, first, dim, rows, per_row, numbers, noise, fields)
        else:
            raise ValueError(f"device: {first.device} is neither a CPU nor a CUDA device")
    except _binding.Refused as error:
        import gumbelcuda.torch

        raise _names.in_python(error, getattr(gumbelcuda.torch, name.removesuffix("_vjp"))) from None
    finally:
        set_busy(was_busy)


def _of_device(thread: _Thread, device: int) -> _binding.Handle:
    if device not in thread.handles:
        thread.handles[device] = _binding.Handle(_binding.CUDA)
    handle = thread.handles[device]
    handle.set_stream(torch.cuda.current_stream().cuda_stream)
    return handle


def _run(
    thread: _Thread,
    handle: _binding.Handle,
    name: str,
    first: Tensor,
    dim: int,
    rows: dict[str, Tensor],
    per_row: dict[str, Tensor] | None,
    numbers: dict[str, Number] | None,
    noise: Noise | None,
    fields: dict[str, int],
) -> None:
    try:
        operation = thread.operations[name]
    except KeyError:
        operation = thread.operations[name] = _binding.Operation(name)
    classes, count = first.size(dim), first.numel()
    if not count and (classes or name in _ELEMENT_WISE):
        if not classes and per_row:
            for tensor in per_row.values():  # sums of no numbers
                tensor.zero_()
        return  # tensors without numbers have no addresses, which to C says that they are not given
    fields["classes"] = classes
    fields["type"] = NUMBER_TYPES[first.dtype]
    if per_row is None:
        per_row = {}
    one = {}  # tensors with a number for all rows
    if numbers is not None:
        for member, number in numbers.items():
            if isinstance(number, Tensor) or not first.is_cpu:
                _set_number(member, number, first, dim, per_row, one, fields)
            else:
                thread.floats[member].value = number
                fields[member] = thread.addresses[member]
    row_noise = ""
    if noise is not None:
        random, seeds, offsets, seed, row, offset = noise
        position = 0
        if random is not None:
            if first.is_cpu:
                seed += int(random)
            else:
                position = random.data_ptr()
        handle.set_noise(seed & WORD, row & WORD, offset & WORD, position)
        if seeds is not None:
            one["noise.row_seed"] = seeds
            row_noise = "add_row_noise"
        if offsets is not None:
            one["noise.row_offset"] = offsets
            row_noise = "add_row_noise"
        if "noise.offset" in operation.kinds:
            fields["noise.offset"] = offset & WORD
            row_noise = "add_noise"

    # The one place where tensors become addresses. C sees memory, and not that the numbers of a view are to be negated.
    for tensors in (per_row, one) if per_row or one else ():
        for member, tensor in tensors.items():
            if tensor.is_neg():
                tensor = tensors[member] = tensor.resolve_neg()
            fields[member] = tensor.data_ptr()
    is_regular = dim == -1
    for member, tensor in rows.items():
        if tensor.is_neg():
            tensor = rows[member] = tensor.resolve_neg()
        is_regular = is_regular and tensor.is_contiguous()
        fields[_data_of[member]] = tensor.data_ptr()
    if is_regular or not classes:
        fields["rows"] = count // classes if classes else 0
        operation.pack(fields)
        operation.run(handle)
    else:
        _run_strided(operation, handle, dim, rows, per_row, fields, row_noise)


def _set_number(
    member: str,
    number: Number,
    first: Tensor,
    dim: int,
    per_row: dict[str, Tensor],
    one: dict[str, Tensor],
    fields: dict[str, int],
) -> None:
    dtype = torch.int32 if member == "top_k" else torch.float32
    if not isinstance(number, Tensor):
        number = torch.full((1,), number, dtype=dtype, device=first.device)
    number = number.to(dtype)
    if number.numel() == 1:
        one[member] = number
        return
    fields["flags"] = fields.get("flags", 0) | _PER_ROW_FLAG[member]
    leading = list(first.shape)
    leading[dim] = 1
    per_row[member] = number.expand(leading).contiguous()


def _run_strided(
    operation: _binding.Operation,
    handle: _binding.Handle,
    dim: int,
    rows: dict[str, Tensor],
    per_row: dict[str, Tensor],
    fields: dict[str, int],
    row_noise: str,
) -> None:
    """Rows that are not contiguous, or whose classes are not along the last dimension. Those that C has no strides for
    are copied; all that are written have some."""
    moved = {member: tensor.movedim(dim, -1) for member, tensor in rows.items()}
    *leading, classes = next(iter(moved.values())).shape

    def strided(is_copy_wanted: bool) -> list[_strides.Strided]:
        items = []
        for member, tensor in moved.items():
            written = member in operation.writes
            steps, class_stride = tensor.stride()[:-1], tensor.stride(-1) if classes > 1 else 1
            if not written and (is_copy_wanted or not _strides.are_in_c(leading, steps, classes, class_stride)):
                tensor = moved[member] = tensor.contiguous()
                steps, class_stride = tensor.stride()[:-1], 1
            items.append(_strides.Strided(member, tensor.data_ptr(), steps, class_stride, written))
        return items

    items = strided(False)
    # Parameters are no rows: C does not move them from block to block.
    if any(member + ".shape" in operation.kinds for member in rows):
        if _strides.merged(leading, [item.strides for item in items]) is None:
            items = strided(True)
    count = next(iter(rows.values())).numel() // classes
    per_rows = [(member, tensor.numel() // count * tensor.element_size()) for member, tensor in per_row.items()]
    _strides.run(operation, handle, fields, tuple(leading), items, per_rows, row_noise)
