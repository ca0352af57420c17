# SPDX-License-Identifier: Apache-2.0
"""Names the loops that cost time, and finds them by what they contain: a race has estimates of reciprocals beside noise,
a search for the largest score asks the warp whether anybody found one. Budgets, and the model of cycles in
benchmarks/gpu_model, count what is named here."""
import dataclasses
import re
from collections.abc import Callable

from paths import NotFound, amount, begins, has_philox, heavy, inside, iteration, outside


def instruction_like(pattern):
    return has_philox if pattern == "philox" else begins(pattern)


def count_of(code, pattern):
    return amount(code, instruction_like(pattern))


def in_tail(instruction):
    """The half of 2^-64 in the tail of float noise, where one quad in 250,000 is (device/noise.hpp)."""
    return "2.7105054312137610" in instruction.operands


def of(loop, pattern):
    """How many instructions of a loop, without the loops inside it, begin so; "philox": multiply by Philox's constant."""
    return count_of(loop.code(), pattern)


def everywhere(loop, pattern):
    return count_of(loop.code(loop.body), pattern)


# Finders: from a Flow to loops. The row counts what all of them take together.
def races(flow):
    return [x for x in flow.loops if not x.inner and of(x, "philox") and of(x, "MUFU.RCP") >= 8 and not of(x, "FCHK")]


def doubtful(flow):
    """Samples computed in full, next to the race."""
    return [x for race in races(flow) for x in race.parent.inner if x is not race and of(x, "philox") and of(x, "FADD")]


def steps(flow):
    """The loop over training steps."""
    outer = [x for x in flow.loops if x.parent is None and everywhere(x, "philox") and of(x, "MUFU.RSQ")]
    return outer[:1]


def generator_updates(flow):
    return [x for step in steps(flow) for x in step.inner if of(x, "MUFU.RSQ")]


def discriminator_samples(flow):
    """The fake samples of a discriminator update: the loop of a step that draws them."""
    updates = generator_updates(flow)
    return [x for step in steps(flow) for x in step.inner if x not in updates and of(x, "FFMA") >= 100]


def generator_samples(flow):
    """Samples of a generator update where all are computed in full."""
    return [x for update in generator_updates(flow) for x in update.inner if of(x, "FFMA") >= 100]


def pairs(flow):
    """Two quads at a time, in the search for the largest score of a long row."""
    return [x for x in flow.loops if not x.inner and of(x, "VOTE") and of(x, "philox") and of(x, "MUFU.LG2") == 2][:1]


def searches(flow):
    """The largest score of a row. A kernel may have two, one of which also finds its class."""
    return [x for x in flow.loops if of(x, "VOTE") and of(x, "philox") and of(x, "LDG") and of(x, "MUFU.LG2") == 1
            and all(of(inner, "MUFU.LG2") == 2 for inner in x.inner)][:1]


def rows(flow):
    """The loop over a block's rows."""
    return [x for x in flow.loops if x.parent is None][:1]


def noise(flow):
    """Whole quads, none of them in the tail of the noise."""
    return [x for x in flow.loops if not x.inner and of(x, "philox") and of(x, "STG")]


def exponentials(flow):
    """Sweeps that draw noise and add or write exponentials; not that for the gradient of a temperature."""
    return [x for x in flow.loops if not x.inner and of(x, "philox") and not of(x, "VOTE") and 165 <= of(x, "FFMA") < 210]


def kept_scores(flow):
    """The sweep that draws a row's noise and keeps its scores in shared memory."""
    return [x for x in flow.loops if not x.inner and of(x, "philox") and of(x, "STS")]


def sweeps_of_kept(flow):
    """Sweeps of kept scores that add or write exponentials; not the search for the class of the largest."""
    return [x for x in flow.loops if not x.inner and of(x, "LDS") and of(x, "FFMA") and (of(x, "STS") or of(x, "STG"))
            and not of(x, "philox")]


