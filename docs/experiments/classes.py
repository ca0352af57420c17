# SPDX-License-Identifier: Apache-2.0
"""How far the number of classes can grow: Zipf's law of more and more classes, batches, learning rates."""
import numpy as np
from matplotlib import pyplot

import common

COLORS = ["#9ecae1", "#3182bd", "#08306b"]


def experiment(program, toml, arguments):
    sweep = common.train(program, toml, arguments)
    batch, rate = (sweep.values[name] for name in ("batch_size", "learning_rate"))
    size = sweep.array("gan_classes")[0, 0, :, 0]
    history = sweep.array("history_total_variation")  # batch, rate, classes, replica, epoch
    updates = np.arange(1, history.shape[-1] + 1) * int(sweep.data["trained_steps"].max()) // history.shape[-1]
    median = np.median(history, axis=3)
    target = [p[:k] for k, p in zip(size, sweep.array("target")[0, 0, :, 0])]
    start = [np.abs(1 / len(p) - p).sum() / 2 for p in target]
    # What the frequencies of so many samples are off by, on average: counts are nearly normal.
    counted = np.array([[np.sqrt(p * (1 - p) * 2 / (np.pi * samples)).sum() / 2 for p in target]
                        for samples in np.array(batch) * updates[-1]])

    figure, (end, course) = pyplot.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    end.plot(size, start, ":", color=common.GREY, label="at the start")
    rows = []
    for b, color in enumerate(COLORS[:len(batch)]):
        best = median[b, :, :, -1].argmin(axis=0)
        last = [history[b, r, k, :, -1] for k, r in enumerate(best)]
        middle, low, high = common.middle(np.array(last))
        end.fill_between(size, [x.min() for x in last], [x.max() for x in last], color=color, alpha=0.2, linewidth=0)
        end.plot(size, middle, "o-", color=color, markersize=4, label=f"batch {batch[b]:g}")
        end.plot(size, counted[b], "--", color=color, linewidth=1)
        for k, r in enumerate(best):
            rows.append([f"{size[k]}", f"{batch[b]:g}", common.far(start[k]), common.far(middle[k]),
                         f"{common.far(last[k].min())}, {common.far(last[k].max())}", f"{rate[r]:g}",
                         common.far(counted[b, k]),
                         next((f"{updates[i]:,}" for i in range(len(updates)) if median[b, r, k, i] <= 0.1), "not")])
    end.plot([], [], "--", color=common.GREY, linewidth=1, label="counting its real samples")
    shown = [k for k in range(len(size)) if k % 2 == 0]
    for place, k in enumerate(shown):
        r = median[-1, :, k, -1].argmin()
        color = pyplot.get_cmap("viridis")(0.9 * place / max(1, len(shown) - 1))
        course.plot(updates, median[-1, r, k], color=color, label=f"{size[k]} classes, rate {rate[r]:g}")
    end.set(xscale="log", xlabel="classes", ylabel="total variation", ylim=(0, 0.75),
            title=f"{updates[-1]:,} updates, the best of {len(rate)} rates")
    end.set_xticks(size, [str(k) for k in size], minor=False)
    end.minorticks_off()
    course.set(xlabel="updates of each network", ylabel="median total variation", ylim=(0, 0.75),
               title=f"batch {batch[-1]:g}")
    for axes in (end, course):
        common.plain(axes)
        axes.legend()
    rows.sort(key=lambda row: (int(row[0]), int(row[1])))
    return figure, common.table(["classes", "batch", "at the start", "median", "least, most", "rate", "counting",
                                 "updates to .1"], rows)
