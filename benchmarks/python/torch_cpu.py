#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gumbelcuda.torch against PyTorch's own on the CPU: ratios, measured in one run, with one thread and with two.

    benchmarks/python/torch_cpu.py > benchmarks/results/PROCESSOR-python-torch.txt

Contenders take turns, once a round. A ratio is the median over the rounds of the round's ratio, with its least and its
greatest beside it. With one thread the time is the process's own on the processor, so that who else uses the core costs
neither side, but for caches; with two it is the wall clock's, which others do disturb. What ours draws and its gradient
are checked first.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import gumbelcuda
import gumbelcuda.torch as gt
import torch
import torch.nn.functional as F
from gumbelcuda.torch import _call, gumbel
from torch import Tensor

Contenders = dict[str, Callable[[], object]]


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def relaxed(rows: int, classes: int, hard: bool) -> Contenders:
    logits = torch.randn(rows, classes, requires_grad=True)
    weights = torch.randn(rows, classes)
    compiled = torch.compile(lambda values: F.gumbel_softmax(values, 0.5, hard=hard), fullgraph=True)

    def both(call: Callable[[Tensor], Tensor]) -> Callable[[], object]:
        return lambda: torch.autograd.grad(call(logits), logits, weights)

    return {
        "gumbelcuda.torch.gumbel_softmax": both(lambda values: gt.gumbel_softmax(values, 0.5, hard)),
        "F.gumbel_softmax": both(lambda values: F.gumbel_softmax(values, 0.5, hard)),
        "torch.compile(F.gumbel_softmax)": both(compiled),
    }


def forward(rows: int, classes: int) -> Contenders:
    logits = torch.randn(rows, classes)
    return {
        "gumbelcuda.torch.gumbel_softmax": lambda: gt.gumbel_softmax(logits, 0.5),
        "F.gumbel_softmax": lambda: F.gumbel_softmax(logits, 0.5),
    }


def categorical(rows: int, classes: int) -> Contenders:
    logits = torch.randn(rows, classes)

    def race() -> Tensor:
        probabilities = torch.softmax(logits, -1)
        return probabilities.div_(torch.empty_like(probabilities).exponential_()).argmax(-1)

    def gumbel_max() -> Tensor:
        noise = torch.empty_like(logits).exponential_().log_()
        return torch.sub(logits, noise, out=noise).argmax(-1)

    return {
        "gumbelcuda.torch.categorical_sample": lambda: gt.categorical_sample(logits),
        "torch.multinomial of softmax": lambda: torch.multinomial(torch.softmax(logits, -1), 1),
        "exponential race, as vLLM samples": race,
        "Gumbel-max of torch's operations": gumbel_max,
    }


def seconds(call: Callable[[], object], repeats: int, clock: Callable[[], float]) -> float:
    begin = clock()
    for _ in range(repeats):
        call()
    return (clock() - begin) / repeats


def report(title: str, contenders: Contenders, rounds: int, repeats: int, clock: Callable[[], float]) -> None:
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for call in contenders.values():
        for _ in range(3):
            call()
    for _ in range(rounds):
        for name, call in contenders.items():
            times[name].append(seconds(call, repeats, clock))
    ours, *others = contenders
    print(f"\n{title}")
    print(f"  {ours:<38} {1e6 * statistics.median(times[ours]):12.1f} us")
    for name in others:
        ratios = [other / own for other, own in zip(times[name], times[ours])]
        middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
        print(
            f"  {name:<38} {1e6 * statistics.median(times[name]):12.1f} us   {middle:6.2f} x ({low:.2f} ... {high:.2f})"
        )


