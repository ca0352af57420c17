# SPDX-License-Identifier: Apache-2.0
"""Gumbel sampling for PyTorch: operators with gradients, for eager code, torch.compile and torch.func, on CPU and GPU.

    import gumbelcuda.torch
    y = gumbelcuda.torch.gumbel_softmax(logits, tau=0.5, hard=True)   # in place of F.gumbel_softmax

Which noise a call draws. All functions that draw take

    generator=  a torch.Generator on the device of the logits; without one, PyTorch's default generator. A call draws
                one int64 number from it, which moves it on: torch.manual_seed decides what comes out. Or a
                gumbelcuda.Generator, but not in graphs.
    seed=, row=, offset=
                an address instead: row r, class k draw word offset + k of row `row` + r of the seed's stream
                (docs/noise-stream.md), with the same bits on any device, for any batch, eager or compiled. The offset
                is a multiple of 4.
    seeds=, offsets=
                the same per row: int64 or uint64 tensors in the shape of the rows. With seeds= each row draws from
                row `row` of its own seed's stream.

Rows are counted in row-major order of the dimensions other than `dim`.
"""

from gumbelcuda.torch.categorical import categorical_sample
from gumbelcuda.torch.concrete import concrete_kl_estimate, concrete_log_prob
from gumbelcuda.torch.gumbel import gumbel_max, gumbel_noise, gumbel_softmax
from gumbelcuda.torch.gumbel_rao import conditional_gumbel, gumbel_rao
from gumbelcuda.torch.gumbel_top_k import GumbelTopK, gumbel_top_k
from gumbelcuda.torch.kl_divergence import kl_divergence
from gumbelcuda.torch.location_scale import location_scale_log_prob, location_scale_sample
from gumbelcuda.torch.relaxed_bernoulli import relaxed_bernoulli, relaxed_bernoulli_log_prob
from gumbelcuda.torch.relaxed_k_hot import relaxed_k_hot

__all__ = [
    "GumbelTopK",
    "categorical_sample",
    "concrete_kl_estimate",
    "concrete_log_prob",
    "conditional_gumbel",
    "gumbel_max",
    "gumbel_noise",
    "gumbel_rao",
    "gumbel_softmax",
    "gumbel_top_k",
    "kl_divergence",
    "location_scale_log_prob",
    "location_scale_sample",
    "relaxed_bernoulli",
    "relaxed_bernoulli_log_prob",
    "relaxed_k_hot",
]
