#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests scripts/gpu-check without a GPU and without building: usage; what is packed; a dry run, to the script's last
line, over a bundle whose command and device test are this build's and whose other programs are scripts that pass, fail,
hang and skip; the report of made-up figures, beside a made-up model; the same without python3; and that peers of the
benchmarks exit with a reason if their framework is missing.

Not covered: the build that --prepare starts, which takes a quarter of an hour; that its programs fit into the bundle,
and that one too large is refused; the benchmarks, which tests/ptx/dry_run_test.py runs.

    gpu_check_test.py ROOT --program SMALL --command COMMAND --device-test TEST

SMALL is any C++ program; COMMAND and TEST are gumbelcuda and cuda_machine_test.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

PEERS = ("jax_fleet", "torch_fleet", "torch_softmax", "triton_gumbel_max")
PROGRAMS = ("gumbelcuda", "gpu_same_bits", "gpu_limits", "gpu_rows", "gpu_fleet", "tests/cuda/cuda_machine_test",
            "tests/gan/fleet_api_test", "tests/gan/gan_outcome_test", "examples/noise_in_your_kernel")
LIMIT = 300  # seconds, for a busy machine

# What stands for a program: a shell script's body.
SCRIPTS = {
    "gpu_same_bits": """echo '{"record": "check", "case": "made up", "right": false, "detail": "planted"}'
echo '{"record": "check", "case": "made up too", "right": true}'
echo planted failure >&2; exit 3""",
    "gpu_limits": """cat <<'END'
{"record": "device", "name": "NVIDIA Made up", "compute_capability": 90, "multiprocessors": 1, "peak_gb_per_s": 1.0}
{"record": "figure", "goal": "G1", "case": "made up 1", "against": "nothing", "value": 1.1, "min": 1, "max": 1.2}
{"record": "figure", "goal": "G1", "case": "made up 2", "value": 1.2, "clock_ghz": 1.0}
{"record": "figure", "goal": "G1", "case": "made up 3", "value": 1.0, "clock_ghz": 1.0}
{"record": "figure", "goal": "G3", "case": "made up", "value": null, "clock_ghz": 1.0}
{"record": "figure", "goal": "fleet", "case": "made up, few", "value": 5, "clock_ghz": 1.0}
{"record": "figure", "goal": "fleet", "case": "made up, many", "value": 25000, "clock_ghz": 1.0}
{"record": "figure", "goal": "latency in µs", "case": "made up", "value": 3, "clock_ghz": 1.0}
{"record": "time", "case": "made up", "who": "ours", "ms": 1, "min_ms": 1, "max_ms": 2, "rounds": 3, "gans": 7,\
 "gans_per_second": 70}
{"record": "rate", "who": "made-up peer", "gans": 7, "gans_per_second": 10}
{"record": "skip", "who": "made-up library", "why": "planted"}
{"record": "figure", "goal": "G1", "case": "kil
END
echo "tiny: $GUMBELCUDA_BENCHMARK_TINY, runtime: $LD_LIBRARY_PATH" """,
    "gpu_rows": 'echo $$ >"$HERE/hanging"; sleep 300',
    "gpu_fleet": "trap '' TERM; echo $$ >\"$HERE/stubborn\"; while :; do sleep 1; done",
    "fleet_api_test": "echo 'skipped: a planted \"reason\"'; exit 77",
    "noise_in_your_kernel": "head -c 3000000 /dev/zero | tr '\\0' x; echo the end",
}
MODEL = {"H100 SXM": {"one GAN": 3}, "Made of air": {"G1": {"up 1": 2.2, "made up 2": 1.2}, "latency in µs": 6}}
VERDICTS = {("G1", "made up 1"): "met", ("G1", "made up 2"): "MISSED", ("G1", "made up 3"): "stretch",
            ("G3", "made up"): "no figure", ("fleet", "made up, few"): "", ("fleet", "made up, many"): "met",
            ("fleet peers", "7 GANs, made-up peer, another process"): "MISSED", ("latency in µs", "made up"): ""}


def run(*command, **environment):
    finished = subprocess.run(list(map(str, command)), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT, env={**os.environ, **environment})
    return finished.returncode, finished.stdout


