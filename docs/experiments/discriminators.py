# SPDX-License-Identifier: Apache-2.0
"""A smarter discriminator, with and without smoothing of the real samples: a map over the temperature."""
import numpy as np
from matplotlib import pyplot
from matplotlib.colors import LinearSegmentedColormap, BoundaryNorm

import common

COLORS = LinearSegmentedColormap.from_list("far", ["#0b3c6f", "#3a86bd", "#a9d3e5", "#f7f4ee", "#f2b48f", "#cb4b40",
                                                   "#7a0f2c"])
LEVELS = (0, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.7)
LINES = {"none": common.GREY, "16": "#74add1", "32": "#2166ac", "16x16": "#b2182b"}


def discriminator(name):
    return "logistic" if name == "none" else name.replace("x", ", ")


def smoothing(kind, amount):
    return {"none": "no smoothing", "gumbel_softmax": "Gumbel-softmax at the same τ",
            "label": f"label smoothing, {amount:.2g}", "normal": f"normal noise, σ = {amount:.2g}"}[kind]


def softmax(z):
    y = np.exp(z - z.max(axis=-1, keepdims=True))
    return y / y.sum(axis=-1, keepdims=True)


def where_means_agree(target, temperature, samples=50000):
    """Total variation of the generator whose relaxed samples have the mean of the smoothed real samples. What smooths
    them knows their classes, but not the target: noise on equal logits."""
    target = np.array(target)
    noise = np.random.default_rng(1).gumbel(size=(samples, len(target)))
    y = softmax(noise / temperature)
    real = sum(p * y[noise.argmax(axis=1) == k].mean(axis=0) for k, p in enumerate(target))
    logits = np.log(real)
    for _ in range(100):  # Newton's method, with short steps
        y = softmax((logits + noise) / temperature)
        mean = y.mean(axis=0)
        jacobian = (np.diag(mean) - y.T @ y / samples) / temperature
        step = np.linalg.lstsq(jacobian, real - mean, rcond=1e-9)[0]
        logits = logits + step * min(1, 0.3 / max(1e-9, np.abs(step).max()))
    return np.abs(softmax(logits) - target).sum() / 2


def experiment(program, toml, arguments):
    sweep = common.train(program, toml, arguments)
    hidden, kinds, temperature = (sweep.values[name] for name in ("hidden", "smoothing", "temperature"))
    amounts = sweep.array("axis_smoothing_amount")[0, :, 0, 0]
    titles = [smoothing(kind, amount) for kind, amount in zip(kinds, amounts)]
    far = np.nan_to_num(sweep.array("total_variation"), nan=1)
    median, low, high = common.middle(far)
    most = sweep.array("distribution").max(axis=-1)

    figure, panels = pyplot.subplots(2, len(kinds) + 1, figsize=(13, 5.4), layout="constrained", squeeze=False,
                                     height_ratios=[1, 1.25], width_ratios=[*[1] * len(kinds), 0.06])
    norm = BoundaryNorm(LEVELS, 256)
    edges = np.log10(temperature)
    half = (edges[1] - edges[0]) / 2
    for column, title in enumerate(titles):
        axes, curve = panels[:, column]
        picture = axes.imshow(median[:, column], cmap=COLORS, norm=norm, aspect="auto", interpolation="nearest",
                              extent=(edges[0] - half, edges[-1] + half, len(hidden) - 0.5, -0.5))
        axes.set_title(title)
        axes.set_yticks(range(len(hidden)), [discriminator(name) for name in hidden] if column == 0 else [])
        axes.set_xticks([-2, -1, 0, 1], [".01", ".1", "1", "10"])
        for row, name in enumerate(hidden):
            curve.fill_between(temperature, low[row, column], high[row, column], color=LINES[name], alpha=0.2,
                               linewidth=0)
            curve.plot(temperature, median[row, column], color=LINES[name], label=discriminator(name))
        curve.set(xscale="log", ylim=(0, 0.5), xlabel="temperature τ")
        curve.set_xticks([0.01, 0.1, 1, 10], [".01", ".1", "1", "10"])
        common.plain(curve)
        if column:
            curve.tick_params(labelleft=False)
    panels[0, 0].set_ylabel("discriminator's\nhidden layers")
    panels[1, 0].set_ylabel("total variation at the end:\nmedian, quartiles")
    figure.colorbar(picture, cax=panels[0, -1], label="median total variation", ticks=LEVELS,
                    format=lambda value, _: f"{value:g}".replace("0.", ".", 1))
    some = [t for t in temperature if t >= 0.03]
    agree = [where_means_agree(sweep.data["target"], t, 1000 if arguments.tiny else 50000) for t in some]
    if "gumbel_softmax" in kinds:
        panels[1, kinds.index("gumbel_softmax")].plot(some, agree, "k:", label="where the means\nagree")
    panels[1, -1].axis("off")
    handles, labels = panels[1, 1].get_legend_handles_labels()
    panels[1, -1].legend(handles, labels, loc="upper left", bbox_to_anchor=(-2, 1), title="hidden layers")

    shown = [i for i, t in enumerate(temperature) if any(abs(t / s - 1) < 0.05 for s in (0.01, 0.1, 0.25, 1, 10))]
    shown = shown or list(range(len(temperature)))
    rows = [[title, discriminator(name),
             *(common.with_quartiles(median[r, c, i], low[r, c, i], high[r, c, i]) for i in shown),
             f"{100 * np.mean(most[r, c, shown[-2]] > 0.99):.0f} %"]
            for c, title in enumerate(titles) for r, name in enumerate(hidden)]
    predicted = common.table(["tau", "where the means agree"],
                             [[f"{t:.2g}", common.far(a)] for t, a in zip(some, agree)])
    reached = common.table(["smoothing", "hidden", *(f"tau {temperature[i]:.2g}" for i in shown),
                            f"one class at {temperature[shown[-2]]:.2g}"], rows)
    return figure, predicted + "\n" + reached
