# SPDX-License-Identifier: Apache-2.0
"""Generator updates to one of the discriminator: total variation over the learning rate, two discriminators."""
import numpy as np
from matplotlib import pyplot

import common
from discriminators import discriminator


def experiment(program, toml, arguments):
    sweep = common.train(program, toml, arguments)
    balance, hidden, rate = (sweep.values[name] for name in ("generator_steps", "hidden", "learning_rate"))
    median, low, high = common.middle(np.nan_to_num(sweep.array("total_variation"), nan=1))
    figure, panels = pyplot.subplots(1, len(hidden), figsize=(9, 3.8), layout="constrained", sharey=True)
    rows = []
    for column, (axes, name) in enumerate(zip(panels, hidden)):
        for b, updates in enumerate(balance):
            color = pyplot.get_cmap("viridis")(0.9 * b / max(1, len(balance) - 1))
            axes.fill_between(rate, low[b, column], high[b, column], color=color, alpha=0.15, linewidth=0)
            axes.plot(rate, median[b, column], "o-", color=color, markersize=3.5, label=f"{updates:g} to 1")
            rows.append([discriminator(name), f"{updates:g} to 1", *(
                common.with_quartiles(*at) for at in zip(median[b, column], low[b, column], high[b, column]))])
        axes.set(xscale="log", yscale="log", xlabel="learning rate",
                 title="logistic" if name == "none" else f"hidden layer of {name}")
        axes.set_yticks([0.01, 0.1, 1], [".01", ".1", "1"])
        common.plain(axes)
    panels[0].set_ylabel("total variation at the end")
    panels[0].legend(title="generator updates", loc="lower right")
    rows.sort(key=lambda row: hidden.index("none" if row[0] == "logistic" else row[0]))
    return figure, common.table(["hidden", "updates", *(f"rate {r:.2g}" for r in rate)], rows)
