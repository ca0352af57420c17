# SPDX-License-Identifier: Apache-2.0
"""What is asked of a framework beside the place of its arrays: new arrays for results, conversions of small arguments,
the current stream of a device. One object for each framework, made when its first array arrives."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import cache, cached_property
from typing import Any

FLOATS = ("float16", "bfloat16", "float32", "float64")


class Framework:
    """NumPy's; the others change what is different."""

    name = "numpy"

    def __init__(self) -> None:
        self._dtypes: dict[str, Any] = {}

    @property
    def module(self) -> Any:
        import numpy

        return numpy

    @cached_property
    def names(self) -> dict[Any, str]:
        """The names of the dtypes that need no second look."""
        import numpy

        kinds = ("float16", "float32", "float64", "int64", "int32", "uint64", "uint32", "uint8")
        return {numpy.dtype(name): name for name in kinds}

    def dtype(self, name: str) -> Any:
        try:
            return self._dtypes[name]
        except KeyError:
            import numpy

            if name == "bfloat16":
                import ml_dtypes

                dtype = numpy.dtype(ml_dtypes.bfloat16)
            else:
                dtype = numpy.dtype(name)
            self._dtypes[name] = dtype
            return dtype

    def type_of(self, dtype: Any) -> str:
        """The name of a dtype that a caller gives."""
        if dtype in FLOATS:
            return str(dtype)
        import numpy

        name = numpy.dtype(dtype).name
        if name not in FLOATS:
            raise TypeError(f"dtype: {name} is not one of {', '.join(FLOATS)}")
        return name

    def empty(self, shape: tuple[int, ...], type: str, device: int | None) -> Any:
        return self.module.empty(shape, self.dtype(type))

    def finished(self, x: Any) -> Any:
        """The result that the caller gets for an array from empty()."""
        return x

    def moved(self, x: Any, source: int, destination: int) -> Any:
        return self.module.moveaxis(x, source, destination)

    def contiguous(self, x: Any) -> Any:
        return self.module.ascontiguousarray(x)

    def copy(self, x: Any) -> Any:
        return self.module.array(x, order="C")

    def convert(self, x: Any, type: str, device: int | None) -> Any:
        """x as an array of this framework, of the type and on the device; without a copy where it is one."""
        return self.module.asarray(x, self.dtype(type))

    def spread(self, x: Any, shape: tuple[int, ...]) -> Any:
        """x, broadcast to the shape, contiguous."""
        return self.module.ascontiguousarray(self.module.broadcast_to(x, shape))

    def assign(self, destination: Any, source: Any) -> None:
        destination[...] = source

    def stream(self, device: int | None) -> int:
        return 0

    def on(self, device: int | None) -> Any:
        """Makes a device the current one."""
        return nullcontext()


class _Torch(Framework):
    name = "torch"

    def __init__(self) -> None:
        super().__init__()
        import torch

        self._torch = torch
        kinds = (*FLOATS, "int64", "int32", "int16", "int8", "uint8", "uint64", "uint32", "uint16", "bool")
        self._dtypes = {name: getattr(torch, name) for name in kinds}
        self.names = {dtype: name for name, dtype in self._dtypes.items()}

    @property
    def module(self) -> Any:
        return self._torch

    def empty(self, shape: tuple[int, ...], type: str, device: int | None) -> Any:
        where = "cpu" if device is None else f"cuda:{device}"
        return self._torch.empty(shape, dtype=self._dtypes[type], device=where)

    def moved(self, x: Any, source: int, destination: int) -> Any:
        return x.movedim(source, destination)

    def contiguous(self, x: Any) -> Any:
        return x.contiguous()

    def copy(self, x: Any) -> Any:
        return x.clone(memory_format=self._torch.contiguous_format)

    def convert(self, x: Any, type: str, device: int | None) -> Any:
        if not isinstance(x, self._torch.Tensor):
            import numpy

            x = numpy.array(x)
            if x.dtype in (numpy.uint16, numpy.uint32, numpy.uint64) and type == "uint64":
                x = x.astype("uint64")
            x = self._torch.from_numpy(x)
        where = "cpu" if device is None else f"cuda:{device}"
        if type == "uint64" and x.dtype != self._torch.uint64:
            x = x.to(self._torch.int64).view(self._torch.uint64)
        return x.detach().to(device=where, dtype=self._dtypes[type])

    def spread(self, x: Any, shape: tuple[int, ...]) -> Any:
        return x.expand(shape).contiguous()

    def assign(self, destination: Any, source: Any) -> None:
        destination.copy_(source)

    def stream(self, device: int | None) -> int:
        return 0 if device is None else self._torch.cuda.current_stream(device).cuda_stream

    def on(self, device: int | None) -> Any:
        return nullcontext() if device is None else self._torch.cuda.device(device)

    def device_of(self, pointer: int) -> int:
        return self._torch.cuda.current_device()


class _CuPy(Framework):
    name = "cupy"

    @property
    def module(self) -> Any:
        import cupy

        return cupy

    def empty(self, shape: tuple[int, ...], type: str, device: int | None) -> Any:
        with self.on(device):
            return super().empty(shape, type, device)

    def convert(self, x: Any, type: str, device: int | None) -> Any:
        with self.on(device):
            return super().convert(x, type, device)

    def spread(self, x: Any, shape: tuple[int, ...]) -> Any:
        with x.device:
            return super().spread(x, shape)

    def stream(self, device: int | None) -> int:
        return self.module.cuda.get_current_stream().ptr

    def on(self, device: int | None) -> Any:
        return self.module.cuda.Device(device)

    def device_of(self, pointer: int) -> int:
        return self.module.cuda.runtime.pointerGetAttributes(pointer).device


class _JAX(Framework):
    """Arrays of JAX do not change, so results are NumPy's until they are finished."""

    name = "jax"

    def empty(self, shape: tuple[int, ...], type: str, device: int | None) -> Any:
        if device is not None:
            raise ValueError("device: results of JAX arrays on a GPU need gumbelcuda.jax")
        return super().empty(shape, type, device)

    def finished(self, x: Any) -> Any:
        import jax.numpy

        return jax.numpy.asarray(x)


NUMPY = Framework()


@cache
def torch() -> Any:
    return _Torch()


def of_device() -> Any:
    """For arrays on a device whose framework is unknown: results are tensors where PyTorch is loaded, else CuPy's."""
    if "torch" in sys.modules:
        return torch()
    try:
        import cupy as _  # noqa: F401
    except ImportError:
        raise ImportError("arrays on a device: results need PyTorch, imported before, or CuPy") from None
    return cupy()


@cache
def cupy() -> Any:
    return _CuPy()


@cache
def jax() -> Any:
    return _JAX()
