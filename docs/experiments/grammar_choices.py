# SPDX-License-Identifier: Apache-2.0
"""One choice at a time of the GAN that writes the strings of a grammar (docs/grammar-gan.md): what each is worth."""
import numpy as np
from matplotlib import pyplot

import common
import grammar

SEEDS = 32
# What differs from the GAN of grammar.py.
CHOICES = {
    "as in the figure above": {},
    "no average": {"averaging": 0},
    "momentum, beta1 = .5": {"beta1": 0.5},
    "judged at the end alone": {"judged": "final"},
    "hinge": {"loss": "hinge"},
    "label smoothing .1": {"label-smoothing": 0.1},
    "two discriminator updates": {"discriminator-updates": 2},
    "Gumbel-Rao": {"estimator": "gumbel_rao"},
    "feedback with a gradient": {"feedback": "straight_through"},
    "tau .25": {"tau-begin": 0.25, "tau-end": 0.25},
    "tau 1": {"tau-begin": 1, "tau-end": 1},
    "tau 1 to .25, as annealing goes": {"tau-begin": 1, "tau-end": 0.25},
    "relaxed": {"estimator": "relaxed"},
    "relaxed, tau 1 to .25": {"estimator": "relaxed", "tau-begin": 1, "tau-end": 0.25},
    "relaxed, real smoothing .1": {"estimator": "relaxed", "real-smoothing": 0.1},
    "relaxed, fed back as it is": {"estimator": "relaxed", "feedback": "soft"},
}


def experiment(program, toml, arguments):
    common_settings = {**grammar.COMMON, **grammar.GAN, "gans": SEEDS, "epochs": 1, "sampling-temperature": 1,
                       **({**grammar.TINY, "epochs": 1} if arguments.tiny else {})}
    keep = arguments.keep
    rows, middles = [], {"mass": [], "total_variation": []}
    for number, (name, of) in enumerate(CHOICES.items()):
        fleet = grammar.train(program, {**common_settings, **of}, keep and keep.with_name(f"{keep.stem}_{number}.csv"))
        last = fleet["step"].max()
        for metric, list_of in middles.items():
            list_of.append(common.middle(grammar.at(fleet, metric, 1, last)))
        rows.append([name, *(common.with_quartiles(*common.middle(grammar.at(fleet, metric, 1, last)))
                             for metric in ("mass", "kl", "total_variation", "coverage")),
                     f"{np.mean(grammar.at(fleet, 'mass', 1, last) >= 0.95):.0%}"])

    figure, panels = pyplot.subplots(1, 2, figsize=(11, 4.6), layout="constrained", sharey=True)
    places = np.arange(len(CHOICES))[::-1]
    for axes, metric, about in zip(panels, middles, ("probability of right strings", "total variation to the target")):
        median, low, high = np.array(middles[metric]).T
        axes.errorbar(median, places, xerr=[median - low, high - median], fmt="o", color=common.BLUE, markersize=4,
                      elinewidth=1)
        axes.axvline(median[0], color=common.GREY, linewidth=0.7)
        axes.set(xlabel=about, xlim=(0, 1.01))
        common.plain(axes)
    panels[0].set_yticks(places, CHOICES)
    return figure, common.table(["", "mass", "KL", "total variation", "coverage", "mass .95 or more"], rows)
