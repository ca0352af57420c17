# SPDX-License-Identifier: Apache-2.0
"""Gumbel and Gaussian samples of location and scale, and their densities (include/gumbelcuda/location_scale.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _frameworks
from .._arrays import adopt
from .._call import Call
from .._inputs import Rows
from .._results import COMPUTED, ROWS, Results

LAWS = {"gumbel": 0, "gaussian": 1}
SAMPLE = Results("LocationScaleSample", sample=("sample", ROWS))
LOG_PROB = Results("LocationScaleLogProb", log_prob=("log_prob", ROWS))
# A gradient has a number per element, or the sums over each row.
GRADIENT = Results(
    "Gradient",
    d_value=("d_value", ROWS),
    d_location=("d_location", ROWS),
    d_scale=("d_scale", ROWS),
    d_location_per_row=("d_location.data", COMPUTED),
    d_scale_per_row=("d_scale.data", COMPUTED),
)


def _call(name: str, law: str, dim: int, rows: Rows | None, arrays: dict[str, Any], parameters: dict[str, Any]) -> Call:
    """Parameters with a number per element are read as rows, those with one per row or one for all in their own way."""
    if law not in LAWS:
        raise ValueError(f"law: {law!r} is not 'gumbel' or 'gaussian'")
    others = {}
    shape = rows.shape if rows else max((adopt(name, x).shape for name, x in arrays.items()), key=len)
    for field, x in parameters.items():
        if x is None:
            raise TypeError(f"{field}: None is no array")
        own = tuple(getattr(x, "shape", ()))
        place = len(own) + dim if dim < 0 else dim - (len(shape) - len(own))
        if 0 <= place < len(own) and (own[place] > 1 or own[place] == shape[dim] == 0):
            arrays[field] = x
        else:
            others[field] = x
    call = Call(name, dim, rows, **arrays)
    call.copies = True
    call.fields["law"] = LAWS[law]
    for field, x in others.items():
        call.parameter(field, x)
    return call


def location_scale_sample(
    location: Any,
    scale: Any,
    law: str = "gumbel",
    *,
    shape: Sequence[int] | None = None,
    dtype: Any = "float32",
    dim: int = -1,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """location + scale·noise: Gumbel(location, scale), or with law="gaussian" the normal law of that mean and standard
    deviation. Kingma, Welling, arXiv:1312.6114; Maddison, Tarlow, Minka, arXiv:1411.0030.

    location, scale: numbers, or arrays of one type, broadcast with each other and to `shape`. scale is 0 or more; any
        other gives NaN. Of two numbers the sample is NumPy's, of `dtype`.
    The axis `dim` counts classes, all others rows: that decides which word of noise a number is made of.
    """
    arrays = {name: adopt(name, x) for name, x in (("location", location), ("scale", scale)) if hasattr(x, "shape")}
    if out is not None:
        arrays["out"] = adopt("out", out)
    shapes = [array.shape for array in arrays.values()] + ([] if shape is None else [tuple(shape)])
    whole = _broadcast(shapes)
    if not whole:
        raise ValueError("shape: location and scale are single numbers; give the shape of the sample")
    if arrays:
        model = next(iter(arrays.values()))
        rows = Rows(whole, model.type, model.framework, model.device)
    else:
        rows = Rows(whole, _frameworks.NUMPY.type_of(dtype), _frameworks.NUMPY, None)
    call = _call("location_scale_sample", law, dim, rows, {}, {"location": location, "scale": scale})
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(SAMPLE, "sample", out)


def _broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    length = max(map(len, shapes), default=0)
    columns = list(zip(*((1,) * (length - len(shape)) + shape for shape in shapes)))
    whole = tuple(next((size for size in column if size != 1), 1) for column in columns)
    if any(size not in (1, one) for column, one in zip(columns, whole) for size in column):
        raise ValueError(f"location, scale: the shapes {', '.join(map(str, shapes))} cannot be broadcast to one")
    return whole


def location_scale_sample_vjp(
    d_sample: Any,
    law: str = "gumbel",
    dim: int = -1,
    *,
    returns: str | Sequence[str] = ("d_location", "d_scale"),
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """From d_sample = dL/dsample to the derivatives that `returns` names: "d_location", "d_scale", for each element; or
    "d_location_per_row", "d_scale_per_row", the sums over each row, in float64 for float64, otherwise float32. With the
    address of the forward pass's noise."""
    call = _call("location_scale_sample_vjp", law, dim, None, {"d_sample": d_sample}, {})
    call.repeat(seed, row, offset, seeds, offsets)
    return call.results(*_gradient(call, returns, "d_value"), out)


def _gradient(call: Call, returns: str | Sequence[str], without: str = "") -> tuple[Results, str | Sequence[str]]:
    names = (returns,) if isinstance(returns, str) else tuple(returns)
    if without in names:
        raise ValueError(f"returns: there is no {without} here")
    for field in ("d_location", "d_scale"):
        if f"{field}_per_row" in names:
            if field in names:
                raise ValueError(f"returns: {field} is either for each element or for each row")
            call.fields[f"{field}.shape"] = 1
    return GRADIENT, returns


def location_scale_log_prob(
    value: Any, location: Any, scale: Any, law: str = "gumbel", dim: int = -1, *, out: Any = None
) -> Any:
    """The log density at each element of `value`, of its shape and type. location, scale: numbers, or arrays of value's
    type, broadcast with it; a scale that is not above 0 and finite gives NaN."""
    call = _call("location_scale_log_prob", law, dim, None, {"value": value}, {"location": location, "scale": scale})
    return call.results(LOG_PROB, "log_prob", out)


def location_scale_log_prob_vjp(
    d_log_prob: Any,
    value: Any,
    location: Any,
    scale: Any,
    law: str = "gumbel",
    dim: int = -1,
    *,
    returns: str | Sequence[str] = ("d_value", "d_location", "d_scale"),
    out: Any = None,
) -> Any:
    """From d_log_prob = dL/dlog_prob, of value's shape, to the derivatives that `returns` names: "d_value", and those
    of location_scale_sample_vjp."""
    arrays = {"d_log_prob": d_log_prob, "value": value}
    call = _call("location_scale_log_prob_vjp", law, dim, None, arrays, {"location": location, "scale": scale})
    return call.results(*_gradient(call, returns), out)
