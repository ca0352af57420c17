# SPDX-License-Identifier: Apache-2.0
"""Operators of torch.library that cost nothing of it in eager code.

PyTorch's dispatcher is needed where something records, transforms or replaces calls: torch.compile, make_fx, vmap,
torch.func.grad, fake tensors, other subclasses. There an `Operator` is torch.ops.gumbelcuda.<name>. Everywhere else the
same functions are called directly; only torch.autograd.Function stands between, and that only if a gradient is wanted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from gumbelcuda.torch._call import Noise

_PLAIN = frozenset({Tensor, torch.nn.Parameter, type(None), float, int, bool})
_active_transforms = torch._C._are_functorch_transforms_active
_dispatch_modes = torch._C._len_torch_dispatch_stack
_is_tracing = torch._C._get_tracing_state
_is_grad_enabled = torch.is_grad_enabled
_is_compiling = torch.compiler.is_compiling
_is_batched = torch._C._functorch.is_legacy_batchedtensor


def traced(*tensors: object) -> bool:
    """Whether a call with these arguments must go through PyTorch's dispatcher."""
    if _is_compiling():
        return True
    if _active_transforms() or _dispatch_modes() or _is_tracing() is not None:
        return True
    for tensor in tensors:
        if type(tensor) not in _PLAIN:
            return True
    return False


def traced_backward(*tensors: object) -> bool:
    """The same in a backward pass, whose gradients may be batched (torch.autograd.grad with is_grads_batched=True)."""
    if traced(*tensors):
        return True
    for tensor in tensors:
        if isinstance(tensor, Tensor) and _is_batched(tensor):
            return True
    return False


