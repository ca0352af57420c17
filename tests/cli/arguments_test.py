# SPDX-License-Identifier: Apache-2.0
"""Invalid arguments of every kind: exit code 2 (4 for a device), and one line that names the flag, the value and the
range."""
import os
import re
import unittest

from command import SANITIZED, SMALL, CommandTest, limit_memory


SUBCOMMANDS = ("train", "plot", "info", "selftest")


class Arguments(CommandTest):
    def assert_bad(self, *arguments, says):
        """Also checks that a run which had files to write leaves nothing behind."""
        self.assert_refused(2, "train", *arguments, "--csv", "never.csv", says=says)
        self.assert_files()

    def test_probabilities(self):
        for value, problem in (("0.5,-0.5,1", "-0.5"), ("nan,1", "nan"), ("inf,0", "inf"), ("1.5,-0.5", "1.5")):
            with self.subTest(value):
                self.assert_bad("--probs", value, says=["--probs: ", problem, "0 … 1"])
        self.assert_bad("--probs=-.5,1.5", says=["--probs: ", "-0.5"])
        self.assert_bad("--probs", "0.5,0.4", says=["--probs: ", "sum to 0.9", "not to 1"])
        self.assert_bad("--probs", "1", says=["--probs: 1 prob", "2 … 1024"])
        self.assert_bad("--probs", ",".join(["0"] * 1024 + ["1"]), says=["--probs: 1025 prob", "2 … 1024"])
        for value in ("0.5,,0.5", "0.5,0.5,", "a,b", "0.5;0.5", "0x1,0"):
            with self.subTest(value):
                self.assert_bad("--probs", value, says=["--probs: ", "2 … 1024"])

    def test_most_and_fewest_probabilities_are_taken(self):
        self.train(*SMALL, "--quiet", "--probs", ",".join(["0"] * 1023 + ["1"]))
        self.train(*SMALL, "--quiet", "--probs", "0.25,0.75")

    def test_counts(self):
        ranges = {"--gans": "1 or more", "--epochs": "1 … 1099511627776", "--steps-per-epoch": "1 … 1099511627776",
                  "--batch-size": "1 … 4096", "--generator-steps": "1 … 1000"}
        for flag, allowed in ranges.items():
            with self.subTest(flag):
                self.assert_bad(flag, "0", says=[f"{flag}: 0 is not", allowed])
                said = allowed if flag in ("--gans", "--batch-size", "--generator-steps") else "1 "
                for value in ("-1", "1.5", "1e3", "many", "", " 1", "+1", "99999999999999999999"):
                    self.assert_bad(f"{flag}={value}" if value else flag, *([] if value else [""]),
                                    says=[f"{flag}: ", value, said] if value else [f"{flag}: "])
        for flag, value in (("--batch-size", "4097"), ("--generator-steps", "1001")):
            self.assert_bad(flag, value, says=[f"{flag}: {value} is not in", ranges[flag]])

    def test_counts_whose_product_is_too_large(self):
        self.assert_bad("--epochs", 2**35, "--steps-per-epoch", 2**35, says=["--epochs: ", str(2**40)])
        self.assert_bad("--epochs", 2**62, "--steps-per-epoch", 2**62, says=["--epochs: ", str(2**40)])
        self.assert_bad("--first-gan", 2**64 - 1, says=["--first-gan: ", "2^64"])

    def test_more_memory_than_there_is(self):
        for gans in (10**12, 2**62, 2**64 - 1):
            with self.subTest(gans):
                says = ["--gans: ", f"{gans:,} GANs need ", "iB are free: ", " would fit"]
                self.assert_refused(2, "train", "--gans", gans, says=says)
        self.assert_files()

    def test_more_history_than_memory(self):
        self.need_result_files()
        self.assert_refused(2, "train", "--gans", 1000, "--epochs", 10**9, "--steps-per-epoch", 1, "--generator-steps",
                            1, "--history", "all", "--out", "never.h5", says=["--history: ", "TiB", "would fit"])
        self.assert_files()

    @unittest.skipIf(SANITIZED, "the address sanitizer needs the address space that this test takes away")
    def test_allocation_that_fails(self):
        self.assert_refused(1, "train", "--gans", 8_000_000, "--csv", "never.csv", preexec_fn=limit_memory(400 << 20),
                            says=["out of memory", "549.3 MiB", "fewer GANs"])
        self.assert_files()

    def test_temperature_and_learning_rates(self):
        for value in ("-1", "nan", "inf", "-0.001"):
            self.assert_bad(f"--temperature={value}", says=["--temperature: ", value, "0 or more"])
        for value in ("cold", "1e99", "0.1,", "0.1 0.2"):
            self.assert_bad("--temperature", value, says=["--temperature: ", "0 or more"])
        self.assert_bad("--gans", 3, "--temperature", "0.1,0.2", says=["--temperature: 2 values", "3 GANs"])
        for flag in ("--learning-rate", "--generator-learning-rate", "--discriminator-learning-rate"):
            for value in ("0", "-1", "nan", "inf"):
                self.assert_bad(f"{flag}={value}", says=[f"{flag}: ", value, "above 0"])

    def test_names(self):
        self.assert_bad("--backend", "tpu", says=["--backend: ", "tpu", "auto, cpu or cuda"])
        self.assert_bad("--cpu-target", "mmx", says=["--cpu-target: ", "mmx", *self.info()["cpu"]["targets"]])

    def test_rest(self):
        self.assert_bad("--threads", "-1", says=["--threads: -1", "4096"])
        self.assert_bad("--threads", "4097", says=["--threads: 4097", "4096"])
        self.assert_bad("--threads", "two", says=["--threads: 'two'", "4096"])
        self.assert_bad("--seed", "-1", says=["--seed: '-1'", "2^64"])
        self.assert_bad("--seed", 2**64, says=["--seed: ", "2^64"])
        self.assert_bad("--history", 1, says=["--history: ", "--out"])
        self.assert_bad("--tolerance", "1.5", says=["--tolerance: 1.5", "0 … 1"])
        self.assert_bad("--tolerance", "nan", says=["--tolerance: nan", "0 … 1"])
        self.assert_bad("--gans", 1, "--gans", 2, says=["--gans"])
        self.assert_bad("surplus", says=["surplus: there is no such argument (see gumbelcuda train --help)"])
        self.assert_refused(2, "train", "--gans", says=["--gans: a value is missing"])
        self.assert_refused(2, says=["train", "plot", "info"])

    def test_unknown_options_suggest_the_nearest(self):
        for given, meant in ((["--epoch", 3], "--epochs"), (["--epoch=3"], "--epochs"), (["--quite"], "--quiet"),
                             (["-gans", 5], "--gans"), (["--output", "a.h5"], "--out"), (["--hlep"], "--help"),
                             (["surplus", "--epoch", 3], "--epochs")):
            wrong = next(str(word) for word in given if str(word).startswith("-")).split("=")[0]
            self.assert_bad(*given, says=[f": {wrong}: there is no such option; did you mean {meant}? "
                                          "(see gumbelcuda train --help)\n"])
        self.assert_bad("--colour", "red", says=[": --colour: there is no such option (see gumbelcuda train --help)\n"])
        self.assert_bad("json", says=["json: there is no such argument; did you mean --json?"])
        for subcommand, wrong, meant in (("plot", "--spraed", "--spread"), ("info", "--jsno", "--json"),
                                         ("selftest", "--thread", "--threads")):
            arguments = ["a.h5"] if subcommand == "plot" else []
            self.assert_refused(2, subcommand, *arguments, wrong,
                                says=[f"{wrong}: ", f"did you mean {meant}?", f"(see gumbelcuda {subcommand} --help)"])

    def test_unknown_commands_suggest_the_nearest(self):
        for given, meant in (("trian", "train"), ("self-test", "selftest"), ("--verison", "--version")):
            self.assert_refused(2, given, says=[f"{given}: there is no such ", f"did you mean {meant}? (see gumbelcuda --"])
        self.assert_refused(2, "paint", says=["paint: there is no such command (see gumbelcuda --help)"])
        self.assert_refused(2, "--gans", 3, says=["--gans: there is no such option (see gumbelcuda --help)"])

    def test_history_of_more_gans_than_there_are(self):
        self.need_result_files()
        self.assert_refused(2, "train", *SMALL, "--history", 5, "--out", "never.h5", says=["--history: 5", "4 GANs"])
        self.assert_files()

    def assert_no_device(self, *arguments, says):
        self.assert_refused(4, "train", *SMALL, *arguments, "--csv", "never.csv", says=says)
        self.assert_files()

    def test_device_that_is_not_there(self):
        cuda = self.info()["cuda"]
        if cuda["devices"]:
            there = cuda["devices"][0]
            for backend in ("cuda", "auto"):
                self.assert_no_device("--backend", backend, "--device", "0,99",
                                      says=["--device: 99 ", f"{there['number']} ({there['name']})"])
            self.assert_bad("--device", "0,0", says=["--device: 0 is named twice"])
            return
        says = [cuda["problem"], "use the CPU backend"] + (["NVIDIA driver"] if cuda["built"] else [])
        for choice in (["--backend", "cuda"], ["--device", 0], ["--device", "all"], ["--backend", "cuda", "--device", 1]):
            with self.subTest(choice):
                self.assert_no_device(*choice, says=says)

    def test_devices(self):
        for value in ("zero", "0,", "1.5", "all,0"):
            self.assert_bad("--device", value, says=["--device: ", "numbers, or all"])
        self.assert_bad("--backend", "cpu", "--device", 0, says=["--device: 0 ", "CPU backend"])

    def test_values_in_other_spellings_are_taken(self):
        outputs = {self.train(*SMALL, "--csv", "a.csv", "--quiet", *spelling) + (self.folder / "a.csv").read_text()
                   for spelling in (["--temperature", "0.5"], ["--temperature=.5"], ["--temperature", "5e-1"],
                                    ["--temperature", "0.5,0.5,0.5,0.5"], ["--temperature", "0.5", "--seed", "042"])}
        self.assertEqual(len(outputs), 1)


