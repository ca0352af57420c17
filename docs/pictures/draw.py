#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Draws the pictures of docs/guide.md from the numbers that numbers.cpp prints.

    docs/pictures/draw.py PROGRAM FOLDER
"""
import json
import os
import subprocess
import sys
from pathlib import Path

try:
    import matplotlib
    matplotlib.use("Agg")
    import numpy as np
    from matplotlib import pyplot
except ImportError as missing:
    # A Linux distribution's packages belong to its own Python.
    if Path("/usr/bin/python3").exists() and Path(sys.executable).resolve() != Path("/usr/bin/python3").resolve():
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])
    print(f"skipped: {missing}")
    sys.exit(77)

BLUE, RED, GREY = "tab:blue", "tab:red", "0.4"


def plain(axes):
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="0.92", linewidth=0.8)
    axes.set_axisbelow(True)


def draw_noise(numbers):
    figure, (body, tail) = pyplot.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    counts = np.array(numbers["histogram"])
    left = -4 + np.arange(len(counts)) / 20
    x = np.linspace(-4, 10, 400)
    body.bar(left, counts * 20 / 1e7, width=1 / 20, align="edge", color=BLUE, alpha=0.4,
             label="10⁷ variates of the library")
    body.plot(x, np.exp(-x - np.exp(-x)), color=RED, label="density, exp(−x − e^−x)")
    body.set(xlabel="g", title="Standard Gumbel noise", xlim=(-4, 10))
    g = np.linspace(5, 47, 300)
    tail.semilogy(g, -np.expm1(-np.exp(-g)), color=RED, linewidth=4, alpha=0.3, label="exact, 1 − exp(−e^−g)")
    tail.semilogy(numbers["tail"], numbers["tail_probability"], color=BLUE, label="the library, up to 45.06")
    g, p = numbers["tail_24"], numbers["tail_24_probability"]
    tail.semilogy(g, p, color="black", label="−log(−log u), u of 24 bits, up to 16.64")
    tail.plot(g[0], p[0], "o", color="black", markersize=5)
    tail.set(xlabel="g", title="How likely a variate is to be above g", xlim=(5, 47))
    for axes in (body, tail):
        plain(axes)
        axes.legend(frameon=False, fontsize=8)
    return figure


def draw_simplex(numbers):
    samples = numbers["simplex"]
    figure, panels = pyplot.subplots(1, len(samples), figsize=(11, 3.2), layout="constrained")
    corners = np.array([[0, 0], [1, 0], [0.5, 3 ** 0.5 / 2]])
    for axes, (temperature, y) in zip(panels, samples.items()):
        points = np.array(y).reshape(-1, 3) @ corners
        axes.fill(*corners.T, facecolor="none", edgecolor="0.7")
        axes.scatter(*points.T, s=3, color=BLUE, alpha=0.35, linewidths=0)
        for (x, height), p, below in zip(corners, (".2", ".3", ".5"), (True, True, False)):
            axes.text(x, height + (-0.1 if below else 0.03), p, ha="center", fontsize=9, color=GREY)
        axes.set(title=f"τ = {temperature}", aspect="equal", xlim=(-0.08, 1.08), ylim=(-0.14, 1.05))
        axes.axis("off")
    return figure


def draw_gradient(numbers):
    figure, (bias, deviation) = pyplot.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    temperature = np.array(numbers["temperature"])
    for kind, color, label in (("relaxed", BLUE, "relaxed"), ("straight_through", RED, "straight-through")):
        spread = np.array(numbers[f"{kind}_deviation"])
        bias.loglog(temperature, numbers[f"{kind}_bias"], color=color, label=label)
        chance = spread / numbers["samples"] ** 0.5
        bias.loglog(temperature, chance, ":", color=color, label="what chance alone would show")
        deviation.loglog(temperature, spread, color=color, label=label)
    for axes, title in ((bias, "Bias of the gradient"), (deviation, "Standard deviation of one sample")):
        axes.axhline(numbers["gradient"], color=GREY, linewidth=0.8, linestyle="--",
                     label="length of the exact gradient")
        axes.set(title=title, xlabel="τ")
        plain(axes)
        axes.legend(frameon=False, fontsize=8)
    return figure


def main():
    program, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    numbers = json.loads(subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout)
    for name, draw in (("noise", draw_noise), ("simplex", draw_simplex), ("gradient", draw_gradient)):
        draw(numbers).savefig(folder / f"{name}.png", dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
