# SPDX-License-Identifier: Apache-2.0
"""gumbelcuda.torch.distributions, by the checks that torch's own distributions pass: shapes, expand, gradients by
finite differences, densities that integrate to 1, samples that have the density, supports, copies."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable

import pytest
import torch
from gumbelcuda.torch import distributions as gd
from torch import Tensor
from torch import distributions as td
from torch.distributions import Distribution

LOGITS = torch.tensor([[0.3, -1.0, 2.0], [0.0, 0.5, -0.5]])
TAUS = torch.tensor([0.5, 1.5])
EXAMPLES: dict[str, Callable[[], Distribution]] = {
    "one-hot, a number": lambda: gd.RelaxedOneHotCategorical(0.5, logits=LOGITS),
    "one-hot, tau [1]": lambda: gd.RelaxedOneHotCategorical(torch.tensor([0.5]), logits=LOGITS),
    "one-hot, tau [2]": lambda: gd.RelaxedOneHotCategorical(TAUS, logits=LOGITS),
    "one-hot, tau [2, 1]": lambda: gd.RelaxedOneHotCategorical(TAUS[:, None], logits=LOGITS),
    "one-hot, probs": lambda: gd.RelaxedOneHotCategorical(TAUS, probs=LOGITS.exp()),
    "one-hot, float64": lambda: gd.RelaxedOneHotCategorical(TAUS, logits=LOGITS.double()),
    "straight-through": lambda: gd.RelaxedOneHotCategoricalStraightThrough(TAUS, logits=LOGITS),
    "Bernoulli": lambda: gd.RelaxedBernoulli(0.5, logits=LOGITS),
    "Bernoulli, probs, tau [2, 1]": lambda: gd.RelaxedBernoulli(TAUS[:, None], probs=torch.sigmoid(LOGITS)),
    "Bernoulli, numbers": lambda: gd.RelaxedBernoulli(0.5, probs=0.3),
    "Gumbel": lambda: gd.Gumbel(LOGITS, LOGITS.exp()),
    "Gumbel, numbers": lambda: gd.Gumbel(0.5, 2.0),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_shapes_supports_and_expand(name: str) -> None:
    law = EXAMPLES[name]()
    assert law.has_rsample
    for shape in [(), (4,), (3, 2)]:
        value = law.sample(shape)
        assert value.shape == (*shape, *law.batch_shape, *law.event_shape)
        assert law.support.check(value).all()
        assert law.log_prob(value).shape == (*shape, *law.batch_shape)
    wide = law.expand((5, *law.batch_shape))
    assert type(wide) is type(law)
    assert wide.batch_shape == (5, *law.batch_shape) and wide.event_shape == law.event_shape
    value = law.sample()
    assert torch.equal(wide.log_prob(value), law.log_prob(value).expand(wide.batch_shape))
    assert wide.sample((2,)).shape == (2, *wide.batch_shape, *wide.event_shape)
    assert wide.expand((7, *wide.batch_shape)).rsample().shape == (7, *wide.batch_shape, *law.event_shape)


@pytest.mark.parametrize("name", EXAMPLES)
def test_copies_and_repr(name: str) -> None:
    law = EXAMPLES[name]()
    value = law.sample()
    for other in (copy.deepcopy(law), pickle.loads(pickle.dumps(law))):
        assert torch.equal(other.log_prob(value), law.log_prob(value))
    assert repr(law).startswith(type(law).__name__ + "(")


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_seed_one_sample(name: str) -> None:
    law = EXAMPLES[name]()
    torch.manual_seed(3)
    first = law.sample()
    torch.manual_seed(3)
    assert torch.equal(law.sample(), first) and not torch.equal(law.sample((20,))[0], law.sample((20,))[1])


def test_log_prob_is_torchs_where_torchs_is_right() -> None:
    tau = torch.tensor(0.7, dtype=torch.float64)
    logits = LOGITS.double()
    ours, theirs = gd.RelaxedOneHotCategorical(tau, logits=logits), td.RelaxedOneHotCategorical(tau, logits=logits)
    value = ours.sample((50,))
    torch.testing.assert_close(ours.log_prob(value), theirs.log_prob(value))
    bernoulli = gd.RelaxedBernoulli(TAUS[:, None].double(), logits=logits)
    value = bernoulli.sample((50,))
    reference = td.RelaxedBernoulli(TAUS[:, None].double(), logits=logits)
    torch.testing.assert_close(bernoulli.log_prob(value), reference.log_prob(value))
    gumbel, reference = gd.Gumbel(logits, logits.exp()), td.Gumbel(logits, logits.exp())
    value = gumbel.sample((50,))
    for function in ("log_prob", "cdf"):
        torch.testing.assert_close(getattr(gumbel, function)(value), getattr(reference, function)(value))
    for moment in ("mean", "mode", "stddev", "variance"):
        torch.testing.assert_close(getattr(gumbel, moment), getattr(reference, moment))
    torch.testing.assert_close(gumbel.entropy(), reference.entropy())
    torch.testing.assert_close(gumbel.icdf(gumbel.cdf(value)), value, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("law", ["one-hot", "Bernoulli", "Gumbel"])
@pytest.mark.parametrize("parameter", [torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [torch.float32, torch.float64])
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_types_of_log_prob_are_promoted_as_torch_s(law, parameter, temperature, kind) -> None:
    """Values of a wider type than the parameters are not rounded to theirs."""
    logits, tau = LOGITS.to(parameter), torch.tensor([[0.5], [0.75]], dtype=temperature)
    value = torch.softmax(torch.randn(2, 3, dtype=torch.float64), -1).to(kind)
    one_tau = torch.tensor(0.5, dtype=temperature)  # without dimensions it decides nothing
    makes = {
        "one-hot": [(gd.RelaxedOneHotCategorical, td.RelaxedOneHotCategorical, one_tau)],
        "Bernoulli": [(gd.RelaxedBernoulli, td.RelaxedBernoulli, each) for each in (tau, one_tau)],
        "Gumbel": [(gd.Gumbel, td.Gumbel, tau)],
    }
    for ours, theirs, each in makes[law]:
        given = (logits, each) if law == "Gumbel" else (each, None, logits)
        own = ours(*given, validate_args=False)
        found = own.log_prob(value)
        expected = theirs(*given, validate_args=False).log_prob(value)
        assert found.dtype == expected.dtype
        wide = [x if x is None else x.double() for x in given]
        if law == "one-hot":
            wide[2] = own.logits.double()  # normalised, which rounds them
        exact = theirs(*wide, validate_args=False).log_prob(value.double())
        # tau is computed with as float32, and 0.5 and 0.75 are exact.
        torch.testing.assert_close(found.double(), exact, rtol=0, atol=20 * torch.finfo(found.dtype).eps)
    if law == "Gumbel":
        drawn = gd.Gumbel(logits, tau).rsample()
        assert drawn.dtype == td.Gumbel(logits, tau).rsample().dtype


def test_batched_temperatures_give_one_density_per_distribution() -> None:
    """pytorch#37162: there the shape is [2, 2], of sums that belong to no temperature."""
    law = gd.RelaxedOneHotCategorical(TAUS[:, None], logits=LOGITS)
    value = law.sample()
    expected = [gd.RelaxedOneHotCategorical(float(TAUS[r]), logits=LOGITS[r]).log_prob(value[r]) for r in range(2)]
    assert torch.equal(law.log_prob(value), torch.stack(expected))


