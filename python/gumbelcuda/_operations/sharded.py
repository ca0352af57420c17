# SPDX-License-Identifier: Apache-2.0
"""Gumbel-max of rows whose classes are divided among ranks (include/gumbelcuda/sharded.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._arrays import adopt
from .._call import Call
from .._inputs import LOG_PROB_WANTED, Rows
from .._results import COMPUTED, INT64, UINT8, Results
from .._whole import whole

PARTIAL_BYTES = 56
PARTIAL = Results("GumbelMaxShard", partial=("partial", UINT8 + "*"))
COMBINED = Results("GumbelMax", index=("index", INT64), log_prob=("log_prob", COMPUTED), status=("status", UINT8))


def gumbel_max_shard(
    logits: Any,
    first_class: int,
    row_classes: int,
    dim: int = -1,
    *,
    log_prob: bool = False,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any:
    """What one rank knows of a sample of each row, from its own classes of it: 56 bytes, as uint8 on a last axis, to be
    gathered from all ranks and given to combine_gumbel_max. No rank needs the whole row.

    logits: of the classes first_class, first_class + 1, …; there may be none. first_class: a multiple of 4.
    row_classes: classes of the whole row. A call moves a generator on by this number, rounded up to a multiple of 4.
    log_prob: combine_gumbel_max is to give log-probabilities, which costs another pass over the logits.
    All ranks must draw the same noise: give each the same seed and offset, or generators that are in step.
    """
    call = Call("gumbel_max_shard", dim, logits=logits)
    first_class, row_classes = whole("first_class", first_class, 0), whole("row_classes", row_classes, 0)
    if first_class % 4:
        raise ValueError(f"first_class: {first_class} is not a multiple of 4")
    if row_classes < first_class + call.classes:
        raise ValueError(f"row_classes: {row_classes} is less than first_class + classes, {first_class + call.classes}")
    call.fields["first_class"] = first_class
    call.fields["row_classes"] = row_classes
    if log_prob:
        call.flag(LOG_PROB_WANTED)
    call.each = PARTIAL_BYTES
    call.draw(generator, seed, row, offset, seeds, offsets, words=row_classes)
    return call.results(PARTIAL, "partial", out)


def combine_gumbel_max(
    partials: Any, dtype: str = "float32", *, returns: str | Sequence[str] = "index", out: Any = None
) -> Any:
    """The samples, from all ranks' gumbel_max_shard: uint8 of shape [shard, …rows, 56]. They are those of gumbel_max
    for the whole rows, on every rank.

    dtype: that of the logits, which decides log_prob's. returns: as for gumbel_max; log_prob is NaN if a shard has
        none.
    """
    array = adopt("partials", partials)
    if array.type != "uint8" or len(array.shape) < 2 or array.shape[-1] != PARTIAL_BYTES or not array.shape[0]:
        raise ValueError(
            f"partials: {array.type} of shape {array.shape} is not uint8 of shape [shard, …, {PARTIAL_BYTES}]"
        )
    if array.strides is not None or array.pointer % 8:
        array = adopt("partials", array.framework.copy(partials))
    framework = array.framework
    call = Call(
        "combine_gumbel_max", -1, Rows((*array.shape[1:-1], 1), framework.type_of(dtype), framework, array.device)
    )
    call.alive.append(array)
    call.fields["shards"] = array.shape[0]
    call.fields["partial"] = array.pointer
    return call.results(COMBINED, returns, out)
