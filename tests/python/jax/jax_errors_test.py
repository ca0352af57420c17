# SPDX-License-Identifier: Apache-2.0
"""Bad input: an exception that names the argument, its value and what is allowed, before any work."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import gumbelcuda.jax as gj

KEY = jax.random.key(0)
X = jnp.zeros((3, 5))


def second_derivative(x):
    return jax.grad(lambda x: jax.grad(lambda z: gj.gumbel_softmax(KEY, z)[0, 0])(x)[0, 0])(x)


BAD = [
    # keys
    (lambda: gj.gumbel_max(7, X), TypeError, r"key: int is no JAX key"),
    (lambda: gj.gumbel_max(None, X), TypeError, r"key: NoneType is no JAX key"),
    (lambda: gj.gumbel_max(jnp.zeros(2), X), TypeError, r"key: an array of float32 is no JAX key"),
    (lambda: gj.gumbel_max(jnp.zeros(2, jnp.int32), X), TypeError, r"key: an array of int32 is no JAX key"),
    (lambda: gj.gumbel_max(jnp.zeros(3, jnp.uint32), X), ValueError, r"key: a raw key has the shape .*not \(3,\)"),
    (lambda: gj.gumbel_max(jnp.zeros((6, 2), jnp.uint32), X), ValueError, r"key: .*not \(6, 2\); use jax.vmap"),
    (lambda: gj.gumbel_max(jax.random.split(KEY, 3), X), ValueError, r"key: an array of keys of shape \(3,\)"),
    (lambda: gj.gumbel_noise(7, (3,)), TypeError, r"key: int"),
    (lambda: gj.categorical(7, X), TypeError, r"key: int"),
    (lambda: gj.location_scale_sample(7, X, X), TypeError, r"key: int"),
    # types
    (lambda: gj.gumbel_max(KEY, jnp.zeros((3, 5), jnp.int32)), TypeError, r"logits: int32 is not one of float16"),
    (lambda: gj.gumbel_softmax(KEY, jnp.zeros(5, bool)), TypeError, r"logits: bool is not one of"),
    (lambda: gj.gumbel_softmax(KEY, jnp.zeros(5, jnp.complex64)), TypeError, r"logits: complex64"),
    (lambda: gj.gumbel_noise(KEY, (3,), jnp.int8), TypeError, r"dtype: .*int8"),
    (lambda: gj.kl_divergence(X, X.astype(jnp.float16)), TypeError, r"p_logits, q_logits: .*float16 differ"),
    (
        lambda: gj.location_scale_sample(KEY, X, X.astype(jnp.float16)),
        TypeError,
        r"scale: the type float16 is not float32",
    ),
    (lambda: gj.location_scale_sample(KEY, 1, 2), TypeError, r"location, scale: int32"),
    (lambda: gj.gumbel_softmax(KEY, X, jnp.array(True)), TypeError, r"tau: an array of bool"),
    (lambda: gj.categorical_sample(KEY, X, top_k=1.5), TypeError, r"top_k: an array of float64"),
    (lambda: gj.categorical_sample(KEY, X, top_k=-1), ValueError, r"top_k: -1 is not 0 or more"),
    (lambda: gj.categorical_sample(KEY, X, top_k=jnp.array([1, -3, 2])), ValueError, r"top_k: -3 is not 0 or more"),
    (lambda: gj.categorical_sample(KEY, X, top_k=-(2**64)), ValueError, r"top_k: -18446744073709551616 is"),
    (lambda: gj.conditional_gumbel(KEY, X, jnp.zeros(3)), TypeError, r"index: an array of float32"),
    (lambda: gj.gumbel_max(KEY, X, row=1.0), TypeError, r"row: an array of float64"),
    (lambda: gj.gumbel_max(KEY, X, row=True), TypeError, r"row: an array of bool"),
    # shapes
    (lambda: gj.gumbel_max(KEY, 1.0), ValueError, r"logits: a scalar has no axis"),
    (lambda: gj.gumbel_max(KEY, X, 2), ValueError, r"axis: 2 is not an axis of logits, whose shape is \(3, 5\)"),
    (lambda: gj.gumbel_softmax(KEY, X, axis=-3), ValueError, r"axis: -3"),
    (lambda: gj.gumbel_softmax(KEY, jnp.zeros((3, 0))), ValueError, r"logits: 0 classes"),
    (lambda: gj.gumbel_softmax(KEY, X, jnp.ones(5)), ValueError, r"tau: the shape \(5,\) .* \(3,\)"),
    (lambda: gj.gumbel_softmax(KEY, X, jnp.ones((1, 3))), ValueError, r"tau: the shape \(1, 3\)"),
    (lambda: gj.kl_divergence(X, jnp.zeros((3, 4))), ValueError, r"p_logits \(3, 5\), q_logits \(3, 4\)"),
    (lambda: gj.kl_divergence(X, jnp.zeros((3, 1))), ValueError, r"q_logits: 1 classes along axis -1 are not 5"),
    (lambda: gj.concrete_log_prob(X, jnp.zeros((2, 5)), 1.0), ValueError, r"logits \(3, 5\), value \(2, 5\)"),
    (lambda: gj.location_scale_sample(KEY, X, 1.0, shape=(2, 5)), ValueError, r"location \(3, 5\).*\(2, 5\)"),
    (lambda: gj.location_scale_log_prob(X, jnp.zeros((2, 5)), 1.0), ValueError, r"location \(2, 5\)"),
    (lambda: gj.conditional_gumbel(KEY, X, jnp.zeros(2, int)), ValueError, r"index: the shape \(2,\) is not \(3,\)"),
    (lambda: gj.categorical(KEY, X, shape=(4,)), ValueError, r"shape: \(4,\) does not end with \(3,\)"),
    (lambda: gj.categorical(KEY, X, shape=()), ValueError, r"shape: \(\) does not end with \(3,\)"),
    (lambda: gj.categorical(KEY, X, shape=(6, 3), replace=False), ValueError, r"6 draws .* the 5 classes"),
    (lambda: gj.gumbel_max(KEY, X, row=jnp.arange(3)), ValueError, r"row: an array of shape \(3,\)"),
    # numbers
    (lambda: gj.gumbel_softmax(KEY, X, -0.5), ValueError, r"tau: -0.5 is not 0 or more and finite"),
    (lambda: gj.gumbel_softmax(KEY, X, float("nan")), ValueError, r"tau: nan is not 0 or more"),
    (lambda: gj.relaxed_k_hot(KEY, X, 2, np.array([1, np.inf, 1])), ValueError, r"tau: inf is not 0 or more"),
    (lambda: gj.relaxed_bernoulli(KEY, X, -1), ValueError, r"tau: -1.0 is not"),
    (lambda: gj.gumbel_rao(KEY, X, -1), ValueError, r"tau: -1.0 is not"),
    (lambda: gj.concrete_log_prob(X, X, 0), ValueError, r"tau: 0.0 is not above 0 and finite"),
    (lambda: gj.relaxed_bernoulli_log_prob(X, X, 0), ValueError, r"tau: 0.0 is not above 0"),
    (lambda: gj.concrete_kl_estimate(KEY, X, X, 0), ValueError, r"p_tau: 0.0 is not above 0"),
    (lambda: gj.concrete_kl_estimate(KEY, X, X, 1, -1), ValueError, r"q_tau: -1.0 is not above 0"),
    (lambda: gj.concrete_kl_estimate(KEY, X, X, samples=65), ValueError, r"samples: 65 is not in \[1, 64\]"),
    (lambda: gj.gumbel_rao(KEY, X, inner_samples=0), ValueError, r"inner_samples: 0 is not in \[1, 64\]"),
    (lambda: gj.gumbel_top_k(KEY, X, 6), ValueError, r"k: 6 is not in \[1, 5\]"),
    (lambda: gj.relaxed_k_hot(KEY, X, 0), ValueError, r"k: 0 is not in \[1, 5\]"),
    (lambda: gj.gumbel_top_k(KEY, X, 1.5), TypeError, r"k: float is not an integer"),
    (lambda: (gj.gumbel_top_k(KEY, X, 2), gj.gumbel_top_k(KEY, X, 2.0)), TypeError, r"k: float is not an integer"),
    (lambda: gj.relaxed_k_hot(KEY, X, 1.5), TypeError, r"k: float is not an integer"),
    (lambda: jax.jit(lambda k: gj.relaxed_k_hot(KEY, X, k))(2), TypeError, r"k: \w*Tracer is not an integer"),
    (lambda: gj.categorical_sample(KEY, X, draws=0), ValueError, r"draws: 0 is not 1 or more"),
    (lambda: gj.categorical_sample(KEY, X, top_p=0.0), ValueError, r"top_p: 0.0 is not in \(0, 1\]"),
    (lambda: gj.categorical_sample(KEY, X, min_p=1.5), ValueError, r"min_p: 1.5 is not in \[0, 1\]"),
    (lambda: gj.location_scale_sample(KEY, X, 1.0, law="normal"), ValueError, r"law: 'normal' is not one of"),
    (lambda: gj.gumbel_max(KEY, X, row=-1), ValueError, r"row: -1 is not in \[0, 2\^64\)"),
    (lambda: gj.gumbel_max(KEY, X, row=np.int64(-1)), ValueError, r"row: -1 is not in"),
    (lambda: gj.gumbel_max(KEY, X, row=np.array(-1)), ValueError, r"row: -1 is not in"),
    (lambda: gj.gumbel_max(KEY, X, row=jnp.int32(-1)), ValueError, r"row: -1 is not in"),
    (lambda: gj.gumbel_max(KEY, X, row=2**64), ValueError, r"row: 18446744073709551616 is not in"),
    (lambda: gj.gumbel_noise(KEY, (3,), row=-(2**64)), ValueError, r"row: -18446744073709551616 is not in"),
    # numbers of JAX are known when the program runs
    (lambda: gj.gumbel_softmax(KEY, X, jnp.float32(-1)), jax.errors.JaxRuntimeError, r"temperature: -1"),
    (lambda: gj.categorical_sample(KEY, X, top_p=jnp.float32(2)), jax.errors.JaxRuntimeError, r"top_p: 2"),
    # what is not differentiated
    (lambda: jax.jvp(lambda x: gj.gumbel_softmax(KEY, x), (X,), (X,)), TypeError, r"custom_vjp"),
    (lambda: jax.hessian(lambda x: gj.gumbel_softmax(KEY, x)[0, 0])(X), TypeError, r"gumbel_softmax.* forward mode"),
    (lambda: second_derivative(X), TypeError, r"gumbel_softmax has no derivatives .* none of a derivative"),
    (
        lambda: jax.grad(lambda x: gj.categorical_sample(KEY, x)[1].sum())(X),
        TypeError,
        r"categorical_sample: .*stop_grad",
    ),
    (lambda: jax.grad(lambda x: gj.gumbel_top_k(KEY, x, 2).kappa.sum())(X), TypeError, r"gumbel_top_k: its results"),
    (
        lambda: jax.grad(lambda x: gj.conditional_gumbel(KEY, x, X[:, 0].astype(int)).sum())(X),
        TypeError,
        r"conditional_gumbel: its results",
    ),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_bad_input(number):
    call, exception, text = BAD[number]
    with pytest.raises(exception, match=text):
        jax.block_until_ready(call())
