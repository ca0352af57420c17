# SPDX-License-Identifier: Apache-2.0
"""Gumbels given their argmax, and a straight-through gradient of less variance (include/gumbelcuda/gumbel_rao.hpp)."""

from __future__ import annotations

from typing import Any

from .._call import Call
from .._inputs import TEMPERATURE_PER_ROW
from .._results import ROWS, Results
from .._whole import whole

CONDITIONAL = Results("ConditionalGumbel", z=("z", ROWS))
GRADIENT = Results("Gradient", d_logits=("d_logits", ROWS))


def conditional_gumbel(
    logits: Any,
    index: Any,
    dim: int = -1,
    *,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """logits + gumbel of each row, given that its argmax is `index`. Of the shape and type of logits.

    index: integers, one for each row. A row whose index is no class, or a masked one, gives NaN.
    The noise must differ from that which drew index, as fresh noise does.
    """
    call = Call("conditional_gumbel", dim, logits=logits)
    call.per_row("index", index, "int64")
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(CONDITIONAL, "z", out)


def gumbel_rao_vjp(
    d_one_hot: Any,
    logits: Any,
    index: Any,
    tau: Any = 1.0,
    inner_samples: int = 10,
    dim: int = -1,
    *,
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """From dL/d(one-hot row of index) to dL/dlogits: the mean of the straight-through gradient over `inner_samples` (1
    to 64) noises that have the same argmax, of the same expected value and no larger variance. Paulus, Maddison,
    Krause, arXiv:2010.04838.

    index: what gumbel_max drew at the address (seed, row, offset). The noise here is what follows: C·inner_samples
        words, C being the number of classes rounded up to a multiple of 4, which no other call should draw.

    With a generator:

        address = generator.address
        index = gumbelcuda.gumbel_max(logits, generator=generator)
        generator.reserve(inner_samples * C)
        d_logits = gumbelcuda.gumbel_rao_vjp(d_one_hot, logits, index, tau, inner_samples, **address)
    """
    call = Call("gumbel_rao_vjp", dim, logits=logits, d_one_hot=d_one_hot)
    call.fields["inner_samples"] = whole("inner_samples", inner_samples, 1, 64)
    call.number("temperature", tau, TEMPERATURE_PER_ROW)
    call.per_row("index", index, "int64")
    call.repeat(seed, row, offset, seeds, offsets)
    return call.results(GRADIENT, "d_logits", out)
