#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A model of what the kernels cost on devices that nobody here has run: from the machine code of a build, the pipes it
takes, the scheduler's control bits in it, and the assumptions of assumptions.py. Its table is to be held against the
first device; until then it is a hypothesis, and every line says so.

    gpu_model.py BUILD > table.txt
    gpu_model.py --figures BUILD > figures.json    for the report of scripts/gpu-check
"""
import json
import sys
from pathlib import Path

kernels = Path(__file__).resolve().parents[2] / "tests" / "kernels"
sys.path[:0] = [str(kernels), str(kernels / "sass")]

import assumptions as a  # noqa: E402
import chain  # noqa: E402
import loops  # noqa: E402
from assumptions import DEVICES  # noqa: E402
from cubin import Missing, load  # noqa: E402
from flow import Flow  # noqa: E402
from loops import Row, races, steps  # noqa: E402
from pipes import PIPES, busy  # noqa: E402
from scheduler import simulate  # noqa: E402

# Loops without a budget of their own.
EXTRA = [
    Row(loops.RACING, "discriminator, half a quad", loops.discriminator_samples, {"philox": 10, "MUFU.RCP": 4},
        "fleet, racing"),
    Row(loops.RACING, "32 samples, the rest", lambda flow: [x.parent for x in races(flow)], {"in loops: philox": 50},
        "fleet, racing"),
    Row(loops.RACING, "a lane's own", lambda flow: [x for sample in loops.doubtful(flow) for x in sample.inner], {},
        "fleet, racing"),
]


class FleetKernel:
    """A step of a warp's GANs, and how many warps a scheduler holds."""

    def __init__(self, pieces, warps):
        self.pieces, self.warps, self.known = pieces, warps, {}

    def clocks(self, warps, device):
        key = (warps, device.fma_halves)
        if key not in self.known:
            self.known[key] = simulate(self.pieces, warps, device.fma_halves, True)
        return self.known[key]