def check() -> None:
    logits = torch.tensor([1.0, 0.0, -1.0, 0.5]).expand(200_000, 4).contiguous()
    law = torch.softmax(logits[0], -1)
    for index in (gt.categorical_sample(logits), gt.gumbel_softmax(logits, 0.5, True).argmax(-1)):
        assert ((torch.bincount(index, minlength=4) / len(logits) - law).abs() < 0.006).all()
    values = torch.randn(8, 5, requires_grad=True)
    found = torch.autograd.grad(gt.gumbel_softmax(values, 0.5, seed=1).square().sum(), values)[0]
    own = torch.softmax((values + gt.gumbel_noise(8, 5, seed=1)) / 0.5, -1)
    torch.testing.assert_close(found, torch.autograd.grad(own.square().sum(), values)[0])


def profile_of_a_small_call(rounds: int) -> None:
    """Where the time of a call on 64 x 10 float32 goes: each part contains the next."""
    logits, y = torch.randn(64, 10), torch.empty(64, 10)
    noise = _call.Noise(seed=3)

    def c_from_tensors() -> None:
        _call.call("gumbel_softmax", -1, {"logits": logits, "y": y}, None, {"temperature": 0.5}, noise)

    c_from_tensors()
    handle, operation = _call._thread.handle, _call._thread.operations["gumbel_softmax"]

    @torch.library.custom_op("gumbelcuda_benchmark::empty", mutates_args=())
    def empty(values: Tensor) -> Tensor:
        return torch.empty_like(values)

    parts: Contenders = {
        "gumbel_softmax, fresh noise": lambda: gt.gumbel_softmax(logits, 0.5),
        "  without the draw of 64 bits (seed=)": lambda: gt.gumbel_softmax(logits, 0.5, seed=3),
        "  its operator (checks are done)": lambda: gumbel._gumbel_softmax(False, logits, 0.5, -1, noise),
        "  C, given tensors (result is there)": c_from_tensors,
        "  C alone (arguments are written)": lambda: operation.run(handle),
        "torch.empty_like": lambda: torch.empty_like(logits),
        "torch.neg, an operator of torch's own": lambda: torch.neg(logits),
        "an empty operator of torch.library": lambda: empty(logits),
    }
    least = {name: float("inf") for name in parts}
    for _ in range(rounds):
        for name, call in parts.items():
            if "alone" in name:
                c_from_tensors()
            least[name] = min(least[name], seconds(call, 100, time.process_time))
    print("\nwhere the time of one eager call on 64 x 10 goes, least of the rounds; each part contains the next")
    for name, time_of in least.items():
        print(f"  {name:<40} {1e6 * time_of:8.2f} us")
    names = list(parts)
    overhead = least[names[0]] - least[names[4]] - least[names[6]]
    print(f"  the first less C alone less torch.neg    {1e6 * overhead:8.2f} us: the goal is 10 at most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    check()
    print("benchmarks/python/torch_cpu.py")
    print(f"processor {processor()}, {len(os.sched_getaffinity(0))} usable; load {os.getloadavg()[0]:.1f} at the start")
    print(f"PyTorch {torch.__version__}, Python {platform.python_version()}, libgumbelcuda {gumbelcuda.__version__}")
    print("times are for orientation; the ratios, contender / ours, are the result")
    for threads, clock in ((1, time.process_time), (2, time.perf_counter)):
        torch.set_num_threads(threads)
        torch.compiler.reset()
        cases = [
            ("gumbel_softmax, forward and backward, 4,096 x 1,000", relaxed(4096, 1000, False), 1),
            ("the same, hard=True", relaxed(4096, 1000, True), 1),
            ("categorical, 256 x 131,072", categorical(256, 131_072), 1),
            ("gumbel_softmax, forward, 64 x 10", forward(64, 10), 500),
            ("gumbel_softmax, forward and backward, 64 x 10", relaxed(64, 10, False), 500),
        ]
        for title, contenders, repeats in cases:
            report(f"{title}, {threads} thread{'s' * (threads > 1)}", contenders, rounds, repeats, clock)
    torch.set_num_threads(1)
    profile_of_a_small_call(20 * rounds)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")

if __name__ == "__main__":
    main()
