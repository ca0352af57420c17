# SPDX-License-Identifier: Apache-2.0
"""GANs that write 16 characters of the King James Bible, and the same generator by maximum likelihood
(docs/text-gan.md), which examples/sequences/text_gan.cpp trains."""
import csv
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from matplotlib import pyplot

import common

# What the page's figures are trained with: 32 seeds, nothing that differs between them but the noise.
COMMON = {"hidden": 32, "batch": 32, "gans": 32, "epochs": 8, "steps": 640, "sequences": 3000, "held-out": 1024,
          "samples": 11, "sampling-temperature": "0.7,1,1.4"}
GAN = {"model": "gan", "estimator": "straight_through", "judged": "dense", "generator-rate": 0.01,
       "discriminator-rate": 0.01, "beta1": 0, "averaging": 0.99, "tau-begin": 0.3, "tau-end": 1}
LIKELIHOOD = {"model": "likelihood", "generator-rate": 0.01}
TINY = {"hidden": 8, "batch": 8, "gans": 2, "epochs": 4, "steps": 8, "sequences": 100, "held-out": 10}

COLORS = {"GAN": common.BLUE, "maximum likelihood": common.RED}
METRICS = ("bits", *(f"distance_{n}" for n in (1, 2, 3, 4)))


def bible(path):
    """Writes the King James Bible, of Debian's bible-kjv-text."""
    command = shutil.which("bible")
    if not command:
        sys.exit("there is no command bible; it is in Debian's package bible-kjv-text")
    verses = subprocess.run([command, "-f", "Gen1:1-Rev22:21"], check=True, text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE).stdout
    path.write_text(re.sub(r"^\w+:\d+ ", "", verses, flags=re.MULTILINE), encoding="utf-8")


def train(program, text, settings, keep):
    """What the models come to, by metric; what they are compared with; what the first one writes, by step."""
    with tempfile.TemporaryDirectory() as folder:
        path = keep or Path(folder) / "fleet.csv"
        printed = path.with_suffix(".txt")
        if not path.exists():
            options = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
            with open(printed, "w", encoding="utf-8") as out:
                subprocess.run([program, text, "--quiet", *options, "--out", path], check=True, stdout=out)
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        samples = {int(step): lines.splitlines() for step, lines in
                   re.findall(r" 0 after (\d+) steps writes:\n((?:.*\|\n)+)", printed.read_text(encoding="utf-8"))}
    models = [row for row in rows if row["model"].isdigit()]
    fleet = {name: np.array([float(row[name]) for row in models]) for name in models[0]}
    return fleet, {row["model"]: row for row in rows if not row["model"].isdigit()}, samples


def at(fleet, name, sampling, step):
    """A metric of all models at a moment."""
    return fleet[name][(fleet["sampling_temperature"] == sampling) & (fleet["step"] == step)]


def draw_training(axes, fleets, others):
    for name, fleet in fleets.items():
        steps = np.unique(fleet["step"])
        distance = np.array([at(fleet, "distance_3", 1, step) for step in steps])
        axes.plot(steps, distance, color=COLORS[name], linewidth=0.5, alpha=0.35)
        axes.plot(steps, np.median(distance, axis=1), color=COLORS[name], linewidth=2, label=f"{name}, median")
    axes.axhline(float(others["text"]["distance_3"]), color=common.GREY, linewidth=1, linestyle="--",
                 label="the text itself")
    axes.set(xlabel="steps", ylabel="total variation of 3-grams", ylim=(0, 1.01), title="every seed of the fleets")
    axes.legend()


