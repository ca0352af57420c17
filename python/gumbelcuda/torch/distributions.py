# SPDX-License-Identifier: Apache-2.0
"""Distributions with the interface of torch.distributions, whose samples and densities are this library's.

What differs from torch's own of the same names:

- The temperature may be a number, a tensor with one number, or one per distribution of the batch, in the batch's shape
  or with a last dimension of length 1. log_prob has the batch's shape for all of them (pytorch#37162).
- At the boundary of the support, where samples at low temperatures lie, log_prob is the limit and not NaN
  (pytorch#18254); temperature 0 can be sampled from.
- Samples of the tails: Gumbel noise goes to 45, and no sample is infinite or NaN.
- Half precision is computed with as float32, and log_prob of the relaxed one-hot laws is float32 then. Otherwise
  log_prob has the type that torch's promotion gives, as there: float64 values keep their digits.
- expand() also expands the temperature, if it has one number per distribution.

Noise comes from PyTorch's default generator. Samples have gradients for logits and temperature, densities also for the
value; each can be differentiated once. torch.distributions.kl_divergence knows Gumbel and the straight-through law; of
two relaxed laws there is no closed form, but gumbelcuda.torch.concrete_kl_estimate.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import torch
from torch import Tensor
from torch.distributions import constraints, register_kl
from torch.distributions.distribution import Distribution
from torch.distributions.utils import broadcast_all, euler_constant, lazy_property, logits_to_probs, probs_to_logits

from gumbelcuda.torch.concrete import concrete_log_prob
from gumbelcuda.torch.gumbel import gumbel_softmax
from gumbelcuda.torch.kl_divergence import kl_divergence
from gumbelcuda.torch.location_scale import location_scale_log_prob, location_scale_sample
from gumbelcuda.torch.relaxed_bernoulli import relaxed_bernoulli, relaxed_bernoulli_log_prob

__all__ = ["Gumbel", "RelaxedBernoulli", "RelaxedOneHotCategorical", "RelaxedOneHotCategoricalStraightThrough"]


class _Relaxed(Distribution):
    """A law of a temperature and of probs or logits, of which the other is computed when it is asked for."""

    has_rsample = True
    temperature: Tensor
    _is_binary: bool

    def _set(self, temperature: Tensor | float, probs: Any, logits: Any) -> None:
        if (probs is None) == (logits is None):
            raise ValueError("probs, logits: give one of them, and not both")
        self._given = "probs" if logits is None else "logits"
        parameter = probs if logits is None else logits
        if not isinstance(parameter, Tensor):
            parameter = torch.as_tensor(parameter, dtype=torch.get_default_dtype())
        self.__dict__[self._given] = parameter
        if not isinstance(temperature, Tensor):
            temperature = torch.as_tensor(temperature, dtype=torch.get_default_dtype(), device=parameter.device)
        self.temperature = temperature

    @lazy_property
    def logits(self) -> Tensor:
        return probs_to_logits(self.probs, is_binary=self._is_binary)

    @lazy_property
    def probs(self) -> Tensor:
        return logits_to_probs(self.logits, is_binary=self._is_binary)

    @property
    def _parameter(self) -> Tensor:
        return self.__dict__[self._given]

    @property
    def param_shape(self) -> torch.Size:
        return self._parameter.shape

    def _new(self, *args: Any, **kwargs: Any) -> Tensor:
        return self._parameter.new(*args, **kwargs)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(temperature: {_brief(self.temperature)}, {self._given}: {_brief(self._parameter)})"
        )


def _brief(tensor: Tensor) -> str:
    return str(tensor if tensor.numel() == 1 else tensor.size())


class RelaxedOneHotCategorical(_Relaxed):
    """The Concrete law on the simplex (Maddison, Mnih, Teh, arXiv:1611.00712; Jang, Gu, Poole, arXiv:1611.01144).

    temperature: 0 or more; log_prob needs more. See the module's docstring for its shapes.
    probs, logits: one of them, of shape [batch..., classes]. A probability of 0 or a logit of -inf masks a class.
    """

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.independent(constraints.real, 1)}
    support = constraints.simplex
    _is_binary = False

    def __init__(
        self,
        temperature: Tensor | float,
        probs: Tensor | None = None,
        logits: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self._set(temperature, probs, logits)
        shape = self._parameter.shape
        if not shape:
            raise ValueError(f"{self._given}: a tensor without dimensions has no classes")
        if self._given == "probs":
            self.probs = self._parameter / self._parameter.sum(-1, keepdim=True)
        else:
            self.logits = self._parameter - self._parameter.logsumexp(-1, keepdim=True)
        super().__init__(shape[:-1], shape[-1:], validate_args=validate_args)
        self.temperature = _per_distribution(self.temperature, self.batch_shape)

    @lazy_property
    def logits(self) -> Tensor:
        """log probs: -inf, and not the logarithm of a tiny number, for a class of probability 0."""
        return self.probs.log()

    def expand(self, batch_shape: Any, _instance: Any = None) -> RelaxedOneHotCategorical:
        new = self._get_checked_instance(RelaxedOneHotCategorical, _instance)
        batch_shape = torch.Size(batch_shape)
        new._given = self._given
        new.__dict__[self._given] = self._parameter.expand(batch_shape + self.event_shape)
        new.temperature = _expanded(self.temperature, batch_shape)
        super(RelaxedOneHotCategorical, new).__init__(batch_shape, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        logits = self.logits.expand(self._extended_shape(sample_shape))
        return gumbel_softmax(logits, _unsqueezed(self.temperature, logits.shape[:-1]), self._hard)

    _hard = False

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value, _ = _promoted(self.logits, value, self.temperature)
        logits, value = torch.broadcast_tensors(logits, value)
        return concrete_log_prob(logits, value, _unsqueezed(self.temperature, logits.shape[:-1]))


class RelaxedOneHotCategoricalStraightThrough(RelaxedOneHotCategorical):
    """One-hot samples, with the gradient of the relaxed sample of the same noise.

    The samples are those of OneHotCategorical, and so is log_prob, that of a one-hot `value`.
    """

    support = constraints.one_hot  # type: ignore[assignment]
    _hard = True

    def expand(self, batch_shape: Any, _instance: Any = None) -> RelaxedOneHotCategoricalStraightThrough:
        new = self._get_checked_instance(RelaxedOneHotCategoricalStraightThrough, _instance)
        super().expand(batch_shape, _instance=new)
        return new

    @property
    def mean(self) -> Tensor:
        return self.probs

    @property
    def variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    @property
    def mode(self) -> Tensor:
        return torch.nn.functional.one_hot(self.logits.argmax(-1), self.event_shape[0]).to(self.logits.dtype)

    def entropy(self) -> Tensor:
        probs = self.probs
        return -(torch.where(probs > 0, self.logits, 0) * probs).sum(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value = torch.broadcast_tensors(self.logits, value)
        return logits.gather(-1, value.argmax(-1, keepdim=True)).squeeze(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        classes = self.event_shape[0]
        values = torch.eye(classes, dtype=self.logits.dtype, device=self.logits.device)
        values = values.view((classes,) + (1,) * len(self.batch_shape) + (classes,))
        return values.expand((classes,) + self.batch_shape + (classes,)) if expand else values

    has_enumerate_support = True


class RelaxedBernoulli(_Relaxed):
    """The relaxed Bernoulli law on [0, 1] (Maddison, Mnih, Teh, arXiv:1611.00712, appendix B).

    temperature: 0 or more, broadcast with probs or logits; log_prob needs more.
    probs, logits: one of them; numbers or tensors of any shape, which is the batch's.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    _is_binary = True

    def __init__(
        self,
        temperature: Tensor | float,
        probs: Tensor | float | None = None,
        logits: Tensor | float | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self._set(temperature, probs, logits)
        shape = torch.broadcast_shapes(self._parameter.shape, *_shape_of_many(self.temperature))
        self.__dict__[self._given] = self._parameter.expand(shape)
        super().__init__(shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> RelaxedBernoulli:
        new = self._get_checked_instance(RelaxedBernoulli, _instance)
        batch_shape = torch.Size(batch_shape)
        new._given = self._given
        new.__dict__[self._given] = self._parameter.expand(batch_shape)
        new.temperature = _expanded(self.temperature, batch_shape)
        super(RelaxedBernoulli, new).__init__(batch_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        logits, temperature = self._rows(self.logits.expand(self._extended_shape(sample_shape)))
        return relaxed_bernoulli(logits, temperature).reshape(self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        logits, value, _ = _promoted(self.logits, value, self.temperature)
        logits, value = torch.broadcast_tensors(logits, value)
        rows, temperature = self._rows(logits)
        return relaxed_bernoulli_log_prob(rows, value.reshape(rows.shape), temperature).reshape(logits.shape)

    def _rows(self, logits: Tensor) -> tuple[Tensor, Tensor]:
        """Each number is a row of its own if each has a temperature of its own."""
        if self.temperature.numel() == 1:
            return logits, self.temperature
        return logits.unsqueeze(-1), self.temperature.expand(logits.shape).unsqueeze(-1)


class Gumbel(Distribution):
    """The Gumbel law with location `loc` and scale `scale`, numbers or tensors, which are broadcast."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True

    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Gumbel:
        new = self._get_checked_instance(Gumbel, _instance)
        batch_shape = torch.Size(batch_shape)
        new.loc, new.scale = self.loc.expand(batch_shape), self.scale.expand(batch_shape)
        super(Gumbel, new).__init__(batch_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        loc, scale = _promoted(self.loc, self.scale)
        return location_scale_sample(loc, scale, "gumbel", shape=self._extended_shape(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        if self._validate_args:
            self._validate_sample(value)
        return location_scale_log_prob(*_promoted(value, self.loc, self.scale), "gumbel")

    def cdf(self, value: Tensor) -> Tensor:
        return torch.exp(-torch.exp((self.loc - value) / self.scale))

    def icdf(self, value: Tensor) -> Tensor:
        return self.loc - self.scale * torch.log(-torch.log(value))

    @property
    def mean(self) -> Tensor:
        return self.loc + self.scale * euler_constant

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return self.scale * (math.pi / math.sqrt(6))

    @property
    def variance(self) -> Tensor:
        return self.stddev.square()

    def entropy(self) -> Tensor:
        return self.scale.log() + (1 + euler_constant)


def _promoted(*tensors: Tensor) -> list[Tensor]:
    """All of one type: that of an expression of torch with all of them."""
    floating = [tensor for tensor in tensors if tensor.dtype.is_floating_point]
    decisive = [tensor for tensor in floating if tensor.dim() > 0] or floating
    dtype = functools.reduce(torch.promote_types, (tensor.dtype for tensor in decisive))
    return [tensor.to(dtype) for tensor in tensors]


def _shape_of_many(temperature: Tensor) -> tuple[torch.Size, ...]:
    return () if temperature.numel() == 1 else (temperature.shape,)


def _per_distribution(temperature: Tensor, batch_shape: torch.Size) -> Tensor:
    """One number, or one per distribution without the last dimension of length 1 that torch's class needs."""
    if temperature.numel() == 1:
        return temperature
    if temperature.shape == batch_shape:
        return temperature
    if temperature.shape[-1] == 1 and temperature.dim() == len(batch_shape) + 1:
        return temperature.squeeze(-1).expand(batch_shape)
    raise ValueError(
        f"temperature: {list(temperature.shape)} is neither one number nor one per distribution, {list(batch_shape)}, "
        f"which may be followed by a 1"
    )


def _expanded(temperature: Tensor, batch_shape: torch.Size) -> Tensor:
    return temperature if temperature.numel() == 1 else temperature.expand(batch_shape)


def _unsqueezed(temperature: Tensor, rows: torch.Size) -> Tensor:
    return temperature if temperature.numel() == 1 else temperature.expand(rows).unsqueeze(-1)


@register_kl(RelaxedOneHotCategoricalStraightThrough, RelaxedOneHotCategoricalStraightThrough)
def _kl_one_hot(p: RelaxedOneHotCategoricalStraightThrough, q: RelaxedOneHotCategoricalStraightThrough) -> Tensor:
    return kl_divergence(*torch.broadcast_tensors(p.logits, q.logits))


@register_kl(Gumbel, Gumbel)
def _kl_gumbel(p: Gumbel, q: Gumbel) -> Tensor:
    """E_p[log p - log q], with Gumbel moments: of the first term -log s_p - gamma - 1, of the second in closed form."""
    ratio = p.scale / q.scale
    shift = (p.loc - q.loc) / q.scale
    location = shift + ratio * euler_constant
    return -p.scale.log() - euler_constant - 1 + q.scale.log() + location + torch.exp(-shift + torch.lgamma(1 + ratio))
