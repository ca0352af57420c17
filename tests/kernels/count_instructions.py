#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints how many PTX instructions a word, a Gumbel variate and a term of the softmax take: the difference between
kernels with one quad more or less. PTX is the assembler's input, and the assembler may still merge instructions. So
these are figures about the source, not measurements.

    count_instructions.py NVCC SOURCE
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# The most instructions of each kind, including a store: as counted with nvcc 13.0, plus a tenth.
MOST = {"philox_word": 28, "gumbel_variate": 88, "exponential_of_score": 110}
KERNEL = re.compile(r"\.entry (\w+)\(.*?\n\{(.*?)\n\}", re.DOTALL)
# Matches neither labels nor declarations.
INSTRUCTION = re.compile(r"^\s+(?:@!?%p\d+ )?[a-z][\w.]* .*;", re.MULTILINE)


def count(nvcc, source, quads, folder):
    ptx = Path(folder, f"{quads}.ptx")
    subprocess.run([nvcc, "-ptx", "-std=c++20", "-arch=sm_90", "-fmad=false", "--expt-relaxed-constexpr",
                    f"-DCOUNT={quads}", f"-I{source}", f"-I{source}/include",
                    Path(source, "tests/kernels/instruction_probe.cu"), "-o", ptx], check=True)
    return {name: len(INSTRUCTION.findall(body)) for name, body in KERNEL.findall(ptx.read_text())}


def main(nvcc, source):
    with tempfile.TemporaryDirectory() as folder:
        fewer, more = (count(nvcc, source, quads, folder) for quads in (2, 3))
    too_many = 0
    for name, most in MOST.items():
        each = (more[name] - fewer[name]) / 4
        verdict = "" if 0 < each <= most else f"  TOO MANY, {most} allowed"
        too_many += bool(verdict)
        print(f"{each:6.1f} PTX instructions  {name}{verdict}")
    return 1 if too_many else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
