# SPDX-License-Identifier: Apache-2.0
"""Bias and spread of the estimators of the generator's gradient, which examples/gradient_of_estimators.cpp measures."""
import csv
import subprocess

import numpy as np
from matplotlib import pyplot

import common

TITLES = {"logistic": "logistic: s(x) = w·x", "dislikes_soft": "tells soft from hard:\ns(x) = w·x − 4(1 − ‖x‖²)"}


def experiment(program, toml, arguments):
    batches = 100 if arguments.tiny else 30000
    if arguments.keep and arguments.keep.exists():
        printed = arguments.keep.read_text(encoding="utf-8")
    else:
        printed = subprocess.run([program, str(batches)], check=True, text=True, stdout=subprocess.PIPE).stdout
        if arguments.keep:
            arguments.keep.write_text(printed, encoding="utf-8")
    found = {}
    for row in csv.DictReader(printed.splitlines()):
        found.setdefault((row["discriminator"], row["estimator"]), []).append(
            [float(row[name]) for name in ("temperature", "bias", "bias_by_chance", "deviation")])
    found = {key: np.array(rows).T for key, rows in found.items()}

    figure, panels = pyplot.subplots(2, 3, figsize=(11, 6), layout="constrained", sharex=True, sharey=True)
    rows = []
    for (discriminator, estimator), (temperature, bias, chance, deviation) in found.items():
        line = list(TITLES).index(discriminator)
        root = np.hypot(bias, deviation)
        color, label = common.ESTIMATORS[estimator]
        style, order = ("--", 3) if estimator == "straight_through" else ("-", 2)
        clear = np.where(bias > 3 * chance, bias, np.nan)
        panels[line, 0].loglog(temperature, clear, color=color, linestyle=style, zorder=order, label=label)
        panels[line, 0].loglog(temperature, chance, ":", color=color, linewidth=1)
        panels[line, 1].loglog(temperature, deviation, color=color, linestyle=style, zorder=order)
        panels[line, 2].loglog(temperature, root, color=color, linestyle=style, zorder=order, label=label)
        best = root.argmin()
        at = [int(abs(np.log(temperature / t)).argmin()) for t in (0.1, 1)]
        rows.append([discriminator, estimator, *(f"{common.short(bias[i])} ± {common.short(chance[i])}" for i in at),
                     *(common.short(deviation[i]) for i in at), common.short(root[best]),
                     "any" if estimator == "score_function" else common.short(temperature[best])])
    for axes, title in zip(panels[0], ("bias", "standard deviation, 10 samples", "root mean square error, 10 samples")):
        axes.set_title(title)
    for axes, title in zip(panels[:, 0], TITLES.values()):
        axes.set_ylabel(f"{title}\n\nrelative to the gradient")
    for axes in panels.flat:
        common.plain(axes)
        axes.set_ylim(0.003, 50)
    for axes in panels[1]:
        axes.set_xlabel("temperature τ")
        axes.set_xticks([0.01, 0.1, 1, 10], [".01", ".1", "1", "10"])
    panels[0, 2].legend()
    panels[0, 0].plot([], [], ":", color=common.GREY, label="what chance explains")
    panels[0, 0].legend(*[entries[-1:] for entries in panels[0, 0].get_legend_handles_labels()], loc="lower right")
    return figure, common.table(["discriminator", "estimator", "bias at .1", "bias at 1", "deviation at .1",
                                 "deviation at 1", "least error", "at tau"], rows)
