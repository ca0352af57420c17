#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The library exports exactly the names of abi_symbols.txt: a name that disappears breaks programs, and a new name is a
promise. Intended changes are recorded in the list (--record). Also, every function that a public header declares
must be marked, because a shared library hides it otherwise.

    abi.py NM LIBRARY LIST HEADER_FOLDER        of a shared library
    abi.py --record NM LIBRARY LIST HEADER_FOLDER
    abi.py --self-test NM LIBRARY LIST HEADER_FOLDER
"""
import re
import subprocess
import sys
from pathlib import Path

SYMBOL = re.compile(r"^[0-9a-f]* +[A-Za-z] (.+)$", re.MULTILINE)
# A declaration at the beginning of a line. Inline functions and templates are compiled by the including program.
DECLARATION = re.compile(
    r"^(?!GUMBELCUDA_API |inline |template|typedef |return |using )\w[\w:<>,*& ]*[ *&]\w+\([^;{}]*\);", re.MULTILINE)


def found_in(nm, library):
    listing = subprocess.run([nm, "-D", "-C", "--defined-only", library], check=True, stdout=subprocess.PIPE, text=True)
    return set(SYMBOL.findall(listing.stdout))


def problems(found, listed):
    return [f"{name} is gone" for name in sorted(listed - found)] + \
           [f"{name} is not in the list" for name in sorted(found - listed)]


def unmarked(text):
    return [f"without GUMBELCUDA_API: {match}" for match in DECLARATION.findall(text)]


def main():
    nm, library, recorded, folder = sys.argv[-4:]
    found, listed = found_in(nm, library), set(Path(recorded).read_text().splitlines())
    if sys.argv[1] == "--record":
        Path(recorded).write_text("".join(name + "\n" for name in sorted(found)))
        return 0
    if sys.argv[1] == "--self-test":
        one = next(iter(listed))
        caught = [problems(found - {one}, listed), problems(found, listed - {one}),
                  unmarked("void f(int a,\n int b);\n"), unmarked("const char* g();\n")]
        print(*caught, sep="\n")
        return 0 if all(map(len, caught)) else 1
    wrong = problems(found, listed)
    for header in sorted([*Path(folder).glob("*.h*"), *Path(folder).glob("c/*.h")]):
        wrong += [f"{header.name}: {problem}" for problem in unmarked(header.read_text())]
    print(f"{len(found)} symbols, {len(wrong)} problems", *wrong, sep="\n")
    return 1 if wrong or not found else 0


if __name__ == "__main__":
    sys.exit(main())
