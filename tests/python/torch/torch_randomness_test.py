# SPDX-License-Identifier: Apache-2.0
"""Which noise a call draws: fresh noise of PyTorch's generators, or that of an address."""

from __future__ import annotations

import threading
from collections.abc import Callable

import gumbelcuda
import gumbelcuda.torch as gt
import pytest
import torch

FRESH: dict[str, Callable[[], torch.Tensor]] = {
    "gumbel_noise": lambda: gt.gumbel_noise(64),
    "gumbel_softmax": lambda: gt.gumbel_softmax(torch.zeros(64)),
    "gumbel_softmax with a gradient": lambda: gt.gumbel_softmax(torch.zeros(64, requires_grad=True)),
    "gumbel_max": lambda: gt.gumbel_max(torch.zeros(64, 9)),
    "location_scale_sample": lambda: gt.location_scale_sample(torch.zeros(64), 1.0),
}


@pytest.mark.parametrize("name", FRESH)
def test_manual_seed_decides_and_each_call_moves_on(name: str) -> None:
    draw = FRESH[name]
    torch.manual_seed(5)
    first, second = draw(), draw()
    torch.manual_seed(5)
    assert torch.equal(draw(), first) and torch.equal(draw(), second)
    assert not torch.equal(first, second)
    torch.manual_seed(6)
    assert not torch.equal(draw(), first)


def test_a_saved_state_draws_the_same_again() -> None:
    gt.gumbel_noise(3)
    state = torch.get_rng_state()
    drawn = gt.gumbel_softmax(torch.zeros(4, 9))
    torch.set_rng_state(state)
    assert torch.equal(gt.gumbel_softmax(torch.zeros(4, 9)), drawn)


def test_a_generator_is_moved_on_and_the_default_one_is_not() -> None:
    state = torch.get_rng_state()
    drawn = [gt.gumbel_noise(8, generator=torch.Generator().manual_seed(2)) for _ in range(2)]
    assert torch.equal(*drawn)
    generator = torch.Generator().manual_seed(2)
    assert torch.equal(gt.gumbel_noise(8, generator=generator), drawn[0])
    assert not torch.equal(gt.gumbel_noise(8, generator=generator), drawn[0])
    assert torch.equal(torch.get_rng_state(), state)


def test_a_generator_gives_the_noise_that_it_gives_without_gradients() -> None:
    logits = torch.randn(5, 7)
    drawn = [
        call(logits, generator=torch.Generator().manual_seed(4))
        for call in (gt.gumbel_softmax, gumbelcuda.gumbel_softmax)
    ]
    assert torch.equal(*drawn)


def test_the_bytes_are_those_of_numpy_arrays() -> None:
    logits = torch.randn(5, 7)
    address = {"seed": 9, "row": 3, "offset": 8}
    for name in ("gumbel_softmax", "gumbel_max"):
        plain = getattr(gumbelcuda, name)(logits.numpy(), **address)
        assert getattr(gt, name)(logits, **address).numpy().tobytes() == plain.tobytes()
    assert gt.gumbel_noise(5, 7, **address).numpy().tobytes() == gumbelcuda.gumbel_noise((5, 7), **address).tobytes()


def test_an_address_leaves_the_generators_alone() -> None:
    state = torch.get_rng_state()
    gt.gumbel_noise(8, seed=1)
    gt.gumbel_noise(2, 8, seeds=torch.tensor([1, 2]))
    assert torch.equal(torch.get_rng_state(), state)


def test_rows_and_offsets_are_places_in_one_stream() -> None:
    whole = gt.gumbel_noise(6, 16, seed=9)
    assert torch.equal(gt.gumbel_noise(2, 16, seed=9, row=3), whole[3:5])
    assert torch.equal(gt.gumbel_noise(6, 8, seed=9, offset=8), whole[:, 8:])
    assert torch.equal(gt.gumbel_noise(2, 3, 16, seed=9).flatten(0, 1), whole)


