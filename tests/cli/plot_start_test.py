# SPDX-License-Identifier: Apache-2.0
"""How gumbelcuda plot starts and ends: no environment changes its pictures, and any error is one line."""
import os
import shlex
import signal
import subprocess
import unittest

from command import SMALL
from drawing import PYTHON, SCRIPTS, DrawingTest, can_draw

STOP_SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
NOTHING = "gumbelcuda: interrupted: nothing was written\n"
SYSTEM_DRAWS = can_draw("/usr/bin/python3", "-E")

# In the process that draws, but not in the probe: a signal before our code runs, or when a certain module is imported.
SITECUSTOMIZE = """
import os, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == os.environ["MOMENT"]:
            os.kill(os.getpid(), int(os.environ["NUMBER"]))
if b"/plot.py" in open("/proc/self/cmdline", "rb").read():
    Interrupting().find_spec("startup")
    sys.meta_path.insert(0, Interrupting())
"""


def hear_signals():
    """For preexec_fn: a test in the background has some of these signals ignored, and its children inherit that."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)


class StartingTest(DrawingTest):
    def setUp(self):
        super().setUp()
        self.train(*SMALL, "--out", "a.h5", "--history", "all", "--quiet")

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def executable(self):
        return subprocess.check_output([*PYTHON, "-c", "import sys; print(sys.executable)"], text=True).strip()

    def first_python(self, script):
        """An environment whose python3 is this shell script, in which $PYTHON names a Python that can draw."""
        path = self.write("bin/python3", f"#!/bin/sh\nPYTHON={shlex.quote(self.executable())}\n{script}\n")
        path.chmod(0o755)
        return {**os.environ, "PATH": f"{path.parent}:{os.environ['PATH']}"}

    def picture(self, **options):
        (self.folder / "map.png").unlink(missing_ok=True)
        self.plot("a.h5", "-o", "map.png", **options)
        return (self.folder / "map.png").read_bytes()


class Starting(StartingTest):
    def test_no_environment_changes_a_picture(self):
        plain = self.picture()
        usetex, broken = "text.usetex: True\nfont.size: 30\n", b"\xff\xfe"
        self.write("config/matplotlib/matplotlibrc", usetex)
        self.write("config/matplotlib/stylelib/broken.mplstyle", broken)
        self.write("broken/matplotlibrc", broken)
        for changed in ({"MPLBACKEND": "module://matplotlib_inline.backend_inline"}, {"MPLBACKEND": "no such one"},
                        {"XDG_CONFIG_HOME": str(self.folder / "config")}, {"MATPLOTLIBRC": str(self.folder / "broken")},
                        {"HOME": "/proc/none", "XDG_CONFIG_HOME": "/proc/none", "PYTHONWARNINGS": "error"}):
            with self.subTest(**changed):
                self.assertEqual(self.picture(env={**os.environ, **changed}), plain)
        self.write("matplotlibrc", usetex)
        self.assertEqual(self.picture(), plain, "with a matplotlibrc in the working directory")

    def test_a_working_directory_that_is_gone(self):
        gone = self.folder / "gone"
        gone.mkdir()
        self.plot(self.folder / "a.h5", "-o", self.folder / "map.png",
                  preexec_fn=lambda: (os.chdir(gone), os.rmdir(gone)))
        self.assert_picture("map.png")

    def test_folders_in_the_working_directory_are_no_packages(self):
        for package in ("h5py", "matplotlib"):
            self.write(f"{package}/data.txt", "")
        if SYSTEM_DRAWS:  # a first Python without packages must not be taken for one with them
            self.picture(env=self.first_python('exec "$PYTHON" -S "$@"'))
        for package in ("h5py", "matplotlib"):
            self.write(f"{package}/__init__.py", "raise RuntimeError('not the package')")
        self.picture()
        colon = subprocess.run([self.executable(), "-B", SCRIPTS / "plot_start.py"], cwd=self.folder,
                               env={**os.environ, "PYTHONPATH": ":"}, capture_output=True, text=True)
        self.assertEqual((colon.returncode, colon.stdout, colon.stderr), (0, "", ""))

    @unittest.skipUnless(SYSTEM_DRAWS, "/usr/bin/python3 lacks h5py or matplotlib")
    def test_the_first_python_may_be_unable_to_draw(self):
        bad = self.write("bad/h5py.py", "raise ValueError('numpy.dtype size changed')").parent
        for script in ("exit 2", "kill -SEGV $$", f'PYTHONPATH={bad} exec "$PYTHON" "$@"', 'exec "$PYTHON" -S "$@"'):
            with self.subTest(script):
                self.picture(env=self.first_python(script))
        with self.subTest("packages of the environment"):
            self.picture(env={**os.environ, "PYTHONPATH": str(bad)})

    def test_what_keeps_a_python_from_drawing_is_one_line(self):
        self.write("h5py.py", "import os\nprint('much')\nos.write(2, b'more')\nraise ValueError('size\\nchanged')")
        for name, code in (("plot_start", "1"), ("__main__", "9")):  # as an imported module, and as the probe
            printed = self.run_python(f"""
