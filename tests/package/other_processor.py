#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The library on a 64-bit Arm processor gives the bits of tests/gan/golden.txt: cross-compiled, with NEON and
scalar, and run by qemu-user. The shared library of the Python package links there what a wheel's may, and draws for a
program in C what docs/c-api.md says.

    other_processor.py --cmake CMAKE --generator GENERATOR --source SOURCE
"""
import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
COMPILER, C_COMPILER, EMULATOR = "aarch64-linux-gnu-g++", "aarch64-linux-gnu-gcc", "qemu-aarch64"
SYSTEM = "/usr/aarch64-linux-gnu"  # where its C library is
# What every system has, so that a wheel's library may link it, as in scripts/wheel.
MAY_LINK = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-aarch64.so.1"}
# The part of -O2 that fuses products and sums, unless this is forbidden. The rest of -O2 would only take more time.
CONTRACTING = "-fexpensive-optimizations"
LIMIT = 600  # seconds, for each program


def run(*arguments):
    print("+", *map(str, arguments), flush=True)
    return subprocess.run(arguments, timeout=LIMIT, check=True, text=True, capture_output=True).stdout


def check_shared(source, installed, folder):
    """What is wrong with the library that the Python package would have, or nothing."""
    library = installed / "lib/libgumbelcuda.so"
    dynamic = run("readelf", "-d", library)
    linked = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
    if not linked or linked - MAY_LINK:
        return f"the shared library links {sorted(linked)}"
    if not (installed / "_binding/_generated.py").is_file():
        return "the binding for Python was not made"
    # Python loads the library by its path, other programs by this name.
    (folder / re.search(r"\(SONAME\).*\[(.*)\]", dynamic)[1]).symlink_to(library)
    program = folder / "c_program"
    run(C_COMPILER, "-std=c99", f"-I{source / 'include'}", source / "examples/c_program.c", library, "-o", program)
    printed = run(EMULATOR, "-L", SYSTEM, "-E", f"LD_LIBRARY_PATH={folder}", program)
    print(printed)
    if f"```text\n{printed}```" not in (source / "docs/c-api.md").read_text(encoding="utf-8"):
        return "the program in C prints something else than docs/c-api.md says"
    return ""


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
                "-DGUMBELCUDA_CUDA=OFF", "-DBUILD_SHARED_LIBS=ON", "-DGUMBELCUDA_PYTHON=ON")
            # The shared library, and a static one of the same objects.
            run(arguments.cmake, "--build", build, "--target", "gumbelcuda_library", "gumbelcuda_whole",
                "gumbelcuda_binding")
            run(arguments.cmake, "--install", build, "--component", "python", "--prefix", Path(folder, "installed"))
            fault = check_shared(source, Path(folder, "installed"), Path(folder))
            if fault:
                print(fault)
                return 1
            run(COMPILER, "-std=c++20", "-O1", "-static", f"-I{source}", f"-I{source / 'include'}",
                source / "tests/package/golden_main.cpp", build / "host/libgumbelcuda_whole.a", "-o", program)
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
