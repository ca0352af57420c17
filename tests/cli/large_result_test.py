# SPDX-License-Identifier: Apache-2.0
"""A result that is larger than the memory that the commands may use: merge, info and plot of a made-up run, each with
its time beside that of cat of the same bytes. Not part of the usual tests: ctest -C long -R large_result

    large_result_test.py [GANS [HISTORY [EPOCHS [REPETITIONS]]]]

GANs (10,000,000), how many of them have a history (800,000), its epochs (100), and how often each time is measured (3).
Takes twice the disk that the result takes: 5 GB.
"""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

COMMAND, MAKE_CHECKPOINTS = os.environ["GUMBELCUDA_COMMAND"], os.environ["GUMBELCUDA_MAKE_CHECKPOINTS"]
MEMORY = 512 << 20
SHARDS = 3


def limited():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def run(*arguments, **options):
    """Seconds and peak memory in bytes."""
    begin = time.monotonic()
    process = subprocess.Popen(arguments, **options)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{arguments[:2]} ended with exit code {process.returncode}")
    return seconds, 1024 * usage.ru_maxrss


def command(*arguments):
    seconds, peak = run(COMMAND, *arguments, preexec_fn=limited, stdout=subprocess.DEVNULL)
    if peak > MEMORY:
        sys.exit(f"{arguments[0]} took {peak >> 20} MiB")
    return seconds, peak


def main():
    given = [int(argument) for argument in sys.argv[1:]]
    gans, history, epochs, repetitions = given + [10_000_000, 800_000, 100, 3][len(given):]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", ".")) as name:
        folder = pathlib.Path(name)
        subprocess.run([MAKE_CHECKPOINTS, name, str(gans), str(history), str(epochs), str(SHARDS)], check=True)
        parts = [str(folder / f"part-{i}") for i in range(SHARDS)]
        size = sum(os.path.getsize(part) for part in parts)
        result, copy = str(folder / "a.h5"), str(folder / "copy")
        print(f"{gans:,} GANs, {history:,} with {epochs} epochs of history: {size / 1e9:.2f} GB of checkpoints", flush=True)

        def report(what, seconds, peak):
            print(f"{what:6} {seconds:7.2f} s  {size / 1e6 / seconds:7.0f} MB/s  {peak / (1 << 20):6.0f} MiB", flush=True)

        for _ in range(repetitions):
            report("cat", *run("sh", "-c", 'cat "$@" > "$0" && sync "$0"', copy, *parts))
            os.unlink(copy)
            report("merge", *command("merge", *parts, "--out", result))
            report("info", *command("info", result))
            if history > 0:
                report("plot", *command("plot", result, "-o", str(folder / "a.png"), "--spread", str(folder / "b.png")))
            report("cat", *run("sh", "-c", 'cat "$1" > /dev/null', "sh", result))
            os.unlink(result)


if __name__ == "__main__":
    main()
