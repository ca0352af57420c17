#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sweeps on one core: what differences between GANs cost, and perceptron GANs against PyTorch, in one run.

    cmake --preset release && cmake --build --preset release --target sweep_benchmark
    benchmarks/cpu_sweeps.py build/release        with a Python that has PyTorch; without, only the first part

writes benchmarks/results/NAME.txt. All processes have one thread, on the same core; they take turns, and a ratio is the
median over the rounds of each round's ratio. Times are each process's processor times. Before a form of the peer is
timed, its GANs must learn what ours learn, and the number of GANs side by side is the one at which it is fastest.
"""
import argparse
import datetime
import json
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from cpu_rows import Contender, Gone, commit, processor, quietest_core
from cpu_rows_report import spread

HERE = Path(__file__).resolve().parent
TAUS = (".001", ".5")
COUNTS = (64, 256, 1024, 4096, 16384)
LEARNED_GANS, LEARNED_STEPS = 128, 1000
SECONDS_A_TURN, ARTICLE_STEPS, GOAL = .4, 20_000, 20


class Peer:
    """A form of the peer, in a process of its own."""

    def __init__(self, command, form, contender=None):
        self.form, self.counts, self.steps, self.seconds = form, {}, {}, {tau: [] for tau in TAUS}
        self.contender = contender or Contender(command)

    def ask(self, *fields):
        told = self.contender.ask(*fields)
        if "error" in told:
            raise Gone(told["error"])
        return told

    def learned(self, tau):
        return self.ask("learned", self.form, tau, LEARNED_GANS, LEARNED_STEPS)["total_variation"]

    def a_step(self, tau, count, steps):
        """Seconds of a GAN's step."""
        return self.ask("run", tau, steps)["cpu"] / steps / count

    def tune(self):
        """Takes the number of GANs that is best at the last τ, for all."""
        found = {}
        for count in COUNTS:
            self.ask("open", self.form, TAUS[-1], count)
            steps = max(1, int(.1 / (self.a_step(TAUS[-1], count, 1) * count)))
            found[count] = min(self.a_step(TAUS[-1], count, steps) for _ in range(3))
        self.count = min(found, key=found.get)
        self.steps = max(1, int(SECONDS_A_TURN / (found[self.count] * self.count)))
        for tau in TAUS:
            self.ask("open", self.form, tau, self.count)

    def turn(self, tau):
        self.seconds[tau].append(self.a_step(tau, self.count, self.steps))


class Ours:
    def __init__(self, program, target):
        self.program, self.target, self.seconds = program, target, {tau: [] for tau in TAUS}

    def turn(self, tau):
        told = json.loads(subprocess.check_output(
            [self.program, "--once", f"g: perceptron 5-16-1, tau {tau}", self.target], text=True))
        self.seconds[tau].append(told["cpu"] / told["gan_steps"])


def agree(a, b):
    """Means of total variation: to six deviations of their difference, plus 1e-3 for effects of float arithmetic."""
    deviation = (statistics.variance(a) / len(a) + statistics.variance(b) / len(b)) ** .5
    return abs(statistics.mean(a) - statistics.mean(b)) <= 6 * deviation + 1e-3


def peers_that_learn(program):
    """Yields lines of the report and, at the end, returns (peers, version)."""
    command = [sys.executable, "-B", str(HERE / "peers" / "cpu_torch_gans.py")]
    ours = {tau: json.loads(subprocess.check_output([program, "--learned", tau], text=True))["total_variation"]
            for tau in TAUS}
    yield "\n== What they have learned: mean total variation to the target after 1,000 steps =="
    yield f"{'':<46}" + "".join(f"{'tau ' + tau:>22}" for tau in TAUS)
    yield f"{'ours, 256 GANs':<46}" + "".join(f"{statistics.mean(ours[tau]):>22.4f}" for tau in TAUS)
    first = Contender(command)
    peers = []
    for number, form in enumerate(first.cases):
        print(f"{form} …", flush=True)
        try:
            peer = Peer(command, form, first if number == 0 else None)
            told = {tau: peer.learned(tau) for tau in TAUS}
            right = all(agree(ours[tau], told[tau]) for tau in TAUS)
            yield (f"{form:<46}" + "".join(f"{statistics.mean(told[tau]):>22.4f}" for tau in TAUS)
                   + ("" if right else "   WRONG: not timed"))
            if right:
                peer.tune()
                peers.append(peer)
        except Gone as why:
            yield f"{form:<46} skipped: {why}"
    return peers, first.version


