# SPDX-License-Identifier: Apache-2.0
"""The clocks that warps take on one scheduler: a warp issues its next instruction when the stall count of the last one
is over, its scoreboards are free and its pipe is. The counts and scoreboards are in the machine code."""
from assumptions import BRANCH, LATENCY
from pipes import clocks, pipe_of


def latency(instruction, pipe, cached):
    if instruction.name in ("LDG", "LD", "LDL", "ATOMG"):
        return LATENCY["cached" if cached else "global"]
    if instruction.name == "LDC":
        return LATENCY["constant"]
    return LATENCY.get(pipe, LATENCY["lsu"])


class Step:
    """An instruction as the scheduler sees it."""
    __slots__ = ("pipes", "busy", "stall", "writes", "reads", "waits", "latency")

    def __init__(self, instruction, halves, cached, taken):
        pipe = pipe_of(instruction)
        self.busy = clocks(instruction)
        self.pipes = {"imad": ("heavy",), "fma": ("heavy", "lite")[:halves]}.get(pipe, (pipe,))
        if pipe == "fma":
            self.busy = 2  # either half, two clocks of it
        self.stall = max(1, instruction.stall) + (BRANCH if taken else 0)
        self.writes, self.reads = instruction.writes, instruction.reads
        self.waits = [b for b in range(6) if instruction.waits >> b & 1]
        self.latency = latency(instruction, pipe, cached)


def steps_of(pieces, halves, cached):
    """pieces: lists of instructions that run one after the other. A branch that ends one is taken."""
    return [Step(i, halves, cached, n + 1 == len(piece) and i.name == "BRA")
            for piece in pieces for n, i in enumerate(piece)]


def simulate(pieces, warps, halves=2, cached=False):
    """Clocks until all warps, which run the same code and begin together, have issued all of it."""
    steps = steps_of(pieces, halves, cached)
    at, ready, boards = [0] * warps, [0] * warps, [[0] * 8 for _ in range(warps)]
    free, clock, last, left = {}, 0, 0, warps
    while left:
        soonest, chosen = None, None
        for offset in range(warps):  # stays with a warp as long as that can issue
            w = (last + offset) % warps
            if at[w] == len(steps):
                continue
            step = steps[at[w]]
            pipe = min(step.pipes, key=lambda p: free.get(p, 0))
            can = max(ready[w], free.get(pipe, 0), *(boards[w][b] for b in step.waits), 0)
            if can <= clock:
                chosen = (w, step, pipe)
                break
            soonest = can if soonest is None else min(soonest, can)
        if chosen is None:
            clock = soonest
            continue
        w, step, pipe = chosen
        last = w
        free[pipe] = clock + step.busy
        if step.writes < 6:
            boards[w][step.writes] = max(boards[w][step.writes], clock + step.latency)
        if step.reads < 6:
            boards[w][step.reads] = max(boards[w][step.reads], clock + LATENCY["reads"])
        ready[w] = clock + step.stall
        at[w] += 1
        left -= at[w] == len(steps)
        clock += 1
    return max(clock, *ready)
