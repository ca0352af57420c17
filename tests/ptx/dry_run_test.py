#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs scripts/gpu-check to its last line over this build's own programs, in tiny sizes, with the interpreter of PTX in
place of CUDA's runtime: every part that needs no more than that must pass, every comparison of bytes be right, every
benchmark have a figure. tests/package/gpu_check_test.py tests what happens to parts that fail, hang and skip.

    dry_run_test.py ROOT --programs FOLDER --runtime FOLDER
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PASSED = ("every operation: same bytes", "every kernel: same bytes", "the command: same CSV", "benchmark: limits",
          "benchmark: rows", "benchmark: fleet", "test: devices of this machine", "test: fleets, as users train them",
          "example: noise in your kernel")
SKIPPED = ("test: what GANs learn", *(f"sanitizer: {tool}" for tool in ("memcheck", "racecheck", "initcheck",
                                                                        "synccheck")),
           *(f"peer: {peer}" for peer in ("jax_fleet", "torch_fleet", "torch_softmax", "triton_gumbel_max")))
# Goals without a figure: their contender is a library or a framework, or the fake device does not say its bandwidth.
NOT_MEASURED = {"G1'", "G2", "G6'", "G7", "G8", "G9", "torch forward + backward", "torch.compile", "torch.multinomial",
                "bandwidth"}
SKIPPED_PEERS = ("cuRAND", "cuDNN")


def lay_out(root, programs, bundle):
    """What scripts/gpu_check/pack makes, without copies of the programs."""
    for name in ("bin", "scripts"):
        (bundle / name).mkdir(parents=True)
    for program in programs.iterdir():
        (bundle / "bin" / program.name).symlink_to(program.resolve())
    for name in ("parts.sh", "report.py", "goals.py", "same-csv", "sanitize"):
        shutil.copy(root / "scripts/gpu_check" / name, bundle / "scripts")
    shutil.copy(root / "benchmarks/gpu_model/figures.json", bundle / "scripts")
    shutil.copytree(root / "benchmarks/peers", bundle / "peers")
    shutil.copy(root / "scripts/gpu_check/run", bundle)
    (bundle / "manifest").write_text("a test's build\n")


def faults_of(status, output, result):
    """Sentences about what is not as it should be."""
    if status != 0 or "== All parts passed" not in output.splitlines()[-1]:
        yield f"exit status {status}"
    ends = {r["name"]: r["status"] for r in result["records"] if r["record"] == "part"}
    wanted = dict.fromkeys(PASSED, "passed") | dict.fromkeys(SKIPPED, "skipped")
    for part in ends.keys() | wanted.keys():
        if ends.get(part) != wanted.get(part):
            yield f"{part}: {ends.get(part)}, should be {wanted.get(part)}"
    checks = [r for r in result["records"] if r["record"] == "check"]
    if len(checks) < 170:
        yield f"only {len(checks)} results were compared"
    yield from (f"wrong: {check}" for check in checks if not check["right"])
    yield from (f"unreadable: {r}" for r in result["records"] if r["record"] == "unreadable")
    without = {goal["goal"] for goal in result["goals"] if not goal["figures"]}
    if without != NOT_MEASURED:
        yield f"goals without a figure: {sorted(without)}, should be {sorted(NOT_MEASURED)}"
    skipped = " ".join(r["who"] for r in result["records"] if r["record"] == "skip")
    yield from (f"{peer} is not named as skipped" for peer in SKIPPED_PEERS if peer not in skipped)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    for name in ("programs", "runtime"):
        parser.add_argument(f"--{name}", required=True, type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bundle, out = Path(name) / "bundle", Path(name) / "out"
        lay_out(arguments.root, arguments.programs, bundle)
        run = subprocess.run(
            [str(arguments.root / "scripts/gpu-check"), "--dry-run", str(bundle), "--out", str(out), "--runtime",
             str(arguments.runtime)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ,
                                                                                                   "LC_ALL": "C.UTF-8"})
        print(run.stdout)
        if not (out / "dry-run.json").exists():
            return 1
        print((out / "dry-run.txt").read_text())
        faults = list(faults_of(run.returncode, run.stdout, json.loads((out / "dry-run.json").read_text())))
    print(*(f"FAULT: {fault}" for fault in faults), sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
