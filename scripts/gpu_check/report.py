#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns the records of a run of scripts/gpu-check, one JSON object a line, into a result file and a readable table with
each goal next to its figure, and next to both what the model of the device says, where figures.json lies beside this
file: {device: {goal: value of every case, or {case or its end: value}}}. A run whose machine had no python3 brings its records
back, in logs.tar.gz, for this to read.

    report.py --records FILE --device NAME --manifest FILE --json FILE --text FILE
"""
import argparse
import json
import time
from pathlib import Path

from goals import GOALS


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


def read_model(records):
    """(the device whose model this is, its figures): the one that the measured device's name has a word of, or else the
    H100, for which there are the most sources."""
    file = Path(__file__).with_name("figures.json")
    models = json.loads(file.read_text()) if file.exists() else {}
    devices = of_kind(records, "device")
    measured = devices[0]["name"].upper() if devices else ""
    name = next((name for word in (measured, "H100") for name in models if name.split()[0].upper() in word), None)
    return name, models.get(name, {})


def of_model(model, figure):
    """{"model": …, "ratio": ours over the model's} where the model has this figure."""
    value = model.get(figure["goal"])
    if isinstance(value, dict):
        value = next((v for case, v in value.items() if figure["case"].endswith(case)), None)
    if not value or figure["value"] is None:
        return {}
    return {"model": value, "ratio": figure["value"] / value}


def held_against_goals(records, model):
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
                     "figures": [{**c, "verdict": verdict[id(c)], **of_model(model, c)} for c in cases]})
    return rows


def number(value):
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def table(result):
    yield f"{result['device']}, {result['date']}; {'; '.join(result['built'])}"
    for device in of_kind(result["records"], "device")[:1]:
        yield ", ".join(f"{key} {number(value) if isinstance(value, float) else value}" for key, value in device.items()
                        if key != "record")
    yield "\n== Goals: bar (stretch) and what was measured; ratios are medians over rounds, with their range =="
    if result["model"]:
        yield (f"model: what benchmarks/gpu_model takes {result['model']} for, by counts and assumptions; ratio: what was "
               "measured over it")
    for goal in result["goals"]:
        bar = ""
        if goal["bar"] is not None:
            bar = f"   {'≥' if goal['at_least'] else '≤'} {number(goal['bar'])}"
            bar += f" ({number(goal['stretch'])})" if goal["stretch"] is not None else ""
        yield f"{goal['goal']}: {goal['text']}{bar}"
        for f in goal["figures"]:
            spread = f"[{number(f['min'])} … {number(f['max'])}]" if "min" in f else ""
            clock = f"{f['clock_ghz']:.2f} GHz" if f.get("clock_ghz") else ""
            model = f"model {number(f['model'])}, ratio {f['ratio']:.2f}" if "model" in f else ""
            yield (f"    {f['case']:<58} {number(f['value']):>10} {spread:<20} {clock:<9} {f['verdict']:<9} "
                   f"{model}").rstrip()
        if not goal["figures"]:
            yield "    not measured"
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


def write(records, device, built, json_file, text_file):
    model, figures = read_model(records)
    result = {"device": device, "date": time.strftime("%Y-%m-%d"), "built": built, "model": model,
              "goals": held_against_goals(records, figures), "records": records}
    Path(json_file).write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    Path(text_file).write_text("\n".join(table(result)) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("records", "device", "manifest", "json", "text"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    built = Path(arguments.manifest).read_text().splitlines()
    write(read(arguments.records), arguments.device, built, arguments.json, arguments.text)


if __name__ == "__main__":
    main()
