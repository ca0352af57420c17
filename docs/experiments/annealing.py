# SPDX-License-Identifier: Apache-2.0
"""Constant temperatures against schedules, at equal work."""
import re

import numpy as np
from matplotlib import pyplot

import common
from discriminators import discriminator


def label(word):
    """"exponential 1 to 0.01 by 10000": the result file's words for a schedule."""
    found = re.match(r"(\w+) (\S+) to (\S+) by", word)
    return f"{found[1]} {found[2]} to {found[3]}" if found else f"constant {word}"


def experiment(program, toml, arguments):
    sweep = common.train(program, toml, arguments)
    hidden, rate = (sweep.values[name] for name in ("hidden", "learning_rate"))
    names = [label(word) for word in sweep.values["temperature"]]
    far = np.nan_to_num(sweep.array("total_variation"), nan=1)
    median, low, high = common.middle(far)
    figure, panels = pyplot.subplots(len(hidden), len(rate), figsize=(12, 7), layout="constrained", sharey=True,
                                     sharex="row")
    colors = {"constant": common.GREY, "linear": common.GOLD, "cosine": common.RED, "exponential": common.BLUE}
    rows = []
    for line, kind in enumerate(hidden):
        for column, r in enumerate(rate):
            axes = panels[line, column]
            for place, name in enumerate(names):
                color = colors[name.split()[0]]
                axes.scatter(far[line, column, place], place + np.linspace(-0.25, 0.25, far.shape[-1]), s=4,
                             color=color, alpha=0.3, linewidths=0)
                axes.plot([low[line, column, place], high[line, column, place]], [place, place], color=color,
                          linewidth=3, solid_capstyle="butt")
                axes.plot(median[line, column, place], place, "o", color="white", markeredgecolor=color,
                          markersize=6)
            best = median[line, column].min()
            axes.axvline(best, color="0.7", linewidth=0.8, zorder=0)
            axes.set_yticks(range(len(names)), names)
            axes.set_ylim(len(names) - 0.5, -0.5)
            if line == 0:
                axes.set_title(f"learning rate {r:.2g}")
            if line == len(hidden) - 1:
                axes.set_xlabel("total variation at the end")
            if column == 0:
                axes.set_ylabel("logistic" if kind == "none" else f"hidden layer of {kind}", fontsize=11)
            axes.set_xscale("log")
            axes.set_xlim(0.002, 1)
            axes.set_xticks([0.01, 0.1, 1], [".01", ".1", "1"])
            common.plain(axes)
        for place, name in enumerate(names):
            rows.append([discriminator(kind), name, *(
                common.with_quartiles(median[line, c, place], low[line, c, place], high[line, c, place])
                for c in range(len(rate)))])
    return figure, common.table(["hidden", "temperature", *(f"rate {r:.2g}" for r in rate)], rows)