def test_the_boundary_is_the_limit() -> None:
    """pytorch#18254: there it is NaN. With K = 3 and m = 1 empty value (K - m) tau - m decides (concrete.hpp)."""
    value = torch.tensor([0.25, 0.75, 0.0])
    logits = torch.zeros(3)
    assert gd.RelaxedOneHotCategorical(1.0, logits=logits).log_prob(value) == -math.inf
    assert gd.RelaxedOneHotCategorical(0.25, logits=logits).log_prob(value) == math.inf
    assert gd.RelaxedOneHotCategorical(0.5, logits=logits).log_prob(value).isfinite()
    assert gd.RelaxedBernoulli(0.5, logits=torch.zeros(2)).log_prob(torch.tensor([0.0, 1.0])).tolist() == [math.inf] * 2
    cold = gd.RelaxedOneHotCategorical(0.01, logits=LOGITS.expand(1000, 2, 3))
    assert not cold.log_prob(cold.sample()).isnan().any()


def test_a_masked_class_is_left_out() -> None:
    masked = gd.RelaxedOneHotCategorical(0.7, probs=torch.tensor([0.25, 0.0, 0.75]))
    value = masked.sample((100,))
    assert not value[:, 1].any() and masked.log_prob(value).isfinite().all()
    rest = gd.RelaxedOneHotCategorical(0.7, probs=torch.tensor([0.25, 0.75])).log_prob(value[:, ::2])
    torch.testing.assert_close(masked.log_prob(value), rest)


