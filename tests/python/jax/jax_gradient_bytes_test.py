# SPDX-License-Identifier: Apache-2.0
"""Gradients have the bytes of the package's functions for NumPy, and so of C and C++, in every type: with 16 bits, too,
where y is kept in 16 bits between the passes, so that a bound against the exact gradient would be a loose one."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax_operations import OPERATIONS, arrays_of, make, same_bytes

import gumbelcuda

KEY, NOISE = jax.random.key(7), {"seed": 7}


def of_relaxed(name, *k):
    """From y of the forward pass."""
    forward, backward = getattr(gumbelcuda, name), getattr(gumbelcuda, f"{name}_vjp")

    def gradients(d_y, logits, tau):
        return backward(d_y, tau, y=forward(logits, *k, tau, **NOISE), returns=("d_logits", "d_tau"))

    return gradients


def of_concrete(log_domain):
    return lambda d, logits, value, tau: gumbelcuda.concrete_log_prob_vjp(d, logits, value, tau, log_domain=log_domain)


# In these the formula stands in Python: see jax_gradients_test.py.
FORMULAS = {"relaxed_bernoulli_log_prob", "kl_divergence"}
OF_NUMPY = {
    "gumbel_softmax": of_relaxed("gumbel_softmax"),
    "relaxed_k_hot": of_relaxed("relaxed_k_hot", 2),
    "relaxed_bernoulli": of_relaxed("relaxed_bernoulli"),
    "concrete_log_prob": of_concrete(False),
    "concrete_log_prob, log_domain": of_concrete(True),
    "concrete_kl_estimate": lambda d, *arrays: gumbelcuda.concrete_kl_estimate_vjp(d, *arrays, 3, **NOISE),
    "location_scale_sample": lambda d, *_: gumbelcuda.location_scale_sample_vjp(d, "gumbel", **NOISE),
    "location_scale_sample, gaussian": lambda d, *_: gumbelcuda.location_scale_sample_vjp(d, "gaussian", **NOISE),
    "location_scale_log_prob": gumbelcuda.location_scale_log_prob_vjp,
    "location_scale_log_prob, gaussian": lambda *a: gumbelcuda.location_scale_log_prob_vjp(*a, "gaussian"),
}


def test_every_gradient_of_the_library_is_compared():
    assert {operation.name for operation in OPERATIONS if operation.differentiable} == OF_NUMPY.keys() | FORMULAS


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.name in OF_NUMPY], ids=str)
def test_gradients_have_the_bytes_of_numpys(operation, dtype):
    with jax.enable_x64(True):
        arrays = arrays_of(operation, 5, 11, jnp.dtype(dtype))
        run = (lambda *a: operation.run(KEY, *a)) if operation.draws else operation.run
        value, backward = jax.vjp(run, *arrays)
        d_value = jnp.asarray(make("logits", 5, value.size // 5, value.dtype, 9)).reshape(value.shape)
        found = [backward(d_value)[i] for i in operation.differentiable]
        expected = OF_NUMPY[operation.name](*map(np.asarray, (d_value, *arrays)))
        for ours, numpys, array in zip(found, expected, arrays, strict=True):
            # In the type of what it is a gradient for: temperatures are float32, and the library computes in float64.
            assert same_bytes(ours, np.asarray(numpys).astype(array.dtype))