class Operator:
    """torch.ops.gumbelcuda.<name>, and the direct way to what it does.

    schema: the operator's, without its name. Operators that draw end with the members of a Noise, which the functions
        below get as one argument.
    allocate: makes the results, uninitialised, from the arguments; it is the operator's fake kernel, too. One of a
        tuple may be None if it is not wanted; in the schema it is an empty tensor.
    compute: fills them: compute(results, *arguments).
    tensors: how many of the arguments, from the first on, are tensors. A float among them, called directly, is τ.
    draws: vmap then makes one call per example, otherwise one of all.
    kept: how many of the results, from the last on, are only kept for the backward pass.
    setup, backward: as torch.library.register_autograd takes them; backward gives the gradients of the first
        `tensors` arguments.
    twice: backward is made of operations that can be differentiated again.
    """

    def __init__(
        self,
        name: str,
        schema: str,
        allocate: Callable[..., Any],
        compute: Callable[..., None],
        *,
        tensors: int,
        draws: bool = False,
        kept: int = 0,
        setup: Callable[..., None] | None = None,
        backward: Callable[..., Any] | None = None,
        twice: bool = False,
    ) -> None:
        self.tensors, self.draws, self.kept = tensors, draws, kept

        def run(*arguments: Any) -> Any:
            results = allocate(*arguments)
            compute(results, *arguments)
            return results

        def flat(function: Callable[..., Any]) -> Callable[..., Any]:
            def of_schema(*arguments: Any) -> Any:
                inputs = (*arguments[:-6], Noise(*arguments[-6:])) if draws else arguments
                results = function(*inputs)
                if isinstance(results, tuple):
                    return tuple(arguments[0].new_empty(0) if one is None else one for one in results)
                return results

            return of_schema

        def flat_setup(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            if setup is not None:
                setup(ctx, (*inputs[:-6], Noise(*inputs[-6:])) if draws else inputs, output)

        def flat_backward(ctx: Any, *gradients: Any) -> tuple[Any, ...]:
            if backward is None:
                raise NotImplementedError(f"gumbelcuda's {name} is not differentiable, or not twice")
            found = backward(ctx, *gradients)
            return (*found, *(None,) * (len(ctx.needs_input_grad) - len(found)))

        self.run = run
        self.function = _function(name, run, setup, backward, kept, twice) if backward is not None else None
        definition = torch.library.custom_op(f"gumbelcuda::{name}", flat(run), mutates_args=(), schema=schema)
        definition.register_fake(flat(allocate))
        if backward is not None:
            definition.register_autograd(flat_backward, setup_context=flat_setup)
        self.dispatched = getattr(torch.ops.gumbelcuda, name).default
        batching = _one_call_each if draws else _one_call
        definition.register_vmap(functools.partial(batching, self.dispatched))
        self.transformed = _transformed(name, flat(run), flat_setup, flat_backward, batching)

    def __call__(self, recorded: bool, *arguments: Any) -> Any:
        """recorded: what `traced` says about the arguments."""
        if recorded:
            return self._through_dispatcher(arguments)
        tensors = arguments[: self.tensors]
        if forward_ad._current_level >= 0:
            _refuse_tangents(tensors)
        if self.function is not None and _is_grad_enabled():
            for tensor in tensors:
                if isinstance(tensor, Tensor) and tensor.requires_grad:
                    return self.function.apply(*tensors, arguments[self.tensors :])
        results = self.run(*arguments)
        return _visible(results, self.kept) if self.kept else results

    def _through_dispatcher(self, arguments: tuple[Any, ...]) -> Any:
        first = arguments[0]
        flat = [
            (
                torch.full((1,) * first.dim(), argument, dtype=torch.float32, device=first.device)
                if place < self.tensors and not isinstance(argument, Tensor)
                else argument
            )
            for place, argument in enumerate(arguments)
        ]
        if self.draws:
            flat[-1:] = arguments[-1]
        if torch.compiler.is_compiling() or not _active_transforms():
            results = self.dispatched(*flat)
        else:
            results = self.transformed.apply(*flat)
        return _visible(results, self.kept) if self.kept else results


def _visible(results: Any, kept: int) -> Any:
    return results[0] if len(results) == kept + 1 else results[:-kept]


def _function(
    name: str,
    run: Callable[..., Any],
    setup: Callable[..., None] | None,
    backward: Callable[..., Any],
    kept: int,
    twice: bool,
) -> type[torch.autograd.Function]:
    """The operator for eager code. All arguments but the tensors are one, since autograd takes time for each."""

    def forward(ctx: Any, *arguments: Any) -> Any:
        inputs = (*arguments[:-1], *arguments[-1])
        results = run(*inputs)
        if setup is not None:
            setup(ctx, inputs, results)
        return _visible(results, kept) if kept else results

    def differentiate(ctx: Any, *gradients: Any) -> Any:
        if twice or not _is_grad_enabled():
            return (*backward(ctx, *gradients), None)
        with torch.no_grad():
            found = backward(ctx, *gradients)
        depends_on = [tensor for tensor in (*gradients, *ctx.saved_tensors) if isinstance(tensor, Tensor)]
        return (*(None if one is None else _Once.apply(name, one, *depends_on) for one in found), None)

    members = {"forward": staticmethod(forward), "backward": staticmethod(differentiate)}
    return type(name, (torch.autograd.Function,), members)


class _Once(torch.autograd.Function):
    """A gradient that cannot be differentiated again. Other than torch's once_differentiable it leaves the gradient in
    the graph of what it depends on, so that a second derivative is an error, and never a zero or `None`."""

    @staticmethod
    def forward(ctx: Any, name: str, gradient: Tensor, *depends_on: Tensor) -> Tensor:
        ctx.name = name
        return gradient.view_as(gradient)

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Any:
        raise NotImplementedError(f"gumbelcuda's {ctx.name} is not differentiable twice")


def _transformed(
    name: str,
    run: Callable[..., Any],
    setup: Callable[..., None],
    backward: Callable[..., Any],
    batching: Callable[..., Any],
) -> type[torch.autograd.Function]:
    """The operator for the transforms of torch.func. They refuse the autograd functions that torch.library makes
    (pytorch#170834); and this form costs 18 us more a call than that of `_function`."""

    def vmap(info: Any, in_dims: tuple[int | None, ...], *arguments: Any) -> Any:
        return batching(transformed.apply, info, in_dims, *arguments)

    members = {"forward": run, "setup_context": setup, "backward": backward, "vmap": vmap}
    statics = {key: staticmethod(value) for key, value in members.items()}
    transformed: Any = type(name, (torch.autograd.Function,), statics)
    return transformed


def _refuse_tangents(tensors: tuple[object, ...]) -> None:
    for tensor in tensors:
        if isinstance(tensor, Tensor) and forward_ad.unpack_dual(tensor).tangent is not None:
            raise NotImplementedError("gumbelcuda has no forward-mode derivatives; use reverse mode")


def _one_call(operator: Callable[..., Any], info: Any, in_dims: tuple[int | None, ...], *arguments: Any) -> Any:
    """vmap of what draws nothing: the examples are a leading dimension, since `dim` counts from the end."""
    batched = [
        (
            argument.movedim(place, 0)
            if place is not None
            else (
                argument.unsqueeze(0).expand(info.batch_size, *argument.shape)
                if isinstance(argument, Tensor)
                else argument
            )
        )
        for argument, place in zip(arguments, in_dims)
    ]
    results = operator(*batched)
    return results, 0 if isinstance(results, Tensor) else (0,) * len(results)


def _one_call_each(operator: Callable[..., Any], info: Any, in_dims: tuple[int | None, ...], *arguments: Any) -> Any:
    """vmap of what draws: one call per example, each with the noise that it would have alone."""
    each = [
        operator(
            *(
                argument if place is None else argument.select(place, example)
                for argument, place in zip(arguments, in_dims)
            )
        )
        for example in range(info.batch_size)
    ]
    if isinstance(each[0], Tensor):
        return torch.stack(each), 0
    return tuple(torch.stack(results) for results in zip(*each)), (0,) * len(each[0])
