# SPDX-License-Identifier: Apache-2.0
"""scripts/demo with fake versions of all that it calls: a failed picture is a failure, not a missing package."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

DEMO = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "demo"
# info says that there are result files; train reports a speed; plot exits with a code that the test chooses.
COMMAND = """#!/bin/sh
case $1 in
  info) echo '"result_file": true' ;;
  train) echo '"gans_per_second": 100' ;;
  plot) exit "$PLOT_EXIT_CODE" ;;
esac
"""


class Demo(unittest.TestCase):
    def demo(self, plot_exit_code):
        with tempfile.TemporaryDirectory() as holder:
            folder = pathlib.Path(holder)
            scripts = {"scripts/install-dependencies": "#!/bin/sh\n", "bin/cmake": "#!/bin/sh\n",
                       "bin/python3": "#!/bin/sh\n", "build/release/gumbelcuda": COMMAND}
            for name, text in scripts.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text)
                (folder / name).chmod(0o755)
            shutil.copy(DEMO, folder / "scripts" / "demo")
            environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
                           "PLOT_EXIT_CODE": str(plot_exit_code)}
            return subprocess.run([folder / "scripts" / "demo"], env=environment, capture_output=True, text=True,
                                  timeout=60)

    def test_ends_well_with_pictures(self):
        result = self.demo(0)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("== Done in ", result.stdout)

    def test_a_picture_that_fails_is_a_failure(self):
        result = self.demo(3)
        self.assertEqual(result.returncode, 3)
        self.assertNotIn("No pictures", result.stdout)
        self.assertNotIn("== Done in ", result.stdout)


if __name__ == "__main__":
    unittest.main()
