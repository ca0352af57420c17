# SPDX-License-Identifier: Apache-2.0
"""Calls of the operations with as little work in Python as possible: a thread keeps its handles and the memory of each
operation's arguments, and a call writes all of them with one pack_into of a struct that it also keeps. Where a call is
interrupted by Python code that makes another one, a signal's handler or a finalizer, the other one gets a handle and
memory of its own."""

from __future__ import annotations

import ctypes
import operator
import struct
import threading
import weakref
from collections.abc import Mapping
from typing import Any

from . import _load

CPU, CUDA = 1, 2  # GUMBELCUDA_CPU, GUMBELCUDA_CUDA
_LETTERS = {
    ctypes.c_void_p: "Q",
    ctypes.c_size_t: "Q",
    ctypes.c_uint64: "Q",
    ctypes.c_ssize_t: "q",
    ctypes.c_int64: "q",
    ctypes.c_int32: "i",
    ctypes.c_uint32: "I",
    ctypes.c_float: "f",
    ctypes.c_double: "d",
}


class Handle:
    """Where calls run and which noise they draw: a handle of C that remembers what it was set to."""

    def __init__(self, backend: int) -> None:
        raw = ctypes.c_void_p()
        library = _load.library()
        _load.check(library.gumbelcuda_create(ctypes.byref(raw)))
        self.address: int = raw.value or 0
        # Not at the interpreter's end: other threads may still compute, and the system frees all memory.
        weakref.finalize(self, library.gumbelcuda_destroy, self.address).atexit = False
        _load.check(library.gumbelcuda_set_backend(self.address, backend))
        self._set_seed, self._set_row = library.gumbelcuda_set_seed, library.gumbelcuda_set_first_row
        self._set_offset = library.gumbelcuda_set_offset
        self._seed = self._row = -1
        self._stream = self._threads = self._device_offset = 0

    def set_noise(self, seed: int, row: int, offset: int, device_offset: int = 0) -> None:
        """Where the next call that draws begins; device_offset is the address of a number that is added to offset."""
        if seed != self._seed:
            _load.check(self._set_seed(self.address, seed))
            self._seed = seed
        if row != self._row:
            _load.check(self._set_row(self.address, row))
            self._row = row
        if device_offset != self._device_offset:
            _load.check(_load.library().gumbelcuda_set_device_offset(self.address, device_offset))
            self._device_offset = device_offset
        if status := self._set_offset(self.address, offset):
            raise _load.failure(status)

    def set_stream(self, stream: int) -> None:
        if stream != self._stream:
            _load.check(_load.library().gumbelcuda_set_stream(self.address, stream))
            self._stream = stream

    def set_threads(self, threads: int) -> None:
        if threads != self._threads:
            _load.check(_load.library().gumbelcuda_set_threads(self.address, threads))
            self._threads = threads


class Refused(ValueError):
    """What an operation refused, by C's name of the argument."""


class Operation:
    """A C function and memory for its arguments. `kinds` has every field, and pack() takes their values by name;
    `writes` are the arrays of rows that are results."""

    def __init__(self, name: str) -> None:
        self.name = name
        arguments = _load.structs()[f"gumbelcuda_{name}_args"]
        self.function = getattr(_load.library(), f"gumbelcuda_{name}")
        self.kinds: dict[str, str] = {}  # the letters of the module struct
        self.offsets: dict[str, int] = {}
        for path, kind, offset in _flattened(arguments):
            self.kinds[path], self.offsets[path] = _LETTERS[kind], offset
        self.has_classes = "classes" in self.kinds
        written = ("gumbelcuda_rows", "gumbelcuda_parameter")
        self.writes = frozenset(member for member, kind, *_ in arguments._fields_ if kind.__name__ in written)
        self.size = ctypes.sizeof(arguments)
        self._memory = ctypes.create_string_buffer(self.size)
        self.address = ctypes.addressof(self._memory)
        self._packers: dict[tuple[str, ...], tuple[Any, Any]] = {}

    def pack(self, fields: Mapping[str, int]) -> None:
        """Sets all fields: those that are not given to 0."""
        try:
            write, values_of = self._packers[tuple(fields)]
        except KeyError:
            write, values_of = self._packers[tuple(fields)] = self._packer(fields)
        write(self._memory, 0, self.size, *values_of(fields))

    def _packer(self, fields: Mapping[str, int]) -> tuple[Any, Any]:
        """What writes these fields into the whole struct, and what gives their values in its order."""
        order = sorted(fields, key=self.offsets.__getitem__)
        layout, end = "=", 0
        for path in ("struct_size", *order):
            layout += f"{self.offsets[path] - end}x{self.kinds[path]}"
            end = self.offsets[path] + struct.calcsize("=" + self.kinds[path])
        values_of = operator.itemgetter(*order) if len(order) > 1 else lambda given: list(given.values())
        return struct.Struct(layout + f"{self.size - end}x").pack_into, values_of

    def run(self, handle: Handle) -> None:
        if status := self.function(handle.address, self.address):
            error = _load.failure(status)
            raise Refused(*error.args) if type(error) is ValueError else error

    def place(self, path: str) -> int:
        """The address of a field, which pack() has set."""
        return self.address + self.offsets[path]


def _flattened(arguments: Any, prefix: str = "", base: int = 0) -> list[tuple[str, Any, int]]:
    members: list[tuple[str, Any, int]] = []
    for name, kind, *_ in arguments._fields_:
        offset = base + getattr(arguments, name).offset
        if issubclass(kind, ctypes.Structure):
            members += _flattened(kind, f"{prefix}{name}.", offset)
        elif issubclass(kind, ctypes.Array):
            size = ctypes.sizeof(kind._type_)
            for i in range(kind._length_):
                element = (f"{prefix}{name}[{i}]", kind._type_, offset + i * size)
                inner = issubclass(kind._type_, ctypes.Structure)
                members += _flattened(kind._type_, f"{element[0]}.", element[2]) if inner else [element]
        else:
            members.append((prefix + name, kind, offset))
    return members


class _Thread(threading.local):
    def __init__(self) -> None:
        self.operations: dict[str, Operation] = {}
        self.handles: dict[tuple[int, int], Handle] = {}
        self.busy = False  # a call is between setting its handle and its end


_thread = _Thread()


def set_busy(busy: bool) -> bool:
    """Whether this thread's handles and memory are in use from now on; returns whether they were."""
    before, _thread.busy = _thread.busy, busy
    return before


def handle(backend: int = CPU, device: int = 0) -> Handle:
    """This thread's handle for a backend; CUDA's device must be the current one."""
    if _thread.busy:
        return Handle(backend)
    handles = _thread.handles
    try:
        return handles[backend, device]
    except KeyError:
        found = handles[backend, device] = Handle(backend)
        return found


def operation(name: str) -> Operation:
    """This thread's memory of the arguments of gumbelcuda_<name>."""
    if _thread.busy:
        return Operation(name)
    operations = _thread.operations
    try:
        return operations[name]
    except KeyError:
        found = operations[name] = Operation(name)
        return found


def call(name: str, on: Handle, **fields: int) -> None:
    """Calls gumbelcuda_<name>; a status other than success raises."""
    found = operation(name)
    found.pack(fields)
    found.run(on)