def test_gradients_of_densities_are_those_of_finite_differences() -> None:
    logits = LOGITS.double().requires_grad_()
    value = torch.softmax(torch.randn(2, 3, dtype=torch.float64), -1)
    tau = TAUS.double()

    def one_hot(logits: Tensor) -> Tensor:
        return gd.RelaxedOneHotCategorical(tau, logits=logits).log_prob(value)

    def bernoulli(logits: Tensor, y: Tensor) -> Tensor:
        return gd.RelaxedBernoulli(tau[:, None], logits=logits, validate_args=False).log_prob(y)

    def gumbel(loc: Tensor, x: Tensor) -> Tensor:
        return gd.Gumbel(loc, loc.exp()).log_prob(x)

    assert torch.autograd.gradcheck(one_hot, logits)
    assert torch.autograd.gradcheck(bernoulli, (logits, value.requires_grad_()))
    assert torch.autograd.gradcheck(gumbel, (logits, value))


def test_rsample_reaches_all_parameters() -> None:
    for make in (
        lambda tau, logits: gd.RelaxedOneHotCategorical(tau, logits=logits),
        lambda tau, logits: gd.RelaxedOneHotCategoricalStraightThrough(tau, logits=logits),
        lambda tau, logits: gd.RelaxedBernoulli(tau[:, None], logits=logits),
        lambda tau, logits: gd.Gumbel(logits, tau[:, None]),
    ):
        tau, logits = TAUS.clone().requires_grad_(), LOGITS.clone().requires_grad_()
        law = make(tau, logits)
        (law.rsample((5,)) * torch.arange(3.0)).sum().backward()
        assert tau.grad.abs().min() > 0 and logits.grad.abs().max() > 0
        assert not law.sample().requires_grad


def test_densities_integrate_to_1() -> None:
    """The simplex of two classes, and the unit interval, by 1e6 midpoints in the logit of y: within 1e-4."""
    t = (torch.arange(1_000_000, dtype=torch.float64) + 0.5) / 1_000_000 * 160 - 80
    y = torch.sigmoid(t)
    jacobian = y * torch.sigmoid(-t) * 160e-6
    for tau in (0.5, 1.0, 2.5):
        law = gd.RelaxedOneHotCategorical(
            tau, logits=torch.tensor([0.3, -0.7], dtype=torch.float64), validate_args=False
        )
        density = law.log_prob(torch.stack([y, torch.sigmoid(-t)], -1)).exp()
        inside = jacobian > 0
        assert abs((density[inside] * jacobian[inside]).sum() - 1) < 1e-4
        bernoulli = gd.RelaxedBernoulli(tau, logits=torch.tensor(0.4, dtype=torch.float64), validate_args=False)
        inside = (y > 0) & (y < 1)
        assert abs((bernoulli.log_prob(y[inside]).exp() * jacobian[inside]).sum() - 1) < 1e-4


