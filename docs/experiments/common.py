# SPDX-License-Identifier: Apache-2.0
"""What the experiments share: training a sweep, reading its result, and the look of the pictures."""
import json
import re
import subprocess
import tempfile
from pathlib import Path

import h5py
import numpy as np
from matplotlib import pyplot

BLUE, RED, GOLD, GREEN, GREY = "#2166ac", "#b2182b", "#e08214", "#1b7837", "#737373"

ESTIMATORS = {"relaxed": (BLUE, "relaxed"), "straight_through": (RED, "straight-through"),
              "gumbel_rao": (GOLD, "Gumbel-Rao, 10 inner samples"), "score_function": (GREEN, "score function")}

pyplot.rcParams.update({"font.size": 10, "axes.titlesize": 10, "axes.linewidth": 0.8, "legend.frameon": False,
                        "legend.fontsize": 9, "svg.hashsalt": "gumbelcuda"})

# Factors of more than one setting: the others of each.
ZIPPED = {"smoothing": ("smoothing_amount",), "generator_steps": ("epochs",)}

# Enough to see whether everything runs.
TINY = {"count": 3, "replicas": 2, "epochs": 3, "steps_per_epoch": 2}


def tiny(text):
    for name, number in TINY.items():
        text = re.sub(rf"\b{name} = \d+", f"{name} = {number}", text)
    return text


class Sweep:
    """A sweep's result. `axes` are the names of its factors in the file's order, replicas last; values[name] are the
    values of a factor, of a [[zip]] those of its first setting. array(dataset) has a dimension for each factor."""

    def __init__(self, path):
        with h5py.File(path) as file:
            axes = json.loads(file["axes"].asstr()[()])
            self.data = {name: dataset[()] for name, dataset in file.items() if name != "axes"}
        self.axes, self.values, shape = [], {}, []
        rest, position = len(self.data["gan"]), 0
        while position < len(axes):
            # The slowest first: a factor's value is constant for so many GANs.
            first = axes[position]["name"]
            together = [axis["name"] for axis in axes[position:] if axis["name"] in (first, *ZIPPED.get(first, ()))]
            block = np.stack([self.data[f"axis_{name}"][:rest] for name in together])
            changes = np.flatnonzero((np.diff(block) != 0).any(axis=0))
            length = int(changes[0]) + 1 if len(changes) else rest
            words = axes[position].get("words")
            self.axes.append(first)
            self.values[first] = [words[int(v)] if words else float(v) for v in block[0, ::length]]
            shape.append(rest // length)
            rest = length
            position += len(together)
        self.shape = tuple(shape)

    def array(self, name):
        """A dataset by GAN."""
        data = self.data[name]
        return data.reshape(self.shape + data.shape[1:])


def train(program, toml, arguments, part=""):
    """The sweep of a file; `part` is the end of the name of an experiment's second file."""
    toml = toml.with_name(toml.stem + part + toml.suffix)
    text = toml.read_text(encoding="utf-8").replace('"../../', f'"{toml.parent.parent.parent}/')
    with tempfile.TemporaryDirectory() as folder:
        sweep = Path(folder) / toml.name
        sweep.write_text(tiny(text) if arguments.tiny else text, encoding="utf-8")
        result = Path(folder) / "result.h5"
        if arguments.keep:
            result = arguments.keep.with_name(arguments.keep.stem + part + arguments.keep.suffix)
        if not result.exists():
            subprocess.run([program, "sweep", sweep, "--out", result, "--quiet"], check=True)
        return Sweep(result)


def middle(array):
    """Median, and the quartiles around it, over the last dimension: the replicas."""
    low, median, high = np.nanquantile(array, (0.25, 0.5, 0.75), axis=-1)
    return median, low, high


def plain(axes):
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="0.92", linewidth=0.8)
    axes.set_axisbelow(True)


def short(value):
    return f"{value:.3g}".replace("0.", ".", 1) if 0 < abs(value) < 1 else f"{value:.3g}"


def far(distance):
    """A total variation."""
    return f"{distance:.3f}".removeprefix("0")


def with_quartiles(median, low, high):
    return f"{far(median)} ({far(low)}, {far(high)})"


def table(head, rows):
    """Columns, the first to the left and the others to the right."""
    rows = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    return "".join("  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in
                             enumerate(zip(row, widths))).rstrip() + "\n" for row in rows)
