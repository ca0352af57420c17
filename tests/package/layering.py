#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes go one way: math, public headers, bodies (detail/), {kernels, host/cpu}, host, {host/c_api, host/xla_ffi,
host/results, host/selftest}, host/cli. This test fails on any #include in the other direction, and on files that are too long to
read.

    layering.py ROOT          checks a source tree
    layering.py --self-test   plants every kind of offence in a small tree and expects each to be found
"""
import re
import sys
import tempfile
from pathlib import Path

LONGEST = 500  # lines

# A path belongs to the layer of the first entry that it starts with.
LAYERS = [
    ("include/gumbelcuda/config.hpp", "config"),
    ("include/gumbelcuda/math/", "math"),
    ("include/gumbelcuda/detail/describe.hpp", "describe"),
    ("include/gumbelcuda/detail/every_operation.hpp", "list"),
    ("include/gumbelcuda/detail/gan/", "gan"),
    ("include/gumbelcuda/detail/racing_samples.hpp", "lanes"),
    ("include/gumbelcuda/detail/quad_ring.hpp", "lanes"),
    ("include/gumbelcuda/detail/row_blocks.hpp", "lanes"),
    ("include/gumbelcuda/detail/simd.hpp", "lanes"),
    ("include/gumbelcuda/detail/training_watch.hpp", "watch"),
    ("include/gumbelcuda/detail/number_text.hpp", "error"),
    ("include/gumbelcuda/detail/model/", "model"),
    ("include/gumbelcuda/detail/sweep/", "sweep"),
    ("include/gumbelcuda/model_fleet.hpp", "model"),
    ("include/gumbelcuda/detail/", "rows"),
    ("include/gumbelcuda/device/", "rows"),
    ("include/gumbelcuda/device.hpp", "device"),
    ("include/gumbelcuda/error.hpp", "error"),
    ("include/gumbelcuda/gumbelcuda.hpp", "umbrella"),
    ("include/gumbelcuda/export.h", "export"),
    ("include/gumbelcuda/gumbelcuda.h", "c"),
    ("include/gumbelcuda/c/", "c"),
    ("include/gumbelcuda/", "api"),
    ("kernels/rows/", "kernels/rows"),
    ("kernels/fleet/", "kernels/fleet"),
    ("kernels/sweep/", "kernels/sweep"),
    ("kernels/", "kernels"),
    ("host/c_api/", "host/c_api"),
    ("host/xla_ffi/", "host/xla_ffi"),
    ("host/cpu/", "host/cpu"),
    ("host/results/", "host/results"),
    ("host/selftest/", "host/selftest"),
    ("host/cli/", "host/cli"),
    ("host/", "host"),
    ("tests/reference/", "reference"),
]

HEADERS = {"config", "math", "describe", "error", "export", "c", "api", "list", "rows", "gan", "lanes", "watch", "model",
           "sweep", "device"}
KERNELS = {"kernels", "kernels/rows", "kernels/fleet", "kernels/sweep"}
# The layers that a layer may include. Other folders (tests, benchmarks) may include anything, and nothing includes
# them.
MAY_INCLUDE = {
    "config": set(),
    "math": {"config", "math"},
    "describe": set(),
    "error": {"export"},
    "export": set(),
    "c": {"export", "c"},
    "api": {"config", "math", "describe", "error", "export", "api"},
    "list": {"api"},
    "rows": {"config", "math", "describe", "api", "rows"},
    "gan": {"config", "math", "gan"},
    "lanes": {"config", "math", "gan", "lanes"},
    "watch": {"api"},
    "model": {"config", "math", "error", "api", "gan", "lanes", "watch", "model"},
    "sweep": {"config", "math", "api", "gan", "lanes", "sweep"},
    "device": {"math", "rows"},
    "umbrella": {"error", "api", "list"},
    "kernels": HEADERS | {"kernels"},
    "kernels/rows": HEADERS | {"kernels", "kernels/rows"},
    "kernels/fleet": HEADERS | {"kernels", "kernels/fleet"},
    "kernels/sweep": HEADERS | {"kernels", "kernels/sweep"},
    "host/cpu": HEADERS | {"host/cpu"},
    "host": HEADERS | KERNELS | {"host/cpu", "host"},
    "host/c_api": HEADERS | {"host", "host/c_api"},
    "host/xla_ffi": HEADERS | {"host", "host/xla_ffi"},
    "host/results": HEADERS | KERNELS | {"host/cpu", "host", "host/results"},
    "host/selftest": HEADERS | {"host", "host/selftest"},
    "host/cli": HEADERS | KERNELS | {"host/cpu", "host", "host/results", "host/selftest", "host/cli"},
    # The reference shares no code with what it is compared with.
    "reference": {"reference"},
}

SOURCES = {".hpp", ".cpp", ".inl", ".cu", ".cuh", ".h"}
INCLUDE = re.compile(r"^\s*#\s*include\s*(.*)")
OPERAND = re.compile(r'([<"])([^>"]+)[>"]')
STANDARD_HEADER = re.compile(r"[a-z_]+|std(def|int)\.h")


def layer_of(path):
    return next((layer for prefix, layer in LAYERS if path.startswith(prefix)), "outside")


def ours(root, path, name):
    """The file of this tree to which `name` refers in the file `path`, or None."""
    for candidate in (path.parent / name, root / "include" / name, root / name):
        if candidate.is_file() and candidate.resolve().is_relative_to(root):
            return candidate.resolve().relative_to(root).as_posix()
    return None


def problems_of_include(root, path, layer, operand):
    match = OPERAND.match(operand)
    if not match:
        yield f"include of a macro, {operand}: write the file's name"
        return
    name = match[2]
    target = ours(root, path, name)
    if target is None:
        vectors = path.name in ("simd.hpp", "lanes.hpp") and name == "hwy/highway.h"  # where it is installed
        if layer in HEADERS | {"umbrella"} and not vectors and not STANDARD_HEADER.fullmatch(name):
            yield f"{name}: public headers need the standard library and each other, nothing else"
        return
    if target not in (name, "include/" + name):
        yield f'"{name}": write the path from the root, "{target.removeprefix("include/")}"'
    if layer_of(target) not in MAY_INCLUDE[layer]:
        yield f"{layer} includes {target} ({layer_of(target)}), which is not below it"


def problems_of_file(root, path):
    layer = layer_of(path.relative_to(root).as_posix())
    if layer == "outside":
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > LONGEST:
        yield len(lines), f"{len(lines)} lines; {LONGEST} are the limit"
    for number, line in enumerate(lines, 1):
        if match := INCLUDE.match(line):
            for problem in problems_of_include(root, path, layer, match[1]):
                yield number, problem
        if layer in HEADERS - {"config"} and re.search(r"__CUDACC__|__CUDA_ARCH__", line):
            yield number, "only config.hpp asks which compiler is at work"


def check(root):
    """(number of files read, list of problems)"""
    root = root.resolve()
    files = [path for folder in ("include", "kernels", "host", "tests/reference")
             for path in sorted((root / folder).rglob("*")) if path.suffix in SOURCES]
    return len(files), [f"{path.relative_to(root)}:{number}: {problem}"
                        for path in files for number, problem in problems_of_file(root, path)]


def self_test():
    clean = {
        "include/gumbelcuda/config.hpp": "#if defined(__CUDACC__)\n#endif\n",
        "include/gumbelcuda/error.hpp": "#include <string>\n",
        "include/gumbelcuda/fleet.hpp": '#include "gumbelcuda/error.hpp"\n',
        "include/gumbelcuda/gumbelcuda.h": '#include "gumbelcuda/c/d.h"\n',
        "include/gumbelcuda/c/d.h": '#include <stdint.h>\n#include "gumbelcuda/gumbelcuda.h"\n',
        "include/gumbelcuda/gumbelcuda.hpp":
            '#include "gumbelcuda/detail/every_operation.hpp"\n#include "gumbelcuda/fleet.hpp"\n',
        "include/gumbelcuda/detail/every_operation.hpp": '#include <tuple>\n#include "gumbelcuda/fleet.hpp"\n',
        "include/gumbelcuda/math/a.hpp": '#include "gumbelcuda/config.hpp"\n',
        "include/gumbelcuda/detail/gan/b.hpp": '#include "gumbelcuda/math/a.hpp"\n',
        "kernels/fleet/f.cuh": '#include "kernels/k.cu"\n',
        "kernels/rows/r.cuh": '#include "gumbelcuda/detail/rows/r.hpp"\n',
        "kernels/k.cu": '#include <cuda_runtime.h>\n#include "gumbelcuda/detail/gan/b.hpp"\n',
        "include/gumbelcuda/detail/rows/r.hpp": '#include "gumbelcuda/math/a.hpp"\n',
        "host/cpu/c.hpp": '#include "gumbelcuda/detail/gan/b.hpp"\n',
        "host/h.hpp": '#include "host/cpu/c.hpp"\n',
        "host/results/f.hpp": '#include "host/h.hpp"\n',
        "host/selftest/s.hpp": '#include "host/h.hpp"\n',
        "host/cli/main.cpp": '#include "host/results/f.hpp"\n#include "host/selftest/s.hpp"\n',
        "tests/reference/r.hpp": "#include <random>\n",
        "tests/unit/t.cpp": '#include "host/cli/main.cpp"\n',
    }
    planted = {
        "include/gumbelcuda/math/a.hpp": [
            '#include "gumbelcuda/detail/gan/b.hpp"', "  #  include <gumbelcuda/fleet.hpp>", '#include "host/h.hpp"',
            "#include <hwy/highway.h>", "#include SOME_MACRO", '#include "../gan/b.hpp"', "#ifdef __CUDACC__"],
        "include/gumbelcuda/detail/gan/b.hpp": ['#include "gumbelcuda/error.hpp"',
                                                '#include "gumbelcuda/gumbelcuda.hpp"'],
        "include/gumbelcuda/detail/every_operation.hpp": ['#include "gumbelcuda/detail/rows/r.hpp"'],
        "include/gumbelcuda/detail/rows/r.hpp": ['#include "gumbelcuda/detail/gan/b.hpp"', '#include "host/h.hpp"',
                                                 '#include "gumbelcuda/detail/every_operation.hpp"'],
        "kernels/fleet/f.cuh": ['#include "kernels/rows/r.cuh"', '#include "tests/unit/t.cpp"'],
        "kernels/rows/r.cuh": ['#include "kernels/fleet/f.cuh"'],
        "include/gumbelcuda/config.hpp": ['#include "gumbelcuda/math/a.hpp"'],
        "include/gumbelcuda/error.hpp": ['#include "gumbelcuda/config.hpp"'],
        "include/gumbelcuda/fleet.hpp": ['#include "gumbelcuda/detail/gan/b.hpp"'],
        "include/gumbelcuda/c/d.h": ['#include "gumbelcuda/error.hpp"'],
        "include/gumbelcuda/gumbelcuda.hpp": ['#include "host/h.hpp"', '#include "gumbelcuda/math/a.hpp"'],
        "kernels/k.cu": ['#include "host/h.hpp"', '#include "host/cpu/c.hpp"', "//\n" * LONGEST],
        "host/cpu/c.hpp": ['#include "host/h.hpp"', '#include "kernels/k.cu"', '#include "tests/unit/t.cpp"'],
        "host/h.hpp": ['#include "host/results/f.hpp"', '#include "gumbelcuda/gumbelcuda.hpp"'],
        "host/results/f.hpp": ['#include "host/cli/main.cpp"', '#include "host/selftest/s.hpp"'],
        "host/selftest/s.hpp": ['#include "host/results/f.hpp"', '#include "host/cpu/c.hpp"'],
        "tests/reference/r.hpp": ['#include "gumbelcuda/math/a.hpp"'],
    }
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in clean.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        for name, text in [(None, "")] + [(n, t) for n, texts in planted.items() for t in texts]:
            if name:
                (root / name).write_text(clean[name] + text + "\n")
            found = check(root)[1]
            # The test must report exactly the planted file, or none if nothing is planted.
            if {line.split(":")[0] for line in found} != ({name} if name else set()):
                failures += 1
                print(f"FAILED: {name}, {text[:60]!r} gave {found}")
            if name:
                (root / name).write_text(clean[name])
    print(f"{sum(map(len, planted.values()))} offences planted, {failures} failures")
    return failures


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    count, problems = check(Path(sys.argv[1]))
    print(*problems, sep="\n")
    print(f"{count} files, {len(problems)} problems")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