@pytest.mark.parametrize("tau", [0.6, 1.5])
def test_samples_have_the_density(tau: float) -> None:
    """N = 1e6 samples of two classes in 20 bins of equal probability by the density (numerically): chi-square with 19
    degrees of freedom below its quantile at 1 - 1e-6, 63.8."""
    logits = torch.tensor([0.3, -0.7], dtype=torch.float64)
    law = gd.RelaxedOneHotCategorical(tau, logits=logits, validate_args=False)
    t = (torch.arange(400_000, dtype=torch.float64) + 0.5) / 400_000 * 80 - 40
    y = torch.stack([torch.sigmoid(t), torch.sigmoid(-t)], -1)
    mass = (law.log_prob(y).exp() * y.prod(-1) * (80 / 400_000)).nan_to_num()
    cumulative = mass.cumsum(0)
    edges = t[torch.searchsorted(cumulative, torch.arange(1, 20, dtype=torch.float64) / 20)]
    drawn = law.sample((1_000_000,))
    logit = drawn[:, 0].log() - drawn[:, 1].log()
    counts = torch.bincount(torch.bucketize(logit, edges), minlength=20).double()
    assert ((counts - 50_000) ** 2 / 50_000).sum() < 63.8


def test_straight_through_is_one_hot_categorical() -> None:
    law = gd.RelaxedOneHotCategoricalStraightThrough(TAUS, logits=LOGITS)
    reference = td.OneHotCategorical(logits=LOGITS)
    value = law.sample((100,))
    torch.testing.assert_close(law.log_prob(value), reference.log_prob(value))
    torch.testing.assert_close(law.entropy(), reference.entropy())
    torch.testing.assert_close(law.mean, reference.mean)
    torch.testing.assert_close(law.variance, reference.variance)
    assert torch.equal(law.mode, reference.mode)
    assert torch.equal(law.enumerate_support(), reference.enumerate_support())
    frequencies = law.sample((500_000,)).mean(0)  # 1e6 draws; 5.5 standard errors
    assert ((frequencies - law.probs).abs() < 5.5 * (law.variance / 500_000).sqrt()).all()


def test_divergences() -> None:
    p, q = gd.Gumbel(torch.tensor([1.0, 2.0]), torch.tensor([0.5, 2.0])), gd.Gumbel(0.0, 1.5)
    expected = td.kl_divergence(td.Gumbel(p.loc, p.scale), td.Gumbel(q.loc.expand(2), q.scale.expand(2)))
    torch.testing.assert_close(td.kl_divergence(p, q), expected)
    one, other = (gd.RelaxedOneHotCategoricalStraightThrough(0.5, logits=row) for row in LOGITS)
    expected = td.kl_divergence(td.Categorical(logits=LOGITS[0]), td.Categorical(logits=LOGITS[1]))
    torch.testing.assert_close(td.kl_divergence(one, other), expected)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gd.RelaxedOneHotCategorical(0.5), "probs, logits: give one"),
        (lambda: gd.RelaxedOneHotCategorical(0.5, LOGITS.exp(), LOGITS), "probs, logits: give one"),
        (lambda: gd.RelaxedOneHotCategorical(torch.ones(3), logits=LOGITS), r"temperature: \[3\]"),
        (lambda: gd.RelaxedOneHotCategorical(0.5, logits=torch.tensor([0.0, math.nan])), "logits"),
        (lambda: gd.RelaxedBernoulli(0.5, probs=1.5), "probs"),
        (lambda: gd.Gumbel(0.0, -1.0), "scale"),
        (lambda: gd.RelaxedOneHotCategorical(0.5, logits=LOGITS).log_prob(torch.ones(2, 3)), "Expected value argument"),
        (lambda: gd.RelaxedOneHotCategorical(0.0, logits=LOGITS).log_prob(LOGITS.softmax(-1)), "0.* not above 0"),
        (lambda: gd.RelaxedOneHotCategorical(0.5, logits=torch.tensor(1.0)), "logits: a tensor without dimensions"),
    ],
)
def test_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        make()


def test_independent_and_compiled() -> None:
    law = td.Independent(gd.RelaxedBernoulli(0.5, logits=LOGITS), 1)
    assert law.log_prob(law.rsample()).shape == (2,)

    @torch.compile(fullgraph=True, backend="aot_eager")
    def step(logits: Tensor) -> Tensor:
        return gd.RelaxedOneHotCategorical(0.5, logits=logits, validate_args=False).rsample()

    assert step(LOGITS).shape == LOGITS.shape and not torch.equal(step(LOGITS), step(LOGITS))
