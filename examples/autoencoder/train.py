# SPDX-License-Identifier: Apache-2.0
"""Training: SGD with momentum, many models of one estimator side by side, each with a seed and a learning rate."""
from typing import NamedTuple

import torch
from gumbelcuda.torch import gumbel_noise

from .bounds import bounds
from .estimators import losses
from .networks import initial
from .noise import key

BATCH = 100
MOMENTUM = 0.9
CHECKS = 10  # of the validation bound, in a training
CHECK_SAMPLES = 5


class Trained(NamedTuple):
    parameters: dict  # those of the best validation bound
    mean: torch.Tensor
    history: torch.Tensor  # [checks, models]: the validation bound
    best: torch.Tensor  # [models]


def order(seeds, images, epoch):
    """A permutation of the training set for each model. Stable, so that equal numbers cannot make a difference."""
    noise = [gumbel_noise(images, seed=key(seed, "order"), row=epoch) for seed in seeds]
    return torch.stack(noise).argsort(dim=1, stable=True)


def train(images, latent, estimator, seeds, rates, steps):
    """Models of seeds[i] and rates[i]."""
    parameters, mean = initial(seeds, images, latent)
    velocity = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    kept = {name: parameter.detach().clone() for name, parameter in parameters.items()}
    rates = torch.tensor(rates).view(-1, 1, 1)
    batches = len(images.training) // BATCH
    history, best = [], torch.full((len(seeds),), -torch.inf)
    for step in range(steps):
        if step % batches == 0:
            places = order(seeds, len(images.training), step // batches)
        first = step % batches * BATCH
        x = images.training[places[:, first:first + BATCH]]
        loss = losses(estimator, parameters, latent, x, mean, step / steps, seeds, "training", step)
        loss.mean(1).sum().backward()
        with torch.no_grad():
            for name, parameter in parameters.items():
                velocity[name].mul_(MOMENTUM).add_(parameter.grad)
                parameter.addcmul_(velocity[name], rates, value=-1)
                parameter.grad = None
        if (step + 1) * CHECKS // steps > step * CHECKS // steps:
            found = bounds(parameters, latent, images.validation, mean, CHECK_SAMPLES, seeds, "validation", step)
            found = found.elbo.mean(1).nan_to_num(nan=-torch.inf)  # NaN: diverged
            history.append(found)
            better = found > best
            best = torch.where(better, found, best)
            for name, parameter in parameters.items():
                kept[name] = torch.where(better.view(-1, 1, 1), parameter.detach(), kept[name])
    return Trained(kept, mean, torch.stack(history), best)
