# SPDX-License-Identifier: Apache-2.0
"""What is measured of trained models on the test set, and the table."""
import math
from typing import NamedTuple

import torch

from .bounds import bounds
from .estimators import LEAST_TAU
from .latents import Gaussian
from .networks import encode
from .train import Trained

CONCRETE_SAMPLES = 64
TRAINING_SAMPLES = 20
# Negative bounds of Jang, Gu, Poole, arXiv:1611.01144, table 1, on all of MNIST.
THEIRS = {"categorical": (101.5, 107.8), "binary": (105.0, 111.5)}


class Result(NamedTuple):
    latent: object
    name: str
    rate: float
    trained: Trained
    training: torch.Tensor  # [seeds], the evidence lower bound of as many training images as there are test images
    elbo: torch.Tensor  # [seeds], of the test set
    tight: torch.Tensor  # [seeds], the bound of many samples
    kl: torch.Tensor  # [seeds], exact
    concrete_kl: torch.Tensor | None  # [seeds], of the relaxed variables at the last temperature


@torch.no_grad()
def measure(images, latent, name, rate, seeds, trained, samples):
    parameters, mean, test = trained.parameters, trained.mean, images.test
    found = bounds(parameters, latent, test, mean, samples, seeds, "test")
    # Rows that bounds() does not reach with the test set: it counts images × samples.
    beyond = (len(test) + 1) * samples
    seen = bounds(parameters, latent, images.training[:len(test)], mean, TRAINING_SAMPLES, seeds, "test", beyond)
    encoded = encode(parameters, test.expand(len(seeds), -1, -1), mean)
    concrete = None
    if not isinstance(latent, Gaussian):
        concrete = latent.concrete_kl(encoded, LEAST_TAU, CONCRETE_SAMPLES, seeds, "test", beyond - 1).mean(1)
    return Result(latent, name, rate, trained, seen.elbo.mean(1), found.elbo.mean(1), found.tight.mean(1),
                  latent.kl(encoded).mean(1), concrete)


def spread(values, digits=2):
    return f"{values.mean():.{digits}f} ± {values.std():.{digits}f}"


def difference(results, latent, first, second):
    """Of their negative bounds, seed by seed: two estimators share seed, first weights and batches."""
    bound = {result.name: result.tight for result in results if result.latent.name == latent}
    if first not in bound or second not in bound:
        return ""
    apart = bound[second] - bound[first]
    error = apart.std() / math.sqrt(len(apart))
    theirs = f"; theirs: {THEIRS[latent][0] - THEIRS[latent][1]:.1f}" if second == "straight-through" else ""
    return f"{latent}: {first} less {second}: {apart.mean():.2f} ± {error:.2f}{theirs}\n"


def table(data, steps, samples, images, results):
    head = ["latent variables", "estimator", "rate", "training - ELBO", "test - ELBO", f"- bound of {samples}", "KL",
            "Concrete KL"]
    rows = [[str(r.latent), r.name, f"{r.rate:g}", spread(-r.training), spread(-r.elbo), spread(-r.tight), spread(r.kl),
             "" if r.concrete_kl is None else spread(r.concrete_kl)] for r in results]
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) if i < 2 else cell.rjust(width)
                       for i, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in (head, *rows)]
    seeds = len(results[0].tight)
    text = (f"{data}: {len(images.training)} training images, {steps} steps, {len(images.test)} test images; nats, "
            f"mean ± standard deviation of {seeds} seeds\n\n" + "\n".join(lines) + "\n")
    pairs = [difference(results, latent, *names) for latent in THEIRS for names in (
        ("relaxed", "straight-through"), ("relaxed", "relaxed, τ = 1"),
        ("straight-through", "straight-through, τ = 1"), ("relaxed", "relaxed, Concrete KL"),
        ("relaxed", "Gumbel-Rao, K = 10"), ("relaxed", "Gumbel-Rao, K = 2"), ("relaxed", "score function"))]
    if any(pairs):
        text += ("\nDifferences of the negative bounds, seed by seed, mean ± standard error; below 0 the first is better:"
                 "\n" + "".join(pairs))
    return text
