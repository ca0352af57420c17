# SPDX-License-Identifier: Apache-2.0
"""The learning rate of each estimator: chosen by the validation bound, on seeds that the results do not use."""
import json
from pathlib import Path

import torch

from .estimators import ESTIMATORS
from .latents import LATENTS
from .train import train

CHOSEN = Path(__file__).with_name("rates.json")

# The list of Jang, Gu, Poole ends at 3e-3. Here trainings are shorter, and the loss is a batch's mean, so it goes on;
# its smaller rates learn next to nothing in so few steps.
CANDIDATES = (3e-3, 1e-2, 3e-2, 1e-1)
SEEDS = (100, 101)


def choose(data, images, steps, only, rates, log):
    """Trains each estimator of `only` at each rate, and writes the rate of the best mean over the seeds to rates.json."""
    chosen = json.loads(CHOSEN.read_text(encoding="utf-8")) if CHOSEN.is_file() else {}
    chosen.setdefault(data, {})
    for latent in LATENTS:
        for name, estimator in ESTIMATORS[latent.name].items():
            if f"{latent.name}: {name}" not in only:
                continue
            pairs = [(seed, rate) for rate in rates for seed in SEEDS]
            trained = train(images, latent, estimator, *zip(*pairs), steps)
            means = trained.best.view(len(rates), len(SEEDS)).mean(1)
            best = int(torch.argmax(means))
            chosen[data][f"{latent.name}: {name}"] = rates[best]
            log(f"{latent.name}: {name}: " + ", ".join(f"{rate:g} {mean:.2f}" for rate, mean in zip(rates, means)))
            CHOSEN.write_text(json.dumps(chosen, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def rate_of(data, latent, name):
    """Where no rate was chosen for a set, it is that of the digits."""
    chosen = json.loads(CHOSEN.read_text(encoding="utf-8"))
    return {**chosen["digits"], **chosen.get(data, {})}[f"{latent.name}: {name}"]
