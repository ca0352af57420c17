# SPDX-License-Identifier: Apache-2.0
"""Draws as a language model's sampler makes them (include/gumbelcuda/categorical_sample.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._call import Call
from .._inputs import (
    MIN_P_PER_ROW, REJECT_PROBABILITIES, TEMPERATURE_PER_ROW, TOP_K_PER_ROW, TOP_P_PER_ROW,
)  # fmt: skip
from .._results import COMPUTED, INT64, UINT8, Results
from .._whole import whole
from .gumbel import index_results


def _results(each: str) -> tuple[Results, Results]:
    fields = {"log_prob": ("log_prob", COMPUTED + each), "status": ("status", UINT8)}
    return (
        Results("CategoricalSample", index=("index", INT64 + each), **fields),
        Results("CategoricalSample", index=("index_int32", "int32" + each), **fields),
    )


ONE, MANY = _results(""), _results("*")


def _drawn(call: Call, draws: int | None, noise: tuple[Any, Any, Any, Any, Any, Any]) -> tuple[Results, Results]:
    """Sets how many draws a row has and which noise they take. Returns what the call can write."""
    count = 1 if draws is None else whole("draws", draws, 1)
    call.fields["draws"] = call.each = count
    call.draw(*noise, words=count * call.row_words)
    return ONE if draws is None else MANY


def categorical_sample(
    logits: Any,
    temperature: Any = 1.0,
    *,
    top_k: Any = None,
    top_p: Any = None,
    min_p: Any = None,
    draws: int | None = None,
    dim: int = -1,
    reject_probabilities: bool = False,
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
    """Samples of softmax(logits/temperature) for each row, without the classes that the filters remove.

    logits: float16, bfloat16, float32 or float64, the classes on the axis `dim`; −inf masks a class.
    temperature: 0 or more; 0 is greedy, the most likely class.
    min_p in [0, 1], top_k, top_p in (0, 1], in this order: the classes at least min_p times as likely as the most
        likely one; the top_k most likely of those; the fewest most likely of those that have top_p of what probability
        is left. 0, 0 and 1 are off. Classes of equal logits are kept or removed together. As decimals: .8 is .8 in
        every type.
    draws: samples with replacement, on a new last axis; None: one, without that axis.
    Each of the four: one number, or one for each row, of the shape of logits without `dim`, or broadcast to it.
    reject_probabilities: a row of numbers in [0, 1] that sum to 1 is not drawn from; it was meant as logits by mistake.
    returns: "index", or several of "index", "log_prob" (in the distribution that was drawn from) and "status" (of the
        row, gumbelcuda.RowStatus), as a named tuple. A row that cannot be drawn from gives −1 and NaN.
    With seeds= what a row draws depends on its own seed, and not on its place in the batch.
    """
    call = Call("categorical_sample", dim, logits=logits)
    call.number("temperature", temperature, TEMPERATURE_PER_ROW, "temperature")
    call.number("top_k", top_k, TOP_K_PER_ROW, "top_k", "uint32")
    call.number("top_p", top_p, TOP_P_PER_ROW, "top_p")
    call.number("min_p", min_p, MIN_P_PER_ROW, "min_p")
    if reject_probabilities:
        call.flag(REJECT_PROBABILITIES)
    results = _drawn(call, draws, (generator, seed, row, offset, seeds, offsets))
    return call.results(index_results(index_dtype, *results), returns, out)


def categorical_sample_from_probabilities(
    probabilities: Any,
    *,
    draws: int | None = None,
    dim: int = -1,
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
    """Samples of rows of probabilities, whose sum need not be 1; 0 is never drawn. All else as for categorical_sample.
    A row with a negative number, a NaN or +inf has the status RowStatus.NOT_FINITE."""
    call = Call("categorical_sample_from_probabilities", dim, probabilities=probabilities)
    results = _drawn(call, draws, (generator, seed, row, offset, seeds, offsets))
    return call.results(index_results(index_dtype, *results), returns, out)
