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

ARCHITECTURES = (80, 86, 89, 90, 100, 120)
MODULE = re.compile(rb"\.version \d+\.\d+\s.*?(?=\x00)", re.DOTALL)
REPORT = re.compile(r"Compiling entry function '(?P<name>\w+)' for '(?P<gpu>sm_\d+)'.*?"
                    r"(?P<stack>\d+) bytes stack frame, (?P<spilled>\d+) bytes spill stores", re.DOTALL)
# Other fleets keep their arrays in memory by design.
FLEET, ARTICLE = "train_fleet_kernel", re.compile(r"thread_mapping<.*fixed<5>, .*fixed<10>|group_mapping<fixed<5>, fixed<10>")


def offences(report, readable):
    found = []
    for m in REPORT.finditer(report):
        name = readable(m["name"])
        if m["stack"] == m["spilled"] == "0" or FLEET in name and not ARTICLE.search(name):
            continue
        found.append(f"{m['gpu']}: {m['stack']} bytes of stack, {m['spilled']} spilled: {name}")
    return found


def readable_name(name):
    text = subprocess.run(["c++filt", name], text=True, capture_output=True, check=True).stdout.strip()
    return re.sub(r"gumbelcuda::(portable::)?", "", text)


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
                    found += offences(run.stderr, readable_name)
    if modules == 0:
        print("skipped: kernels of all architectures, because the objects have no PTX that is not compressed")
        return 77
    print(f"{modules} modules for {len(ARCHITECTURES)} architectures, {len(found)} kernels with a stack", *found, sep="\n")
    return 1 if found else 0


def self_test():
    def report(name, stack, spilled):
        return (f"ptxas info : Compiling entry function '{name}' for 'sm_80'\nptxas info : Function properties for {name}\n"
                f"    {stack} bytes stack frame, {spilled} bytes spill stores, 0 bytes spill loads\n")

    names = {"_Zrow": "void row_kernel<…>", "_Zother": "void train_fleet_kernel<thread_mapping<…fixed<7>…",
             "_Zarticle": "void train_fleet_kernel<thread_mapping<racing_warp_gan<fixed<5>, fixed<10>>"}
    found = [offences(report(name, stack, spilled), names.get)
             for name in names for stack, spilled in ((0, 0), (8, 0), (8, 8))]
    assert [len(f) for f in found] == [0, 1, 1, 0, 0, 0, 0, 1, 1], found
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