class Faults(list):
    def expect(self, what, condition, output=""):
        print(f"{'ok  ' if condition else 'RED '} {what}")
        if not condition:
            self.append(what)
            print(output)


def usage(script, folder, faults):
    for wrong in (("--bogus",), ("--dry-run", "--gpus", "90"), ("",), ("--run",), ("--out",), ("--prepare", "")):
        status, output = run(script, *wrong)
        faults.expect(f"{wrong}: usage", status == 2 and "usage: scripts/gpu-check" in output, output)
    status, output = run(script, "--help")
    faults.expect("--help", status == 0 and "--prepare" in output, output)
    status, output = run(script, "--prepare", folder / "build", CUDACXX=str(folder / "no-such-nvcc"), CUDA_HOME="/no")
    faults.expect("no compiler: said at once", status == 1 and "there is no nvcc" in output, output)
    status, output = run(script, "--run", folder / "no-such-bundle")
    faults.expect("no bundle: said at once", status == 1 and "is no bundle" in output, output)


def pack(root, folder, small, faults):
    """A build whose programs are all the same small one."""
    build = folder / "build"
    for program in (*PROGRAMS, "libgumbelcuda_for_peers.so"):
        (build / program).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(small, build / program)
    packer, bundle = root / "scripts/gpu_check/pack", folder / "bundle"
    status, output = run(packer, build, bundle, "commit: planted", "GPUs: 90")
    names = {path.name for path in (bundle / "lib").iterdir()}
    faults.expect("it packs", status == 0 and "commit: planted;GPUs: 90;glibc: " in output and " MiB" in output, output)
    faults.expect("libstdc++ is carried, glibc is not",
                  "libstdc++.so.6" in names and not {"libc.so.6", "libm.so.6"} & names, names)
    status, output = run(bundle / "bin/gpu_rows", "--help")
    faults.expect("a packed program starts", status == 0, output)
    (build / "gpu_fleet").unlink()
    status, output = run(packer, build, folder / "incomplete", "commit: planted")
    faults.expect("a program that is missing is named", status != 0 and "gpu_fleet" in output, output)
    return bundle


