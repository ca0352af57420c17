#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the assembler's report on each kernel with a budget: a kernel that needs more registers than planned runs
fewer threads at once, and one that spills pays for every use.

    kernel_budget.py --launch NVCC ARGUMENT…   runs the compiler, and keeps the assembler's report beside the object
    kernel_budget.py --check FOLDER            the reports in a folder of object files
    kernel_budget.py --self-test               the check on reports with planted offences
"""
import re
import subprocess
import sys
from pathlib import Path

from kernel_names import readable

# (a pattern for a kernel's name, most registers, most bytes of stack frame, most bytes spilled). These are the kernels
# that train the article's GAN, and those whose stack would otherwise grow with the number of classes. Other kernels
# keep their arrays in memory by design.
BUDGET = [
    (r"thread_mapping<.*racing_warp_gan<fixed<5>, fixed<10>", 128, 0, 0),
    (r"thread_mapping<.*quads_gan<float, fixed<5>, fixed<10>", 128, 0, 0),
    (r"group_mapping<.*fixed<5>, .*fixed<10>, .*fixed<16>", 128, 0, 0),
    (r"group_mapping<.*fixed<5>, .*fixed<10>, .*fixed<[248]>", 128, 0, 0),
    (r"warp_mapping<.*fixed<[12]>", 64, 640, 0),
    (r"warp_mapping<.*bounded<32>", 64, 6400, 0),
    # Rows stay in registers between sweeps: a block of 512 threads has 128 registers for each.
    (r"gumbel_noise_kernel<(float|float16|bfloat16), false>", 64, 0, 0),
    (r"gumbel_noise_kernel<double, false>", 72, 0, 0),
    # Four bytes in memory are ptxas' price for one more block of a multiprocessor.
    (r"gumbel_max_kernel<double, row_plan<1, 2, [^>]*false>", 80, 8, 4),
    (r"gumbel_max_kernel<(?!double, row_plan<1, 2).*row_plan<[^>]*false>", 128, 0, 0),
    (r"gumbel_softmax_kernel<(float|float16|bfloat16), drawn_gumbels, .*row_plan<[^>]*false>", 128, 0, 0),
    # This reads a second array, as far ahead as it has registers.
    (r"gumbel_softmax_kernel<(float|float16|bfloat16), supplied_gumbels<.*row_plan<[^>]*false>", 168, 0, 0),
    (r"gumbel_softmax_vjp_kernel<(float|float16|bfloat16), .*row_plan<(1|8), [^>]*false>", 168, 0, 0),
    (r"gumbel_softmax_vjp_kernel<(float|float16|bfloat16), .*row_plan<(32|256), [^>]*false>", 255, 0, 0),
    (r"gumbel_softmax(_vjp)?_kernel<double, .*row_plan<[^>]*false>", 255, 0, 0),
    (r"categorical_sample_kernel<(float|float16|bfloat16), .*>, (true|false)>", 128, 0, 0),
    # Longer rows, and all kernels that cache nothing of their rows.
    (r"gumbel_(softmax|softmax_vjp)_kernel<(float|float16|bfloat16), .*row_plan<[^>]*true>", 128, 0, 0),
    (r"gumbel_max_kernel<float, .*row_plan<[^>]*true>", 128, 0, 0),
    # Rows that a cluster of blocks works on. A block has 256 threads for doubles, and so twice the registers for each.
    (r"gumbel_softmax_vjp_kernel<double, drawn_gumbels, seeded_plan<.*cluster_plan<", 168, 0, 0),
    (r"gumbel_(max|softmax|softmax_vjp)_kernel<(?!double, drawn_gumbels, seeded).*cluster_plan<", 128, 0, 0),
    # So that two blocks share a multiprocessor, a few numbers of a row are spilled, outside of its sweeps.
    (r"gumbel_max_kernel<(float16|bfloat16), .*row_plan<[^>]*true>", 128, 32, 32),
    (r"row_kernel<(gumbel_top_k|gumbel_max_shard|kl_divergence|location_scale_sample|concrete_log_prob|relaxed_bernoulli)"
     r"\w*, (float|float16|bfloat16), row_plan<.*true>", 128, 0, 0),
    # Rows with noise of their own: the keys of their noise take registers, too.
    (r"row_kernel<(gumbel_top_k|gumbel_max_shard|location_scale_sample|relaxed_bernoulli)"
     r"\w*, (float|float16|bfloat16), seeded_plan<.*true>", 144, 0, 0),
    # Five arrays with strides of their own. The backward pass also carries, beside the density, a gradient that exceeds
    # the largest number and is therefore scaled down.
    (r"row_kernel<location_scale_log_prob_vjp_task, (float|float16|bfloat16), .*true>", 200, 0, 0),
    (r"row_kernel<location_scale_log_prob_task, (float|float16|bfloat16), .*true>", 168, 0, 0),
]
# The registers were counted for this architecture; another one needs other numbers.
ARCHITECTURE = "sm_90"
REPORT = re.compile(r"Compiling entry function '(?P<name>\w+)' for '(?P<architecture>\w+)'.*?"
                    r"(?P<stack>\d+) bytes stack frame, "
                    r"(?P<spilled>\d+) bytes spill stores, \d+ bytes spill loads.*?Used (?P<registers>\d+) registers",
                    re.DOTALL)


def parse(report, architecture=ARCHITECTURE):
    """[(mangled name, registers, stack, spilled)]"""
    return [(m["name"], int(m["registers"]), int(m["stack"]), int(m["spilled"])) for m in REPORT.finditer(report)
            if m["architecture"] == architecture]


def offences(kernels):
    """Kernels that exceed the budget, and entries of the budget that match no kernel. `kernels` has readable names."""
    found = []
    for pattern, registers, stack, spilled in BUDGET:
        matching = [k for k in kernels if re.search(pattern, k[0])]
        if not matching:
            found.append(f"no kernel matches {pattern}")
        for name, *used in matching:
            for what, value, most in zip(("registers", "bytes of stack", "bytes spilled"), used,
                                         (registers, stack, spilled)):
                if value > most:
                    found.append(f"{value} {what}, {most} allowed: {name}")
    return found


def launch(command):
    """Runs nvcc. The assembler's report goes to OBJECT.ptxas, all other output where it would have gone."""
    run = subprocess.run([*command, "-Xptxas", "-v"], text=True, stderr=subprocess.PIPE)
    lines = run.stderr.splitlines(keepends=True)
    report = [line for line in lines if re.match(r"ptxas info|    \d+ bytes stack", line)]
    sys.stderr.writelines(line for line in lines if line not in report)
    if "-o" in command and run.returncode == 0:
        Path(command[command.index("-o") + 1] + ".ptxas").write_text("".join(report))
    return run.returncode


