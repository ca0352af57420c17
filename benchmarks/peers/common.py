# SPDX-License-Identifier: Apache-2.0
"""Shared parts of the peers: arguments, records as lines of JSON, the exit with a reason if a framework is missing, the
article's training in numbers, and our own operations on a framework's memory (benchmarks/gpu/for_peers.cpp).

A peer is checked for a right answer before it is timed. Timing is for the GPU; on the CPU only the check runs.
"""
import argparse
import ctypes
import importlib
import json
import math
import statistics
import sys

SKIPPED = 77

# The article's GAN (docs/article.md).
TARGET = (0, 0, .1, .3, .6)
CLASSES, BATCH, GENERATOR_STEPS, STEPS = 5, 10, 10, 20_000
LEARNING_RATE, TEMPERATURE = 7e-4, 1e-3
BETA_1, BETA_2, EPSILON = .9, .999, 1e-8
# Peers are checked by a tenth of the training at ten times the rate. These are the means and deviations of
#   gumbelcuda train --gans 512 --epochs 20 --learning-rate 7e-3
CHECK_RATE, CHECK_STEPS = 7e-3, 2_000
CHECK_MEAN, CHECK_DEVIATION = (.00206, .00207, .0983, .2979, .5996), (.00075, .00075, .0338, .0805, .0889)
CHECK_GANS = 512
# Sizes of the timed fleets, and their numbers of steps. All of the 20,000 steps take about the same time.
TIMED = ((1024, 200), (131_072, 50))


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: only the check")
    parser.add_argument("--library", dest="shared_object",
                        help="libgumbelcuda_for_peers.so, to time ours in turns with the peer")
    return parser.parse_args()


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def framework(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        return skip(f"{name} is not installed ({error})")


def record(kind, **values):
    print(json.dumps({"record": kind, **values}, ensure_ascii=False), flush=True)


def check(case, right, detail=""):
    """Returns whether it is right; a caller that ends with exit_code() reports the rest."""
    record("check", case=case, right=bool(right), detail=str(detail))
    check.failed = check.failed or not right
    return bool(right)


check.failed = False


def exit_code():
    return 1 if check.failed else 0


def check_fleet(who, means, gans):
    """Means over `gans` GANs of the learned probabilities, after the training above. They must be within six deviations
    of ours (both are means of so many GANs), plus 1e-3 for effects of float arithmetic on all GANs alike."""
    spread = math.sqrt(1 / gans + 1 / CHECK_GANS)
    right = all(abs(m - c) <= 6 * d * spread + 1e-3 for m, c, d in zip(means, CHECK_MEAN, CHECK_DEVIATION))
    return check(f"{who}: the learned means", right, [round(float(m), 5) for m in means])


def rate(who, gans, steps, seconds):
    """`seconds` are the times of several runs of `steps` steps."""
    middle = statistics.median(seconds)
    record("rate", who=who, gans=gans, gans_per_second=gans * steps / STEPS / middle,
           note=f"{steps} of {STEPS} steps, median of {len(seconds)} runs, "
                f"{min(seconds):.4f} to {max(seconds):.4f} s")


def chi_square_agrees(counts, probabilities):
    """To six deviations of χ², whose mean is its degrees of freedom and whose variance is twice that."""
    total, degrees = sum(counts), len(counts) - 1
    chi_square = sum((c - total * p) ** 2 / (total * p) for c, p in zip(counts, probabilities))
    return chi_square <= degrees + 6 * math.sqrt(2 * degrees), chi_square


class OurOperations:
    """Our operations on PyTorch tensors: contiguous rows of float32 or bfloat16 on the GPU, on PyTorch's current
    stream."""

    def __init__(self, torch, library):
        self.torch, self.ours = torch, ctypes.CDLL(library)
        self.types = {torch.float32: 0, torch.bfloat16: 2}
        self.seed = 0

    def call(self, function, x, *rest):
        rows, classes = x.shape
        self.seed += 1
        pointers = [ctypes.c_void_p(t.data_ptr()) for t in rest]
        stream = ctypes.c_void_p(self.torch.cuda.current_stream().cuda_stream)
        seed = () if function.endswith("vjp") else (ctypes.c_uint64(self.seed),)
        status = getattr(self.ours, function)(ctypes.c_uint64(rows), ctypes.c_uint64(classes), self.types[x.dtype],
                                                 *seed, *pointers, stream)
        if status != 0:
            raise RuntimeError(f"{function}: CUDA error {status}")

    def gumbel_max(self, logits, index):
        self.call("gumbelcuda_for_peers_max", logits, logits, index)

    def softmax(self, logits, temperature, y):
        self.call("gumbelcuda_for_peers_softmax", logits, logits, temperature, y)

    def softmax_vjp(self, y, d_y, temperature, d_logits):
        self.call("gumbelcuda_for_peers_softmax_vjp", y, y, d_y, temperature, d_logits)


def race(torch, contenders, rounds=15):
    """Times [(who, function)] by turns on the GPU, with L2 flushed by reads: {who: [ms for each round]}."""
    flushed = torch.zeros(1 << 26, device="cuda")
    for _, run in contenders:
        for _ in range(3):
            run()
    torch.cuda.synchronize()
    times = {who: [] for who, _ in contenders}
    for number in range(rounds):
        for i in range(len(contenders)):
            who, run = contenders[(i + number) % len(contenders)]
            begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            flushed.sum()
            begin.record()
            run()
            end.record()
            torch.cuda.synchronize()
            times[who].append(begin.elapsed_time(end))
    return times


def report_race(case, times, goals):
    """goals: [(goal, peer, ours)]"""
    for who, ms in times.items():
        record("time", case=case, who=who, ms=statistics.median(ms), min_ms=min(ms), max_ms=max(ms), rounds=len(ms))
    for goal, peer, ours in goals:
        ratios = [p / o for p, o in zip(times[peer], times[ours])]
        record("figure", goal=goal, case=f"{case}, {peer}", value=statistics.median(ratios), min=min(ratios),
               max=max(ratios), rounds=len(ratios))
