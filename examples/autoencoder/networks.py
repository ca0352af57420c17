# SPDX-License-Identifier: Apache-2.0
"""A linear encoder and a linear decoder, of many models side by side: the first axis of everything counts models, and
one batched product serves all of them."""
import torch
from gumbelcuda.torch import location_scale_sample
from torch.nn.functional import softplus

from .noise import key


def initial(seeds, images, latent):
    """The parameters of len(seeds) models: weights of variance 1/inputs, biases with which a code of zeros gives each
    pixel's mean in the training set."""
    mean = images.training.mean(0)
    # Pixels that are always 0 get a finite bias: that of half an image in the set.
    least = 0.5 / len(images.training)
    odds = torch.logit(mean.clamp(least, 1 - least))

    def weights(inputs, outputs, offset):
        return torch.stack([location_scale_sample(torch.zeros(()), inputs ** -0.5, "gaussian", shape=(inputs, outputs),
                                                  seed=key(seed, "weights"), row=offset) for seed in seeds])

    parameters = {
        "encoder": weights(images.pixels, latent.encoded, 0),
        "encoder_bias": torch.zeros(len(seeds), 1, latent.encoded),
        "decoder": weights(latent.code, images.pixels, images.pixels),
        "decoder_bias": odds.expand(len(seeds), 1, -1).clone(),
    }
    for parameter in parameters.values():
        parameter.requires_grad_()
    return parameters, mean


def encode(parameters, x, mean):
    """[models, images, latent.encoded] of x [models, images, pixels]."""
    return torch.baddbmm(parameters["encoder_bias"], x - mean, parameters["encoder"])


def decode(parameters, code):
    """The pixels' log odds, [models, codes, pixels]."""
    return torch.baddbmm(parameters["decoder_bias"], code, parameters["decoder"])


def log_likelihood(x, odds):
    """log p(x | code) of binary pixels, [models, images]."""
    return (x * odds - softplus(odds)).sum(-1)
