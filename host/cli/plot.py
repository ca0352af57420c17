#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws a result file of gumbelcuda: what the fleet learned over the epochs, and how its GANs spread at the end.

`gumbelcuda plot` runs this. Exit codes are the command's: 0 done, 1 failed, 2 usage or bad value, 3 damaged file.
"""
import argparse
import contextlib
import fcntl
import io
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # which PYTHONSAFEPATH leaves out
import plot_start  # first: it says how the modules below are imported

import numpy as np
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from fleet_file import BLOCK_NUMBERS, EXIT_DAMAGED, EXIT_FAILED, EXIT_USAGE, Failure, blocks, open_fleet

MOST_VIOLINS = 24  # classes; more of them are drawn as bands
MOST_GANS = 200_000  # enough for quantiles that the eye cannot tell from exact ones


def tally(finite, count):
    """The number of GANs as text for a title and for a warning; the warning is "" if none diverged."""
    lost, gans = count - finite, f"{count:,} GAN{'s' * (count > 1)}"
    if lost == 0:
        return gans, ""
    if finite == 0:
        return f"{gans} ({'all ' * (count > 1)}diverged)", f"{lost:,} of {gans} diverged"
    return f"{finite:,} of {gans} ({lost:,} diverged, left out)", f"{lost:,} of {gans} diverged, left out"


def difference_over_epochs(fleet, gan):
    """[epoch][class] learned − target, as it is if not finite; whose it is, for the title; the warning or ""."""
    if "history" not in fleet or fleet["history"].shape[0] == 0:
        raise Failure(EXIT_USAGE, f"{fleet.filename} has no history to draw; train with --history N or --history all")
    history, target = fleet["history"], fleet["target"][:]
    count, first = history.shape[0], int(fleet.attrs.get("first_gan", 0))
    if gan is None and count == 1:
        gan = first
    if gan is not None:
        if not first <= gan < first + count:
            raise Failure(EXIT_USAGE, f"--gan: {gan} is not in {first} … {first + count - 1}, "
                                      "the GANs whose history the file has")
        learned = history[gan - first].astype(np.float64)
        lost = np.flatnonzero(~np.isfinite(learned).all(axis=1))
        diverged = f"diverged in epoch {lost[0] + 1}" if len(lost) else ""
        return learned - target, f"GAN {gan}" + f" ({diverged})" * bool(diverged), diverged and f"GAN {gan} {diverged}"
    of_all, of_finite, finite = 0, 0, 0
    for _, part in blocks(history):
        of_all = of_all + part.sum(axis=0)
        part = part[np.isfinite(part).all(axis=(1, 2))]
        of_finite = of_finite + part.sum(axis=0)
        finite += len(part)
    whose, warning = tally(finite, count)
    # If no GAN is finite to the end, the mean of all is still finite until the first one diverges.
    return (of_finite / finite if finite else of_all / count) - target, f"mean of {whose}", warning


def hatch_background(axes):
    """What is not finite is left blank and shows this background; the map's white would mean "converged"."""
    axes.patch.set(facecolor="0.85", edgecolor="0.6", hatch="////")


def colour_limit(scale, largest):
    """The difference at which colours saturate. "auto": the largest, rounded up to 1, 2 or 5 times a power of ten."""
    limits = (float(f"{digit}e{power}") for power in range(-6, 1) for digit in (1, 2, 5))
    return next(limit for limit in limits if limit >= largest) if scale == "auto" else float(scale)


def draw_heat_map(fleet, options):
    """Returns the figure and the warning or ""."""
    difference, whose, warning = difference_over_epochs(fleet, options.gan)
    epochs, classes = difference.shape
    largest = np.abs(difference[np.isfinite(difference)]).max(initial=0)
    limit = colour_limit(options.scale, largest)
    figure = Figure(figsize=(9, min(9, 2.6 + 0.22 * classes)), layout="constrained")
    axes = figure.subplots()
    hatch_background(axes)
    image = axes.imshow(np.ma.masked_invalid(difference.T), cmap="bwr", vmin=-limit, vmax=limit, aspect="auto",
                        interpolation="nearest", extent=(0.5, epochs + 0.5, classes - 0.5, -0.5))
    figure.colorbar(image, ax=axes, ticks=np.linspace(-limit, limit, 5), label="learned − target", pad=0.02,
                    extend="both" if largest > limit else "neither")
    axes.set(title=f"Learned − target probability, {whose}", xlabel="epoch", ylabel="number")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=12, integer=True, min_n_ticks=1))
    return figure, warning


