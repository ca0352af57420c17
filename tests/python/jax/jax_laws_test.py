# SPDX-License-Identifier: Apache-2.0
"""Laws at 1e6 draws with fixed keys. Chi-square and Kolmogorov-Smirnov statistics have to have a p-value above 1e-5,
means to be within 5 standard errors."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

import gumbelcuda.jax as gj

N = 1_000_000
KEY = jax.random.key(2024)
LOGITS = jnp.array([0.0, 1.0, -jnp.inf, -2.0, 0.5, 3.0, -4.0, 1.5])
PROBABILITIES = np.asarray(jax.nn.softmax(LOGITS), np.float64)


def check_shares(outcomes, probabilities):
    """Chi-square of the outcomes' counts."""
    counts = np.bincount(np.asarray(outcomes).ravel(), minlength=len(probabilities))
    assert len(counts) == len(probabilities)
    possible = probabilities > 0
    assert counts[~possible].sum() == 0
    expected = probabilities[possible] / probabilities[possible].sum() * counts.sum()
    assert stats.chisquare(counts[possible], expected).pvalue > 1e-5


def check_law(numbers, cdf):
    assert stats.kstest(np.asarray(numbers, np.float64).ravel(), cdf).pvalue > 1e-5


ROWS = jnp.broadcast_to(LOGITS, (N, len(LOGITS)))
DRAWS = {
    "gumbel_max": lambda: gj.gumbel_max(KEY, ROWS),
    "hard gumbel_softmax": lambda: gj.gumbel_softmax(KEY, ROWS, 0.5, hard=True).argmax(-1),
    "gumbel_softmax": lambda: gj.gumbel_softmax(KEY, ROWS, 0.5).argmax(-1),
    "gumbel_rao": lambda: gj.gumbel_rao(KEY, ROWS).argmax(-1),
    "first of top k": lambda: gj.gumbel_top_k(KEY, ROWS, 2).index[:, 0],
    "categorical, draws": lambda: gj.categorical(KEY, LOGITS, shape=(N,)),
    "categorical, broadcast rows": lambda: gj.categorical(KEY, LOGITS[None], shape=(N,)),
    "categorical, a key a row": lambda: jax.vmap(gj.categorical, (0, None))(jax.random.split(KEY, N), LOGITS),
    "categorical, rows of bfloat16": lambda: gj.categorical(KEY, LOGITS.astype(jnp.bfloat16), shape=(N,)),
    "categorical_sample": lambda: gj.categorical_sample(KEY, LOGITS, draws=N)[0],
}


@pytest.mark.parametrize("name", DRAWS)
def test_draws(name):
    check_shares(DRAWS[name](), PROBABILITIES)


def test_categorical_sample_with_temperature_and_filters():
    index, log_prob = gj.categorical_sample(KEY, LOGITS, temperature=2.0, top_k=4, draws=N)
    kept = jnp.where(LOGITS >= 0.5, LOGITS / 2, -jnp.inf)
    check_shares(index, np.asarray(jax.nn.softmax(kept), np.float64))
    np.testing.assert_allclose(log_prob, jax.nn.log_softmax(kept)[index], rtol=1e-6)


def test_ordered_pairs_without_replacement():
    logits = LOGITS[jnp.array([0, 1, 4, 3])]
    p = np.asarray(jax.nn.softmax(logits), np.float64)
    pairs = list(itertools.permutations(range(4), 2))
    law = np.array([p[a] * p[b] / (1 - p[a]) for a, b in pairs])
    number = {4 * a + b: n for n, (a, b) in enumerate(pairs)}
    for sample in (
        gj.gumbel_top_k(KEY, jnp.broadcast_to(logits, (N, 4)), 2).index,
        gj.categorical(KEY, jnp.broadcast_to(logits, (N, 4)), shape=(2, N), replace=False).T,
    ):
        codes, counts = np.unique(np.asarray(4 * sample[:, 0] + sample[:, 1]), return_counts=True)
        check_shares(np.repeat([number[code] for code in codes], counts), law)