def sweeps_of_kept_y(flow):
    """Of a backward pass that keeps y in shared memory: the sweep that puts it there, one that adds, one that writes; not
    the search for the largest y. The way from logits has the last two again."""
    def first(wanted):
        return [x for x in flow.loops if not x.inner and of(x, "LDG") and not of(x, "philox") and not of(x, "FFMA")
                and wanted(x)][:1]
    return first(lambda x: of(x, "STS")) + first(lambda x: of(x, "LDS") and not of(x, "STG")) \
        + first(lambda x: of(x, "LDS") and of(x, "STG"))


def sweeps_of_y(flow):
    """Sweeps of the backward pass that read y; not that for the gradient of a temperature."""
    return [x for x in flow.loops if not x.inner and of(x, "LDG") and not of(x, "philox") and not of(x, "FFMA")]


def sweeps_into_bins(flow):
    """The sweep for the filters that adds up classes and weights by bin."""
    return [x for x in flow.loops if not x.inner and of(x, "LDG") and of(x, "ATOMS") >= 12]


def gathering_sweeps(flow):
    """The sweep for a filter that gathers the logits of a bin in shared memory."""
    return [x for x in flow.loops if not x.inner and of(x, "LDG") and of(x, "ATOMS") and of(x, "STS")]


def bin_searches(flow):
    """What a filter does with the gathered logits: the loop around that over them which adds them up by bin."""
    return [x for x in flow.loops if any(of(y, "ATOMS") and of(y, "LDS") and not of(y, "LDG") for y in x.inner)]


@dataclasses.dataclass(frozen=True)
class Row:
    kernel: str  # a pattern for its name
    what: str
    find: Callable
    # The landmarks of the way through the loop: {opcode: number}. "in loops: …" counts what inner loops have; "heavy":
    # see paths.py.
    passes: dict = dataclasses.field(default_factory=dict)
    label: str = ""

    def landmarks(self):
        def landmark(what):
            where, _, pattern = what.rpartition(": ")
            return heavy if what == "heavy" else (inside if where else outside)(instruction_like(pattern))

        return {landmark(what): number for what, number in self.passes.items()}

    def ways(self, flow):
        """[(loop, its iteration's instructions)]"""
        loops = self.find(flow)
        if not loops:
            raise NotFound("no such loop")
        return [(loop, iteration(loop, self.landmarks(), [in_tail])) for loop in loops]

    def code(self, flow):
        return [i for _, way in self.ways(flow) for i in way]


ARTICLE = r"fixed<5>, fixed<10>"
RACING = rf"thread_mapping<racing_\w*gan<.*{ARTICLE}"
ALL_FOUR = {"philox": 10, "MUFU.RCP": 8}  # two reciprocals a sample
DIRECT = rf"thread_mapping<quads_gan<.*{ARTICLE}"
LOADS = {"float": "LDG.E.128", "bfloat16": "LDG.E.64"}
STORES = {"float": "STG.E.128", "bfloat16": "STG.E.64"}


def search_rows(kernel, stored, label, exactly, in_pairs):
    load = LOADS[stored]
    return [*([Row(kernel, "two quads that are skipped", pairs, {load: 2}, label)] if in_pairs else []),
            Row(kernel, "a quad that is skipped", searches, {load: 1}, label),
            # The exact logarithms of four classes are 88 multiplications and additions.
            Row(kernel, exactly, searches, {load: 1, "FFMA": 88}, label)]


def max_rows(stored, plan, label, in_pairs=False):
    kernel = rf"^gumbel_max_kernel<{stored}, row_plan<{plan}>>"
    return search_rows(kernel, stored, label, "a quad computed exactly", in_pairs)


def softmax_rows(stored, plan, quads, label):
    """Quads that are unrolled: one way through the loop over rows."""
    forward = rf"^gumbel_softmax_kernel<{stored}, drawn_gumbels, row_plan<{plan}>>"
    backward = rf"^gumbel_softmax_vjp_kernel<{stored}, drawn_gumbels, row_plan<{plan}>>"
    load, store = LOADS[stored], STORES[stored]
    return [Row(forward, "a row", rows, {load: quads, store: quads, "heavy": 2 * quads, "philox": 10 * quads}, label),
            Row(backward, "a row, from y", rows, {load: 2 * quads, store: quads}, label),
            Row(backward, "a row, from logits", rows,
                {load: 2 * quads, store: quads, "heavy": 2 * quads, "philox": 10 * quads}, label)]


