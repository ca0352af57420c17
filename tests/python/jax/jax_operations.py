# SPDX-License-Identifier: Apache-2.0
"""Every function of gumbelcuda.jax with arguments to try it with, so that a property is tested for all of them. A
function that is missing here fails jax_table_test.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import gumbelcuda.jax as gj


@dataclass(frozen=True)
class Operation:
    name: str
    run: Callable[..., Any]  # run(key, *arrays) or, without noise, run(*arrays)
    arrays: tuple[str, ...]  # what each array is, see make()
    draws: bool = True
    differentiable: tuple[int, ...] = ()  # arrays with gradients
    rowwise: bool = True  # a row's result depends on nothing but the row and its address

    def __str__(self) -> str:
        return self.name


def make(kind: str, rows: int, classes: int, dtype: Any, seed: int) -> np.ndarray:
    """An array for rows of classes. tau is a number of float32 whatever the type, so that rounding it changes
    nothing."""
    rng = np.random.default_rng([seed, rows, classes])
    logits = rng.normal(size=(rows, classes))
    if kind == "logits":
        return logits.astype(dtype)
    if kind == "relaxed":  # rows that sum to 1
        return (np.exp(logits) / np.exp(logits).sum(1, keepdims=True)).astype(dtype)
    if kind == "shares":  # in (0, 1)
        return (1 / (1 + np.exp(logits))).astype(dtype)
    if kind == "scale":
        return np.exp(logits).astype(dtype)
    if kind == "tau":
        return (rng.integers(1, 8, rows) / 4).astype(np.float32)
    if kind == "index":
        return rng.integers(0, classes, rows).astype(np.int32)
    raise AssertionError(kind)


OPERATIONS = [
    Operation("gumbel_noise", lambda key, like: gj.gumbel_noise(key, like.shape, like.dtype), ("logits",)),
    Operation("gumbel_max", gj.gumbel_max, ("logits",)),
    Operation("gumbel_softmax", gj.gumbel_softmax, ("logits", "tau"), differentiable=(0, 1)),
    Operation("gumbel_softmax, hard", lambda *a: gj.gumbel_softmax(*a, hard=True), ("logits", "tau")),
    Operation("categorical", gj.categorical, ("logits",)),
    Operation(
        "categorical, 3 draws", lambda k, x: gj.categorical(k, x, shape=(3, *x.shape[:-1])), ("logits",), rowwise=False
    ),
    Operation(
        "categorical, no replacement",
        lambda k, x: gj.categorical(k, x, shape=(3, *x.shape[:-1]), replace=False),
        ("logits",),
        rowwise=False,
    ),
    Operation(
        "categorical_sample",
        lambda k, x, t: gj.categorical_sample(k, x, temperature=t, top_k=4, top_p=0.9, min_p=0.01, draws=2),
        ("logits", "tau"),
    ),
    Operation("gumbel_top_k", lambda k, x: gj.gumbel_top_k(k, x, 3), ("logits",)),
    Operation("relaxed_k_hot", lambda k, x, t: gj.relaxed_k_hot(k, x, 2, t), ("logits", "tau"), differentiable=(0, 1)),
    Operation("relaxed_k_hot, hard", lambda k, x, t: gj.relaxed_k_hot(k, x, 2, t, hard=True), ("logits", "tau")),
    Operation("relaxed_bernoulli", gj.relaxed_bernoulli, ("logits", "tau"), differentiable=(0, 1)),
    Operation("relaxed_bernoulli, hard", lambda *a: gj.relaxed_bernoulli(*a, hard=True), ("logits", "tau")),
    Operation(
        "relaxed_bernoulli_log_prob",
        gj.relaxed_bernoulli_log_prob,
        ("logits", "shares", "tau"),
        draws=False,
        differentiable=(0, 1, 2),
    ),
    Operation(
        "concrete_log_prob", gj.concrete_log_prob, ("logits", "relaxed", "tau"), draws=False, differentiable=(0, 1, 2)
    ),
    Operation(
        "concrete_log_prob, log_domain",
        lambda *a: gj.concrete_log_prob(*a, log_domain=True),
        ("logits", "logits", "tau"),
        draws=False,
        differentiable=(0, 1, 2),
    ),
    Operation(
        "concrete_kl_estimate",
        lambda *a: gj.concrete_kl_estimate(*a, samples=3),
        ("logits", "logits", "tau", "tau"),
        differentiable=(0, 1, 2, 3),
    ),
    Operation("kl_divergence", gj.kl_divergence, ("logits", "logits"), draws=False, differentiable=(0, 1)),
    Operation("gumbel_rao", gj.gumbel_rao, ("logits", "tau")),
    Operation("conditional_gumbel", gj.conditional_gumbel, ("logits", "index")),
    Operation("location_scale_sample", gj.location_scale_sample, ("logits", "scale"), differentiable=(0, 1)),
    Operation(
        "location_scale_sample, gaussian",
        lambda *a: gj.location_scale_sample(*a, law="gaussian"),
        ("logits", "scale"),
        differentiable=(0, 1),
    ),
    Operation(
        "location_scale_log_prob",
        gj.location_scale_log_prob,
        ("logits", "logits", "scale"),
        draws=False,
        differentiable=(0, 1, 2),
    ),
    Operation(
        "location_scale_log_prob, gaussian",
        lambda *a: gj.location_scale_log_prob(*a, law="gaussian"),
        ("logits", "logits", "scale"),
        draws=False,
        differentiable=(0, 1, 2),
    ),
]
DRAWING = [operation for operation in OPERATIONS if operation.draws]


def arrays_of(operation: Operation, rows: int, classes: int, dtype: Any = np.float32) -> list[jax.Array]:
    return [jnp.asarray(make(kind, rows, classes, dtype, seed)) for seed, kind in enumerate(operation.arrays)]


def same_bytes(a: Any, b: Any) -> bool:
    """Whether two results, arrays or tuples of arrays, are the same bytes in the same shapes and types."""
    a, b = jax.tree.leaves(a), jax.tree.leaves(b)
    return len(a) == len(b) and all(
        x.shape == y.shape and x.dtype == y.dtype and np.asarray(x).tobytes() == np.asarray(y).tobytes()
        for x, y in zip(a, b)
    )
