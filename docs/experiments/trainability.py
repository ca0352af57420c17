# SPDX-License-Identifier: Apache-2.0
"""A map of temperature × learning rate, a GAN a pixel: whether it learns, and how fast."""
import numpy as np
from matplotlib import pyplot
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.cm import ScalarMappable

import common

NEAR = 0.1  # total variation up to which a GAN counts as converged, as everywhere in the command
# Light to dark in each: of what learns, how fast; of what does not, how far it ends from its target.
LEARNS = LinearSegmentedColormap.from_list("learns", ["#d6ecf3", "#7fc4dd", "#2f8fc2", "#14569c", "#07224f"])
PASSES = LinearSegmentedColormap.from_list("passes", ["#fff3c4", "#fdd268", "#f4a431"])
FAILS = LinearSegmentedColormap.from_list("fails", ["#fbdcc8", "#ef8a62", "#c73a3f", "#7a0f2c", "#33051a"])
DIVERGED = (0.12, 0.12, 0.12, 1)


def classify(history, steps):
    """By GAN: the discriminator updates after which it stays near its target (nan: it does not), and whether it was
    near it for a while."""
    near = history <= NEAR
    stays = np.flip(np.logical_and.accumulate(np.flip(near, -1), axis=-1), -1)
    arrived = np.where(stays[..., -1], stays.argmax(axis=-1) + 1.0, np.nan) * steps
    return arrived, near.any(axis=-1) & ~stays[..., -1]


def experiment(program, toml, arguments):
    sweep = common.train(program, toml, arguments)
    temperature, rate = (np.array(sweep.values[name]) for name in ("temperature", "learning_rate"))
    history = sweep.array("history_total_variation")
    epochs = history.shape[-1]
    updates = int(np.nanmax(sweep.data["trained_steps"]))
    diverged = sweep.array("outcome") == 2
    history[diverged] = 1  # as far as can be
    arrived, passed = classify(history, updates / epochs)
    final = np.nan_to_num(sweep.array("total_variation"), nan=1)
    learns = ~np.isnan(arrived)

    speed = LogNorm(updates / epochs, updates)
    ends = Normalize(NEAR, 1)
    image = FAILS(ends(final))
    image[passed] = PASSES(ends(final[passed]))
    image[learns] = LEARNS(1 - speed(arrived[learns]))
    image[diverged] = DIVERGED
    figure = pyplot.figure(figsize=(8.2, 6.6), layout="constrained")
    axes, *bars = figure.subplot_mosaic([["map", "learns"], ["map", "passes"], ["map", "fails"]],
                                        width_ratios=[20, 0.7]).values()
    # Rows are temperatures: the picture has them to the right.
    axes.imshow(image.transpose(1, 0, 2), origin="lower", interpolation="nearest", aspect="auto",
                extent=(*np.log10(temperature[[0, -1]]), *np.log10(rate[[0, -1]])))
    for set_ticks, set_labels, values in ((axes.set_xticks, axes.set_xticklabels, temperature),
                                          (axes.set_yticks, axes.set_yticklabels, rate)):
        powers = np.arange(round(np.log10(values[0])), round(np.log10(values[-1])) + 1)
        set_ticks(powers)
        set_labels([f"{10.0 ** power:g}" for power in powers])
    axes.set(xlabel="temperature τ", ylabel="learning rate of both networks")
    for bar, colors, norm, label in (
            (bars[0], LEARNS.reversed(), speed, "learns:\nupdates until then"),
            (bars[1], PASSES, ends, "comes near, and leaves:\ntotal variation at the end"),
            (bars[2], FAILS, ends, "never comes near:\ntotal variation at the end")):
        figure.colorbar(ScalarMappable(norm, colors), cax=bar, label=label)
    black = ", black: diverged" if diverged.any() else ""
    figure.suptitle(f"{len(temperature)} × {len(rate)} GANs, {updates:,} updates of each network{black}", fontsize=11)

    rows = []
    for low, high in zip(range(-2, 3), range(-1, 4)):
        part = (temperature >= 10.0 ** low) & (temperature <= 10.0 ** high)
        if not part.any() or temperature[-1] < 1.001 * 10.0 ** low:
            continue
        some = learns[part].any(axis=0)
        largest = rate[np.flatnonzero(learns[part].mean(axis=0) >= 0.5)]
        rows.append([f"{10.0 ** low:g} to {10.0 ** high:g}", f"{100 * learns[part].mean():.1f} %",
                     f"{100 * passed[part].mean():.1f} %", f"{100 * (~learns & ~passed & ~diverged)[part].mean():.1f} %", f"{100 * diverged[part].mean():.1f} %",
                     f"{largest[0]:.2g} to {largest[-1]:.2g}" if len(largest) and some.any() else "none"])
    rows.append(["all", f"{100 * learns.mean():.1f} %", f"{100 * passed.mean():.1f} %",
                 f"{100 * (~learns & ~passed & ~diverged).mean():.1f} %", f"{100 * diverged.mean():.1f} %", ""])
    return figure, common.table(["temperature", "learn", "come near, leave", "never near", "diverge",
                                 "rates at which at least half learn"], rows)
