# SPDX-License-Identifier: Apache-2.0
"""Arrays of frameworks that this package does not know by name, through DLPack (the struct of its specification,
version 1).

The capsule is not consumed: it stays as it is while the call runs, and gives the memory back when it is dropped.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

from . import _frameworks
from ._arrays import Array, of_numpy

CPU, CUDA, CUDA_HOST, CUDA_MANAGED = 1, 2, 3, 13
READ_ONLY = 1
# (code, bits) of a DLDataType.
TYPES = {
    (2, 16): "float16", (2, 32): "float32", (2, 64): "float64", (4, 16): "bfloat16", (0, 32): "int32", (0, 64): "int64",
    (1, 8): "uint8", (1, 32): "uint32", (1, 64): "uint64",
}  # fmt: skip


class _Tensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


class _Versioned(ctypes.Structure):
    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("context", ctypes.c_void_p),
        ("deleter", ctypes.c_void_p),
        ("flags", ctypes.c_uint64),
        ("tensor", _Tensor),
    ]


class _Memory:
    """A view of a tensor's memory for NumPy, which keeps the capsule."""

    def __init__(self, capsule: Any, interface: dict[str, Any]) -> None:
        self.capsule = capsule
        self.__array_interface__ = interface


def _contents(capsule: Any) -> tuple[_Tensor, bool]:
    """The tensor, and whether it is read-only."""
    is_valid, pointer = ctypes.pythonapi.PyCapsule_IsValid, ctypes.pythonapi.PyCapsule_GetPointer
    is_valid.argtypes = pointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
    pointer.restype = ctypes.c_void_p
    if is_valid(capsule, b"dltensor_versioned"):
        versioned = _Versioned.from_address(pointer(capsule, b"dltensor_versioned"))
        if versioned.major != 1:
            raise BufferError(f"DLPack of version {versioned.major}")
        return versioned.tensor, bool(versioned.flags & READ_ONLY)
    return _Tensor.from_address(pointer(capsule, b"dltensor")), False


def _capsule(x: Any, device_type: int, framework: Any, device: int) -> Any:
    arguments = {}
    if device_type == CUDA:
        arguments["stream"] = framework.stream(device) or 1  # 1: the default stream
    try:
        return x.__dlpack__(max_version=(1, 0), **arguments)
    except TypeError:  # before version 1
        return x.__dlpack__(**arguments)


def adopt(name: str, x: Any) -> Array:
    device_type, device = map(int, x.__dlpack_device__())
    if device_type not in (CPU, CUDA, CUDA_HOST, CUDA_MANAGED):
        raise ValueError(f"{name}: DLPack device {device_type} is neither a CPU nor a CUDA device")
    on_device = device_type in (CUDA, CUDA_MANAGED)
    framework = _frameworks.of_device() if on_device else _frameworks.NUMPY
    capsule = _capsule(x, device_type, framework, device)
    tensor, readonly = _contents(capsule)
    kind = TYPES.get((tensor.code, tensor.bits)) if tensor.lanes == 1 else None
    if kind is None:
        raise TypeError(f"{name}: DLPack type {tensor.code} of {tensor.bits} bits cannot be read")
    shape = tuple(tensor.shape[i] for i in range(tensor.ndim))
    strides = tuple(tensor.strides[i] for i in range(tensor.ndim)) if tensor.strides else None
    pointer = (tensor.data or 0) + tensor.byte_offset
    if on_device:
        return Array((x, capsule), pointer, shape, strides, kind, device, readonly, framework)
    dtype = framework.dtype(kind)
    memory = _Memory(
        capsule,
        {
            "version": 3,
            "shape": shape,
            "typestr": dtype.str,
            "data": (pointer, readonly),
            "strides": None if strides is None else tuple(step * dtype.itemsize for step in strides),
        },
    )
    return of_numpy(name, sys.modules["numpy"].asarray(memory).view(dtype))
