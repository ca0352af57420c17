# SPDX-License-Identifier: Apache-2.0
"""The picture of a sweep. Importing this imports matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from gumbelcuda._figure import Picture

if TYPE_CHECKING:
    from gumbelcuda.sweep_result import SweepResult


def draw_sweep(sweep: SweepResult, x: str | None, y: str | None) -> Picture:
    varied = sweep.varied
    names = list(varied)
    for argument, name in (("x", x), ("y", y)):
        if name is not None and name not in varied:
            raise ValueError(f"{argument}: {name!r} is not varied; these are: {', '.join(names) or 'none'}")
    if x is None:
        rest = [name for name in names if name != y]
        if not rest:
            raise ValueError("x: nothing else is varied in this sweep" if y else "x: nothing is varied in this sweep")
        x = rest[0]
        y = y or next(iter(rest[1:2]), None)
    figure = Picture(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    (draw_points if y is None else draw_map)(axes, sweep, *(varied[name] for name in (x, y) if name is not None))
    lost = int(sweep.diverged.sum())
    axes.set(title=f"{sweep.num_gans:,} GANs" + f", {lost:,} diverged" * (lost > 0), xlabel=x)
    axes.set_ylabel("total variation" if y is None else y)
    return figure


def places(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different values, and which of them each GAN has."""
    return np.unique(values, return_inverse=True)


def is_logarithmic(values: np.ndarray) -> bool:
    """Positive numbers over more than a power of ten, equally far apart on that scale or nearly so."""
    if values.dtype.kind not in "iuf" or len(values) < 3 or values.min() <= 0:
        return False
    return values.max() / values.min() > 10 and np.ptp(np.diff(np.log(values))) < np.ptp(np.log(values)) / 2


def draw_points(axes, sweep: SweepResult, values: np.ndarray) -> None:
    kept = ~sweep.diverged
    different, which = places(values)
    numeric = different.dtype.kind in "iuf"
    at = values if numeric else which
    axes.plot(at[kept], sweep.total_variation[kept], "o", color="tab:blue", markersize=4, alpha=0.5, label="a GAN")
    middle = [
        np.median(sweep.total_variation[kept & (which == i)]) if (kept & (which == i)).any() else np.nan
        for i in range(len(different))
    ]
    axes.plot(different if numeric else np.arange(len(different)), middle, "-", color="tab:red", label="median")
    if not numeric:
        axes.set_xticks(range(len(different)), different)
    elif is_logarithmic(different):
        axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)


def draw_map(axes, sweep: SweepResult, x: np.ndarray, y: np.ndarray) -> None:
    (across, column), (upwards, row) = places(x), places(y)
    middle = np.full((len(upwards), len(across)), np.nan)
    for i in range(len(upwards)):
        for j in range(len(across)):
            here = (row == i) & (column == j) & ~sweep.diverged
            if here.any():
                middle[i, j] = np.median(sweep.total_variation[here])
    image = axes.imshow(np.ma.masked_invalid(middle), origin="lower", aspect="auto", cmap="viridis", vmin=0)
    axes.figure.colorbar(image, ax=axes, label="median total variation")
    for ticks, values in ((axes.set_xticks, across), (axes.set_yticks, upwards)):
        step = -(-len(values) // 12)
        text = [f"{value:.3g}" if values.dtype.kind == "f" else str(value) for value in values[::step]]
        ticks(range(0, len(values), step), text)
    axes.patch.set(facecolor="0.85", edgecolor="0.6", hatch="////")