def final_distributions(fleet):
    """[gan][class] of the finite GANs, evenly thinned if they are very many; the numbers of finite and of all GANs."""
    dataset = fleet["distribution"]
    count = dataset.shape[0]
    stride = max(1, -(-count // max(1, min(MOST_GANS, 50 * BLOCK_NUMBERS // (100 * dataset.shape[1])))))
    kept, finite = [], 0
    for _, part in blocks(dataset):
        part = part[np.isfinite(part).all(axis=1)]
        kept.append(part[-finite % stride::stride])
        finite += len(part)
    return np.concatenate(kept), finite, count


def draw_violin(axes, position, values, colour):
    """A mirrored histogram with quartiles and median. Unlike a kernel density it is fast for a million values, too."""
    low, high = values.min(), values.max()
    bins = int(np.clip(2 * len(values) ** (1 / 3), 10, 80))
    counts, edges = np.histogram(values, bins=bins, range=(low, max(high, low + 1e-9)))
    smooth = np.convolve(np.concatenate(([0], counts, [0])), np.array([1, 4, 6, 4, 1]) / 16, mode="same")
    centres = np.concatenate(([edges[0]], (edges[1:] + edges[:-1]) / 2, [edges[-1]]))
    width = 0.38 * smooth / smooth.max()
    axes.fill_betweenx(centres, position - width, position + width, facecolor=colour, edgecolor=colour, alpha=0.45,
                       linewidth=0.8)
    quartiles = np.quantile(values, (0.25, 0.5, 0.75))
    axes.vlines(position, quartiles[0], quartiles[2], color=colour, linewidth=5)
    axes.plot(position, quartiles[1], "o", color="black", markersize=3, zorder=4)


def draw_classes(axes, values, target):
    colour = "tab:blue"
    for k, column in enumerate(values.T):
        if len(column) < 20:
            offsets = np.linspace(-0.15, 0.15, len(column)) if len(column) > 1 else np.zeros(1)
            axes.plot(k + offsets, column, "o", color=colour, markersize=5, alpha=0.8)
        else:
            draw_violin(axes, k, column, colour)
        if len(target) <= 12:
            spread = f" ± {column.std(ddof=1):.4f}" if len(column) > 1 else ""
            axes.annotate(f"{column.mean():.4f}{spread}", (k, max(column.max(), target[k])), (0, 7),
                          textcoords="offset points", ha="center", fontsize=8, color="0.25")
    if len(values) < 20:
        axes.plot([], [], "o", color=colour, markersize=5, label="a GAN")
    else:
        axes.fill_between([], [], color=colour, alpha=0.45, label="GANs")
        axes.plot([], [], color=colour, linewidth=5, label="middle half and median", marker="o",
                  markerfacecolor="black", markeredgecolor="black", markersize=3)


def draw_bands(axes, values, target):
    quantiles, edges = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0), np.arange(len(target) + 1) - 0.5
    for low, high, alpha, label in ((0, 4, 0.2, "5 … 95 %"), (1, 3, 0.4, "25 … 75 %")):
        axes.stairs(quantiles[high], edges, baseline=quantiles[low], fill=True, color="tab:blue", alpha=alpha,
                    label=label)
    axes.stairs(quantiles[2], edges, baseline=None, color="tab:blue", linewidth=1.2, label="median of the GANs")


def draw_target(axes, target):
    numbers, half = np.arange(len(target)), 0.42 if len(target) <= MOST_VIOLINS else 0.5
    axes.hlines(target, numbers - half, numbers + half, color="tab:red", linewidth=1.6, zorder=3, label="target")
    axes.set_xlim(-half - 0.1, len(target) - 1 + half + 0.1)


def draw_spread(fleet, _):
    """Returns the figure and the warning or ""."""
    (values, finite, count), target = final_distributions(fleet), fleet["target"][:]
    whose, warning = tally(finite, count)
    figure = Figure(figsize=(min(14, max(7, 1.35 * len(target) + 1.5)), 4.8), layout="constrained")
    axes = figure.subplots()
    draw_target(axes, target)
    if finite:
        (draw_classes if len(target) <= MOST_VIOLINS else draw_bands)(axes, values, target)
    else:
        hatch_background(axes)
    drawn = "" if len(values) == finite else f", {len(values):,} drawn"
    axes.set(title=f"What {whose} learned{drawn}", xlabel="number", ylabel="probability")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=24, integer=True, min_n_ticks=1))
    axes.set_ylim(-0.02 * axes.dataLim.ymax, 1.12 * axes.dataLim.ymax)  # room for a label above the topmost
    axes.grid(axis="y", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=4, fontsize=9)
    return figure, warning


