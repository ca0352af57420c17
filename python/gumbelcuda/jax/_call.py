# SPDX-License-Identifier: Apache-2.0
"""Calls the library's handlers from a JAX program. Every operation goes through call(); what buffers and attributes
mean is written in host/xla_ffi/call.hpp."""

from __future__ import annotations

from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import _binding

NUMBER_TYPES = {jnp.dtype(name): number for number, name in enumerate(("float32", "float16", "bfloat16", "float64"))}
NOISE = ("seed", "first_row")

# What call() makes of a result: rows of classes; numbers of the type that is computed with; 64-bit integers.
ROWS, COMPUTED, INT64 = "rows", "computed", "int64"


@cache
def _registered(operation: str) -> str:
    """The name under which XLA knows the operation's handlers."""
    name = f"gumbelcuda_{operation}"
    for backend, platform in ((_binding.CPU, "cpu"), (_binding.CUDA, "CUDA")):
        address = _binding.library.gumbelcuda_xla_ffi_handler(operation.encode(), backend)
        if address is None:
            raise RuntimeError(
                "gumbelcuda.jax: this build of libgumbelcuda has no handlers for JAX; build it with "
                "-DGUMBELCUDA_XLA_FFI=ON, which needs jaxlib (`pip install` does so)"
            )
        jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(address), platform=platform)
    return name


def computed_dtype(dtype: Any) -> Any:
    """The type of sums and log-probabilities: float64 for float64, float32 otherwise."""
    return jnp.float64 if jnp.dtype(dtype) == jnp.float64 else jnp.float32


def check_dtype(name: str, dtype: Any) -> None:
    if jnp.dtype(dtype) not in NUMBER_TYPES:
        raise TypeError(f"{name}: {dtype} is not one of float16, bfloat16, float32 and float64")


def call(
    operation: str,
    rows: int,
    classes: int,
    dtype: Any,
    operands: dict[str, jax.Array | None],
    results: dict[str, tuple[tuple[int, ...], Any]],
    **settings: int,
) -> list[jax.Array]:
    """Runs an operation on rows of numbers of `dtype`; operands that are None are left out.

    `results` gives each result its shape and ROWS, COMPUTED, INT64 or a dtype. Their arrays come back in this order.
    """
    given = {name: operand for name, operand in operands.items() if operand is not None}
    outputs = []
    for shape, kind in results.values():
        if kind is INT64:
            outputs.append(jax.ShapeDtypeStruct((*shape, 2), jnp.uint32))
        else:
            kinds = {ROWS: jnp.dtype(dtype), COMPUTED: computed_dtype(dtype)}
            outputs.append(jax.ShapeDtypeStruct(shape, kinds.get(kind, kind) if isinstance(kind, str) else kind))
    attributes = {"type": NUMBER_TYPES[jnp.dtype(dtype)], "rows": rows, "classes": classes, **settings}
    handler = jax.ffi.ffi_call(_registered(operation), outputs, vmap_method="expand_dims")

    @jax.custom_jvp
    def function(*arrays: jax.Array) -> list[jax.Array]:
        return handler(
            *arrays,
            operands=" ".join(given),
            results=" ".join(results),
            **{name: np.int64(value) for name, value in attributes.items()},
        )

    @function.defjvp
    def refuse(primals: Any, tangents: Any) -> Any:
        raise TypeError(f"gumbelcuda.jax: {operation} has no derivatives in forward mode, and none of a derivative")

    return function(*given.values())


def float32_of(x: jax.Array | None) -> jax.Array | None:
    """The library reads temperatures and shares as float32, whatever the type of the rows."""
    return None if x is None else x.astype(jnp.float32)


def index_of(words: jax.Array) -> jax.Array:
    """From INT64 results to integers of JAX's default type."""
    if jax.dtypes.canonicalize_dtype(int) == np.int64:
        return jax.lax.bitcast_convert_type(words, jnp.int64)
    return jax.lax.bitcast_convert_type(words[..., 0], jnp.int32)


def words_of(index: jax.Array) -> jax.Array:
    """From classes to 64-bit integers as the library reads them; what is below 0 stays no class."""
    if index.dtype.itemsize == 8:
        return jax.lax.bitcast_convert_type(index, jnp.uint32)
    low = index.astype(jnp.uint32)
    return jnp.stack([low, jnp.zeros_like(low)], axis=-1)
