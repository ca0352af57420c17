# SPDX-License-Identifier: Apache-2.0
"""Relaxed Bernoulli variables, their gradients and density (include/gumbelcuda/relaxed_bernoulli.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._call import Call
from .._inputs import TEMPERATURE_PER_ROW
from .._results import ROWS, Results
from .gumbel import GRADIENT

BERNOULLI = Results("RelaxedBernoulli", y=("y", ROWS), hard=("hard", ROWS))
LOG_PROB = Results("RelaxedBernoulliLogProb", log_prob=("log_prob", ROWS))


def relaxed_bernoulli(
    logits: Any,
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
    """Relaxed Bernoulli variables, one for each element: sigmoid((logits + l)/tau), where l is standard logistic noise.
    Maddison, Mnih, Teh, arXiv:1611.00712, appendix B.

    logits: log odds of a 1, float16, bfloat16, float32 or float64; ±inf is certain. tau: as for gumbel_softmax; rows
        are what the axes beside `dim` count.
    returns: "y" or, with `hard`, "hard", which is 1 where logits + l > 0 and 0 elsewhere; or both as a named tuple.
    """
    call = Call("relaxed_bernoulli", dim, logits=logits)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(BERNOULLI, ("hard" if hard else "y") if returns is None else returns, out)


def relaxed_bernoulli_vjp(
    d_y: Any,
    tau: Any = 1.0,
    dim: int = -1,
    *,
    y: Any = None,
    logits: Any = None,
    returns: str | Sequence[str] = "d_logits",
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """From d_y = dL/dy of relaxed_bernoulli to dL/dlogits and dL/dtau of each row. As gumbel_softmax_vjp: from y, or
    from logits and the address of the forward pass's noise. For straight-through samples d_y is dL/dhard."""
    call = Call("relaxed_bernoulli_vjp", dim, d_y=d_y, y=y, logits=None if y is not None else logits)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    if y is None:
        if logits is None:
            raise ValueError("y: give y, or logits and the noise of the forward pass")
        call.repeat(seed, row, offset, seeds, offsets)
    return call.results(GRADIENT, returns, out)


def relaxed_bernoulli_log_prob(logits: Any, y: Any, tau: Any = 1.0, dim: int = -1, *, out: Any = None) -> Any:
    """The log density of a relaxed Bernoulli variable at each y, in [0, 1]; of the shape and type of logits. tau: above
    0."""
    call = Call("relaxed_bernoulli_log_prob", dim, logits=logits, y=y)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    return call.results(LOG_PROB, "log_prob", out)
