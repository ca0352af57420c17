# SPDX-License-Identifier: Apache-2.0
"""A map of the GAN that writes the strings of a grammar (docs/grammar-gan.md): every combination of schedule, batch, size
of the discriminator, estimator and loss, with small networks."""
import itertools

import numpy as np
from matplotlib import pyplot

import common
import grammar

SEEDS = 32
# Rates and optimiser are those of grammar.py. Its average is of a thousand steps, half of this training.
COMMON = {**grammar.COMMON, **grammar.GAN, "hidden": 8, "gans": SEEDS, "epochs": 1, "steps": 2000, "tau-steps": 2000,
          "averaging": 0.995, "sampling-temperature": 1}
ESTIMATORS = {"relaxed": {"estimator": "relaxed"}, "straight-through": {"estimator": "straight_through"},
              "Gumbel-Rao": {"estimator": "gumbel_rao", "inner-samples": 3}}
LOSSES = {"plain": {}, "label smoothing": {"label-smoothing": 0.1}, "real smoothing": {"real-smoothing": 0.1},
          "hinge": {"loss": "hinge"}, "judged at the end": {"judged": "final"}}
UNITS, BATCHES = (8, 16), (8, 16)
# Begin and end: the combinations of two lists, which one call of the program trains.
TEMPERATURES = {"1": (1, 1), "1 to .25": (1, 0.25), ".25 to 1": (0.25, 1), ".25": (0.25, 0.25)}
# Sizes that are compiled unless others are chosen.
TINY = {"hidden": 8, "gans": 2, "steps": 4}
TINY_UNITS, TINY_BATCHES = (8,), (16,)

METRICS = {"mass": "mass", "kl": "KL", "total_variation": "total variation"}
FACTORS = ("batch", "estimator", "loss", "units of the discriminator", "tau")


def train(program, arguments, levels):
    """metrics[name]: an array with a dimension for each factor, seeds last."""
    *others, temperatures = levels
    metrics = {name: [] for name in METRICS}
    for number, (batch, estimator, loss, hidden) in enumerate(itertools.product(*others)):
        ends = ",".join(f"{tau:g}" for tau in sorted({tau for pair in TEMPERATURES.values() for tau in pair}))
        settings = {**COMMON, **ESTIMATORS[estimator], **LOSSES[loss], "discriminator-hidden": hidden, "batch": batch,
                    "tau-begin": ends, "tau-end": ends, **(TINY if arguments.tiny else {})}
        # Rows of the noise stream that no other configuration draws from.
        settings["first"] = number * len(temperatures) * settings["gans"]
        keep = arguments.keep
        fleet = grammar.train(program, settings, keep and keep.with_name(f"{keep.stem}_{number}.csv"))
        for name, list_of in metrics.items():
            for begin, end in map(TEMPERATURES.get, temperatures):
                chosen = np.isclose(fleet["tau_begin"], begin) & np.isclose(fleet["tau_end"], end)
                list_of.append(fleet[name][chosen])
    shape = tuple(len(of) for of in levels)
    return {name: np.array(of).reshape(*shape, -1) for name, of in metrics.items()}


def of_level(array, factor, level):
    """Of all other factors, then the rest."""
    return np.take(array, level, axis=factor).reshape(-1, *array.shape[len(FACTORS):])


def effects(metrics, levels):
    """What each level is worth: the mean of the medians of all configurations that have it. Its error is by chance among
    seeds alone: the deviation of that mean if the seeds of each configuration are drawn again from themselves."""
    draw = np.random.default_rng(0)
    median, again = {}, {}
    for name, array in metrics.items():
        median[name] = np.median(array, axis=-1)
        chosen = draw.integers(array.shape[-1], size=(200, *array.shape))
        again[name] = np.moveaxis(np.median(np.take_along_axis(array[None], chosen, axis=-1), axis=-1), 0, -1)
    rows = []
    for factor, (about, names) in enumerate(zip(FACTORS, levels)):
        least = np.argmin(median["total_variation"], axis=factor)
        for level, name in enumerate(names):
            cells = [f"{common.far(of_level(median[metric], factor, level).mean())} ± "
                     f"{common.far(of_level(again[metric], factor, level).mean(axis=0).std())}" for metric in METRICS]
            rows.append([f"{about}: {name}", *cells, f"{np.sum(least == level)} of {least.size}"])
    return common.table(["", *METRICS.values(), "least total variation in"], rows)


def every_configuration(metrics, levels):
    rows = []
    for place in itertools.product(*map(range, metrics["mass"].shape[:-1])):
        names = [str(of[i]) for of, i in zip(levels, place)]
        rows.append([*names, *(common.with_quartiles(*common.middle(array[place])) for array in metrics.values())])
    return common.table(["batch", "estimator", "loss", "units", "tau", *METRICS.values()], rows)


def draw(axes, median, levels, about, colors):
    """Rows: estimators, and the temperatures of each; columns: losses, units and batches of each."""
    batches, estimators, losses, units, temperatures = levels
    cells = median.transpose(1, 4, 2, 3, 0).reshape(len(estimators) * len(temperatures), -1)
    image = axes.imshow(cells, vmin=0, vmax=1, cmap=colors, aspect="auto", interpolation="nearest")
    height, width = len(temperatures), len(units) * len(batches)
    axes.set_yticks(range(cells.shape[0]), [f"τ {tau}" for _ in estimators for tau in temperatures], fontsize=8)
    axes.set_xticks(range(cells.shape[1]), [f"{batch}" for _ in losses for _ in units for batch in batches], fontsize=8)
    axes.tick_params(length=0)
    for i, loss in enumerate(losses):
        axes.axvline(i * width - 0.5, color="white", linewidth=4)
        axes.text((i + 0.5) * width - 0.5, -0.7, loss, ha="center", va="bottom", fontsize=9)
        for j, hidden in enumerate(units):
            axes.axvline(i * width + j * len(batches) - 0.5, color="white", linewidth=1.5)
            axes.text(i * width + (j + 0.5) * len(batches) - 0.5, -0.085, f"{hidden} units", ha="center", va="top", fontsize=8,
                      transform=axes.get_xaxis_transform())
    for i, estimator in enumerate(estimators):
        axes.axhline(i * height - 0.5, color="white", linewidth=4)
        axes.text(-0.085, 1 - (i + 0.5) / len(estimators), estimator, rotation=90, ha="right", va="center", fontsize=9,
                  transform=axes.transAxes)
    axes.spines[:].set_visible(False)
    axes.set_title(about, loc="left", pad=20, fontweight="bold")
    bar = axes.figure.colorbar(image, ax=axes, pad=0.01, aspect=30)
    if colors.endswith("_r"):
        bar.ax.invert_yaxis()  # what is better is bright, and above


def experiment(program, toml, arguments):
    levels = (TINY_BATCHES if arguments.tiny else BATCHES, list(ESTIMATORS), list(LOSSES),
              TINY_UNITS if arguments.tiny else UNITS, list(TEMPERATURES))
    metrics = train(program, arguments, levels)
    figure, panels = pyplot.subplots(2, 1, figsize=(11, 9.4), layout="constrained")
    for axes, metric, about, colors in (
            (panels[0], "mass", "probability of right strings: the brighter, the better", "viridis"),
            (panels[1], "total_variation", "total variation to the target: the brighter, the better", "viridis_r")):
        draw(axes, np.median(metrics[metric], axis=-1), levels, about, colors)
    panels[-1].set_xlabel("batch; units of the discriminator", labelpad=22)
    return figure, effects(metrics, levels) + "\n" + every_configuration(metrics, levels)
