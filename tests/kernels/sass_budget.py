#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the machine code of the kernels with a budget, by loop and pipe: PTX cannot show what the assembler adds to a
race or to a quad of noise, and a loop that grew by a tenth is a tenth slower. Which loops: sass/loops.py. How many
instructions: sass/budget.txt, counted when it was last recorded, and allowed are 3 % more. Needs nvdisasm and cuobjdump.

    sass_budget.py --check FOLDER    a build's machine code for 9.0 against the budget; registers of every kernel's block
    sass_budget.py --model FOLDER OBJECT
                                     the article's GAN as a program's own model (examples/logistic_gan.hpp), in the object
                                     of tests/ptx/model_test.cu, against the budget of the built-in one
    sass_budget.py --print FOLDER    the counts, whatever the budget says
    sass_budget.py --record FOLDER   writes the counts to sass/budget.txt, after a change that was meant
    sass_budget.py --self-test       the check on counts with planted offences
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "sass"))

import cubin  # noqa: E402
import flow  # noqa: E402
import loops  # noqa: E402
import paths  # noqa: E402
import pipes  # noqa: E402

BUDGET = Path(__file__).parent / "sass/budget.txt"
COLUMNS = ("issue", "alu", "fma", "imad", "xu", "lsu", "fp64")
REGISTERS = 65536  # of a multiprocessor, and so of a block
SKIPPED = 77


def allowed(counted):
    """3 % more, and a few instructions in any case: ptxas moves some between pipes."""
    return counted + max(3, round(.03 * counted))


def name_of(row):
    return f"{row.label}: {row.what}"


def counts(kernels):
    """{name of a row: {pipe: instructions}, or why there is none}"""
    flows = {id(k): flow.Flow(k.code) for k in kernels if k.code}
    found = {}
    for row in loops.ALL:
        matching = loops.matching(kernels, row)
        try:
            if not matching:
                raise paths.NotFound("no kernel matches")
            each = [pipes.count(row.code(flows[id(k)])) for k in matching]
            found[name_of(row)] = {c: max(e[c] for e in each) for c in COLUMNS}
        except paths.NotFound as why:
            found[name_of(row)] = str(why)
    return found


def read_budget(text):
    budget = {}
    for line in text.splitlines():
        if not line.startswith("#") and line.strip():
            numbers, name = line.split("|", 1)
            budget[name.strip()] = dict(zip(COLUMNS, map(int, numbers.split())))
    return budget


def table(found):
    lines = [" ".join(f"{c:>6}" for c in COLUMNS) + " | loop"]
    for name, counted in found.items():
        numbers = counted if isinstance(counted, dict) else {}
        lines.append(" ".join(f"{numbers.get(c, '–'):>6}" for c in COLUMNS) + f" | {name}")
    return lines


def offences(found, budget):
    """What is beyond the budget, what is not found, and what has no budget."""
    wrong = [f"no such row in the budget any more, or in sass/loops.py: {name}" for name in budget.keys() ^ found.keys()]
    for name in budget.keys() & found.keys():
        if not isinstance(found[name], dict):
            wrong.append(f"not found, {found[name]}: {name}")
            continue
        wrong += [f"{found[name][c]} {c}, {allowed(most)} allowed ({most} when recorded): {name}"
                  for c, most in budget[name].items() if found[name][c] > allowed(most)]
    return sorted(wrong)


