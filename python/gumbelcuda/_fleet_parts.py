# SPDX-License-Identifier: Apache-2.0
"""Puts a fleet together that was trained in parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gumbelcuda.fleet_result import PER_GAN, FleetResult

ARRAYS = ("distribution", "logits", "weights", "bias", "generator_loss", "discriminator_loss")
SHARED = ("epochs", "steps_per_epoch", "batch_size", "generator_steps", "seed")


def concatenate(parts: Sequence[FleetResult]) -> FleetResult:
    if not parts:
        raise ValueError("parts: there are none")
    first = parts[0]
    gan = first.settings["first_gan"]
    for i, part in enumerate(parts):
        if part.settings["first_gan"] != gan:
            raise ValueError(f"parts: number {i} begins with GAN {part.settings['first_gan']}, not {gan}")
        for name in SHARED:
            if part.settings[name] != first.settings[name]:
                raise ValueError(f"parts: number {i} has {name} {part.settings[name]}, not {first.settings[name]}")
        if not np.array_equal(part.target, first.target):
            raise ValueError(f"parts: number {i} has target {part.target}, not {first.target}")
        gan += part.num_gans
    arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ARRAYS}
    spent = [part.seconds for part in parts if part.seconds is not None]
    return FleetResult(
        **arrays,
        history=joined_histories(parts),
        settings=first.settings | {name: joined_setting(name, parts) for name in PER_GAN},
        backend=first.backend,
        hardware=first.hardware,
        threads=first.threads,
        seconds=sum(spent) if len(spent) == len(parts) else None,
    )


def joined_histories(parts: Sequence[FleetResult]) -> np.ndarray | None:
    """Those of the first GANs, without a gap."""
    kept = []
    for part in parts:
        if part.history is not None:
            kept.append(part.history)
        if part.history is None or len(part.history) < part.num_gans:
            break
    return np.concatenate(kept) if kept else None


def joined_setting(name: str, parts: Sequence[FleetResult]) -> np.ndarray:
    values = [part.settings[name] for part in parts]
    if all(len(each) == 1 and each == values[0] for each in values):
        return values[0]
    return np.concatenate([np.broadcast_to(each, part.num_gans) for each, part in zip(values, parts)])
