# SPDX-License-Identifier: Apache-2.0
"""Arrays whose rows do not simply follow one another: broadcasting, classes on any axis, overlaps. What C has no
strides for (_strides.py) is copied."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, prod
from typing import TYPE_CHECKING

from . import _binding, _strides
from ._arrays import BYTES, Array, adopt
from ._strides import Strided

if TYPE_CHECKING:
    from ._call import Call
    from ._results import Written


def common_shape(
    arrays: Sequence[tuple[str, Array]], dim: int, given: tuple[int, ...] | None = None
) -> tuple[int, ...]:
    """The shape that all are broadcast to; the classes' axis is not broadcast."""
    shapes = [array.shape for _, array in arrays] + ([] if given is None else [given])
    if all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    length = max(map(len, shapes))
    padded = [(1,) * (length - len(shape)) + shape for shape in shapes]
    sizes = tuple(next((size for size in column if size != 1), 1) for column in zip(*padded))
    axis = dim + length if dim < 0 else dim
    fits = all(size in (1, whole) for shape in padded for size, whole in zip(shape, sizes))
    if not fits or (0 <= axis < length and any(shape[axis] != sizes[axis] for shape in padded)):
        listed = ", ".join(f"{name} {array.shape}" for name, array in arrays) + (f", shape {given}" if given else "")
        raise ValueError(f"shapes do not fit: {listed}; with dim {dim} the numbers of classes must be equal")
    return sizes


def broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    return len(shape) <= len(target) and all(a in (1, b) for a, b in zip(reversed(shape), reversed(target)))


def is_contiguous(array: Array) -> bool:
    step = 1
    for size, stride in zip(reversed(array.shape), reversed(array.all_strides())):
        if size > 1 and stride != step:
            return False
        step *= size
    return True


def _extent(array: Array) -> tuple[int, int]:
    """The addresses of the first byte and behind the last."""
    size = BYTES[array.type]
    reach = [(length - 1) * stride * size for length, stride in zip(array.shape, array.all_strides())]
    return array.pointer + sum(min(0, r) for r in reach), array.pointer + sum(max(0, r) for r in reach) + size


def check_overlap(name: str, read: Array, out: Array, may_be_one: bool = True) -> None:
    """Refuses an `out` that shares memory with what is read. Where both are one array of rows, C says whether that is
    allowed."""
    if read.device != out.device or not prod(read.shape) or not prod(out.shape):
        return
    begin, end = _extent(read)
    out_begin, out_end = _extent(out)
    if begin >= out_end or out_begin >= end:
        return
    if may_be_one and read.pointer == out.pointer and read.shape == out.shape and read.all_strides() == out.all_strides():
        return
    # Interleaved arrays share no memory: their numbers lie in different places of each period.
    size = BYTES[out.type]
    period = gcd(*(stride * BYTES[array.type] for array in (read, out) for stride in array.all_strides()))
    if period and BYTES[read.type] == size and size <= (out.pointer - read.pointer) % period <= period - size:
        return
    raise ValueError(f"out: shares memory with {name}" + ", but is not the same array" * may_be_one)


def _rows_of(call: Call, field: str, array: Array, written: bool) -> Strided:
    shape = (1,) * (len(call.shape) - len(array.shape)) + array.shape
    steps = (0,) * (len(call.shape) - len(array.shape)) + array.all_strides()
    steps = tuple([0 if size == 1 else step for size, step in zip(shape, steps)])
    axis = call.axis
    class_stride = steps[axis] if call.classes > 1 else 1
    strides = steps[:axis] + steps[axis + 1 :]
    if _strides.are_in_c(call.leading, strides, call.classes, class_stride, written):
        return Strided(field, array.pointer, strides, class_stride, written)
    if written:
        raise ValueError(f"out: strides {array.all_strides()} of shape {array.shape} cannot be written to")
    held = call.framework.contiguous(call.framework.moved(array.owner, axis - len(call.shape), -1))
    call.alive.append(held)
    copy = adopt(field, held)
    leading = tuple(0 if size == 1 else step for size, step in zip(copy.shape, copy.all_strides()[:-1]))
    return Strided(field, copy.pointer, (0,) * (len(call.leading) - len(leading)) + leading, 1, written)


def run(call: Call, handle: _binding.Handle, written: Sequence[Written]) -> None:
    """Runs a call, whose fields are set but for strides and the number of rows."""
    if call.rows == 0 or call.classes == 0:
        call.fields["rows"] = call.rows
        call.operation.pack(call.fields)
        call.operation.run(handle)
        return
    rows = [_rows_of(call, field, array, False) for field, array in call.reads]
    rows += [_rows_of(call, item.field, item.array, True) for item in written if not item.bytes_per_row]
    if call.copies and _strides.merged(call.leading, [item.strides for item in rows]) is None:
        _run_copies(call, handle, written)
        return
    per_rows = call.per_rows + [(item.field, item.bytes_per_row) for item in written if item.bytes_per_row]
    _strides.run(call.operation, handle, call.fields, call.leading, rows, per_rows, call.row_noise)


def _run_copies(call: Call, handle: _binding.Handle, written: Sequence[Written]) -> None:
    framework, shape = call.framework, (*call.leading, call.classes)
    for field, array in call.reads:
        held = framework.spread(framework.moved(array.owner, call.axis - len(call.shape), -1), shape)
        call.alive.append(held)
        call.fields[field + ".data"] = adopt(field, held).pointer
    made = []
    for field, array, per_row in written:
        if not per_row:
            copy = framework.empty(shape, array.type, array.device)
            made.append((array, copy))
            call.fields[field + ".data"] = adopt("out", copy).pointer
    call.fields["rows"] = call.rows
    call.operation.pack(call.fields)
    call.operation.run(handle)
    for array, copy in made:
        framework.assign(framework.moved(array.owner, call.axis, -1), copy)
