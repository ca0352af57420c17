# SPDX-License-Identifier: Apache-2.0
"""The pictures of a fleet as one figure. Importing this imports matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gumbelcuda._figure import Picture

from gumbelcuda import _fleet_drawing as drawing

if TYPE_CHECKING:
    from gumbelcuda.fleet_result import FleetResult

MOST_GANS = 200_000  # enough for quantiles that the eye cannot tell from exact ones


def draw_fleet(fleet: FleetResult, gan: int | None, scale: float | str) -> Picture:
    width, height = drawing.spread_size(fleet.classes)
    if fleet.history is None:
        if gan is not None:
            raise ValueError(f"gan: {gan} has no history to draw; train with history_gans")
        figure = Picture(figsize=(width, height), layout="constrained")
        draw_spread(fleet, figure.subplots())
        return figure
    map_width, map_height = drawing.heat_map_size(fleet.classes)
    figure = Picture(figsize=(max(width, map_width), map_height + height), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(map_height, height))
    difference, whose = difference_over_epochs(fleet, fleet.history, gan)
    drawing.heat_map_on(above, difference, whose, scale)
    draw_spread(fleet, below)
    return figure


def difference_over_epochs(fleet: FleetResult, history: np.ndarray, gan: int | None) -> tuple[np.ndarray, str]:
    """[epoch, class] learned − target of one GAN or of the mean, and whose it is."""
    first = fleet.settings["first_gan"]
    if gan is None and len(history) == 1:
        gan = first
    if gan is not None:
        if not first <= gan < first + len(history):
            raise ValueError(f"gan: {gan} is not in {first} … {first + len(history) - 1}, those that have a history")
        return history[gan - first] - fleet.target, f"GAN {gan}"
    finite = np.isfinite(history).all(axis=(1, 2))
    kept = history[finite] if finite.any() else history
    return kept.mean(axis=0, dtype=np.float64) - fleet.target, f"mean of {drawing.tally(finite.sum(), len(history))[0]}"


def draw_spread(fleet: FleetResult, axes) -> None:
    values = fleet.distribution[~fleet.diverged].astype(np.float64)
    drawn = values[:: max(1, -(-len(values) // MOST_GANS))]
    part = "" if len(drawn) == len(values) else f", {len(drawn):,} drawn"
    whose = drawing.tally(len(values), fleet.num_gans)[0]
    drawing.spread_on(axes, drawn, fleet.target, f"What {whose} learned{part}")