def oversized(kernels):
    """Kernels whose block does not fit a multiprocessor, or whose block is not known. Registers come by 8 a thread."""
    return [f"{k.registers} registers x {k.block} threads: {k.name}" for k in kernels
            if not 0 < (k.registers + 7) // 8 * 8 * k.block <= REGISTERS]


def load(folder):
    """(all kernels, those with code that the budget names, the version of their ptxas)"""
    return cubin.load(folder, [row.kernel for row in loops.ALL])


def check(folder):
    everything, disassembled, _ = load(folder)
    found = counts(disassembled)
    wrong = offences(found, read_budget(BUDGET.read_text())) + oversized(everything)
    print(*table(found), sep="\n")
    most = max(everything, key=lambda k: k.registers * k.block)
    print(f"{len(everything)} kernels, of which the largest block takes {most.registers} x {most.block} registers; "
          f"{len(wrong)} beyond the budget", *wrong, sep="\n")
    return 1 if wrong else 0


MODEL = "train_models_kernel<example::logistic_gan<5, 10, 10>"


def check_model(folder, path):
    """A model of the program's own takes at most 1/.95 of the built-in GAN's instructions, in each of its loops."""
    _, kernels, _ = cubin.load(folder, [MODEL], lambda _: [path.resolve()])
    budget, wrong = read_budget(BUDGET.read_text()), []
    for label in ("fleet, racing", "fleet, direct"):
        rows = [row for row in loops.ALL if row.label == label]
        # The kernel for this way to train is that which has its first loop: the race, or a generator's sample.
        trained = [k for k in kernels if rows[0].find(flow.Flow(k.code))]
        if not trained:
            wrong.append(f"no kernel of the model trains this way: {label}")
        for kernel in trained:
            for row in rows:
                issue, built_in = pipes.count(row.code(flow.Flow(kernel.code)))["issue"], budget[name_of(row)]["issue"]
                print(f"{issue:>6} of a model, {built_in:>6} of the built-in GAN | {name_of(row)}")
                if issue > built_in / .95:
                    wrong.append(f"{issue}, but the built-in GAN has {built_in}: {name_of(row)}")
    print(f"{len(wrong)} beyond the budget", *wrong, sep="\n")
    return 1 if wrong else 0


def record(folder):
    _, disassembled, version = load(folder)
    found = counts(disassembled)
    lost = [f"{name}: {why}" for name, why in found.items() if not isinstance(why, dict)]
    if lost:
        print("nothing recorded, since these are not found", *lost, sep="\n")
        return 1
    head, *rows = table(found)
    BUDGET.write_text("\n".join([
        "# SPDX-License-Identifier: Apache-2.0",
        "# Instructions of a warp for one iteration of a loop on its common way, by pipe, in machine code for 9.0: what",
        "# tests/kernels/sass_budget.py allows, less 3 %. Written by its --record; sass/loops.py says which loops these are,",
        f"# sass/pipes.py which pipes. Counted in the code of ptxas {version}.",
        f"#{head[1:]}", *rows]) + "\n")
    print(f"{len(rows)} rows recorded")
    return 0


def self_test():
    budget = read_budget(BUDGET.read_text())
    assert budget.keys() == {name_of(row) for row in loops.ALL}, budget.keys() ^ {name_of(row) for row in loops.ALL}
    assert not offences(budget, budget)
    for name, counted in budget.items():
        for pipe, most in counted.items():
            assert not offences({**budget, name: {**counted, pipe: allowed(most)}}, budget)
            assert len(offences({**budget, name: {**counted, pipe: allowed(most) + 1}}, budget)) == 1, (name, pipe)
        assert len(offences({**budget, name: "planted"}, budget)) == 1, name
        assert len(offences({n: c for n, c in budget.items() if n != name}, budget)) == 1, name
    assert not oversized([cubin.Kernel("k", 128, 512, 0)])
    assert len(oversized([cubin.Kernel("k", 129, 512, 0), cubin.Kernel("no block", 32, 0, 0)])) == 2

    # A loop with another in it, and a rare block that its common way does not pass.
    code = ["MOV", "LDG.E.128", "@P0 BRA 0x50", "FFMA", "FFMA", "FADD", "@P1 BRA 0x50", "@P2 BRA 0x10", "EXIT", "BRA 0x90"]

    def kernel(lines):
        parts = [line.split() for line in lines]
        made = [cubin.Instruction(next(p for p in part if p[0] != "@"), part[-1] if "0x" in part[-1] else "",
                                  part[0] if part[0][0] == "@" else "") for part in parts]
        return flow.Flow(tuple(made))

    of_code = kernel(code)
    outer, inner = of_code.loops
    assert inner.parent is outer and outer.inner == [inner] and inner.depth == 1
    load_only = {paths.outside(paths.begins("LDG")): 1}
    assert [i.opcode for i in paths.iteration(outer, load_only)] == ["LDG.E.128", "BRA", "BRA"]
    assert [i.opcode for i in paths.iteration(inner)] == ["FADD", "BRA"]
    both = {**load_only, paths.outside(paths.begins("FFMA")): 2}
    longer = kernel([*code[:4], "FFMA", *code[4:]][:4] + code[4:])
    assert len(paths.iteration(longer.loops[0], both)) == 5
    try:
        paths.iteration(outer, {paths.outside(paths.begins("MUFU")): 1})
        raise AssertionError("a landmark that is not there was found")
    except paths.NotFound:
        pass
    assert paths.has_philox(cubin.Instruction("IMAD.WIDE.U32", "R4, R2, -0x2daee0ad, RZ", ""))
    assert pipes.busy([cubin.Instruction("LOP3.LUT", "", "")] * 3 + [cubin.Instruction("FFMA", "", "")])["alu"] == 6
    print("every planted offence was found")
    return 0


def main():
    try:
        match sys.argv[1:]:
            case ["--self-test"]:
                return self_test()
            case ["--check", folder]:
                return check(folder)
            case ["--model", folder, path]:
                return check_model(folder, Path(path))
            case ["--print", folder]:
                print(*table(counts(load(folder)[1])), sep="\n")
                return 0
            case ["--record", folder]:
                return record(folder)
    except cubin.Missing as missing:
        print(f"skipped: budgets on machine code, because there is {missing}")
        return SKIPPED
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
