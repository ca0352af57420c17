# SPDX-License-Identifier: Apache-2.0
"""Runs of many ranks on nodes that fail, simulated (scheduler_events.py): how much of the time that is allocated trains
GANs that are kept, and when the result is there, by the number of ranks."""
from random import Random

from scheduler_events import IN_TURN, STATE, TOGETHER, YEAR, Machine, Run, job_array, nodes_of, one_job, young

DAY = 86400
# Runs of a row; failures are rare where ranks are few.
REPLICAS = {16: 32, 104: 16, 1000: 8, 10000: 4}
RANKS = tuple(REPLICAS)
INTERVALS = (10, 60, 600)
TIMES = ("together", "together, array of 4", "in turn 60 s", "in turn, array of 1", "in turn, array of 4")
MTBF = {"5 years": 5, "0.72 years": 0.72}


def mean(simulate, machine, run, *arguments):
    """Efficiency, and days to the result, of some runs; those of other settings meet the same failures."""
    outcomes = [simulate(machine, run, *arguments, Random(f"{run.ranks} {machine.node_mtbf} {replica}"))
                for replica in range(REPLICAS[run.ranks])]
    useful, allocated = sum(o.useful for o in outcomes), sum(o.allocated for o in outcomes)
    return useful / allocated, sum(o.elapsed for o in outcomes) / len(outcomes) / DAY


def intervals_of(machine, ranks):
    """By column: what is kept, and the interval."""
    best = young(machine, Run(ranks, DAY))
    return {"together": (TOGETHER, 60), **{f"in turn {s} s": (IN_TURN, s) for s in INTERVALS},
            **{f"state {s} s": (STATE, s) for s in INTERVALS}, "state, best": (STATE, best)}


def percent(share):
    return f"{100 * share:.1f}"


def duration(seconds):
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 3600:.1f} h" if seconds < 10 * DAY else \
        f"{seconds / DAY:.0f} d"


def rows_of(ranks):
    """The rows of both tables, and their numbers for the picture."""
    efficiencies, times, numbers = [], [], {}
    for name, years in MTBF.items():
        machine = Machine(node_mtbf=years * YEAR)
        nodes = nodes_of(machine, ranks)
        columns = intervals_of(machine, ranks)
        jobs = {column: mean(one_job, machine, Run(ranks, DAY, interval=interval, mode=mode))
                for column, (mode, interval) in columns.items()}
        efficiencies.append([ranks, name, duration(machine.node_mtbf / nodes),
                             *(percent(efficiency) for efficiency, _ in jobs.values()),
                             duration(columns["state, best"][1])])
        for mode, shards in ((TOGETHER, 4), (IN_TURN, 1), (IN_TURN, 4)):
            jobs[f"{mode}, array of {shards}"] = mean(job_array, machine, Run(ranks, DAY, mode=mode), nodes * shards)
        times.append([ranks, name, *(cell for column in TIMES
                                     for cell in (percent(jobs[column][0]), f"{jobs[column][1]:.2f}"))])
        numbers[name] = jobs
    return efficiencies, times, numbers


HEADS = (["ranks", "a node fails", "the job", "together",
          *(f"in turn {s} s" for s in INTERVALS), *(f"state {s} s" for s in INTERVALS), "best", "at interval"],
         ["ranks", "a node fails", "together", "days", "array of 4", "days", "in turn", "days", "array", "days",
          "array of 4", "days"])


def draw(numbers):
    import common
    from matplotlib import pyplot
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 4), layout="constrained")
    ranks = list(numbers)
    shown = {"together": (common.RED, "one job, GANs train together"),
             "in turn 60 s": (common.BLUE, "one job, in turn, added every 60 s"),
             "state 60 s": (common.GOLD, "one job, state kept every 60 s"),
             "in turn, array of 1": (common.GREEN, "array, a shard a node, in turn"),
             "in turn, array of 4": (common.GREY, "array, 4 shards a node, in turn")}
    for name, style in zip(MTBF, (":", "-")):
        for column, (color, label) in shown.items():
            label = label if style == "-" else None
            left.plot(ranks, [100 * (1 - numbers[r][name][column][0]) for r in ranks], "o" + style, color=color,
                      markersize=3.5, label=label)
            right.plot(ranks, [numbers[r][name][column][1] for r in ranks], "o" + style, color=color, markersize=3.5)
    left.set(xscale="log", yscale="log", xlabel="ranks", ylabel="allocated time that is lost, %",
             title="a node fails every 0.72 years (solid), 5 years (dotted)")
    left.set_yticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
    right.set(xscale="log", xlabel="ranks", ylabel="days to the result of one day's work")
    for axes in (left, right):
        axes.minorticks_off()
        common.plain(axes)
    right.legend(*left.get_legend_handles_labels(), loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def experiment(program, toml, arguments):
    import common
    tables, numbers = ([], []), {}
    for ranks in RANKS[:1] if arguments.tiny else RANKS:
        *rows, numbers[ranks] = rows_of(ranks)
        for whole, part in zip(tables, rows):
            whole.extend(part)
    return draw(numbers), "\n".join(common.table(head, rows) for head, rows in zip(HEADS, tables))
