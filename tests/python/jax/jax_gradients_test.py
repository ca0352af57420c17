# SPDX-License-Identifier: Apache-2.0
"""Gradients: against JAX's own of the formula in float64 with the same noise, and of every operation against
differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax_operations import OPERATIONS, arrays_of, same_bytes

import gumbelcuda.jax as gj

KEY = jax.random.key(5)
ROWS, CLASSES = 4, 9


@pytest.fixture(autouse=True)
def float64():
    with jax.enable_x64(True):
        yield


def weights(shape):
    return jnp.sin(jnp.arange(np.prod(shape), dtype=jnp.float64)).reshape(shape)


def loss_of(run):
    return lambda *arguments: (run(*arguments) * weights(run(*arguments).shape)).sum()


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize(
    "tau", [0.5, [0.25, 0.5, 1.0, 4.0]]
)  # numbers of float32, since that is what the library reads
def test_gumbel_softmax_has_the_gradients_of_its_formula(tau, hard):
    logits = arrays_of(OPERATIONS[1], ROWS, CLASSES, np.float64)[0]
    noise = gj.gumbel_noise(KEY, logits.shape, jnp.float64)

    def formula(logits, tau):
        return jax.nn.softmax((logits + noise) / jnp.expand_dims(tau, -1))

    # Straight-through: the gradient of a hard sample is that of y with the same dL/dy, and the loss is linear.
    found = jax.grad(loss_of(lambda *a: gj.gumbel_softmax(KEY, *a, hard=hard)), (0, 1))(logits, jnp.array(tau))
    expected = jax.grad(loss_of(formula), (0, 1))(logits, jnp.array(tau))
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)


def test_relaxed_bernoulli_has_the_gradients_of_its_formula():
    logits = arrays_of(OPERATIONS[1], ROWS, CLASSES, np.float64)[0]
    y = gj.relaxed_bernoulli(KEY, jnp.zeros_like(logits), 1.0)
    noise = jnp.log(y) - jnp.log1p(-y)

    def formula(logits, tau):
        return jax.nn.sigmoid((logits + noise) / tau)

    found = jax.grad(loss_of(lambda *a: gj.relaxed_bernoulli(KEY, *a)), (0, 1))(logits, 0.5)
    expected = jax.grad(loss_of(formula), (0, 1))(logits, 0.5)
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)  # the noise comes back through a sigmoid


def concrete_formula(logits, y, tau):
    classes, tau = y.shape[-1], tau.astype(jnp.float64)
    scores = logits - tau[:, None] * jnp.log(y)
    constant = jax.scipy.special.gammaln(classes) + (classes - 1) * jnp.log(tau)
    return constant + (scores - jnp.log(y)).sum(-1) - classes * jax.nn.logsumexp(scores, -1)


def test_concrete_log_prob_has_value_and_gradients_of_its_formula():
    logits, y, tau = arrays_of(next(o for o in OPERATIONS if o.name == "concrete_log_prob"), ROWS, CLASSES, np.float64)
    np.testing.assert_allclose(gj.concrete_log_prob(logits, y, tau), concrete_formula(logits, y, tau), rtol=1e-12)
    found = jax.grad(loss_of(gj.concrete_log_prob), (0, 1, 2))(logits, y, tau)
    for a, b in zip(found, jax.grad(loss_of(concrete_formula), (0, 1, 2))(logits, y, tau)):
        np.testing.assert_allclose(a, b, rtol=2e-6 if a.dtype == jnp.float32 else 1e-10)


def test_kl_divergence_has_value_and_gradients_of_its_formula():
    p, q = arrays_of(next(o for o in OPERATIONS if o.name == "kl_divergence"), ROWS, CLASSES, np.float64)
    p = p.at[0, 3].set(-jnp.inf)  # adds 0 to the divergence, and has the gradient 0

    def formula(p, q):
        log_p, log_q = jax.nn.log_softmax(p), jax.nn.log_softmax(q)
        terms = jnp.where(jnp.isneginf(log_p), 0, log_p - log_q)
        return (jnp.exp(log_p) * terms).sum(-1)

    np.testing.assert_allclose(gj.kl_divergence(p, q), formula(p, q), rtol=1e-12)
    found = jax.grad(loss_of(gj.kl_divergence), (0, 1))(p, q)
    assert found[0][0, 3] == 0
    finite = jnp.isfinite(p)
    expected = jax.grad(lambda p, q: loss_of(formula)(jnp.where(finite, p, -jnp.inf), q), (0, 1))(
        jnp.where(finite, p, 0), q
    )
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)


def differences(loss, arguments, which, step):
    """Central differences of loss for each number of arguments[which]."""
    x = np.asarray(arguments[which])
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        ends = []
        for sign in (1, -1):
            moved = x.copy()
            moved[place] += sign * step
            ends.append(float(loss(*arguments[:which], jnp.asarray(moved), *arguments[which + 1 :])))
        gradient[place] = (ends[0] - ends[1]) / (2 * step)
    return gradient


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.differentiable], ids=str)
def test_gradients_are_differences(operation):
    arrays = arrays_of(operation, 3, 5, np.float64)
    key = [KEY] if operation.draws else []
    loss = jax.jit(loss_of(lambda *a: operation.run(*key, *a)))
    for which in operation.differentiable:
        # A step of tau has to be one of float32; then differences are off by its square.
        is_tau = operation.arrays[which] == "tau"
        expected = differences(loss, arrays, which, 2.0**-9 if is_tau else 1e-6)
        found = jax.grad(loss, which)(*arrays)
        assert found.dtype == arrays[which].dtype
        scale = np.abs(expected).max()
        np.testing.assert_allclose(
            found, expected, rtol=1e-4, atol=(3e-4 if is_tau else 1e-7) * scale, err_msg=str(which)
        )


SHARED = [  # operands that stand for all rows, or for all classes
    ("concrete_log_prob", lambda logits, y, tau: gj.concrete_log_prob(logits[0], y, tau[0])),
    ("relaxed_bernoulli_log_prob", lambda logits, y, tau: gj.relaxed_bernoulli_log_prob(logits[:1], y, tau[0])),
    ("kl_divergence", lambda p, q: gj.kl_divergence(p, q[0])),
    ("kl_divergence", lambda p, q: gj.kl_divergence(p[:1], q)),
    ("concrete_kl_estimate", lambda p, q, t, u: gj.concrete_kl_estimate(KEY, p[0], q, t[0], u)),
    ("location_scale_sample", lambda m, s: gj.location_scale_sample(KEY, m[0], s[:, :1])),
    ("location_scale_sample", lambda m, s: gj.location_scale_sample(KEY, m[0, 0], s[:1], shape=(3, 5))),
    ("location_scale_log_prob", lambda x, m, s: gj.location_scale_log_prob(x, m[:, :1], s[0, 0])),
]


@pytest.mark.parametrize("name, run", SHARED)
def test_gradient_of_what_stands_for_all_rows_is_their_sum(name, run):
    arrays = arrays_of(next(o for o in OPERATIONS if o.name == name), 3, 5, np.float64)
    loss = jax.jit(loss_of(run))
    for which, kind in enumerate(next(o for o in OPERATIONS if o.name == name).arrays):
        expected = differences(loss, arrays, which, 2.0**-9 if kind == "tau" else 1e-6)
        tolerance = (3e-4 if kind == "tau" else 1e-7) * max(1, np.abs(expected).max())
        np.testing.assert_allclose(jax.grad(loss, which)(*arrays), expected, rtol=1e-4, atol=tolerance)


# The formulas of gumbelcuda/_formulas.py; all other gradients are the library's (jax_gradient_bytes_test.py).
@pytest.mark.parametrize("name", ["relaxed_bernoulli_log_prob", "kl_divergence"])
def test_float32_gradients_are_near_those_of_float64(name):
    # An estimate and no bound: four times the largest difference seen, 1.2 eps of a gradient's largest number.
    operation = next(o for o in OPERATIONS if o.name == name)
    exact = arrays_of(operation, 3, 5, np.float32)
    value, backward = jax.vjp(operation.run, *exact)
    wide = [a if kind == "tau" else a.astype(jnp.float64) for kind, a in zip(operation.arrays, exact)]
    wide_value, wide_backward = jax.vjp(operation.run, *wide)
    d_value = weights(value.shape).astype(value.dtype)
    for found, expected, like in zip(backward(d_value), wide_backward(d_value.astype(wide_value.dtype)), exact):
        assert found.dtype == like.dtype
        tolerance = 5 * float(jnp.finfo(jnp.float32).eps) * max(1, np.abs(expected).max())
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
@pytest.mark.parametrize("name", ["relaxed_bernoulli_log_prob", "kl_divergence"])
def test_16_bit_gradients_are_those_of_float32_rounded_once(name, dtype):
    # Both are rounded from float32, so by half an ulp each, and the results in float32 differ by far less than one: the
    # bound is 2 ulp. An ulp is eps times the power of 2 below the number.
    operation = next(o for o in OPERATIONS if o.name == name)
    exact = arrays_of(operation, 3, 5, dtype)
    value, backward = jax.vjp(operation.run, *exact)
    d_value = weights(value.shape).astype(value.dtype)
    wide, wide_backward = jax.vjp(operation.run, *(x.astype(jnp.float32) for x in exact))
    for found, expected in zip(backward(d_value), wide_backward(d_value.astype(wide.dtype))):
        expected = expected.astype(found.dtype)
        kind = jnp.finfo(found.dtype)
        found, expected = (np.asarray(x, np.float64) for x in (found, expected))
        size = np.maximum(np.abs(expected), float(kind.tiny))
        ulp = float(kind.eps) * 2.0 ** np.floor(np.log2(size))
        assert np.all(np.abs(found - expected) <= 2 * ulp), np.max(np.abs(found - expected) / ulp)


def test_gumbel_rao_with_many_inner_samples_is_near_the_mean_gradient_of_conditioned_softmax():
    # The mean over z given the argmax, by conditional_gumbel: 1e5 of them, and as many Gumbel-Rao gradients of one
    # inner
    # sample. Largest difference in standard errors: 5.
    logits = jnp.array([0.3, -1.0, 1.0, 0.0])
    d_y, tau, n = jnp.array([1.0, -2.0, 0.5, 0.0]), 0.5, 100_000
    index = int(gj.gumbel_max(KEY, logits))
    keys = jax.random.split(jax.random.key(8), n)
    z = jax.vmap(lambda key: gj.conditional_gumbel(key, logits, index))(keys)
    expected = jax.vmap(jax.grad(lambda z: jax.nn.softmax(z / tau) @ d_y))(z)
    pair = jax.vmap(jax.value_and_grad(lambda x, key: gj.gumbel_rao(key, x, tau, 1) @ d_y), (None, 0))(logits, keys)
    drawn = jax.vmap(lambda key: gj.gumbel_max(key, logits))(keys)
    found = pair[1][drawn == index]
    error = jnp.sqrt(found.var(0) / len(found) + expected.var(0) / n)
    assert jnp.all(jnp.abs(found.mean(0) - expected.mean(0)) < 5 * error)
    assert len(found) > n / 20


def test_gumbel_rao_has_no_gradient_for_tau():
    assert jax.grad(lambda t: gj.gumbel_rao(KEY, jnp.arange(3.0), t)[0])(0.5) == 0


def test_integers_and_keys_need_no_gradient():
    logits = jnp.arange(4.0)
    value, gradient = jax.value_and_grad(lambda x, row: gj.gumbel_softmax(KEY, x, 0.5, row=row)[1])(logits, 3)
    assert value == gj.gumbel_softmax(KEY, logits, 0.5, row=3)[1]
    assert same_bytes(gradient, jax.grad(lambda x: gj.gumbel_softmax(KEY, x, 0.5, row=3)[1])(logits))


DRAWN = {
    "gumbel_max": lambda x: gj.gumbel_max(KEY, x),
    "categorical": lambda x: gj.categorical(KEY, x),
    "categorical, no replacement": lambda x: gj.categorical(KEY, x, shape=(1, ROWS), replace=False)[0],
    "categorical_sample": lambda x: gj.categorical_sample(KEY, x)[0],
    "gumbel_top_k": lambda x: gj.gumbel_top_k(KEY, x, 1).index[:, 0],
}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_drawn_classes_may_be_used_in_a_loss(draw):
    # As a policy gradient does: the gradient is that of the other factors.
    logits = arrays_of(OPERATIONS[1], ROWS, CLASSES, np.float64)[0]
    index = draw(logits)

    def log_prob(x, index):
        return jnp.take_along_axis(jax.nn.log_softmax(x), index[:, None], -1).sum()

    found = jax.jit(jax.grad(lambda x: log_prob(x, draw(x))))(logits)
    np.testing.assert_allclose(found, jax.grad(lambda x: log_prob(x, index))(logits), rtol=1e-12)
