#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every kernel of the library ran in the tests before this one, and states the rounding of every + − ×: without it, the
assembler may fuse them.

    launched_kernels.py PROGRAM LAUNCHED   PROGRAM: prints the library's PTX; LAUNCHED: names, one a line
    launched_kernels.py --forget LAUNCHED  before the tests
    launched_kernels.py --self-test
"""
import re
import subprocess
import sys
from pathlib import Path

ENTRY = re.compile(rb"\.entry ([\w$]+)\s*\(")
UNROUNDED = re.compile(rb"\b(?:add|sub|mul)(?:\.ftz)?(?:\.sat)?\.f(?:32|64)\b")


def offences(ptx, launched):
    entries = {name.decode() for name in ENTRY.findall(ptx)}
    found = [f"never launched: {name}" for name in sorted(entries - launched)]
    found += [f"not rounded as stated: {form.decode()}" for form in sorted(set(UNROUNDED.findall(ptx)))]
    if not entries:
        found.append("there is no PTX")
    return entries, found


def self_test():
    text = b".entry _Zone(\nadd.rn.f32 %f1, %f2, %f3;\n.entry _Ztwo(\n"
    assert offences(text, {"_Zone", "_Ztwo"})[1] == []
    assert offences(text, {"_Zone"})[1] == ["never launched: _Ztwo"]
    assert offences(text + b"mul.f32 %f1, %f2, %f3;", {"_Zone", "_Ztwo"})[1] == ["not rounded as stated: mul.f32"]
    assert len(offences(b"", set())[1]) == 1
    print("every planted offence was found")


def main():
    match sys.argv[1:]:
        case ["--self-test"]:
            self_test()
            return 0
        case ["--forget", launched]:
            Path(launched).unlink(missing_ok=True)
            return 0
        case [program, launched]:
            names = set(Path(launched).read_text().split()) if Path(launched).exists() else set()
            ptx = subprocess.run([program], check=True, capture_output=True).stdout
            entries, found = offences(ptx, names)
            text = "\n".join([f"{len(entries & names)} of {len(entries)} kernels ran", *found])
            print(subprocess.run(["c++filt"], input=text, text=True, check=True, capture_output=True).stdout)
            return 1 if found else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
