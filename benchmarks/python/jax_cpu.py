#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times gumbelcuda.jax against what a JAX program writes itself, both under jit, on this machine's CPU: ratios of
medians of one run, in which the two take turns.

    JAX_PLATFORMS=cpu jax_cpu.py [--rounds 15]      on one core: taskset -c 0 jax_cpu.py
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import jax
import jax.numpy as jnp

import gumbelcuda
import gumbelcuda.jax as gj

Case = tuple[str, Callable[..., Any], Callable[..., Any], tuple[Any, ...]]


def softmax_in_jax(mode: str) -> Callable[..., jax.Array]:
    def sample(key: jax.Array, logits: jax.Array, tau: float) -> jax.Array:
        return jax.nn.softmax((logits + jax.random.gumbel(key, logits.shape, logits.dtype, mode=mode)) / tau)

    return sample


def with_gradients(sample: Callable[..., jax.Array], of: tuple[int, ...]) -> Callable[..., Any]:
    """Forward and backward pass; the weights make no gradient trivial."""

    def both(key: jax.Array, logits: jax.Array, tau: float, weights: jax.Array) -> Any:
        return jax.value_and_grad(lambda x, t: (sample(key, x, t) * weights).sum(), of)(logits, tau)

    return both


def cases() -> list[Case]:
    key = jax.random.key(1)
    found: list[Case] = []
    for rows, classes in ((4096, 1000), (64, 10)):
        logits = jax.random.normal(jax.random.key(2), (rows, classes))
        weights = jax.random.normal(jax.random.key(3), (rows, classes))
        for mode in ("low", "high"):
            theirs = softmax_in_jax(mode)
            shape = f"{rows} × {classes}, JAX's mode={mode}"
            found.append((f"gumbel_softmax, {shape}", gj.gumbel_softmax, theirs, (key, logits, 0.5)))
            for name, of in (("logits", (0,)), ("logits and τ", (0, 1))):
                pair = (with_gradients(sample, of) for sample in (gj.gumbel_softmax, theirs))
                found.append((f"gumbel_softmax, gradients of {name}, {shape}", *pair, (key, logits, 0.5, weights)))
    for rows, classes in ((256, 131072), (4096, 1000), (64, 10)):
        logits = jax.random.normal(jax.random.key(2), (rows, classes))
        for mode in ("low", "high"):
            found.append(
                (
                    f"categorical, {rows} × {classes}, JAX's mode={mode}",
                    gj.categorical,
                    lambda k, x, mode=mode: jax.random.categorical(k, x, mode=mode),
                    (key, logits),
                )
            )
    one_row = jax.random.normal(jax.random.key(2), (1000,))
    draws = (10_000,)
    found.append(
        (
            "categorical, 10,000 draws of 1000 classes",
            lambda k, x: gj.categorical(k, x, shape=draws),
            lambda k, x: jax.random.categorical(k, x, shape=draws),
            (key, one_row),
        )
    )
    return found


def seconds(function: Callable[..., Any], arguments: tuple[Any, ...], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        jax.block_until_ready(function(*arguments))
    return (time.perf_counter() - start) / repeats


def measure(case: Case, rounds: int) -> str:
    name, ours, theirs, arguments = case
    functions = [jax.jit(ours), jax.jit(theirs)]
    for function in functions:
        jax.block_until_ready(function(*arguments))
    repeats = [max(1, int(0.02 / seconds(function, arguments, 1))) for function in functions]
    times: list[list[float]] = [[], []]
    for _ in range(rounds):
        for each, function, count in zip(times, functions, repeats):
            each.append(seconds(function, arguments, count))
    medians = [statistics.median(each) for each in times]
    ratios = sorted(b / a for a, b in zip(*times))
    quarter = len(ratios) // 4
    return (
        f"| {name} | {medians[0] * 1e6:,.0f} | {medians[1] * 1e6:,.0f} | {medians[1] / medians[0]:.1f} | "
        f"{ratios[quarter]:.1f} … {ratios[-1 - quarter]:.1f} |"
    )


def processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(
        f"{processor()}, {len(os.sched_getaffinity(0))} of {os.cpu_count()} cores, "
        f"load before {os.getloadavg()[0]:.1f}; gumbelcuda {gumbelcuda.__version__}, jax {version('jax')}, "
        f"jaxlib {version('jaxlib')}, Python {platform.python_version()}; {rounds} rounds\n"
    )
    print("| under jit | ours, µs | JAX, µs | ratio of medians | middle half of the rounds' ratios |")
    print("|---|---|---|---|---|")
    for case in cases():
        print(measure(case, rounds), flush=True)


if __name__ == "__main__":
    main()