def draw_plane(axes, fleets, others):
    for name, fleet in fleets.items():
        temperatures = np.unique(fleet["sampling_temperature"])
        last = fleet["step"].max()
        bits, distance = (np.array([common.middle(at(fleet, metric, t, last)) for t in temperatures]).T
                          for metric in ("bits", "distance_3"))
        axes.errorbar(distance[0], bits[0], xerr=abs(distance[1:] - distance[0]), yerr=abs(bits[1:] - bits[0]),
                      color=COLORS[name], marker="o", markersize=4, linewidth=1.2, elinewidth=0.7, label=name)
        for i in (0, len(temperatures) - 1):
            axes.annotate(f"{temperatures[i]:g}", (distance[0, i], bits[0, i]), textcoords="offset points",
                          xytext=(5, 4), fontsize=8, color=COLORS[name])
    for n in (1, 2, 3):
        bits = float(others[f"{n}-grams"]["bits"])
        axes.axhline(bits, color=common.GREY, linewidth=0.8, linestyle=":")
        axes.annotate(f"{n}-grams' model", (0.99, bits), xycoords=("axes fraction", "data"), fontsize=8, ha="right",
                      va="bottom", color=common.GREY)
    axes.axvline(float(others["text"]["distance_3"]), color=common.GREY, linewidth=1, linestyle="--")
    axes.set(xlabel="total variation of 3-grams", ylabel="bits per character", yscale="log",
             title="sampling temperatures, medians and quartiles")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.legend(loc="upper left")


def draw_samples(axes, columns):
    axes.set_axis_off()
    axes.set_title("what the first seed writes")
    for i, (head, color, lines) in enumerate(columns):
        left = i / len(columns)
        axes.text(left, 1, head, fontsize=8, transform=axes.transAxes, va="top", color=color)
        for n, line in enumerate(lines):
            axes.text(left, 0.9 - n * 0.9 / len(lines), line.rstrip("|").replace(" ", "·"), family="monospace",
                      fontsize=6.5, va="top", transform=axes.transAxes, color=color)


def experiment(program, toml, arguments):
    smaller = TINY if arguments.tiny else {}
    keep = arguments.keep
    with tempfile.TemporaryDirectory() as folder:
        text = toml.parent.parent.parent / "LICENSE" if arguments.tiny else Path(folder) / "bible.txt"
        if not text.exists() and not (keep and keep.with_name(f"{keep.stem}_likelihood.csv").exists()):
            bible(text)
        results = {name: train(program, text, {**COMMON, **of, **smaller},
                               keep and keep.with_name(f"{keep.stem}_{of['model']}.csv"))
                   for name, of in (("GAN", GAN), ("maximum likelihood", LIKELIHOOD))}
    fleets = {name: fleet for name, (fleet, _, _) in results.items()}
    others = results["GAN"][1]

    figure, panels = pyplot.subplots(1, 3, figsize=(15, 4.4), layout="constrained", width_ratios=(1, 1, 1.45))
    draw_training(panels[0], fleets, others)
    draw_plane(panels[1], fleets, others)
    for axes in panels[:2]:
        common.plain(axes)
    columns = []
    for name, (_, _, samples) in results.items():
        steps = sorted(samples)
        chosen = (steps[0], steps[len(steps) // 2 - 1], steps[-1]) if name == "GAN" else (steps[0], steps[-1])
        columns += [(f"{'GAN' if name == 'GAN' else 'likelihood'}, {step:,}", COLORS[name], samples[step])
                    for step in chosen]
    draw_samples(panels[2], columns)

    rows = []
    for name, fleet in fleets.items():
        last = fleet["step"].max()
        for sampling in np.unique(fleet["sampling_temperature"]):
            bits, *distances = (common.middle(at(fleet, metric, sampling, last)) for metric in METRICS)
            rows.append([name, f"{sampling:g}", f"{bits[0]:.2f} ({bits[1]:.2f}, {bits[2]:.2f})",
                         *(common.with_quartiles(*of) for of in distances)])
    for name, row in others.items():
        rows.append(["the text itself" if name == "text" else f"{name}' model", "", row["bits"] and f"{float(row['bits']):.2f}",
                     *(row[metric] and common.far(float(row[metric])) for metric in METRICS[1:])])
    return figure, common.table(["", "sampled at", "bits per character", "1-grams", "2-grams", "3-grams", "4-grams"], rows)
