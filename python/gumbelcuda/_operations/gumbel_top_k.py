# SPDX-License-Identifier: Apache-2.0
"""Samples of k classes without replacement (include/gumbelcuda/gumbel_top_k.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._call import Call
from .._results import COMPUTED, INT64, UINT8, Results
from .._whole import whole

TOP_K = Results(
    "GumbelTopK",
    index=("index", INT64 + "*"),
    perturbed=("perturbed", COMPUTED + "*"),
    log_prob=("log_prob", COMPUTED + "*"),
    log_inclusion=("log_inclusion", COMPUTED + "*"),
    kappa=("kappa", COMPUTED),
    status=("status", UINT8),
)


def gumbel_top_k(
    logits: Any,
    k: int,
    dim: int = -1,
    *,
    returns: str | Sequence[str] = "index",
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """The k classes of each row with the largest logits + gumbel: an ordered sample without replacement, of which the
    first class is that of gumbel_max. Vieira (2014); Kool, van Hoof, Welling, arXiv:1903.06059.

    logits: float16, bfloat16, float32 or float64, the classes on the axis `dim`; −inf masks a class.
    k: from 1 to the number of classes.
    returns: "index" (int64), or several as a named tuple: "index", "perturbed" (logits + gumbel), "log_prob" (log
        softmax of each class), "log_inclusion" (log of the probability that a class is above kappa), all with a last
        axis of k; and of each row "kappa", the (k+1)-th largest logits + gumbel, and "status". float64 for float64,
        otherwise float32.
    A row with fewer classes gives those, then index −1, perturbed and log_prob −inf and log_inclusion 0.
    """
    call = Call("gumbel_top_k", dim, logits=logits)
    call.fields["k"] = call.each = whole("k", k, 1, call.classes)
    call.draw(generator, seed, row, offset, seeds, offsets)
    return call.results(TOP_K, returns, out)
