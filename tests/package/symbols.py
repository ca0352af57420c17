#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No code for a newer processor may reach an older one. The files of host/cpu/targets/ are compiled for each
instruction set. If two files emit the same inline function, the linker keeps one copy, perhaps the AVX-512 one, for
the whole program. So every symbol that the linker could merge must contain the name of its instruction set:
gumbelcuda::avx2:: or the like, or Highway's namespace for that target. There must be no code that runs at program
start, before dispatch.

    symbols.py --nm NM OBJECT…               checks those of host/cpu/targets/ among them
    symbols.py --nm NM --self-test COMPILER  compiles offences and expects each to be found
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# Highway names its functions after a target; they are called only on machines that have it.
HIGHWAY = {"scalar": "N_EMU128", "avx2": "N_AVX2", "avx512": "N_AVX3", "neon": "N_NEON"}
TARGET_OBJECT = re.compile(r"/gumbelcuda_cpu_(\w+)\.dir/(?:\./)?cpu/targets/(\w+)\.cpp\.o(?:bj)?$")
# Files with a table of functions that dispatch uses, and the table's name.
ENTRIES = {"fleet": "cpu_target", "rows": "cpu_rows", "sweep": "cpu_sweep"}
LINE = re.compile(r"^[0-9a-f]* +(\S) (.*)$")


def problems(nm, path, isa, entry):
    """(number of symbols seen, list of problems); `entry`: the table that must exist, or None."""
    listing = subprocess.run([nm, "--demangle", "--defined-only", path], check=True, capture_output=True, text=True)
    symbols = [match.groups() for line in listing.stdout.splitlines() if (match := LINE.match(line))]
    own = re.compile(rf"\bgumbelcuda::{isa}::|\bhwy::{HIGHWAY.get(isa, 'none')}::")
    found = []
    for kind, name in symbols:
        is_local = kind.islower() and kind not in "uvwi"
        if name.startswith("_GLOBAL__sub_I"):
            found.append(f"code that runs at program start: {name}")
        elif not is_local and name != entry and not own.search(name):
            found.append(f"shared with the rest of the program: {kind} {name}")
    if entry and not any(name == entry for _, name in symbols):
        found.append(f"no {entry}")
    return len(symbols), found


def check(nm, objects):
    targets = {match.groups(): path for path in objects if (match := TARGET_OBJECT.search(path))}
    failures = 0
    for (isa, file), path in targets.items():
        entry = f"gumbelcuda::{ENTRIES[file]}_{isa}" if file in ENTRIES else None
        count, found = problems(nm, path, isa, entry)
        print(f"{isa}, {file}.cpp: {count} symbols, {len(found)} problems", *found, sep="\n  ")
        failures += len(found)
    for file in ENTRIES:
        if ("scalar", file) not in targets:
            print(f"no object file of host/cpu/targets/{file}.cpp for scalar among those given")
            failures += 1
    return failures


def self_test(nm, compiler):
    table = "namespace gumbelcuda { struct table { float (*run)(float); }; extern const table cpu_target_avx2;\n"
    own = table + ("namespace avx2 { inline __attribute__((noinline)) float run(float x) { return x + 1; } }\n"
                   "const table cpu_target_avx2 = {avx2::run}; }\n")
    cases = {
        "clean": (own, False),
        "inline function": (own + "inline __attribute__((noinline)) float square(float x) { return x * x; }\n"
                            "__attribute__((used)) static float (*escaped)(float) = square;\n", True),
        "function of the standard library": (
            "#include <algorithm>\n" + table + "inline namespace avx2 { inline float run(float x) {\n"
            "auto pick = static_cast<const float& (*)(const float&, const float&)>(std::max<float>);\n"
            "asm(\"\" : \"+r\"(pick)); return pick(x, 1.0f); } }\n"
            "const table cpu_target_avx2 = {avx2::run}; }\n", True),
        "code of another instruction set": (
            own + "namespace gumbelcuda::portable { inline int twice(int x) { return 2 * x; } }\n"
            "__attribute__((used)) static auto* escaped = gumbelcuda::portable::twice;\n", True),
        "code at program start": (own + "int now();\nstatic const int started = now();\n", True),
        "no entry": ("namespace gumbelcuda::avx2 { int nothing() { return 0; } }\n", True),
    }
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (text, is_offence) in cases.items():
            source, target = Path(folder, "avx2.cpp"), str(Path(folder, "avx2.o"))
            source.write_text(text)
            subprocess.run([compiler, "-std=c++20", "-O1", "-fPIC", "-c", str(source), "-o", target], check=True)
            found = problems(nm, target, "avx2", "gumbelcuda::cpu_target_avx2")[1]
            print(f"{name}: {found}")
            failures += bool(found) != is_offence
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nm", required=True)
    parser.add_argument("--self-test", metavar="COMPILER")
    parser.add_argument("objects", nargs="*")
    arguments = parser.parse_args()
    if arguments.self_test:
        failures = self_test(arguments.nm, arguments.self_test)
    else:
        failures = check(arguments.nm, arguments.objects)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
