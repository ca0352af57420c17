# SPDX-License-Identifier: Apache-2.0
"""Bounds of log p(x) in nats, with the latent variables as they are at test: discrete, or normal."""
import math
from typing import NamedTuple

import torch
from torch import Tensor

from .networks import decode, encode
from torch.nn.functional import softplus

CODES = 500  # decoded at a time for a model, so that they stay in the processor's cache


class Bounds(NamedTuple):
    elbo: Tensor  # [models, images]: the mean of log w
    tight: Tensor  # [models, images]: the log of the mean of w, of so many samples


@torch.no_grad()
def bounds(parameters, latent, x, mean, samples, seeds, purpose, when=0):
    """log w = log p(x | code) + log p(code) - log q(code | x) of `samples` codes of each image of x [images, pixels].

    Burda, Grosse, Salakhutdinov, arXiv:1509.00519, equation 8.
    """
    models, images = len(seeds), max(1, CODES // samples)
    draws = min(samples, CODES)
    if samples % draws:
        raise ValueError(f"samples: {samples} is neither {CODES} or less nor a multiple of it")
    found = []
    for first in range(0, len(x), images):
        some = x[first:first + images].expand(models, -1, -1)
        encoded = encode(parameters, some, mean)
        # log p(x | code) = Σ x·odds - Σ softplus(odds), and the first sum is linear in the code.
        slope = torch.bmm(some, parameters["decoder"].mT)
        constant = (some * parameters["decoder_bias"]).sum(-1, keepdim=True)
        log_w = []
        for part in range(samples // draws):
            repeated = encoded.repeat_interleave(draws, 1)
            code, log_ratio = latent.drawn(repeated, seeds, purpose, (when * len(x) + first) * samples + part)
            normalizer = softplus(decode(parameters, code)).sum(-1).unflatten(1, (-1, draws))
            linear = (code.unflatten(1, (-1, draws)) * slope.unsqueeze(2)).sum(-1)
            log_w.append(linear + constant - normalizer + log_ratio.unflatten(1, (-1, draws)))
        log_w = torch.cat(log_w, -1)
        found.append((log_w.mean(-1), log_w.logsumexp(-1) - math.log(samples)))
    return Bounds(*(torch.cat(parts, 1) for parts in zip(*found)))