def check(folder):
    kernels = [kernel for file in sorted(Path(folder).rglob("*.ptxas")) for kernel in parse(file.read_text())]
    names = readable(k[0] for k in kernels)
    kernels = [(name, *kernel[1:]) for name, kernel in zip(names, kernels)]
    for name, registers, stack, spilled in kernels:
        print(f"{registers:4} registers {stack:7} bytes of stack {spilled:5} spilled  {name.split('(')[0]}")
    found = offences(kernels)
    print(f"{len(kernels)} kernels, {len(found)} beyond the budget", *found, sep="\n")
    return 1 if found else 0


def self_test():
    names = ["thread_mapping<racing_warp_gan<fixed<5>, fixed<10> >, fixed<5>, fixed<10>, 32>",
             "thread_mapping<quads_gan<float, fixed<5>, fixed<10>, stream_row>, fixed<5>, fixed<10>, 1>",
             "group_mapping<fixed<5>, fixed<10>, fixed<16>, fixed<1>, fixed<10> >",
             "group_mapping<fixed<5>, fixed<10>, fixed<4>, fixed<2>, fixed<10> >",
             "warp_mapping<fixed<1>, bounded<16> >", "warp_mapping<bounded<32>, bounded<16> >"]
    names = [f"train_fleet_kernel<{name}>(fleet_slice, {name})" for name in names]
    names += ["gumbel_noise_kernel<float, false>(gumbel_noise_task)",
              "gumbel_noise_kernel<double, false>(gumbel_noise_task)"]
    names += [f"{kernel}, row_plan<32, 8, 128, false> >(task)"
              for kernel in ("gumbel_max_kernel<float", "gumbel_softmax_kernel<float, drawn_gumbels",
                             "gumbel_softmax_kernel<float, supplied_gumbels<direct_memory<float, false> >",
                             "gumbel_softmax_vjp_kernel<float, drawn_gumbels")]
    names += ["gumbel_softmax_vjp_kernel<float, drawn_gumbels, row_plan<1, 1, 128, false> >(task)",
              "gumbel_softmax_kernel<double, drawn_gumbels, row_plan<1, 1, 128, false> >(task)",
              "gumbel_max_kernel<double, row_plan<1, 2, 128, false> >(task)",
              "gumbel_softmax_vjp_kernel<double, drawn_gumbels, seeded_plan<strided_plan<cluster_plan<double> > > >(task)",
              "gumbel_max_kernel<float, row_plan<512, 16, 512, true> >(task)",
              "gumbel_max_kernel<bfloat16, row_plan<512, 16, 512, true> >(task)",
              "gumbel_max_kernel<float, seeded_plan<strided_plan<cluster_plan<float> > > >(task)",
              "gumbel_softmax_kernel<float, drawn_gumbels, row_plan<512, 16, 512, true> >(task)",
              "categorical_sample_kernel<float, row_plan<32, 8, 128, true>, true>(task)",
              "row_kernel<kl_divergence_task, float, row_plan<32, 8, 128, true> >(task)",
              "row_kernel<gumbel_top_k_task, float, seeded_plan<row_plan<32, 8, 128, true> > >(task)",
              "row_kernel<location_scale_log_prob_task, float, row_plan<32, 8, 128, true> >(task)",
              "row_kernel<location_scale_log_prob_vjp_task, float, row_plan<32, 8, 128, true> >(task)"]
    good = [(f"void {name}", 60, 0, 0) for name in names]
    assert not offences(good), offences(good)
    for number, kernel in enumerate(good):
        others = good[:number] + good[number + 1:]
        for i, value in ((1, 256), (2, 6401), (3, 33)):
            bad = list(kernel)
            bad[i] = value
            assert len(offences([*others, tuple(bad)])) == 1, bad
        assert len(offences(others)) == 1, "a kernel that is gone"
    text = ("ptxas info : Compiling entry function '_Zx' for 'sm_90'\nptxas info : Function properties for _Zx\n"
            "    64 bytes stack frame, 8 bytes spill stores, 12 bytes spill loads\n"
            "ptxas info : Used 96 registers, used 0 barriers\n")
    assert parse(text) == [("_Zx", 96, 64, 8)], parse(text)
    print("every planted offence was found")
    return 0


def main():
    match sys.argv[1:]:
        case ["--self-test"]:
            return self_test()
        case ["--launch", *command]:
            return launch(command)
        case ["--check", folder]:
            return check(folder)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
