# SPDX-License-Identifier: Apache-2.0
"""Gumbel and Gaussian samples with gradients for location and scale, and their densities."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._call import COMPUTED, ROWS, call, check_dtype
from ._keys import check_address, first_row_of, seed_of
from ._rows import sum_to

LAWS = ("gumbel", "gaussian")


def location_scale_sample(
    key: Any, location: Any, scale: Any, law: str = "gumbel", *, shape: tuple[int, ...] | None = None, row: Any = None
) -> jax.Array:
    """location + scale·noise, with gradients for location and scale; the noise is Gumbel or standard normal.

    Kingma, Welling, arXiv:1312.6114, section 2.4.

    Args:
      key: a JAX key.
      location, scale: of one type (float16, bfloat16, float32, float64), of shapes that are broadcast to `shape`. A
        scale is 0 or more and finite; any other gives NaN.
      law: "gumbel" or "gaussian".
      shape: of the result; None: that to which location and scale are broadcast together. The last dimension is that of
        classes, the others are rows.
      row: the number in the key's stream of the first row, an integer; None is 0.
    """
    row = check_address(key, row)
    _check_law(law)
    location, scale = _same_type(location=location, scale=scale)
    shape = _shape_of(shape, location=location, scale=scale)
    return _sample(key, location, scale, row, shape, law)


@partial(jax.jit, static_argnums=(4, 5))
def _sample(key: Any, location: jax.Array, scale: jax.Array, row: Any, shape: tuple[int, ...], law: str) -> jax.Array:
    of = _rows_of(shape)
    seed, first_row = seed_of(key), first_row_of(row)
    return _sample_rows(of, law, seed, first_row, _parameter(location, shape), _parameter(scale, shape)).reshape(shape)


def location_scale_log_prob(value: Any, location: Any, scale: Any, law: str = "gumbel") -> jax.Array:
    """Log of the density at `value`, with gradients for value, location and scale.

    With z = (value - location)/scale it is -z - exp(-z) - log scale ("gumbel"), or -z²/2 - log scale - log(2·pi)/2
    ("gaussian").

    Args:
      value, location, scale: of one type (float16, bfloat16, float32, float64), of shapes that are broadcast to one. A
        scale is above 0 and finite; any other gives NaN.
      law: "gumbel" or "gaussian".
    """
    _check_law(law)
    arrays = _same_type(value=value, location=location, scale=scale)
    shape = _shape_of(None, **dict(zip(("value", "location", "scale"), arrays)))
    return _log_prob(*arrays, shape, law)


@partial(jax.jit, static_argnums=(3, 4))
def _log_prob(value: jax.Array, location: jax.Array, scale: jax.Array, shape: tuple[int, ...], law: str) -> jax.Array:
    of = _rows_of(shape)
    rows = jnp.broadcast_to(value, shape).reshape(of)
    return _log_prob_rows(law, rows, _parameter(location, shape), _parameter(scale, shape)).reshape(shape)


def _check_law(law: str) -> None:
    if law not in LAWS:
        raise ValueError(f"law: {law!r} is not one of 'gumbel' and 'gaussian'")


def _same_type(**arrays: Any) -> list[jax.Array]:
    """Arrays as those of JAX; Python's numbers get the others' type."""
    dtype = jnp.result_type(*arrays.values())
    check_dtype(", ".join(arrays), dtype)
    for name, array in arrays.items():
        if hasattr(array, "dtype") and array.dtype != dtype:
            raise TypeError(f"{name}: the type {array.dtype} is not {dtype}, that of {', '.join(arrays)} together")
    return [jnp.asarray(array, dtype) for array in arrays.values()]


def _shape_of(shape: tuple[int, ...] | None, **arrays: jax.Array) -> tuple[int, ...]:
    shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
    try:
        together = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        if shape is None:
            return together
        if np.broadcast_shapes(together, tuple(shape)) == tuple(shape):
            return tuple(shape)
    except ValueError:
        pass
    raise ValueError(f"{', '.join(arrays)}: shapes {shapes} are not broadcast to {'one' if shape is None else shape}")


def _rows_of(shape: tuple[int, ...]) -> tuple[int, int]:
    *leading, classes = shape or (1,)
    return math.prod(leading), classes


def _parameter(x: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    """As [rows or 1, classes or 1], without a copy for what is the same in all rows or for all classes."""
    rows, classes = _rows_of(shape)
    *leading, last = x.shape or (1,)
    if math.prod(leading) == 1:
        return x.reshape(1, last)
    whole = (*shape[:-1], last)
    return jnp.broadcast_to(x, whole).reshape(rows, last)


def _gradient(parameter: jax.Array, rows: int, classes: int) -> tuple[tuple[int, int], Any]:
    """Shape and type in which the library gives the gradient of a parameter: of elements, or summed over rows."""
    per_class = parameter.shape[1] == classes
    return (rows, parameter.shape[1]), ROWS if per_class else COMPUTED


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _sample_rows(
    of: tuple[int, int], law: str, seed: Any, first_row: Any, location: jax.Array, scale: jax.Array
) -> jax.Array:
    operands = {"seed": seed, "first_row": first_row, "location": location, "scale": scale}
    results = {"sample": (of, ROWS)}
    return call("location_scale_sample", *of, location.dtype, operands, results, law=LAWS.index(law))[0]


def _sample_forward(
    of: tuple[int, int], law: str, seed: Any, first_row: Any, location: jax.Array, scale: jax.Array
) -> tuple[jax.Array, Any]:
    return _sample_rows(of, law, seed, first_row, location, scale), (seed, first_row, location, scale)


def _sample_backward(of: tuple[int, int], law: str, saved: Any, d_sample: jax.Array) -> tuple[Any, ...]:
    seed, first_row, location, scale = saved
    operands = {"seed": seed, "first_row": first_row, "d_sample": d_sample}
    results = {"d_location": _gradient(location, *of), "d_scale": _gradient(scale, *of)}
    d = call("location_scale_sample_vjp", *of, location.dtype, operands, results, law=LAWS.index(law))
    return None, None, sum_to(d[0], location), sum_to(d[1], scale)


_sample_rows.defvjp(_sample_forward, _sample_backward)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _log_prob_rows(law: str, value: jax.Array, location: jax.Array, scale: jax.Array) -> jax.Array:
    operands = {"value": value, "location": location, "scale": scale}
    results = {"log_prob": (value.shape, ROWS)}
    return call("location_scale_log_prob", *value.shape, value.dtype, operands, results, law=LAWS.index(law))[0]


def _log_prob_forward(law: str, value: jax.Array, location: jax.Array, scale: jax.Array) -> tuple[jax.Array, Any]:
    return _log_prob_rows(law, value, location, scale), (value, location, scale)


def _log_prob_backward(law: str, saved: Any, d_log_prob: jax.Array) -> tuple[jax.Array, ...]:
    value, location, scale = saved
    of = value.shape
    operands = {"value": value, "location": location, "scale": scale, "d_log_prob": d_log_prob}
    results = {
        "d_value": (of, ROWS),
        "d_location": _gradient(location, *of),
        "d_scale": _gradient(scale, *of),
    }
    d = call("location_scale_log_prob_vjp", *of, value.dtype, operands, results, law=LAWS.index(law))
    return tuple(map(sum_to, d, saved))


_log_prob_rows.defvjp(_log_prob_forward, _log_prob_backward)
