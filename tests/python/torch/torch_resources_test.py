# SPDX-License-Identifier: Apache-2.0
"""What calls leave behind: no memory, and modules that can still be copied and pickled."""

from __future__ import annotations

import copy
import gc
import pickle
import resource

import gumbelcuda.torch as gt
import pytest
import torch


class Sampler(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.logits = torch.nn.Parameter(torch.randn(8, 5))
        self.tau = torch.nn.Parameter(torch.tensor(0.5))

    def forward(self) -> torch.Tensor:
        return gt.gumbel_softmax(self.logits, self.tau, hard=True, seed=1)


def test_modules_are_copied_and_pickled() -> None:
    module = Sampler()
    module().sum().backward()
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert torch.equal(other(), module())


def test_a_training_step_reaches_parameters() -> None:
    module = Sampler()
    optimizer = torch.optim.SGD(module.parameters(), 0.1)
    before = [parameter.detach().clone() for parameter in module.parameters()]
    (module() * torch.arange(5.0)).sum().backward()
    optimizer.step()
    assert all(not torch.equal(old, new) for old, new in zip(before, module.parameters()))


def test_memory_is_flat_after_ten_thousand_calls() -> None:
    """Resident memory may grow by 4 MB; a leak of one result a call would be 26 MB."""
    logits = torch.randn(64, 10, requires_grad=True)
    tau = torch.tensor(0.5, requires_grad=True)

    def work(calls: int) -> None:
        for _ in range(calls):
            torch.autograd.grad(gt.gumbel_softmax(logits, tau).sum(), (logits, tau))
            gt.gumbel_max(logits)

    work(2000)
    gc.collect()
    before = resident()
    work(10_000)
    gc.collect()
    assert resident() - before < 4 << 20


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def test_autocast_and_inference_mode_change_nothing() -> None:
    logits = torch.randn(4, 6)
    expected = gt.gumbel_softmax(logits, seed=1)
    with torch.autocast("cpu", torch.bfloat16), torch.inference_mode():
        assert torch.equal(gt.gumbel_softmax(logits, seed=1), expected)


def test_saved_tensors_that_were_changed_are_noticed() -> None:
    logits = torch.randn(4, 6, requires_grad=True)
    y = gt.gumbel_softmax(logits, seed=1)
    with torch.no_grad():
        y += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_subclasses_meet_the_operators() -> None:
    class Counted(torch.Tensor):
        met: list[str] = []

        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            cls.met.append(str(function))
            return super().__torch_function__(function, types, args, kwargs or {})

    logits = torch.randn(4, 6)
    y = gt.gumbel_softmax(logits.as_subclass(Counted), seed=1)
    assert "gumbelcuda.gumbel_softmax.default" in Counted.met and isinstance(y, Counted)
    assert torch.equal(y.as_subclass(torch.Tensor), gt.gumbel_softmax(logits, seed=1))
