# SPDX-License-Identifier: Apache-2.0
"""--log-file tells of everything that happens to a run, however it ends. docs/command.md lists exactly the fields that
there are."""
import json
import os
import re
import shutil
import signal
import unittest

from command import LONG, SANITIZED, SMALL, STOP_SIGNALS
from log_case import EPOCHS, GANS, LOGS, OFTEN, RUN, LogTest
from page_test import rows_under

FAULTS = os.environ.get("GUMBELCUDA_FAULTS")
TRAINING = {"backend", "hardware", "threads", "num_gans", "gans_resumed", "gans_ended", "gan_epochs", "gan_epochs_done",
            "progress_ratio", "training_seconds", "gans_per_second", "seconds_left"}


class Log(LogTest):
    # Prints more than a pipe holds.
    MANY = ["train", "--gans", 100000, "--epochs", 1, "--steps-per-epoch", 1, "--csv", "-"]

    def check_arithmetic(self, lines, gans=GANS, resumed=0):
        rounding = 2.0**-53
        progress = [line for line in lines if line["event"] == "progress"]
        self.assertGreaterEqual(len(progress), 2)
        for line in progress:
            self.assertEqual((line["num_gans"], line["gan_epochs"]), (gans, gans * EPOCHS))
            self.assertEqual(line["gans_resumed"], resumed)
            self.assertEqual(line["backend"], "cpu")
            self.assertLessEqual(line["threads"], 2)
            self.assertEqual(line["progress_ratio"], line["gan_epochs_done"] / line["gan_epochs"])
            part, seconds = line["progress_ratio"] - progress[0]["progress_ratio"], line["training_seconds"]
            if part > 0:
                # A division there, a product and a division here; a division there and a product here.
                self.assertAlmostEqual(line["gans_per_second"] * seconds / (part * gans), 1, delta=4 * rounding)
                left = (1 - line["progress_ratio"]) * seconds
                self.assertAlmostEqual(line["seconds_left"] * part, left, delta=3 * rounding * left)
            else:
                self.assertEqual((line["gans_per_second"], line["seconds_left"]), (None, None))
        for before, after in zip(progress, progress[1:]):
            for field in ("gans_ended", "gan_epochs_done", "training_seconds", "peak_memory_bytes"):
                self.assertLessEqual(before[field], after[field])
        self.assertEqual([line["time"] for line in lines], sorted(line["time"] for line in lines))
        # The first one is written before anything is trained. GANs in mid-training have epochs, too.
        self.assertEqual(progress[0]["gans_ended"], resumed)
        self.assertGreaterEqual(progress[0]["gan_epochs_done"], resumed * EPOCHS)
        if resumed == 0:
            self.assertEqual(progress[0]["gan_epochs_done"], 0)
        for field in TRAINING:
            self.assertEqual(progress[-1][field], lines[-1][field])

    def test_of_a_run_tells_how_far_it_is(self):
        # Two threads, so that an addition has GANs with others between them.
        self.succeed(*RUN[:-2], 2, "--quiet", *OFTEN, "--checkpoint", "a", "--log-file", "log")
        lines = self.lines()
        self.check_arithmetic(lines)
        events = [line["event"] for line in lines]
        self.assertEqual((events[0], events.count("start"), events[-1], events.count("end")), ("start", 1, "end", 1))
        self.assertGreater(events.count("progress"), 2)  # beside the first and the last
        self.assertEqual(set(events), {"start", "progress", "checkpoint", "end"})
        self.assertEqual(lines[0]["command_line"][1:3], ["train", "--gans"])
        self.assertEqual(f"gumbelcuda {lines[0]['version']}\n", self.succeed("--version"))
        self.assertEqual((lines[-1]["exit_code"], lines[-1]["gans_ended"], lines[-1]["progress_ratio"]), (0, GANS, 1))
        additions = [line for line in lines if line["event"] == "checkpoint"]
        self.assertGreater(len(additions), 1)
        self.assertEqual(sum(line["checkpoint_gans"] for line in additions), GANS)
        self.assertLess(sum(line["checkpoint_bytes"] for line in additions), (self.folder / "a").stat().st_size)
        self.assertEqual({line["checkpoint"] for line in additions}, {"a"})

    def test_of_a_run_that_goes_on_counts_what_was_there(self):
        gans = 3 * GANS  # so many that it is not at its end when the signal comes
        run = [*RUN[:2], gans, *RUN[3:], *OFTEN, "--checkpoint", "a"]
        process, log = self.start_with_log_in_pipe(*run)
        first = [next(log)]
        while first[-1]["event"] != "checkpoint":
            first.append(next(log))
        process.send_signal(signal.SIGTERM)
        first += log
        self.assertEqual(process.wait(), 143)
        kept = sum(line["checkpoint_gans"] for line in first if line["event"] == "checkpoint")
        signals = [line["signal"] for line in first if line["event"] == "signal"]
        self.assertEqual((signals, first[-1]["exit_code"]), (["SIGTERM"], 143))
        self.assertIn("--resume goes on", first[-1]["message"])
        self.succeed(*run, "--resume", "--log-file", "log")
        self.check_arithmetic(self.lines(), gans, kept)
        self.succeed(*run, "--resume", "--log-file", "log.2")
        self.check_arithmetic(self.lines("log.2"), gans, gans)
        self.assertNotIn("checkpoint", self.events("log.2"))

    def test_of_a_sweep_and_of_merge(self):
        (self.folder / "sweep.toml").write_text("[gan]\nepochs = 3\n[grid]\nlearning_rate = [1e-3, 1e-4, 1e-2]\n")
        self.succeed("sweep", "sweep.toml", "--dry-run", "--quiet", "--log-file", "log", "--metrics-file", "a.prom")
        self.assert_files("sweep.toml")
        for part in (0, 1):
            self.succeed("sweep", "sweep.toml", "--quiet", "--shard", f"{part}/2", "--checkpoint", part,
                         "--log-file", "log")
        self.succeed("merge", "0", "1", "--quiet", "--log-file", "log")
        lines = self.lines()
        shards = [line.get("shard") for line in lines]
        self.assertEqual(set(shards[:shards.index("1/2")]), {"0/2"})
        ends = [line for line in lines if line["event"] == "end"]
        self.assertEqual([line.get("gans_ended") for line in ends], [2, 1, None])
        self.assertEqual([line.get("gan_epochs_done") for line in ends], [6, 3, None])
        self.assertEqual(self.events()[-2:], ["start", "end"])

    def check_end(self, code, errors, *, signals=(), name="log"):
        """The last line has the exit code, and the message that standard error got. The log goes."""
        lines = self.lines(name)
        self.assertEqual((lines[-1]["event"], lines[-1]["exit_code"]), ("end", code), errors)
        self.assertEqual([line["event"] for line in lines].count("end"), 1)
        self.assertEqual([line["signal"] for line in lines if line["event"] == "signal"], list(signals))
        told = re.findall(r"(?m)^gumbelcuda: (\w+): (.*)$", errors)
        self.assertEqual([(line["event"], line["message"]) for line in lines if line["event"] in ("warning", "error")],
                         [each for each in told if each[0] != "interrupted"])
        if told:
            self.assertEqual(lines[-1]["message"], told[-1][1])
        (self.folder / name).unlink()

    def test_says_how_a_run_ended(self):
        self.succeed("train", *SMALL, "--checkpoint", "damaged", "--quiet")
        (self.folder / "damaged").write_bytes((self.folder / "damaged").read_bytes()[:-1])
        self.succeed("train", *SMALL, "--log-file", "log")
        self.check_end(0, "")
        for code, *arguments in ((2, "--gans", "x"), (2, "--gans", 0), (2, "--resume"), (2, "--shard", "1/1"),
                                 (2, *SMALL, "--threads", 9999), (2, *SMALL, "--cpu-target", "none"),
                                 (1, *SMALL, "--csv", "no/a.csv"), (2, *SMALL, "--csv", "a.h5"),
                                 (3, *SMALL, "--checkpoint", "damaged", "--resume"),
                                 (4, *SMALL, "--backend", "cuda", "--device", 77),
                                 (5, "--epochs", 2, "--learning-rate", "1e38"),
                                 (1, *SMALL, "--csv", "/dev/full")):
            with self.subTest(code=code, arguments=arguments):
                result = self.run_command("train", *arguments, "--log-file", "log", "--quiet")
                self.assertEqual(result.returncode, code, result.stderr)
                self.check_end(code, result.stderr)
        result = self.run_command("merge", "none", "--log-file", "log")
        self.check_end(1, result.stderr)
        result = self.run_command("sweep", "none.toml", "--log-file", "log")
        self.check_end(2, result.stderr)
        self.assert_files("damaged")

    def test_says_which_signal_ended_a_training(self):
        for number in STOP_SIGNALS:
            process, log = self.start_with_log_in_pipe("train", *LONG, "--quiet")
            lines = [next(log), next(log)]
            self.assertEqual([line["event"] for line in lines], ["start", "progress"])
            process.send_signal(number)
            lines = list(log)
            self.assertEqual(process.wait(), 128 + number)
            self.assertEqual([line["event"] for line in lines], ["signal", "progress", "end"])
            self.assertEqual((lines[0]["signal"], lines[2]["exit_code"], lines[2]["message"]),
                             (signal.Signals(number).name, 128 + number, "nothing was written"))

    def test_says_which_signal_ended_the_writing_of_a_result(self):
        """There the handler itself ends the process."""
        for number in STOP_SIGNALS:
            process = self.start(*self.MANY, "--log-file", "log")
            process.stdout.read(1)
            process.send_signal(number)
            self.assertEqual(process.wait(), 128 + number)
            lines = self.lines()
            self.assertEqual((lines[-1]["gans_ended"], lines[-2]["event"]), (100000, "signal"))
            self.assertEqual(lines[-1]["message"], "not everything was written")
            self.check_end(128 + number, process.stderr.read(), signals=[signal.Signals(number).name])

    def test_tells_of_a_reader_that_has_gone(self):
        process = self.start(*self.MANY, "--log-file", "log")
        process.stdout.read(1)
        process.stdout.close()
        process.stdout = None
        self.assertEqual(process.wait(), -signal.SIGPIPE)
        self.assertIn("standard output has gone", self.lines()[-1]["message"])
        self.check_end(128 + signal.SIGPIPE, "")

    def test_tells_of_requests_for_additions(self):
        process, log = self.start_with_log_in_pipe("train", *LONG, "--quiet", "--checkpoint", "a")
        self.assertEqual([next(log)["event"], next(log)["event"]], ["start", "progress"])
        process.send_signal(signal.SIGUSR1)
        line = next(log)
        self.assertEqual((line["event"], line["signal"]), ("signal", "SIGUSR1"))

    def test_of_a_process_that_was_killed_has_whole_lines(self):
        process = self.start("train", *LONG, "--quiet", "--log-file", "log", "--log-interval", .1)
        log = self.folder / "log"
        while not log.exists() or log.read_text().count("\n") < 4:
            self.assertIsNone(process.poll())
        process.kill()
        process.wait()
        before = self.events()
        self.assertEqual((before[0], set(before[1:])), ("start", {"progress"}))
        self.succeed("train", *SMALL, "--log-file", "log")
        self.assertEqual(self.events()[len(before):], ["start", "progress", "progress", "end"])

    def test_is_shared_by_processes(self):
        processes = [self.start(*RUN, "--log-file", "log", "--log-interval", .1) for _ in range(3)]
        for process in processes:
            self.assertEqual(process.wait(), 0)
        lines = self.lines()
        for process in processes:
            own = [line["event"] for line in lines if line["pid"] == process.pid]
            self.assertEqual((own[0], own[-1], set(own[1:-1])), ("start", "end", {"progress"}))

    def test_of_a_rank_has_its_number(self):
        environment = {**os.environ, "OMPI_COMM_WORLD_SIZE": "3", "OMPI_COMM_WORLD_RANK": "2"}
        self.run_command("train", *SMALL, "--log-file", "log", env=environment)  # needs a checkpoint
        self.assertEqual({line["rank"] for line in self.lines()}, {2})
        self.assert_refused(2, "train", *SMALL, "--log-file", "a.1", "--checkpoint", "a", env=environment,
                            says=["--checkpoint"])
        self.assert_files("log")

    def test_is_refused_where_it_cannot_be_or_must_not(self):
        self.succeed("train", *SMALL, "--checkpoint", "c", "--csv", "rows", "--metrics-file", "m.prom", "--quiet")
        (self.folder / "text").write_text("[gan]\n")
        (self.folder / "folder").mkdir()
        there = sorted(os.listdir(self.folder))
        contents = {name: (self.folder / name).read_bytes() for name in ("c", "rows", "m.prom", "text")}
        for code, says, *arguments in (
                (1, "no folder", "--log-file", "no/log"), (1, "no folder", "--metrics-file", "no/a.prom"),
                (1, "folder", "--log-file", "folder"), (1, "folder", "--metrics-file", "folder"),
                (1, "device", "--metrics-file", "/dev/null"),
                (2, "standard output", "--log-file", "-"), (2, "standard output", "--log-file", "/dev/stdout"),
                (2, "--csv", "--log-file", "x", "--csv", "./x"), (2, "--csv", "--metrics-file", "x", "--csv", "./x"),
                (2, "--out", "--log-file", "x", "--out", "folder/../x"),
                (2, "--checkpoint", "--log-file", "x", "--checkpoint", "x"),
                (2, "--checkpoint", "--metrics-file", "x", "--checkpoint", "x"),
                (2, "--log-file", "--metrics-file", "x", "--log-file", "x"),
                (2, "not a log", "--log-file", "c"), (2, "not a log", "--log-file", "rows"),
                (2, "not a log", "--log-file", "text"), (2, "not metrics", "--metrics-file", "text"),
                (2, "not metrics", "--metrics-file", "c"), (2, "HDF5", "--log-file", "a.h5"),
                (2, "metrics", "--log-file", "a.prom"), (2, "a log", "--metrics-file", "a.jsonl"),
                (2, "0.1 … 1e6", "--log-interval", 0), (2, "is empty", "--log-file", "")):
            with self.subTest(arguments=arguments):
                says = [says, arguments[0]] if code == 2 else [says]
                self.assert_refused(code, "train", *SMALL, *arguments, says=says)
        self.assertEqual(sorted(os.listdir(self.folder)), there)
        for name, content in contents.items():
            self.assertEqual((self.folder / name).read_bytes(), content)

    def test_in_a_folder_that_vanishes_is_one_warning(self):
        (self.folder / "logs").mkdir()
        process = self.start("train", *LONG, "--quiet", "--log-file", "logs/log", "--metrics-file", "logs/a.prom",
                             "--log-interval", .1)
        while not (self.folder / "logs" / "a.prom").exists():
            self.assertIsNone(process.poll())
        shutil.rmtree(self.folder / "logs", ignore_errors=True)
        shutil.rmtree(self.folder / "logs", ignore_errors=True)  # a line may have come meanwhile
        said = process.stderr.readline()
        self.assertRegex(said, r"gumbelcuda: warning: cannot write logs/log: .*folder.*the run goes on")
        process.send_signal(signal.SIGTERM)
        errors = process.stderr.read()
        self.assertEqual(process.wait(), 143)
        # The metrics are written again at the end only.
        self.assertRegex(errors, r"\A(gumbelcuda: warning: cannot write logs/a\.prom: [^\n]*\n)?"
                                 r"gumbelcuda: interrupted: nothing was written\n"
                                 r"(gumbelcuda: warning: cannot write logs/a\.prom: [^\n]*\n)?\Z")
        self.assertEqual(errors.count("warning"), 1)


