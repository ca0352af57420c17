#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nvcc compiles every file of kernels/ for a real GPU, warnings as errors, and what the assembler says of each kernel
is held against a budget: a kernel that needs more registers than planned runs fewer threads at once, and one that
spills pays for every use.

    compile_kernels.py --nvcc NVCC --source SOURCE
    compile_kernels.py --self-test        the budget's check on reports with planted offences
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ARCHITECTURE = "sm_90"
# Bits are a contract: no contraction, no flushing, no approximate division or square root.
FLAGS = ["-std=c++20", f"-arch={ARCHITECTURE}", "-fmad=false", "--expt-relaxed-constexpr", "-Werror", "all-warnings",
         "-Xptxas", "-v", "-DGUMBELCUDA_ONLY_ARTICLE_SHAPE"]
# (a kernel's name must match, most registers, most bytes of stack frame, most bytes spilled): the kernels that the
# article's GAN runs on, and those whose stack would otherwise grow with the number of classes. Others keep their arrays
# in memory by design.
BUDGET = [
    (r"thread_crew<.*racing_gan<float, .*fixed<5>, .*fixed<10>", 128, 0, 0),
    (r"thread_crew<.*direct_gan<float, .*fixed<5>, .*fixed<10>", 128, 448, 0),
    (r"group_crew<.*fixed<5>, .*fixed<10>, .*fixed<16>", 128, 0, 0),
    (r"group_crew<.*fixed<5>, .*fixed<10>, .*fixed<[248]>", 128, 0, 0),
    (r"warp_crew<.*fixed<[12]>", 64, 640, 0),
    (r"warp_crew<.*bounded<32>", 64, 6400, 0),
]
REPORT = re.compile(r"Compiling entry function '(?P<name>\w+)'.*?(?P<stack>\d+) bytes stack frame, (?P<spilled>\d+) bytes "
                    r"spill stores, \d+ bytes spill loads.*?Used (?P<registers>\d+) registers", re.DOTALL)


def parse(report):
    """[(mangled name, registers, stack, spilled)]"""
    return [(m["name"], int(m["registers"]), int(m["stack"]), int(m["spilled"])) for m in REPORT.finditer(report)]


def offences(kernels):
    """What exceeds the budget, and what of the budget was not seen at all. `kernels` with readable names."""
    found = []
    for pattern, registers, stack, spilled in BUDGET:
        matching = [k for k in kernels if re.search(pattern, k[0])]
        if not matching:
            found.append(f"no kernel matches {pattern}")
        for name, *used in matching:
            for what, value, most in zip(("registers", "bytes of stack", "bytes spilled"), used,
                                         (registers, stack, spilled)):
                if value > most:
                    found.append(f"{value} {what}, {most} allowed: {name}")
    return found


def compile_all(nvcc, source):
    kernels = []
    with tempfile.TemporaryDirectory() as folder:
        for file in sorted(Path(source, "kernels").glob("*.cu")):
            command = [nvcc, *FLAGS, f"-I{source}", f"-I{source}/include", "-c", file, "-o", Path(folder, "out.o")]
            run = subprocess.run(command, text=True, capture_output=True)
            if run.returncode != 0:
                print(*command, run.stdout, run.stderr, sep="\n")
                return None
            kernels += parse(run.stderr)
    names = subprocess.run(["c++filt"], input="\n".join(k[0] for k in kernels), text=True, check=True,
                           capture_output=True).stdout.splitlines()
    return [(name, *kernel[1:]) for name, kernel in zip(names, kernels)]


def self_test():
    names = ["thread_crew<racing_gan<float, fixed<5>, fixed<10>, stream_row>, fixed<5>, fixed<10> >",
             "thread_crew<direct_gan<float, fixed<5>, fixed<10>, stream_row, 5>, fixed<5>, fixed<10> >",
             "group_crew<fixed<5>, fixed<10>, fixed<16>, fixed<1>, fixed<10> >",
             "group_crew<fixed<5>, fixed<10>, fixed<4>, fixed<2>, fixed<10> >",
             "warp_crew<fixed<1>, bounded<16> >", "warp_crew<bounded<32>, bounded<16> >"]
    good = [(f"void train_fleet_kernel<{name}>(fleet_slice, {name})", 60, 0, 0) for name in names]
    assert not offences(good), offences(good)
    for number, kernel in enumerate(good):
        others = good[:number] + good[number + 1:]
        for i, value in ((1, 129), (2, 6401), (3, 1)):
            bad = list(kernel)
            bad[i] = value
            assert len(offences([*others, tuple(bad)])) == 1, bad
        assert len(offences(others)) == 1, "a kernel that is gone"
    text = ("ptxas info : Compiling entry function '_Zx' for 'sm_90'\nptxas info : Function properties for _Zx\n"
            "    64 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads\n"
            "ptxas info : Used 96 registers, used 0 barriers\n")
    assert parse(text) == [("_Zx", 96, 64, 8)], parse(text)
    print("every planted offence was found")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nvcc")
    parser.add_argument("--source")
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    kernels = compile_all(arguments.nvcc, arguments.source)
    if not kernels:
        return 1
    for name, registers, stack, spilled in kernels:
        short = re.sub(r"gumbelcuda::(portable::)?", "", name).split("(")[0]
        print(f"{registers:4} registers {stack:7} bytes of stack {spilled:5} spilled  {short}")
    found = offences(kernels)
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
