# SPDX-License-Identifier: Apache-2.0
"""gumbelcuda selftest: its report in both forms, its exit codes, its progress. tests/selftest/ tests that it finds
faults."""
import json
import re
import unittest

from command import SANITIZED, STOP_SIGNALS, CommandTest, screen, without_progress


class Selftest(CommandTest):
    @unittest.skipIf(SANITIZED, "takes minutes under the sanitizers; tests/selftest/ runs every check there, smaller")
    def test_the_library_passes(self):
        result = self.run_command("selftest", "--json")
        self.assertEqual((result.returncode, without_progress(result.stderr)), (0, ""), result.stdout)
        report = json.loads(result.stdout)
        self.assertEqual((report["passed"], report["seed"], report["long"]), (True, 42, False))
        self.assertEqual(report["backend"], self.info()["default_backend"])
        self.assertLessEqual(report["false_alarm"], 1e-6)
        self.assertAlmostEqual(report["false_alarm"], sum(check["false_alarm"] for check in report["checks"]), 15)
        names = [check["name"] for check in report["checks"]]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(names), 30)
        for check in report["checks"]:
            self.assertTrue(check["passed"], check)
            self.assertGreater(check["samples"], 0)
            self.assertTrue(check["least"] is None or check["least"] <= check["value"], check)
            self.assertLessEqual(check["value"], check["most"])
            self.assertNotIn("meaning", check)

    def test_only_the_recorded_bytes(self):
        report = json.loads(self.run_command("selftest", "--recorded", "--backend", "cpu", "--json").stdout)
        self.assertEqual([check["name"] for check in report["checks"]],
                         ["golden values: noise", "golden values: every operation"])
        self.assertTrue(report["passed"])

    def test_bad_arguments(self):
        for arguments, says in ((["--threads", "4097"], ["--threads: 4097", "4096"]),
                                (["--backend", "tpu"], ["--backend: ", "tpu", "auto, cpu or cuda"]),
                                (["--seed", "-1"], ["--seed: '-1'"]),
                                (["--recorded", "--long"], ["--long", "--recorded"]), (["--gans", 1], ["--gans"]), (["x"], ["x"])):
            with self.subTest(arguments):
                self.assert_refused(2, "selftest", *arguments, says=says)

    def test_no_device(self):
        cuda = self.info()["cuda"]
        if cuda["devices"]:
            self.skipTest("this machine has one")
        self.assert_refused(4, "selftest", "--backend", "cuda", says=[cuda["problem"]])

    def test_help(self):
        text = self.run_command("selftest", "--help").stdout
        for flag in "backend threads seed long recorded json".split():
            self.assertRegex(text, rf"(?m)^  --{flag}\b")

    def test_a_signal_stops_it_and_lines_printed_before_stay(self):
        for number in STOP_SIGNALS:
            code, output, shown = self.run_on_terminal("selftest", "--long", signals=[number])
            self.assertEqual(code, 128 + number, shown)
            self.assertEqual(screen(shown), ["gumbelcuda: interrupted: nothing was written", ""])
            self.assertRegex(output, r"\Acheck +N  statistic")
            self.assertRegex(re.sub("\x1b", "ESC", shown), r"\r *\d+/\d+  [a-z ]+ \d+ %")


if __name__ == "__main__":
    unittest.main()