def staged_rows(stored, plan, classes, label):
    """Rows of one thread: read and written through shared memory, by loops of a few instructions."""
    forward = rf"^gumbel_softmax_kernel<{stored}, drawn_gumbels, row_plan<{plan}>>"
    backward = rf"^gumbel_softmax_vjp_kernel<{stored}, drawn_gumbels, row_plan<{plan}>>"
    read, written = "in loops: LDG", "in loops: STG"
    # 23 a Gumbel, 9 an exponential.
    computed = {"FFMA": 32 * classes, "philox": 10 * ((classes + 3) // 4)}
    return [Row(forward, "a row", rows, {read: 1, written: 1, **computed}, label),
            Row(backward, "a row, from y", rows, {read: 2, written: 1}, label),
            Row(backward, "a row, from logits", rows, {read: 2, written: 1, **computed}, label)]


def long_softmax_rows(stored, label):
    plan = r"512, 16, 512, true"
    forward = rf"^gumbel_softmax_kernel<{stored}, drawn_gumbels, row_plan<{plan}>>"
    backward = rf"^gumbel_softmax_vjp_kernel<{stored}, drawn_gumbels, row_plan<{plan}>>"
    load = LOADS[stored]
    return [*search_rows(forward, stored, label, "a quad searched exactly", in_pairs=True),
            Row(forward, "a quad's other sweeps", exponentials, {load: 1, "FFMA": 128}, label),
            Row(backward, "a quad, from y", sweeps_of_y, {load: 1}, label),
            Row(backward, "a quad's other sweeps, from logits", exponentials, {load: 1, "FFMA": 128}, label)]


def kept_softmax_rows(stored, label):
    forward = rf"^gumbel_softmax_kernel<{stored}, drawn_gumbels, kept_plan<row_plan<512, 16, 512, true>>"
    return [Row(forward, "a quad's score", kept_scores, {LOADS[stored]: 1}, label),
            Row(forward, "a quad's other sweeps", sweeps_of_kept, {"LDS": 4}, label)]


def cluster_rows():
    """Rows that a cluster of blocks works on."""
    plan, label = "cluster_plan<float>", "a cluster"
    largest = rf"^gumbel_max_kernel<float, seeded_plan<strided_plan<{plan}>"
    forward, backward = (rf"^gumbel_softmax{way}_kernel<float, drawn_gumbels, kept_plan<{plan}>" for way in ("", "_vjp"))
    return [*search_rows(largest, "float", f"gumbel_max, float, {label}", "a quad computed exactly", True),
            Row(forward, "a quad's score", kept_scores, {"LDG.E.128": 1}, f"softmax, float, {label}"),
            Row(forward, "a quad's other sweeps", sweeps_of_kept, {"LDS": 4}, f"softmax, float, {label}"),
            Row(backward, "a quad's score", kept_scores, {"LDG.E.128": 1}, f"softmax, float, {label}, from logits"),
            Row(backward, "a quad, from y", sweeps_of_kept_y, {"LDG.E.128": 1}, f"softmax, float, {label}, from y")]


FLEET = [
    Row(RACING, "race, four samples", races, label="fleet, racing"),
    Row(RACING, "doubtful samples", doubtful, {"philox": 10}, label="fleet, racing"),
    Row(RACING, "generator update, the rest", generator_updates, {"in loops: philox": 10}, label="fleet, racing"),
    Row(RACING, "discriminator, four samples", discriminator_samples, ALL_FOUR, label="fleet, racing"),
    Row(RACING, "step, the rest", steps, {"in loops: philox": 10}, label="fleet, racing"),
    Row(DIRECT, "generator, four samples", generator_samples, ALL_FOUR, label="fleet, direct"),
    Row(DIRECT, "generator update, the rest", generator_updates, {"in loops: FFMA": 100}, label="fleet, direct"),
    Row(DIRECT, "discriminator, four samples", discriminator_samples, ALL_FOUR, label="fleet, direct"),
    *(Row(rf"group_mapping<{ARTICLE}, fixed<{lanes}>", what, find, {}, f"fleet, {lanes} lanes a GAN")
      for lanes in (8, 4, 2)
      for what, find in (("generator, a sample", generator_samples), ("discriminator, a sample", discriminator_samples))),
    *(Row(rf"group_mapping<{ARTICLE}, fixed<{lanes}>", "generator update, the rest", generator_updates,
          {"in loops: philox": 10, "in loops: FFMA": 100}, f"fleet, {lanes} lanes a GAN") for lanes in (8, 4, 2)),
    *(Row(rf"group_mapping<{ARTICLE}, fixed<16>", what, find, {"philox": blocks}, "fleet, 16 lanes a GAN")
      for what, find, blocks in (("generator update", generator_updates, 10), ("step, the rest", steps, 20))),
]
ROWS = [
    Row(r"^gumbel_noise_kernel<float, false>", "a quad", noise, {STORES["float"]: 1}, "noise, float"),
    Row(r"^gumbel_noise_kernel<bfloat16, false>", "a quad", noise, {STORES["bfloat16"]: 1}, "noise, bfloat16"),
    Row(r"^gumbel_noise_kernel<double, false>", "a quad", noise, {"STG.E.128": 2}, "noise, double"),
    *max_rows("float", "1, 2, 128, false", "gumbel_max, float, 5 … 8 classes"),
    *max_rows("float", "32, 8, 128, false", "gumbel_max, float, to 1,024"),
    *max_rows("float", "256, 8, 256, false", "gumbel_max, float, to 8,192"),
    *max_rows("float", "512, 16, 512, true", "gumbel_max, float, longer", in_pairs=True),
    *max_rows("bfloat16", "512, 16, 512, true", "gumbel_max, bfloat16, longer", in_pairs=True),
    *staged_rows("float", "1, 2, 128, false", 5, "softmax, float, 5 classes"),
    *staged_rows("float", "1, 2, 128, false", 8, "softmax, float, 8 classes")[:1],
    *softmax_rows("float", "8, 2, 128, false", 2, "softmax, float, to 64"),
    *softmax_rows("float", "32, 2, 128, false", 2, "softmax, float, to 256"),
    *softmax_rows("float", "32, 8, 128, false", 8, "softmax, float, to 1,024"),
    *softmax_rows("float", "256, 8, 256, false", 8, "softmax, float, to 8,192"),
    *softmax_rows("float", "512, 8, 512, false", 8, "softmax, float, to 16,384")[:1],
    *kept_softmax_rows("float", "softmax, float, to 53,248"),
    *cluster_rows(),
    *long_softmax_rows("float", "softmax, float, longer"),
    *softmax_rows("bfloat16", "32, 8, 128, false", 8, "softmax, bfloat16, to 1,024")[:1],
    *(Row(rf"^categorical_sample_kernel<float, seeded_plan<row_plan<{plan}>>, (true|1)>", what, find, passes, label)
      for plan, label in (("512, 16, 512, true", "categorical, filtered, longer"),
                          ("32, 8, 128, true", "categorical, filtered, to 1,024"))
      for what, find, passes in (("top-k, a quad counted", sweeps_into_bins, {"LDG": 1, "ATOMS": 4}),
                                 ("top-p, a quad weighed", sweeps_into_bins, {"LDG": 1, "ATOMS": 4, "F2I": 4}),
                                 ("a quad far from the bin", gathering_sweeps, {"LDG": 1}),
                                 ("a quad that may be in the bin", gathering_sweeps, {"LDG": 1, "FADD": 4}),
                                 ("a search among those gathered", bin_searches, {"SHFL": 10}),
                                 ("a quad that is skipped", searches, {"LDG": 1}),
                                 ("a quad computed exactly", searches, {"LDG": 1, "FFMA": 88}))),
]
ALL = [*FLEET, *ROWS]


def matching(kernels, row):
    return [k for k in kernels if re.search(row.kernel, k.name)]
