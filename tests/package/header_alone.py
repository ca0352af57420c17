#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every public header compiles alone, and twice in a row, without a warning: in C++, and *.h in C99, too.

    header_alone.py INCLUDE_FOLDER COMPILER
"""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FLAGS = ["-ffp-contract=off", "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
CXX, C = ["-std=c++20", "-x", "c++"], ["-std=c99", "-x", "c"]


def main():
    folder, compiler = Path(sys.argv[1]), sys.argv[2]
    headers = sorted((path.relative_to(folder).as_posix(), language)
                     for suffix, languages in ((".hpp", [CXX]), (".h", [CXX, C]))
                     for path in folder.rglob("*" + suffix) for language in languages)

    def compile_alone(job):
        header, language = job
        line = f'#include "{header}"\n'
        something = "extern int something;\n"  # a header may be macros only, a program in C may not
        return subprocess.run([compiler, *FLAGS, *language, "-I", str(folder), "-"], input=2 * line + something,
                              text=True, stderr=subprocess.PIPE)

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(compile_alone, headers))
    failed = [header for (header, _), run in zip(headers, runs) if run.returncode != 0]
    for run in runs:
        print(run.stderr, end="")
    print(f"{len(headers)} headers, {len(failed)} do not compile alone", *failed)
    return 1 if failed or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
