# SPDX-License-Identifier: Apache-2.0
"""Shared parts of the tests of gumbelcuda plot: a Python that can draw, found as the command finds it, and pictures."""
import pathlib
import struct
import subprocess

from command import CommandTest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "host" / "cli"


def can_draw(*python):
    try:
        return subprocess.run([*python, "-B", SCRIPTS / "plot_start.py"], capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


PYTHON = next((python for python in (["python3"], ["/usr/bin/python3", "-E"]) if can_draw(*python)), None)


class DrawingTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.need_result_files()
        if PYTHON is None:
            self.skipTest("no python3 here has h5py and matplotlib (Debian: python3-h5py python3-matplotlib)")

    def assert_picture(self, name):
        data = (self.folder / name).read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", data[16:24])
        self.assertGreater(min(width, height), 300)

    def plot(self, *arguments, says="", **options):
        """A run that must succeed and print exactly this on standard error."""
        result = self.run_command("plot", *arguments, **options)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", says))

    def run_python(self, program):
        """Runs a program that can import the scripts' modules, and returns its output. It must print nothing on
        standard error, so a failed assertion is noticed."""
        head = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r})\n"
        result = subprocess.run([*PYTHON, "-B", "-c", head + program], cwd=self.folder, capture_output=True, text=True,
                                timeout=60)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout
