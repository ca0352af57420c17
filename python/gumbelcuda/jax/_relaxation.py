# SPDX-License-Identifier: Apache-2.0
"""What Gumbel-softmax, relaxed k-hot and relaxed Bernoulli samples have in common: y, a hard sample beside it, and the
same gradients for logits and tau."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax.custom_derivatives import SymbolicZero

from ._call import COMPUTED, ROWS, call, float32_of
from ._rows import sum_to


def relaxation(operation: str, hard_name: str) -> Callable[..., jax.Array]:
    """The operation as f(hard, settings, seed, first_row, logits, tau) on rows [rows, classes], with tau [1] or [rows].

    `hard_name` is the library's name of the hard sample; `settings` are pairs of a name and a number. The backward pass
    has y from the forward pass: to compute it again would take longer than to keep it.
    """

    def results(wanted: list[str], settings: Any, seed: Any, first_row: Any, logits: Any, tau: Any) -> list[jax.Array]:
        operands = {"seed": seed, "first_row": first_row, "logits": logits, "temperature": float32_of(tau)}
        shapes = {name: (logits.shape, ROWS) for name in wanted}
        return call(operation, *logits.shape, logits.dtype, operands, shapes, **dict(settings))

    @partial(jax.custom_vjp, nondiff_argnums=(0, 1))
    def sample(hard: bool, settings: Any, *operands: Any) -> jax.Array:
        return results([hard_name if hard else "y"], settings, *operands)[0]

    def forward(hard: bool, settings: Any, *primals: Any) -> tuple[jax.Array, tuple[Any, ...]]:
        operands = jax.tree.map(lambda primal: primal.value, primals)
        *hard_sample, y = results([hard_name, "y"] if hard else ["y"], settings, *operands)
        # Whether tau has a gradient is a matter of structure, since numbers among what is saved would be traced.
        is_tau_wanted = () if primals[-1].perturbed else None
        return (hard_sample[0] if hard else y), (y, operands[-1], is_tau_wanted)

    def backward(hard: bool, settings: Any, saved: tuple[Any, ...], d_y: Any) -> tuple[Any, ...]:
        if isinstance(d_y, SymbolicZero):
            return None, None, None, None
        y, tau, is_tau_wanted = saved
        operands = {"y": y, "d_y": d_y, "temperature": float32_of(tau)}
        shapes: dict[str, Any] = {"d_logits": (y.shape, ROWS)}
        if is_tau_wanted is not None:
            shapes["d_temperature"] = (y.shape[:1], COMPUTED)
        d_logits, *d_tau = call(f"{operation}_vjp", *y.shape, y.dtype, operands, shapes)
        return None, None, d_logits, sum_to(d_tau[0], tau) if d_tau else None

    sample.defvjp(forward, backward, symbolic_zeros=True)
    return sample
