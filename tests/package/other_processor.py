#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The library on a 64-bit Arm processor gives the bits of tests/gan/golden.txt: cross-compiled, with NEON and
scalar, and run by qemu-user.

    other_processor.py --cmake CMAKE --generator GENERATOR --source SOURCE
"""
import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
COMPILER, EMULATOR = "aarch64-linux-gnu-g++", "qemu-aarch64"
# The part of -O2 that fuses products and sums, unless this is forbidden. The rest of -O2 would only take more time.
CONTRACTING = "-fexpensive-optimizations"
LIMIT = 600  # seconds, for each program


def run(*arguments):
    print("+", *map(str, arguments), flush=True)
    return subprocess.run(arguments, timeout=LIMIT, check=True, text=True, capture_output=True).stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--cmake", "--generator", "--source"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    for program, package in ((COMPILER, "g++-aarch64-linux-gnu"), (EMULATOR, "qemu-user")):
        if not shutil.which(program):
            print(f"skipped: NEON, because {program} is not installed (Debian: {package})")
            return SKIPPED
    highway = Path("/usr/include/hwy")
    if not highway.is_dir():
        print("skipped: NEON, because google/highway is not in /usr/include (Debian: libhwy-dev)")
        return SKIPPED
    source = Path(arguments.source)
    try:
        with tempfile.TemporaryDirectory() as folder:
            # Not /usr/include itself, which holds the headers of this machine's C library.
            headers, build, program = Path(folder, "headers"), Path(folder, "build"), Path(folder, "golden")
            headers.mkdir()
            Path(headers, "hwy").symlink_to(highway)
            run(arguments.cmake, "-S", source, "-B", build, "-G", arguments.generator, "-DCMAKE_BUILD_TYPE=Debug",
                "-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64", f"-DCMAKE_CXX_COMPILER={COMPILER}",
                f"-DGUMBELCUDA_HIGHWAY_INCLUDE_DIR={headers}", "-DCMAKE_CXX_FLAGS_DEBUG=", "-DGUMBELCUDA_QUICK=ON",
                f"-DCMAKE_CXX_FLAGS={CONTRACTING}",
                "-DGUMBELCUDA_COMMAND=OFF", "-DGUMBELCUDA_TESTS=OFF", "-DGUMBELCUDA_BENCHMARKS=OFF",
                "-DGUMBELCUDA_CUDA=OFF")
            run(arguments.cmake, "--build", build, "--target", "gumbelcuda_library")
            run(COMPILER, "-std=c++20", "-O1", "-static", f"-I{source}", f"-I{source / 'include'}",
                source / "tests/package/golden_main.cpp", build / "host/libgumbelcuda.a", "-o", program)
            report = run(EMULATOR, program, source / "tests/gan/golden.txt")
            print(report)
            if "neon " not in report:
                print("NEON was not among the instruction sets")
                return 1
    except subprocess.CalledProcessError as error:
        print(error.stdout, error.stderr, error, sep="\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