def race(ours, peers, rounds):
    for number in range(rounds):
        print(f"round {number + 1} of {rounds} …", flush=True)
        for tau in TAUS:
            contenders = [*ours, *peers]
            at = number % len(contenders)
            for contender in contenders[at:] + contenders[:at]:
                contender.turn(tau)


def table(ours, peers):
    for tau in TAUS:
        yield f"\n== Perceptron GANs 5-16-1, tau {tau}, {len(ours[0].seconds[tau])} rounds; ratios to ours with " + \
              f"{ours[0].target} =="
        yield f"{'':<54} {'GANs':>6} {'µs a step of a GAN':>24} {'GANs/s':>8}   ratio"
        best = ours[0].seconds[tau]

        def row(what, count, seconds):
            yield (f"{what:<54} {count:>6} {spread([1e6 * s for s in seconds], 3):>24} "
                   f"{1 / statistics.median(seconds) / ARTICLE_STEPS:>8.3g}   "
                   f"{spread([s / b for s, b in zip(seconds, best)], 3)}")

        for one in ours:
            yield from row(f"ours, {one.target}", 64, one.seconds[tau])
        for peer in peers:
            yield from row(f"PyTorch, {peer.form}", peer.count, peer.seconds[tau])
        ratios = {peer.form: statistics.median(s / b for s, b in zip(peer.seconds[tau], best)) for peer in peers}
        for what, some in (("not compiled", [f for f in ratios if "compile" not in f]), ("of all", list(ratios))):
            if some:
                fastest = min(some, key=ratios.get)
                verdict = "met" if ratios[fastest] >= GOAL else "MISSED"
                yield f"fastest {what}: {fastest}, {ratios[fastest]:.3g}   >= {GOAL}: {verdict}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder of the optimised build")
    parser.add_argument("--name", help="of the result file; otherwise the processor's")
    parser.add_argument("--core", type=int, help="otherwise the one that is least busy now")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    core = quietest_core() if arguments.core is None else arguments.core
    os.sched_setaffinity(0, {core})  # all contenders inherit this
    begin, load, program = time.monotonic(), os.getloadavg()[0], str(arguments.build / "sweep_benchmark")
    costs = subprocess.check_output([program, f"--rounds={arguments.rounds}"], text=True)
    print(costs, flush=True)
    targets = re.findall(r"^== (\w+): GANs/s", costs, re.MULTILINE)
    lines, version = [], "none"
    try:
        learning = peers_that_learn(program)
        while True:
            lines.append(next(learning))
    except StopIteration as end:
        peers, version = end.value
        ours = [Ours(program, target) for target in targets]
        race(ours, peers, arguments.rounds)
        lines += table(ours, peers)
    except Gone as why:
        lines.append(f"\nskipped: PyTorch: {why}")
    head = [f"processor   {processor()}, core {core}, one thread; load average {load:.1f} when it began",
            f"versions    gumbelcuda {commit()}, PyTorch {version}",
            f"date        {datetime.date.today().isoformat()}, {time.monotonic() - begin:.0f} s",
            "times       of the processor, whole process; median [least … most] of the rounds; a ratio is a round's",
            "limits      of fused multiply-adds are those of this core's widest vectors, for both instruction sets",
            "", ""]
    slug = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
    path = HERE / "results" / f"{arguments.name or slug + '-sweeps'}.txt"
    path.write_text("\n".join(head) + costs + "\n".join(lines) + "\n")
    print("\n".join(lines) + f"\nwrote {path}")


if __name__ == "__main__":
    sys.exit(main())
