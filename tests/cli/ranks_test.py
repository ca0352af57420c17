# SPDX-License-Identifier: Apache-2.0
"""A run that several processes share ends with the files of one process, also after one of them was killed and another
number of them went on."""
import os
import shutil
import signal
import subprocess
import time
import unittest

from checkpoint_test import EMPTY, FAULTS, GANS, LONG_GANS, RUN, CheckpointTest, paused_gans
from command import COMMAND, SANITIZED

MPIRUN = shutil.which("mpirun")
# More processes than processors, and the superuser of a container: what Open MPI otherwise refuses.
ALLOWED = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1"}


def content(path):
    return path.read_bytes() if path.exists() else b""


class RanksTest(CheckpointTest):
    def setUp(self):
        super().setUp()
        if MPIRUN is None or not self.info()["mpi"] or SANITIZED:
            self.skipTest("no mpirun, or a build without MPI")

    def start(self, count, *arguments, program=COMMAND, **environment):
        return subprocess.Popen([MPIRUN, "-n", str(count), program, *map(str, arguments)], cwd=self.folder, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, **ALLOWED, **environment})

    def share(self, count, *arguments, **environment):
        process = self.start(count, *arguments, **environment)
        output, errors = process.communicate(timeout=120)
        self.assertEqual((process.returncode, errors), (0, ""))
        return output

    def children_of(self, process):
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]


class Ranks(RanksTest):
    def test_of_any_number_give_the_files_of_one(self):
        for command in (["train", *RUN, "--quiet"], ["sweep", "sweep.toml", "--quiet"]):
            self.succeed(*command, "--out", "whole.h5", "--csv", "whole.csv")
            for count in (2, 3, 4):
                with self.subTest(command=command[0], count=count):
                    name = f"{command[0]}.{count}"
                    self.share(count, *command, "--threads", 1, "--checkpoint", name, "--out", "a.h5", "--csv", "a.csv")
                    self.expect_same("a.h5", "whole.h5")
                    self.expect_same("a.csv", "whole.csv")
                    sizes = [(self.folder / f"{name}.{rank}").stat().st_size for rank in range(count)]
                    self.assertGreater(sum(size > EMPTY for size in sizes), 1, "one rank has done all the work")
                    # What every rank kept, merge joins, too.
                    names = [f"{name}.{rank}" for rank in range(count)]
                    self.succeed("merge", *names, "--out", "b.h5", "--quiet")
                    self.expect_same("b.h5", "whole.h5")

    def test_on_a_network_without_atomic_operations(self):
        """As between machines with Ethernet: rank 0 answers in software, when it looks after MPI."""
        run = ["train", "--gans", 600, *RUN[2:], "--quiet"]
        self.succeed(*run, "--out", "whole.h5")
        self.share(2, *run, "--threads", 1, "--checkpoint", "a", "--out", "a.h5", OMPI_MCA_btl="tcp,self",
                   OMPI_MCA_osc="pt2pt")
        self.expect_same("a.h5", "whole.h5")

    def test_go_on_after_one_was_killed(self):
        gans = 3 * GANS  # so long that all ranks are at work when they have records
        run = ["train", "--gans", gans, *RUN[2:]]
        arguments = [*run, "--threads", 1, "--checkpoint", "a", "--checkpoint-interval", .1, "--resume", "--quiet"]
        self.succeed(*run, "--out", "whole.h5", "--quiet")
        process = self.start(3, *arguments)
        deadline = time.monotonic() + 60
        while not all((self.folder / f"a.{rank}").exists() and (self.folder / f"a.{rank}").stat().st_size > EMPTY
                      for rank in range(3)):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(.01)
        os.kill(self.children_of(process)[1], signal.SIGKILL)
        output, errors = process.communicate(timeout=60)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(output, "")
        merged = self.run_command("merge", "a.0", "a.1", "a.2")
        self.assertRegex(merged.stderr, rf"of {gans:,} GANs are missing", errors)
        self.share(2, *arguments, "--out", "a.h5")
        self.expect_same("a.h5", "whole.h5")

    @unittest.skipIf(FAULTS is None, "no library that sees what is opened")
    def test_only_the_first_opens_the_checkpoints_of_others(self):
        """Otherwise a run of many ranks would begin with ranks × ranks openings."""
        small = ["train", "--gans", 200, "--epochs", 1, "--steps-per-epoch", 2, "--threads", 1, "--quiet"]
        self.share(3, *small, "--checkpoint", "a")
        with_log = f'LD_PRELOAD={FAULTS} GUMBELCUDA_OPEN_LOG=opened.$OMPI_COMM_WORLD_RANK exec "$0" "$@"'
        process = self.start(3, "-c", with_log, COMMAND, *small, "--checkpoint", "a", "--resume", program="bash")
        self.assertEqual((process.communicate(timeout=60)[1], process.returncode), ("", 0))
        for rank in range(3):
            opened = (self.folder / f"opened.{rank}").read_text().split()
            others = [path for path in opened if path in ("a.0", "a.1", "a.2") and path != f"a.{rank}"]
            # Settings and records at the start; records again to check them, and to join them.
            self.assertEqual(sorted(others), ["a.1"] * 4 + ["a.2"] * 4 if rank == 0 else [])

    def test_gans_in_mid_training_go_on_in_other_ranks(self):
        self.succeed("train", *LONG_GANS, "--out", "whole.h5")
        arguments = ["train", *LONG_GANS, "--threads", 1, "--checkpoint", "a", "--checkpoint-interval", .1, "--resume"]
        files = [self.folder / f"a.{rank}.paused" for rank in (0, 1)]
        # The ranks have one GAN each. From the third start on one of them has had both.
        for _ in range(3):
            before = [content(file) for file in files]
            process = self.start(2, *arguments)
            try:
                deadline = time.monotonic() + 60
                while any(content(file) == was for file, was in zip(files, before)):
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(.01)
            finally:
                for rank in self.children_of(process):
                    os.kill(rank, signal.SIGKILL)
                process.communicate(timeout=60)
            for file in files:
                gans = [gan for gan, steps in paused_gans(file) if steps > 0]
                self.assertEqual((len(gans) > 0, sorted(set(gans))), (True, sorted(gans)), "a GAN is there once")
        self.share(3, *arguments, "--out", "a.h5")
        self.expect_same("a.h5", "whole.h5")
        self.assert_files("a.0", "a.1", "a.2", "a.h5", "sweep.toml", "whole.h5")

    def refuse(self, says, *arguments, code=2):
        process = self.start(2, *arguments)
        output, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, output), (code, ""), errors)
        self.assertIn(f"gumbelcuda: error: {says}", errors)

    def test_that_make_no_sense(self):
        small = ["train", "--gans", 4, "--epochs", 1]
        self.refuse("--checkpoint: is needed with mpirun", *small)
        self.refuse("--shard: cannot be given with mpirun", *small, "--checkpoint", "a", "--shard", "0/2")
        self.share(2, *small, "--checkpoint", "a", "--quiet")
        before = self.bytes_of("a.1")
        self.refuse("--checkpoint: 'a.", *small, "--checkpoint", "a")
        self.refuse("--resume: 'a.", *small, "--checkpoint", "a", "--resume", "--seed", 5)
        # Of a rank that is not there any more.
        (self.folder / "a.7").write_bytes(before[:-1])
        self.refuse("a.7 is damaged: it is cut off", *small, "--checkpoint", "a", "--resume", code=3)
        self.assertEqual(self.bytes_of("a.1"), before)


if __name__ == "__main__":
    unittest.main()
