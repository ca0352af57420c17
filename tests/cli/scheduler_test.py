# SPDX-License-Identifier: Apache-2.0
"""The simulation of docs/scale.md: cases that were computed by hand, the pieces that a real run takes, and rows of the
table that is committed."""
import pathlib
import struct
import sys
import unittest

from ranks_test import RanksTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "experiments"
sys.path.insert(0, str(FOLDER))
import scheduler  # noqa: E402
from scheduler_events import (IN_TURN, STATE, TOGETHER, Additions, Machine, Pieces, Run, Shard, job_array,  # noqa: E402
                              joined, one_job, piece_count, young)

AT_ONCE = 1e30  # events a second
# Two ranks, a node each; nothing but training takes time.
IDEAL = Machine(ranks_a_node=1, counter_rate=AT_ONCE, counter_wait=0, sync_rate=AT_ONCE, sync_latency=0,
                create_rate=AT_ONCE, open_rate=AT_ONCE, launch=0, requeue=10, read=0, join=0, worth=0)


class Failures:
    """In place of random numbers: a job fails after so many seconds, the next one after so many, and then none."""

    def __init__(self, *times, rank=0):
        self.times, self.rank = [*times], rank

    def expovariate(self, rate):
        return self.times.pop(0) if self.times else float("inf")

    def randrange(self, ranks):
        return self.rank


def of(machine, **changes):
    return Machine(**{**machine.__dict__, "node_mtbf": 1, **changes})


class ByHand(unittest.TestCase):
    # 256 GANs and two ranks are four pieces of 64, of 50 s each.
    RUN = Run(ranks=2, seconds=100, gans=256, interval=15, mode=TOGETHER, spread=0)

    def run_of(self, **changes):
        return Run(**{**self.RUN.__dict__, **changes})

    def expect(self, outcome, elapsed, allocated):
        self.assertAlmostEqual(outcome.elapsed, elapsed, places=6)
        self.assertAlmostEqual(outcome.allocated, allocated, places=6)
        self.assertAlmostEqual(outcome.useful, 200, places=6)

    def test_nothing_is_lost(self):
        self.expect(one_job(IDEAL, self.RUN, Failures()), 100, 200)

    def test_pieces_of_unequal_gans_end_apart(self):
        # 200·(u/2 + u²/2) at quarters of the run: pieces of 31.25, 43.75, 56.25 and 68.75 s; the second rank ends at
        # 43.75 + 68.75.
        self.expect(one_job(IDEAL, self.run_of(spread=.5), Failures()), 112.5, 225)

    def test_together_a_piece_is_lost(self):
        # At 70 both are in their second piece; 128 GANs are left, two pieces of 64.
        self.expect(one_job(of(IDEAL), self.RUN, Failures(70)), 70 + 10 + 50, 2 * (70 + 50))

    def test_in_turn_what_has_ended_is_kept(self):
        # The addition at 60 has 10 s of 64 GANs in 50 s: 12 each. 104 are left, two pieces of 52.
        run = self.run_of(mode=IN_TURN)
        self.expect(one_job(of(IDEAL), run, Failures(70)), 70 + 10 + 50 * 52 / 64, 2 * (70 + 50 * 52 / 64))

    def test_those_that_are_told_keep_more(self):
        # The first rank fails with its node: 12. The other one adds within a second: 20 s are 25 GANs. 91 are left, two
        # pieces of 46 and 45, the second of which is of both ranges.
        run = self.run_of(mode=IN_TURN)
        self.expect(one_job(of(IDEAL, grace=1), run, Failures(70)), 70 + 10 + 50 * 46 / 64, 2 * (70 + 50 * 46 / 64))

    def test_a_state_costs_its_additions(self):
        # An addition stops both for 1 s, at 15, 30 and 45; the piece is trained at 53 and in the file at 54. The addition
        # at 60 has 6 s of the second one. The 44 s that are left have two stops, and end with an addition.
        machine, run = of(IDEAL, sync_latency=1), self.run_of(mode=STATE)
        self.expect(one_job(machine, run, Failures(70)), 70 + 10 + 44 + 3 + 1, 2 * (70 + 44 + 3 + 1))

    def test_the_stops_before_the_last_addition_trained_nothing(self):
        # As above; the additions at 60 and 75 stopped both, and that at 90 has 90 - 54 - 2 s of the second piece. 16 s are
        # left, with a stop and an addition.
        machine, run = of(IDEAL, sync_latency=1), self.run_of(mode=STATE)
        self.expect(one_job(machine, run, Failures(95)), 95 + 10 + 16 + 1 + 1, 2 * (95 + 16 + 1 + 1))
        # If both add once more: 95 - 54 - 3 s; 12 are left, with an addition.
        both = of(machine, grace=1, ranks_a_node=1)
        self.expect(one_job(both, run, Failures(95, rank=7)), 95 + 10 + 12 + 1, 2 * (95 + 12 + 1))

    def test_a_state_is_kept_so_seldom_that_it_costs_little(self):
        # Additions that stop a rank for 1 s come every 40 s, though the interval is 15. The one at 40 stops both; the piece
        # is trained at 51 and in the file at 52, and so are the second ones, of which nothing is kept at 70.
        machine, run = of(IDEAL, sync_latency=1, worth=40), self.run_of(mode=STATE)
        self.expect(one_job(machine, run, Failures(70)), 70 + 10 + 52, 2 * (70 + 52))
        # The addition at 80 has 28 s of them. 22 are left, which end before one, with an addition.
        self.expect(one_job(machine, run, Failures(95)), 95 + 10 + 22 + 1, 2 * (95 + 22 + 1))

    def test_nothing_is_kept_before_the_first_addition(self):
        run = self.run_of(mode=IN_TURN)
        self.expect(one_job(of(IDEAL), run, Failures(14, 14)), 2 * (14 + 10) + 100, 2 * (2 * 14 + 100))

    def test_a_failure_while_the_first_rank_joins_repeats_the_joining(self):
        machine = of(IDEAL, join=20, launch=5, read=7)
        self.expect(one_job(machine, self.RUN, Failures(110)), 110 + 10 + 5 + 7 + 20, 2 * (110 + 5 + 7 + 20))

    def test_what_a_start_takes(self):
        machine = of(IDEAL, launch=5, create_rate=1, counter_rate=1, counter_wait=.25)
        # Two files, and the second rank's first piece begins 2.25 s later; it asks last.
        self.expect(one_job(machine, self.RUN, Failures()), 5 + 2 + 2 + .25 + 50 + 1 + .25 + 50, 2 * 110.5)

    def test_a_file_system_that_does_not_keep_up_stretches_the_interval(self):
        machine = Machine(sync_rate=100)
        self.assertEqual(Additions(machine, self.run_of(ranks=1000, mode=IN_TURN), 0).period, 20)
        self.assertEqual(Additions(machine, self.run_of(ranks=1000, mode=TOGETHER), 0).period, 15)

    def test_additions_queue(self):
        # Each takes 1 s. Both ranks' first pieces end at 50, and are in their files at 51 and 52; the second ones at 102 and
        # 103.
        machine = of(IDEAL, sync_rate=2)
        self.expect(one_job(machine, self.run_of(mode=IN_TURN), Failures()), 103, 206)
        # Additions at 50 and 100 come first, of 2 s: 53 and 54, then 104 and 105.
        self.expect(one_job(machine, self.run_of(mode=IN_TURN, interval=50), Failures()), 105, 210)

    def test_an_array_loses_one_task(self):
        # A shard of 128 GANs on one rank is two pieces of 50 s. The shards are joined by one more job, on a node.
        outcome = job_array(of(IDEAL, join=7), self.RUN, 2, Failures(70))
        self.expect(outcome, 70 + 10 + 50 + 7, 70 + 50 + 100 + 7)
        self.assertEqual(outcome.failures, 1)

    def test_shards_have_the_work_of_their_gans(self):
        whole = self.run_of(spread=.5)
        shard = Shard(1, 100, 128, 15, IN_TURN, .5, first_gan=128, all_gans=256, all_work=200)
        self.assertAlmostEqual(shard.work(0, 128), whole.work(128, 128))
        self.assertEqual(shard.ended(0, 128, shard.work(0, 37)), 37)
        self.assertEqual(whole.ended(128, 128, whole.work(128, 37)), 37)

    def test_youngs_interval(self):
        # An addition stops a rank for 2 s in the mean: (1 + 3)/2. Two nodes fail every 400 s.
        machine = Machine(ranks_a_node=1, node_mtbf=800, sync_rate=1.5, sync_latency=0)
        self.assertAlmostEqual(young(machine, self.RUN), (2 * 2 * 400) ** .5)