def picture_suffix(path):
    suffix = os.path.splitext(path)[1].lower() or ".png"
    if suffix[1:] not in FigureCanvasBase.get_supported_filetypes():
        raise Failure(EXIT_USAGE, f"{path}: no picture can be written as {suffix}; try .png, .svg or .pdf")
    return suffix


def rendered(figure, path):
    picture = io.BytesIO()
    figure.savefig(picture, format=picture_suffix(path)[1:], dpi=150)
    return picture.getvalue()


def temporary_name(destination):
    """Named as in host/results/temporary_name.cpp, which removes the files that a killed process has left."""
    folder, name = os.path.split(os.fsencode(destination))
    return os.path.join(folder, b"." + name[:255 - 19] + b".gumbelcuda-" + os.urandom(3).hex().encode())


def save(picture, path):
    """Writes under another name first, so that an old picture stays until the new one is whole. A link stays a link."""
    destination = os.path.realpath(path)
    aside = temporary_name(destination)
    replaces = os.path.exists(destination)
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if replaces else 0o666), "wb") as file:
            with contextlib.suppress(OSError):  # where locks do not work nobody removes files
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.write(picture)
            file.flush()
            os.fsync(file.fileno())
        if replaces:
            shutil.copymode(destination, aside)
        plot_start.block_stop_signals()  # until it is noted that the picture is in its place, or for good
        os.replace(aside, destination)
    except OSError as error:
        raise Failure(EXIT_FAILED, f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(aside)


def draw(options):
    """Draws what was requested, adds the paths of written pictures to options.written; returns the warning or ""."""
    for path in filter(None, (options.heat_map, options.spread)):
        picture_suffix(path)
    wanted = [(options.heat_map, draw_heat_map), (options.spread, draw_spread)]
    try:
        with open_fleet(options.input) as fleet:
            figures = [(path, *draw_one(fleet, options)) for path, draw_one in wanted if path]
    except (OSError, KeyError) as error:  # h5py's, for numbers that cannot be read
        raise Failure(EXIT_DAMAGED, f"{options.input} is damaged: {error}") from None
    # All pictures are complete in memory before the first is written: a drawing error never leaves only some of them.
    pictures = [(rendered(figure, path), path) for path, figure, _ in figures]
    for picture, path in pictures:
        plot_start.catch_stop_signals(plot_start.interrupt)
        save(picture, path)
        options.written.append(path)
    warnings = {}
    for path, _, warning in figures:
        if warning:
            warnings.setdefault(warning, []).append(path)
    return "; ".join(f"{', '.join(paths)}: {warning}" for warning, paths in warnings.items())


def outcome(options):
    """Draws; returns the exit code and the line for standard error."""
    try:
        warning = draw(options)
    except Failure as failure:
        return failure.exit_code, f"error: {failure}"
    except MemoryError:
        return EXIT_FAILED, "error: out of memory"
    except Exception as error:
        return EXIT_FAILED, f"error: cannot draw {options.input}: {type(error).__name__}: {error}"
    return 0, warning and f"warning: {warning}"


def main():
    parser = argparse.ArgumentParser(prog="gumbelcuda plot")
    parser.add_argument("--input", required=True)
    parser.add_argument("--heat-map")
    parser.add_argument("--spread")
    parser.add_argument("--gan", type=int)
    parser.add_argument("--scale", default="2")
    options = parser.parse_args()
    options.written = []
    try:
        plot_start.catch_stop_signals(plot_start.interrupt)
        code, line = outcome(options)
        plot_start.block_stop_signals()
    except plot_start.Interrupted as interrupted:
        what = "not all files were written" if options.written else "nothing was written"
        code, line = 128 + interrupted.number, f"interrupted: {what}"
    if line:
        print("gumbelcuda:", " ".join(line.split()), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
