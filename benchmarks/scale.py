#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What large runs cost on this machine: bytes, memory and time a GAN in checkpoints, results and reports, also of GANs in
mid-training, fsyncs, and the counter that the ranks of mpirun share. docs/scale.md multiplies these figures.

    cmake --preset release && cmake --build --preset release --target gumbelcuda_command counter_rate
    benchmarks/scale.py build/release        writes benchmarks/results/NAME-scale.txt; takes three minutes
"""
import argparse
import datetime
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cpu_rows import processor

HERE = Path(__file__).resolve().parent
SMALL, LARGE = 500_000, 1_500_000
# So many that the statistics take all of the 128 MiB that they have for classes that are sorted together.
CLASSES, GANS = 64, 2**20
SWEEP = """
replicas = 1000

[gan]
steps_per_epoch = 1
epochs = 1
batch_size = 1
generator_steps = 1

[grid]
learning_rate = {{ from = 1e-5, to = 1e-2, count = {count}, scale = "log" }}
"""


ALLOWED = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def run(*command):
    """The processor's seconds and the largest memory of a program, which must succeed."""
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {command}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def memory_of_rank_1(*command):
    """The largest memory of the second of two ranks; 0 without mpirun."""
    if not shutil.which("mpirun"):
        return 0
    program = ("import os, resource, subprocess, sys\nsubprocess.run(sys.argv[1:], check=True)\nprint(os.environ["
               "'OMPI_COMM_WORLD_RANK'], resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)")
    done = subprocess.run(["mpirun", "-n", "2", sys.executable, "-c", program, *map(str, command)], env=ALLOWED, check=True,
                          text=True, stdout=subprocess.PIPE)
    return dict(map(int, line.split()) for line in done.stdout.splitlines())[1]


def bytes_in_mid_training(command, *arguments):
    """Of a GAN in the file of those in mid-training, which a run that would take long leaves when it is stopped."""
    with tempfile.TemporaryDirectory() as folder:
        paused = Path(folder) / "a.paused"
        process = subprocess.Popen([*map(str, [command, *arguments]), "--threads", "1", "--checkpoint-interval", ".1",
                                    "--quiet", "--checkpoint", paused.with_suffix("")], stderr=subprocess.DEVNULL)
        while process.poll() is None and not paused.exists():
            time.sleep(.01)
        process.send_signal(signal.SIGTERM)
        process.wait()
        # Behind a line and a checksum: its number, its steps, and how many bytes follow (host/checkpoint/paused_file.cpp).
        head = len("gumbelcuda paused 1\n") + 8
        return 24 + int.from_bytes(paused.read_bytes()[head + 16:head + 24], "little")


def each(small, large):
    """A GAN's share, from runs of two sizes."""
    return (large - small) / (LARGE - SMALL)


def fsyncs(folder, processes, seconds=3):
    """Small writes with fdatasync that so many processes finish a second, each in a file of its own."""
    program = ("import os, sys, time\nfile = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)\nend, n = time.monotonic() + "
               f"{seconds}, 0\nwhile time.monotonic() < end:\n  os.pwrite(file, bytes(100), 100 * n)\n  os.fdatasync(file)\n"
               "  n += 1\nprint(n)")
    started = [subprocess.Popen([sys.executable, "-c", program, folder / f"sync.{i}"], stdout=subprocess.PIPE, text=True)
               for i in range(processes)]
    return sum(int(process.communicate()[0]) for process in started) / seconds


class Report:
    def __init__(self):
        self.text = ""

    def line(self, text="", *values):
        line = (text.ljust(58) + "  ".join(f"{value:>14}" for value in values)).rstrip()
        print(line, flush=True)
        self.text += line + "\n"


