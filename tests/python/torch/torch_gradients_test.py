# SPDX-License-Identifier: Apache-2.0
"""Gradients: against finite differences, and against PyTorch's own of the formula with the same noise."""

from __future__ import annotations

import gumbelcuda.torch as gt
import pytest
import torch
from torch import Tensor
from torch_operations import OPERATIONS, TAUS, noise


@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    operation = OPERATIONS[name]
    inputs = operation.make()
    others = [key for key in inputs if key not in TAUS]
    fixed = {key: value.detach() for key, value in inputs.items() if key in TAUS}

    def of_others(*values: Tensor) -> Tensor:
        return operation.call(**dict(zip(others, values)), **fixed, **noise(operation, seed=3))

    assert torch.autograd.gradcheck(of_others, [inputs[key] for key in others], eps=1e-6, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if set(TAUS) & set(OPERATIONS[name].inputs)])
def test_gradients_of_tau_are_those_of_finite_differences(name: str) -> None:
    """tau is a float32 number inside, so it moves by 2^-9, which a float32 near 1 holds exactly. What a central
    difference leaves out is then below 2^-18/6 of the third derivative, which reaches some hundreds here."""
    operation = OPERATIONS[name]
    inputs = operation.make()
    taus = [key for key in inputs if key in TAUS]
    fixed = {key: value.detach() for key, value in inputs.items() if key not in TAUS}

    def of_taus(*values: Tensor) -> Tensor:
        return operation.call(**dict(zip(taus, values)), **fixed, **noise(operation, seed=3))

    values = [inputs[key] for key in taus]
    assert torch.autograd.gradcheck(of_taus, values, eps=2.0**-9, atol=1e-3, rtol=1e-3)


def softmax_of(logits: Tensor, tau: Tensor, g: Tensor) -> Tensor:
    return torch.softmax((logits + g) / tau, -1)


@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float64, 1e-12), (torch.float32, 2e-6), (torch.float16, 2e-3), (torch.bfloat16, 2e-2)],
)
@pytest.mark.parametrize("hard", [False, True])
def test_gumbel_softmax_has_the_gradients_of_its_formula(dtype: torch.dtype, tolerance: float, hard: bool) -> None:
    """The formula in float64, with the noise of gumbel_noise at the same address; half precision is rounded once, so
    the tolerance is a few units in its last place of numbers up to 1, and the sum over 64 rows that of tau."""
    logits = torch.randn(64, 10).to(dtype).requires_grad_()
    tau = torch.tensor(0.625, requires_grad=True)
    d_y = torch.randn(64, 10).to(dtype)
    gt.gumbel_softmax(logits, tau, hard, seed=5, row=7, offset=12).backward(d_y)

    wide = torch.float64 if dtype == torch.float64 else torch.float32
    g = gt.gumbel_noise(64, 10, dtype=wide, seed=5, row=7, offset=12).double()
    exact = logits.detach().double().requires_grad_()
    exact_tau = torch.tensor(0.625, dtype=torch.float64, requires_grad=True)
    softmax_of(exact, exact_tau, g).backward(d_y.double())

    assert logits.grad.dtype == dtype and tau.grad.dtype == torch.float32
    assert (logits.grad.double() - exact.grad).abs().max() <= tolerance * max(1.0, float(exact.grad.abs().max()))
    assert abs(float(tau.grad) - float(exact_tau.grad)) <= 64 * max(tolerance, 1e-6)


def test_hard_samples_have_the_gradient_of_soft_ones() -> None:
    logits = torch.randn(5, 7, requires_grad=True)
    d_y = torch.randn(5, 7)
    of = [torch.autograd.grad(gt.gumbel_softmax(logits, 0.5, hard, seed=1), logits, d_y)[0] for hard in (False, True)]
    assert torch.equal(*of)
    hard = gt.gumbel_softmax(logits, 0.5, True, seed=1)
    assert torch.equal(hard.argmax(-1), gt.gumbel_max(logits, seed=1)) and set(hard.unique().tolist()) == {0.0, 1.0}


