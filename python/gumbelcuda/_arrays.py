# SPDX-License-Identifier: Apache-2.0
"""Where an array of any framework lies: its address, shape, strides, type and device, without copying it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from ctypes import addressof, c_char
from functools import cache
from typing import Any

from . import _frameworks
from ._frameworks import Framework

BYTES = {
    "float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "uint64": 8, "uint32": 4,
    "uint8": 1, "int8": 1, "int16": 2, "uint16": 2, "bool": 1,
}  # fmt: skip
# The numbers of C for the types of rows.
NUMBER_TYPES = {"float32": 0, "float16": 1, "bfloat16": 2, "float64": 3}
_TYPESTRS = {
    "<f4": "float32", "<f8": "float64", "<f2": "float16", "<i8": "int64", "<i4": "int32", "<u8": "uint64",
    "<u4": "uint32", "|u1": "uint8", "|i1": "int8", "<i2": "int16", "<u2": "uint16", "|b1": "bool",
}  # fmt: skip


class Array:
    """strides count numbers; None: the array is contiguous in C's order. device: None is the CPU, else the number of a
    CUDA device. owner: the array, which keeps the memory."""

    __slots__ = ("owner", "pointer", "shape", "strides", "type", "device", "readonly", "framework")

    def __init__(
        self,
        owner: Any,
        pointer: int,
        shape: tuple[int, ...],
        strides: tuple[int, ...] | None,
        type: str,
        device: int | None,
        readonly: bool,
        framework: Framework,
    ) -> None:
        self.owner = owner
        self.pointer = pointer
        self.shape = shape
        self.strides = strides
        self.type = type
        self.device = device
        self.readonly = readonly
        self.framework = framework

    def all_strides(self) -> tuple[int, ...]:
        if self.strides is not None:
            return self.strides
        found, step = [], 1
        for size in reversed(self.shape):
            found.append(step)
            step *= size
        return tuple(reversed(found))


def place(device: int | None) -> str:
    return "cpu" if device is None else f"cuda:{device}"


def adopt(name: str, x: Any) -> Array:
    """Raises TypeError, naming the argument, for what is no array."""
    return _reader(type(x))(name, x)


@cache
def _reader(kind: type) -> Callable[[str, Any], Array]:
    """Cached by type: the frameworks' own ways are much faster than their protocols."""
    for module, path, reader in (
        ("numpy", "ndarray", of_numpy),
        ("torch", "Tensor", _of_torch),
        ("cupy", "ndarray", _of_cupy),
        ("jax", "Array", _of_jax),
    ):
        found = sys.modules.get(module)
        if found is not None and hasattr(found, path) and issubclass(kind, getattr(found, path)):
            return _of_masked if hasattr(kind, "mask") and reader is of_numpy else reader
    jax = sys.modules.get("jax")
    if jax is not None and hasattr(jax, "core") and issubclass(kind, jax.core.Tracer):
        return _of_jax  # refuses it
    if issubclass(kind, (list, tuple)):
        return _of_sequence
    if hasattr(kind, "__cuda_array_interface__"):
        return _of_cuda_interface
    if hasattr(kind, "__dlpack__"):
        return _of_dlpack
    return _of_memory


