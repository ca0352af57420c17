# SPDX-License-Identifier: Apache-2.0
"""torch.compile, torch.func, make_fx and the checks of torch.library: everywhere the bits of the eager call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gumbelcuda.torch as gt
import numpy as np
import pytest
import torch
from torch import Tensor
from torch.fx.experimental.proxy_tensor import make_fx
from torch_operations import OPERATIONS, noise

OTHERS: dict[str, Callable[..., Any]] = {
    "gumbel_softmax, hard": lambda logits, **n: gt.gumbel_softmax(logits, 0.5, True, **n),
    "gumbel_softmax, dim 0": lambda logits, **n: gt.gumbel_softmax(logits, 0.5, dim=0, **n),
    "gumbel_max": gt.gumbel_max,
    "gumbel_top_k": lambda logits, **n: gt.gumbel_top_k(logits, 2, **n).index,
    "categorical_sample": lambda logits, **n: gt.categorical_sample(logits, 0.5, top_p=0.9, draws=2, **n),
    "gumbel_rao": lambda logits, **n: gt.gumbel_rao(logits, 0.5, 4, **n),
    "conditional_gumbel": lambda logits, **n: gt.conditional_gumbel(logits, logits.argmax(-1), **n),
    "gumbel_noise": lambda logits, **n: gt.gumbel_noise(3, 4, **n),
}


ONLY_LOGITS = ("gumbel_softmax, hard", "gumbel_softmax, dim 0", "gumbel_rao")  # of these the logits have a gradient


@pytest.fixture(autouse=True)
def fresh_compiler() -> None:
    torch.compiler.reset()


@pytest.mark.parametrize("name", OPERATIONS)
def test_compiled_is_eager_to_the_bit(name: str) -> None:
    """fullgraph=True refuses graph breaks."""
    operation = OPERATIONS[name]

    def loss(inputs: dict[str, Tensor]) -> Tensor:
        return operation.call(**inputs, **noise(operation, seed=3, row=2, offset=8)).square().sum()

    eager = operation.make(torch.float32)
    compiled = {key: value.detach().clone().requires_grad_() for key, value in eager.items()}
    loss(eager).backward()
    torch.compile(loss, fullgraph=True, backend="aot_eager")(compiled).backward()
    for key in eager:
        assert torch.equal(eager[key].grad, compiled[key].grad), key


@pytest.mark.parametrize("name", OTHERS)
def test_compiled_draws_are_eager_to_the_bit(name: str) -> None:
    call = OTHERS[name]
    logits = torch.randn(3, 4)
    compiled = torch.compile(lambda values: call(values, seed=3, row=2, offset=8), fullgraph=True, backend="aot_eager")
    assert torch.equal(compiled(logits), call(logits, seed=3, row=2, offset=8))


def test_inductor_draws_fresh_noise_at_each_run_and_torch_manual_seed_decides_which() -> None:
    logits = torch.randn(8, 16, requires_grad=True)

    @torch.compile(fullgraph=True)
    def step(values: Tensor, tau: float) -> Tensor:
        return gt.gumbel_softmax(values * 2, tau, hard=True) * 3

    torch.manual_seed(1)
    first, second = step(logits, 0.5), step(logits, 0.5)
    torch.manual_seed(1)
    assert torch.equal(first, step(logits, 0.5))
    assert not torch.equal(first, second)
    first.sum().backward()
    assert logits.grad.isfinite().all()


def test_another_temperature_does_not_compile_again() -> None:
    compiled_graphs = 0

    def count(graph: torch.fx.GraphModule, _: list[Tensor]) -> Callable[..., Any]:
        nonlocal compiled_graphs
        compiled_graphs += 1
        return graph.forward

    step = torch.compile(lambda logits, tau: gt.gumbel_softmax(logits, tau, seed=1), fullgraph=True, backend=count)
    logits = torch.randn(2, 3)
    for tau in (0.5, 0.4, 0.3, 0.2):
        assert torch.equal(step(logits, tau), gt.gumbel_softmax(logits, tau, seed=1))
    assert compiled_graphs <= 2  # the first value, and one graph for all others


def test_dynamic_shapes_and_seeds_per_row() -> None:
    step = torch.compile(
        lambda logits, seeds: gt.gumbel_softmax(logits, seeds=seeds), fullgraph=True, dynamic=True, backend="aot_eager"
    )
    for rows in (2, 5, 9):
        logits, seeds = torch.randn(rows, 4), torch.arange(rows)
        assert torch.equal(step(logits, seeds), gt.gumbel_softmax(logits, seeds=seeds))


def test_a_generator_breaks_the_graph_and_draws() -> None:
    generator = torch.Generator().manual_seed(3)
    step = torch.compile(lambda logits: gt.gumbel_softmax(logits, generator=generator) * 1, backend="aot_eager")
    logits = torch.randn(3, 4)
    assert not torch.equal(step(logits), step(logits))
    with pytest.raises(torch._dynamo.exc.Unsupported):
        torch.compile(lambda logits: gt.gumbel_softmax(logits, generator=generator), fullgraph=True)(logits)


def test_an_exported_program_draws_fresh_noise() -> None:
    class Sampler(torch.nn.Module):
        def forward(self, logits: Tensor) -> Tensor:
            return gt.gumbel_softmax(logits, 0.5)

    logits = torch.randn(3, 4)
    program = torch.export.export(Sampler(), (logits,)).module()
    assert not torch.equal(program(logits), program(logits))


@pytest.mark.parametrize("name", OPERATIONS)
def test_func_grad_is_the_gradient(name: str) -> None:
    operation = OPERATIONS[name]
    inputs = operation.make(torch.float32)

    def loss(values: dict[str, Tensor]) -> Tensor:
        return operation.call(**values, **noise(operation, seed=3)).square().sum()

    loss(inputs).backward()
    found = torch.func.grad(loss)({key: value.detach() for key, value in inputs.items()})
    for key in inputs:
        assert torch.equal(found[key], inputs[key].grad), key


@pytest.mark.parametrize("name", OPERATIONS)
def test_vmap_is_a_loop(name: str) -> None:
    """Examples in dimension 1 of the first input, the others shared; and gradients of each example."""
    operation = OPERATIONS[name]
    examples = [operation.make(torch.float32, False) for _ in range(3)]
    first, *others = examples[0]
    batch = torch.stack([example[first] for example in examples], 1)
    shared = {key: examples[0][key] for key in others}

    def call(value: Tensor) -> Tensor:
        return operation.call(**{first: value}, **shared, **noise(operation, seed=3))

    looped = torch.stack([call(example[first]) for example in examples])
    assert torch.equal(torch.vmap(call, in_dims=1)(batch), looped)

    def loss(value: Tensor) -> Tensor:
        return call(value).square().sum()

    gradients = torch.vmap(torch.func.grad(loss), in_dims=1)(batch)
    assert torch.equal(gradients, torch.stack([torch.func.grad(loss)(example[first]) for example in examples]))


def test_vmap_draws_as_its_randomness_says() -> None:
    logits = torch.zeros(5, 64)
    assert len(torch.vmap(gt.gumbel_softmax, randomness="different")(logits).unique(dim=0)) == 5
    assert len(torch.vmap(gt.gumbel_softmax, randomness="same")(logits).unique(dim=0)) == 1
    with pytest.raises(RuntimeError, match="randomness"):
        torch.vmap(gt.gumbel_softmax)(logits)


def test_jacobians() -> None:
    logits = torch.randn(4, dtype=torch.float64)
    y = gt.gumbel_softmax(logits, 0.5, seed=1)
    expected = (torch.diag(y) - torch.outer(y, y)) / 0.5
    torch.testing.assert_close(torch.func.jacrev(lambda x: gt.gumbel_softmax(x, 0.5, seed=1))(logits), expected)


@pytest.mark.parametrize("name", ["gumbel_softmax", "relaxed_k_hot", "concrete_log_prob", "location_scale_sample"])
def test_batched_gradients_are_a_loop(name: str) -> None:
    operation = OPERATIONS[name]
    inputs = operation.make(torch.float32)
    first = next(iter(inputs.values()))
    result = operation.call(**inputs, **noise(operation, seed=3))
    weights = torch.randn(5, *result.shape)
    batched = torch.autograd.grad(result, first, weights, retain_graph=True, is_grads_batched=True)[0]
    each = [torch.autograd.grad(result, first, one, retain_graph=True)[0] for one in weights]
    assert torch.equal(batched, torch.stack(each))


def test_make_fx_records_operators_and_draws_in_the_graph() -> None:
    logits = torch.randn(3, 4)
    graph = make_fx(lambda values: gt.gumbel_softmax(values, 0.5, True))(logits)
    targets = {str(node.target) for node in graph.graph.nodes}
    assert "gumbelcuda.gumbel_softmax_hard.default" in targets
    assert any(target.startswith("aten.randint") for target in targets)
    draws = torch.stack([graph(logits) for _ in range(20)])
    assert len(draws.unique(dim=0)) > 1


def test_fake_tensors_have_the_shapes_and_types_of_results() -> None:
    with torch._subclasses.FakeTensorMode():
        logits = torch.empty(2, 3, 4, dtype=torch.float64)
        assert gt.gumbel_softmax(logits, dim=1).shape == (2, 3, 4)
        assert gt.gumbel_max(logits, dim=1).shape == (2, 4) and gt.gumbel_max(logits).dtype == torch.int64
        assert gt.gumbel_top_k(logits, 3, dim=0 - 2).log_prob.shape == (2, 4, 3)
        assert gt.kl_divergence(logits, logits).dtype == torch.float64


def recorded_arguments(call: Callable[[], Any]) -> list[tuple[Any, tuple[Any, ...]]]:
    """The operators of gumbelcuda that a call meets, with their arguments."""
    met = []

    class Recorder(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if function.namespace == "gumbelcuda":
                met.append((function, args))
            return function(*args, **(kwargs or {}))

    with Recorder():
        call()
    return met


@pytest.mark.parametrize("name", [*OPERATIONS, *OTHERS])
def test_opcheck(name: str) -> None:
    """Each operator of the forward and of the backward pass, with the arguments that it gets there."""
    if name in OPERATIONS:
        operation = OPERATIONS[name]
        inputs = operation.make(torch.float32)
        call = lambda: operation.call(**inputs, **noise(operation, seed=3)).sum().backward()  # noqa: E731
    else:
        logits = torch.randn(3, 4, requires_grad=True)

        def call() -> None:
            out = OTHERS[name](logits, seed=3)
            if out.requires_grad:
                out.sum().backward()

    met = recorded_arguments(call)
    assert met
    for function, arguments in met:
        differentiable = not str(function).split(".")[1].endswith("_vjp") and (
            name in OPERATIONS or name in ONLY_LOGITS
        )
        checked = [argument.detach() if isinstance(argument, Tensor) else argument for argument in arguments]
        for argument in checked[:1] if name in ONLY_LOGITS else checked:
            if differentiable and isinstance(argument, Tensor):
                argument.requires_grad_(argument.is_floating_point())
        torch.library.opcheck(function, tuple(checked))


def test_numbers_of_numpy_in_a_graph() -> None:
    logits = torch.randn(3, 5)

    @torch.compile(fullgraph=True, backend="aot_eager")
    def step(logits: torch.Tensor) -> torch.Tensor:
        return gt.gumbel_softmax(logits, np.float32(0.5), seed=1)

    assert torch.equal(step(logits), gt.gumbel_softmax(logits, 0.5, seed=1))


def test_filters_in_a_graph() -> None:
    logits = torch.randn(3, 50)

    @torch.compile(fullgraph=True, backend="aot_eager")
    def step(logits: torch.Tensor, top_k: torch.Tensor, top_p: torch.Tensor) -> torch.Tensor:
        return gt.categorical_sample(logits, top_k=top_k, top_p=top_p, min_p=0.01, seed=1)

    for top_k in (torch.tensor([2, 3, 2**40]), torch.tensor(4, dtype=torch.uint8)):
        for top_p in (torch.tensor([0.5, 0.75, 1.0]), torch.tensor(0.5)):
            expected = gt.categorical_sample(logits, top_k=top_k, top_p=top_p, min_p=0.01, seed=1)
            assert torch.equal(step(logits, top_k, top_p), expected)
    with pytest.raises(ValueError, match="^top_k: -1 is not 0 or more"):
        step(logits, torch.tensor([2, -1, 3]), torch.tensor(0.5))
