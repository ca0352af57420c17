# SPDX-License-Identifier: Apache-2.0
"""A run that many ranks share, event by event, on a machine whose nodes fail: what host/cli/rank_training.hpp does, with
times in place of trainings. docs/scale.md says what is taken from measurements and what is assumed.

The GANs of a run stand in a row; the last ones take `spread` longer than the mean, the first ones as much less. A range of
GANs is (first, count, part), where `part` of each one's training is still to be done."""
import heapq
import math
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import accumulate

YEAR = 365.25 * 86400


@dataclass(frozen=True)
class Machine:
    """Seconds, and events a second."""
    ranks_a_node: int = 8
    node_mtbf: float = math.inf   # mean time between failures of a node
    counter_rate: float = 50e3     # pieces that rank 0's counter gives out
    counter_wait: float = 0.45    # of a rank that asks
    sync_rate: float = 20e3       # fsyncs that the file system finishes, for all ranks
    sync_latency: float = 5e-3    # of an addition of one rank alone
    create_rate: float = 20e3     # new files
    open_rate: float = 200e3      # files opened to be read
    launch: float = 30            # until all ranks run
    requeue: float = 600          # until the job has nodes again, which are not allocated meanwhile
    read: float = 350             # in which rank 0 reads the checkpoints of a run that is done
    join: float = 800             # in which rank 0 joins them and writes the result, while the others wait
    worth: float = 50             # a state is kept at the earliest after so many times what that stops a rank
    grace: float = 0              # between the signal to the ranks of nodes that still live and their end


# What is kept of the range that a rank trains when it ends.
STATE = "state"        # all that was done by the last addition, for which the rank waits
# What it was without GANs in mid-training in a file of their own:
TOGETHER = "together"  # nothing: all GANs of a range train side by side to its end, as on a CUDA device
IN_TURN = "in turn"    # what has ended by the last addition: GANs train one after the other, as on a CPU's threads


@dataclass(frozen=True)
class Run:
    ranks: int
    seconds: float  # of all GANs on so many ranks, if nothing were lost
    gans: int = 10**9
    interval: float = 60
    mode: str = IN_TURN
    spread: float = 0.5

    def work(self, first, count):
        """Seconds of one rank for these GANs."""
        u, v = first / self.gans, (first + count) / self.gans
        return self.ranks * self.seconds * (v - u) * ((1 - self.spread) + self.spread * (u + v))

    def ended(self, first, count, seconds):
        """How many of these GANs end within so many seconds, one after the other."""
        u = first / self.gans
        done = (1 - self.spread) * u + self.spread * u * u + seconds / (self.ranks * self.seconds)
        a, b = self.spread, 1 - self.spread
        v = done if a == 0 else (math.sqrt(b * b + 4 * a * done) - b) / (2 * a)
        return min(max(int(v * self.gans + 1e-6) - first, 0), count)