import contextlib, io, runpy
sys.path.insert(0, {str(self.folder)!r})
with contextlib.redirect_stderr(sys.stdout):
    try:
        runpy.run_module("plot_start", run_name={name!r})
    except SystemExit as exit:
        print(exit.code)
""")
            self.assertRegex(printed, r"\Amuch\ngumbelcuda: error: plot needs h5py and matplotlib \(.*\): "
                                      rf"ValueError: size changed\n{code}\n\Z")


class Ending(StartingTest):
    def test_a_signal_while_it_starts(self):
        self.write("site/sitecustomize.py", SITECUSTOMIZE)
        env = self.first_python(f'PYTHONPATH={self.folder / "site"} exec "$PYTHON" "$@"')
        # C code of numpy imports datetime, and takes any exception there as a sign of a broken numpy.
        moments = [("startup", number) for number in STOP_SIGNALS]
        moments += zip(("plot_start", "h5py", "datetime", "matplotlib.figure"), STOP_SIGNALS * 2)
        for moment, number in moments:
            with self.subTest(moment=moment, number=number):
                result = self.run_command("plot", "a.h5", "-o", "map.png", preexec_fn=hear_signals,
                                          env={**env, "MOMENT": moment, "NUMBER": str(int(number))})
                self.assertEqual((result.returncode, result.stdout, result.stderr), (128 + number, "", NOTHING))
        self.assert_files("a.h5", "bin", "site")

    def outcome(self, replacement, *names):
        """The script's output and return value, run after the lines of `replacement`, with a picture for each name."""
        printed = self.run_python(f"""
import contextlib, os, signal
import plot
{replacement}
flags = zip(("--heat-map=", "--spread="), {names!r})
sys.argv[1:] = ["--input=a.h5", *(flag + name for flag, name in flags)]
with contextlib.redirect_stderr(sys.stdout):
    print(plot.main())
""")
        return printed.removeprefix("gumbelcuda: ").split("\n")[:-1]

    def test_every_exception_is_one_line(self):
        for error, said in (("ValueError('two\\nlines')", "cannot draw a.h5: ValueError: two lines"),
                            ("RecursionError", "cannot draw a.h5: RecursionError"), ("MemoryError", "out of memory"),
                            ("OSError('no font')", "cannot draw a.h5: OSError: no font")):
            with self.subTest(error):
                lines = self.outcome(f"def rendered(*_): raise {error}\nplot.rendered = rendered", "a.png", "b.png")
                self.assertEqual((lines[0].rstrip(": "), lines[1:]), (f"error: {said}", ["1"]))
        lines = self.outcome("def blocks(_): raise OSError('cannot read')\nplot.blocks = blocks", "a.png")
        self.assertEqual(lines, ["error: a.h5 is damaged: cannot read", "3"])
        self.assert_files("a.h5")

    def test_a_signal_while_it_writes(self):
        """A signal before a picture is in place, and after; in the second case, only the last picture completes the
        work."""
        kill = "os.kill(os.getpid(), signal.SIGTERM)"
        before = f"""
def fsync(_, count=[]):
    count.append(0)
    if len(count) == NUMBER: {kill}
os.fsync = fsync"""
        after = f"""
def replace(*names, replace=os.replace):
    replace(*names)
    if names[1].endswith("NUMBER.png"): {kill}
os.replace = replace"""
        nothing, not_all = ([f"interrupted: {what} written", "143"] for what in ("nothing was", "not all files were"))
        for moment, number, lines, files in ((before, "1", nothing, []), (before, "2", not_all, ["1.png"]),
                                             (after, "1", not_all, ["1.png"]), (after, "2", ["0"], ["1.png", "2.png"])):
            with self.subTest(moment=moment, number=number):
                self.assertEqual(self.outcome(moment.replace("NUMBER", number), "1.png", "2.png"), lines)
                self.assert_files("a.h5", *files)
                for name in files:
                    self.assert_picture(name)
                    (self.folder / name).unlink()


if __name__ == "__main__":
    unittest.main()
