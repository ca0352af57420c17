#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures whether one build is slower than another on the CPU: fleets of every number of classes, batch size and
temperature, and every operation on rows in every type.

    benchmarks/compare_builds.py BEFORE AFTER [--rounds 7] [--target avx2 …] [--least 0.97]

BEFORE and AFTER are the programs build_turns of two builds. They run by turns, case by case, on one core; times are
the processor times of each process. A ratio is the least time before over the least time after: above 1 is faster.
Prints each ratio below 1 by more than 1 %, then for each group of cases the smallest, the geometric mean and the
largest ratio. The exit status is 1 if a ratio is below --least.
"""
import argparse
import itertools
import json
import math
import os
import subprocess
import sys
from pathlib import Path

CLASSES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16)
ROW_SHAPES = ((2048, 5), (512, 64), (32, 1000), (2, 32768))
TYPES = ("float32", "float16", "bfloat16", "float64")


class Build:
    def __init__(self, program, core):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, {core}))

    def run(self, case):
        print(*case, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())


def cases(targets):
    for target, classes, batch, temperature in itertools.product(targets, CLASSES, (10, 32), (1e-3, .5)):
        steps = 1 + round((1 if temperature < .1 else .4) * 40000 / classes / batch)
        yield "fleets, one an element", ("fleet", target, 32, classes, batch, temperature, steps)
        yield "one GAN alone", ("fleet", target, 1, classes, batch, temperature, 6 * steps)
    for kind, (rows, classes) in itertools.product(TYPES, ROW_SHAPES):
        yield f"rows of {kind}", ("rows", kind, rows, classes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--target", nargs="+", default=["avx2"])
    parser.add_argument("--least", type=float, default=0.97)
    arguments = parser.parse_args()
    core = max(os.sched_getaffinity(0))
    builds = [Build(program, core) for program in (arguments.before, arguments.after)]
    groups = {}
    for group, case in cases(arguments.target):
        best = [{}, {}]
        for _ in range(arguments.rounds):
            for build, least in zip(builds, best):
                for what, seconds in build.run(case).items():
                    least[what] = min(seconds, least.get(what, math.inf))
        for what, before in best[0].items():
            if before < 20e-6:  # the time to read the clock counts
                continue
            ratio = before / best[1][what]
            groups.setdefault(group, []).append(ratio)
            if ratio < .99:
                print(f"{ratio:6.3f}  {what}, {' '.join(map(str, case))}", flush=True)
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown")
    print(f"\n{model}, {arguments.rounds} rounds, core {core}\n{'':28}{'cases':>7}{'least':>8}{'mean':>8}{'most':>8}")
    for group, ratios in groups.items():
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        print(f"{group:28}{len(ratios):7}{min(ratios):8.3f}{mean:8.3f}{max(ratios):8.3f}")
    return int(min(map(min, groups.values())) < arguments.least)


if __name__ == "__main__":
    sys.exit(main())
