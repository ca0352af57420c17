# SPDX-License-Identifier: Apache-2.0
"""Which settings of a sweep differ from GAN to GAN, as columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gumbelcuda.sweep_result import SweepResult

NOT_OF_GANS = ("data", "target", "initial_logits")  # arrays of these are one for all GANs


def varied_settings(sweep: SweepResult) -> dict[str, np.ndarray]:
    columns = {}
    for name, value in sweep.settings.items():
        is_per_gan = isinstance(value, list) or isinstance(value, np.ndarray) and name not in NOT_OF_GANS
        if is_per_gan and len(value) == sweep.num_gans > 1 and name != "data":
            column = as_column([tuple(each.tolist()) if isinstance(each, np.ndarray) else each for each in value])
            if (column != column[0]).any():
                columns[name] = column
    return columns


def as_column(values: list) -> np.ndarray:
    """Numbers and words as they are, all else as text."""
    if all(isinstance(each, (int, float, str, np.number)) for each in values):
        return np.array(values)
    return np.array([each if isinstance(each, str) else repr(each) for each in values])
