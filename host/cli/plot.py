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

from fleet_drawing import heat_map_on, heat_map_size, spread_on, spread_size, tally
from fleet_file import EXIT_DAMAGED, EXIT_FAILED, EXIT_USAGE, Failure, blocks, open_fleet

MOST_GANS = 200_000  # enough for quantiles that the eye cannot tell from exact ones
MOST_NUMBERS = 1 << 23  # of all of them


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


def draw_heat_map(fleet, options):
    """Returns the figure and the warning or ""."""
    difference, whose, warning = difference_over_epochs(fleet, options.gan)
    figure = Figure(figsize=heat_map_size(difference.shape[1]), layout="constrained")
    heat_map_on(figure.subplots(), difference, whose, options.scale)
    return figure, warning


def final_distributions(fleet):
    """[gan][class] of the finite GANs, evenly thinned if they are very many; the numbers of finite and of all GANs."""
    dataset = fleet["distribution"]
    count = dataset.shape[0]
    stride = max(1, -(-count // max(1, min(MOST_GANS, MOST_NUMBERS // dataset.shape[1]))))
    kept, finite = [], 0
    for _, part in blocks(dataset):
        part = part[np.isfinite(part).all(axis=1)]
        kept.append(part[-finite % stride::stride].copy())  # not a view, which would keep the whole block
        finite += len(part)
    return np.concatenate(kept), finite, count


def draw_spread(fleet, _):
    """Returns the figure and the warning or ""."""
    (values, finite, count), target = final_distributions(fleet), fleet["target"][:]
    whose, warning = tally(finite, count)
    figure = Figure(figsize=spread_size(len(target)), layout="constrained")
    drawn = "" if len(values) == finite else f", {len(values):,} drawn"
    spread_on(figure.subplots(), values, target, f"What {whose} learned{drawn}")
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
    """Named as in host/files/temporary_name.cpp, which removes the files that a killed process has left."""
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
