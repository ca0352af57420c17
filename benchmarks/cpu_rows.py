#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Operations on rows against NumPy, PyTorch and JAX on one core of this processor, in one run of about three minutes.

    cmake --preset release && cmake --build --preset release
    benchmarks/cpu_rows.py build/release        with a Python that has the peers; missing ones are named as skipped

writes benchmarks/results/NAME.txt and NAME.json. Every contender is a process with one thread, all on the same core.
They run by turns, and a ratio is the median over the rounds of each round's ratio. Times are each process's processor
times, so that other programs on the core cost neither side time (although they may evict its data from caches).
Answers are checked before anything is timed. Next to each figure stands the limit of this core, measured in the same
run.
"""
import argparse
import datetime
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from cpu_rows_report import table
from peers import turns

HERE = Path(__file__).resolve().parent
# Case, rows, classes, maximum of rounds, and seconds after which no round begins once there were three.
CASES = [("gumbel-softmax", 4096, 1000, 15, 25), ("gumbel-max", 256, 131_072, 9, 35), ("top-k", 256, 131_072, 7, 35),
         ("noise", 1, 100_000_000, 5, 60)]
LEAST_ROUNDS = 3
# Case, number of operations or bytes; the unit is the one of the case.
LIMITS = [("limit fma", 2_000_000_000), ("limit multiply", 1_000_000_000), ("limit philox", 200_000_000),
          ("limit copy", 100_000_000), ("limit fill", 100_000_000)]
LIMIT_UNITS = {"limit copy": 4, "limit fill": 4}  # bytes
SECONDS_AN_ANSWER = 120


class Gone(Exception):
    """The contender is skipped or has failed; the message gives the reason."""


class Contender:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.errors = []
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()
        ready = self.answer()
        self.who, self.version, self.cases, self.best = (ready.get(k) for k in ("who", "version", "cases", "best"))

    def ask(self, *fields):
        try:
            self.process.stdin.write("\t".join(map(str, fields)) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        return self.answer()

    def answer(self):
        timer = threading.Timer(SECONDS_AN_ANSWER, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        if line.startswith("{"):
            return json.loads(line)
        self.process.wait()
        if self.process.returncode == turns.SKIPPED:
            raise Gone(line.strip().removeprefix("skipped: "))
        raise Gone(f"failed with exit status {self.process.returncode}: {''.join(self.errors[-3:]).strip()[-300:]}")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def busy_ticks():
    lines = [line.split() for line in Path("/proc/stat").read_text().splitlines() if re.match(r"cpu\d", line)]
    return {int(f[0][3:]): sum(map(int, f[1:])) - int(f[4]) - int(f[5]) for f in lines}


def quietest_core():
    before = busy_ticks()
    time.sleep(1)
    after = busy_ticks()
    return min(os.sched_getaffinity(0), key=lambda core: after[core] - before[core])


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def within(value, expected, deviation):
    return abs(value - expected) <= 6 * deviation


def is_right(case, told):
    """Checks statistics to six deviations, and errors of float32 arithmetic to what the peers' documentation allows."""
    if case == "noise":
        # A Gumbel variate has variance π²/6 and kurtosis 5.4.
        variance, count = 1.6449340668, told["count"]
        return (told["finite"] and within(told["mean"], .5772156649, (variance / count) ** .5)
                and within(told["variance"], variance, variance * (4.4 / count) ** .5))
    weights = [2.718281828459045 ** x for x in turns.CHECK_LOGITS]
    expected = [turns.CHECK_ROWS * w / sum(weights) for w in weights]
    chi_square = sum((c - e) ** 2 / e for c, e in zip(told["counts"], expected))
    degrees = len(weights) - 1
    right = sum(told["counts"]) == turns.CHECK_ROWS and chi_square <= degrees + 6 * (2 * degrees) ** .5
    return (right and told.get("distinct", True) and told.get("row_error", 0) < 1e-5
            and told.get("gradient_error", 0) < 1e-5)


