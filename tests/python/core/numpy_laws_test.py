# SPDX-License-Identifier: Apache-2.0
"""Laws at a million draws, from fixed seeds. Chi-square statistics are held against their quantile at 1 − 1e-6 (χ² of k
degrees of freedom, by Wilson and Hilferty), means against 5 standard errors (2-sided 6e-7), and Kolmogorov-Smirnov
against √(−½·log(1e-6/2)/n)."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gumbelcuda as g

N = 1_000_000
LOGITS = np.array([0.5, -1.0, 2.0, -np.inf, 0.0, 1.0], "float32")
P = np.exp(LOGITS.astype("float64"))
P /= P.sum()
EULER = 0.5772156649015329


def rows(logits: np.ndarray, n: int = N) -> np.ndarray:
    return np.broadcast_to(logits, (n, len(logits)))


def assert_counts(index: np.ndarray, probabilities: np.ndarray) -> None:
    counts = np.bincount(index.ravel(), minlength=len(probabilities)).astype("float64")
    assert counts[probabilities == 0].sum() == 0
    kept = probabilities > 0
    expected = probabilities[kept] * index.size
    statistic = ((counts[kept] - expected) ** 2 / expected).sum()
    k, z = kept.sum() - 1, 4.7534  # the normal quantile of 1 − 1e-6
    if k:
        assert statistic < k * (1 - 2 / (9 * k) + z * math.sqrt(2 / (9 * k))) ** 3
    assert counts.sum() == index.size


def assert_mean(x: np.ndarray, mean: float) -> None:
    x = x.astype("float64").ravel()
    assert abs(x.mean() - mean) < 5 * x.std() / math.sqrt(x.size)


def assert_cdf(x: np.ndarray, cdf: np.ndarray) -> None:
    """cdf: at the sorted x."""
    n = x.size
    steps = np.arange(n) / n
    distance = max((cdf - steps).max(), (steps + 1 / n - cdf).max())
    assert distance < math.sqrt(-0.5 * math.log(1e-6 / 2) / n)


def test_noise_is_gumbel():
    x = np.sort(g.gumbel_noise((N // 8, 8), "float64", seed=1).ravel())
    assert_cdf(x, np.exp(-np.exp(-x)))
    assert_mean(x, EULER)
    assert x[-1] > 12  # the tail is there: of a million the largest is above 12 with probability 1 − e^−6


def test_the_checks_find_a_wrong_law():
    x = np.sort(g.gumbel_noise((N // 8, 8), "float64", seed=1).ravel()) * 1.01
    with pytest.raises(AssertionError):
        assert_cdf(x, np.exp(-np.exp(-x)))
    with pytest.raises(AssertionError):
        assert_counts(g.gumbel_max(rows(LOGITS), seed=2), P[[0, 1, 2, 3, 5, 4]])


def test_gumbel_max():
    found = g.gumbel_max(rows(LOGITS), seed=2, returns=("index", "log_prob", "status"))
    assert_counts(found.index, P)
    assert np.allclose(found.log_prob, np.log(P, where=P > 0, out=np.full(6, -np.inf))[found.index], atol=1e-6)
    assert not found.status.any()


def test_hard_samples_and_relaxed_ones():
    found = g.gumbel_softmax(rows(LOGITS), 0.5, seed=3, returns=("y", "one_hot", "index"))
    assert_counts(found.index, P)
    assert np.array_equal(found.one_hot.argmax(-1), found.index) and (found.one_hot.sum(-1) == 1).all()
    assert np.array_equal(found.y.argmax(-1), found.index)
    assert np.allclose(found.y.sum(-1), 1, atol=1e-6) and (found.y[:, 3] == 0).all()


def test_categorical_sample_with_temperature_and_filters():
    tempered = np.exp(LOGITS.astype("float64") / 0.7)
    assert_counts(g.categorical_sample(rows(LOGITS), 0.7, seed=4), tempered / tempered.sum())
    draws = g.categorical_sample(rows(LOGITS, N // 8), draws=8, seed=5, returns=("index", "log_prob"))
    assert draws.index.shape == (N // 8, 8)
    assert_counts(draws.index, P)
    kept = np.where(np.argsort(np.argsort(-LOGITS)) < 3, P, 0)
    assert_counts(g.categorical_sample(rows(LOGITS), top_k=3, seed=6), kept / kept.sum())
    # .563 and .207 reach .75; .1 of .563 leaves four classes
    kept = np.where(np.isin(np.arange(6), [2, 5]), P, 0)
    assert_counts(g.categorical_sample(rows(LOGITS), top_p=0.75, seed=7), kept / kept.sum())
    kept = np.where(P >= 0.1 * P.max(), P, 0)
    assert_counts(g.categorical_sample(rows(LOGITS), min_p=0.1, seed=8), kept / kept.sum())


def test_categorical_sample_from_probabilities():
    weights = rows(np.array([3, 0, 1, 4, 2], "float32"))
    assert_counts(g.categorical_sample_from_probabilities(weights, seed=9), np.array([3, 0, 1, 4, 2]) / 10)


def test_gumbel_top_k_is_plackett_luce():
    found = g.gumbel_top_k(rows(LOGITS), 2, seed=10)
    pairs = np.zeros((6, 6))
    for a in range(6):
        for b in range(6):
            if a != b and P[a] > 0:
                pairs[a, b] = P[a] * P[b] / (1 - P[a])
    assert_counts(found[:, 0] * 6 + found[:, 1], pairs.ravel())


def test_relaxed_k_hot():
    found = g.relaxed_k_hot(rows(LOGITS, N // 8), 2, 0.3, seed=10, returns=("y", "k_hot"))
    assert np.allclose(found.y.sum(-1), 2, atol=1e-5)
    top = g.gumbel_top_k(rows(LOGITS, N // 8), 2, seed=10)
    assert (np.take_along_axis(found.k_hot, top, -1) == 1).all() and (found.k_hot.sum(-1) == 2).all()


def test_relaxed_bernoulli():
    found = g.relaxed_bernoulli(rows(LOGITS[:3]), 0.5, seed=11, returns=("y", "hard"))
    odds = 1 / (1 + np.exp(-LOGITS[:3].astype("float64")))
    for k in range(3):
        assert_mean(found.hard[:, k], odds[k])
        assert np.array_equal(found.y[:, k] > 0.5, found.hard[:, k] == 1)
        # logit(y)·tau − logit is standard logistic
        y = found.y[:, k].astype("float64")
        y = np.sort(y[(y > 1e-4) & (y < 1 - 1e-4)])
        cdf = 1 / (1 + np.exp(-(0.5 * np.log(y / (1 - y)) - LOGITS[k])))
        assert_cdf(y, (cdf - cdf[0]) / (cdf[-1] - cdf[0]))


def test_location_scale():
    x = np.sort(g.location_scale_sample(2.0, 3.0, shape=(N // 8, 8), dtype="float64", seed=12).ravel())
    assert_cdf(x, np.exp(-np.exp(-(x - 2) / 3)))
    x = g.location_scale_sample(2.0, 3.0, "gaussian", shape=(N // 8, 8), dtype="float64", seed=12)
    assert_mean(x, 2)
    assert_mean((x - 2) ** 2, 9)
    x = np.sort(x.ravel())
    assert_cdf(x, np.array([0.5 * math.erfc(-(v - 2) / 3 / math.sqrt(2)) for v in x]))


def test_gumbels_given_their_argmax():
    index = g.gumbel_max(rows(LOGITS), seed=13)
    z = g.conditional_gumbel(rows(LOGITS), index, seed=13, offset=8)
    assert np.array_equal(z.argmax(-1), index)
    # Index and z together have the law of logits + noise: the maximum is Gumbel around log Σ exp, whatever its class.
    top = np.sort(z.max(-1).astype("float64"))
    assert_cdf(top, np.exp(-np.exp(-(top - math.log(np.exp(LOGITS.astype("float64")).sum())))))
    assert_mean(z[:, 0], 0.5 + EULER)


def test_gumbel_rao_has_the_mean_of_straight_through():
    n, tau = N // 8, 0.7
    logits = rows(LOGITS[:3], n)
    d = np.broadcast_to(np.array([1, 0, 0], "float32"), (n, 3))
    index = g.gumbel_max(logits, seed=14)
    rao = g.gumbel_rao_vjp(d, logits, index, tau, 4, seed=14)
    straight = g.gumbel_softmax_vjp(d, tau, logits=logits, seed=15)
    for k in range(3):
        spread = math.sqrt((rao[:, k].var() + straight[:, k].var()) / n)
        assert abs(rao[:, k].astype("float64").mean() - straight[:, k].astype("float64").mean()) < 5 * spread
        assert rao[:, k].var() < straight[:, k].var()


def test_estimate_of_the_divergence_has_the_right_mean():
    p, q = np.array([0.5, -1.0, 1.0]), np.array([0.0, 0.3, -0.5])
    found = g.concrete_kl_estimate(rows(p, N // 8), rows(q, N // 8), 1.0, 1.0, 8, seed=16)
    x = g.gumbel_softmax(rows(p), 1.0, seed=17)
    by_density = g.concrete_log_prob(rows(p), x, 1.0) - g.concrete_log_prob(rows(q), x, 1.0)
    spread = math.sqrt(found.var() / found.size + by_density.var() / by_density.size)
    assert abs(found.mean() - by_density.mean()) < 5 * spread
    assert found.mean() > 0