def test_the_rao_gradient_has_the_mean_of_the_straight_through_gradient() -> None:
    """N = 200,000 rows. Both estimate the same expected gradient, so their difference is within 5 standard errors, and
    the variance of the first is smaller."""
    count = 200_000
    logits = torch.tensor([0.5, -0.3, 0.1]).expand(count, 3).clone().requires_grad_()
    weights = torch.tensor([1.0, -2.0, 0.5]).expand(count, 3)
    plain = torch.autograd.grad(gt.gumbel_softmax(logits, 0.5, True, seed=1), logits, weights)[0]
    rao = torch.autograd.grad(gt.gumbel_rao(logits, 0.5, 10, seed=2), logits, weights)[0]
    error = (plain.var(0) / count + rao.var(0) / count).sqrt()
    assert ((plain.mean(0) - rao.mean(0)).abs() <= 5 * error).all()
    assert (rao.var(0) < plain.var(0)).all()


def test_temperature_0_is_one_hot_with_gradient_0() -> None:
    logits = torch.randn(6, 5, requires_grad=True)
    for tau in (0, 0.0, torch.tensor(0.0)):
        y = gt.gumbel_softmax(logits, tau, seed=4)
        assert torch.equal(y, gt.gumbel_softmax(logits, 1.0, True, seed=4))
        assert not torch.autograd.grad(y.sum(), logits)[0].any()


def test_a_masked_class_is_0_and_has_gradient_0() -> None:
    logits = torch.randn(6, 5)
    logits[:, 2] = -torch.inf
    logits.requires_grad_()
    y = gt.gumbel_softmax(logits, 0.5, seed=4)
    gradient = torch.autograd.grad(y, logits, torch.randn(6, 5))[0]
    assert not y[:, 2].any() and not gradient[:, 2].any() and gradient.isfinite().all()


@pytest.mark.parametrize("name", ["gumbel_softmax", "relaxed_k_hot", "concrete_log_prob", "location_scale_sample"])
def test_a_second_derivative_is_refused_and_not_silently_0(name: str) -> None:
    operation = OPERATIONS[name]
    inputs = operation.make()
    first = next(iter(inputs.values()))
    out = operation.call(**inputs, **noise(operation, seed=3))
    (gradient,) = torch.autograd.grad(out.square().sum(), first, create_graph=True)
    with pytest.raises(NotImplementedError, match="not differentiable twice"):
        torch.autograd.grad(gradient.sum(), first, allow_unused=True)


@pytest.mark.parametrize("name", ["kl_divergence", "gumbel_max, log_prob", "relaxed_bernoulli_log_prob"])
def test_second_derivatives_where_the_gradient_is_made_of_torchs_operations(name: str) -> None:
    operation = OPERATIONS[name]
    inputs = operation.make()
    others = [key for key in inputs if key not in TAUS]
    fixed = {key: value.detach() for key, value in inputs.items() if key in TAUS}

    def of_others(*values: Tensor) -> Tensor:
        return operation.call(**dict(zip(others, values)), **fixed, **noise(operation, seed=3))

    assert torch.autograd.gradgradcheck(of_others, [inputs[key] for key in others])


def test_forward_mode_is_refused_and_not_silently_without_tangent() -> None:
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(torch.randn(2, 3), torch.ones(2, 3))
        with pytest.raises(NotImplementedError, match="forward-mode"):
            gt.gumbel_softmax(dual)


def test_nothing_is_recorded_without_need() -> None:
    logits = torch.randn(2, 3, requires_grad=True)
    with torch.no_grad():
        assert not gt.gumbel_softmax(logits).requires_grad
    with torch.inference_mode():
        assert not gt.gumbel_softmax(logits).requires_grad
    assert not gt.gumbel_softmax(logits.detach()).requires_grad
    assert gt.gumbel_softmax(logits.detach(), torch.tensor(1.0, requires_grad=True)).requires_grad