def test_seeds_and_offsets_per_row() -> None:
    seeds, offsets = torch.tensor([9, 4, 9]), torch.tensor([0, 8, 4])
    drawn = gt.gumbel_noise(3, 8, seeds=seeds, offsets=offsets, row=2)
    for place in range(3):
        one = gt.gumbel_noise(8, seed=int(seeds[place]), offset=int(offsets[place]), row=2)
        assert torch.equal(drawn[place], one)
    assert torch.equal(gt.gumbel_noise(3, 8, seeds=seeds.to(torch.uint64), offsets=offsets, row=2), drawn)


def test_seeds_of_64_bits() -> None:
    high = gt.gumbel_noise(4, seed=2**64 - 1)
    assert torch.equal(high, torch.from_numpy(gumbelcuda.gumbel_noise((4,), seed=2**64 - 1)))
    assert not torch.equal(high, gt.gumbel_noise(4, seed=2**32 - 1))


def test_all_operations_share_the_noise_of_an_address() -> None:
    logits = torch.randn(5, 7)
    g = gt.gumbel_noise(5, 7, seed=3)
    index = (logits.double() + g.double()).argmax(-1)
    assert torch.equal(gt.gumbel_max(logits, seed=3), index)
    assert torch.equal(gt.categorical_sample(logits, seed=3), index)
    assert torch.equal(gt.gumbel_top_k(logits, 3, seed=3).index[:, 0], index)
    assert torch.equal(gt.gumbel_rao(logits, seed=3).argmax(-1), index)
    k_hot = gt.relaxed_k_hot(logits, 3, hard=True, seed=3)
    assert torch.equal(k_hot.topk(3).indices.sort().values, gt.gumbel_top_k(logits, 3, seed=3).index.sort().values)
    torch.testing.assert_close(gt.location_scale_sample(logits, 2.0, seed=3), logits + 2 * g)


def test_threads_draw_what_they_would_alone() -> None:
    """Eight threads of 200 calls each, with a backward pass; every address is drawn once in a thread and once here."""
    logits = torch.randn(16, 10)
    found: dict[int, list[torch.Tensor]] = {}

    def work(thread: int) -> None:
        mine = logits.clone().requires_grad_()
        found[thread] = [
            torch.autograd.grad(gt.gumbel_softmax(mine, 0.5, seed=thread, offset=4 * call).square().sum(), mine)[0]
            for call in range(200)
        ]

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drawn = dict(found)
    for thread in range(8):
        work(thread)
        assert all(torch.equal(*pair) for pair in zip(drawn[thread], found[thread], strict=True))


def test_the_number_of_threads_changes_nothing() -> None:
    logits = torch.randn(512, 300)
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = gt.gumbel_softmax(logits, seed=1)
        torch.set_num_threads(2)
        assert torch.equal(gt.gumbel_softmax(logits, seed=1), one)
    finally:
        torch.set_num_threads(threads)


def test_checkpointing_draws_the_same_again() -> None:
    from torch.utils.checkpoint import checkpoint

    logits = torch.randn(6, 5, requires_grad=True)

    def step(values: torch.Tensor) -> torch.Tensor:
        return gt.gumbel_softmax(values, 0.5).square()

    torch.manual_seed(3)
    plain = torch.autograd.grad(step(logits).sum(), logits)[0]
    torch.manual_seed(3)
    again = torch.autograd.grad(checkpoint(step, logits, use_reentrant=False).sum(), logits)[0]
    assert torch.equal(plain, again)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="not run: no device")
def test_a_replayed_cuda_graph_draws_fresh_noise() -> None:
    logits = torch.zeros(64, 10, device="cuda")
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        gt.gumbel_softmax(logits)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        y = gt.gumbel_softmax(logits)
    graph.replay()
    first = y.clone()
    graph.replay()
    assert not torch.equal(first, y)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="not run: no device")
def test_a_gpu_has_the_bits_of_the_cpu() -> None:
    logits = torch.randn(64, 1000)
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        on_cpu = gt.gumbel_softmax(logits.to(dtype), 0.5, seed=3)
        assert torch.equal(gt.gumbel_softmax(logits.to(dtype).cuda(), 0.5, seed=3).cpu(), on_cpu)
