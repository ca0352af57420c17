#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every source file is formatted by clang-format with the root's .clang-format.

    format.py ROOT          the tree
    format.py --self-test   a file that is not formatted is found
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
VERSION = 14  # other versions format differently in places; Debian 12 has this one
FOLDERS = ("benchmarks", "docs", "examples", "host", "include", "kernels", "tests")
SUFFIXES = {".c", ".cpp", ".cu", ".cuh", ".h", ".hpp"}


def formatter():
    for program in (f"clang-format-{VERSION}", "clang-format"):
        if shutil.which(program):
            version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
            if re.search(rf"version {VERSION}\.", version):
                return program
    return None


def unformatted(program, root, files):
    ran = subprocess.run([program, "--dry-run", "-Werror", "--style=file", *files], cwd=root, capture_output=True,
                         text=True, check=False)
    return ran.returncode, ran.stderr


def main():
    program = formatter()
    if not program:
        print(f"skipped: format, because clang-format {VERSION} is not installed (Debian: clang-format-{VERSION})")
        return SKIPPED
    root = Path(__file__).resolve().parents[2]
    if sys.argv[1:] == ["--self-test"]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(root / ".clang-format", folder)
            results = []
            for text in ("int f(int x) { return x; }\n", "int f( int x ){return x ;}\n"):
                (folder / "f.cpp").write_text(text)
                results.append(unformatted(program, folder, ["f.cpp"])[0])
        print(results)
        return 0 if results[0] == 0 and results[1] != 0 else 1
    root = Path(sys.argv[1]).resolve()
    files = sorted(str(path.relative_to(root)) for folder in FOLDERS for path in (root / folder).rglob("*")
                   if path.suffix in SUFFIXES)
    status, output = unformatted(program, root, files)
    print(output or f"{len(files)} files are formatted")
    return 0 if status == 0 and len(files) > 400 else 1


if __name__ == "__main__":
    sys.exit(main())
