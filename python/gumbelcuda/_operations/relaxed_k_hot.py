# SPDX-License-Identifier: Apache-2.0
"""Relaxed samples of k classes and their gradients (include/gumbelcuda/relaxed_k_hot.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._call import Call
from .._inputs import TEMPERATURE_PER_ROW
from .._results import ROWS, Results
from .._whole import whole
from .gumbel import GRADIENT

K_HOT = Results("RelaxedKHot", y=("y", ROWS), k_hot=("k_hot", ROWS))


def relaxed_k_hot(
    logits: Any,
    k: int,
    tau: Any = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    returns: str | Sequence[str] | None = None,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """A relaxed sample of k classes of each row: sigmoid((logits + gumbel − nu)/tau), with the nu for which it sums to
    k.

    logits, tau: as for gumbel_softmax. k: from 1 to the number of classes.
    returns: "y" or, with `hard`, "k_hot", which is 1 for the classes that gumbel_top_k draws from the same noise and 0
        for the others; or both as a named tuple.
    """
    call = Call("relaxed_k_hot", dim, logits=logits)
    call.fields["k"] = whole("k", k, 1, call.classes)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(K_HOT, ("k_hot" if hard else "y") if returns is None else returns, out)


def relaxed_k_hot_vjp(
    d_y: Any,
    tau: Any = 1.0,
    dim: int = -1,
    *,
    y: Any = None,
    logits: Any = None,
    k: int | None = None,
    returns: str | Sequence[str] = "d_logits",
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """From d_y = dL/dy of relaxed_k_hot to dL/dlogits and dL/dtau of each row. As gumbel_softmax_vjp: from y, or from
    logits, k and the address of the forward pass's noise. For straight-through samples d_y is dL/dk_hot."""
    call = Call("relaxed_k_hot_vjp", dim, d_y=d_y, y=y, logits=None if y is not None else logits)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    if y is None:
        if logits is None or k is None:
            raise ValueError("y: give y, or logits, k and the noise of the forward pass")
        call.fields["k"] = whole("k", k, 1, call.classes)
        call.repeat(seed, row, offset, seeds, offsets)
    return call.results(GRADIENT, returns, out)
