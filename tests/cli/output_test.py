# SPDX-License-Identifier: Apache-2.0
"""The output of a run: table, JSON, CSV and result file; the same bytes however it is run; no file lost on errors."""
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import unittest

from command import COMMAND, LONG, SMALL, CommandTest, limit_files

DOCUMENTATION = pathlib.Path(__file__).resolve().parents[2] / "docs" / "command.md"


class Results(CommandTest):
    def test_table_has_a_line_for_each_class(self):
        lines = self.train(*SMALL, "--probs", "0.25,0.75", "--backend", "cpu", "--threads", 1).splitlines()
        self.assertIn("target", lines[0])
        self.assertEqual([line.split()[:2] for line in lines[1:3]], [["0", "0.2500"], ["1", "0.7500"]])
        self.assertRegex(lines[-1], r"^cpu \(\w+\), 1 thread: 4 GANs in \S+ s, \S+ GANs/s$")

    def test_json_is_one_object_with_the_promised_keys(self):
        result = json.loads(self.train(*SMALL, "--json"))
        for key in ("gans", "backend", "seconds", "gans_per_second", "target", "mean", "stddev", "total_variation",
                    "threads", "seed"):
            self.assertIn(key, result)
        self.assertEqual((result["gans"], result["target"]), (4, [0, 0, 0.1, 0.3, 0.6]))
        self.assertAlmostEqual(sum(result["mean"]), 1, places=5)
        self.assertGreater(result["seconds"], 0)

    def test_json_keys_are_documented(self):
        page = DOCUMENTATION.read_text(encoding="utf-8").split("\n### The JSON object\n")[1].split("\n### ")[0]
        rows = re.findall(r"(?m)^\| (`.*?) \|", page)
        documented = [key for row in rows for key in re.findall(r"`(\w+)`", row)]
        self.assertEqual(sorted(documented), sorted(json.loads(self.train(*SMALL, "--json"))))

    def test_threads_are_those_that_worked(self):
        one_gan = ["--epochs", 2, "--steps-per-epoch", 3, "--gans", 1, "--threads", 7]
        self.assertEqual(json.loads(self.train(*one_gan, "--json"))["threads"], 1)
        self.assertIn(", 1 thread: 1 GAN in ", self.train(*one_gan))

    def test_quiet_prints_what_was_asked_for_only(self):
        self.assertEqual(self.train(*SMALL, "--quiet"), "")
        self.assertEqual(json.loads(self.train(*SMALL, "--quiet", "--json"))["gans"], 4)

    def test_csv_has_nine_digits_and_one_row_for_each_gan(self):
        self.train(*SMALL, "--csv", "a.csv", "--first-gan", 7)
        text = (self.folder / "a.csv").read_text()
        header, *rows = text.splitlines()
        self.assertTrue(text.endswith("\n"))
        self.assertEqual(header, "gan,p0,p1,p2,p3,p4")
        self.assertEqual([row.split(",")[0] for row in rows], ["7", "8", "9", "10"])
        for row in rows:
            values = row.split(",")[1:]
            self.assertAlmostEqual(sum(map(float, values)), 1, places=5)
            for value in values:
                as_float = struct.unpack("f", struct.pack("f", float(value)))[0]
                self.assertEqual(f"{as_float:.9g}", value)

    def test_one_learning_rate_is_both(self):
        together = ["--learning-rate", "0.01"]
        apart = ["--generator-learning-rate", "0.01", "--discriminator-learning-rate", "0.01"]
        overridden = ["--learning-rate", "0.5", *apart]
        texts = []
        for rates in (together, apart, overridden, []):
            self.train(*SMALL, "--csv", "a.csv", *rates)
            texts.append((self.folder / "a.csv").read_text())
        self.assertEqual(len(set(texts[:3])), 1)
        self.assertNotEqual(texts[0], texts[3])

    def test_a_fleet_in_parts_is_the_same_fleet(self):
        self.train(*SMALL, "--csv", "all.csv")
        whole = (self.folder / "all.csv").read_text().splitlines()
        self.train("--epochs", 2, "--steps-per-epoch", 3, "--gans", 2, "--first-gan", 2, "--csv", "part.csv")
        self.assertEqual((self.folder / "part.csv").read_text().splitlines()[1:], whole[3:])


