# SPDX-License-Identifier: Apache-2.0
"""The chain of dependent instructions: how soon code could begin again if every instruction issued the moment its operands
are there. No order of the same instructions, on any number of schedulers, is faster. Branches cost nothing here."""
import re

from assumptions import LATENCY, RESULT
from pipes import pipe_of
from scheduler import latency

REGISTER = re.compile(r"\b(U?R|U?P)(\d+)\b")
LOADS, STORES = ("LDS",), ("STS",)


def wide(opcode):
    """Registers of a result."""
    return 4 if ".128" in opcode else 2 if ".64" in opcode or ".WIDE" in opcode else 1


def operands_of(instruction):
    """(results, operands), as names of registers"""
    parts = [p.strip() for p in instruction.operands.split(",")]
    stores = instruction.name in ("STS", "STG", "ST", "STL", "BRA", "BSSY", "BSYNC", "EXIT", "NOP", "CALL", "RED")
    count = 0 if stores else 1
    if not stores and instruction.name != "FCHK":  # other predicates that are results follow, or a result follows one
        if parts[0][0] == "P" or parts[0].startswith("UP"):
            count = 2
        else:
            while count < len(parts) and re.fullmatch(r"U?P(\d|T)", parts[count]):
                count += 1
    results = [(kind, int(number) + i) for part in parts[:count] for kind, number in REGISTER.findall(part)
               for i in range(wide(instruction.opcode) if kind in ("R", "UR") else 1)]
    used = [(kind, int(number) + i) for part in [instruction.predicate, *parts[count:]]
            for kind, number in REGISTER.findall(part)
            for i in range(2 if ".64" in part or ".WIDE" in instruction.opcode else wide(instruction.opcode) if stores
                           else 1)]
    return results, used + (results if instruction.predicate else [])


def clocks(pieces, rounds=8):
    """Clocks from one round of the pieces to the next."""
    code = [(i, *operands_of(i)) for piece in pieces for i in piece]
    ready, memory, ends = {}, 0, []
    for _ in range(rounds):
        for i, results, used in code:
            at = max((ready.get(r, 0) for r in used), default=0)
            if i.name in LOADS:
                at = max(at, memory)
            if i.name in STORES:
                memory = max(memory, at + 1)
            pipe = pipe_of(i)
            done = at + (latency(i, pipe, True) if pipe in LATENCY or pipe == "lsu" else RESULT)
            for r in results:
                ready[r] = done
        ends.append(max(ready.values()))
    return ends[-1] - ends[-2]
