# SPDX-License-Identifier: Apache-2.0
"""A run that is stopped, killed, moved or divided ends with the files of one that was not, and a file that is not one of
its checkpoints is refused.

    checkpoint_test.py [--kills N]   N moments at which a run is killed; the default is enough to see that it works
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

from command import COMMAND, LONG, SANITIZED, STOP_SIGNALS, CommandTest, without_progress

KILLS = 12
# More bytes than a checkpoint of RUN without records has.
EMPTY = 13000
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "examples" / "slurm" / "sweep.sbatch"
FAULTS = os.environ.get("GUMBELCUDA_FAULTS")
MAKE_CHECKPOINTS = os.environ.get("GUMBELCUDA_MAKE_CHECKPOINTS")

# About a second on one processor; the first GANs end after some hundredths of it.
GANS = 16000
RUN = ["--gans", str(GANS), "--epochs", "2", "--steps-per-epoch", "50", "--history", "40", "--first-gan", "7"]
# Two GANs, each of which takes most of a second.
LONG_GANS = ["--gans", "2", "--epochs", "4000", "--history", "1", "--quiet"]
SWEEP = """
[gan]
first_gan = 3
history = 10
steps_per_epoch = 20
batch_size = 4

[grid]
learning_rate = [1e-4, 1e-3, 1e-2, 1e-1]
epochs = [3, 8]
target = [[0.5, 0.5], [0.1, 0.2, 0.7]]
"""


def paused_gans(path):
    """The GANs in a file of GANs in mid-training, each with its steps."""
    gans = []
    if path.exists():
        content, at = path.read_bytes(), len("gumbelcuda paused 1\n") + 8
        while (gan := int.from_bytes(content[at:at + 8], "little")) < 2**64 - 1:
            steps, length = (int.from_bytes(content[at + 8 * i:at + 8 * i + 8], "little") for i in (1, 2))
            gans.append((gan, steps))
            at += 24 + length
    return gans


def paused_steps(path):
    """The steps of GANs 0 and 1 in a file of GANs in mid-training; 0 of those that are not in it."""
    steps = [0, 0]
    for gan, made in paused_gans(path):
        steps[gan] = made
    return steps


class CheckpointTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.need_result_files()
        (self.folder / "sweep.toml").write_text(SWEEP)

    def succeed(self, *arguments, **options):
        result = self.run_command(*arguments, **options)
        self.assertEqual((result.returncode, without_progress(result.stderr)), (0, ""))
        return result.stdout

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def wait_for(self, name, least_bytes=0):
        path = self.folder / name
        deadline = time.monotonic() + 60
        while not path.exists() or path.stat().st_size < least_bytes:
            self.assertLess(time.monotonic(), deadline, f"{name} has no {least_bytes} bytes")
            time.sleep(.01)

    def missing(self, name):
        """How many GANs of its run the checkpoint does not have."""
        said = self.run_command("merge", name).stderr
        return int(said.split()[3].replace(",", "")) if said else 0

    def expect_same(self, name, other):
        self.assertTrue(self.bytes_of(name) == self.bytes_of(other), f"{name} and {other} differ")


class Shards(CheckpointTest):
    def test_joined_in_any_order_they_are_the_run(self):
        for command in (["train", *RUN], ["sweep", "sweep.toml", "--quiet"]):
            with self.subTest(command=command[0]):
                self.succeed(*command, "--out", "whole.h5", "--csv", "whole.csv")
                for count in (1, 2, 5):
                    names = [f"{command[0]}.{count}.{i}" for i in range(count)]
                    for i, name in enumerate(names):
                        self.succeed(*command, "--shard", f"{i}/{count}", "--checkpoint", name, "--threads", 1 + i % 2)
                    random.Random(count).shuffle(names)
                    self.succeed("merge", *names, "--out", "merged.h5", "--csv", "merged.csv", "--quiet")
                    self.expect_same("merged.h5", "whole.h5")
                    self.expect_same("merged.csv", "whole.csv")

    def test_of_a_slurm_array_are_its_tasks(self):
        tasks = {"SLURM_ARRAY_TASK_COUNT": "3", "SLURM_ARRAY_TASK_MIN": "4", "SLURM_ARRAY_TASK_MAX": "8"}
        arguments = ["train", "--gans", 9, "--epochs", 1, "--shard", "auto", "--checkpoint"]
        for i, task in enumerate((4, 6, 8)):
            self.succeed(*arguments, f"{i}", env={**os.environ, **tasks, "SLURM_ARRAY_TASK_ID": str(task)})
        self.assertIn("0 of 9\n", self.succeed("merge", "0", "1", "2"))
        self.assert_refused(2, *arguments, "x", env={**os.environ, **tasks, "SLURM_ARRAY_TASK_ID": "5"},
                            says=["--shard", "equally far apart"])
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SLURM_")}
        self.assert_refused(2, *arguments, "x", env=environment, says=["SLURM_ARRAY_TASK_ID", "I/N"])

    def test_that_are_missing_twice_or_of_another_run_are_refused(self):
        for i in range(3):
            self.succeed("train", "--gans", 10, "--epochs", 1, "--shard", f"{i}/3", "--checkpoint", f"{i}")
        self.succeed("train", "--gans", 10, "--epochs", 2, "--checkpoint", "other", "--quiet")
        self.assert_refused(2, "merge", "0", "2", "--out", "x.h5", says=["3 of 10 GANs are missing, 4 … 6"])
        self.assert_refused(2, "merge", "0", "1", "2", "1", "--out", "x.h5", says=["'1' is named twice"])
        (self.folder / "copy").write_bytes(self.bytes_of("1"))
        self.assert_refused(2, "merge", "0", "1", "2", "copy", "--out", "x.h5", says=["GAN 4 is in '1' and in 'copy'"])
        self.assert_refused(2, "merge", "0", "1", "2", "other", "--out", "x.h5", says=["'other' and '0'", "different"])
        for flag in ("--out", "--csv"):
            self.assert_refused(2, "merge", "0", "1", "2", flag, "1", says=[flag, "'1' is a checkpoint"])
        self.assert_refused(2, "report", "none.h5", "-o", "1", says=["--out", "'1' is a checkpoint"])
        for flag in ("--out", "--spread"):
            self.assert_refused(2, "plot", "none.h5", flag, "1", says=[flag, "'1' is a checkpoint"])
        (self.folder / "1.paused").write_text("gumbelcuda paused 1\n")
        for flag in ("--out", "--csv"):
            self.assert_refused(2, "train", flag, "1.paused", says=[flag, "'1.paused' has the GANs in mid-training"])
        (self.folder / "1.paused").unlink()
        for flag in ("--out", "--csv", "--log-file", "--metrics-file"):
            self.assert_refused(2, "train", "--checkpoint", "new", flag, "new.paused", says=["'new.paused' is the file of"])
        self.assert_refused(1, "merge", "0", "none", "--out", "x.h5", says=["none"])
        self.assert_files("0", "1", "2", "copy", "other", "sweep.toml")

    @unittest.skipIf(SANITIZED, "sanitizers need memory of their own")
    def test_memory_does_not_grow_with_the_result(self):
        def peak(gans):
            """Bytes that merge took at most. Both results are larger than the pieces in which they are written."""
            subprocess.run([MAKE_CHECKPOINTS, ".", str(gans), str(gans), "20", "2"], cwd=self.folder, check=True)
            process = subprocess.Popen([COMMAND, "merge", "part-0", "part-1", "--out", "a.h5", "--csv", "a.csv", "--quiet"],
                                       cwd=self.folder)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            for name in ("part-0", "part-1"):
                (self.folder / name).unlink()
            return 1024 * usage.ru_maxrss
        few, many = 80_000, 240_000
        # Of each GAN statistics keep 5 floats, a copy of one to sort it, and a double. The allocator may round up by a
        # page each of the few arrays; 4 MiB are for that and for where threads meet. The results differ by 75 MB.
        self.assertLess(peak(many) - peak(few), (many - few) * (5 * 4 + 4 + 8) + (4 << 20))

    def test_what_is_wrong_is_said_before_memory_is_taken(self):
        # Without its history a GAN's result takes 72 bytes: 720 GB.
        gans = 10_000_000_000
        self.succeed("train", "--gans", gans, "--epochs", 1, "--shard", f"0/{gans // 2}", "--checkpoint", "a", "--quiet")
        self.assert_refused(2, "merge", "a", says=["9,999,999,998 of 10,000,000,000 GANs are missing, 2 … 9,999,999,999"])
        # Where its first record is: behind the settings.
        whole = bytearray(self.bytes_of("a"))
        head = 12304 + int.from_bytes(whole[12288:12296], "little")
        self.assertEqual(whole[head:head + 16], bytes(8) + (2).to_bytes(8, "little"))
        whole[head + 8:head + 16] = gans.to_bytes(8, "little")
        (self.folder / "claims").write_bytes(whole)
        self.assert_refused(3, "merge", "claims", says=["claims is damaged"])

    def test_with_a_gan_twice_are_damaged(self):
        self.succeed("train", "--gans", 4, "--epochs", 1, "--checkpoint", "a", "--quiet")
        whole = self.bytes_of("a")
        record = whole[12304 + int.from_bytes(whole[12288:12296], "little"):]
        committed = (len(whole) + len(record)).to_bytes(8, "little") + (9).to_bytes(8, "little")
        checksum = 0xcbf29ce484222325  # FNV-1a
        for byte in committed:
            checksum = (checksum ^ byte) * 0x100000001b3 % 2**64
        slot = committed + checksum.to_bytes(8, "little")
        (self.folder / "twice").write_bytes(whole[:4096] + slot + whole[4120:] + record)
        self.assert_refused(3, "merge", "twice", says=["twice is damaged: it has GAN 0 twice"])

    def test_other_options_make_no_sense(self):
        for arguments, says in ((["--shard", "1/2"], "--checkpoint"), (["--resume"], "--checkpoint"),
                                (["--shard", "2/2", "--checkpoint", "a"], "0/N"),
                                (["--shard", "half", "--checkpoint", "a"], "I/N"),
                                (["--shard", "0/5", "--checkpoint", "a"], "4 GANs cannot be divided by 5"),
                                (["--shard", "0/2", "--checkpoint", "a", "--out", "a.h5"], "merge"),
                                (["--shard", "0/2", "--checkpoint", "a", "--json"], "merge"),
                                (["--checkpoint", "a", "--checkpoint-interval", "0"], "0.1 … 1e6"),
                                (["--checkpoint", "a.h5", "--out", "./a.h5"], "--out"),
                                (["--checkpoint", "/dev/null"], "not a file"),
                                (["--checkpoint", "no/a"], "no/a")):
            with self.subTest(arguments=arguments):
                code = 1 if "no/a" in says else 2
                self.assert_refused(code, "train", "--gans", 4, "--epochs", 1, *arguments, says=[says])
        self.assert_files("sweep.toml")


class Resuming(CheckpointTest):
    def start(self, *arguments, **options):
        return subprocess.Popen([COMMAND, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, cwd=self.folder, **options)

    def maybe_a_fault(self, moments):
        """Three times in ten a process is killed inside one of its calls that write, whichever comes first."""
        if FAULTS is None or SANITIZED or moments.random() >= .3:
            return {}
        call = moments.choice(("write", "pwrite", "fsync", "fdatasync", "linkat", "rename"))
        kind = moments.choice(("kill", "half")) if "write" in call else "kill"
        faults = f"{kind}:{call}{moments.randint(1, 8)}"
        return {"env": {**os.environ, "LD_PRELOAD": FAULTS, "GUMBELCUDA_FAULTS": faults}}

    def kill_after(self, process, seconds):
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.communicate()[1]

    def wait_for_records(self, name):
        """Until something has been added to the checkpoint."""
        self.wait_for(name, EMPTY + 1)

    def test_after_each_signal_elsewhere_gives_the_same_files(self):
        targets = self.info()["cpu"]["targets"]
        self.succeed("train", *RUN, "--out", "whole.h5", "--quiet")
        for number, target, threads in zip(STOP_SIGNALS, (targets[0], targets[:2][-1], targets[0]), (1, 2, 3)):
            with self.subTest(number=number):
                name = f"{number}"
                process = self.start("train", *RUN, "--checkpoint", name, "--checkpoint-interval", .1, "--threads", 1)
                self.wait_for_records(name)
                process.send_signal(number)
                process.send_signal(number)  # a second one does not end what the first one has begun
                output, errors = process.communicate(timeout=60)
                self.assertEqual((process.returncode, output), (128 + number, ""), errors)
                self.assertRegex(errors, rf"interrupted: [\d,]+ of {GANS:,} GANs are in {name}; --resume goes on\n\Z")
                self.succeed("train", *RUN, "--checkpoint", name, "--resume", "--out", "a.h5", "--quiet", "--threads",
                             threads, "--cpu-target", target)
                self.expect_same("a.h5", "whole.h5")
                # What is complete is read, and nothing is trained.
                size = (self.folder / name).stat().st_size
                self.succeed("train", *RUN, "--checkpoint", name, "--resume", "--out", "b.h5", "--quiet")
                self.expect_same("b.h5", "whole.h5")
                self.assertEqual((self.folder / name).stat().st_size, size)

    def test_sigusr1_asks_for_an_addition(self):
        process = self.start("train", *LONG, "--epochs", 2, "--checkpoint", "a")  # every minute
        try:
            self.ask_until_there_is_a_record(process, "a")
        finally:
            process.kill()
            process.communicate()
        self.assertRegex(self.run_command("merge", "a").stderr, "of 100,000 GANs are missing")

    def ask_until_there_is_a_record(self, process, name):
        deadline = time.monotonic() + 40
        path = self.folder / name
        while not path.exists() or path.stat().st_size <= EMPTY:
            self.assertLess(time.monotonic(), deadline)
            self.assertIsNone(process.poll())
            time.sleep(.05)
            if path.exists():  # the signal is caught since before
                process.send_signal(signal.SIGUSR1)

    def test_kills_at_any_moment_lose_nothing_that_was_kept(self):
        self.succeed("train", *RUN, "--out", "whole.h5", "--quiet")
        moments, kept, killed = random.Random(19), 0, 0
        arguments = ["train", *RUN, "--checkpoint", "a", "--checkpoint-interval", .1, "--resume", "--out", "a.h5", "--quiet"]
        for _ in range(KILLS):
            process = self.start(*arguments, **self.maybe_a_fault(moments))
            self.kill_after(process, moments.uniform(.02, .5))
            killed += process.returncode == -signal.SIGKILL
            path = self.folder / "a"
            if process.returncode == 0:
                self.expect_same("a.h5", "whole.h5")
                path.unlink()
                kept = 0
            elif path.exists():
                left = self.missing("a")
                self.assertGreaterEqual(GANS - left, kept)
                kept = GANS - left
        self.assertGreater(killed, 0)
        self.succeed(*arguments)
        self.expect_same("a.h5", "whole.h5")

    def test_gans_that_train_for_long_go_on_where_they_were(self):
        """No GAN ends before the process is killed, again and again; an interval is what is lost at most."""
        self.succeed("train", *LONG_GANS, "--out", "whole.h5")
        moments, targets = random.Random(20), self.info()["cpu"]["targets"]
        steps, kills = [0, 0], 0
        for kill in range(1000):
            process = self.start("train", *LONG_GANS, "--checkpoint", "a", "--checkpoint-interval", .1, "--resume", "--out",
                                 "a.h5", "--threads", 1 + kill % 2, "--cpu-target", targets[kill % len(targets[:2])],
                                 **self.maybe_a_fault(moments))
            errors = self.kill_after(process, moments.uniform(.2, .9))
            if process.returncode == 0:
                break
            self.assertEqual(process.returncode, -signal.SIGKILL, errors)
            kills += 1
            now = paused_steps(self.folder / "a.paused")
            ended = 2 - self.missing("a")
            self.assertLessEqual(sum(after < before for before, after in zip(steps, now)), ended, (steps, now))
            steps = now
        self.assertGreater(kills, 0)
        self.assertGreater(max(steps), 0)
        self.expect_same("a.h5", "whole.h5")
        self.assert_files("a", "a.h5", "sweep.toml", "whole.h5")

    def test_gans_that_train_for_long_are_kept_when_a_signal_comes(self):
        process = self.start("train", *LONG_GANS, "--checkpoint", "a")
        self.wait_for("a")
        time.sleep(.3)  # not a condition of the test: it may be stopped earlier, or have ended
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        self.assertIn(process.returncode, (0, 143))
        if process.returncode == 143:
            self.assertGreater(max(paused_steps(self.folder / "a.paused")), 0)
            self.assert_refused(2, "train", *LONG_GANS, "--checkpoint", "a", says=["already exists"])
            whole = self.bytes_of("a.paused")
            (self.folder / "a.paused").write_bytes(whole[:-3])
            self.assert_refused(3, "train", *LONG_GANS, "--checkpoint", "a", "--resume", says=["a.paused is damaged"])
            self.assertEqual(self.bytes_of("a.paused"), whole[:-3])

    def test_only_what_is_a_checkpoint_of_this_run(self):
        run = ["train", "--gans", 8, "--epochs", 2, "--checkpoint", "a", "--quiet"]
        self.succeed(*run)
        whole = self.bytes_of("a")
        self.assert_refused(2, *run, says=["'a' already exists", "--resume"])
        self.assert_refused(2, *run, "--resume", "--seed", 1, says=["'a'", "other settings"])
        self.assert_refused(2, *run, "--resume", "--shard", "0/2", says=["'a'", "another shard"])
        for content, says in ((b"", "not a checkpoint"), (b"gan,p0\n", "not a checkpoint"), (whole[:-1], "cut off"),
                              (whole[:-1] + b"x", "has changed"), (whole.replace(b"checkpoint 1", b"checkpoint 2"), "version")):
            (self.folder / "a").write_bytes(content)
            self.assert_refused(3, *run, "--resume", says=[says])
            self.assertEqual(self.bytes_of("a"), content)
        self.assert_files("a", "sweep.toml")

    def test_a_run_that_is_refused_leaves_none(self):
        run = ["train", "--gans", 8, "--epochs", 2, "--checkpoint", "a"]
        for arguments in (["--threads", 9999], ["--cpu-target", "none"]):
            self.assert_refused(2, *run, *arguments)
        self.assert_files("sweep.toml")

    def test_what_was_not_trained_has_no_speed(self):
        run = ["train", "--gans", 8, "--epochs", 2, "--checkpoint", "a"]
        self.assertIn("GANs/s", self.succeed(*run))
        self.assertNotIn("GANs/s", self.succeed(*run, "--resume"))
        self.assertIsNone(json.loads(self.succeed(*run, "--resume", "--json"))["gans_per_second"])


class JobArray(CheckpointTest):
    """examples/slurm/sweep.sbatch, with this test in place of Slurm."""

    def task(self, number):
        # Slurm numbers one task of an array as the array: commands with that number are for all of its tasks.
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "SLURM_JOB_ID": "7",
                       "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": str(number)}
        return subprocess.Popen(["bash", SCRIPT, "long.toml", "parts", "2"], cwd=self.folder, env=environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_goes_on_after_the_limit_of_its_time(self):
        (self.folder / "long.toml").write_text(SWEEP.replace("[grid]", "[grid]\nseed = { from = 1, to = 500, count = 500 }"))
        (self.folder / "gumbelcuda").symlink_to(COMMAND)
        (self.folder / "scontrol").write_text('#!/bin/sh\necho "$@" >> requeued\n')
        (self.folder / "scontrol").chmod(0o755)
        self.succeed("sweep", "long.toml", "--out", "whole.h5", "--quiet")
        first = self.task(0)
        deadline = time.monotonic() + 60
        while not (self.folder / "parts" / "0").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(.01)
        first.send_signal(signal.SIGTERM)
        errors = first.communicate(timeout=60)[1]
        self.assertEqual(first.returncode, 143, errors)
        self.assertEqual((self.folder / "requeued").read_text(), "requeue 7_0\n")
        for number in (0, 1):
            task = self.task(number)
            errors = task.communicate(timeout=60)[1]
            self.assertEqual(task.returncode, 0, errors)
        self.succeed("merge", "parts/0", "parts/1", "--out", "a.h5", "--quiet")
        self.expect_same("a.h5", "whole.h5")


@unittest.skipIf(FAULTS is None or SANITIZED, "no library with faults, or one that the address sanitizer does not allow")
class Faults(CheckpointTest):
    # A third of a second on one thread, so that there are several additions.
    GANS = 5000
    TRAINED = ["train", "--gans", GANS, "--epochs", 2, "--steps-per-epoch", 50, "--history", 40, "--threads", 1, "--quiet"]
    RUN = [*TRAINED, "--checkpoint-interval", .1, "--checkpoint", "a"]

    def with_faults(self, faults):
        """A run with faults: its outcome, and the calls that it made."""
        log = self.folder / "log"
        result = self.run_command(*self.RUN, env={**os.environ, "LD_PRELOAD": FAULTS, "GUMBELCUDA_FAULTS": faults,
                                                  "GUMBELCUDA_FAULT_LOG": str(log)})
        calls = log.read_text().split()
        log.unlink()
        return result, calls

    def kept(self):
        """How many GANs are in the checkpoint."""
        return self.GANS - self.missing("a")

    def expect_the_run(self):
        self.succeed(*self.RUN, "--resume", "--out", "a.h5")
        self.expect_same("a.h5", "whole.h5")
        self.assert_files("a", "a.h5", "sweep.toml", "whole.h5")

    def test_at_every_call_that_writes(self):
        self.succeed(*self.TRAINED, "--out", "whole.h5")
        result, calls = self.with_faults("")
        self.assertEqual(result.returncode, 0)
        (self.folder / "a").unlink()
        made = calls.index("linkat") + 2  # and the folder is synchronised
        # Records and their heads, then a slot; each is synchronised before the next is written.
        self.assertRegex(" ".join(calls[made:]) + " ", r"\A((pwrite )+fdatasync pwrite fdatasync ){2,}\Z")
        several = {name: min(calls.count(name), 6) for name in ("write", "pwrite", "fsync", "fdatasync", "linkat")}
        for name, count in several.items():
            for number in range(1, count + 1):
                for fault in ("kill", "full", *(("half", "short") if "write" in name else ())):
                    with self.subTest(fault=f"{fault}:{name}{number}"):
                        (self.folder / "a").unlink(missing_ok=True)
                        result, calls = self.with_faults(f"{fault}:{name}{number}")
                        self.assertIn(result.returncode, {"kill": (-9,), "half": (-9,), "full": (0, 1), "short": (0,)}[fault])
                        if result.returncode == 0:
                            self.assertEqual(self.kept(), self.GANS)
                        elif result.returncode == 1:
                            self.assertIn("cannot write", result.stderr)
                        elif "fdatasync pwrite fdatasync" in " ".join(calls[:-1]):  # the last one is the fault's
                            self.assertGreater(self.kept(), 0)
                        self.expect_the_run()

    def test_at_every_call_that_writes_gans_in_mid_training(self):
        """The file of GANs in mid-training is made the first time, and replaced when a run goes on."""
        run = ["train", *LONG_GANS, "--threads", 1, "--checkpoint-interval", .1, "--checkpoint", "a", "--resume"]
        log = self.folder / "log"
        faulty = {**os.environ, "LD_PRELOAD": FAULTS, "GUMBELCUDA_FAULT_LOG": str(log)}
        self.succeed("train", *LONG_GANS, "--out", "whole.h5")
        self.run_command(*run, env={**faulty, "GUMBELCUDA_FAULTS": "kill:write6"})  # the first is about to be written
        log.unlink()
        begun = self.bytes_of("a")
        self.run_command(*run, env={**faulty, "GUMBELCUDA_FAULTS": "kill:fsync2"})  # it is in its place
        self.assertEqual(log.read_text().split(), ["write", "fsync", "linkat", "fsync"])
        paused = self.bytes_of("a.paused")
        for replaced in (False, True):
            calls = ["write", "fsync", "linkat", *(["rename"] if replaced else []), "fsync"]
            for number, call in enumerate(calls):
                for fault in ("kill", "full", *(("half", "short") if call == "write" else ())):
                    with self.subTest(replaced=replaced, fault=f"{fault}:{call}", number=number):
                        (self.folder / "a").write_bytes(begun)
                        (self.folder / "a.paused").write_bytes(paused) if replaced else None
                        log.unlink(missing_ok=True)
                        place = f"{call}{calls[:number + 1].count(call)}"
                        result = self.run_command(*run, env={**faulty, "GUMBELCUDA_FAULTS": f"{fault}:{place}"})
                        self.assertGreater(len(log.read_text().split()), number)
                        self.assertEqual(result.returncode, -9 if fault in ("kill", "half") else 0, result.stderr)
                        before = paused_steps(self.folder / "a.paused")  # it is whole, or not there
                        if replaced and result.returncode != 0:
                            self.assertGreater(max(before), 0)
                        self.succeed(*run, "--out", "a.h5")
                        self.expect_same("a.h5", "whole.h5")
                        log.unlink()
                        self.assert_files("a", "a.h5", "sweep.toml", "whole.h5")

    def test_that_follow_one_another_lose_nothing(self):
        """A slot that could not be synchronised may be there or not; what it speaks of must not be overwritten."""
        self.succeed(*self.TRAINED, "--out", "whole.h5")
        for later in range(1, 7):
            for fault in ("kill", "half", "full"):
                with self.subTest(later=later, fault=fault):
                    (self.folder / "a").unlink(missing_ok=True)
                    self.with_faults(f"full:fdatasync4,{fault}:+{later}")
                    self.assertGreater(self.kept(), 0)
                    self.expect_the_run()

    def test_on_a_disk_that_stays_full_the_result_is_delivered_and_signals_have_their_codes(self):
        self.succeed(*self.TRAINED, "--out", "whole.h5")
        full = {"env": {**os.environ, "LD_PRELOAD": FAULTS, "GUMBELCUDA_FAULTS": "full:pwrite"}}
        result = self.run_command(*self.RUN, "--out", "a.h5", **full)
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot write a", result.stderr)
        self.expect_same("a.h5", "whole.h5")
        (self.folder / "a").unlink()
        arguments = [str(word) for word in self.RUN]
        arguments[arguments.index("--gans") + 1] = "100000"
        process = subprocess.Popen([COMMAND, *arguments], stderr=subprocess.PIPE, text=True, cwd=self.folder, **full)
        self.assertIn("it is tried again", process.stderr.readline())
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=60)[1]
        self.assertEqual(process.returncode, 143, errors)
        self.assertIn("cannot write a", errors)


if __name__ == "__main__":
    if "--kills" in sys.argv:
        at = sys.argv.index("--kills")
        KILLS = int(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    unittest.main()
