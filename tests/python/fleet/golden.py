# SPDX-License-Identifier: Apache-2.0
"""The recorded trainings of tests/gan/golden.txt, which the C++ tests check, too (tests/gan/golden.hpp)."""

from pathlib import Path

import numpy as np

TRAININGS = Path(__file__).parents[2] / "gan" / "golden.txt"


def some_target(classes: int) -> list[float]:
    """An empty class at each end, if there are enough."""
    begin, end = (1, classes - 1) if classes > 3 else (0, classes)
    return [1 / (end - begin) if begin <= k < end else 0.0 for k in range(classes)]


def trainings() -> list[tuple[dict, str]]:
    """The arguments of train_fleet, and the fingerprint."""
    all_of_them = []
    for line in TRAININGS.read_text().splitlines():
        if line.startswith("#"):
            continue
        classes, batch, temperature, rate, fingerprint = line.split()
        arguments = dict(num_gans=32, epochs=1, steps_per_epoch=8, target=some_target(int(classes)))
        arguments |= dict(batch_size=int(batch), temperature=float(temperature))
        arguments |= dict(learning_rate=float(rate))
        all_of_them.append((arguments, fingerprint))
    return all_of_them


def fingerprint_of(*arrays: np.ndarray, start: int = 1469598103934665603) -> str:
    """FNV-1a of the bytes, from the start that the fleets' recorded ones have."""
    fingerprint = start
    for byte in b"".join(array.tobytes() for array in arrays):
        fingerprint = (fingerprint ^ byte) * 1099511628211 % 2**64
    return f"{fingerprint:x}"