@unittest.skipIf(FAULTS is None or SANITIZED, "no library with faults, or one that the address sanitizer does not allow")
class Faults(LogTest):
    def run_with(self, faults, *arguments):
        return self.run_command("train", *SMALL, "--quiet", *arguments,
                                env={**os.environ, "LD_PRELOAD": FAULTS, "GUMBELCUDA_FAULTS": faults})

    def test_a_disk_that_is_full_is_one_warning(self):
        result = self.run_with("full:write", "--log-file", "log", "--metrics-file", "a.prom")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"\Agumbelcuda: warning: cannot write log: the disk is full[^\n]*\n"
                                        r"gumbelcuda: warning: cannot write a\.prom: the disk is full[^\n]*\n\Z")
        self.assert_files("log")  # empty; of the metrics nothing is left

    def test_a_line_that_is_missing_is_the_only_one(self):
        self.assertEqual(self.run_with("full:write2", "--log-file", "log").returncode, 0)
        self.assertEqual(self.events(), ["start", "warning", "progress", "end"])

    def test_a_line_that_was_cut_is_the_only_one(self):
        self.assertEqual(self.run_with("short:write2", "--log-file", "log").returncode, 0)
        self.assertEqual(self.events(), ["start", "progress", "progress", "end"])
        self.assertEqual(self.run_with("half:write2", "--log-file", "log").returncode, -signal.SIGKILL)
        self.succeed("train", *SMALL, "--quiet", "--log-file", "log")
        lines = (self.folder / "log").read_text(encoding="utf-8").splitlines()
        self.assertEqual([json.loads(line)["event"] for line in lines[:5] + lines[6:]],
                         ["start", "progress", "progress", "end", "start", "start", "progress", "progress", "end"])
        self.assertRaises(json.JSONDecodeError, json.loads, lines[5])