class Run:
    def __init__(self, build):
        self.result = {"processor": processor(), "date": datetime.date.today().isoformat(), "versions": {},
                       "skipped": [], "checks": [], "limits": {}, "cases": []}
        self.contenders = []
        peers = [[sys.executable, "-B", str(HERE / "peers" / f"cpu_{name}.py")] for name in ("numpy", "torch", "jax")]
        for command in [[str(build / "rows_turns")], *peers]:
            try:
                contender = Contender(command)
            except Gone as why:
                self.skip(Path(command[-1]).stem, why)
                continue
            self.contenders.append(contender)
            self.result["versions"][contender.who] = contender.version
        if not self.contenders or self.contenders[0].who != "ours":
            sys.exit("cpu_rows.py: no rows_turns in the build, so there is nothing to compare")
        self.ours = self.contenders[0]
        self.result["isa"] = self.ours.best

    def skip(self, what, why):
        self.result["skipped"].append({"what": what, "why": str(why)})
        print(f"skipped: {what}: {why}", flush=True)

    def drop(self, contender, case, why):
        self.skip(f"{contender.who}, from {case} on", why)
        self.contenders.remove(contender)
        if contender is self.ours:
            sys.exit("cpu_rows.py: our own program failed")

    def check(self, case):
        """The (contender, form) pairs whose answers are right."""
        right = []
        for contender in list(self.contenders):
            for form in contender.cases.get(case, []):
                try:
                    told = contender.ask("check", case, form)
                except Gone as why:
                    self.drop(contender, case, why)
                    break
                fine = is_right(case, told)
                self.result["checks"].append({"case": case, "who": contender.who, "form": form, "right": fine, **told})
                if fine:
                    right.append((contender, form))
                else:
                    self.skip(f"{case}, {contender.who} {form}", "its answer is wrong")
        return right

    def race(self, case, rows, classes, rounds, seconds):
        if case not in self.ours.cases:
            return self.skip(case, "this library has no such operation, or rows_turns does not know it")
        print(f"{case} …", flush=True)
        begin, taking_part = time.monotonic(), []
        for contender, form in self.check(case):
            try:
                contender.ask("open", case, rows, classes, form)
                taking_part.append((contender, form, []))
            except Gone as why:
                self.drop(contender, case, why)
        for number in range(rounds):
            if number >= LEAST_ROUNDS and time.monotonic() - begin > seconds:
                break
            at = number % len(taking_part)
            for contender, form, times in taking_part[at:] + taking_part[:at]:
                try:
                    if contender in self.contenders:
                        times.append(contender.ask("run", form))
                except Gone as why:
                    self.drop(contender, case, why)
        taking_part = [part for part in taking_part if part[0] in self.contenders]
        for contender in {id(c): c for c, _, _ in taking_part}.values():
            contender.ask("close", "")
        times = [{"who": c.who, "form": form, "cpu": [t["cpu"] for t in times], "clock": [t["clock"] for t in times]}
                 for c, form, times in taking_part]
        self.result["cases"].append({"case": case, "rows": rows, "classes": classes, "times": times})

    def measure_limits(self):
        """Seconds for an operation or a byte. Called before and after the cases; the better result counts."""
        for case, count in LIMITS:
            self.ours.ask("open", case, 1, count)
            best = min(self.ours.ask("run", "")["cpu"] for _ in range(3)) / (count * LIMIT_UNITS.get(case, 1))
            name = case.removeprefix("limit ")
            self.result["limits"][name] = min(best, self.result["limits"].get(name, best))
        self.ours.ask("close", "")


def commit():
    run = subprocess.run(["git", "-C", str(HERE), "describe", "--always", "--dirty"], text=True, capture_output=True)
    return run.stdout.strip() or "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path, help="folder of the optimised build")
    parser.add_argument("--name", help="of the result files; otherwise the processor's and the instruction set's")
    parser.add_argument("--core", type=int, help="otherwise the one that is least busy now")
    parser.add_argument("--only", choices=[c[0] for c in CASES], action="append", help="cases, for a quick look")
    arguments = parser.parse_args()
    core = quietest_core() if arguments.core is None else arguments.core
    os.sched_setaffinity(0, {core})  # all contenders inherit this
    begin, load = time.monotonic(), os.getloadavg()[0]
    run = Run(arguments.build)
    run.result |= {"core": core, "load": load, "commit": commit()}
    run.measure_limits()
    for case in CASES:
        if not arguments.only or case[0] in arguments.only:
            run.race(*case)
    run.measure_limits()
    for contender in run.contenders:
        contender.end()
    run.result["seconds"] = round(time.monotonic() - begin)
    text = "\n".join(table(run.result)) + "\n"
    print(text)
    if arguments.only:
        return 0
    slug = re.sub(r"[^a-z0-9]+", "-", run.result["processor"].lower()).strip("-")
    stem = HERE / "results" / (arguments.name or f"{slug}-rows-{run.result['isa']}")
    Path(f"{stem}.json").write_text(json.dumps(run.result, indent=1, ensure_ascii=False) + "\n")
    Path(f"{stem}.txt").write_text(text)
    print(f"wrote {stem}.txt and .json in {run.result['seconds']} s")
    return 0 if all(c["right"] for c in run.result["checks"]) else 1


if __name__ == "__main__":
    sys.exit(main())
