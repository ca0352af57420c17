#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the figures of this machine that README quotes, measured in one run: speeds and ratios (fleet_benchmark),
instructions for a Gumbel variate (callgrind), start-up time, memory for a GAN.

    cmake --preset release && cmake --build --preset release
    benchmarks/measure.py build/release > benchmarks/results/NAME.txt

Speeds are ratios within the same run, since machines differ and are shared: the medians and the bests of interleaved
repetitions. Instructions and bytes do not depend on other programs on the machine.
"""
import argparse
import json
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

# The article's GAN: a step draws (1 + 10)·10 samples of 5 Gumbel variates each.
STEPS_PER_EPOCH, GUMBELS_PER_STEP = 100, 550


def output(*command, **options):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, **options).stdout


def section(title):
    print(f"\n== {title} ==", flush=True)


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def describe(command, compiler):
    info = json.loads(output(command, "info", "--json"))
    print(f"processor   {processor()}, {info['cpu']['threads']} threads usable")
    print(f"targets     {', '.join(info['cpu']['targets'])}")
    print(f"compiler    {output(compiler, '--version').splitlines()[0]}")
    print(f"date        {time.strftime('%Y-%m-%d')}")
    return info["cpu"]["targets"]


def count_instructions(command, gans, temperature, target):
    """Instructions for a Gumbel variate: the difference of two trainings, so that start-up does not count."""
    collected = []
    for epochs in (1, 3):
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", command, "train", "--gans", str(gans),
             "--epochs", str(epochs), "--temperature", str(temperature), "--threads", "1", "--cpu-target", target,
             "--quiet"], check=True, text=True, capture_output=True)
        collected.append(int(re.search(r"Collected : (\d+)", run.stderr)[1]))
    return (collected[1] - collected[0]) / (2 * STEPS_PER_EPOCH * GUMBELS_PER_STEP * gans)


def measure_instructions(command, targets):
    if not shutil.which("valgrind"):
        print("not counted: valgrind is not installed")
        return
    for target in targets:
        if target == "avx512":
            print("avx512: not counted, valgrind does not know its instructions")
            continue
        for gans, temperature in ((64, .001), (64, .5), (1, .001)):
            if target == "scalar" and gans > 1:
                continue  # this target trains GANs one after another
            count = count_instructions(command, gans, temperature, target)
            print(f"{target:8} {gans:3} GAN{'s' if gans > 1 else ' '} τ = {temperature:<6} {count:8.2f}")


def measure_start(command):
    times = []
    for _ in range(41):
        begin = time.perf_counter()
        output(command, "--version")
        times.append(time.perf_counter() - begin)
    print(f"gumbelcuda --version, a whole process: median {1e3 * statistics.median(times):.1f} ms of {len(times)}")


def peak_memory(command, gans):
    """Bytes of memory, measured in a separate process so that earlier runs do not count."""
    code = ("import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    return 1024 * int(output(sys.executable, "-c", code, command, "train", "--gans", str(gans), "--epochs", "1",
                             "--steps-per-epoch", "1", "--generator-steps", "1", "--quiet"))


def measure_memory(command):
    few, many = 1000, 1_001_000
    print(f"training {many:,} GANs without history: {(peak_memory(command, many) - peak_memory(command, few)) / 1e6:.0f} "
          "bytes a GAN at most, statistics included")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder of the optimised build")
    parser.add_argument("--repetitions", type=int, default=15)
    arguments = parser.parse_args()
    command, benchmark = str(arguments.build / "gumbelcuda"), str(arguments.build / "fleet_benchmark")
    cache = Path(arguments.build, "CMakeCache.txt").read_text()
    targets = describe(command, re.search(r"CMAKE_CXX_COMPILER:\w+=(.*)", cache)[1])

    section("Speed: a whole training of the article's GAN, against the scalar program in double precision")
    print(output(benchmark, "--benchmark_enable_random_interleaving=true", f"--benchmark_repetitions={arguments.repetitions}", "--benchmark_min_time=0.01",
                 stderr=subprocess.DEVNULL).split("\n\n")[-1].strip("\n"))
    section("Instructions a Gumbel variate, everything that training does included")
    measure_instructions(command, targets)
    section("Start-up and memory")
    measure_start(command)
    measure_memory(command)


if __name__ == "__main__":
    main()
