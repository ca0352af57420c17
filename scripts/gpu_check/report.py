#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the records of a run of scripts/gpu-check, one JSON object a line, into a result file and a readable table with
each goal next to its figure.

    report.py --records FILE --device NAME --json FILE --text FILE
    report.py --check-dry-run STEM     STEM.json and STEM.txt are what made-up-records.jsonl must give
"""
import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from goals import GOALS, NOT_BUILT


def read(path):
    """The records. A line that cannot be parsed (a process was killed while it wrote) becomes a record that says so."""
    records = []
    for line in Path(path).read_text(errors="replace").splitlines():
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError:
            records.append({"record": "unreadable", "line": line})
    return records


def of_kind(records, kind):
    return [r for r in records if r["record"] == kind]


def our_rates(records):
    """{GANs: GANs per second} of fleets that our kernel trained."""
    rates = {}
    for r in of_kind(records, "time"):
        if r.get("who") == "ours" and r.get("gans_per_second"):
            gans = int(r["gans"])
            rates[gans] = max(rates.get(gans, 0), r["gans_per_second"])
    return rates


def figures_of_rates(records):
    """Compares peers that train fleets in their own processes with our rate for the same number of GANs in this run."""
    ours, figures = our_rates(records), []
    for r in of_kind(records, "rate"):
        if r["gans"] in ours and r["gans_per_second"]:
            figures.append({"goal": "fleet peers", "case": f"{r['gans']} GANs, {r['who']}, another process",
                            "value": ours[r["gans"]] / r["gans_per_second"]})
    return figures


def held_against_goals(records):
    devices = of_kind(records, "device")
    peak = devices[0].get("peak_gb_per_s") if devices else None
    figures = of_kind(records, "figure") + figures_of_rates(records)
    rows = []
    for goal in GOALS:
        cases = [f for f in figures if f["goal"] == goal.name]
        bar, stretch = goal.bars(peak)
        values = [c["value"] for c in cases if c["value"] is not None]
        if goal.best_case_counts and values:
            best = max(values) if goal.at_least else min(values)
            verdict = {id(c): goal.verdict(best, peak) if c["value"] == best else "" for c in cases}
        else:
            verdict = {id(c): goal.verdict(c["value"], peak) for c in cases}
        rows.append({"goal": goal.name, "text": goal.text, "at_least": goal.at_least, "bar": bar, "stretch": stretch,
                     "figures": [{**c, "verdict": verdict[id(c)]} for c in cases]})
    return rows


def commit():
    run = subprocess.run(["git", "describe", "--always", "--dirty"], text=True, capture_output=True)
    return run.stdout.strip() or "unknown"


def number(value):
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def table(result):
    yield f"{result['device']}, {result['date']}, {result['commit']}"
    for device in of_kind(result["records"], "device")[:1]:
        yield ", ".join(f"{key} {number(value) if isinstance(value, float) else value}" for key, value in device.items()
                        if key != "record")
    yield "\n== Goals: bar (stretch) and what was measured; ratios are medians over rounds, with their range =="
    for goal in result["goals"]:
        bar = ""
        if goal["bar"] is not None:
            bar = f"   {'≥' if goal['at_least'] else '≤'} {number(goal['bar'])}"
            bar += f" ({number(goal['stretch'])})" if goal["stretch"] is not None else ""
        yield f"{goal['goal']}: {goal['text']}{bar}"
        for f in goal["figures"]:
            spread = f"[{number(f['min'])} … {number(f['max'])}]" if "min" in f else ""
            clock = f"{f['clock_ghz']:.2f} GHz" if f.get("clock_ghz") else ""
            yield f"    {f['case']:<58} {number(f['value']):>10} {spread:<20} {clock:<9} {f['verdict']}".rstrip()
        if not goal["figures"]:
            yield "    not measured"
    for name, why in NOT_BUILT.items():
        yield f"{name}: {why}"
    yield "\n== Times, ms: median [range] of rounds =="
    for t in of_kind(result["records"], "time"):
        rate = f"{number(t['gb_per_s'])} GB/s" if "gb_per_s" in t else ""
        rate = f"{number(t['gans_per_second'])} GANs/s" if "gans_per_second" in t else rate
        yield (f"{t['case']:<58} {t['who']:<48} {number(t['ms']):>10} [{number(t['min_ms'])} … {number(t['max_ms'])}] "
               f"of {t['rounds']}  {rate}").rstrip()
    for r in of_kind(result["records"], "rate"):
        yield f"{r['who']:<58} {r['gans']} GANs: {number(r['gans_per_second'])} GANs/s, {r.get('note', '')}"
    checks = of_kind(result["records"], "check")
    wrong = [c for c in checks if not c["right"]]
    yield f"\n== Checks of results: {len(checks)}, {len(wrong)} wrong =="
    yield from (f"WRONG: {c['case']} {c.get('detail', '')}" for c in wrong)
    yield "\n== Parts =="
    for p in of_kind(result["records"], "part"):
        yield f"{p['name']:<34} {p['status']:<9} {p['seconds']:>4} s of {p['limit']}  {p['why']}".rstrip()
    for s in of_kind(result["records"], "skip"):
        yield f"{s['who']}: not measured, {s['why']}"
    for u in of_kind(result["records"], "unreadable"):
        yield f"unreadable record: {u['line']}"


def write(records, device, json_file, text_file):
    result = {"device": device, "date": time.strftime("%Y-%m-%d"), "commit": commit(),
              "goals": held_against_goals(records), "records": records}
    Path(json_file).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    Path(text_file).write_text("\n".join(table(result)) + "\n")
    missed = [g["goal"] for g in result["goals"] for f in g["figures"] if f["verdict"] == "MISSED"]
    missed = ", ".join(dict.fromkeys(missed)) or "none of those measured"
    print(f"wrote {json_file} and {text_file}; goals missed: {missed}")


def check_dry_run(stem):
    result, text = json.loads(Path(f"{stem}.json").read_text()), Path(f"{stem}.txt").read_text()
    verdicts = {(g["goal"], f["case"]): f["verdict"] for g in result["goals"] for f in g["figures"]}
    expected = {("G1", "made up 1"): "met", ("G1", "made up 2"): "MISSED", ("G1", "made up 3"): "stretch",
                ("G3", "made up"): "no figure", ("fleet", "made up, few"): "", ("fleet", "made up, many"): "met",
                ("fleet peers", "7 GANs, made-up peer, another process"): "MISSED",
                ("latency in µs", "made up"): ""}
    faults = [f"{key}: {verdicts.get(key)!r}, not {verdict!r}" for key, verdict in expected.items()
              if verdicts.get(key) != verdict]
    for wanted in ("DRY RUN", "1 wrong", "WRONG: made up", "unreadable record", "timed out", "not measured"):
        if wanted not in text:
            faults.append(f"the table does not say {wanted!r}")
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records")
    parser.add_argument("--device")
    parser.add_argument("--json")
    parser.add_argument("--text")
    parser.add_argument("--check-dry-run", metavar="STEM")
    arguments = parser.parse_args()
    if arguments.check_dry_run:
        return check_dry_run(arguments.check_dry_run)
    if not all((arguments.records, arguments.device, arguments.json, arguments.text)):
        parser.error("--records, --device, --json and --text belong together")
    write(read(arguments.records), arguments.device, arguments.json, arguments.text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
