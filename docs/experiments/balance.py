# SPDX-License-Identifier: Apache-2.0
"""Generator updates to one of the discriminator: total variation over the learning rate, two temperatures, two
discriminators."""
import numpy as np
from matplotlib import pyplot

import common
from discriminators import discriminator


def experiment(program, toml, arguments):
    sweep = common.train(program, toml, arguments)
    balance, temperature, hidden, rate = (sweep.values[name] for name in
                                          ("generator_steps", "temperature", "hidden", "learning_rate"))
    median, low, high = common.middle(np.nan_to_num(sweep.array("total_variation"), nan=1))
    figure, panels = pyplot.subplots(1, len(hidden) * len(temperature), figsize=(12, 3.6), layout="constrained",
                                     sharey=True)
    rows = []
    for place, axes in enumerate(panels):
        h, t = divmod(place, len(temperature))
        kind = "logistic" if hidden[h] == "none" else f"hidden layer of {hidden[h]}"
        for b, updates in enumerate(balance):
            color = pyplot.get_cmap("viridis")(0.9 * b / max(1, len(balance) - 1))
            axes.fill_between(rate, low[b, t, h], high[b, t, h], color=color, alpha=0.15, linewidth=0)
            axes.plot(rate, median[b, t, h], "o-", color=color, markersize=3.5, label=f"{updates:g} to 1")
            rows.append([discriminator(hidden[h]), f"{temperature[t]:g}", f"{updates:g} to 1", *(
                common.with_quartiles(*at) for at in zip(median[b, t, h], low[b, t, h], high[b, t, h]))])
        axes.set(xscale="log", yscale="log", xlabel="learning rate", ylim=(0.004, 1),
                 title=f"{kind}, τ = {temperature[t]:g}")
        axes.set_yticks([0.01, 0.1, 1], [".01", ".1", "1"])
        common.plain(axes)
    panels[0].set_ylabel("total variation at the end")
    panels[-1].legend(title="generator\nupdates", loc="upper left", bbox_to_anchor=(1, 1))
    return figure, common.table(["hidden", "tau", "updates", *(f"rate {r:.2g}" for r in rate)], rows)
