#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Assembles the PTX that a build left in its objects for every current architecture, and names the kernels of rows and
of the article's fleet that have a stack frame or spill there. kernel_budget.py reads the same report, but of the build's
own architecture alone.

    no_stack.py --check FOLDER --nvcc NVCC [PATTERN]   the objects of a folder whose path contains PATTERN
    no_stack.py --self-test
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kernel_budget import parse
from kernel_names import readable

ARCHITECTURES = (80, 86, 89, 90, 100, 120)
MODULE = re.compile(rb"\.version \d+\.\d+\s.*?(?=\x00)", re.DOTALL)
# Other fleets keep their arrays in memory by design.
FLEET, ARTICLE = "train_fleet_kernel", re.compile(r"thread_mapping<.*fixed<5>, .*fixed<10>|group_mapping<fixed<5>, fixed<10>")


def offences(kernels):
    """`kernels`: as kernel_budget.parse() has them, with readable names."""
    return [f"{stack} bytes of stack, {spilled} spilled: {name}" for name, _, stack, spilled in kernels
            if stack + spilled > 0 and (FLEET not in name or ARTICLE.search(name))]


def check(folder, nvcc, pattern=""):
    ptxas, found, modules = Path(nvcc).parent / "ptxas", [], 0
    for file in sorted(Path(folder).rglob("*.cu.o")):
        if pattern not in str(file):
            continue
        for text in MODULE.findall(file.read_bytes()):
            modules += 1
            with tempfile.NamedTemporaryFile(suffix=".ptx") as ptx:
                ptx.write(text)
                ptx.flush()
                for gpu in ARCHITECTURES:
                    run = subprocess.run([ptxas, "-v", f"-arch=sm_{gpu}", "-fmad=false", ptx.name, "-o", "/dev/null"],
                                         text=True, capture_output=True, check=True)
                    kernels = parse(run.stderr, f"sm_{gpu}")
                    names = readable(k[0] for k in kernels)
                    found += [f"sm_{gpu}: {offence}"
                              for offence in offences((name, *k[1:]) for name, k in zip(names, kernels))]
    if modules == 0:
        print("skipped: kernels of all architectures, because the objects have no PTX that is not compressed")
        return 77
    print(f"{modules} modules for {len(ARCHITECTURES)} architectures, {len(found)} kernels with a stack", *found, sep="\n")
    return 1 if found else 0


def self_test():
    names = ("void row_kernel<…>", "void train_fleet_kernel<thread_mapping<…fixed<7>…",
             "void train_fleet_kernel<thread_mapping<racing_warp_gan<fixed<5>, fixed<10>>")
    found = [len(offences([(name, 96, stack, spilled)])) for name in names for stack, spilled in ((0, 0), (8, 0), (8, 8))]
    assert found == [0, 1, 1, 0, 0, 0, 0, 1, 1], found
    report = ("ptxas info : Compiling entry function '_Zx' for 'sm_80'\nptxas info : Function properties for _Zx\n"
              "    8 bytes stack frame, 4 bytes spill stores, 4 bytes spill loads\nptxas info : Used 96 registers\n")
    assert parse(report, "sm_80") == [("_Zx", 96, 8, 4)] and not parse(report, "sm_90")
    assert MODULE.findall(b"\x7fELF\x00.version 9.0\n.target sm_75\n}\n\x00\x00") == [b".version 9.0\n.target sm_75\n}\n"]
    print("every planted offence was found")
    return 0


def main():
    match sys.argv[1:]:
        case ["--self-test"]:
            return self_test()
        case ["--check", folder, "--nvcc", nvcc, *pattern]:
            return check(folder, nvcc, *pattern)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