def of_numpy(name: str, x: Any) -> Array:
    # Where it can, without __array_interface__, which takes longer than all else of a small call.
    kind = _frameworks.NUMPY.names.get(x.dtype)
    if kind is not None and x.flags.carray and x.size:
        return Array(x, addressof(c_char.from_buffer(x)), x.shape, None, kind, None, False, _frameworks.NUMPY)
    interface = x.__array_interface__
    kind = _TYPESTRS.get(interface["typestr"]) or _other_type(name, x)
    pointer, readonly = interface["data"]
    strides = interface["strides"]
    size = BYTES[kind]
    if strides is not None:
        if any(step % size for step in strides):
            return of_numpy(name, _copied(x))
        strides = tuple([step // size for step in strides])
    if pointer % size:
        return of_numpy(name, _copied(x))
    return Array(x, pointer, interface["shape"], strides, kind, None, readonly, _frameworks.NUMPY)


def _of_masked(name: str, x: Any) -> Array:
    raise TypeError(f"{name}: a masked array; x.filled(-np.inf) masks classes")


def _copied(x: Any) -> Any:
    # Numbers that lie askew in memory. A copy can be read; nobody would see what is written to it.
    copy = x.copy()
    copy.flags.writeable = False
    return copy


def _other_type(name: str, x: Any) -> str:
    if x.dtype.name == "bfloat16":
        return "bfloat16"
    raise TypeError(f"{name}: {x.dtype.newbyteorder('=').name if x.dtype.isnative else x.dtype.str} cannot be read")


def _of_torch(name: str, x: Any) -> Array:
    framework = _frameworks.torch()
    kind = framework.names.get(x.dtype)
    if kind is None:
        raise TypeError(f"{name}: {x.dtype} cannot be read")
    if x.is_cpu:
        device = None
    elif x.is_cuda:
        device = x.get_device()
    else:
        raise ValueError(f"{name}: device {x.device} is neither a CPU nor a CUDA device")
    if x.requires_grad and framework.module.is_grad_enabled():
        raise ValueError(
            f"{name}: requires_grad, but this function has no gradient; call gumbelcuda.torch, or detach()"
        )
    is_copy = x.is_neg()
    if is_copy:
        x = x.resolve_neg()  # nobody would see what is written to it
    strides = None if x.is_contiguous() else x.stride()
    return Array(x, x.data_ptr(), tuple(x.shape), strides, kind, device, is_copy, framework)


def _of_cupy(name: str, x: Any) -> Array:
    kind = _TYPESTRS.get(x.dtype.str) or _other_type(name, x)
    size = BYTES[kind]
    strides = None if x.flags.c_contiguous else tuple(step // size for step in x.strides)
    return Array(x, x.data.ptr, x.shape, strides, kind, x.device.id, False, _frameworks.cupy())


def _of_jax(name: str, x: Any) -> Array:
    jax = sys.modules["jax"]
    if isinstance(x, jax.core.Tracer):
        raise TypeError(f"{name}: in a function that JAX traces call gumbelcuda.jax")
    device = next(iter(x.devices()))
    if device.platform != "cpu":
        pointer = x.unsafe_buffer_pointer()
        return Array(x, pointer, x.shape, None, x.dtype.name, device.local_hardware_id, True, _frameworks.jax())
    import numpy

    found = of_numpy(name, numpy.asarray(x))
    found.framework = _frameworks.jax()
    return found


def _of_sequence(name: str, x: Any) -> Array:
    import numpy

    found = numpy.asarray(x)
    found = numpy.asarray(x, "float64") if found.dtype.kind in "iub" and name not in _INTEGERS else found
    return of_numpy(name, found)


_INTEGERS = ("index", "seeds", "offsets", "top_k")


def _of_cuda_interface(name: str, x: Any) -> Array:
    interface = x.__cuda_array_interface__
    kind = _TYPESTRS.get(interface["typestr"])
    if kind is None:
        raise TypeError(f"{name}: {interface['typestr']} cannot be read")
    size, strides = BYTES[kind], interface.get("strides")
    pointer, readonly = interface["data"]
    framework = _frameworks.of_device()
    device = framework.device_of(pointer)
    steps = None if strides is None else tuple(step // size for step in strides)
    return Array(x, pointer, tuple(interface["shape"]), steps, kind, device, readonly, framework)


def _of_dlpack(name: str, x: Any) -> Array:
    from . import _dlpack

    return _dlpack.adopt(name, x)


def _of_memory(name: str, x: Any) -> Array:
    import numpy

    if not hasattr(x, "__array_interface__"):
        try:
            x = memoryview(x)
        except TypeError:
            raise TypeError(f"{name}: {type(x).__name__} is no array") from None
    return of_numpy(name, numpy.asarray(x))
