# SPDX-License-Identifier: Apache-2.0
"""Which settings have a value for each GAN: those that differ are columns of a table, and a part of the GANs has its
part of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gumbelcuda.sweep_result import SweepResult

NOT_OF_GANS = ("data", "target", "initial_logits")  # arrays of these are one for all GANs


def is_of_gans(name: str, value: Any, gans: int) -> bool:
    """Whether this setting has a value for each of so many GANs."""
    is_per_gan = isinstance(value, list) or isinstance(value, np.ndarray) and name not in NOT_OF_GANS
    return is_per_gan and len(value) == gans > 1 and name != "data"


def settings_of_part(settings: dict[str, Any], gans: int, view: Any) -> dict[str, Any]:
    """The settings of the GANs that a view of a result has, which are neighbours among `gans` with these settings."""
    if view.num_gans == gans:
        return settings
    first = view.first_gan - settings["first_gan"]
    part = {name: each[first : first + view.num_gans] for name, each in settings.items() if is_of_gans(name, each, gans)}
    return settings | part | {"first_gan": view.first_gan}


def varied_settings(sweep: SweepResult) -> dict[str, np.ndarray]:
    columns = {}
    for name, value in sweep.settings.items():
        if is_of_gans(name, value, sweep.num_gans):
            column = as_column([tuple(each.tolist()) if isinstance(each, np.ndarray) else each for each in value])
            if (column != column[0]).any():
                columns[name] = column
    return columns


def as_column(values: list) -> np.ndarray:
    """Numbers and words as they are, all else as text."""
    if all(isinstance(each, (int, float, str, np.number)) for each in values):
        return np.array(values)
    return np.array([each if isinstance(each, str) else repr(each) for each in values])
