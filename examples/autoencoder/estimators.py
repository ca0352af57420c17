# SPDX-License-Identifier: Apache-2.0
"""Estimators of the gradient through the latent variables. Each gives a loss per image whose gradient is the
estimator's; its value is the negative evidence lower bound, in nats, of the variables that it samples."""
import math
from functools import partial

from .networks import decode, encode, log_likelihood

LEAST_TAU = 0.5


def annealed(progress):
    """max(.5, exp(-r t)) of Jang, Gu, Poole; r is such that half of the training ends at .5."""
    return max(LEAST_TAU, math.exp(math.log(LEAST_TAU) * progress / 0.5))


def constant(_):
    return 1.0


def relaxed(hard, kl, parameters, latent, x, encoded, tau, *where):
    """The relaxed sample, or with `hard` its one-hot limit with the relaxed sample's gradient (straight through)."""
    code = latent.relaxed(encoded, tau, hard, *where)
    return kl(latent, encoded, tau, *where) - log_likelihood(x, decode(parameters, code))


def exact_kl(latent, encoded, *_):
    """That of the discrete variables, as if they were what the decoder gets."""
    return latent.kl(encoded)


def concrete_kl(latent, encoded, tau, seeds, purpose, when):
    """That of the variables that the decoder gets, estimated from a sample: with it the objective is a bound again, of
    the relaxed model. Its noise is the code's: the same sample."""
    return latent.concrete_kl(encoded, tau, 1, seeds, purpose, when)


def rao(inner_samples, parameters, latent, x, encoded, tau, *where):
    code = latent.rao(encoded, tau, inner_samples, *where)
    return latent.kl(encoded) - log_likelihood(x, decode(parameters, code))


def score_function(parameters, latent, x, encoded, tau, *where):
    """d log q(code) × (log p(x | code) - baseline): no bias.

    The baseline is log p(x | mean code), the constant term of MuProp's (arXiv:1511.05176, equation 5), and the mean of
    what then remains over the other images of the batch. Neither depends on this image's sample.
    """
    code, log_q = latent.exact(encoded, *where)
    score = log_likelihood(x, decode(parameters, code))
    baseline = log_likelihood(x, decode(parameters, latent.mean(encoded))).detach()
    signal = score.detach() - baseline
    images = signal.shape[1]
    others = (signal.sum(1, keepdim=True) - signal) / (images - 1)
    signal = signal - others
    return latent.kl(encoded) - score - (signal * log_q - (signal * log_q).detach())


def location_scale(parameters, latent, x, encoded, tau, *where):
    code = latent.sample(encoded, *where)
    return latent.kl(encoded) - log_likelihood(x, decode(parameters, code))


# For each kind of latent variables: name, estimator, temperature.
ESTIMATORS = {
    "categorical": {
        "relaxed": (partial(relaxed, False, exact_kl), annealed),
        "relaxed, τ = 1": (partial(relaxed, False, exact_kl), constant),
        "relaxed, Concrete KL": (partial(relaxed, False, concrete_kl), annealed),
        "straight-through": (partial(relaxed, True, exact_kl), annealed),
        "straight-through, τ = 1": (partial(relaxed, True, exact_kl), constant),
        "Gumbel-Rao, K = 10": (partial(rao, 10), annealed),
        "score function": (score_function, None),
    },
    "binary": {
        "relaxed": (partial(relaxed, False, exact_kl), annealed),
        "straight-through": (partial(relaxed, True, exact_kl), annealed),
        "Gumbel-Rao, K = 2": (partial(rao, 2), annealed),
        "score function": (score_function, None),
    },
    "Gaussian": {"location and scale": (location_scale, None)},
}


def losses(estimator, parameters, latent, x, mean, progress, *where):
    """[models, images]. Models are independent, so the gradient of the sum is each model's own."""
    function, temperature = estimator
    tau = temperature(progress) if temperature else None
    return function(parameters, latent, x, encode(parameters, x, mean), tau, *where)
