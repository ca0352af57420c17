# SPDX-License-Identifier: Apache-2.0
"""Every differentiable operation as a function of float64 tensors, for the tests that all of them have to pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gumbelcuda.torch as gt
import torch
from torch import Tensor

TAUS = ("tau", "q_tau")  # float32 inside, so finite differences of 1e-6 do not move them


@dataclass(frozen=True)
class Operation:
    call: Callable[..., Tensor]  # of the inputs, and of noise=... if it draws
    inputs: dict[str, Callable[[], Tensor]]
    draws: bool = True

    def make(self, dtype: torch.dtype = torch.float64, requires_grad: bool = True) -> dict[str, Tensor]:
        made = {name: make().to(dtype) for name, make in self.inputs.items()}
        return {name: value.detach().clone().requires_grad_(requires_grad) for name, value in made.items()}


def _rows() -> Tensor:
    return torch.randn(3, 4, dtype=torch.float64)


def _simplex() -> Tensor:
    return torch.softmax(_rows(), -1)


def _unit() -> Tensor:
    return torch.sigmoid(_rows())


def _scale() -> Tensor:
    return _rows().exp()


def _tau() -> Tensor:
    return torch.tensor(0.75, dtype=torch.float64)


def _taus() -> Tensor:
    return torch.tensor([[0.5], [0.75], [1.25]], dtype=torch.float64)


OPERATIONS: dict[str, Operation] = {
    "gumbel_softmax": Operation(
        lambda logits, tau, **n: gt.gumbel_softmax(logits, tau, **n), {"logits": _rows, "tau": _tau}
    ),
    "gumbel_softmax, tau per row": Operation(
        lambda logits, tau, **n: gt.gumbel_softmax(logits, tau, **n), {"logits": _rows, "tau": _taus}
    ),
    "relaxed_k_hot": Operation(
        lambda logits, tau, **n: gt.relaxed_k_hot(logits, 2, tau, **n), {"logits": _rows, "tau": _tau}
    ),
    "relaxed_bernoulli": Operation(
        lambda logits, tau, **n: gt.relaxed_bernoulli(logits, tau, **n), {"logits": _rows, "tau": _taus}
    ),
    "relaxed_bernoulli_log_prob": Operation(
        gt.relaxed_bernoulli_log_prob, {"logits": _rows, "y": _unit, "tau": _tau}, draws=False
    ),
    "concrete_log_prob": Operation(
        gt.concrete_log_prob, {"logits": _rows, "value": _simplex, "tau": _taus}, draws=False
    ),
    "concrete_log_prob, logarithms": Operation(
        lambda logits, value, tau: gt.concrete_log_prob(logits, value, tau, log_domain=True),
        {"logits": _rows, "value": lambda: _simplex().log(), "tau": _tau},
        draws=False,
    ),
    "concrete_kl_estimate": Operation(
        lambda p, q, tau, q_tau, **n: gt.concrete_kl_estimate(p, q, tau, q_tau, 3, **n),
        {"p": _rows, "q": _rows, "tau": _tau, "q_tau": _taus},
    ),
    "kl_divergence": Operation(gt.kl_divergence, {"p_logits": _rows, "q_logits": _rows}, draws=False),
    "gumbel_max, log_prob": Operation(
        lambda logits, **n: gt.gumbel_max(logits, log_prob=True, **n)[1], {"logits": _rows}
    ),
    "location_scale_sample": Operation(
        lambda location, scale, **n: gt.location_scale_sample(location, scale, **n),
        {"location": _rows, "scale": _scale},
    ),
    "location_scale_log_prob": Operation(
        lambda value, location, scale: gt.location_scale_log_prob(value, location, scale, "gaussian"),
        {"value": _rows, "location": _rows, "scale": _scale},
        draws=False,
    ),
}


def noise(operation: Operation, **address: Any) -> dict[str, Any]:
    return address if operation.draws else {}
