# SPDX-License-Identifier: Apache-2.0
"""The goals of the GPU benchmarks' figures. The record of a figure names its goal; several figures may have the same
goal."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    name: str  # as in the records
    text: str
    at_least: bool  # otherwise at most
    bar: float  # None: no goal, for information
    stretch: float = None
    best_case_counts: bool = False
    # For devices whose memory moves at least 4 TB/s: there, the same arithmetic takes a larger share of the time.
    fast_memory: tuple = None

    def bars(self, peak_gb_per_s):
        if self.fast_memory and peak_gb_per_s and peak_gb_per_s >= 4000:
            return self.fast_memory
        return self.bar, self.stretch

    def verdict(self, value, peak_gb_per_s):
        bar, stretch = self.bars(peak_gb_per_s)
        if bar is None:
            return ""
        if value is None:
            return "no figure"
        reaches = (lambda limit: value >= limit) if self.at_least else (lambda limit: value <= limit)
        if stretch is not None and reaches(stretch):
            return "stretch"
        return "met" if reaches(bar) else "MISSED"


GOALS = [
    Goal("fleet", "the article's GANs trained a second, best size of fleet", True, 20_000, best_case_counts=True),
    Goal("fleet peers", "fleet: peer's time over ours", True, 50),
    Goal("one GAN", "one GAN alone, ms", False, 150),
    Goal("G1", "Gumbel-max float32: time over the same kernel's without noise", False, 1.15, 1.05),
    Goal("G1'", "Gumbel-max float32: share of the memory's data sheet bandwidth", True, .80, .90,
         fast_memory=(.72, .85)),
    Goal("G2", "Gumbel-max bfloat16: share of the memory's data sheet bandwidth", True, .55, .85,
         fast_memory=(.40, .75)),
    Goal("G2 noise", "Gumbel-max bfloat16: time over the same kernel's without noise", False, None),
    Goal("G3", "Gumbel-softmax forward float32, K 1k-32k: a copy's time over ours", True, .90, .97),
    Goal("G4", "Gumbel-softmax forward float32, K to 256k: a copy's time over ours", True, .85, .93),
    Goal("G5", "Gumbel-softmax forward float32, K 5-64: a copy's time over ours", True, .80, .92),
    Goal("forward bfloat16", "Gumbel-softmax forward bfloat16: a copy's time over ours", True, None),
    Goal("G6", "Gumbel-softmax backward float32 from y: a copy's time over ours", True, .88, .95),
    Goal("G6 from noise", "Gumbel-softmax backward float32, y computed again: a copy's time over ours", True, None),
    Goal("backward bfloat16", "Gumbel-softmax backward bfloat16 from y: a copy's time over ours", True, None),
    Goal("backward bfloat16 from noise", "the same, y computed again", True, None),
    Goal("G6'", "Gumbel-softmax forward float32: time over cuDNN's plain softmax", False, 1.10, 1.00),
    Goal("G7", "Gumbel noise fill: time over curandGenerateUniform (Philox)", False, 1.05, 1.0),
    Goal("G7 memset", "Gumbel noise fill: time over memset", False, None),
    Goal("G8", "Gumbel-softmax: time of cuRAND and five kernels over ours", True, 3, 5),
    Goal("G9", "Gumbel-max, 128 rows and more, K = 128k: Triton kernel's time over ours", True, 3, 4),
    Goal("torch forward + backward", "F.gumbel_softmax forward + backward: its time over ours", True, 3),
    Goal("torch.compile", "the same, compiled: its time over ours", True, 1),
    Goal("torch.multinomial", "softmax + torch.multinomial: its time over Gumbel-max's", True, 5),
    Goal("G10", "one row of 128k, Gumbel-max: time over an empty kernel and a copy of the row", False, 2, 1.4),
    Goal("G10 softmax", "the same, Gumbel-softmax", False, None),
    Goal("latency in µs", "one row of 128k, in a CUDA graph, µs", False, None),
    Goal("G12", "Philox in registers: share of the bound by measured instruction rates", True, .80, .92),
    Goal("bandwidth", "limits: share of the memory's data sheet bandwidth", True, None),
    Goal("rate", "limits: results a clock and multiprocessor", True, None),
]
