# SPDX-License-Identifier: Apache-2.0
"""Gumbel noise, Gumbel-max and Gumbel-softmax with its backward pass (include/gumbelcuda/gumbel.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _frameworks
from .._arrays import adopt
from .._call import Call
from .._inputs import LOG_DOMAIN, TEMPERATURE_PER_ROW, Rows
from .._results import COMPUTED, INT64, ROWS, UINT8, Results
from .._whole import whole

NOISE = Results("GumbelNoise", gumbel=("out", ROWS))
MAX = Results("GumbelMax", index=("index", INT64), log_prob=("log_prob", COMPUTED), status=("status", UINT8))
MAX_INT32 = Results("GumbelMax", **{**MAX.fields, "index": ("index_int32", "int32")})
SOFTMAX = Results(
    "GumbelSoftmax", y=("y", ROWS), one_hot=("one_hot", ROWS), index=("index", INT64), gumbel=("gumbel_out", ROWS)
)
GRADIENT = Results("Gradient", d_logits=("d_logits", ROWS), d_tau=("d_temperature", COMPUTED))


def gumbel_noise(
    shape: int | Sequence[int] | None = None,
    dtype: Any = "float32",
    dim: int = -1,
    *,
    like: Any = None,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """Standard Gumbel variates, in float32 between −3.13 and 45.06.

    The result has the shape and dtype that are given, and is NumPy's; or the shape, dtype, framework and device of
    `like`; or is written to `out`. The axis `dim` counts classes, all others rows: that decides which word of noise a
    number is made of. Noise: see gumbelcuda.random.
    """
    if shape is not None:
        shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)  # type: ignore[assignment]
        shape = tuple([whole("shape", size, 0) for size in shape])  # type: ignore[union-attr]
    model = out if out is not None else like
    if model is None:
        if shape is None:
            raise ValueError("shape: give a shape, or an array as like or out")
        framework = _frameworks.NUMPY
        rows = Rows(shape, framework.type_of(dtype), framework, None)  # type: ignore[arg-type]
    else:
        array = adopt("like" if out is None else "out", model)
        rows = Rows(array.shape if shape is None else shape, array.type, array.framework, array.device)  # type: ignore
    call = Call("gumbel_noise", dim, rows)
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(NOISE, "gumbel", out)


def gumbel_max(
    logits: Any,
    dim: int = -1,
    *,
    returns: str | Sequence[str] = "index",
    index_dtype: str = "int64",
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """A sample of softmax(logits) for each row: argmax(logits + gumbel), of sums that are not rounded.

    logits: float16, bfloat16, float32 or float64, the classes on the axis `dim`; −inf masks a class.
    returns: "index" (index_dtype: int64 or int32), or several of "index", "log_prob" (float64 for float64, otherwise
        float32) and "status" (uint8, gumbelcuda.RowStatus) as a named tuple; each has the shape of logits without
        `dim`.
    A row that cannot be drawn from gives index −1 and log_prob NaN.
    """
    call = Call("gumbel_max", dim, logits=logits)
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(index_results(index_dtype, MAX, MAX_INT32), returns, out)


def index_results(index_dtype: str, int64: Results, int32: Results) -> Results:
    if index_dtype == "int64":
        return int64
    if index_dtype == "int32":
        return int32
    raise ValueError(f"index_dtype: {index_dtype!r} is not 'int64' or 'int32'")


def gumbel_softmax(
    logits: Any,
    tau: Any = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    log_domain: bool = False,
    gumbel: Any = None,
    returns: str | Sequence[str] | None = None,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """A relaxed sample of softmax(logits) for each row: softmax((logits + gumbel)/tau), or with `hard` its one-hot
    limit. Jang, Gu, Poole, arXiv:1611.01144; Maddison, Mnih, Teh, arXiv:1611.00712.

    logits: float16, bfloat16, float32 or float64, the classes on the axis `dim`; −inf masks a class, whose y is exactly
        0.
    tau: 0 or more; one number, or one for each row, of the shape of logits without `dim` or with 1 there, or broadcast
        to it. 0 is the limit, a one-hot y. The library reads float32.
    log_domain: y is the logarithm of the relaxed sample.
    gumbel: noise to use, of logits' shape and type, in place of drawn noise.
    returns: "y" or, with `hard`, "one_hot"; or several of "y", "one_hot", "index" (int64) and "gumbel", the noise that
        was drawn, as a named tuple: all of one pass.
    out: the array to write to, or a tuple of them, None for those that are to be made. y and one_hot may be logits
        itself.
    Gradients: gumbel_softmax_vjp, or gumbelcuda.torch and gumbelcuda.jax.
    """
    call = Call("gumbel_softmax", dim, logits=logits, gumbel=gumbel)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    if log_domain:
        call.flag(LOG_DOMAIN)
    if gumbel is None:
        call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(SOFTMAX, ("one_hot" if hard else "y") if returns is None else returns, out)


def gumbel_softmax_vjp(
    d_y: Any,
    tau: Any = 1.0,
    dim: int = -1,
    *,
    y: Any = None,
    logits: Any = None,
    gumbel: Any = None,
    returns: str | Sequence[str] = "d_logits",
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """From d_y = dL/dy of gumbel_softmax to dL/dlogits, and dL/dtau of each row.

    Either y of the forward pass (never its logarithm) is given; or logits with the address of its noise (seed, row,
    offset, as Generator.address has them) or with the noise `gumbel` itself, and y is computed again. For
    straight-through samples d_y is dL/d(one-hot row).
    returns: "d_logits", or ("d_logits", "d_tau") as a named tuple; d_tau has the shape of the rows, float64 for
        float64, otherwise float32.
    """
    call = Call("gumbel_softmax_vjp", dim, d_y=d_y, y=y, logits=None if y is not None else logits, gumbel=gumbel)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    if y is None and gumbel is None:
        if logits is None:
            raise ValueError("y: give y, or logits and the noise of the forward pass")
        call.repeat(seed, row, offset, seeds, offsets)
    if returns != "d_logits" and "d_logits" not in returns:
        raise ValueError("returns: 'd_logits' must be among them")
    return call.results(GRADIENT, returns, out)
