# SPDX-License-Identifier: Apache-2.0
"""GANs that write the strings of a grammar, and the same generator by maximum likelihood (docs/grammar-gan.md), which
examples/sequences/grammar_gan.cpp trains."""
import csv
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from matplotlib import pyplot

import common

# What the page's figures are trained with: 256 seeds, nothing that differs between them but the noise.
COMMON = {"hidden": 16, "batch": 32, "gans": 256, "epochs": 20, "steps": 4000,
          "sampling-temperature": "0.4,0.5,0.6,0.7,0.8,0.9,1,1.1,1.25,1.5"}
GAN = {"model": "gan", "estimator": "straight_through", "judged": "dense", "generator-rate": 0.02,
       "discriminator-rate": 0.014, "beta1": 0, "averaging": 0.999, "tau-begin": 0.25, "tau-end": 1, "tau-steps": 4000}
LIKELIHOOD = {"model": "likelihood", "generator-rate": 0.01}
# Steps after which strings of the first GAN are shown.
MOMENTS = (400, 800, 1600, 4000)
TINY = {"hidden": 8, "batch": 16, "gans": 2, "epochs": 2, "steps": 8}
TINY_MOMENTS = (4, 8)

RIGHT = re.compile(r"x([-+*/]x){0,5} *")
COLORS = {"GAN": common.BLUE, "maximum likelihood": common.RED}


def run(program, settings, *more):
    """What the program prints."""
    options = [text for name, value in settings.items() for text in (f"--{name}", str(value))]
    return subprocess.run([program, "--quiet", *options, *more], check=True, text=True, stdout=subprocess.PIPE).stdout


def train(program, settings, keep):
    """The CSV's columns, by name."""
    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder) / "fleet.csv"
        if not path.exists():
            run(program, settings, "--samples", "0", "--out", path)
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def at(fleet, name, sampling, step):
    """A metric of all models at a moment."""
    chosen = (fleet["sampling_temperature"] == sampling) & (fleet["step"] == step)
    return fleet[name][chosen]


def sampled(program, settings, step, count):
    """Strings of the first GAN after `step` steps: a training of so many steps is the beginning of a longer one."""
    printed = run(program, {"tau-steps": settings["steps"], **settings, "steps": step, "epochs": 1, "gans": 1, "samples": count,
                            "sampling-temperature": 1})
    lines = printed.split(" writes:\n", 1)[1].splitlines()
    return [text for line in lines for text in line.rstrip("|").split("|  ")]


def draw_training(axes, fleets):
    for name, fleet in fleets.items():
        steps = np.unique(fleet["step"])
        mass = np.array([at(fleet, "mass", 1, step) for step in steps])
        axes.plot(steps, mass, color=COLORS[name], linewidth=0.5, alpha=max(0.06, 1 / mass.shape[1]))
        axes.plot(steps, np.median(mass, axis=1), color=COLORS[name], linewidth=2, label=f"{name}, median")
    axes.set(xlabel="steps", ylabel="probability of right strings", ylim=(0, 1.01),
             title="every seed of the fleets")
    axes.legend(loc="lower right")


def draw_plane(axes, fleets):
    for name, fleet in fleets.items():
        temperatures = np.unique(fleet["sampling_temperature"])
        last = fleet["step"].max()
        mass, entropy = (np.array([common.middle(at(fleet, metric, t, last)) for t in temperatures]).T
                         for metric in ("mass", "entropy"))
        axes.errorbar(entropy[0], mass[0], xerr=abs(entropy[1:] - entropy[0]), yerr=abs(mass[1:] - mass[0]),
                      color=COLORS[name], marker="o", markersize=4, linewidth=1.2, elinewidth=0.7, label=name)
        for i in (0, len(temperatures) - 1):
            axes.annotate(f"{temperatures[i]:g}", (entropy[0, i], mass[0, i]), textcoords="offset points",
                          xytext=(5, -11), fontsize=8, color=COLORS[name])
    target = np.log(6) + 2.5 * np.log(4)
    axes.plot(target, 1, "*", color=common.GOLD, markersize=13, label="target", zorder=4)
    axes.set(xlabel="entropy of the right strings, nats", ylabel="probability of right strings",
             title="sampling temperatures, medians and quartiles")
    axes.legend(loc="lower left")


def draw_samples(axes, columns):
    axes.set_axis_off()
    axes.set_title("strings of the first GAN, red where wrong")
    for i, (step, strings) in enumerate(columns.items()):
        axes.text(i / len(columns), 1, f"{step:,} steps", fontsize=8, transform=axes.transAxes, va="top")
        for n, text in enumerate(strings):
            axes.text(i / len(columns), 0.93 - n * 0.93 / len(strings), text.replace(" ", "·"), family="monospace",
                      fontsize=7, va="top", transform=axes.transAxes,
                      color=common.GREEN if RIGHT.fullmatch(text) else common.RED)


def experiment(program, toml, arguments):
    smaller = TINY if arguments.tiny else {}
    settings = {"GAN": {**COMMON, **GAN, **smaller}, "maximum likelihood": {**COMMON, **LIKELIHOOD, **smaller}}
    keep = arguments.keep
    fleets = {name: train(program, of, keep and keep.with_name(f"{keep.stem}_{of['model']}.csv"))
              for name, of in settings.items()}
    moments = TINY_MOMENTS if arguments.tiny else MOMENTS
    samples = {step: sampled(program, settings["GAN"], step, 16) for step in moments}

    figure, panels = pyplot.subplots(1, 3, figsize=(14, 4.4), layout="constrained", width_ratios=(1, 1, 1.1))
    draw_training(panels[0], fleets)
    draw_plane(panels[1], fleets)
    for axes in panels[:2]:
        common.plain(axes)
    draw_samples(panels[2], samples)

    rows = []
    for name, fleet in fleets.items():
        last = fleet["step"].max()
        for sampling in np.unique(fleet["sampling_temperature"]):
            mass = at(fleet, "mass", sampling, last)
            rows.append([name, f"{sampling:g}", *(common.with_quartiles(*common.middle(at(fleet, metric, sampling, last)))
                                                  for metric in ("mass", "kl", "total_variation", "coverage", "entropy")),
                         f"{np.mean(mass >= 0.95):.0%}"])
    return figure, common.table(["", "sampled at", "mass", "KL", "total variation", "coverage", "entropy",
                                 "mass .95 or more"], rows)