def still_runs(process):
    """A zombie, which no process has waited for, does not count."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def plant(bundle, command, device_test):
    for name, body in SCRIPTS.items():
        (bundle / "bin" / name).unlink()
        (bundle / "bin" / name).write_text(f"#!/bin/sh\nHERE={bundle}\n{body}\n")
        (bundle / "bin" / name).chmod(0o755)
    (bundle / "scripts/sanitize").unlink()
    for name, program in (("gumbelcuda", command), ("cuda_machine_test", device_test)):
        (bundle / "bin" / name).unlink()
        (bundle / "bin" / name).symlink_to(program)
    (bundle / "scripts/figures.json").write_text(json.dumps(MODEL))
    # Parts that hang need not hang for long.
    script = bundle / "run"
    script.write_text(script.read_text().replace('rows" 45', 'rows" 1').replace('fleet" 75', 'fleet" 1'))


def dry_run(script, bundle, folder, faults):
    out = folder / "out"
    # PyTorch and the like are not started.
    status, output = run(script, "--dry-run", bundle, "--out", out, PYTHONNOUSERSITE="1")
    said = {" ".join(line.split()[:-5]) for line in output.splitlines()}
    for part, end in (("every operation: same bytes", "no device"), ("every kernel: same bytes", "failed"),
                      ("the command: same CSV", "no device"), ("benchmark: limits", "passed"),
                      ("benchmark: rows", "timed out"), ("benchmark: fleet", "timed out"),
                      ("test: devices of this machine", "passed"), ("test: fleets, as users train them", "skipped"),
                      ("test: what GANs learn", "skipped"), ("example: noise in your kernel", "passed"),
                      ("sanitizer: memcheck", "not run")):
        faults.expect(f"{part}: {end}", any(line.startswith(part) and f" {end} " in line
                                            for line in output.splitlines()), output)
    faults.expect("it gets to its last line and names what did not pass",
                  status == 1 and output.splitlines()[-1].startswith("== NOT PASSED: every kernel: same bytes;"), said)
    faults.expect("every peer is named", all(f"peer: {peer} " in output for peer in PEERS), output)
    for name in ("hanging", "stubborn"):
        faults.expect(f"a part that is {name} has ended", not still_runs((bundle / name).read_text().strip()))
    faults.expect("three files come back", {path.name for path in out.iterdir()} ==
                  {"dry-run.json", "dry-run.txt", "logs.tar.gz"}, list(out.iterdir()))
    report(out, faults)
    with tarfile.open(out / "logs.tar.gz") as logs:
        logs.extractall(folder)
    long = (folder / "logs/example--noise-in-your-kernel.log").read_text()
    faults.expect("a long log keeps its end", len(long) == 1_000_000 and long.endswith("the end\n"))
    faults.expect("sizes are tiny", "tiny: 1, runtime: " in (folder / "logs/benchmark--limits.log").read_text())
    faults.expect("the manifest is beside the logs", "commit: planted" in (folder / "logs/manifest").read_text())


def report(out, faults):
    result, text = json.loads((out / "dry-run.json").read_text()), (out / "dry-run.txt").read_text()
    found = {(goal["goal"], f["case"]): f for goal in result["goals"] for f in goal["figures"]}
    for key, verdict in VERDICTS.items():
        faults.expect(f"{key}: {verdict!r}", found[key]["verdict"] == verdict, found[key])
    faults.expect("the model and the ratio", found["G1", "made up 1"]["ratio"] == .5 and "model" not in
                  found["G1", "made up 3"] and "model 6, ratio 0.50" in text, text)
    for wanted in ("DRY RUN", "gpu_model takes Made of air for", "commit: planted", "1 wrong", "WRONG: made up", "unreadable record", "timed out",
                   "not measured", "made-up library: not measured", 'a planted "reason"'):
        faults.expect(f"the table says {wanted!r}", wanted in text, text)


def without_python(bundle, folder, faults):
    """Also a run that is killed, and a runtime in place of CUDA's, with which a part without a device has failed."""
    tools = folder / "tools"
    tools.mkdir()
    for place in ("/usr/bin", "/bin"):
        for tool in Path(place).iterdir():
            if not tool.name.startswith("python") and not (tools / tool.name).exists():
                (tools / tool.name).symlink_to(tool)
    out = folder / "killed"
    process = subprocess.Popen([str(bundle / "run"), "--dry-run", "--out", str(out), "--runtime", str(tools)],
                               env={**os.environ, "PATH": str(tools)}, stdout=subprocess.DEVNULL)
    (bundle / "hanging").unlink()
    begin = time.monotonic()
    while not (bundle / "hanging").exists() and time.monotonic() < begin + LIMIT:
        time.sleep(.1)
    process.kill()
    process.wait()
    written = (out / "dry-run.json").read_text()
    records = json.loads(written.replace('{"record": "figure", "goal": "G1", "case": "kil,', ""))
    parts = {r["name"]: r["status"] for r in records if r["record"] == "part"}
    faults.expect("a killed run without python3 leaves what it had", parts.get("benchmark: limits") == "passed", parts)
    faults.expect("with a runtime there should be a device", parts["every operation: same bytes"] == "failed", parts)


def peers(root, faults):
    for peer in PEERS:
        # -S: no installed packages.
        status, output = run(sys.executable, "-S", "-B", root / f"benchmarks/peers/{peer}.py", "--device", "cpu")
        faults.expect(f"{peer} without its framework: skipped", status == 77 and output.startswith("skipped: "), output)
        status, output = run(sys.executable, "-B", root / f"benchmarks/peers/{peer}.py", "--device", "abacus")
        faults.expect(f"{peer}: usage", status == 2 and "abacus" in output, output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    for name in ("program", "command", "device-test"):
        parser.add_argument(f"--{name}", required=True, type=Path)
    arguments = parser.parse_args()
    faults = Faults()
    with tempfile.TemporaryDirectory() as name:
        folder, script = Path(name), arguments.root / "scripts/gpu-check"
        usage(script, folder, faults)
        bundle = pack(arguments.root, folder, arguments.program, faults)
        plant(bundle, arguments.command, arguments.device_test)
        dry_run(script, bundle, folder, faults)
        without_python(bundle, folder, faults)
        peers(arguments.root, faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
