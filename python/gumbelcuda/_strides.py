# SPDX-License-Identifier: Apache-2.0
"""Rows that do not simply follow one another, by their addresses and strides, whatever framework they are of.

C takes rows with two strides, and with its leading dimensions (c/leading_dimensions.h) any strides of the other axes.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import NamedTuple

from . import _binding

REPEATED_ROW = 2**64 - 1


class Strided(NamedTuple):
    """An array of rows. Strides count numbers; those of axes of length 1 do not matter."""

    field: str
    pointer: int
    strides: tuple[int, ...]  # of the leading axes
    class_stride: int
    written: bool


def are_in_c(
    leading: Sequence[int], strides: Sequence[int], classes: int, class_stride: int, written: bool = False
) -> bool:
    """Whether C takes such rows: not if classes go backwards or are all one number, nor if rows overlap."""
    if class_stride < 1:
        return False
    row_length = (classes - 1) * class_stride + 1
    for size, stride in zip(leading, strides):
        stride = abs(stride)
        if size > 1 and (stride or written) and stride < row_length and class_stride < (size - 1) * stride + 1:
            return False
    return True


def merged(leading: Sequence[int], strides: Sequence[tuple[int, ...]]) -> tuple[int, list[int]] | None:
    """The leading axes as one: its length and each array's stride. None if the arrays do not allow it."""
    length, steps = 1, [0] * len(strides)
    for place, size in enumerate(leading):
        if size == 1:
            continue
        here = [stride[place] for stride in strides]
        if length > 1 and any(step != stride * size for step, stride in zip(steps, here)):
            return None
        length, steps = length * size, here
    return (length, steps) if all(step >= 0 for step in steps) else None


def run(
    operation: _binding.Operation,
    handle: _binding.Handle,
    fields: dict[str, int],
    leading: tuple[int, ...],
    rows: Sequence[Strided],
    per_rows: Sequence[tuple[str, int]],
    noise: str,
) -> None:
    """Runs an operation whose fields are set, but for the number of rows and where they are: in one call if the leading
    axes are one in all arrays, otherwise in one for each block of them.

    per_rows: the fields of arrays with something for each row, and its bytes. noise: what adds the struct of the noise
    to a block, "add_row_noise" or "add_noise", or nothing.
    """
    one = merged(leading, [item.strides for item in rows])
    if one is None:
        _run_blocks(operation, handle, fields, leading, rows, per_rows, noise)
        return
    fields["rows"] = one[0]
    for item, stride in zip(rows, one[1]):
        fields[item.field + ".data"] = item.pointer
        fields[item.field + ".class_stride"] = item.class_stride
        fields[item.field + ".row_stride"] = REPEATED_ROW if stride == 0 and one[0] > 1 else stride
    operation.pack(fields)
    operation.run(handle)


def _run_blocks(
    operation: _binding.Operation,
    handle: _binding.Handle,
    fields: dict[str, int],
    leading: tuple[int, ...],
    rows: Sequence[Strided],
    per_rows: Sequence[tuple[str, int]],
    noise: str,
) -> None:
    library, check, place = _binding.library, _binding.check, operation.place
    operation.pack(fields)
    count = len(leading)
    dimensions = ctypes.c_void_p()
    shape = ctypes.byref((ctypes.c_uint64 * count)(*leading))
    made = library.gumbelcuda_create_dimensions(
        ctypes.byref(dimensions), count, shape, fields["classes"], fields["type"]
    )
    check(made)
    try:
        for field, pointer, strides, class_stride, written in rows:
            add = library.gumbelcuda_add_output if written else library.gumbelcuda_add_input
            steps = ctypes.byref((ctypes.c_ssize_t * count)(*strides))
            check(add(dimensions, place(field + ".data"), pointer, steps, class_stride))
        for field, size in per_rows:
            check(library.gumbelcuda_add_per_row(dimensions, place(field), size))
        if noise:
            first = "noise.offset" if noise == "add_noise" else "noise.row_seed"
            check(getattr(library, f"gumbelcuda_{noise}")(dimensions, place(first)))
        rows_of_block = ctypes.c_uint64.from_address(place("rows"))
        while True:
            check(library.gumbelcuda_next_block(dimensions, handle.address, place("rows")))
            if not rows_of_block.value:
                break
            operation.run(handle)
    finally:
        library.gumbelcuda_destroy_dimensions(dimensions)
