# SPDX-License-Identifier: Apache-2.0
"""The three kinds of latent variables: what the encoder's numbers mean, samples of them, and KL divergences from the
prior, which is uniform or standard normal. In all of them `encoded` is [models, images, numbers], and a code, what the
decoder gets, [models, images, self.code]."""
import math

import torch
from gumbelcuda.torch import (concrete_kl_estimate, gumbel_max, gumbel_rao, gumbel_softmax, kl_divergence,
                              location_scale_log_prob, location_scale_sample, relaxed_bernoulli)
from torch.nn.functional import softplus

from .noise import address


class Categorical:
    """`variables` variables of `classes` classes; the code is their one-hot vectors."""

    name = "categorical"

    def __init__(self, variables=20, classes=10):
        self.variables, self.classes = variables, classes
        self.code = self.encoded = variables * classes

    def __str__(self):
        return f"{self.variables}×{self.classes} categorical"

    def logits(self, encoded):
        return encoded.unflatten(-1, (self.variables, self.classes))

    def to_code(self, sample):
        return sample.flatten(-2)

    def _noise(self, logits, draws, seeds, purpose, when):
        return address(seeds, purpose, when, logits.shape[1:-1], draws * ((logits.shape[-1] + 3) // 4 * 4))

    def relaxed(self, encoded, tau, hard, *where):
        logits = self.logits(encoded)
        return self.to_code(gumbel_softmax(logits, tau, hard, **self._noise(logits, 1, *where)))

    def rao(self, encoded, tau, inner, *where):
        logits = self.logits(encoded)
        return self.to_code(gumbel_rao(logits, tau, inner, **self._noise(logits, 1 + inner, *where)))

    def exact(self, encoded, *where):
        """A code and its log-probability, which has a gradient."""
        logits = self.logits(encoded)
        index, log_prob = gumbel_max(logits, log_prob=True, **self._noise(logits, 1, *where))
        one_hot = torch.zeros_like(logits).scatter_(-1, index.unsqueeze(-1), 1)
        return self.to_code(one_hot), log_prob.sum(-1)

    def mean(self, encoded):
        return self.to_code(self.logits(encoded).softmax(-1))

    def kl(self, encoded):
        """The exact divergence of the discrete variables, [models, images]."""
        logits = self.logits(encoded)
        return kl_divergence(logits, torch.zeros_like(logits)).sum(-1)

    def concrete_kl(self, encoded, tau, samples, *where):
        """An estimate of the divergence of the relaxed variables, posterior and prior at the same temperature."""
        logits = self.logits(encoded)
        noise = self._noise(logits, samples, *where)
        return concrete_kl_estimate(logits, torch.zeros_like(logits), tau, tau, samples, **noise).sum(-1)

    def drawn(self, encoded, *where):
        """What a bound needs of an image's sample: a code, and log p(code) - log q(code | image)."""
        code, log_q = self.exact(encoded, *where)
        return code, -self.variables * math.log(self.classes) - log_q

    def prior(self, models, count, *where):
        return self.exact(torch.zeros(models, count, self.encoded), *where)[0]


class Binary(Categorical):
    """`variables` bits. A bit is the first of two classes, whose second has the logit 0."""

    name = "binary"

    def __init__(self, variables=200):
        super().__init__(variables, 2)
        self.code = self.encoded = variables

    def __str__(self):
        return f"{self.variables} binary"

    def logits(self, encoded):
        return torch.stack((encoded, torch.zeros_like(encoded)), -1)

    def to_code(self, sample):
        return sample[..., 0]

    def relaxed(self, encoded, tau, hard, *where):
        return relaxed_bernoulli(encoded, tau, hard, **address(*where, encoded.shape[1:-1], self.variables))

    def exact(self, encoded, *where):
        bits = self.relaxed(encoded.detach(), 0.0, False, *where)
        return bits, (bits * encoded - softplus(encoded)).sum(-1)

    def mean(self, encoded):
        return encoded.sigmoid()

    def kl(self, encoded):
        # What kl_divergence gives of the two classes, in fewer numbers.
        return (encoded * encoded.sigmoid() - softplus(encoded) + math.log(2)).sum(-1)


class Gaussian:
    """`variables` independent normal variables: location, and logarithm of scale."""

    name = "Gaussian"

    def __init__(self, variables=200):
        self.variables = self.code = variables
        self.encoded = 2 * variables

    def __str__(self):
        return f"{self.variables} Gaussian"

    def parts(self, encoded):
        location, log_scale = encoded.chunk(2, -1)
        return location, log_scale.exp()

    def sample(self, encoded, *where):
        location, scale = self.parts(encoded)
        noise = address(*where, location.shape[1:-1], self.variables)
        return location_scale_sample(location, scale, "gaussian", **noise)

    def kl(self, encoded):
        location, log_scale = encoded.chunk(2, -1)
        return 0.5 * (location.square() + (2 * log_scale).expm1() - 2 * log_scale).sum(-1)

    def drawn(self, encoded, *where):
        code = self.sample(encoded, *where)
        location, scale = self.parts(encoded)
        ratio = location_scale_log_prob(code, 0.0, 1.0, "gaussian") - location_scale_log_prob(
            code, location, scale, "gaussian")
        return code, ratio.sum(-1)

    def mean(self, encoded):
        return self.parts(encoded)[0]

    def prior(self, models, count, *where):
        return self.sample(torch.zeros(models, count, self.encoded), *where)


LATENTS = (Categorical(), Binary(), Gaussian())
