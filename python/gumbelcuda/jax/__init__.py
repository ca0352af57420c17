# SPDX-License-Identifier: Apache-2.0
"""Gumbel sampling for JAX: exact samples, relaxed samples with gradients, densities and divergences, under jit, grad
and vmap, with the bytes of every other face of the library.

    from gumbelcuda.jax import categorical, gumbel_softmax

    y = gumbel_softmax(jax.random.key(0), logits, tau=0.5)

Randomness. Every function that draws takes a JAX key, typed or raw, and has no other source of noise: the same key
gives the same numbers. Its seed is 2³²·d[0] + d[1], where d is the key's data, so jax.random.key(7) is the seed 7
elsewhere in the package. Row r of a call is row r of that seed's stream, or row `row` + r. The stream is not that of
jax.random, so one key may serve both.

Transformations. jit gives the bytes of the call outside of jit. vmap gives those of the calls one by one: with one key
for all items, all items have the same noise, as with jax.random. Keys of their own, or rows of their own (`row`), make
them independent; with rows the bytes are those of one call with the whole batch. grad and vjp work for logits,
temperatures, values, locations and scales; forward mode (jvp) and derivatives of derivatives do not. Arrays that are
sharded over devices are gathered by jit before a call; shard_map calls each device's share, with `row` the share's
first row.

Types. float16, bfloat16, float32, float64 (with jax_enable_x64); 16-bit numbers are computed with as float32.
"""

try:
    import jax as _jax
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError("gumbelcuda.jax needs JAX, which is not installed: pip install jax") from missing
if not hasattr(_jax, "ffi"):
    raise ImportError(f"gumbelcuda.jax needs jax.ffi, which JAX {_jax.__version__} does not have: pip install -U jax")

from .categorical import categorical, categorical_sample
from .concrete import concrete_kl_estimate, concrete_log_prob
from .gumbel import gumbel_max, gumbel_noise, gumbel_softmax
from .gumbel_rao import conditional_gumbel, gumbel_rao
from .gumbel_top_k import TopKSample, gumbel_top_k
from .kl_divergence import kl_divergence
from .location_scale import location_scale_log_prob, location_scale_sample
from .relaxed_bernoulli import relaxed_bernoulli, relaxed_bernoulli_log_prob
from .relaxed_k_hot import relaxed_k_hot

__all__ = [
    "TopKSample",
    "categorical",
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
