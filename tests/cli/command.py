# SPDX-License-Identifier: Apache-2.0
"""Runs the command for the tests in this folder. Uses the standard library only: the tests run wherever the command
builds."""
import fcntl
import json
import os
import pathlib
import pty
import re
import resource
import signal
import struct
import subprocess
import tempfile
import termios
import unittest

COMMAND = os.environ.get("GUMBELCUDA_COMMAND")
if not COMMAND:
    raise SystemExit("GUMBELCUDA_COMMAND must name the program to test")
SANITIZED = os.environ.get("GUMBELCUDA_SANITIZED") == "1"

STOP_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)

# Trains for milliseconds.
SMALL = ["--gans", "4", "--epochs", "2", "--steps-per-epoch", "3"]
# Trains for minutes, on any machine.
LONG = ["--gans", "100000"]


def limit_memory(size):
    """For preexec_fn: the process can map at most this many bytes, besides the program, which kernels make large."""
    all_of_it = size + os.path.getsize(COMMAND)
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (all_of_it, all_of_it))


def limit_files(size):
    """For preexec_fn: no file can grow beyond this. Restores SIGXFSZ, as a shell's child has it; Python ignores it."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def ignore_signals(ignored):
    """For preexec_fn: ignores exactly these signals. A test in the background inherits an ignored SIGINT, as would its
    children."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)


def without_progress(log):
    """The standard error of a run, without the progress lines that appear on a slow machine every ten seconds."""
    return re.sub(r"(?m)^gumbelcuda: \d+(?: %|/\d+)  [^\n]*\n", "", log)


def screen(stream):
    """The lines that a terminal finally shows after this stream."""
    lines, column = [""], 0
    for char in stream:
        if char == "\r":
            column = 0
        elif char == "\n":
            lines.append("")
        else:
            lines[-1] = lines[-1][:column].ljust(column) + char + lines[-1][column + 1:]
            column += 1
    return [line.rstrip() for line in lines]


class CommandTest(unittest.TestCase):
    """Each test has its own folder, self.folder, and must state which files it leaves there."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def run_command(self, *arguments, **options):
        return subprocess.run([COMMAND, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120, cwd=self.folder, **options)

    def train(self, *arguments, **options):
        """A run that must succeed and print nothing on standard error, which is not a terminal here."""
        result = self.run_command("train", *arguments, **options)
        self.assertEqual((result.returncode, without_progress(result.stderr)), (0, ""))
        return result.stdout

    def train_on_terminal(self, *arguments, **options):
        return self.run_on_terminal("train", *arguments, **options)

    def run_on_terminal(self, *arguments, columns=80, signals=(), ignored=(), **environment):
        """A run whose standard error is a terminal. Returns its exit code, its standard output, and all that the
        terminal received. Each of `signals` is sent after (further) progress was shown, so that training is under
        way on any machine."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = subprocess.Popen([COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=slave,
                                   cwd=self.folder, env={**os.environ, **environment}, preexec_fn=lambda: ignore_signals(ignored))
        os.close(slave)
        received, signals = b"", list(signals)
        try:
            while True:
                try:
                    part = os.read(master, 65536)
                except OSError:  # the other end is closed
                    break
                received += part
                if signals and b"%" in part:
                    process.send_signal(signals.pop(0))
            output = process.communicate()[0].decode()
        finally:
            process.kill()
            os.close(master)
        self.assertEqual(signals, [], "the run ended before it could be interrupted")
        return process.returncode, output, received.decode()

    def assert_refused(self, code, *arguments, says=(), **options):
        """A run that must fail with this code, and with one line on standard error that contains these texts."""
        result = self.run_command(*arguments, **options)
        self.assertEqual((result.returncode, result.stdout), (code, ""), result.stderr)
        self.assertRegex(result.stderr, r"\Agumbelcuda: error: [^\n]+\n\Z")
        for text in says:
            self.assertIn(text, result.stderr)

    def assert_files(self, *names):
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(names))

    def info(self):
        return json.loads(self.run_command("info", "--json").stdout)

    def need_result_files(self):
        if not self.info()["result_file"]:
            self.skipTest("this build has no HDF5, so no result files")
