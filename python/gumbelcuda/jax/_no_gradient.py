# SPDX-License-Identifier: Apache-2.0
"""Results without gradients: drawn classes may be used in a loss, as those of jax.random.categorical, but a gradient
through a number that has none here is an error, not a silent 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
from jax.custom_derivatives import SymbolicZero


def without_gradient(name: str, function: Callable[..., Any], *operands: Any) -> Any:
    """function(*operands), of whose results only integers may be on the way to a loss that is differentiated."""
    wrapped = jax.custom_vjp(function)

    def forward(*primals: Any) -> tuple[Any, Any]:
        values = jax.tree.map(lambda primal: primal.value, primals)
        return function(*values), jax.tree.map(lambda primal: None, primals)

    def backward(nothing: Any, cotangents: Any) -> Any:
        for cotangent in jax.tree.leaves(cotangents):
            if not isinstance(cotangent, SymbolicZero) and cotangent.dtype != jax.dtypes.float0:
                raise TypeError(
                    f"{name}: its results have no gradients; put jax.lax.stop_gradient around the result, or compute "
                    "it from logits"
                )
        return tuple(None for _ in operands)

    wrapped.defvjp(forward, backward, symbolic_zeros=True)
    return wrapped(*operands)
