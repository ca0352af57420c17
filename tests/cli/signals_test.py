# SPDX-License-Identifier: Apache-2.0
"""SIGHUP, Ctrl-C, SIGTERM end even a long training, with the signal's exit code, and leave no file and no temporary
file."""
import contextlib
import os
import pty
import signal
import subprocess
import unittest

from command import COMMAND, LONG, STOP_SIGNALS, CommandTest, ignore_signals, screen


class Signals(CommandTest):
    def assert_stops(self, number, *arguments):
        code, output, shown = self.train_on_terminal(*arguments, signals=[number])
        self.assertEqual((code, output), (128 + number, ""), shown)
        self.assertEqual(screen(shown), ["gumbelcuda: interrupted: nothing was written", ""])

    def test_each_stops_a_fleet(self):
        for number in STOP_SIGNALS:
            with self.subTest(number=number):
                self.assert_stops(number, *LONG, "--csv", "new.csv", "--json")
        self.assert_files()

    def test_existing_files_stay_as_they_were(self):
        outputs = ["--csv", "old.csv"]
        if self.info()["result_file"]:
            outputs += ["--out", "old.h5", "--history", 10]
        names = [name for name in outputs[1::2] if "." in str(name)]
        for name in names:
            (self.folder / name).write_text("old")
        self.assert_stops(signal.SIGTERM, *LONG, *outputs)
        self.assert_files(*names)
        for name in names:
            self.assertEqual((self.folder / name).read_text(), "old")

    def test_a_signal_while_files_are_written_leaves_no_part_of_one(self):
        self.need_result_files()
        # Seconds of training give a history of 100 MB.
        arguments = ["--gans", 50, "--probs", ",".join(["0.001953125"] * 512), "--epochs", 1000, "--steps-per-epoch", 1,
                     "--generator-steps", 1, "--batch-size", 1, "--history", "all", "--out", "a.h5", "--quiet"]
        for numbers in ([signal.SIGINT], [signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT] * 2):
            with self.subTest(numbers=numbers):
                code = self.run_until_something_is_written(arguments, numbers)
                files = os.listdir(self.folder)
                self.assertIn((code, files), [(128 + numbers[0], []), (0, ["a.h5"])])
                if files:
                    self.assertEqual(self.run_command("plot", "a.h5", "--gan", 99, "-o", "a.png").returncode, 2)
                    (self.folder / "a.h5").unlink()

    def run_until_something_is_written(self, arguments, numbers):
        """Sends the signals once a temporary file, which may have no name, has bytes in it. Returns the exit code."""
        process = subprocess.Popen([COMMAND, "train", *map(str, arguments)], stderr=subprocess.DEVNULL, cwd=self.folder,
                                   preexec_fn=lambda: ignore_signals([]))
        while process.poll() is None:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                opened = [entry for entry in os.scandir(f"/proc/{process.pid}/fd")
                          if os.readlink(entry.path).startswith(os.path.realpath(self.folder))]
                if any(entry.stat().st_size > 0 for entry in opened):
                    for number in numbers:
                        process.send_signal(number)
                    break
        return process.wait()

    def test_one_gan_stops_too(self):
        self.assert_stops(signal.SIGINT, "--gans", 1, "--epochs", 10**7)

    def test_a_step_of_the_largest_gans_stops_too(self):
        # One step takes minutes: 500 updates of 32 GANs, each with 4096 samples and 512 classes.
        large = ["--probs", ",".join(["0.001953125"] * 512), "--batch-size", 4096, "--generator-steps", 500]
        for temperature in ("0.001", "0.5"):
            self.assert_stops(signal.SIGINT, "--gans", 64, "--temperature", temperature, *large)

    def test_a_signal_that_the_caller_ignores_is_ignored(self):
        for ignored in (signal.SIGINT, signal.SIGHUP):  # as in the background, and under nohup
            outcome = self.train_on_terminal(*LONG, signals=[ignored, signal.SIGTERM], ignored=[ignored])
            self.assertEqual(outcome[0], 128 + signal.SIGTERM)

    def test_a_terminal_that_goes_away_leaves_no_part_of_a_file(self):
        pid, master = pty.fork()  # the child leads a session on its own terminal
        if pid == 0:
            try:
                ignore_signals([])
                os.chdir(self.folder)
                os.execv(COMMAND, [COMMAND, "train", *LONG, "--csv", "a.csv"])
            finally:
                os._exit(1)
        shown = b""
        while b"%" not in shown:
            shown = os.read(master, 65536)
        os.close(master)  # the kernel sends SIGHUP
        status = os.waitpid(pid, 0)[1]
        self.assertEqual((os.WIFEXITED(status), os.WEXITSTATUS(status)), (True, 129))
        self.assert_files()


if __name__ == "__main__":
    unittest.main()