class Determinism(CommandTest):
    def test_same_bytes_for_any_threads_and_instruction_set(self):
        with_file = self.info()["result_file"]
        ways = [["--threads", 1], ["--threads", 2], ["--threads", 7], ["--backend", "cpu"]]
        ways += [["--cpu-target", target] for target in self.info()["cpu"]["targets"]]
        seen = set()
        for way in ways:
            outputs = ["--csv", "a.csv"] + (["--out", "a.h5", "--history", 3] if with_file else [])
            self.train("--gans", 37, "--epochs", 3, "--steps-per-epoch", 5, *outputs, *way)
            seen.add(tuple((self.folder / name).read_bytes() for name in sorted(os.listdir(self.folder))))
        self.assertEqual(len(seen), 1)


class Files(CommandTest):
    def test_unusable_paths_are_refused_before_training(self):
        (self.folder / "file").write_text("kept")
        (self.folder / "folder").mkdir()
        flags = ["--csv"] + (["--out"] if self.info()["result_file"] else [])
        for flag in flags:
            for path in ("missing/a", "folder", "folder/", "file/a"):
                with self.subTest(flag=flag, path=path):
                    # Training would take so long that it cannot have run before the refusal.
                    self.assert_refused(1, "train", *LONG, flag, path, says=["cannot write", path])
        self.assertEqual((self.folder / "file").read_text(), "kept")
        self.assert_files("file", "folder")

    def test_the_second_path_is_checked_before_training_too(self):
        self.need_result_files()
        self.assert_refused(1, "train", *LONG, "--out", "a.h5", "--csv", "missing/a", says=["missing/a"])
        self.assert_refused(2, "train", *LONG, "--out", "a", "--csv", "a", says=["--csv", "--out"])
        self.assert_files()

    def test_one_file_for_two_outputs_is_refused_however_it_is_spelled(self):
        self.need_result_files()
        (self.folder / "near").symlink_to(".")
        (self.folder / "link").symlink_to("a")
        for out, csv in (("a", "./a"), ("a", self.folder / "a"), ("a", "near/a"), ("link", "a"), ("a", "link")):
            with self.subTest(out=out, csv=csv):
                self.assert_refused(2, "train", *LONG, "--out", out, "--csv", csv, says=["--csv: ", "--out"])
        self.assert_files("near", "link")

    def test_a_result_file_that_fails_takes_nothing_else_with_it(self):
        self.need_result_files()
        (self.folder / "a.h5").write_text("old")
        result = self.run_command("train", *SMALL, "--out", "a.h5", "--csv", "a.csv", preexec_fn=limit_files(1000))
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"\Agumbelcuda: error: cannot write a.h5: it would be larger [^\n]+\n\Z")
        self.assertIn("converged", result.stdout)
        self.assertEqual((self.folder / "a.h5").read_text(), "old")
        self.assertEqual(len((self.folder / "a.csv").read_text().splitlines()), 5)
        self.assert_files("a.csv", "a.h5")

    def test_a_file_beyond_the_limit_is_an_error_and_leaves_nothing(self):
        result = self.run_command("train", *SMALL, "--csv", "a.csv", "--quiet", preexec_fn=limit_files(50))
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"\Agumbelcuda: error: cannot write a.csv: it would be larger [^\n]+\n\Z")
        self.assert_files()

    def test_an_existing_file_is_replaced_in_one_step(self):
        old = self.folder / "a.csv"
        old.write_text("old")
        with old.open() as reader:  # reads the old text as long as that file was not written over
            self.train(*SMALL, "--csv", "a.csv")
            self.assertEqual(reader.read(), "old")
        self.assertTrue(old.read_text().startswith("gan,p0"))
        self.assert_files("a.csv")

    def test_a_build_without_hdf5_says_so(self):
        if self.info()["result_file"]:
            self.skipTest("this build has HDF5")
        self.assert_refused(2, "train", *LONG, "--out", "a.h5", says=["--out: ", "HDF5", "--csv"])

    def test_standard_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([COMMAND, "train", *SMALL], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, "gumbelcuda: error: cannot write standard output: No space left on device\n")

    def test_a_reader_of_standard_output_that_has_seen_enough_ends_it_in_silence(self):
        for ignored, code, says in ((signal.SIG_DFL, -signal.SIGPIPE, ""), (signal.SIG_IGN, 1, "Broken pipe")):
            reader, closed = os.pipe()
            os.close(reader)
            with open(closed, "w") as nobody:
                result = subprocess.run([COMMAND, "info"], stdout=nobody, stderr=subprocess.PIPE, text=True, timeout=60,
                                        preexec_fn=lambda: signal.signal(signal.SIGPIPE, ignored))
            self.assertEqual(result.returncode, code)
            self.assertIn(says, result.stderr)


