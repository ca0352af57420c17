# SPDX-License-Identifier: Apache-2.0
"""docs/experiments: every sweep is accepted, every experiment runs to its end at a tiny size, and the page shows the
numbers that are committed."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from command import COMMAND

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "docs" / "experiments"
PROGRAMS = {name: pathlib.Path(COMMAND).parent / "examples" / program
            for name, program in (("gradients", "gradient_of_estimators"), ("grammar", "grammar_gan"),
                                  ("grammar_choices", "grammar_gan"), ("grammar_map", "grammar_gan"),
                                  ("text", "text_gan"))}
NAMES = sorted(path.stem for path in FOLDER.glob("*.png"))


class Experiments(unittest.TestCase):
    def test_sweeps_are_accepted(self):
        sweeps = sorted(FOLDER.glob("*.toml"))
        self.assertTrue(sweeps)
        for sweep in sweeps:
            with self.subTest(sweep.name):
                done = subprocess.run([COMMAND, "sweep", sweep, "--dry-run", "--quiet"], text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_experiments_run_to_their_end(self):
        names = [name for name in NAMES if name not in PROGRAMS or PROGRAMS[name].exists()]
        self.assertTrue(names)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-B", FOLDER / "run", *names, "--tiny", "--out", folder,
                                   "--command", COMMAND, "--gradients", PROGRAMS["gradients"],
                                   "--grammar", PROGRAMS["grammar"], "--text", PROGRAMS["text"]],
                                  text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if done.returncode == 77:
                self.skipTest(done.stdout)
            self.assertEqual(done.returncode, 0, done.stdout)
            out = pathlib.Path(folder)
            tables = [(out / f"{name}.txt").read_text(encoding="utf-8") for name in names]
            self.assertEqual("".join(tables), done.stdout)
            for name in names:
                self.assertGreater((out / f"{name}.png").stat().st_size, 1000, name)

    def test_the_page_has_them_all(self):
        page = "".join((ROOT / "docs" / name).read_text(encoding="utf-8")
                       for name in ("experiments.md", "grammar-gan.md", "scale.md", "text-gan.md"))
        for name in NAMES:
            with self.subTest(name):
                self.assertIn(f"](experiments/{name}.png)", page)
                self.assertIn(f"docs/experiments/run {name}\n", page)
                self.assertTrue((FOLDER / f"{name}.txt").exists())
        self.assertEqual(set(re.findall(r"docs/experiments/run (\w+)", page)), set(NAMES))


if __name__ == "__main__":
    unittest.main()
