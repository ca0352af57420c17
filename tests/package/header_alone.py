#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Public headers cause no warning, whichever warnings their users enable: each header alone, and twice in a row, in
C++, and *.h also in C99; their templates, which the scalar CPU backend instantiates; structs of which a caller fills
in a part (filled_in.cpp); optimised instances (run_time_sizes.cpp). If Clang is installed, it also compiles all
headers together.

    header_alone.py ROOT COMPILER
    header_alone.py --self-test ROOT COMPILER   plants warnings, each of which must be found
"""
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FLAGS = ["-ffp-contract=off", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion",
         "-Wsign-conversion"]
CXX, C = ["-std=c++20", "-x", "c++"], ["-std=c99", "-x", "c"]
READ, OPTIMISE = ["-fsyntax-only"], ["-O2", "-c", "-o", os.devnull]
# These are for compilers whose flags allow vectors, and need google/highway (detail/model/lanes.hpp).
OF_VECTORS = {"simd.hpp", "row_blocks.hpp", "quad_ring.hpp", "racing_samples.hpp"}
VECTORS = ["-march=haswell", "-DHWY_COMPILE_ONLY_STATIC", "-DHWY_DISABLE_PCLMUL_AES"]
HAS_VECTORS = platform.machine() in ("x86_64", "AMD64") and Path("/usr/include/hwy/highway.h").exists()
FOLDER = Path(__file__).resolve().parent
# Header, text, its replacement, what the warning must name.
PLANTED = [("detail/rows/softmax.hpp", "void set(std::int64_t n, const V* x) {",
            "void set(std::int64_t n, const V* x) { const int planted = n; (void)planted;", "softmax.hpp")]
PLANTED_FOR_GCC = [("math/sum.hpp", "V slots[std::size_t(Slots)]", "V slots[Slots]", "sum.hpp"),
                   ("fleet.hpp", "std::string cpu_target{};", "std::string cpu_target;", "cpu_target")]


def headers_alone(include, compiler):
    """(name, command, the compiler's input)"""
    for suffix, languages in ((".hpp", [CXX]), (".h", [CXX, C])):
        for path in sorted(include.rglob("*" + suffix)):
            if path.name in OF_VECTORS and not HAS_VECTORS:
                continue
            flags = VECTORS if path.name in OF_VECTORS else []
            for language in languages:
                header = path.relative_to(include).as_posix()
                something = "extern int something;\n"  # a header may be macros only, a C program may not
                yield header, [compiler, *READ, *flags, *language, "-"], f'#include "{header}"\n' * 2 + something


def headers_together(include, compiler):
    headers = [path.relative_to(include).as_posix() for path in sorted(include.rglob("*.h*"))
               if path.name not in OF_VECTORS]
    yield "all headers", [compiler, *READ, *CXX, "-"], "".join(f'#include "{header}"\n' for header in headers)


def users(root, compiler):
    for path in (FOLDER / "filled_in.cpp", *sorted((root / "host/cpu/targets").glob("*.cpp"))):
        yield path.name, [compiler, *READ, *CXX, "-DGUMBELCUDA_ONLY_ARTICLE_SHAPE", "-DGUMBELCUDA_ISA=scalar", str(path)], ""
    path = FOLDER / "run_time_sizes.cpp"
    yield path.name, [compiler, *OPTIMISE, *CXX, str(path)], ""


def warnings_of(root, include, jobs):
    """{name: [lines]} of the jobs that failed or reported a public header; other files in `root` may cause warnings."""
    blamed = re.compile(rf"({re.escape(str(include))}|{re.escape(str(FOLDER))})/.*\b(warning|error): ")

    def compile_one(job):
        name, command, text = job
        run = subprocess.run([*command, *FLAGS, "-I", str(include), "-I", str(root)], input=text, text=True,
                             stderr=subprocess.PIPE, check=False)
        lines = [line for line in run.stderr.splitlines() if blamed.match(line)]
        return f"{name} ({Path(command[0]).name})", lines or ([run.stderr] if run.returncode else [])

    with ThreadPoolExecutor(2) as pool:
        return {name: lines for name, lines in pool.map(compile_one, jobs) if lines}


def self_test(root, compiler):
    version = subprocess.run([compiler, "--version"], text=True, stdout=subprocess.PIPE, check=True).stdout
    planted = PLANTED + ([] if "clang" in version else PLANTED_FOR_GCC)
    with tempfile.TemporaryDirectory() as folder:
        include = Path(folder) / "include"
        shutil.copytree(root / "include", include)
        for header, text, instead, _ in planted:
            path = include / "gumbelcuda" / header
            before = path.read_text(encoding="utf-8")
            if before.count(text) != 1:
                sys.exit(f"FAILED: {header} does not have {text} once")
            path.write_text(before.replace(text, instead), encoding="utf-8")
        found = str(warnings_of(root, include, users(root, compiler)))
    missed = [name for _, _, _, name in planted if name not in found]
    print(f"{len(planted)} warnings planted, {len(missed)} not found", *missed)
    return 1 if missed else 0


def main():
    *options, root, compiler = sys.argv[1:]
    root = Path(root).resolve()
    if options == ["--self-test"]:
        return self_test(root, compiler)
    jobs = [*headers_alone(root / "include", compiler), *users(root, compiler)]
    clang = shutil.which("clang++")
    if clang:
        jobs += [*headers_together(root / "include", clang), *users(root, clang)]
    else:
        print("not tried: Clang, which is not installed")
    failed = warnings_of(root, root / "include", jobs)
    for lines in failed.values():
        print(*lines, sep="\n")
    print(f"{len(jobs)} times compiled, {len(failed)} times not without a warning", *failed)
    return 1 if failed or len(jobs) < 3 else 0


if __name__ == "__main__":
    sys.exit(main())