class Divergence(CommandTest):
    """At learning rates near the largest float, every logit becomes NaN in the first epoch."""

    def diverge(self, rates, *arguments, **options):
        rates = ",".join(rates)
        return self.run_command("train", "--gans", rates.count(",") + 1, "--epochs", 2, "--learning-rate", rates,
                                *arguments, **options)

    def test_some_are_a_warning_even_when_quiet(self):
        for gans, said in ((["1e-3", "1e38", "1e-3"], "1 of 3 GANs"), (["1e38", "1e38", "1e-3"], "2 of 3 GANs")):
            for how in ([], ["--quiet"], ["--json"]):
                with self.subTest(said=said, how=how):
                    result = self.diverge(gans, *how, "--csv", "a.csv")
                    self.assertEqual(result.returncode, 0)
                    self.assertEqual(result.stderr, f"gumbelcuda: warning: {said} diverged: probabilities are not "
                                                    "finite; a smaller --learning-rate may help\n")
                    self.assertEqual(bool(result.stdout), how != ["--quiet"])
                    self.assertEqual((self.folder / "a.csv").read_text().count("nan,nan,nan,nan,nan"), int(said[0]))

    def test_all_are_a_failure_with_its_own_code_and_the_results_are_written(self):
        outputs = ["--csv", "a.csv"] + (["--out", "a.h5"] if self.info()["result_file"] else [])
        for gans, said in ((["1e38"], "the GAN"), (["1e38", "1e38"], "all 2 GANs")):
            for how in (["--quiet"], ["--json"]):
                with self.subTest(said=said, how=how):
                    result = self.diverge(gans, *outputs, *how)
                    self.assertEqual(result.returncode, 5)
                    self.assertEqual(result.stderr, f"gumbelcuda: error: {said} diverged: probabilities are not finite; "
                                                    "a smaller --learning-rate may help\n")
                    self.assertEqual(bool(result.stdout), how == ["--json"])
                    if result.stdout:
                        report = json.loads(result.stdout)
                        self.assertEqual((report["diverged"], report["mean"]), (len(gans), [None] * 5))
                    self.assertEqual((self.folder / "a.csv").read_text().count("\n"), 1 + len(gans))
                    self.assert_files(*sorted(outputs[1::2]))

    def test_a_file_that_fails_is_the_graver_news(self):
        result = self.diverge(["1e38", "1e38"], "--csv", "a.csv", preexec_fn=limit_files(20))
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"\Agumbelcuda: warning: all 2 GANs diverged: [^\n]+\n"
                                        r"gumbelcuda: error: cannot write a.csv: [^\n]+\n\Z")

    def test_standard_error_that_nobody_reads_changes_nothing(self):
        reader, closed = os.pipe()
        os.close(reader)
        with open("/dev/full", "w") as full, open(closed, "w") as nobody:
            for stderr in (full, nobody):
                for arguments, code in ((["train", "--gans", 0], 2), (["train", *SMALL, "--learning-rate", "1e38"], 5)):
                    process = subprocess.run([COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=stderr,
                                             timeout=60)
                    self.assertEqual(process.returncode, code)


class Info(CommandTest):
    def test_threads_are_the_processors_that_the_process_may_use(self):
        one = {min(os.sched_getaffinity(0))}
        result = self.run_command("info", "--json", preexec_fn=lambda: os.sched_setaffinity(0, one))
        self.assertEqual(json.loads(result.stdout)["cpu"]["threads"], 1)

    def test_info_says_what_is_there(self):
        info = self.info()
        self.assertEqual(info["noise_stream_version"], 1)
        self.assertIn(info["cpu"]["default_target"], info["cpu"]["targets"])
        self.assertEqual(info["cpu"]["targets"][-1], "scalar")
        self.assertEqual(info["default_backend"], "cuda" if info["cuda"]["devices"] else "cpu")
        text = self.run_command("info").stdout
        for word in ("gumbelcuda", info["version"], "noise stream", "cuda", *info["cpu"]["targets"]):
            self.assertIn(word, text)


if __name__ == "__main__":
    unittest.main()
