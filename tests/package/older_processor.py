#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command runs on older processors than this one, and learns the same bits there. qemu-user emulates Nehalem (2008:
no AVX, no fused multiply-add) and Haswell (2013: AVX2, no AVX-512).

    older_processor.py COMMAND
"""
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
# 33 GANs: whole vectors of every width, and one remaining GAN.
TRAINING = ["--gans", "33", "--epochs", "1", "--steps-per-epoch", "10"]
# (processor, arguments). Without a target, the command must choose one that works there.
RUNS = [("Nehalem", ["--cpu-target", "scalar"]), ("Nehalem", []), ("Haswell", [])]
EMULATION_LIMIT = 600  # seconds


def train(launcher, command, folder, arguments):
    """(the final distribution with all its digits, the output of --json)"""
    table = Path(folder, f"{len(list(Path(folder).iterdir()))}.csv")
    run = subprocess.run([*launcher, command, "train", *TRAINING, "--json", "--csv", str(table), *arguments],
                         capture_output=True, text=True, timeout=EMULATION_LIMIT)
    if run.returncode != 0:
        sys.exit(f"{' '.join(map(str, run.args))}\nended with {run.returncode}\n{run.stdout}{run.stderr}")
    return table.read_text(), run.stdout


def main():
    command = sys.argv[1]
    if platform.machine() not in ("x86_64", "AMD64"):
        print(f"skipped: older x86 processors, because this machine is {platform.machine()}")
        return SKIPPED
    qemu = shutil.which("qemu-x86_64")
    if not qemu:
        print("skipped: older processors, because qemu-x86_64 is not installed (Debian: qemu-user)")
        return SKIPPED
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        expected, report = train([], command, folder, [])
        print(f"this machine: {len(expected)} bytes\n{report}")
        for processor, arguments in RUNS:
            learned, report = train([qemu, "-cpu", processor], command, folder, arguments)
            same = learned == expected
            print(f"{processor} {arguments}: {'the same bytes' if same else 'OTHER BYTES: ' + learned}\n{report}")
            failures += not same
    print(f"{len(RUNS)} runs, {failures} with other bits")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
