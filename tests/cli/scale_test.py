# SPDX-License-Identifier: Apache-2.0
"""docs/scale.md: its formulas come to what stands beside them, files have the bytes and calls that it counts, and what it
assumes is what the simulation takes."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest
from collections import Counter

from checkpoint_test import FAULTS, LONG_GANS, CheckpointTest, paused_steps
from command import COMMAND, SANITIZED
from ranks_test import RanksTest
from scheduler_test import ranges_in

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
sys.path.insert(0, str(ROOT / "docs" / "experiments"))
from scheduler_events import YEAR, Machine  # noqa: E402

UNITS = {"GB": 1e9, "MB": 1e6, "min": 60, "s": 1, "million": 1e6}
# Little training, so that files are what takes time.
STEP = ["--epochs", 1, "--steps-per-epoch", 1, "--batch-size", 1, "--generator-steps", 1]


def rows_of(page, heading):
    """Of all tables whose first line has these columns."""
    rows, inside = [], False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if inside and cells and not set(line) <= set("|- "):
            rows.append(cells)
        inside = cells == heading or inside and bool(cells)
    return rows


def problems_of_formulas(page):
    for what, formula, said in rows_of(page, ["what", "formula", "comes to"]):
        number, unit = re.match(r"([\d,.]+) ?(\w*)", said).groups()
        expected = eval(formula.strip("`"), {"__builtins__": {}}) / UNITS.get(unit, 1)
        digits = len(number.partition(".")[2])
        shown = number.replace(",", "")
        # 300 million is said of 300.5 million: zeros at the end may stand for any digits.
        step = 10 ** (len(shown) - len(shown.rstrip("0"))) if not digits else 10 ** -digits
        if abs(float(shown) - expected) > step / 2:
            yield f"{what}: {formula} is {expected:g}, not {said}"


class Page(unittest.TestCase):
    def test_formulas_come_to_what_it_says(self):
        self.assertGreater(len(rows_of(PAGE, ["what", "formula", "comes to"])), 20)
        self.assertEqual(list(problems_of_formulas(PAGE)), [])

    def test_other_numbers_would_be_found(self):
        for old, new in (("| 32 min |", "| 33 min |"), ("| 31,250 |", "| 31,260 |"), ("| 0.83 s |", "| 0.84 s |"),
                         ("| `72 * 1e9` |", "| `73 * 1e9` |")):
            self.assertIn(old, PAGE)
            self.assertEqual(len(list(problems_of_formulas(PAGE.replace(old, new)))), 1, new)

    def test_formulas_take_measured_figures(self):
        measured = (ROOT / "benchmarks" / "results" / "amd-epyc-scale.txt").read_text(encoding="utf-8")
        model = (ROOT / "benchmarks" / "gpu_model" / "table.txt").read_text(encoding="utf-8")
        formulas = {what: formula for what, formula, _ in rows_of(PAGE, ["what", "formula", "comes to"])}
        for line, column, what in (("bytes in a checkpoint", 0, "checkpoints of 10⁹ GANs, `train`"),
                                   ("bytes in a checkpoint", 1, "checkpoints of 10⁹ GANs, `sweep`"),
                                   ("bytes in a result", 0, "the result, `train`"),
                                   ("bytes in a result", 1, "the result, `sweep`"),
                                   ("bytes in FILE.paused", 0, "GANs in mid-training, `train`: a piece's"),
                                   ("bytes of memory to merge", 1, "memory of `merge` and of the first rank, `sweep`"),
                                   ("a processor's seconds to merge into a result, of 10^9", 0,
                                    "joining 10⁹ GANs on one processor"),
                                   ("bytes of memory to report", 1, "memory of `report`"),
                                   ("bytes of memory of rank 1 of 2", 1, "memory of eight ranks of a sweep, 10⁸ GANs")):
            figure = re.search(rf"(?m)^  {re.escape(line)} +(\S+) +(\S+)$", measured)[column + 1]
            self.assertRegex(formulas[what], rf"\b{figure}\b", what)
        self.assertIn("37,547", model)
        # What grows with a fleet: that of a GAN, and of the one class that is there at a time.
        checkpoints = (ROOT / "docs" / "checkpoints.md").read_text(encoding="utf-8")
        self.assertIn("12 bytes of each GAN and 4 of each class that is sorted then", " ".join(checkpoints.split()))
        self.assertIn("(12 + 4)", formulas["memory of `merge` and of the first rank, `train`"])

    def test_assumptions_are_those_of_the_simulation(self):
        rows = {name.strip("`"): value for name, value, _ in rows_of(PAGE, ["parameter", "value", "from"])}
        machine = Machine().__dict__
        self.assertEqual(set(rows), set(machine))
        for name, value in rows.items():
            if name != "node_mtbf":
                self.assertEqual(float(value.replace(",", "")), machine[name], name)
        import scheduler
        self.assertEqual(rows["node_mtbf"], ", ".join(f"{years:g}" for years in scheduler.MTBF.values()) + " years")
        self.assertEqual(round(2048 * 54 * 86400 / 419 / YEAR, 2), scheduler.MTBF["0.72 years"])


@unittest.skipIf(SANITIZED, "files have the same bytes, and it takes long")
class Files(CheckpointTest):
    def test_bytes_of_a_gan(self):
        sweep = "replicas = {}\n[gan]\nepochs = 1\nsteps_per_epoch = 1\nbatch_size = 1\ngenerator_steps = 1\n" \
                "[grid]\nlearning_rate = [1e-3, 1e-4]\n"
        sizes = {}
        for gans in (100_000, 200_000):
            (self.folder / f"{gans}.toml").write_text(sweep.format(gans // 2))
            for kind, arguments in (("train", ["--gans", gans, *STEP]), ("sweep", [f"{gans}.toml"])):
                self.succeed(kind, *arguments, "--checkpoint", "a", "--checkpoint-interval", 1e6, "--out", "a.h5", "--quiet")
                for name in ("a", "a.h5"):
                    sizes[kind, name, gans] = (self.folder / name).stat().st_size
                    (self.folder / name).unlink()
        measured = (ROOT / "benchmarks" / "results" / "amd-epyc-scale.txt").read_text(encoding="utf-8")
        for name, line in (("a", "bytes in a checkpoint"), ("a.h5", "bytes in a result")):
            figures = re.search(rf"(?m)^  {line} +(\d+) +(\d+)$", measured)
            for kind, figure in zip(("train", "sweep"), figures.groups()):
                each = (sizes[kind, name, 200_000] - sizes[kind, name, 100_000]) / 100_000
                # A result's chunks have half a mebibyte, with 68 bytes of checksum and index; its arrays end in a chunk
                # that is not full, at most 20 of them.
                self.assertLess(abs(each - int(figure)), 1, (kind, name))

    def test_bytes_of_a_gan_in_mid_training(self):
        classes, head = 5, len("gumbelcuda paused 1\n") + 8
        # A parameter has two moments; the generator has a parameter for each class, the discriminator one more. They are
        # floats. Numbers of 8 bytes: the GAN's number, its steps, how many bytes and floats follow, four powers, and when
        # it diverged. At the end of the file there are the number of no GAN and a checksum.
        each = 4 * 3 * (classes + classes + 1) + 8 * 9
        measured = (ROOT / "benchmarks" / "results" / "amd-epyc-scale.txt").read_text(encoding="utf-8")
        self.assertEqual(re.search(r"(?m)^  bytes in FILE.paused +(\d+) +(\d+)$", measured).groups(), (str(each), ) * 2)
        (self.folder / "long.toml").write_text("[gan]\nepochs = 1000000\n")
        for name, run in (("a", ["train", "--epochs", 1_000_000]), ("b", ["sweep", "long.toml"])):
            process = subprocess.Popen([COMMAND, *map(str, run), "--threads", "1", "--checkpoint", name,
                                        "--checkpoint-interval", ".1", "--quiet"], cwd=self.folder, stderr=subprocess.DEVNULL)
            try:
                self.wait_for(f"{name}.paused")
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)
            self.assertEqual(process.returncode, 128 + signal.SIGTERM)
            self.assertEqual(len(self.bytes_of(f"{name}.paused")), head + each + 16)


@unittest.skipIf(FAULTS is None, "no library that sees the calls")
class Calls(RanksTest):
    LOGS = (f"LD_PRELOAD={FAULTS} GUMBELCUDA_OPEN_LOG=opened.$OMPI_COMM_WORLD_RANK "
            'GUMBELCUDA_FAULT_LOG=called.$OMPI_COMM_WORLD_RANK exec "$0" "$@"')

    def lines_of(self, name):
        return Counter((self.folder / name).read_text().split())

    def test_are_those_that_the_page_counts(self):
        process = self.start(3, "-c", self.LOGS, COMMAND, "train", "--gans", 1000, *STEP, "--threads", 1, "--checkpoint",
                             "a", "--checkpoint-interval", 1e6, "--quiet", program="bash")
        self.assertEqual((process.communicate(timeout=60)[1], process.returncode), ("", 0))
        for rank in range(3):
            opened = self.lines_of(f"opened.{rank}")
            others = [opened[f"a.{other}"] for other in range(3) if other != rank]
            self.assertEqual(others, [2 + 2] * 2 if rank == 0 else [0] * 2)
            self.assertEqual(opened[f"a.{rank}"], 2 + (2 + 2 if rank == 0 else 0))
            called = self.lines_of(f"called.{rank}")
            additions = len(ranges_in(self.bytes_of(f"a.{rank}")))  # a piece is one
            self.assertEqual((called["linkat"], called["fsync"], called["fdatasync"]), (1, 2, 2 * additions))

    def test_of_gans_in_mid_training(self):
        """Each rank has one of two GANs when they are killed."""
        run = ["-c", self.LOGS, COMMAND, "train", *LONG_GANS, "--threads", 1, "--checkpoint", "a", "--resume"]
        process = self.start(2, *run, "--checkpoint-interval", .1, program="bash")
        try:
            for rank in (0, 1):
                self.wait_for(f"a.{rank}.paused")
        finally:
            for rank in self.children_of(process):
                os.kill(rank, signal.SIGKILL)
            process.communicate(timeout=60)
        steps = [paused_steps(self.folder / f"a.{rank}.paused") for rank in (0, 1)]
        self.assertEqual([sum(each > 0 for each in of_rank) for of_rank in steps], [1, 1])
        for rank in (0, 1):
            called = self.lines_of(f"called.{rank}")
            # All but the file of what has ended are those of GANs in mid-training; the last one may not be complete.
            written = called["linkat"] - 1
            self.assertGreaterEqual(written, 1)
            self.assertIn(called["fsync"] - 2 - 2 * written, (-1, 0, 1))
            self.assertIn(called["rename"], (written - 1, written - 2))
            (self.folder / f"opened.{rank}").unlink()
        process = self.start(2, *run, "--checkpoint-interval", 1e6, program="bash")
        self.assertEqual((process.communicate(timeout=60)[1], process.returncode), ("", 0))
        opened = [self.lines_of(f"opened.{rank}") for rank in (0, 1)]
        for rank in (0, 1):
            # The rank itself, the first rank, and who takes the piece that has the GAN.
            self.assertEqual(sum(of_rank[f"a.{rank}.paused"] for of_rank in opened), 3)


if __name__ == "__main__":
    unittest.main()