def measure_files(report, command, folder):
    kinds = {"train": (lambda gans: ["train", "--gans", gans, "--epochs", 1, "--steps-per-epoch", 1, "--batch-size", 1,
                                     "--generator-steps", 1]),
             "sweep": (lambda gans: ["sweep", folder / f"{gans}.toml"])}
    for gans in (SMALL, LARGE):
        (folder / f"{gans}.toml").write_text(SWEEP.format(count=gans // 1000))
    report.line("A GAN, from runs of 500,000 and 1,500,000", "train", "sweep")
    figures = {}
    for kind, arguments in kinds.items():
        sizes = {}
        for gans in (SMALL, LARGE):
            checkpoint, result, page = (folder / f"{kind}.{gans}{end}" for end in (".checkpoint", ".h5", ".html"))
            _, trained = run(command, *arguments(gans), "--checkpoint", checkpoint, "--quiet")
            merges = [run(command, "merge", checkpoint, "--out", result, "--quiet") for _ in range(3)]
            alone = [run(command, "merge", checkpoint, "--quiet") for _ in range(3)]
            read, read_memory = run(command, "report", result, "-o", page) if kind == "sweep" else (0, 0)
            of_rank = memory_of_rank_1(command, *arguments(gans), "--checkpoint", folder / f"{kind}.{gans}", "--quiet")
            # The memory to merge a fleet does not grow in proportion: measure_many_classes().
            merge_memory = merges[0][1] if kind == "sweep" else 0
            sizes[gans] = [checkpoint.stat().st_size, result.stat().st_size, trained, of_rank, merge_memory, read_memory,
                           statistics.median(seconds for seconds, _ in merges),
                           statistics.median(seconds for seconds, _ in alone), read]
            for path in folder.glob(f"{kind}.{gans}*"):
                path.unlink()
        figures[kind] = [each(*pair) for pair in zip(sizes[SMALL], sizes[LARGE])]
    for number, name in enumerate(("bytes in a checkpoint", "bytes in a result", "bytes of memory to train",
                                   "bytes of memory of rank 1 of 2", "bytes of memory to merge",
                                   "bytes of memory to report")):
        report.line(f"  {name}", *(f"{figures[kind][number]:.0f}" if figures[kind][number] else "-" for kind in kinds))
    for number, name in enumerate(("a processor's seconds to merge into a result, of 10^9",
                                   "a processor's seconds to merge into a table, of 10^9",
                                   "a processor's seconds to report, of 10^9"), 6):
        report.line(f"  {name}", *(f"{figures[kind][number] * 1e9:.0f}" if figures[kind][number] else "-" for kind in kinds))
    report.line()


def measure_mid_training(report, command, folder):
    toml = folder / "long.toml"
    toml.write_text("[gan]\nepochs = 1000000\n")
    report.line("A GAN in mid-training", "train", "sweep")
    report.line("  bytes in FILE.paused", bytes_in_mid_training(command, "train", "--epochs", 1_000_000),
                bytes_in_mid_training(command, "sweep", toml))
    report.line()


def measure_many_classes(report, command, folder):
    checkpoint, result = folder / "classes.checkpoint", folder / "classes.h5"
    run(command, "train", "--gans", GANS, "--probs", ",".join([str(1 / CLASSES)] * CLASSES), "--epochs", 1,
        "--steps-per-epoch", 1, "--batch-size", 1, "--generator-steps", 1, "--checkpoint", checkpoint, "--quiet")
    commands = ("merge", checkpoint, "--quiet"), ("merge", checkpoint, "--out", result, "--quiet"), ("info", result)
    read = [run(command, *arguments)[1] for arguments in commands]
    size = checkpoint.stat().st_size / 2**20
    report.line(f"{GANS:,} GANs of {CLASSES} classes, a checkpoint of {size:.0f} MiB", "merge", "merge --out", "info")
    report.line("  MiB of memory", *(f"{memory / 2**20:.0f}" for memory in read))
    report.line()


def measure_counter(report, program):
    if not program.exists() or not shutil.which("mpirun"):
        report.line("The counter: not measured, no MPI")
        return
    ethernet = ["--mca", "btl", "tcp,self", "--mca", "osc", "pt2pt"]
    report.line("The counter, two ranks: numbers a second", "shared memory", "TCP")
    for name, pause in (("both ask", []), ("one asks, rank 0 looks after MPI every .1 s", [".1"])):
        rates = [subprocess.run(["mpirun", *network, "-n", "2", program, *pause], env=ALLOWED, check=True, text=True,
                                stdout=subprocess.PIPE).stdout.strip() for network in ([], ethernet)]
        report.line(f"  {name}", *(f"{float(rate):,.3g}" for rate in rates))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("--out", type=Path, default=HERE / "results")
    arguments = parser.parse_args()
    report = Report()
    name = processor()
    report.line(f"processor   {name}, {len(os.sched_getaffinity(0))} usable")
    report.line(f"memory      {resource.getpagesize() * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB")
    report.line(f"date        {datetime.date.today()}")
    report.line()
    with tempfile.TemporaryDirectory(dir=arguments.build) as folder:
        command = arguments.build.resolve() / "gumbelcuda"
        measure_files(report, command, Path(folder))
        measure_many_classes(report, command, Path(folder))
        measure_mid_training(report, command, Path(folder))
        report.line("fsyncs a second on this disk, 100 bytes each", "1 process", "4 processes")
        report.line("  fdatasync", *(f"{fsyncs(Path(folder), count):,.0f}" for count in (1, 4)))
        report.line()
    measure_counter(report, arguments.build.resolve() / "counter_rate")
    short = "-".join(name.lower().split()[:2])
    (arguments.out / f"{short}-scale.txt").write_text(report.text)


if __name__ == "__main__":
    main()
