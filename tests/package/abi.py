#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The functions that C programs are linked with are those of abi_symbols.txt, no more and no fewer: one that goes breaks
programs, one that comes is a promise. Whoever means it changes the list.

    abi.py NM LIBRARY LIST     of an archive or a shared library
    abi.py --self-test NM LIBRARY LIST
"""
import re
import subprocess
import sys
from pathlib import Path

SYMBOL = re.compile(r"^[0-9a-f]+ [A-Z] (gumbelcuda_\w+)$", re.MULTILINE)


def found_in(nm, library):
    dynamic = ["-D"] if ".so" in Path(library).name else []
    listing = subprocess.run([nm, *dynamic, "--defined-only", library], check=True, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
    return set(SYMBOL.findall(listing.stdout))


def problems(found, listed):
    return [f"{name} is gone" for name in sorted(listed - found)] + \
           [f"{name} is not in the list" for name in sorted(found - listed)]


def main():
    self_test = sys.argv[1] == "--self-test"
    nm, library, recorded = sys.argv[-3:]
    found, listed = found_in(nm, library), set(Path(recorded).read_text().split())
    if self_test:
        one = next(iter(listed))
        caught = [problems(found - {one}, listed), problems(found, listed - {one})]
        print(*caught, sep="\n")
        return 0 if all(map(len, caught)) else 1
    wrong = problems(found, listed)
    print(f"{len(found)} functions, {len(wrong)} problems", *wrong, sep="\n")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main())
