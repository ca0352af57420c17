# SPDX-License-Identifier: Apache-2.0
"""Progress on a terminal: one line, rewritten in place, cleared at the end. parts_test.cpp tests progress elsewhere."""
import re
import signal
import unittest

from command import LONG, SMALL, CommandTest, screen, without_progress

# Takes about a second on one core without SIMD, so that there is progress to report on any machine.
SECOND = ["--gans", "8", "--epochs", "20", "--cpu-target", "scalar", "--threads", "1"]


class Terminal(CommandTest):
    def test_progress_is_shown_and_cleared(self):
        code, output, shown = self.train_on_terminal(*SECOND)
        self.assertEqual(code, 0)
        self.assertRegex(shown, r"\r +\d+ %  \d/8 GANs  \S+ GANs/s  \d+:\d\d left")
        self.assertEqual(screen(shown), [""])
        self.assertIn("GANs/s", output)

    def test_percentages_only_grow(self):
        shown = self.train_on_terminal(*SECOND)[2]
        parts = [int(part) for part in re.findall(r"(\d+) %", shown)]
        self.assertEqual(parts, sorted(parts))
        self.assertLessEqual(parts[-1], 100)

    def test_no_colours_and_no_escape_sequences(self):
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "xterm-256color"}):
            shown = self.train_on_terminal(*SECOND, **environment)[2]
            self.assertIn("%", shown)
            self.assertNotIn("\x1b", shown)

    def test_a_narrow_terminal_is_not_wrapped(self):
        shown = self.train_on_terminal(*SECOND, columns=20)[2]
        self.assertTrue(all(len(line) < 20 for line in shown.split("\r")), repr(shown))

    def test_quiet_is_quiet(self):
        self.assertEqual(self.train_on_terminal(*SECOND, "--quiet"), (0, "", ""))

    def test_the_line_is_cleared_before_an_error(self):
        code, _, shown = self.train_on_terminal(*LONG, signals=[signal.SIGINT])
        self.assertEqual(code, 130)
        self.assertEqual(screen(shown), ["gumbelcuda: interrupted: nothing was written", ""])

    def test_json_stays_clean_with_progress_beside_it(self):
        code, output, shown = self.train_on_terminal(*SECOND, "--json")
        self.assertEqual((code, output[0], output[-2:]), (0, "{", "}\n"))
        self.assertIn("%", shown)

    def test_a_log_gets_whole_lines_or_none(self):
        result = self.run_command("train", *SECOND)
        self.assertEqual((result.returncode, without_progress(result.stderr)), (0, ""))

    def test_a_run_too_short_to_report_shows_nothing_in_the_end(self):
        self.assertEqual(screen(self.train_on_terminal(*SMALL)[2]), [""])


if __name__ == "__main__":
    unittest.main()
