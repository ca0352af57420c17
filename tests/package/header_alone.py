#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every public header compiles alone, and twice in a row, without a warning.

    header_alone.py INCLUDE_FOLDER COMPILER
"""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FLAGS = ["-std=c++20", "-ffp-contract=off", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]


def main():
    folder, compiler = Path(sys.argv[1]), sys.argv[2]
    headers = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.hpp"))

    def compile_alone(header):
        line = f'#include "{header}"\n'
        return subprocess.run([compiler, *FLAGS, "-I", str(folder), "-x", "c++", "-"], input=2 * line, text=True,
                              stderr=subprocess.PIPE)

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(compile_alone, headers))
    failed = [header for header, run in zip(headers, runs) if run.returncode != 0]
    for run in runs:
        print(run.stderr, end="")
    print(f"{len(headers)} headers, {len(failed)} do not compile alone", *failed)
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