class Table(unittest.TestCase):
    def test_piece_counts(self):
        rows = [line.split() for line in (ROOT / "tests" / "cli" / "piece_counts.txt").read_text().splitlines()]
        for gans, ranks, pieces in (map(int, row) for row in rows if row[0] != "#"):
            self.assertEqual(piece_count(gans, ranks), pieces)

    def test_its_first_rows_are_those_that_are_committed(self):
        committed = (FOLDER / "scheduler.txt").read_text(encoding="utf-8").splitlines()
        rows = [" ".join(line.split()) for line in committed]
        efficiencies, times, _ = scheduler.rows_of(scheduler.RANKS[0])
        for row in efficiencies + times:
            self.assertIn(" ".join(map(str, row)), rows)


def ranges_in(checkpoint):
    """First GAN and number of GANs of each record (host/checkpoint/checkpoint_file.hpp)."""
    committed = max(struct.unpack_from("<QQ", checkpoint, slot)[::-1] for slot in (4096, 8192))[1]
    place, found = 12288 + 16 + struct.unpack_from("<Q", checkpoint, 12288)[0], []
    while place < committed:
        first, count, size = struct.unpack_from("<QQQ", checkpoint, place)
        found.append((first, count))
        place += 32 + size
    return found


class RealRun(RanksTest):
    """Ranks take the pieces of the simulation: with an interval that never comes, each is one record."""

    def ranges_of(self, ranks):
        return sorted(found for rank in range(ranks) for found in ranges_in(self.bytes_of(f"a.{rank}")))

    def test_takes_these_pieces(self):
        run = ["train", "--gans", 1000, "--epochs", 1, "--steps-per-epoch", 2, "--threads", 1, "--checkpoint", "a",
               "--checkpoint-interval", 1e6, "--resume", "--quiet"]
        self.share(2, *run)
        pieces = Pieces([(0, 1000, 1)], piece_count(1000, 2))
        self.assertEqual(self.ranges_of(2), [piece[0][:2] for piece in map(pieces.part, range(pieces.pieces))])
        # Without the second rank's records, what is left has gaps.
        kept = ranges_in(self.bytes_of("a.0"))
        left = [(*lost, 1) for lost in ranges_in(self.bytes_of("a.1"))]
        (self.folder / "a.1").unlink()
        self.assertTrue(kept and left)
        self.share(3, *run)
        left = joined(left)
        pieces = Pieces(left, piece_count(sum(count for _, count, _ in left), 3))
        expected = sorted(kept + [found[:2] for piece in map(pieces.part, range(pieces.pieces)) for found in piece])
        self.assertEqual(self.ranges_of(3), expected)


if __name__ == "__main__":
    unittest.main()
