# SPDX-License-Identifier: Apache-2.0
"""Result files that users may have: from an older version, with an added attribute, cut off, of another kind, or with
other content under a valid checksum. `info` prints their content and `plot` draws them; invalid files are reported
as such."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

from command import SMALL, CommandTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION_2 = ROOT / "tests" / "results" / "recorded" / "version2.h5"
DOCUMENTATION = ROOT / "docs" / "command.md"


def python_with(modules):
    for python in ("python3", "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", f"import {modules}"], capture_output=True).returncode == 0:
                return python
        except FileNotFoundError:
            pass
    return None


PYTHON = python_with("h5py")

# Changes that other programs may make to a result file; each must be refused. `f` is the file, opened by h5py.
FOREIGN = """
del f["distribution"]
del f["target"]
del f["history"]
del f.attrs["num_gans"]
del f.attrs["format"]
f.attrs["format"] = "another"
f.attrs["format"] = 7
f.attrs["format_version"] = 4
f.attrs["format_version"] = "three"
f.attrs["num_gans"] = -1
f.attrs["num_gans"] = 2**60
f.attrs["num_gans"] = [4, 4]
f.attrs["num_gans"] = 4.0
f.attrs["classes"] = 10**6
f.attrs["epochs"] = 0
f.attrs["history_gans"] = 5
f.attrs["history_gans"] = b"4"
put("target", [.5, .5])
put("target", [0, 0, .1, .3, .7])
put("target", [0, 0, float("nan"), .4, .6])
put("target", [[0, 0, .1, .3, .6]])
put("distribution", f["distribution"][:].astype("f8"))
put("distribution", f["distribution"][:].astype("c8"))
put("distribution", f["distribution"][:].ravel())
put("distribution", f["distribution"][:, :4])
put("distribution", f["distribution"][:] + np.float32(1))
put("distribution", -f["distribution"][:])
put("distribution", [b"text"])
del f["distribution"]; f.create_group("distribution")
del f["distribution"]; f["distribution"] = h5py.SoftLink("/logits")
del f["distribution"]; f["distribution"] = h5py.ExternalLink("whole.h5", "/distribution")
del f["distribution"]; f.create_dataset("distribution", (4, 5), "f4")
del f["distribution"]; f.create_dataset("distribution", (10**12, 5), "f4"); f.attrs.modify("num_gans", np.uint64(10**12))
put("history", f["history"][:, :, :3])
put("history", f["history"][:].transpose(1, 0, 2))
put("history", f["history"][:] + np.float32(3))
put("gan_classes", np.array([5, 5, 3, 5]))
put("gan_classes", 4)
del f["gan_classes"]
""".strip().splitlines()

MAKE_FOREIGN = """
import shutil, sys
import h5py, numpy as np
for i, change in enumerate(sys.stdin.read().splitlines()):
    shutil.copy("whole.h5", f"{i}.h5")
    with h5py.File(f"{i}.h5", "r+") as f:
        def put(name, values):
            del f[name]
            f[name] = values
        exec(change)
    with open(f"{i}.h5", "r+b") as file:
        seal = 0xcbf29ce484222325
        for byte in file.read():
            seal = (seal ^ byte) * 0x100000001b3 % 2**64
        file.write(b"fleet checksum %016x\\n" % seal)
"""

READ_FOREIGN = """
import sys
sys.path.insert(0, sys.argv[1])
import fleet_file
for i in range(int(sys.argv[2])):
    try:
        with fleet_file.open_fleet(f"{i}.h5") as fleet:
            for name in ("distribution", "history"):
                for _ in fleet_file.blocks(fleet[name]):
                    pass
        print(0)
    except fleet_file.Failure as failure:
        print(failure.exit_code, failure)