def piece_count(gans, ranks):
    """That of host/cli/rank_training.hpp."""
    return min(gans, max(ranks, min(gans // 64, 32 * ranks)))


class Pieces:
    """equal_part() of host/cpu/ended_gans.hpp."""

    def __init__(self, left, pieces):
        self.left, self.pieces = left, pieces
        self.before = [0, *accumulate(count for _, count, _ in left)]
        self.each, self.longer = divmod(self.before[-1], pieces)

    def begin(self, piece):
        return self.each * piece + min(piece, self.longer)

    def between(self, begin, end):
        found, at = [], bisect_right(self.before, begin) - 1
        while begin < end:
            first, count, part = self.left[at]
            skipped = begin - self.before[at]
            taken = min(count - skipped, end - begin)
            found.append((first + skipped, taken, part))
            begin += taken
            at += 1
        return found

    def part(self, piece):
        begin = self.begin(piece)
        return self.between(begin, begin + self.each + (piece < self.longer))


class Additions:
    """A rank adds every `interval` seconds from `start` on, all ranks at the same time; the file system finishes two
    fsyncs for each, one after the other. If it does not keep up, the next addition waits for the last one. Ranks that an
    addition stops add so seldom that the stops are 1 / `worth` of their time."""

    def __init__(self, machine, run, start):
        self.one, self.start = 2 / machine.sync_rate, start
        self.burst = 0 if run.mode == TOGETHER else run.ranks * self.one
        self.latency, self.state = machine.sync_latency, run.mode == STATE
        self.period, self.worth = max(run.interval, self.burst), machine.worth
        self.free = 0

    def wait(self, rank):
        """From a rank's addition until it is in its file."""
        return (rank + 1) * self.one + self.latency

    def stop(self, rank):
        """How long an addition keeps a rank from training."""
        return self.wait(rank) if self.state else 0

    def period_of(self, rank):
        return max(self.period, self.worth * self.stop(rank))

    def ticks(self, rank, after, until):
        """How many additions of a rank there are in after < time <= until."""
        period = self.period_of(rank)
        return math.floor((until - self.start) / period) - math.floor((after - self.start) / period)

    def end(self, rank, begin, seconds):
        """When so many seconds of training have passed."""
        end, stop = begin + seconds, self.stop(rank)
        while stop > 0 and (later := begin + seconds + self.ticks(rank, begin, end) * stop) > end:
            end = later
        return end

    def kept(self, rank, began, now, in_time):
        """Seconds of a range's training that are kept when the job ends now: those before the rank's last addition that
        is in its file, or all if there is time for another one."""
        if in_time:
            return now - began - self.ticks(rank, began, now) * self.stop(rank)
        period = self.period_of(rank)
        last = math.floor((now - self.start - self.wait(rank)) / period)
        stops = last - 1 - math.floor((began - self.start) / period)
        return self.start + last * period - began - max(stops, 0) * self.stop(rank)

    def at_end_of_range(self, now):
        """When an addition that begins now is in its file: behind those that began at the last tick."""
        burst_end = self.start + math.floor((now - self.start) / self.period) * self.period + self.burst
        first = now - self.start < self.period
        self.free = max(now, self.free, now if first else burst_end) + self.one
        return self.free + self.latency


def attempt(machine, run, left, fail_at, failed_rank, first_time):
    """From the start of a job to its end or failure: (seconds, whether it is done, the ranges that are left)."""
    gans = sum(count for _, count, _ in left)
    start = machine.launch + (run.ranks / machine.create_rate if first_time else
                              4 * run.ranks / machine.open_rate + machine.read * (1 - gans / run.gans))
    if fail_at <= start:
        return fail_at, False, left
    pieces = Pieces(left, piece_count(gans, run.ranks)) if gans else None
    additions = Additions(machine, run, start)
    given, counter_free, last = 0, start, start
    at_work = {}  # by rank: [ranges of its piece that have not ended, when the first of them began]
    events = []   # when a rank ends the first of them

    def begin(rank, ranges, now):
        at_work[rank] = [ranges, now]
        first, count, part = ranges[0]
        heapq.heappush(events, (additions.end(rank, now, run.work(first, count) * part), rank))

    # Who asks later is answered later, and so is added later who adds later: no events of their own.
    def ask(rank, now):
        nonlocal given, counter_free, last
        last = max(last, now)
        counter_free = max(counter_free, now) + 1 / machine.counter_rate
        if given < pieces.pieces:
            given += 1
            begin(rank, pieces.part(given - 1), counter_free + machine.counter_wait)

    for rank in range(run.ranks if gans else 0):
        ask(rank, start)
    while events and events[0][0] < fail_at:
        now, rank = heapq.heappop(events)
        kept = additions.at_end_of_range(now)
        if kept > fail_at:
            continue
        ranges = at_work.pop(rank)[0][1:]
        if ranges:
            begin(rank, ranges, kept)
        else:
            ask(rank, kept)
    if not events and not at_work:
        if last + machine.join <= fail_at:
            return last + machine.join, True, []
        return fail_at, False, []
    left = pieces.between(pieces.begin(given), gans)
    for rank, (ranges, began) in at_work.items():
        left += kept_of(machine, run, additions, rank, ranges, began, fail_at, failed_rank)
    return fail_at, False, joined(left)


def kept_of(machine, run, additions, rank, ranges, began, fail_at, failed_rank):
    """What is left of a rank's piece after a failure."""
    lives = rank // machine.ranks_a_node != failed_rank // machine.ranks_a_node
    seconds = additions.kept(rank, began, fail_at, lives and additions.wait(rank) <= machine.grace)
    if seconds <= 0 or run.mode == TOGETHER:
        return ranges
    first, count, part = ranges[0]
    if run.mode == IN_TURN:
        ended = run.ended(first, count, seconds)
        return ([(first + ended, count - ended, part)] if ended < count else []) + ranges[1:]
    part = max(part - seconds / run.work(first, count), 0)
    return ([(first, count, part)] if part > 0 else []) + ranges[1:]


def joined(ranges):
    """In order, and neighbours that are alike as one."""
    result = []
    for first, count, part in sorted(ranges):
        if result and result[-1][0] + result[-1][1] == first and result[-1][2] == part:
            first, more, _ = result.pop()
            count += more
        result.append((first, count, part))
    return result


@dataclass
class Outcome:
    useful: float = 0     # rank-seconds
    allocated: float = 0
    elapsed: float = 0    # seconds
    failures: int = 0

    @property
    def efficiency(self):
        return self.useful / self.allocated


def nodes_of(machine, ranks):
    return math.ceil(ranks / machine.ranks_a_node)


def one_job(machine, run, random):
    """The run as one job, which ends as a whole when a node fails, until it is done."""
    left, outcome = [(0, run.gans, 1.0)], Outcome(useful=run.ranks * run.seconds)
    while True:
        nodes = nodes_of(machine, run.ranks)
        fail_at = random.expovariate(nodes / machine.node_mtbf) if machine.node_mtbf < math.inf else math.inf
        failed = random.randrange(run.ranks)
        seconds, done, left = attempt(machine, run, left, fail_at, failed, outcome.failures == 0)
        outcome.allocated += seconds * run.ranks
        outcome.elapsed += seconds
        if done:
            return outcome
        outcome.failures += 1
        outcome.elapsed += machine.requeue


@dataclass(frozen=True)
class Shard(Run):
    """GANs of a run from `first_gan` on."""
    first_gan: int = 0
    all_gans: int = 0
    all_work: float = 0

    def work(self, first, count):
        u, v = (self.first_gan + first) / self.all_gans, (self.first_gan + first + count) / self.all_gans
        return self.all_work * (v - u) * ((1 - self.spread) + self.spread * (u + v))

    def ended(self, first, count, seconds):
        whole = Run(1, self.all_work, self.all_gans, self.interval, self.mode, self.spread)
        return whole.ended(self.first_gan + first, count, seconds)


def job_array(machine, run, shards, random):
    """The same run as a job array: each task has a node, whose ranks share a shard; failures end one task alone. A node
    takes the next shard when it has done one. Joining the shards is another job's work, on one node."""
    nodes = nodes_of(machine, run.ranks)
    free, total = [0.0] * nodes, Outcome(useful=run.ranks * run.seconds, allocated=machine.join * machine.ranks_a_node)
    task = replace(machine, join=0, read=machine.read / shards)
    each, longer = divmod(run.gans, shards)
    for shard in range(shards):
        first, count = each * shard + min(shard, longer), each + (shard < longer)
        ranks = min(machine.ranks_a_node, run.ranks)
        part = Shard(ranks, run.seconds, count, run.interval, run.mode, run.spread, first, run.gans,
                     run.ranks * run.seconds)
        outcome = one_job(task, part, random)
        total.allocated += outcome.allocated
        total.failures += outcome.failures
        heapq.heapreplace(free, free[0] + outcome.elapsed)
    total.elapsed = max(free) + machine.join
    return total


def young(machine, run):
    """The interval at which a first-order estimate of what is lost is least (Young 1974, Daly 2006): √(2·δ·M), where an
    addition stops a rank for δ, and a node fails every M seconds."""
    delta = 2 / machine.sync_rate * (run.ranks + 1) / 2 + machine.sync_latency
    return math.sqrt(2 * delta * machine.node_mtbf / nodes_of(machine, run.ranks))
