# SPDX-License-Identifier: Apache-2.0
"""Everything that the model of cycles assumes, with its source. None of it was measured here. The clocks that a pipe is
busy for stand in tests/kernels/sass/pipes.py.

  [wp]     NVIDIA H100 Tensor Core GPU Architecture (white paper): multiprocessors; four schedulers in each. From memory
  [ds]     NVIDIA's data sheets of A100 80GB SXM, H100 SXM, H200 SXM and DGX B200: bandwidth. From memory
  [lat]    github.com/markdewing/AI_kernels, latency/README.md: measured on GH200
  [clock]  github.com/smallscientist1/cutlass-kernels, src/fmha-pipeline/myrun.md: 1.78 GHz under load on H100 SXM5
  [sim]    simulated on a CPU with this library's own headers, 32 GANs over a whole training; rows of normal logits
  assumed  no public source
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Device:
    name: str
    multiprocessors: int
    gigahertz: float  # under load
    terabytes: float  # a second, of the data sheet
    fma_halves: int  # pipes of 16 lanes for float multiplication and addition, a scheduler
    source: str
    clusters: bool = True  # compute capability 9.0 and later

    @property
    def copy(self):
        """Bytes a second that a copy moves, reads and writes together."""
        return self.terabytes * 1e12 * COPY_SHARE


DEVICES = [
    Device("A100 80GB", 108, 1.410, 2.04, 1, "[ds]; clock: boost", clusters=False),
    Device("H100 SXM", 132, 1.755, 3.35, 2, "[wp], [ds]; clock: about [clock], boost is 1.98"),
    Device("H200 SXM", 132, 1.755, 4.80, 2, "[ds]; multiprocessors and clock as H100"),
    Device("B200 class", 148, 1.850, 8.00, 2, "[ds] for bandwidth; the rest assumed; pipes as 9.0"),
]

COPY_SHARE = 0.9  # of the data sheet's bandwidth that a copy reaches: assumed
SCHEDULERS = 4  # of a multiprocessor [wp]
THREADS, REGISTERS, BLOCKS = 2048, 65536, 32  # of a multiprocessor [wp]

# Clocks from issue until the scoreboard is released, by pipe; what has no scoreboard is in the stall counts.
LATENCY = {
    "xu": 24,  # assumed
    "lsu": 30,  # shared memory, exchange between lanes: assumed
    "uniform": 14,  # assumed
    "global": 690,  # a load that misses the caches [lat]
    "cached": 40,  # a load that the first cache has [lat]. Fleets read the same few numbers in every warp
    "constant": 30,  # LDC: assumed
    "reads": 12,  # until operands have been read: assumed
}
RESULT = 4  # of every other pipe, for the next instruction that needs the result: the least stall count
CLUSTER_BARRIER = 400  # clocks of a barrier of a cluster's blocks, with what they then read of each other: assumed
BRANCH = 8  # clocks beyond the stall count that a taken branch costs its warp: assumed

# The article's training: 200 epochs of 100 steps; ten generator updates a step, batch 10 (docs/article.md).
STEPS, UPDATES = 200 * 100, 10
FLEETS = (1, 32, 1024, 16384, 131072, 1048576, 4194304)  # of benchmarks/gpu/fleet.cu
LEAST_RACING = 72  # GANs a multiprocessor: least_racing_fleet() in kernels/fleet/policy.hpp
RACES = 3  # quads of samples that a batch of 10 touches: by arithmetic
# Doubtful samples of an update: .585 a lane, so 18.7 a warp, and 2.49 of the lane that has most [sim]. A warp computes
# 32 at a time, and a lane then adds its own one by one.
PASSES = 1.1  # assumed from 18.7 on average
OWN = 2.49

# The share of quads of a warp that one of its lanes cannot skip, by classes, where a block shares its best [sim].
SLOW = {4096: .203, 32768: .044, 131072: .016, 262144: .008}

# Barriers of a cluster that draws a row: at its begin and end, for the largest score, its class, and ties
# (kernels/rows/clusters/threads.cuh).
BARRIERS_OF_DRAW = 5

TEXT = [
    "latencies in clocks: " + ", ".join(f"{name} {clocks}" for name, clocks in LATENCY.items()),
    f"a taken branch: {BRANCH} clocks; copy: {COPY_SHARE} of the data sheet's bandwidth",
    f"a cluster's barrier: {CLUSTER_BARRIER} clocks, {BARRIERS_OF_DRAW} a drawn row",
    f"doubtful samples of an update: {PASSES} passes of a warp, {OWN} of a lane to add; quads not skipped: "
    + ", ".join(f"{share} at {classes}" for classes, share in SLOW.items()),
    "not modelled: instruction cache, conflicts of register banks, divergence beyond the above, L2, launch, tails",
    "all devices run the code of 9.0",
]
