# SPDX-License-Identifier: Apache-2.0
"""Values and gradients against formulas written out in NumPy's float64, for given noise; gradients against
differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

import gumbelcuda as g

RNG = np.random.default_rng(0)
LOGITS, D = RNG.normal(size=(7, 5)), RNG.normal(size=(7, 5))
TAU = np.linspace(0.3, 2, 7).astype("float32").astype("float64")
ADDRESS = {"seed": 3, "row": 2, "offset": 16}


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def logsumexp(x):
    return np.log(np.exp(x).sum(-1))


def differences(function, x, d):
    """dL/dx for L = Σ d·function(x), by central differences."""
    found = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[place] = 1e-6
        found[place] = (d * (function(x + step) - function(x - step))).sum() / 2e-6
    return found


def close(a, b, error=1e-6):
    return np.allclose(a, b, rtol=error, atol=error)


def test_gumbel_softmax():
    noise = g.gumbel_noise(like=LOGITS, **ADDRESS)
    expected = softmax((LOGITS + noise) / TAU[:, None])
    assert close(g.gumbel_softmax(LOGITS, TAU, **ADDRESS), expected, 1e-12)
    assert close(g.gumbel_softmax(LOGITS, TAU[:, None], gumbel=noise), expected, 1e-12)
    assert close(np.exp(g.gumbel_softmax(LOGITS, TAU, log_domain=True, **ADDRESS)), expected, 1e-12)
    assert close(g.gumbel_softmax(LOGITS.astype("float32"), TAU, **ADDRESS), expected)
    masked = np.where(np.arange(5) == 2, -np.inf, LOGITS)
    y = g.gumbel_softmax(masked, TAU, **ADDRESS)
    assert (y[:, 2] == 0).all() and close(y, softmax((masked + noise) / TAU[:, None]), 1e-12)
    assert np.isnan(g.gumbel_softmax(np.full((1, 5), -np.inf), TAU[0])).all()


def test_gumbel_softmax_vjp():
    noise = g.gumbel_noise(like=LOGITS, **ADDRESS)
    y = softmax((LOGITS + noise) / TAU[:, None])
    inner = D - (D * y).sum(-1, keepdims=True)
    d_logits = y * inner / TAU[:, None]
    d_tau = -(d_logits * (LOGITS + noise)).sum(-1) / TAU
    for given in ({"y": y}, {"logits": LOGITS, **ADDRESS}, {"logits": LOGITS, "gumbel": noise}):
        found = g.gumbel_softmax_vjp(D, TAU, returns=("d_logits", "d_tau"), **given)
        assert close(found.d_logits, d_logits, 1e-10) and close(found.d_tau, d_tau, 1e-9)
    assert close(differences(lambda x: g.gumbel_softmax(x, TAU, **ADDRESS), LOGITS, D), d_logits)
    assert not g.gumbel_softmax_vjp(D, 0.0, logits=LOGITS, **ADDRESS).any()


def test_relaxed_k_hot_vjp():
    found = g.relaxed_k_hot_vjp(D, TAU, logits=LOGITS, k=2, returns=("d_logits", "d_tau"), **ADDRESS)
    y = g.relaxed_k_hot(LOGITS, 2, TAU, **ADDRESS)
    assert close(g.relaxed_k_hot_vjp(D, TAU, y=y), found.d_logits, 1e-9)
    assert close(differences(lambda x: g.relaxed_k_hot(x, 2, TAU, **ADDRESS), LOGITS, D), found.d_logits, 1e-5)
    w = y * (1 - y)
    assert close(
        found.d_logits, w * (D - (w * D).sum(-1, keepdims=True) / w.sum(-1, keepdims=True)) / TAU[:, None], 1e-8
    )


def test_relaxed_bernoulli_vjp_and_density():
    y = g.relaxed_bernoulli(LOGITS, TAU, **ADDRESS)
    found = g.relaxed_bernoulli_vjp(D, TAU, logits=LOGITS, returns=("d_logits", "d_tau"), **ADDRESS)
    assert close(found.d_logits, D * y * (1 - y) / TAU[:, None], 1e-9)
    assert close(g.relaxed_bernoulli_vjp(D, TAU, y=y), found.d_logits, 1e-9)
    t, logit = TAU[:, None], np.log(y / (1 - y))
    z = LOGITS - t * logit
    expected = np.log(t) - np.log(y) - np.log1p(-y) + z - 2 * np.log1p(np.exp(z))
    assert close(g.relaxed_bernoulli_log_prob(LOGITS, y, TAU), expected, 1e-9)


def test_concrete_density_and_its_gradients():
    y = g.gumbel_softmax(LOGITS, TAU, **ADDRESS)
    t = TAU[:, None]

    def log_prob(logits, y, t):
        return (
            math.lgamma(5)
            + 4 * np.log(t[:, 0])
            + (logits - (t + 1) * np.log(y)).sum(-1)
            - 5 * logsumexp(logits - t * np.log(y))
        )

    expected = log_prob(LOGITS, y, t)
    assert close(g.concrete_log_prob(LOGITS, y, TAU), expected, 1e-9)
    assert close(g.concrete_log_prob(LOGITS, np.log(y), TAU, log_domain=True), expected + np.log(y).sum(-1), 1e-9)
    d = D[:, 0].copy()
    found = g.concrete_log_prob_vjp(d, LOGITS, y, TAU)
    each = d[:, None]
    assert close(found.d_logits, differences(lambda x: log_prob(x, y, t)[:, None], LOGITS, each), 1e-5)
    by_log_y = differences(lambda x: log_prob(LOGITS, np.exp(x), t)[:, None], np.log(y), each)
    assert close(found.d_value * y, by_log_y, 1e-4)
    assert close(found.d_tau, d * (log_prob(LOGITS, y, t + 1e-6) - log_prob(LOGITS, y, t - 1e-6)) / 2e-6, 1e-5)
    only = g.concrete_log_prob_vjp(d, LOGITS, y, TAU, returns="d_value")
    assert np.array_equal(only, found.d_value)


def test_divergences():
    p, q = softmax(LOGITS), softmax(D)
    assert close(g.kl_divergence(LOGITS, D), (p * np.log(p / q)).sum(-1), 1e-12)
    assert g.kl_divergence(np.zeros((1, 2)), np.array([[0, -np.inf]]))[0] == np.inf
    arguments = (0.5, 0.75, 3)
    d = np.arange(7.0)
    found = g.concrete_kl_estimate_vjp(d, LOGITS, D, *arguments, **ADDRESS)
    each = d[:, None]
    for grad, function, x in (
        (found.d_p_logits, lambda x: g.concrete_kl_estimate(x, D, *arguments, **ADDRESS)[:, None], LOGITS),
        (found.d_q_logits, lambda x: g.concrete_kl_estimate(LOGITS, x, *arguments, **ADDRESS)[:, None], D),
    ):
        assert close(grad, differences(function, x, each), 1e-4)
    assert found.d_p_tau.shape == found.d_q_tau.shape == (7,)


@pytest.mark.parametrize("law", ["gumbel", "gaussian"])
def test_location_scale(law):
    noise = g.location_scale_sample(0.0, 1.0, law, shape=LOGITS.shape, dtype="float64", **ADDRESS)
    if law == "gumbel":
        assert np.array_equal(noise, g.gumbel_noise(like=LOGITS, **ADDRESS))
    scale = np.linspace(0.5, 2, 7)[:, None]
    for location, own in (
        (LOGITS, scale),
        (LOGITS, np.broadcast_to(scale, (7, 5))),
        (LOGITS[:1], 2.0),
        (3.0, LOGITS**2 + 0.5),
    ):
        sample = g.location_scale_sample(location, own, law, shape=(7, 5), **ADDRESS)
        assert close(sample, location + own * noise, 1e-12)
        moved = [np.moveaxis(x, -1, 0) if isinstance(x, np.ndarray) else x for x in (location, own)]
        by_columns = g.location_scale_sample(*moved, law, shape=(5, 7), dim=0, **ADDRESS)
        assert np.array_equal(by_columns.T, sample)
        z = (D - location) / own
        density = -z - np.exp(-z) if law == "gumbel" else -0.5 * z * z - 0.5 * math.log(2 * math.pi)
        assert close(g.location_scale_log_prob(D, location, own, law), density - np.log(own), 1e-9)
    found = g.location_scale_sample_vjp(D, law, returns=("d_location_per_row", "d_scale"), **ADDRESS)
    assert close(found.d_location_per_row, D.sum(-1), 1e-12) and close(found.d_scale, D * noise, 1e-12)
    value = np.ones_like(D)
    grads = g.location_scale_log_prob_vjp(
        value, D, LOGITS, scale, law, returns=("d_value", "d_location", "d_scale_per_row")
    )
    of = lambda x: g.location_scale_log_prob(x, LOGITS, scale, law)  # noqa: E731
    assert close(grads.d_value, differences(of, D, value), 1e-5)
    assert close(grads.d_location, -grads.d_value, 1e-9)
    by_scale = differences(lambda s: g.location_scale_log_prob(D, LOGITS, s, law), scale, value)
    assert close(grads.d_scale_per_row, by_scale[:, 0], 1e-5)


def test_gumbel_top_k_and_its_inclusion():
    found = g.gumbel_top_k(LOGITS, 2, returns=("index", "perturbed", "log_prob", "log_inclusion", "kappa"), **ADDRESS)
    scores = LOGITS + g.gumbel_noise(like=LOGITS, **ADDRESS)
    order = np.argsort(-scores, -1)
    assert np.array_equal(found.index, order[:, :2])
    take = lambda x: np.take_along_axis(x, order, -1)  # noqa: E731
    assert close(found.perturbed, take(scores)[:, :2], 1e-12) and close(found.kappa, take(scores)[:, 2], 1e-12)
    assert close(found.log_prob, take(np.log(softmax(LOGITS)))[:, :2], 1e-12)
    assert close(found.log_inclusion, take(np.log(-np.expm1(-np.exp(LOGITS - found.kappa[:, None]))))[:, :2], 1e-9)
    few = g.gumbel_top_k(np.array([[0, -np.inf, -np.inf]]), 2, returns=("index", "log_prob"))
    assert few.index.tolist() == [[0, -1]] and few.log_prob.tolist() == [[0, -np.inf]]


def test_rows_that_cannot_be_drawn_from():
    logits = np.array([[0, 1], [-np.inf, -np.inf], [np.nan, 0], [0.25, 0.75]], "float32")
    found = g.categorical_sample(logits, reject_probabilities=True, returns=("index", "log_prob", "status"))
    assert found.status.tolist() == [
        g.RowStatus.LOOKS_LIKE_PROBABILITIES,
        g.RowStatus.NOTHING_TO_DRAW,
        g.RowStatus.NOT_FINITE,
        g.RowStatus.LOOKS_LIKE_PROBABILITIES,
    ]
    assert (found.index == -1).all() and np.isnan(found.log_prob).all()
    greedy = g.categorical_sample(logits[:1], 0.0, returns=("index", "log_prob"), index_dtype="int32")
    assert greedy.index.dtype == np.int32 and greedy.index[0] == 1 and greedy.log_prob[0] == 0


@pytest.mark.parametrize("shape", ["linear", "exponential", "cosine"])
def test_temperature_schedule(shape):
    schedule = g.TemperatureSchedule([(10, 2.0), (110, 0.5), (200, 0.25)], shape)
    for step, a, b, t in ((60, 2.0, 0.5, 0.5), (35, 2.0, 0.5, 0.25), (155, 0.5, 0.25, 0.5)):
        expected = {
            "linear": a * (1 - t) + b * t,
            "exponential": a * (b / a) ** t,
            "cosine": b + (a - b) * (1 + math.cos(math.pi * t)) / 2,
        }[shape]
        assert abs(schedule(step) - expected) < 1e-6
    assert schedule(0) == schedule(10) == 2.0 and schedule(10**9) == 0.25
    out = np.zeros(1, "float32")
    assert schedule(np.array([60], "int64"), out=out) is out and out[0] == np.float32(schedule(60))