class PageOfFields(LogTest):
    """The tables in docs/command.md."""

    def test_lists_the_fields(self):
        told = set()
        events = re.findall(r"`(\w+)`", " ".join(row[0] for _, row in rows_under(LOGS, "event")))
        for _, row in rows_under(LOGS, "field"):
            listed = events if row[1] == "all" else row[1].split(", ")
            told |= {(event, field) for event in listed for field in re.findall(r"`(\w+)`", row[0])}
        for command in (["--shard", "0/2", "--checkpoint", "a"], ["--gans", 0],
                        ["--learning-rate", "1e30", "--steps-per-epoch", 30]):
            arguments = {**dict(zip(SMALL[::2], SMALL[1::2])), **dict(zip(command[::2], command[1::2]))}
            self.run_command("train", *(word for pair in arguments.items() for word in pair), "--log-file", "log")
        process = self.start("train", *LONG, "--log-file", "log")
        while self.events()[-1] != "progress":
            self.assertIsNone(process.poll())
        process.terminate()
        process.wait()
        lines = self.lines()
        # Those that depend on how the command was started may be in any line.
        sometimes = {"rank", "shard"}
        found = {(line["event"], field) for line in lines for field in line}
        self.assertEqual({pair for pair in found if pair[1] not in sometimes},
                         {pair for pair in told if pair[1] not in sometimes})
        self.assertEqual({line["event"] for line in lines}, set(events))
        self.assertEqual(sometimes & {field for _, field in told}, sometimes)


if __name__ == "__main__":
    unittest.main()
