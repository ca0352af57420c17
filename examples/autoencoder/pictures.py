# SPDX-License-Identifier: Apache-2.0
"""Two pictures: bounds with their seeds and the way of the validation bound; reconstructions and samples."""
import matplotlib

matplotlib.use("Agg")

import torch
from matplotlib import pyplot

from .networks import decode, encode

COLORS = {"relaxed": "#2166ac", "straight-through": "#b2182b", "Gumbel-Rao": "#e08214", "score function": "#1b7837",
          "location and scale": "#737373"}
SHOWN = (("categorical", "relaxed"), ("categorical", "straight-through"), ("binary", "relaxed"),
         ("Gaussian", "location and scale"))
COLUMNS = 20
pyplot.rcParams.update({"font.size": 10, "axes.titlesize": 10, "legend.frameon": False, "legend.fontsize": 8})


def color(name):
    return COLORS[name.split(",")[0]]


def plain(axes):
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="0.92", linewidth=0.8)
    axes.set_axisbelow(True)


def draw_bounds(samples, results):
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.6), layout="constrained", width_ratios=(1.3, 1))
    for place, result in enumerate(results):
        bound, height = (-result.tight).numpy(), len(results) - place
        left.plot(bound, [height] * len(bound), "o", color=color(result.name), alpha=0.4, markersize=4)
        left.errorbar(bound.mean(), height, xerr=bound.std(ddof=1), fmt="|", color=color(result.name), capsize=3,
                      markersize=12)
    left.set_yticks(range(len(results), 0, -1), [f"{r.latent.name}: {r.name}" for r in results])
    left.set_xlabel(f"- bound of {samples} samples, test set, nats; better to the left")
    plain(left)
    for result in results:
        if result.latent.name == "categorical":
            history = (-result.trained.history.mean(1)).numpy()
            share = [(check + 1) / len(history) for check in range(len(history))]
            dashed = "--" if "τ = 1" in result.name else ":" if "KL" in result.name else "-"
            right.plot(share, history, dashed, color=color(result.name), label=result.name)
    right.set(xlabel="share of the training", ylabel="- ELBO, validation set, nats", title="categorical, mean of seeds")
    if right.lines:
        right.legend()
    plain(right)
    return figure


@torch.no_grad()
def rows_of_images(images, result):
    """Mean images of one sampled code each: of test images, and of the prior. From the first seed."""
    parameters = {name: parameter[:1] for name, parameter in result.trained.parameters.items()}
    x = images.test[None, :COLUMNS]
    code, _ = result.latent.drawn(encode(parameters, x, result.trained.mean), [0], "pictures", 0)
    prior = result.latent.prior(1, COLUMNS, [0], "pictures", 1)
    return [decode(parameters, codes)[0].sigmoid() for codes in (code, prior)]


def draw_images(images, results):
    shown = [result for pair in SHOWN for result in results if (result.latent.name, result.name) == pair]
    rows = [("test images", images.test[:COLUMNS])]
    parts = [(f"{r.latent.name},\n{r.name}", rows_of_images(images, r)) for r in shown]
    for which, title in enumerate(("reconstruction", "sample")):
        rows += [(f"{title}: {name}", made[which]) for name, made in parts]
    figure, panels = pyplot.subplots(len(rows), 1, figsize=(11, 0.62 * len(rows)), layout="constrained",
                                     squeeze=False)
    for axes, (title, row) in zip(panels[:, 0], rows):
        strip = row.view(-1, images.side, images.side).permute(1, 0, 2).reshape(images.side, -1).numpy()
        axes.imshow(strip, cmap="gray_r", vmin=0, vmax=1, interpolation="nearest", aspect="equal")
        axes.set(xticks=[], yticks=[])
        axes.set_ylabel(title, rotation=0, ha="right", va="center", fontsize=8)
        axes.spines[:].set_visible(False)
    return figure


def draw(stem, images, samples, results):
    for end, figure in (("", draw_bounds(samples, results)), ("_images", draw_images(images, results))):
        figure.savefig(f"{stem}{end}.png", dpi=110, facecolor="white", metadata={"Software": None})
        pyplot.close(figure)
