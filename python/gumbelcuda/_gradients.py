# SPDX-License-Identifier: Apache-2.0
"""A plain function that is given a tensor of PyTorch with requires_grad is the function of the same name in
gumbelcuda.torch. Where there is none, it refuses the tensor itself (_arrays.py), so that no gradient is lost silently.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import Any


def with_gradients(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, gumbelcuda.<name>, for all arguments but tensors that require gradients. Noise is the same in both
    cases: fresh noise comes from gumbelcuda's default generator, and not from PyTorch's."""

    @functools.wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        torch = sys.modules.get("torch")
        if torch is not None and torch.is_grad_enabled():
            for value in (*arguments, *keywords.values()):
                if isinstance(value, torch.Tensor) and value.requires_grad and value is not keywords.get("out"):
                    return (_differentiable(name) or function)(*arguments, **keywords)
        return function(*arguments, **keywords)

    return call


def _differentiable(name: str) -> Callable[..., Any] | None:
    import gumbelcuda.torch
    from gumbelcuda.random import default_generator

    function = getattr(gumbelcuda.torch, name, None)
    if function is None:
        return None
    signature = inspect.signature(function)

    def call(*arguments: Any, **keywords: Any) -> Any:
        if "generator" in signature.parameters and all(
            keywords.get(source) is None for source in ("generator", "seed", "seeds")
        ):
            keywords["generator"] = default_generator()
        try:
            signature.bind(*arguments, **keywords)
        except TypeError as error:
            raise TypeError(
                f"{name}: an argument requires_grad, so this is gumbelcuda.torch.{name}{signature}: {error}"
            ) from None
        return function(*arguments, **keywords)

    return call