"""


class Info(CommandTest):
    def setUp(self):
        super().setUp()
        self.need_result_files()

    def test_configuration_and_table_are_those_of_the_training(self):
        table = self.train(*SMALL, "--out", "a.h5", "--temperature", ".5,1,2,4", "--seed", 7, "--first-gan", 10,
                           "--history", "all")
        result = self.run_command("info", "a.h5")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        configuration, printed = result.stdout.split("\n\n")
        self.assertEqual(printed.splitlines(), table.splitlines()[:-1])  # the last line is about speed
        for text in ("a.h5, format version 3", "4, numbers 10 … 13, seed 7", "2 epochs of 3 steps", "batch size 10",
                     "0.5 … 4", "0.0007 generator", "of every GAN"):
            self.assertIn(text, configuration)

    def test_json_has_the_numbers_of_the_training(self):
        trained = json.loads(self.train(*SMALL, "--out", "a.h5", "--history", 2, "--json"))
        for of_the_run in ("backend", "hardware", "threads", "seconds", "gans_per_second"):
            del trained[of_the_run]
        trained.update(format_version=3, history_gans=2)
        self.assertEqual(json.loads(self.run_command("info", "--json", "a.h5").stdout), trained)

    def test_version_2(self):
        found = json.loads(self.run_command("info", "--json", VERSION_2).stdout)
        self.assertEqual((found["format_version"], found["gans"], found["steps_per_epoch"]), (2, 6, 17))

    def test_unsealed_needs_a_file(self):
        self.assert_refused(2, "info", "--unsealed", says=["--unsealed: needs FILE.h5"])

    def test_files_that_are_not_right_are_refused_with_the_likeliest_reason(self):
        self.train(*SMALL, "--out", "a.h5", "--csv", "a.csv", "--quiet")
        whole = (self.folder / "a.h5").read_bytes()
        (self.folder / "half.h5").write_bytes(whole[:len(whole) // 2])
        (self.folder / "empty.h5").write_bytes(b"")
        for command in (["info"], ["plot", "--spread", "s.png"]):
            self.assert_refused(3, *command, "a.csv", says=["a.csv is not an HDF5 file"])
            self.assert_refused(3, *command, "empty.h5", says=["empty.h5 is empty"])
            self.assert_refused(3, *command, "half.h5",
                                says=[f"cut off, {len(whole) // 2} of {len(whole)} bytes are left"])
            self.assert_refused(1, *command, "missing.h5", says=["cannot read missing.h5"])
        self.assert_refused(3, "info", "--unsealed", "a.csv", says=["a.csv is damaged or no result file"])
        self.assert_refused(3, "info", "--unsealed", "half.h5", says=["half.h5 is damaged or no result file"])
        self.assert_files("a.csv", "a.h5", "empty.h5", "half.h5")


class OtherPrograms(CommandTest):
    def setUp(self):
        super().setUp()
        self.need_result_files()
        if PYTHON is None:
            self.skipTest("no python3 here has h5py (Debian: python3-h5py)")
        self.train(*SMALL, "--out", "whole.h5", "--history", "all", "--quiet")

    def python(self, program, *arguments, python=PYTHON, **options):
        result = subprocess.run([python, "-B", "-c", program, *map(str, arguments)], text=True, capture_output=True,
                                cwd=self.folder, timeout=120, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_a_name_added_to_a_file(self):
        before = self.run_command("info", "whole.h5").stdout
        self.python("import h5py; f = h5py.File('whole.h5', 'r+'); f.attrs['run'] = 'the first'; f.close()")
        self.assert_refused(3, "info", "whole.h5", says=["was changed since it was written", "--unsealed"])
        result = self.run_command("info", "--unsealed", "whole.h5")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, before, ""))
        if python_with("h5py, matplotlib"):
            result = self.run_command("plot", "whole.h5", "--unsealed", "-o", "map.png")
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
            self.assert_files("map.png", "whole.h5")

    def test_version_2_is_drawn(self):
        if not python_with("h5py, matplotlib"):
            self.skipTest("no python3 here has h5py and matplotlib (Debian: python3-h5py python3-matplotlib)")
        result = self.run_command("plot", VERSION_2, "-o", "map.png", "--spread", "spread.png")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assert_files("map.png", "spread.png", "whole.h5")

    def test_foreign_content_under_a_right_checksum(self):
        self.python(MAKE_FOREIGN, input="\n".join(FOREIGN))
        found = self.python(READ_FOREIGN, ROOT / "host" / "cli", len(FOREIGN)).splitlines()
        for i, (change, line) in enumerate(zip(FOREIGN, found, strict=True)):
            with self.subTest(change):
                self.assertRegex(line, f"^3 {i}.h5 is damaged")
                # A soft link to a dataset of the same shape is harmless, and so is the history, which info does not
                # read.
                if "SoftLink" not in change and "ExternalLink" not in change and "float32(3)" not in change:
                    self.assert_refused(3, "info", f"{i}.h5", says=[f"{i}.h5 is damaged"])

    def test_a_crash_while_a_file_is_read_is_an_error_like_others(self):
        fake = self.folder / "fake"
        fake.mkdir()
        (fake / "python3").write_text("#!/bin/sh\ncase \"$*\" in *--input=*) kill -SEGV $$ ;; esac\n")
        (fake / "python3").chmod(0o755)
        self.assert_refused(3, "plot", "whole.h5", "--unsealed", "-o", "map.png", says=["whole.h5 is damaged", "crashed"],
                            env={**os.environ, "PATH": f"{fake}:{os.environ['PATH']}"})

    def test_a_signal_reaches_the_process_that_reads(self):
        fake = self.folder / "fake"
        fake.mkdir()
        # Signals are blocked until a script has installed its handlers; this script installs none.
        reader = ("import os, signal; os.kill(os.getppid(), signal.SIGTERM); "
                  "signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM}); signal.pause()")
        (fake / "python3").write_text(f"#!/bin/sh\ncase \"$*\" in *--input=*) exec {sys.executable} -c '{reader}' ;; esac\n")
        (fake / "python3").chmod(0o755)
        result = self.run_command("plot", "whole.h5", "--unsealed", "-o", "map.png",
                                  env={**os.environ, "PATH": f"{fake}:{os.environ['PATH']}"})
        self.assertEqual(result.returncode, 128 + signal.SIGTERM, result.stderr)

    def test_the_example_of_the_page_works(self):
        text = DOCUMENTATION.read_text(encoding="utf-8")
        example = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
        self.assertEqual(len(example.strip().splitlines()), 5)
        os.rename(self.folder / "whole.h5", self.folder / "fleet.h5")
        lines = self.python(example).splitlines()
        self.assertEqual(len(lines), 4)  # one for each GAN
        learned = json.loads(self.run_command("info", "--json", "fleet.h5").stdout)["mean"]
        for k, mean in enumerate(learned):
            self.assertAlmostEqual(sum(float(line.split()[1 + k]) for line in lines) / 4, mean, places=6)

    def test_the_layout_of_the_page_is_that_of_the_file(self):
        rows = re.findall(r"(?m)^\| `(\w+)` \| ([\w, ]*?) ?\| (u?int64|float32|float64) \|", DOCUMENTATION.read_text(encoding="utf-8"))
        documented = {name: [[d for d in dimensions.split(", ") if d], kind] for name, dimensions, kind in rows}
        program = ("import h5py, json; f = h5py.File('whole.h5'); print(json.dumps({name: [[side[0].name[1:] if len(side) "
                   "else name for side in data.dims], data.dtype.name] for name, data in f.items()}))")
        self.assertEqual(json.loads(self.python(program)), documented)

    def test_xarray_needs_no_help(self):
        # xarray must find the dimensions' own names, and give no warning.
        program = ("import xarray; f = xarray.open_dataset('whole.h5', engine='h5netcdf'); print(f.history.dims, "
                   "f.distribution.sel(gan=2).to_series().index.name, f.epoch.values.tolist())")
        python = python_with("xarray, h5netcdf")
        if python is None:
            self.skipTest("no python3 here has xarray and h5netcdf")
        self.assertEqual(self.python(program, python=python), "('history_gan', 'epoch', 'class') class [1, 2]\n")


if __name__ == "__main__":
    unittest.main()
