# SPDX-License-Identifier: Apache-2.0
"""The plain functions of gumbelcuda, given tensors: without gradients they are their own, with gradients those of
gumbelcuda.torch, and never a result that has silently lost its gradient."""

from __future__ import annotations

import gumbelcuda
import gumbelcuda.torch as gt
import pytest
import torch


def test_with_gradients_they_are_those_of_gumbelcuda_torch() -> None:
    logits = torch.randn(3, 4, requires_grad=True)
    y = gumbelcuda.gumbel_softmax(logits, 0.5, seed=3)
    assert y.grad_fn is not None and torch.equal(y, gt.gumbel_softmax(logits, 0.5, seed=3))
    assert gumbelcuda.gumbel_softmax(logits.detach(), tau=torch.tensor(0.5, requires_grad=True)).requires_grad
    with torch.no_grad():
        assert not gumbelcuda.gumbel_softmax(logits).requires_grad


def test_fresh_noise_is_the_same_with_and_without_gradients() -> None:
    logits = torch.randn(3, 5)
    drawn = []
    for values in (logits, logits.clone().requires_grad_()):
        gumbelcuda.manual_seed(8)
        drawn.append([gumbelcuda.gumbel_softmax(values, 0.5).detach() for _ in range(2)])
    assert torch.equal(drawn[0][0], drawn[1][0]) and torch.equal(drawn[0][1], drawn[1][1])
    assert not torch.equal(*drawn[0])


def test_a_generator_counts_the_words_of_each_operation() -> None:
    logits = torch.randn(3, 5)
    generator = gumbelcuda.Generator(3)
    for call, words in (
        (lambda: gt.gumbel_max(logits, generator=generator), 8),
        (lambda: gt.categorical_sample(logits, draws=3, generator=generator), 24),
        (lambda: gt.gumbel_rao(logits, samples=4, generator=generator), 40),
        (lambda: gt.concrete_kl_estimate(logits, logits, 1.0, 1.0, 2, generator=generator), 16),
    ):
        before = generator.position
        call()
        assert generator.position - before == words


def test_a_generator_with_a_position_on_the_device() -> None:
    position = torch.tensor([8], dtype=torch.uint64)
    generator = gumbelcuda.Generator(3, position=4, device_position=position)
    logits = torch.randn(3, 5)
    assert torch.equal(gt.gumbel_max(logits, generator=generator), gt.gumbel_max(logits, seed=3, offset=12))
    assert torch.equal(gt.gumbel_max(logits, generator=generator), gt.gumbel_max(logits, seed=3, offset=20))
    assert position.item() == 24 and generator.position == 4


def test_what_would_lose_a_gradient_is_refused() -> None:
    logits = torch.randn(3, 4, requires_grad=True)
    with pytest.raises(ValueError, match="d_y: requires_grad, but this function has no gradient"):
        gumbelcuda.gumbel_softmax_vjp(logits, y=logits.detach())
    with pytest.raises(TypeError, match="gumbel_softmax: an argument requires_grad, so this is gumbelcuda.torch"):
        gumbelcuda.gumbel_softmax(logits, returns=("y", "index"))
    with pytest.raises(ValueError, match="out: requires_grad"):
        gumbelcuda.gumbel_softmax(logits.detach(), out=torch.empty(3, 4, requires_grad=True))
    with pytest.raises(ValueError, match="cannot become part of a graph"):
        torch.func.grad(lambda values: gt.gumbel_softmax(values, generator=gumbelcuda.Generator(1)).sum())(logits)
