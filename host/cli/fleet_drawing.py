# SPDX-License-Identifier: Apache-2.0
"""The two pictures of a fleet, from arrays: for plot.py, which reads result files, and for the Python package."""
import numpy as np
from matplotlib.ticker import MaxNLocator

MOST_VIOLINS = 24  # classes; more of them are drawn as bands


def tally(finite, count):
    """The number of GANs as text for a title and for a warning; the warning is "" if none diverged."""
    lost, gans = count - finite, f"{count:,} GAN{'s' * (count > 1)}"
    if lost == 0:
        return gans, ""
    if finite == 0:
        return f"{gans} ({'all ' * (count > 1)}diverged)", f"{lost:,} of {gans} diverged"
    return f"{finite:,} of {gans} ({lost:,} diverged, left out)", f"{lost:,} of {gans} diverged, left out"


def hatch_background(axes):
    """What is not finite is left blank and shows this background; the map's white would mean "converged"."""
    axes.patch.set(facecolor="0.85", edgecolor="0.6", hatch="////")


def colour_limit(scale, largest):
    """The difference at which colours saturate. "auto": the largest, rounded up to 1, 2 or 5 times a power of ten."""
    limits = (float(f"{digit}e{power}") for power in range(-6, 1) for digit in (1, 2, 5))
    return next(limit for limit in limits if limit >= largest) if scale == "auto" else float(scale)


def heat_map_size(classes):
    """Width and height in inches."""
    return 9, min(9, 2.6 + 0.22 * classes)


def heat_map_on(axes, difference, whose, scale):
    """Draws learned − target, [epoch][class]; what is not finite is left blank. scale: "auto", or where colours end."""
    epochs, classes = difference.shape
    largest = np.abs(difference[np.isfinite(difference)]).max(initial=0)
    limit = colour_limit(scale, largest)
    hatch_background(axes)
    image = axes.imshow(np.ma.masked_invalid(difference.T), cmap="bwr", vmin=-limit, vmax=limit, aspect="auto",
                        interpolation="nearest", extent=(0.5, epochs + 0.5, classes - 0.5, -0.5))
    axes.figure.colorbar(image, ax=axes, ticks=np.linspace(-limit, limit, 5), label="learned − target", pad=0.02,
                         extend="both" if largest > limit else "neither")
    axes.set(title=f"Learned − target probability, {whose}", xlabel="epoch", ylabel="number")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=12, integer=True, min_n_ticks=1))


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


def spread_size(classes):
    """Width and height in inches."""
    return min(14, max(7, 1.35 * classes + 1.5)), 4.8


def spread_on(axes, values, target, title):
    """Draws what GANs learned at the end: values [gan][class], all finite, perhaps of no GAN."""
    draw_target(axes, target)
    if len(values):
        (draw_classes if len(target) <= MOST_VIOLINS else draw_bands)(axes, values, target)
    else:
        hatch_background(axes)
    axes.set(title=title, xlabel="number", ylabel="probability")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=24, integer=True, min_n_ticks=1))
    axes.set_ylim(-0.02 * axes.dataLim.ymax, 1.12 * axes.dataLim.ymax)  # room for a label above the topmost
    axes.grid(axis="y", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.12), ncol=4, fontsize=9)
