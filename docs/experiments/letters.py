# SPDX-License-Identifier: Apache-2.0
"""Letters of a text in three orders: total variation over the learning rate, and what the GANs have learned."""
import string

import numpy as np
from matplotlib import pyplot

import common

ORDERS = {"file": ("", common.BLUE, "as they stand"), "shuffled": ("_shuffled", common.GOLD, "shuffled, pass by pass"),
          "iid": ("_iid", common.RED, "from anywhere")}


def experiment(program, toml, arguments):
    figure, (curves, letters) = pyplot.subplots(1, 2, figsize=(12, 3.8), layout="constrained", width_ratios=(1, 2))
    rows = []
    for order, (part, color, label) in ORDERS.items():
        sweep = common.train(program, toml, arguments, part)
        rate = sweep.values["learning_rate"]
        distance = np.nan_to_num(sweep.array("total_variation"), nan=1)
        median, low, high = common.middle(distance)
        curves.fill_between(rate, low, high, color=color, alpha=0.15, linewidth=0)
        curves.plot(rate, median, "o-", color=color, markersize=4, label=label)
        rows.append([label, *(common.with_quartiles(*at) for at in zip(median, low, high))])
        best = int(np.argmin(median))
        place = np.arange(26) + {"file": -.25, "shuffled": 0, "iid": .25}[order]
        learned = sweep.array("distribution")[best]
        letters.bar(place, learned.mean(axis=0), width=.25, color=color)
        if order == "file":
            target = np.ravel(sweep.data["target"])[:26]
            letters.hlines(target, np.arange(26) - .45, np.arange(26) + .45, color="black", linewidth=1.2,
                           label="in the text")
    curves.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="total variation at the end")
    curves.legend()
    common.plain(curves)
    letters.set(xticks=range(26), ylabel="probability, mean of 16 GANs", xlim=(-.7, 25.7))
    letters.set_xticklabels(list(string.ascii_lowercase))
    letters.legend()
    common.plain(letters)
    return figure, common.table(["letters", *(f"rate {r:.2g}" for r in rate)], rows)