def test_noise():
    noise = gj.gumbel_noise(KEY, (N // 8, 8))
    check_law(noise, stats.gumbel_r.cdf)
    # Above 9 there are N·(1 - exp(-exp(-9))) = 123 of them.
    expected = N * -np.expm1(-np.exp(-9.0))
    assert abs((noise > 9).sum() - expected) < 5 * np.sqrt(expected)


def test_noise_of_split_keys_is_independent():
    a, b = (gj.gumbel_noise(key, (N,)) for key in jax.random.split(KEY))
    z = [(x - x.mean()) / x.std() for x in (a, b)]
    assert abs((z[0] * z[1]).mean()) < 5 / np.sqrt(N)


@pytest.mark.parametrize("law, cdf", [("gumbel", stats.gumbel_r.cdf), ("gaussian", stats.norm.cdf)])
def test_location_scale(law, cdf):
    check_law((gj.location_scale_sample(KEY, 3.0, jnp.float32(2.0), law, shape=(N // 8, 8)) - 3) / 2, cdf)


def test_relaxed_bernoulli():
    logits = jnp.array([-2.0, 0.0, 1.0, 3.0])
    p = np.asarray(jax.nn.sigmoid(logits), np.float64)
    for sample in (
        gj.relaxed_bernoulli(KEY, jnp.broadcast_to(logits, (N, 4)), 0.5, hard=hard) for hard in (False, True)
    ):
        ones = np.asarray((sample > 0.5).sum(0))
        assert np.all(np.abs(ones - N * p) < 5 * np.sqrt(N * p * (1 - p)))


def test_relaxed_k_hot_sums_to_k_and_has_the_law_of_its_draw():
    y = gj.relaxed_k_hot(KEY, ROWS, 3, 0.5)
    np.testing.assert_allclose(y.sum(-1), 3, rtol=2e-6)
    hard = gj.relaxed_k_hot(KEY, ROWS, 3, 0.5, hard=True)
    drawn = gj.gumbel_top_k(KEY, ROWS, 3).index
    assert jnp.all(jnp.take_along_axis(hard, drawn, -1) == 1) and jnp.all(hard.sum(-1) == 3)


def test_gumbels_given_their_argmax():
    index = gj.gumbel_max(KEY, ROWS)
    z = gj.conditional_gumbel(jax.random.key(1), ROWS, index)
    assert jnp.all(z.argmax(-1) == index)
    check_law(z.max(-1) - jax.nn.logsumexp(LOGITS), stats.gumbel_r.cdf)
    check_law(z[:, 0] - LOGITS[0], stats.gumbel_r.cdf)  # over all argmaxes each is a Gumbel


def test_gumbel_rao_is_unbiased_for_the_straight_through_gradient_with_less_variance():
    d_y, logits = jnp.array([1.0, -2.0, 0.5, 0.0]), jnp.array([0.3, -1.0, 1.0, 0.0])
    rows = jnp.broadcast_to(logits, (N, 4))
    rao = jax.grad(lambda x: (gj.gumbel_rao(KEY, x, 0.5, 10) @ d_y).sum())(rows)
    plain = jax.grad(lambda x: (gj.gumbel_softmax(jax.random.key(1), x, 0.5, hard=True) @ d_y).sum())(rows)
    error = jnp.sqrt((rao.var(0) + plain.var(0)) / N)
    assert jnp.all(jnp.abs(rao.mean(0) - plain.mean(0)) < 5 * error)
    assert jnp.all(rao.var(0) < plain.var(0))


def test_concrete_kl_estimate_is_the_mean_of_log_densities():
    p, q, p_tau, q_tau = jnp.array([0.3, -1.0, 1.0]), jnp.array([0.0, 0.5, 0.2]), 0.5, 1.0
    found = gj.concrete_kl_estimate(KEY, jnp.broadcast_to(p, (N, 3)), q, p_tau, q_tau)
    y = gj.gumbel_softmax(jax.random.key(1), jnp.broadcast_to(p, (N, 3)), p_tau)
    y = y[(y > 0).all(-1)]
    direct = gj.concrete_log_prob(p, jnp.log(y), p_tau, log_domain=True) - gj.concrete_log_prob(
        q, jnp.log(y), q_tau, log_domain=True
    )
    error = jnp.sqrt(found.var() / N + direct.var() / len(direct))
    assert len(direct) > 0.9999 * N and abs(found.mean() - direct.mean()) < 5 * error
