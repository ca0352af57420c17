# SPDX-License-Identifier: Apache-2.0
"""Laws, at 1e6 draws with fixed seeds. The thresholds of chi-square are its quantile at 1 - 1e-6, so that a right law
fails once in a million seeds; those of Kolmogorov and Smirnov 2.7/sqrt(N), beyond which a right law goes with 1e-6."""

from __future__ import annotations

import gumbelcuda.torch as gt
import pytest
import torch
from torch import Tensor

N = 1_000_000
CHI_SQUARE = {1: 23.93, 2: 27.63, 3: 30.66, 4: 33.38, 5: 35.89, 9: 44.81}


def chi_square(counts: Tensor, law: Tensor) -> float:
    expected = law.double() * counts.sum()
    return float(((counts - expected) ** 2 / expected).sum())


def assert_drawn_from(index: Tensor, law: Tensor) -> None:
    counts = torch.bincount(index.flatten(), minlength=len(law)).double()
    drawn = law > 0
    assert not counts[~drawn].any()
    assert chi_square(counts[drawn], law[drawn]) < CHI_SQUARE[int(drawn.sum()) - 1]


def kolmogorov_smirnov(sample: Tensor, cdf: Tensor) -> float:
    """Of a sorted sample and the exact distribution function there."""
    count = len(sample)
    steps = torch.arange(count + 1, dtype=torch.float64) / count
    return float(torch.maximum((steps[1:] - cdf).abs(), (cdf - steps[:-1]).abs()).max())


LOGITS = torch.tensor([0.3, -1.0, 2.0, 0.0, -torch.inf])
LAW = torch.softmax(LOGITS.double(), -1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_gumbel_noise(dtype: torch.dtype) -> None:
    torch.manual_seed(1)
    noise = gt.gumbel_noise(N // 10, 10, dtype=dtype).double().flatten().sort().values
    assert kolmogorov_smirnov(noise, torch.exp(-torch.exp(-noise))) < 2.7 / N**0.5


def test_gumbel_max_fresh_and_by_address() -> None:
    rows = LOGITS.expand(N, 5)
    assert_drawn_from(gt.gumbel_max(rows), LAW)
    assert_drawn_from(gt.gumbel_max(rows, seed=11), LAW)
    assert_drawn_from(gt.gumbel_max(rows, seeds=torch.arange(N)), LAW)


def test_one_draw_a_call_is_independent_of_the_last() -> None:
    """20,000 calls of one row: pairs of successive draws have the product of the law, 16 cells."""
    torch.manual_seed(2)
    drawn = torch.stack([gt.gumbel_max(LOGITS) for _ in range(20_000)])
    pairs = drawn[::2] * 4 + drawn[1::2]
    law = torch.outer(LAW[:4], LAW[:4]).flatten()
    counts = torch.bincount(pairs, minlength=16).double()
    assert chi_square(counts, law) < 56.5  # 15 degrees of freedom, 1 - 1e-6


def test_hard_samples_and_the_argmax_of_soft_ones() -> None:
    rows = LOGITS.expand(N, 5)
    assert_drawn_from(gt.gumbel_softmax(rows, 0.7, hard=True).argmax(-1), LAW)
    assert_drawn_from(gt.gumbel_softmax(rows, torch.full((N,), 1.5)).argmax(-1), LAW)


def test_categorical_sample_with_filters() -> None:
    rows = LOGITS.expand(N // 4, 5)
    assert_drawn_from(gt.categorical_sample(rows, 0.5, draws=4), torch.softmax(LOGITS.double() / 0.5, -1))
    two = torch.where(torch.tensor([True, False, True, False, False]), LOGITS, -torch.inf).double().softmax(-1)
    assert_drawn_from(gt.categorical_sample(rows, top_k=2, draws=4), two)
    assert_drawn_from(gt.categorical_sample(rows, top_p=0.8, draws=4), two)
    assert_drawn_from(gt.categorical_sample(rows, min_p=0.15, draws=4), two)


def test_gumbel_top_k_is_successive_sampling_without_replacement() -> None:
    logits = torch.tensor([0.5, 0.0, -0.5])
    law = logits.double().softmax(-1)
    index = gt.gumbel_top_k(logits.expand(N, 3), 2).index
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
    exact = torch.stack([law[a] * law[b] / (1 - law[a]) for a, b in pairs])
    counts = torch.stack([((index[:, 0] == a) & (index[:, 1] == b)).sum() for a, b in pairs]).double()
    assert chi_square(counts, exact) < CHI_SQUARE[5]


def test_relaxed_bernoulli_is_above_one_half_as_often_as_the_variable_is_1() -> None:
    y = gt.relaxed_bernoulli(torch.full((N // 100, 100), 0.4), 0.7)
    ones = float((y > 0.5).sum())
    p = torch.sigmoid(torch.tensor(0.4, dtype=torch.float64))
    assert abs(ones - N * p) < 4.9 * (N * p * (1 - p)) ** 0.5  # 1e-6 on both sides


def test_conditional_gumbels_have_their_argmax_and_the_law_of_the_largest() -> None:
    """The largest of logits + noise is Gumbel with location logsumexp(logits), whichever class it is."""
    rows = LOGITS.expand(N, 5)
    index = gt.gumbel_max(rows)
    z = gt.conditional_gumbel(rows, index)
    assert torch.equal(z.argmax(-1), index)
    largest = z.max(-1).values.double().sort().values
    cdf = torch.exp(-torch.exp(-(largest - LOGITS.double().logsumexp(-1))))
    assert kolmogorov_smirnov(largest, cdf) < 2.7 / N**0.5


def test_gaussian_samples() -> None:
    x = gt.location_scale_sample(torch.zeros(N // 10, 10), 1.0, "gaussian").double().flatten().sort().values
    assert kolmogorov_smirnov(x, torch.special.ndtr(x)) < 2.7 / N**0.5


def test_the_kl_estimate_has_the_mean_of_the_difference_of_densities() -> None:
    """N = 64 x 4,000 samples against the same expectation by samples of rsample: within 5 standard errors."""
    p, q = torch.tensor([0.2, -0.4, 0.1]), torch.tensor([-0.3, 0.5, 0.0])
    estimate = gt.concrete_kl_estimate(p.expand(4000, 3), q.expand(4000, 3), 0.6, 0.9, 64, seed=1).double()
    y = gt.gumbel_softmax(p.double().expand(256_000, 3), 0.6, seed=2)
    difference = gt.concrete_log_prob(p.double().expand_as(y), y, 0.6) - gt.concrete_log_prob(
        q.double().expand_as(y), y, 0.9
    )
    error = (estimate.var() / len(estimate) + difference.var() / len(difference)).sqrt()
    assert abs(estimate.mean() - difference.mean()) < 5 * error
