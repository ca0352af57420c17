# SPDX-License-Identifier: Apache-2.0
"""Runs with a log, for log_test.py and metrics_test.py."""
import json
import os
import subprocess

from command import COMMAND, CommandTest, ignore_signals, without_progress
from page_test import PAGE, sections_of

# The page about both.
LOGS = sections_of(PAGE.read_text(encoding="utf-8"))["Logs and metrics"]
# A third of a second on one thread, so that there are several lines about the progress.
GANS, EPOCHS = 5000, 2
RUN = ["train", "--gans", GANS, "--epochs", EPOCHS, "--steps-per-epoch", 50, "--threads", 1, "--quiet"]
OFTEN = ["--log-interval", .1, "--checkpoint-interval", .1]


class LogTest(CommandTest):
    def lines(self, name="log"):
        """The lines of the log, each of which must be a whole one."""
        text = (self.folder / name).read_text(encoding="utf-8")
        self.assertTrue(text.endswith("\n"))
        lines = [json.loads(line) for line in text.splitlines()]
        for line in lines:
            self.assertEqual(list(line)[:4], ["time", "event", "host", "pid"])
            self.assertRegex(line["time"], r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")
        return lines

    def events(self, name="log"):
        return [line["event"] for line in self.lines(name)]

    def start(self, *arguments, **options):
        process = subprocess.Popen([COMMAND, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, cwd=self.folder,
                                   preexec_fn=lambda: ignore_signals([]), **options)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def start_with_log_in_pipe(self, *arguments):
        """A process, and its log as lines that can be waited for."""
        reader, writer = os.pipe()
        process = self.start(*arguments, "--log-file", f"/dev/fd/{writer}", pass_fds=[writer])
        os.close(writer)
        log = os.fdopen(reader, encoding="utf-8")
        self.addCleanup(log.close)
        return process, (json.loads(line) for line in log)

    def succeed(self, *arguments, **options):
        result = self.run_command(*arguments, **options)
        self.assertEqual((result.returncode, without_progress(result.stderr)), (0, ""))
        return result.stdout
