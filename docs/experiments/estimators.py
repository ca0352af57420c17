# SPDX-License-Identifier: Apache-2.0
"""The four estimators side by side: maps of temperature × learning rate, for two discriminators."""
import numpy as np
from matplotlib import pyplot
from matplotlib.colors import BoundaryNorm

import common
from discriminators import COLORS, LEVELS, discriminator


def experiment(program, toml, arguments):
    sweep = common.train(program, toml, arguments)
    hidden, estimators, temperature, rate = (sweep.values[name] for name in
                                             ("hidden", "estimator", "temperature", "learning_rate"))
    far = np.nan_to_num(sweep.array("total_variation"), nan=1)
    median, low, high = common.middle(far)
    figure = pyplot.figure(figsize=(11, 8.6), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=[2.1, 1])
    panels = above.subplots(len(hidden), len(estimators), sharex=True, sharey=True)
    norm = BoundaryNorm(LEVELS, 256)
    x, y = np.log10(temperature), np.log10(rate)
    dx, dy = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
    rows = []
    for line, name in enumerate(hidden):
        for column, estimator in enumerate(estimators):
            axes, cells = panels[line, column], median[line, column]
            picture = axes.imshow(cells.T, origin="lower", cmap=COLORS, norm=norm, aspect="auto",
                                  interpolation="nearest",
                                  extent=(x[0] - dx, x[-1] + dx, y[0] - dy, y[-1] + dy))
            best = np.unravel_index(cells.argmin(), cells.shape)
            # The score function ignores the temperature: a column is as good as another.
            if estimator == "score_function":
                together = far[line, column].transpose(1, 0, 2).reshape(len(rate), -1)
                best = (0, int(np.median(together, axis=-1).argmin()))
                spread = np.quantile(together[best[1]], (0.5, 0.25, 0.75))
            else:
                axes.plot(x[best[0]], y[best[1]], "*", color="white", markeredgecolor="black", markersize=11)
                spread = [part[line, column][best] for part in (median, low, high)]
            rows.append([discriminator(name), estimator, common.with_quartiles(*spread),
                         "any" if estimator == "score_function" else f"{temperature[best[0]]:.2g}",
                         f"{rate[best[1]]:.2g}", f"{100 * np.mean(cells <= 0.1):.0f} %",
                         f"{100 * np.mean(cells[np.array(temperature) >= 0.3] <= 0.1):.0f} %"])
            if line == 0:
                axes.set_title(common.ESTIMATORS[estimator][1])
            axes.set_xticks([-2, -1, 0, 1], [".01", ".1", "1", "10"])
            axes.set_yticks([-4, -3, -2], ["10⁻⁴", "10⁻³", "10⁻²"])
            if line == len(hidden) - 1:
                axes.set_xlabel("temperature τ")
            if column == 0:
                kind = "logistic" if name == "none" else f"hidden layer of {name}"
                axes.set_ylabel(f"{kind}\n\nlearning rate")
    above.colorbar(picture, ax=panels, label="median total variation", ticks=LEVELS, pad=0.01,
                    format=lambda value, _: f"{value:g}".replace("0.", ".", 1))
    text = common.table(["hidden", "estimator", "least median (quartiles)", "at tau", "at rate",
                         "cells at most .1", "those of tau >= .3"], rows)

    # One hidden layer, one temperature, two optimizers.
    plain = common.train(program, toml, arguments, "_sgd")
    place = int(np.abs(np.log(np.array(temperature) / 0.1)).argmin())
    for axes, title, x, parts in zip(
            below.subplots(1, 2, sharey=True), ("Adam", "plain gradient descent"),
            (rate, plain.values["learning_rate"]),
            (far[-1, :, place], np.nan_to_num(plain.array("total_variation"), nan=1))):
        rows = []
        for estimator, values in zip(estimators, parts):
            color, label = common.ESTIMATORS[estimator]
            median, low, high = common.middle(values)
            axes.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
            axes.plot(x, median, "o-", color=color, markersize=3.5, label=label)
            rows.append([estimator, *(common.with_quartiles(*at) for at in zip(median, low, high))])
        axes.set(xscale="log", yscale="log", ylim=(0.008, 1), xlabel="learning rate",
                 title=f"{title}, hidden layer of {hidden[-1]}, τ = .1")
        axes.set_yticks([0.01, 0.1, 1], [".01", ".1", "1"])
        common.plain(axes)
        text += f"\n{title}, hidden layer of {hidden[-1]}, tau .1:\n"
        text += common.table(["estimator", *(f"rate {r:.2g}" for r in x)], rows)
        if title == "Adam":
            axes.set_ylabel("total variation at the end")
            axes.legend(loc="lower right")
    return figure, text