class Code:
    """The loops of a build, and its kernels."""

    def __init__(self, build):
        rows = [*loops.ALL, *EXTRA]
        self.rows = {f"{row.label}: {row.what}": row for row in rows}
        _, self.kernels, self.version = load(Path(build).resolve(), [row.kernel for row in rows])
        self.flows, self.fleets = {}, {}

    def __call__(self, name):
        """[the instructions of an iteration, for each loop of a row]"""
        kernel = loops.matching(self.kernels, self.rows[name])[0]
        if kernel.name not in self.flows:
            self.flows[kernel.name] = Flow(kernel.code)
        return [way for _, way in self.rows[name].ways(self.flows[kernel.name])]

    def of_fleet(self, pieces_of):
        """A kernel of fleets: article or alone."""
        if pieces_of not in self.fleets:
            which = {article: "fleet, racing: step, the rest", alone: "fleet, 16 lanes a GAN: step, the rest"}[pieces_of]
            self.fleets[pieces_of] = FleetKernel(pieces_of(self), self.warps(which))
        return self.fleets[pieces_of]

    def warps(self, name):
        """Warps that a scheduler has at once, of the kernel of a row."""
        kernel = loops.matching(self.kernels, self.rows[name])[0]
        registers = -(-kernel.registers // 8) * 8 * kernel.block
        blocks = min(a.REGISTERS // registers, a.THREADS // kernel.block, a.BLOCKS)
        return max(1, blocks * kernel.block // 32 // a.SCHEDULERS)


def spread(total, rounds):
    """A whole number for each round, `total` on average."""
    return [int(total * (n + 1)) - int(total * n) for n in range(rounds)]


def article(code):
    """A step of the article's GAN in a thread."""
    def part(what):
        return code(f"fleet, racing: {what}")
    pieces = part("step, the rest") + 2 * part("discriminator, four samples") + part("discriminator, half a quad")
    for passes, own in zip(spread(a.PASSES, a.UPDATES), spread(a.OWN, a.UPDATES)):
        pieces += part("32 samples, the rest") + a.RACES * part("race, four samples")
        pieces += passes * part("doubtful samples") + own * part("a lane's own") + part("generator update, the rest")
    return pieces


def alone(code):
    """A step of one GAN in 16 lanes."""
    def part(what):
        return code(f"fleet, 16 lanes a GAN: {what}")
    return part("step, the rest") + a.UPDATES * part("generator update")


ROUNDS = 125  # quads of a thread, of a long row


def maxima(code, which, exactly, classes, in_pairs=True):
    """Quads of a search for the largest score, some of which cannot be skipped. After each quad that is looked at alone
    long rows are searched two quads at a time, until one of two cannot be skipped."""
    skipped, exact = code(f"{which}: a quad that is skipped"), code(f"{which}: {exactly}")
    two = code(f"{which}: two quads that are skipped") if in_pairs else None
    slow, pieces, n = spread(a.SLOW[classes], ROUNDS), [], 0
    while n < ROUNDS:
        pieces += exact if slow[n] else skipped
        n += 1
        while in_pairs and n + 1 < ROUNDS:
            pieces += two
            if slow[n] or slow[n + 1]:
                break
            n += 2
    return pieces


def rows(code):
    """Operations on rows:
    (what, pieces of a warp, warps, bytes that the pieces' work must move, bytes that it does move)"""
    quad = 4 * 32  # elements of a quad and warp
    for stored, size in (("float", 4), ("bfloat16", 2)):
        name = f"noise, {stored}: a quad"
        yield f"noise fill, {stored}", 4 * code(name), code.warps(name), 4 * quad * size, 0
    for plan in ("1,024", "8,192"):
        for what, row, arrays in (("softmax", "a row", 2), ("vjp from y", "a row, from y", 3),
                                  ("vjp from logits", "a row, from logits", 3)):
            name = f"softmax, float, to {plan}: {row}"
            yield f"{what}, {plan} classes, float", 2 * code(name), code.warps(name), 2 * 8 * quad * 4 * arrays, 0
    kept = "softmax, float, to 53,248"
    pieces = code(f"{kept}: a quad's score") + code(f"{kept}: a quad's other sweeps")
    yield "softmax, 32,768 classes, float", 16 * pieces, \
        code.warps(f"{kept}: a quad's score"), 16 * quad * 4 * 2, 0
    longer, work = "softmax, float, longer", ROUNDS * quad * 4
    for classes in (131072, 262144):
        yield f"softmax, {classes:,}, a block a row", maxima(code, longer, "a quad searched exactly", classes) \
            + ROUNDS * code(f"{longer}: a quad's other sweeps"), code.warps(f"{longer}: a quad's other sweeps"), \
            2 * work, 4 * work
    pieces = code(f"{longer}: a quad, from y")
    moved = sum(i.name in ("LDG", "STG") for piece in pieces for i in piece)
    yield "vjp from y, 131,072, a block a row", ROUNDS * pieces, code.warps(f"{longer}: a quad, from y"), 3 * work, \
        moved * work
    cluster = "softmax, float, a cluster"
    pieces = code(f"{cluster}: a quad's score") + code(f"{cluster}: a quad's other sweeps")
    yield "softmax, to 425,984, a cluster a row", ROUNDS * pieces, code.warps(f"{cluster}: a quad's score"), \
        2 * work, 0
    pieces = code(f"{cluster}, from y: a quad, from y")
    moved = sum(i.name in ("LDG", "STG") for piece in pieces for i in piece)
    yield "vjp from y, to 425,984, a cluster a row", ROUNDS * pieces, \
        code.warps(f"{cluster}, from y: a quad, from y"), 3 * work, moved * work
    which, exactly = "gumbel_max, float, to 8,192", "a quad computed exactly"
    yield "gumbel_max, 4,096 classes, float", maxima(code, which, exactly, 4096, in_pairs=False), \
        code.warps(f"{which}: a quad that is skipped"), work, 0
    for stored, size in (("float", 4), ("bfloat16", 2)):
        which = f"gumbel_max, {stored}, longer"
        for classes in (32768, 131072, 262144):
            yield f"gumbel_max, {classes:,} classes, {stored}", maxima(code, which, exactly, classes), \
                code.warps(f"{which}: a quad that is skipped"), ROUNDS * quad * size, 0


def one_row(code, halves):
    """Clocks of gumbel_max of one row of 131,072 floats on a cluster, from its first instruction to its last."""
    classes, threads = 131072, 8 * 512
    which = "gumbel_max, float, a cluster"
    pieces = maxima(code, which, "a quad computed exactly", classes)[:classes // (4 * threads)]
    return simulate(pieces, 512 // 32 // a.SCHEDULERS, halves, False) + a.BARRIERS_OF_DRAW * a.CLUSTER_BARRIER


def binding(pieces):
    """The pipe that is busy longest, and for how many clocks."""
    taken = busy([i for piece in pieces for i in piece])
    return max(taken.items(), key=lambda item: item[1])


def clocks_by_halves(pieces, warps, cached=False):
    """{halves of the FMA pipe: clocks of a warp's share of a scheduler}"""
    return {halves: simulate(pieces, warps, halves, cached) / warps for halves in {d.fma_halves for d in DEVICES}}


def line(what, *cells):
    return f"model  {what:38}" + "".join(f"{cell:>14}" for cell in cells)


def table(code):
    yield "model  Nothing here was measured: a model of cycles (benchmarks/gpu_model), to be held against a device."
    yield f"model  machine code for 9.0 by ptxas {code.version}"
    for text in a.TEXT:
        yield f"model  assumed  {text}"
    for d in DEVICES:
        yield f"model  assumed  {d.name}: {d.multiprocessors} multiprocessors, {d.gigahertz} GHz, " \
              f"{d.terabytes} TB/s; {d.source}"
    yield line("", "binding pipe", *(d.name for d in DEVICES))

    pieces, warps = article(code), code.warps("fleet, racing: step, the rest")
    pipe, least = binding(pieces)
    speed = [d.multiprocessors * a.SCHEDULERS * 32 * d.gigahertz * 1e9 / a.STEPS for d in DEVICES]
    clocks = clocks_by_halves(pieces, warps, cached=True)
    real = [s / clocks[d.fma_halves] for s, d in zip(speed, DEVICES)]
    yield line("fleet, article, GANs a second", pipe, *(f"{r:,.0f}" for r in real))
    yield line("  at most: binding pipe always busy", f"{least:,.0f}", *(f"{s / least:,.0f}" for s in speed))

    yield line("  as planned, of the faster mapping", "1,000-70,000", *(f"{least_share(code, d):.2f}" for d in DEVICES))
    pieces = alone(code)
    by_halves = clocks_by_halves(pieces, 1, cached=True)
    clocks = [by_halves[d.fma_halves] for d in DEVICES]
    yield line("one GAN, milliseconds", "latency", *(f"{c * a.STEPS / d.gigahertz / 1e6:.0f}"
                                                    for c, d in zip(clocks, DEVICES)))
    yield line("  clocks of an update, goal 900", "", *(f"{c / (a.UPDATES + 1):,.0f}" for c in clocks))
    # What lies between: branches of square root and division, and noise that ptxas puts beside too short a chain. Below
    # the issue slots is only what moves the noise to other warps, below the chain nothing with these instructions.
    for what, least in (("issue", sum(map(len, pieces))), ("chain", chain.clocks(pieces))):
        yield line("  at least: " + {"issue": "a warp's issue slots", "chain": "dependent instructions"}[what], what,
                   *[f"{least / (a.UPDATES + 1):,.0f}"] * len(DEVICES))

    yield line("one row of 131,072, gumbel_max, us", "latency",
               *(f"{one_row(code, d.fma_halves) / d.gigahertz / 1e3:.1f}" if d.clusters else "-" for d in DEVICES))

    yield line("share of a copy of the same bytes", "binding pipe", *(d.name for d in DEVICES))
    for what, pieces, warps, useful, moved in rows(code):
        clocks = clocks_by_halves(pieces, warps)
        yield line(what, binding(pieces)[0], *(f"{share_of_copy(d, clocks, useful, moved):.2f}"
                                               if d.clusters or "a cluster" not in what else "-" for d in DEVICES))


def share_of_copy(device, clocks, useful, moved):
    """The time of a copy of the useful bytes over that of the kernel, which computes and moves at once."""
    computing = clocks[device.fma_halves] / (device.multiprocessors * a.SCHEDULERS * device.gigahertz * 1e9)
    return useful / device.copy / max(computing, max(useful, moved) / device.copy)


def clocks_of_fleet(code, device, gans):
    """Of a step of all GANs of the article, on the scheduler that has most. The mappings are kernels/fleet/policy.hpp's."""
    if gans >= device.multiprocessors * a.LEAST_RACING:
        return clocks_in_turns(code.of_fleet(article), device, gans)
    return clocks_in_turns(code.of_fleet(alone), device, gans * 16)


def clocks_in_turns(fleet, device, threads):
    """Of so many threads, as many warps at a time as a scheduler holds."""
    full, rest = divmod(-(-threads // 32 // (device.multiprocessors * a.SCHEDULERS)), fleet.warps)
    return full * fleet.clocks(fleet.warps, device) + (fleet.clocks(rest, device) if rest else 0)


def least_share(code, device):
    """Of fleets of 1,000 to 70,000 GANs: the least speed as planned, over that of the faster of the two mappings."""
    def share(gans):
        best = min(clocks_in_turns(code.of_fleet(article), device, gans),
                   clocks_in_turns(code.of_fleet(alone), device, gans * 16))
        return best / clocks_of_fleet(code, device, gans)
    return min(share(gans) for gans in range(1000, 70000, 100))


def of_fleets(code, device):
    """{end of a case: GANs a second}"""
    rates = {}
    for gans in a.FLEETS:
        rate = gans * device.gigahertz * 1e9 / a.STEPS / clocks_of_fleet(code, device, gans)
        rates[f", {gans} GAN{'s' if gans > 1 else ''}"] = float(f"{rate:.4g}")
    return rates


# A row of the table: the goals that have its figure, each with what it makes of the share of a copy.
GOALS_OF_ROWS = [
    ("noise fill, float", 65536, {"G7 memset": lambda share: 1 / share}),
    *((f"softmax, {classes:,} classes, float", classes, {"G3": lambda share: share}) for classes in (1024, 32768)),
    *(("softmax, to 425,984, a cluster a row", classes, {"G4": lambda share: share}) for classes in (131072, 262144)),
    ("vjp from y, 1,024 classes, float", 1024, {"G6": lambda share: share}),
    ("vjp from y, to 425,984, a cluster a row", 131072, {"G6": lambda share: share}),
    ("vjp from logits, 1,024 classes, float", 1024, {"G6 from noise": lambda share: share}),
    *((f"gumbel_max, {classes:,} classes, float", classes,
       {"G1": lambda share: 1 / share, "G1'": lambda share: share * a.COPY_SHARE})
      for classes in (4096, 32768, 131072, 262144)),
    *((f"gumbel_max, {classes:,} classes, bfloat16", classes,
       {"G2 noise": lambda share: 1 / share, "G2": lambda share: share * a.COPY_SHARE})
      for classes in (32768, 131072, 262144)),
]


def of_rows(code, device):
    """{goal: {end of a case: figure}}. Without its noise, and for a memset, a kernel is taken to be as fast as a copy."""
    shares = {what: share_of_copy(device, clocks_by_halves(pieces, warps), useful, moved)
              for what, pieces, warps, useful, moved in rows(code)}
    goals = {}
    for what, classes, figures_of in GOALS_OF_ROWS:
        for goal, figure in figures_of.items():
            goals.setdefault(goal, {})[f"x{classes}"] = float(f"{figure(shares[what]):.3g}")
    return goals


def of_limits(device):
    """What the model takes a device to do at most: results a clock and multiprocessor, share of bandwidth."""
    def rate(pipe, clocks_more=1):
        return a.SCHEDULERS * 32 / PIPES[pipe][1] / clocks_more
    return {"rate": {"fma.rn.f32": rate("fma") * device.fma_halves / 2, "lop3.b32": rate("alu"),
                     "mad.wide.u32": rate("imad", 2), **{f"{name}.approx.ftz.f32": rate("xu")
                                                         for name in ("lg2", "ex2", "sqrt")}},
            "bandwidth": {"copy": a.COPY_SHARE}}


def figures(code):
    """{device: {goal of scripts/gpu_check/goals.py: the model's figure, or {end of a case: figure}}}"""
    known = {}
    for device in DEVICES:
        one = clocks_by_halves(alone(code), 1, cached=True)[device.fma_halves]
        known[device.name] = {"fleet": of_fleets(code, device), **of_rows(code, device), **of_limits(device),
                              "one GAN": round(one * a.STEPS / device.gigahertz / 1e6)}
    return known


def main():
    match sys.argv[1:]:
        case ["--figures", build]:
            show = lambda code: print(json.dumps(figures(code), indent=1))
        case [build]:
            show = lambda code: print(*table(code), sep="\n")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    try:
        show(Code(build))
    except Missing as missing:
        print(f"skipped: {missing}")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
