# SPDX-License-Identifier: Apache-2.0
"""The bytes of NumPy, and so of C and C++: the seed of a key and a row are the same address everywhere."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax_operations import make

import gumbelcuda
import gumbelcuda.jax as gj

SEED, ROW = 2**40 + 7, 12
KEY = jnp.array([SEED >> 32, SEED & 0xFFFFFFFF], jnp.uint32)
NOISE = {"seed": SEED, "row": ROW}


def same(ours, numpys):
    ours, numpys = np.asarray(ours), np.asarray(numpys)
    assert ours.shape == numpys.shape and ours.dtype.itemsize == numpys.dtype.itemsize
    assert ours.tobytes() == numpys.tobytes()


@pytest.fixture(params=["float16", "bfloat16", "float32", "float64"])
def arrays(request):
    """Logits, others, values and temperatures, for NumPy and for JAX."""
    with jax.enable_x64(True):
        dtype = jnp.dtype(request.param)
        numpys = {
            "x": make("logits", 5, 11, dtype, 1),
            "z": make("logits", 5, 11, dtype, 2),
            "y": make("relaxed", 5, 11, dtype, 3),
            "shares": make("shares", 5, 11, dtype, 4),
            "scale": make("scale", 5, 11, dtype, 5),
            "tau": make("tau", 5, 11, dtype, 6),
            "index": make("index", 5, 11, dtype, 7).astype(np.int64),
        }
        yield numpys, {name: jnp.asarray(array) for name, array in numpys.items()}


def test_noise_and_draws(arrays):
    n, j = arrays
    same(gj.gumbel_noise(KEY, (5, 11), n["x"].dtype, row=ROW), gumbelcuda.gumbel_noise(like=n["x"], **NOISE))
    same(gj.gumbel_max(KEY, j["x"], row=ROW), gumbelcuda.gumbel_max(n["x"], **NOISE))
    same(gj.gumbel_max(KEY, j["x"], 0, row=ROW), gumbelcuda.gumbel_max(n["x"], 0, **NOISE))


def test_gumbel_softmax(arrays):
    n, j = arrays
    for hard in (False, True):
        same(
            gj.gumbel_softmax(KEY, j["x"], j["tau"], hard, row=ROW),
            gumbelcuda.gumbel_softmax(n["x"], n["tau"], hard, **NOISE),
        )
    _, backward = jax.vjp(lambda x, tau: gj.gumbel_softmax(KEY, x, tau, row=ROW), j["x"], j["tau"])
    d_logits, d_tau = backward(j["z"])
    y = gumbelcuda.gumbel_softmax(n["x"], n["tau"], **NOISE)
    expected = gumbelcuda.gumbel_softmax_vjp(n["z"], n["tau"], y=y, returns=("d_logits", "d_tau"))
    same(d_logits, expected.d_logits)
    same(d_tau, expected.d_tau.astype(np.float32))  # as tau is


def test_categorical_sample(arrays):
    n, j = arrays
    filters = {"top_k": 6, "top_p": 0.9, "min_p": 0.01, "draws": 3}
    index, log_prob = gj.categorical_sample(KEY, j["x"], temperature=j["tau"], row=ROW, **filters)
    expected = gumbelcuda.categorical_sample(
        n["x"], temperature=n["tau"], returns=("index", "log_prob"), **filters, **NOISE
    )
    same(index, expected.index)
    same(log_prob, expected.log_prob)
    same(gj.categorical(KEY, j["x"], shape=(3, 5), row=ROW), gumbelcuda.categorical_sample(n["x"], draws=3, **NOISE).T)


def test_gumbel_top_k(arrays):
    n, j = arrays
    names = ("index", "perturbed", "log_prob", "log_inclusion", "kappa")
    expected = gumbelcuda.gumbel_top_k(n["x"], 4, returns=names, **NOISE)
    ours = gj.gumbel_top_k(KEY, j["x"], 4, row=ROW)
    for name in names:
        same(getattr(ours, name), getattr(expected, name))
    same(gj.categorical(KEY, j["x"], shape=(4, 5), replace=False, row=ROW), expected.index.T)


def test_relaxed_k_hot_and_bernoulli(arrays):
    n, j = arrays
    for hard in (False, True):
        same(
            gj.relaxed_k_hot(KEY, j["x"], 4, j["tau"], hard, row=ROW),
            gumbelcuda.relaxed_k_hot(n["x"], 4, n["tau"], hard, **NOISE),
        )
        same(
            gj.relaxed_bernoulli(KEY, j["x"], j["tau"], hard, row=ROW),
            gumbelcuda.relaxed_bernoulli(n["x"], n["tau"], hard, **NOISE),
        )


def test_densities_and_divergences(arrays):
    n, j = arrays
    for log_domain, value in ((False, "y"), (True, "z")):
        arguments = [[a["x"], a[value], a["tau"]] for a in (j, n)]
        ours, numpys = (f.concrete_log_prob(*a, log_domain=log_domain) for f, a in zip((gj, gumbelcuda), arguments))
        same(ours, numpys)
    same(
        gj.relaxed_bernoulli_log_prob(j["x"], j["shares"], j["tau"]),
        gumbelcuda.relaxed_bernoulli_log_prob(n["x"], n["shares"], n["tau"]),
    )
    same(gj.kl_divergence(j["x"], j["z"]), gumbelcuda.kl_divergence(n["x"], n["z"]))
    same(
        gj.concrete_kl_estimate(KEY, j["x"], j["z"], j["tau"], 0.5, samples=3, row=ROW),
        gumbelcuda.concrete_kl_estimate(n["x"], n["z"], n["tau"], 0.5, samples=3, **NOISE),
    )


def test_gumbel_rao(arrays):
    n, j = arrays
    one_hot, backward = jax.vjp(lambda x: gj.gumbel_rao(KEY, x, j["tau"], 5, row=ROW), j["x"])
    same(one_hot, gumbelcuda.gumbel_softmax(n["x"], hard=True, **NOISE))
    index = gumbelcuda.gumbel_max(n["x"], **NOISE)
    same(backward(j["z"])[0], gumbelcuda.gumbel_rao_vjp(n["z"], n["x"], index, n["tau"], 5, **NOISE))
    for kind in (np.int32, np.int64):
        same(
            gj.conditional_gumbel(KEY, j["x"], j["index"].astype(kind), row=ROW),
            gumbelcuda.conditional_gumbel(n["x"], n["index"], **NOISE),
        )


@pytest.mark.parametrize("law", ["gumbel", "gaussian"])
def test_location_scale(arrays, law):
    n, j = arrays
    same(
        gj.location_scale_sample(KEY, j["x"], j["scale"], law, row=ROW),
        gumbelcuda.location_scale_sample(n["x"], n["scale"], law, **NOISE),
    )
    same(
        gj.location_scale_log_prob(j["z"], j["x"], j["scale"], law),
        gumbelcuda.location_scale_log_prob(n["z"], n["x"], n["scale"], law),
    )


def test_a_jax_array_may_be_given_to_the_functions_of_the_package():
    x = jnp.asarray(make("logits", 5, 11, np.float32, 1))
    y = gumbelcuda.gumbel_softmax(x, 0.5, **NOISE)
    assert isinstance(y, jax.Array)
    same(y, gj.gumbel_softmax(KEY, x, 0.5, row=ROW))


def test_the_seed_of_a_small_key_is_its_number():
    x = make("logits", 5, 11, np.float32, 1)
    same(gj.gumbel_softmax(jax.random.key(7), jnp.asarray(x)), gumbelcuda.gumbel_softmax(x, seed=7))
