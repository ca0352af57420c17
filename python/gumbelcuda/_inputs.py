# SPDX-License-Identifier: Apache-2.0
"""What an operation reads: arrays of rows, numbers that are one for all rows or one for each, and the noise."""

from __future__ import annotations

import ctypes
from math import prod
from typing import Any, NamedTuple

from . import _binding, _layout
from ._arrays import BYTES, NUMBER_TYPES, Array, adopt, place
from ._frameworks import Framework
from ._whole import whole

TEMPERATURE_PER_ROW, LOG_DOMAIN, TOP_K_PER_ROW, TOP_P_PER_ROW, MIN_P_PER_ROW = 1, 2, 4, 8, 16
REJECT_PROBABILITIES, LOG_PROB_WANTED, P_TEMPERATURE_PER_ROW, Q_TEMPERATURE_PER_ROW = 32, 64, 128, 256

_SCALARS: dict[str, Any] = {"float32": ctypes.c_float, "uint32": ctypes.c_uint32, "float64": ctypes.c_double}


class Rows(NamedTuple):
    """What rows are like, where an operation reads none."""

    shape: tuple[int, ...]
    type: str
    framework: Framework
    device: int | None


class Inputs:
    """All arrays of rows have one shape, up to broadcasting, of which the axis `dim` holds the classes. Row numbers
    count through the other axes in C's order, whatever the arrays' strides."""

    def __init__(self, name: str, dim: int, rows: Rows | None = None, /, **reads: Any) -> None:
        self.operation = _binding.operation(name)
        self.fields: dict[str, int] = {}
        self.alive: list[Any] = []  # what C reads and nobody else holds
        self.per_rows: list[tuple[str, int]] = []  # fields of arrays with a number per row, bytes per row
        self.noise: tuple[Any, Any, Any, Any] | None = None  # resolved when all else is known to be right
        self.row_noise = ""
        self.words = 0
        self.each = 1  # numbers per row of a result whose kind has a "*"
        self.copies = False  # strided arrays are copied, because the operation has no leading dimensions in C
        self.reads: list[tuple[str, Array]] = []
        self.others: list[tuple[str, Array]] = []  # what else C reads of the caller's memory, and what it writes
        for field, x in reads.items():
            if x is not None:
                self.reads.append((field, adopt(field, x)))
        if rows is None and not self.reads:
            adopt(next(iter(reads)), None)  # says that None is no array
        field = self.reads[0][0] if self.reads else "shape"
        first = rows or self.reads[0][1]
        self.type, self.framework, self.device = first.type, first.framework, first.device
        if self.type not in NUMBER_TYPES:
            raise TypeError(f"{field}: {self.type} is not one of float16, bfloat16, float32, float64")
        shape = first.shape
        if len(self.reads) > 1 or (rows and self.reads):
            for name, array in self.reads:
                self._check(name, array, field)
            shape = _layout.common_shape(self.reads, dim, rows and rows.shape)
        self.shape = shape
        dimensions = len(shape)
        axis = dim + dimensions if dim < 0 else dim
        if not 0 <= axis < dimensions:
            raise ValueError(f"dim: {dim} is no axis of {field}, whose shape is {shape}")
        self.axis = axis
        self.classes = shape[axis]
        self.leading = shape[:-1] if axis == dimensions - 1 else shape[:axis] + shape[axis + 1 :]
        self.rows = prod(self.leading)

    def _check(self, name: str, array: Array, first: str) -> None:
        if array.type != self.type:
            raise TypeError(f"{name}: {array.type}, but {first} has {self.type}")
        if array.device != self.device:
            raise ValueError(f"{name}: is on {place(array.device)}, but {first} on {place(self.device)}")

    @property
    def computed(self) -> str:
        """The type of sums and log-probabilities."""
        return "float64" if self.type == "float64" else "float32"

    @property
    def row_words(self) -> int:
        """The words of noise that one draw of a row takes."""
        return (self.classes + 3) & ~3

    def flag(self, flag: int) -> None:
        self.fields["flags"] = self.fields.get("flags", 0) | flag

    def number(self, field: str, value: Any, flag: int, name: str = "tau", type: str = "float32") -> None:
        """One number for all rows, or an array of one for each, which sets the flag."""
        if value is None:
            return
        if value.__class__ is float or value.__class__ is int:
            shape: tuple[int, ...] = ()
        else:
            shape = getattr(value, "shape", None)  # type: ignore[assignment]
            if shape is None:
                import numpy

                value = numpy.asarray(value)
                shape = value.shape
            shape = tuple(shape)
            adopt(name, value)  # refuses what is no array, and a tensor whose gradient would be lost
        if prod(shape) == 1 and len(shape) < 2:
            if self.device is None:
                kind = _SCALARS[type]
                value = value.item() if hasattr(value, "item") else value
                try:
                    one = kind(self._whole_uint32(name, value) if type == "uint32" else float(value))
                except (TypeError, ValueError):
                    raise TypeError(f"{name}: {value!r} is not a number") from None
                self.alive.append(one)
                self.fields[field] = ctypes.addressof(one)
            else:
                held = self.framework.convert(value, type, self.device)
                self.alive.append(held)
                self.fields[field] = adopt(name, held).pointer
            return
        self.flag(flag)
        if type == "uint32":
            value = self._whole_uint32s(name, value)
        self.per_row(field, value, type, name)

    # A number of classes: all that are not below the row's mean the same, so that none wraps in 32 bits.
    def _whole_uint32(self, name: str, value: Any) -> int:
        return min(whole(name, value, 0), self.classes)

    def _whole_uint32s(self, name: str, value: Any) -> Any:
        array = adopt(name, value)
        if array.type not in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"):
            raise TypeError(f"{name}: {array.type} is not a type of whole numbers")
        if array.device is None and prod(array.shape) and int(value.min()) < 0:
            raise ValueError(f"{name}: {int(value.min())} is not 0 or more")
        if hasattr(value, "clamp"):  # a tensor of PyTorch
            return value.clamp(max=min(self.classes, self.framework.module.iinfo(value.dtype).max))
        return value.astype("uint64").clip(None, self.classes)

    def per_row(self, field: str, value: Any, type: str, name: str | None = None, each: int = 1) -> None:
        """An array with a number for each row: of shape `leading`, or what is broadcast to it, perhaps with an axis of
        1 in the classes' place. Without a copy where it has the type, and lies in the order of the rows."""
        name = name or field
        if isinstance(value, (int, float)):
            value = self.framework.convert(value, type, self.device)
        array = adopt(name, value)
        if array.device != self.device and prod(array.shape) > 1:
            raise ValueError(f"{name}: is on {place(array.device)}, but the rows on {place(self.device)}")
        if (array.type == type and array.strides is None and array.shape == self.leading and array.device == self.device
                and each == 1):  # fmt: skip
            pointer = array.pointer
            self.others.append((name, array))
        else:
            target = self.leading if each == 1 else (*self.leading, each)
            held = self.framework.convert(value, type, self.device)
            shape = tuple(held.shape)
            if each == 1 and len(shape) == len(self.shape) and shape[self.axis] == 1:
                held = held.squeeze(self.axis)
            if not _layout.broadcasts(tuple(held.shape), target):
                raise ValueError(f"{name}: shape {shape} does not fit {target}, the shape of the rows")
            held = self.framework.spread(held, target)
            self.alive.append(held)
            pointer = adopt(name, held).pointer
        self.alive.append(array)
        self.fields[field] = pointer
        self.per_rows.append((field, BYTES[type] * each))

    def parameter(self, field: str, value: Any) -> None:
        """One number for all rows or one for each, of the rows' own type: a gumbelcuda_const_parameter."""
        shape = tuple(getattr(value, "shape", ()))
        if prod(shape) == 1:
            held = self.framework.convert(value, self.type, self.device)
            self.alive.append(held)
            self.fields[field + ".data"] = adopt(field, held).pointer
            self.fields[field + ".shape"] = 2
            return
        if adopt(field, value).type != self.type:
            raise TypeError(f"{field}: {adopt(field, value).type}, but the rows have {self.type}")
        if len(shape) <= len(self.leading) - self.axis:  # it has no axis for the classes, nor one before it
            shape = (1,) * (len(self.shape) - len(shape)) + shape
            value = value.reshape(shape)
        self.per_row(field + ".data", value, self.type, field)
        self.fields[field + ".shape"] = 1

    def draw(
        self, generator: Any, seed: Any, row: Any, offset: Any, seeds: Any, offsets: Any, words: int | None = None
    ) -> None:
        """The noise is drawn: `words` words of each row."""
        self.words = self.row_words if words is None else words
        if seeds is None and offsets is None:
            self.noise = (generator, seed, row, offset)
            return
        if generator is not None:
            raise ValueError(
                "generator: rows with seeds or offsets of their own need fixed addresses: give seed, or seeds"
            )
        if seeds is None and seed is None:
            raise ValueError("offsets: need a seed, or seeds")
        if seeds is not None and seed is not None:
            raise ValueError("seed: cannot be given with seeds")
        self.noise = (None, 0 if seed is None else seed, row, offset)
        self.row_noise = "add_row_noise"
        if seeds is not None:
            self.per_word("noise.row_seed", seeds, "seeds")
        if offsets is not None:
            self.per_word("noise.row_offset", offsets, "offsets")

    def per_word(self, field: str, value: Any, name: str) -> None:
        array = adopt(name, value)
        if array.type not in ("uint64", "int64", "uint32", "int32"):
            raise TypeError(f"{name}: {array.type} is not one of uint64, int64")
        self.per_row(field, value, "int64" if array.type == "int64" else "uint64", name)
        self.per_rows.pop()  # a block's seeds are found by the struct that they are in

    def repeat(self, seed: Any, row: Any, offset: Any, seeds: Any, offsets: Any) -> None:
        """A backward pass: draws the noise of its forward pass again, and nothing else."""
        if seed is None and seeds is None:
            raise ValueError(
                "seed: a backward pass needs the address of its forward pass's noise: seed or seeds, offset, row"
            )
        self.draw(None, seed, row, offset, seeds, offsets)
        self.words = 0
        self.row_noise = "add_noise"
        self.fields["noise.offset"] = offset
