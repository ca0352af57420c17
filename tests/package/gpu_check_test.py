#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests scripts/gpu-check as far as this is possible without a GPU: its dry run, in which parts fail and hang on
purpose; its exit status when a part of the dry run itself fails; wrong usage; the dependencies that it prepares; and
that peers of the benchmarks exit with a reason if their framework is missing.

    gpu_check_test.py ROOT --cmake CMAKE --generator GENERATOR
"""
import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

PEERS = ("jax_fleet", "torch_fleet", "torch_softmax", "triton_gumbel_max")
LIMIT = 300  # seconds, for a busy machine


def run(*command, **environment):
    finished = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT, env={**os.environ, **environment})
    return finished.returncode, finished.stdout


class Faults(list):
    def expect(self, what, condition, output=""):
        print(f"{'ok  ' if condition else 'RED '} {what}")
        if not condition:
            self.append(what)
            print(output)


def dry_runs(script, folder, faults):
    # Without a compiler, nothing is compiled, but the rest of the script runs.
    status, output = run(script, "--dry-run", CUDACXX=str(folder / "no-such-nvcc"))
    faults.expect("a dry run passes", status == 0 and "== All parts passed ==" in output, output)
    for line in ("planted: passes                    passed", "planted: fails                     failed",
                 "planted: hangs                     timed out", "planted: hangs, will not end       timed out",
                 "planted: skips                     skipped", "planted: absent                    not run",
                 "planted: too late                  not run", "compile the benchmarks             skipped",
                 "failures are named                 passed"):
        faults.expect(f"it says: {' '.join(line.split())}", line in output, output)
    for part in ("same bytes as the CPU", "sanitizer: racecheck", "benchmark: rows", *(f"peer: {p}" for p in PEERS)):
        faults.expect(f"it says how it would run: {part}", f"{part:<34} would run" in output, output)

    nvcc = folder / "nvcc"
    nvcc.write_text("#!/bin/sh\necho 'a planted compiler error' >&2\nexit 1\n")
    nvcc.chmod(0o755)
    status, output = run(script, "--dry-run", CUDACXX=str(nvcc))
    faults.expect("with a compiler that fails it fails", status == 1, output)
    faults.expect("and names what failed", "== NOT PASSED: configure;compile limits.cu;" in output, output)
    faults.expect("and has run the rest", "failures are named                 passed" in output, output)


def usage(script, folder, faults):
    for wrong in (("--bogus",), ("--dry-run", "more"), ("",)):
        status, output = run(script, *wrong)
        faults.expect(f"{wrong}: usage", status == 2 and "usage: scripts/gpu-check" in output, output)
    status, output = run(script, "--help")
    faults.expect("--help", status == 0 and "--prepare" in output, output)
    status, output = run(script, CUDACXX=str(folder / "no-such-nvcc"))
    faults.expect("no compiler: said at once", status == 1 and "there is no nvcc" in output, output)


def prepared_packages(root, folder, cmake, generator, faults):
    third_party = folder / "third_party"
    status, output = run(root / "scripts/gpu_check/prepare", third_party)
    if status == 1 and "not installed here" in output:
        print(f"not tried, the prepared packages: {output}")
        return
    faults.expect("--prepare", status == 0, output)
    project = folder / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.24)\nproject(p LANGUAGES CXX)\nset(CMAKE_CXX_STANDARD 20)\n"
        "foreach(name GTest fmt nlohmann_json)\n"
        "  find_package(${name} REQUIRED NO_DEFAULT_PATH PATHS ${CMAKE_PREFIX_PATH})\n"
        "endforeach()\nadd_executable(p main.cpp)\n"
        "target_link_libraries(p fmt::fmt nlohmann_json::nlohmann_json GTest::gtest GTest::gtest_main)\n")
    (project / "main.cpp").write_text(
        "#include <fmt/format.h>\n#include <gtest/gtest.h>\n#include <nlohmann/json.hpp>\n"
        'TEST(Prepared, Works) { EXPECT_EQ(fmt::format("{}", nlohmann::json{1}.dump()), "[1]"); }\n')
    build = folder / "build"
    status, output = run(cmake, "-S", project, "-B", build, "-G", generator, f"-DCMAKE_PREFIX_PATH={third_party}")
    if status == 0:
        status, output = run(cmake, "--build", build)
    if status == 0:
        status, output = run(build / "p")
    faults.expect("a test builds from the prepared packages and passes", status == 0, output)


def peers(root, faults):
    for peer in PEERS:
        # -S: no installed packages.
        status, output = run(sys.executable, "-S", "-B", root / f"benchmarks/peers/{peer}.py", "--device", "cpu")
        faults.expect(f"{peer} without its framework: skipped", status == 77 and output.startswith("skipped: "), output)
        status, output = run(sys.executable, "-B", root / f"benchmarks/peers/{peer}.py", "--device", "abacus")
        faults.expect(f"{peer}: usage", status == 2 and "abacus" in output, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--generator", required=True)
    arguments = parser.parse_args()
    faults = Faults()
    with tempfile.TemporaryDirectory() as name:
        folder, script = Path(name), arguments.root / "scripts/gpu-check"
        usage(script, folder, faults)
        dry_runs(script, folder, faults)
        peers(arguments.root, faults)
        prepared_packages(arguments.root, folder, arguments.cmake, arguments.generator, faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