class Help(CommandTest):
    def test_help_names_every_option_with_its_default_under_a_heading(self):
        result = self.run_command("train", "--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        headings = re.findall(r"^(\w+):$", result.stdout, re.MULTILINE)
        for heading in ("Model", "Training", "Execution", "Output"):
            self.assertIn(heading, headings)
        for flag in ("gans probs epochs steps-per-epoch batch-size generator-steps learning-rate temperature seed "
                     "first-gan backend device threads cpu-target history tolerance out csv json quiet").split():
            self.assertRegex(result.stdout, rf"(?m)^  --{flag}\b")
        for default in ("0,0,0.1,0.3,0.6", "(default 200)", "(default 100)", "(default 10)", "(default 0.0007)",
                        "(default 0.001)", "1 … 4096", "1 … 1000"):
            self.assertIn(default, re.sub(r"\s+", " ", result.stdout))

    def help_at(self, columns, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
        if columns is not None:
            environment["COLUMNS"] = str(columns)
        return self.run_command(*arguments, "--help", env=environment).stdout

    def test_no_line_of_help_is_longer_than_the_terminal(self):
        for subcommand in ([], *([name] for name in SUBCOMMANDS)):
            for columns in (None, 300, 100, 99, 80, 74, 73, 60, 40):
                with self.subTest(subcommand=subcommand, columns=columns):
                    text = self.help_at(columns, *subcommand)
                    longest = max(text.splitlines(), key=len)
                    self.assertLessEqual(len(longest), min(columns or 100, 100), longest)
                    # The same words at any width.
                    self.assertEqual(text.replace("\\\n", "").split(), self.help_at(None, *subcommand).split())

    def test_help_and_version_succeed(self):
        for arguments in (["--help"], ["-h"], ["plot", "--help"], ["info", "--help"], ["train", "--gans", "x", "-h"]):
            result = self.run_command(*arguments)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("Usage: gumbelcuda", result.stdout)
        self.assertRegex(self.run_command("--version").stdout, r"\Agumbelcuda \d+\.\d+\.\d+\n\Z")


if __name__ == "__main__":
    unittest.main()
