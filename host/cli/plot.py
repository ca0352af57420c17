#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws a result file of gumbelcuda: what the fleet learned over the epochs, and how its GANs spread at the end.

`gumbelcuda plot` runs this. Exit codes are the command's: 0 done, 1 failed, 2 usage or bad value, 3 damaged file.
"""
import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import sys

MOST_VIOLINS = 24  # classes; more of them are drawn as bands
MOST_GANS = 200_000  # enough for quantiles that the eye cannot tell from exact ones


def end_in_order(caught, _):
    """Leaves through every `finally`, and lets no second signal interrupt one."""
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    sys.exit(128 + caught)


# Before the imports, which take a second: an interrupted one would print where it was.
if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:  # as in a background job
            signal.signal(number, end_in_order)


sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))  # which PYTHONSAFEPATH leaves out
try:
    import matplotlib
    matplotlib.use("Agg")
    import numpy as np
    from matplotlib import pyplot
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.ticker import MaxNLocator
    from fleet_file import BLOCK_NUMBERS, EXIT_DAMAGED, EXIT_FAILED, EXIT_USAGE, Failure, blocks, open_fleet
except ImportError as missing:
    print(f"gumbelcuda: error: plot needs h5py and matplotlib (Debian: python3-h5py python3-matplotlib): {missing}",
          file=sys.stderr)
    sys.exit(1)


def difference_over_epochs(fleet, gan):
    """[epoch][class] learned − target, and whose it is."""
    if "history" not in fleet or fleet["history"].shape[0] == 0:
        raise Failure(EXIT_USAGE, f"{fleet.filename} has no history to draw; train with --history N or --history all")
    history, target = fleet["history"], fleet["target"][:]
    count, first = history.shape[0], int(fleet.attrs.get("first_gan", 0))
    if gan is not None:
        if not first <= gan < first + count:
            raise Failure(EXIT_USAGE, f"--gan: {gan} is not in {first} … {first + count - 1}, "
                                      "the GANs whose history the file has")
        return history[gan - first].astype(np.float64) - target, f"GAN {gan}"
    total, finite = np.zeros(history.shape[1:]), 0
    for _, part in blocks(history):
        part = part[np.isfinite(part).all(axis=(1, 2))]
        total += part.sum(axis=0)
        finite += len(part)
    if finite == 0:
        raise Failure(EXIT_FAILED, "every GAN diverged: there is nothing finite to draw")
    return total / finite - target, f"mean of {finite:,} GANs" if finite > 1 else f"GAN {first}"


def draw_heat_map(fleet, gan):
    difference, whose = difference_over_epochs(fleet, gan)
    epochs, classes = difference.shape
    figure, axes = pyplot.subplots(figsize=(9, min(9, 2.6 + 0.22 * classes)), layout="constrained")
    image = axes.imshow(difference.T, cmap="bwr", vmin=-2, vmax=2, aspect="auto", interpolation="nearest",
                        extent=(0.5, epochs + 0.5, classes - 0.5, -0.5))
    figure.colorbar(image, ax=axes, ticks=(-2, -1, 0, 1, 2), label="learned − target", pad=0.02)
    axes.set(title=f"Learned − target probability, {whose}", xlabel="epoch", ylabel="number")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=12, integer=True, min_n_ticks=1))
    return figure


def final_distributions(fleet):
    """[gan][class], finite ones only, evenly thinned where there are very many; and how many GANs there are."""
    dataset = fleet["distribution"]
    count = dataset.shape[0]
    stride = max(1, -(-count // max(1, min(MOST_GANS, 50 * BLOCK_NUMBERS // (100 * dataset.shape[1])))))
    kept = [part[-first % stride::stride] for first, part in blocks(dataset)]
    values = np.concatenate(kept)
    values = values[np.isfinite(values).all(axis=1)]
    if len(values) == 0:
        raise Failure(EXIT_FAILED, "every GAN diverged: there is nothing finite to draw")
    return values, count


def draw_violin(axes, position, values, colour):
    """A histogram on both sides of its class, quartiles and median inside: as fast for a million as for a hundred."""
    low, high = values.min(), values.max()
    bins = int(np.clip(2 * len(values) ** (1 / 3), 10, 80))
    counts, edges = np.histogram(values, bins=bins, range=(low, max(high, low + 1e-9)))
    smooth = np.convolve(np.concatenate(([0], counts, [0])), np.array([1, 4, 6, 4, 1]) / 16, mode="same")
    centres = np.concatenate(([edges[0]], (edges[1:] + edges[:-1]) / 2, [edges[-1]]))
    width = 0.38 * smooth / smooth.max()
    axes.fill_betweenx(centres, position - width, position + width, facecolor=colour, edgecolor=colour, alpha=0.45, linewidth=0.8)
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
    axes.hlines(target, np.arange(len(target)) - 0.42, np.arange(len(target)) + 0.42, color="tab:red", linewidth=1.6,
                zorder=3)
    axes.plot([], [], color="tab:red", linewidth=1.6, label="target")
    if len(values) < 20:
        axes.plot([], [], "o", color=colour, markersize=5, label="a GAN")
    else:
        axes.fill_between([], [], color=colour, alpha=0.45, label="GANs")
        axes.plot([], [], color=colour, linewidth=5, label="middle half and median", marker="o",
                  markerfacecolor="black", markeredgecolor="black", markersize=3)
    axes.set_xlim(-0.6, len(target) - 0.4)


def draw_bands(axes, values, target):
    quantiles, numbers = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0), np.arange(len(target))
    axes.fill_between(numbers, quantiles[0], quantiles[4], step="mid", color="tab:blue", alpha=0.2, label="5 … 95 %")
    axes.fill_between(numbers, quantiles[1], quantiles[3], step="mid", color="tab:blue", alpha=0.4, label="25 … 75 %")
    axes.step(numbers, quantiles[2], where="mid", color="tab:blue", linewidth=1.2, label="median of the GANs")
    axes.step(numbers, target, where="mid", color="tab:red", linewidth=1.2, label="target")
    axes.set_xlim(-0.5, len(target) - 0.5)


def draw_spread(fleet, _):
    (values, count), target = final_distributions(fleet), fleet["target"][:]
    figure, axes = pyplot.subplots(figsize=(min(14, max(7, 1.35 * len(target) + 1.5)), 4.8), layout="constrained")
    (draw_classes if len(target) <= MOST_VIOLINS else draw_bands)(axes, values, target)
    shown = "" if len(values) == count else f" ({len(values):,} drawn)"
    axes.set(title=f"What {count:,} GAN{'s' * (count > 1)} learned{shown}", xlabel="number", ylabel="probability")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=24, integer=True, min_n_ticks=1))
    axes.set_ylim(bottom=min(-0.02 * axes.get_ylim()[1], 0))
    axes.margins(y=0.12)
    axes.grid(axis="y", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=4, fontsize=9)
    return figure


def picture_suffix(path):
    suffix = os.path.splitext(path)[1].lower() or ".png"
    if suffix[1:] not in FigureCanvasBase.get_supported_filetypes():
        raise Failure(EXIT_USAGE, f"{path}: no picture can be written as {suffix}; try .png, .svg or .pdf")
    return suffix


def temporary_name(destination):
    """A name as in host/fleet/temporary_name.cpp, which removes those that a killed process has left."""
    folder, name = os.path.split(os.fsencode(destination))
    return os.path.join(folder, b"." + name[:255 - 19] + b".gumbelcuda-" + os.urandom(3).hex().encode())


def save(figure, path):
    """Under another name first: what stood there before stays until the new picture is whole. A link stays a link."""
    suffix, destination = picture_suffix(path), os.path.realpath(path)
    aside = temporary_name(destination)
    replaces = os.path.exists(destination)
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if replaces else 0o666), "wb") as file:
            with contextlib.suppress(OSError):  # where locks do not work nobody removes files
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            figure.savefig(file, format=suffix[1:], dpi=150)
            file.flush()
            os.fsync(file.fileno())
        if replaces:
            shutil.copymode(destination, aside)
        os.replace(aside, destination)
    except OSError as error:
        raise Failure(EXIT_FAILED, f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(aside)
        pyplot.close(figure)


def main():
    parser = argparse.ArgumentParser(prog="gumbelcuda plot")
    parser.add_argument("--input", required=True)
    parser.add_argument("--heat-map")
    parser.add_argument("--spread")
    parser.add_argument("--gan", type=int)
    options = parser.parse_args()
    try:
        for path in filter(None, (options.heat_map, options.spread)):
            picture_suffix(path)
        with open_fleet(options.input) as fleet:
            # Both are drawn before the first is written: an error leaves no half of what was asked for.
            wanted = [(options.heat_map, draw_heat_map), (options.spread, draw_spread)]
            drawn = [(draw(fleet, options.gan), path) for path, draw in wanted if path]
            for figure, path in drawn:
                save(figure, path)
    except Failure as failure:
        print(f"gumbelcuda: error: {failure}", file=sys.stderr)
        return failure.exit_code
    except (OSError, KeyError) as error:  # h5py's, for numbers that cannot be read
        print(f"gumbelcuda: error: {options.input} is damaged: {error}", file=sys.stderr)
        return EXIT_DAMAGED
    except MemoryError:
        print("gumbelcuda: error: out of memory", file=sys.stderr)
        return EXIT_FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
