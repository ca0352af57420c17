# SPDX-License-Identifier: Apache-2.0
"""The table of cpu_rows.py: ratios next to their goals, and the limits of the processor's arithmetic and memory."""
import statistics

# (case, peer, form): the factor by which we want to be faster. Without a form, than the peer's fastest one.
GOALS = {("noise", "NumPy", "Generator.gumbel (float64)"): 10, ("noise", "PyTorch", None): 5, ("noise", "JAX", None): 3,
         ("gumbel-max", "PyTorch", None): 10, ("gumbel-max", "JAX", None): 3,
         ("gumbel-softmax", "PyTorch", None): 8, ("gumbel-softmax", "JAX", None): 3,
         ("top-k", "PyTorch", None): 8}

# What a class costs, from math/gumbel.hpp, math/elementary.hpp and detail/rows/. "fma" counts products and fused
# multiply-adds of floats: additions, which some processors execute elsewhere, and integer operations are left out, so
# these are lower bounds. A word of Philox is 5 widening multiplications (10 rounds of 2 for 4 words); the rest is bytes
# moved. Noise: 2 to the reduced argument of the exponential and 12 for its logarithm; 13 for the logarithm of that.
NOISE = {"fma": 27, "multiply": 5, "philox": 1}
NEEDS = {
    "noise": {**NOISE, "fill": 4},
    # A bound of the noise of four classes, from their lowest word; logarithms are rarely needed.
    "gumbel-max": {"fma": .25, "multiply": 5, "philox": 1, "copy": 4},
    "top-k": {"fma": .25, "multiply": 5, "philox": 1, "copy": 4},
    # Forward, in addition to the noise: the argument of the exponential, 10 for it, and the scale; backward: 3.
    "gumbel-softmax": {**NOISE, "fma": 27 + 12 + 3, "copy": 20},
}
UNITS = {"fma": "fused multiply-adds of floats", "multiply": "multiplications 32 × 32 → 64 bits",
         "philox": "Philox words, in registers", "copy": "bytes, half read, half written", "fill": "bytes written"}


def spread(values, digits=4):
    return f"{statistics.median(values):.{digits}g} [{min(values):.{digits}g} … {max(values):.{digits}g}]"


def ratios_of(case):
    """[(the peer's times, ratios by round, goal or None)]"""
    ours = next(t for t in case["times"] if t["who"] == "ours")
    rows = [(t, [p / o for p, o in zip(t["cpu"], ours["cpu"])]) for t in case["times"] if t is not ours]
    fastest = {}
    for t, ratios in rows:
        ratio = statistics.median(ratios)
        if t["who"] not in fastest or ratio < fastest[t["who"]][1]:
            fastest[t["who"]] = t, ratio
    for t, ratios in rows:
        named = GOALS.get((case["case"], t["who"], t["form"]))
        general = GOALS.get((case["case"], t["who"], None)) if fastest[t["who"]][0] is t else None
        yield t, ratios, named or general


def case_table(case, limits):
    classes = case["rows"] * case["classes"]
    ours = next(t for t in case["times"] if t["who"] == "ours")
    mine = statistics.median(ours["cpu"])
    busy = sum(ours["cpu"]) / sum(ours["clock"])
    yield (f"\n== {case['case']}, {case['rows']:,} × {case['classes']:,}, float32, {len(ours['cpu'])} rounds; "
           f"{100 * busy:.0f} % of the core was ours ==")
    yield f"{'':<58} {'ns a class':>26}   ratio"
    nanoseconds = {id(t): [1e9 * s / classes for s in t["cpu"]] for t in case["times"]}
    yield f"{'ours':<58} {spread(nanoseconds[id(ours)], 3):>26}"
    for t, ratios, bar in ratios_of(case):
        verdict = "" if bar is None else f"   ≥ {bar}: {'met' if statistics.median(ratios) >= bar else 'MISSED'}"
        yield f"{t['who'] + ', ' + t['form']:<58} {spread(nanoseconds[id(t)], 3):>26}   {spread(ratios, 3)}{verdict}"
    needs = NEEDS[case["case"]]
    least = {name: 1e9 * count * limits[name] for name, count in needs.items()}
    yield "a class needs  " + "; ".join(f"{needs[name]:g} {name}: {ns:.3f} ns" for name, ns in least.items())
    longest = max(least, key=least.get)
    share = classes * 1e-9 / mine
    yield (f"{'':<15}the longest, {longest}, is {100 * least[longest] * share:.0f} % of our time; "
           f"fma and Philox one after the other are {100 * (least['fma'] + least['philox']) * share:.0f} %")


def table(result):
    yield (f"processor   {result['processor']}, core {result['core']}, one thread; "
           f"load average {result['load']:.1f} when it began")
    yield f"target      {result['isa']}"
    yield "versions    " + ", ".join(v if who == "ours" else f"{who} {v}" for who, v in result["versions"].items())
    yield f"date        {result['date']}, commit {result['commit']}, {result['seconds']} s"
    yield "times       of the processor, whole process; median [least … most] of the rounds; a ratio is a round's"
    yield "\n== What this core does at most, measured in this run =="
    for name, seconds in result["limits"].items():
        yield f"{name:<10} {1e-9 / seconds:8.3g} G/s {UNITS[name]}"
    for case in result["cases"]:
        yield from case_table(case, result["limits"])
    checks = result["checks"]
    yield f"\n== Answers checked: {len(checks)}, {sum(not c['right'] for c in checks)} wrong =="
    yield from (f"WRONG: {c['case']}, {c['who']} {c['form']}" for c in checks if not c["right"])
    yield from (f"skipped: {s['what']}: {s['why']}" for s in result["skipped"])
