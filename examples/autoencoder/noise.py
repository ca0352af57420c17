# SPDX-License-Identifier: Apache-2.0
"""Where each model's noise is, so that what a seed gives depends on that seed alone, not on the seeds beside it.

Every number of a model is a word of docs/noise-stream.md: its key says the model's seed and what the noise is for, its
row says when (the step, the part of the test set), its offset says which row of the batch.
"""
import math

import torch

PURPOSES = ("weights", "order", "training", "validation", "test", "pictures")


def key(seed, purpose):
    return seed * len(PURPOSES) + PURPOSES.index(purpose)


def address(seeds, purpose, when, rows, words):
    """Keyword arguments of a draw for rows [models, *rows] of at most `words` words each."""
    shape = (len(seeds), *rows)
    keys = torch.tensor([key(seed, purpose) for seed in seeds])
    offsets = torch.arange(math.prod(rows)) * ((words + 3) // 4 * 4)
    return {"seeds": keys.view(-1, *(1 for _ in rows)).expand(shape), "offsets": offsets.view(rows).expand(shape),
            "row": when}
