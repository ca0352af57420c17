# SPDX-License-Identifier: Apache-2.0
"""Masks, temperature 0, 16-bit types, other axes, empty batches, and what keys and integers may be."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax_operations import OPERATIONS, arrays_of, same_bytes

import gumbelcuda.jax as gj

KEY = jax.random.key(3)
LOGITS = arrays_of(OPERATIONS[1], 6, 7)[0]
RELAXATIONS = {
    "gumbel_softmax": gj.gumbel_softmax,
    "relaxed_k_hot": lambda key, x, *rest, **named: gj.relaxed_k_hot(key, x, 2, *rest, **named),
    "relaxed_bernoulli": gj.relaxed_bernoulli,
}
relaxations = pytest.mark.parametrize("run", RELAXATIONS.values(), ids=RELAXATIONS)


@relaxations
@pytest.mark.parametrize("hard", [False, True])
def test_masked_classes_are_exactly_0_and_have_no_gradient(run, hard):
    masked = LOGITS.at[:, ::3].set(-jnp.inf)
    y, gradient = jax.value_and_grad(lambda x: (run(KEY, x, 0.5, hard=hard) * LOGITS).sum())(masked)
    assert jnp.isfinite(y)
    assert jnp.all(run(KEY, masked, 0.5, hard=hard)[:, ::3] == 0) and jnp.all(gradient[:, ::3] == 0)
    assert jnp.all(jnp.isfinite(gradient)) and jnp.any(gradient != 0)


def test_masked_classes_are_never_drawn():
    masked = jnp.broadcast_to(LOGITS[0].at[::3].set(-jnp.inf), (1000, 7))
    for index in (
        gj.gumbel_max(KEY, masked),
        gj.categorical(KEY, masked[0], shape=(1000,)),
        gj.categorical_sample(KEY, masked)[0],
        gj.gumbel_top_k(KEY, masked, 4).index,
    ):
        assert not jnp.any(index % 3 == 0)


def test_rows_that_cannot_be_drawn_from():
    rows = jnp.stack([jnp.full(7, -jnp.inf), LOGITS[0].at[3].set(jnp.nan), LOGITS[0].at[3].set(jnp.inf), LOGITS[0]])
    good = jnp.array([False, False, False, True])
    assert jnp.all((gj.gumbel_max(KEY, rows) >= 0) == good)
    index, log_prob = gj.categorical_sample(KEY, rows)
    assert jnp.all((index >= 0) == good) and jnp.all(jnp.isfinite(log_prob) == good)
    for y in (gj.gumbel_softmax(KEY, rows), gj.gumbel_softmax(KEY, rows, hard=True), gj.gumbel_rao(KEY, rows)):
        assert jnp.all(jnp.isfinite(y).all(-1) == good) and jnp.all(jnp.isnan(y).all(-1) == ~good)
    top = gj.gumbel_top_k(KEY, rows[0].at[2].set(1), 3)
    assert top.index.tolist() == [2, -1, -1] and top.log_prob.tolist() == [0, -np.inf, -np.inf]


@relaxations
def test_temperature_0_is_the_hard_sample_with_gradient_0(run):
    assert same_bytes(run(KEY, LOGITS, 0.0), run(KEY, LOGITS, 1.0, hard=True))
    d_logits, d_tau = jax.grad(lambda x, t: (run(KEY, x, t) * LOGITS).sum(), (0, 1))(LOGITS, 0.0)
    assert jnp.all(d_logits == 0) and d_tau == 0


@relaxations
def test_a_temperature_for_each_row(run):
    tau = jnp.arange(6.0) / 4
    rows = [run(KEY, LOGITS[r], tau[r], row=r) for r in range(6)]
    assert same_bytes(run(KEY, LOGITS, tau), jnp.stack(rows))
    assert same_bytes(run(KEY, LOGITS, tau[:, None]), jnp.stack(rows))
    assert same_bytes(run(KEY, LOGITS.reshape(2, 3, 7), tau.reshape(2, 3)), jnp.stack(rows).reshape(2, 3, 7))
    assert same_bytes(
        run(KEY, LOGITS.reshape(2, 3, 7), tau[:3]), run(KEY, LOGITS, jnp.tile(tau[:3], 2)).reshape(2, 3, 7)
    )


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
@relaxations
def test_16_bit_samples_are_those_of_float32_rounded(run, dtype):
    logits = LOGITS.astype(dtype)
    assert same_bytes(run(KEY, logits, 0.5), run(KEY, logits.astype(jnp.float32), 0.5).astype(dtype))


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16, jnp.float32, jnp.float64])
def test_results_have_the_type_of_the_rows(dtype):
    with jax.enable_x64(dtype == jnp.float64):
        logits = LOGITS.astype(dtype)
        computed = jnp.float64 if dtype == jnp.float64 else jnp.float32
        integer = jnp.int64 if dtype == jnp.float64 else jnp.int32
        for y in (gj.gumbel_softmax(KEY, logits), gj.gumbel_rao(KEY, logits), gj.gumbel_noise(KEY, (3, 7), dtype)):
            assert y.dtype == dtype
        assert gj.location_scale_sample(KEY, logits, 1.0).dtype == dtype
        assert gj.concrete_log_prob(logits, jax.nn.softmax(logits), 0.5).dtype == computed
        assert gj.kl_divergence(logits, logits).dtype == computed
        top = gj.gumbel_top_k(KEY, logits, 2)
        assert top.index.dtype == gj.gumbel_max(KEY, logits).dtype == integer and top.kappa.dtype == computed
        assert (
            gj.categorical(KEY, logits, shape=(2, 6), replace=False).dtype
            == gj.categorical(KEY, logits).dtype
            == integer
        )


@pytest.mark.parametrize("x64", [False, True])
def test_a_top_k_of_more_than_32_bits_is_off(x64):
    with jax.enable_x64(x64):
        expected = gj.categorical_sample(KEY, LOGITS)
        for top_k in (7, 2**31, 2**32 + 1, 2**70, np.full(6, 2**32 + 1)):
            assert same_bytes(gj.categorical_sample(KEY, LOGITS, top_k=top_k), expected)
        wide = jax.jit(lambda k: gj.categorical_sample(KEY, LOGITS, top_k=k))
        assert same_bytes(wide(jnp.asarray(2**32 + 1 if x64 else 7)), expected)
        many = jnp.zeros((2, 1000))  # more classes than int8 has numbers
        few = jax.jit(lambda k: gj.categorical_sample(KEY, many, top_k=k))
        for three in (few(jnp.int8(3)), gj.categorical_sample(KEY, many, top_k=np.uint8(3))):
            assert same_bytes(three, gj.categorical_sample(KEY, many, top_k=3))


def test_16_bit_logits_draw_as_float32_does():
    logits = LOGITS.astype(jnp.bfloat16)
    assert same_bytes(gj.gumbel_max(KEY, logits), gj.gumbel_max(KEY, logits.astype(jnp.float32)))


@pytest.mark.parametrize("axis", [0, 1, 2, -2, -3])
def test_other_axes(axis):
    logits = LOGITS.reshape(2, 3, 7)
    last = jnp.moveaxis(logits, axis, -1)
    tau = jnp.arange(1.0, 1 + np.prod(last.shape[:-1])).reshape(last.shape[:-1]) / 4
    for run in RELAXATIONS.values():
        assert same_bytes(run(KEY, logits, tau, axis=axis), jnp.moveaxis(run(KEY, last, tau), -1, axis))
    assert same_bytes(gj.gumbel_max(KEY, logits, axis), gj.gumbel_max(KEY, last))
    assert same_bytes(gj.categorical(KEY, logits, axis), gj.gumbel_max(KEY, last))
    assert same_bytes(gj.gumbel_top_k(KEY, logits, 2, axis), gj.gumbel_top_k(KEY, last, 2))
    assert same_bytes(gj.kl_divergence(logits, -logits, axis), gj.kl_divergence(last, -last))
    assert same_bytes(gj.gumbel_rao(KEY, logits, axis=axis), jnp.moveaxis(gj.gumbel_rao(KEY, last), -1, axis))


def test_empty_batches():
    none = jnp.zeros((0, 7))
    assert gj.gumbel_softmax(KEY, none).shape == gj.gumbel_rao(KEY, none).shape == (0, 7)
    assert gj.gumbel_max(KEY, none).shape == gj.kl_divergence(none, none).shape == (0,)
    assert gj.categorical(KEY, none, shape=(4, 0)).shape == (4, 0)
    assert gj.categorical(KEY, LOGITS, shape=(0, 6)).shape == (0, 6)
    assert gj.gumbel_top_k(KEY, none, 3).index.shape == (0, 3)
    assert gj.gumbel_noise(KEY, (3, 0)).shape == (3, 0)
    assert gj.location_scale_sample(KEY, none, 1.0).shape == (0, 7)
    assert jax.grad(lambda x: gj.gumbel_softmax(KEY, x).sum())(none).shape == (0, 7)


@pytest.mark.parametrize("shape, axis", [((3, 0), -1), ((0,), 0), ((0, 4), 0), ((1, 0), 1)])
def test_no_bernoulli_variables_are_an_empty_result(shape, axis):
    none = jnp.zeros(shape)
    for hard in (False, True):
        assert gj.relaxed_bernoulli(KEY, none, 0.5, hard, axis).shape == shape
        gradients = jax.grad(lambda x, t: gj.relaxed_bernoulli(KEY, x, t, hard, axis).sum(), (0, 1))(none, 0.5)
        assert gradients[0].shape == shape and gradients[1] == 0
    assert gj.relaxed_bernoulli_log_prob(none, none, 0.5, axis).shape == shape
    gradients = jax.grad(lambda *a: gj.relaxed_bernoulli_log_prob(*a, axis).sum(), (0, 1, 2))(none, none, 0.5)
    assert gradients[0].shape == gradients[1].shape == shape and gradients[2] == 0


def test_raw_keys_are_typed_keys():
    expected = gj.gumbel_max(KEY, LOGITS)
    data = jax.random.key_data(KEY)
    for raw in (data, np.asarray(data), jax.random.PRNGKey(3), jnp.array([0, 3], jnp.uint32)):
        assert same_bytes(gj.gumbel_max(raw, LOGITS), expected)


def test_keys_of_four_words_have_the_seed_of_their_first_two():
    key = jax.random.key(3, impl="rbg")
    assert same_bytes(gj.gumbel_max(key, LOGITS), gj.gumbel_max(KEY, LOGITS))
    a, b = jax.random.split(key)
    assert not same_bytes(gj.gumbel_noise(a, (7,)), gj.gumbel_noise(b, (7,)))


def test_both_words_of_a_key_count():
    noises = [gj.gumbel_noise(jnp.array(words, jnp.uint32), (7,)) for words in ([0, 0], [0, 1], [1, 0], [1, 1])]
    assert len({np.asarray(noise).tobytes() for noise in noises}) == 4


def test_categorical_has_the_shapes_of_jax_random():
    for shape in (None, (6,), (2, 6), (2, 3, 6)):
        for replace in (True, False):
            ours, theirs = (f.categorical(KEY, LOGITS, shape=shape, replace=replace) for f in (gj, jax.random))
            assert ours.shape == theirs.shape and ours.dtype == theirs.dtype
    ours, theirs = (f.categorical(KEY, LOGITS[:1], shape=(2, 6)) for f in (gj, jax.random))
    assert ours.shape == theirs.shape
    assert len({tuple(row) for row in np.asarray(gj.categorical(KEY, LOGITS[:1], shape=(8, 6))).T}) == 6


def test_draws_are_the_beginning_of_more_draws():
    few, many = (gj.categorical(KEY, LOGITS, shape=(n, 6)) for n in (2, 5))
    assert same_bytes(many[:2], few) and same_bytes(few[0], gj.gumbel_max(KEY, LOGITS))


def test_many_draws_store_no_noise():
    # Their noise would be 4e8 bytes.
    compiled = jax.jit(lambda x: gj.categorical(KEY, x, shape=(1000,))).lower(jnp.zeros(100_000)).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < 1_000_000


def test_location_and_scale_are_broadcast():
    location, scale = LOGITS, jnp.exp(LOGITS)
    for m, s in (
        (location[0], scale),
        (location[:, :1], scale[:1]),
        (location[0, 0], scale[:, :1]),
        (location, scale[0, 0]),
    ):
        shape = (6, 7)
        full = [jnp.broadcast_to(x, shape) for x in (m, s)]
        assert same_bytes(gj.location_scale_sample(KEY, m, s, shape=shape), gj.location_scale_sample(KEY, *full))
        assert same_bytes(gj.location_scale_log_prob(LOGITS, m, s), gj.location_scale_log_prob(LOGITS, *full))


def test_a_log_density_is_that_of_scipy():
    from jax.scipy.stats import norm

    x, m, s = LOGITS, LOGITS[0], jnp.exp(LOGITS[1])
    np.testing.assert_allclose(gj.location_scale_log_prob(x, m, s, "gaussian"), norm.logpdf(x, m, s), rtol=1e-5)
    z = (x - m) / s
    np.testing.assert_allclose(gj.location_scale_log_prob(x, m, s), -z - jnp.exp(-z) - jnp.log(s), rtol=1e-5, atol=1e-5)
