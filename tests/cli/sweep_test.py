# SPDX-License-Identifier: Apache-2.0
"""gumbelcuda sweep: files that are refused, each with its line and what is allowed, and nothing written; what a run
prints and writes; exit codes. tests/cli/sweep_plan_test.cpp has what the files mean."""
import csv
import json
import signal
import subprocess
import unittest

from command import COMMAND, CommandTest, without_progress

# The end of a file, and the message about it, after the file's name. In front of it is FIRST, which has two lines; where a
# file is no text at all, the line that is named is up to the parser.
FIRST = "# a comment\n\n"
REFUSED = [
    # Not TOML.
    (b"[gan\n", "3: is not TOML: "),
    (b"[gan]\nepochs =\n", "4: is not TOML: "),
    (b"[gan]\nepochs = 1\nepochs = 2\n", "5: is not TOML: "),
    (b"a = \"\xff\xfe\"\n", ": is not TOML: "),
    (b"\x7fELF\x02\x01\x01\x00\x00\x00", ": is not TOML: "),
    (b"[[[a]]]\n", ": is not TOML: "),
    (b"[^a]\n", ": is not TOML: "),
    ("[gan] # ×\nbatch_size × 3\n".encode(), "4: is not TOML: only texts and comments have characters beyond ASCII"),
    ("[gan]\ndata = \"\"\"×\n\\\"ä\"\"\"\nloss = '×'\nä = 3\n".encode(), "7: is not TOML: only texts and comments"),
    ("[gan]\nloss = 'ä' # ä\n".encode(), "4: loss: \"ä\" is not one of "),
    (b"\x89HDF\r\n\x1a\n", ": is not TOML: "),
    (b"a = " + b"[" * 10000, "3: is not TOML: "),
    (b"[gan]\nseed = 9223372036854775808\n", "4: is not TOML: "),
    # Keys.
    (b"[gam]\n", "3: gam: there is no such key here; did you mean gan?"),
    (b"epochs = 3\n", "3: epochs: there is no such key here"),
    (b"[gan]\nepoch = 3\n", "4: epoch: there is no such key here; did you mean epochs?"),
    (b"[gan]\nlerning_rate = 3\n", "4: lerning_rate: there is no such key here; did you mean learning_rate?"),
    (b"[grid]\nepoch = [3]\n", "4: epoch: there is no such key here; did you mean epochs?"),
    (b"[grid]\nuntil_tv = [0.5]\n", "4: until_tv: there is no such key here"),
    (b"[grid]\ngradient_samples = [2]\n", "4: gradient_samples: there is no such key here"),
    (b"[[zip]]\nlos = [3]\n", "4: los: there is no such key here; did you mean loss?"),
    (b"[random]\ndraws = 1\nlos = {choices = [3]}\n", "5: los: there is no such key here; did you mean loss?"),
    (b"[grid]\nseed = {from = 1, to = 3, count = 2, scal = 1}\n",
     "4: scal: there is no such key here; did you mean scale?"),
    (b"[gan]\ntemperature = {shape = \"linear\", stepps = [1]}\n",
     "4: stepps: there is no such key here; did you mean steps?"),
    # Types.
    (b"gan = 3\n", "3: gan: is not a table, [gan]"),
    (b"grid = [1]\n", "3: grid: is not a table, [grid]"),
    (b"[zip]\nseed = [1]\n", "3: zip: is not a list of tables, [[zip]]"),
    (b"replicas = 1.5\n", "3: replicas: 1.5 is not a whole number, 1 or more"),
    (b"replicas = 0\n", "3: replicas: 0 is not a whole number, 1 or more"),
    (b"[gan]\nepochs = 1.0\n", "4: epochs: 1 is not a whole number, 1 or more"),
    (b"[gan]\nepochs = \"many\"\n", "4: epochs: \"many\" is not a whole number, 1 or more"),
    (b"[gan]\nepochs = [1]\n", "4: epochs: [1] is not a whole number, 1 or more"),
    (b"[gan]\nepochs = true\n", "4: epochs: true is not a whole number, 1 or more"),
    (b"[gan]\nepochs = 2024-01-01\n", "4: epochs: a date or time is not a whole number, 1 or more"),
    (b"[gan]\nlearning_rate = \"0.1\"\n", "4: learning_rate: \"0.1\" is not a number above 0"),
    (b"[gan]\nlearning_rate = nan\n", "4: learning_rate: nan is not a number above 0"),
    (b"[gan]\nbeta_1 = -inf\n", "4: beta_1: -inf is not a number from 0 to below 1"),
    (b"[gan]\nlearning_rate = 1e300\n", "4: learning_rate: 1e+300 is not a number above 0 that fits"),
    (b"[gan]\ntarget = 0.5\n", "4: target: 0.5 is not an array of 2 … 1024 probabilities"),
    (b"[gan]\ntarget = [0.5,\n\"a\"]\n", "5: target: \"a\" is not a number"),
    (b"[gan]\nhidden = 3\n", "4: hidden: 3 is not an array of 0 … 3 widths, each 1 … 64"),
    (b"[gan]\nhidden = [1, 2, 3, 4]\n", "4: hidden: [1, 2, 3, 4] is not an array of 0 … 3 widths"),
    (b"[gan]\nhidden = [65]\n", "4: hidden: 65 is not a whole number, 1 … 64"),
    (b"[gan]\nloss = \"hing\"\n", "4: loss: \"hing\" is not one of \"non_saturating\", \"saturating\", \"hinge\", "
     "\"wasserstein\"; did you mean \"hinge\"?"),
    (b"[gan]\nloss = 3\n", "4: loss: 3 is not one of "),
    (b"[gan]\nseed = -1\n", "4: seed: -1 is not a whole number, 0 … 2^63 − 1"),
    (b"[gan]\nhistory = \"some\"\n", "4: history: \"some\" is not a number of GANs, or \"all\""),
    (b"[gan]\ngradient_samples = 2.0\n", "4: gradient_samples: 2 is neither 0 nor a whole number, 2 … 4096"),
    (b"[gan]\ngradient_samples = 4294967298\n", "4: gradient_samples: 4294967298 is neither 0 nor a whole number, 2 … 4096"),
    (b"[gan]\ntemperature = {}\n", "4: temperature: a schedule needs shape, steps and temperatures"),
    (b"[gan]\ntemperature = {shape = \"linear\", steps = [0, 1], temperatures = [1]}\n",
     "4: temperature: 1 temperatures for 2 steps"),
    (b"[gan]\ntemperature = {shape = \"linear\", steps = [], temperatures = []}\n",
     "4: temperature.steps: [] is not an array of 1 … 8 numbers"),
    # Ranges, which the library finds.
    (b"[gan]\nepochs = 0\n", "4: epochs: 0 is not in 1 … "),
    (b"[gan]\nlearning_rate = -0.5\n", "4: learning_rate: -0.5 is not "),
    (b"[gan]\nlearning_rate = 0.5\ngenerator_learning_rate = 0\n", "5: generator_learning_rate: 0 is not "),
    (b"[gan]\nbatch_size = 4097\n", "4: batch_size: 4097 is not in 1 … 4096"),
    (b"[gan]\nbatch_size = 9223372036854775807\n", "4: batch_size: 9223372036854775807 is not a whole number"),
    (b"[gan]\nbeta_2 = 1\n", "4: beta_2: 1 is not "),
    (b"[gan]\ntarget = [0.5, 0.75]\n", "4: target: "),
    (b"[gan]\nuntil_tv = 1.5\n", "4: until_tv: 1.5 is neither −1 nor in 0 … 1"),
    (b"[gan]\ngradient_samples = 1\n", "4: gradient_samples: 1 is not in 2 … 4096"),
    (b"[gan]\nseed = 1\ngradient_samples = 4097\n", "5: gradient_samples: 4097 is not in 2 … 4096"),
    (b"[gan]\ngradient_samples = -2\n", "4: gradient_samples: -2 is not in 2 … 4096"),
    (b"[gan]\nhistory = 2\n", "4: history: 2 is more than the 1 "),
    (b"[gan]\nsmoothing = \"label\"\nsmoothing_amount = 2\n", "5: smoothing_amount: 2 is not "),
    (b"[gan]\ninitial_logits = [1, 2]\n", "4: initial_logits: "),
    (b"[grid]\nbeta_1 = [\n  0.5,\n  1.5,\n]\n", "6: beta_1: 1.5 is not "),
    (b"[random]\ndraws = 9\nbeta_1 = {choices = [0.5,\n 2]}\n", "6: beta_1: 2 is not "),
    (b"[random]\ndraws = 9\nbeta_1 = {from = 2, to = 3}\n", "5: beta_1: 2."),
    # Factors.
    (b"[grid]\nepochs = 3\n", "4: epochs: 3 is not an array of values, or a range {from = …, to = …, count = …}"),
    (b"[grid]\nepochs = []\n", "4: epochs: the array is empty"),
    (b"[grid]\nepochs = {from = 1, count = 3}\n", "4: epochs: a range needs from and to"),
    (b"[grid]\nepochs = {from = 1, to = 3}\n", "4: epochs: a range needs count"),
    (b"[grid]\nepochs = {from = 1, to = 3, count = 0}\n", "4: epochs.count: 0 is not a whole number, 1 … 16777216"),
    (b"[grid]\nbeta_1 = {from = 0, to = 1, count = 3, scale = \"log\"}\n",
     "4: beta_1: a range on a logarithmic scale has both ends above 0"),
    (b"[grid]\nloss = {from = 1, to = 3, count = 2}\n", "4: loss: has no range: it is one of "),
    (b"[grid]\nepochs = {from = \"a\", to = 3, count = 2}\n", "4: epochs: \"a\" is not a number"),
    (b"[[zip]]\n", "3: zip: has no settings"),
    (b"[[zip]]\nseed = [1, 2]\nepochs = [1]\n", "5: epochs: 1 values, but seed beside it has 2: those of a zip go in step"),
    (b"[random]\nseed = {from = 1, to = 2}\n", "3: random: needs draws"),
    (b"[random]\ndraws = 2\n", "3: random: has no settings"),
    (b"[random]\ndraws = 0\n", "4: draws: 0 is not a whole number, 1 … "),
    (b"[random]\ndraws = 2\nseed = [1, 2]\n", "5: seed: [1, 2] is not a table {from = …, to = …} or {choices = […]}"),
    (b"[random]\ndraws = 2\nseed = {choices = []}\n", "5: seed: the array is empty"),
    (b"[gan]\nseed = 1\n[grid]\nseed = [1]\n", "6: seed: is given in line 4 already"),
    (b"[grid]\nseed = [1]\n[[zip]]\nseed = [1]\n", "6: seed: is given in line 4 already"),
    (b"[gan]\ngenerator_learning_rate = 1\n[grid]\nlearning_rate = [1]\n",
     "6: learning_rate: generator_learning_rate is given in line 4 already"),
    (b"[grid]\nlearning_rate = [1]\ngenerator_learning_rate = [1]\n",
     "5: generator_learning_rate: learning_rate is given in line 4 already"),
    # Data.
    (b"[gan]\ndata = \"none.txt\"\ndata_format = \"bytes\"\n", "4: data: none.txt: cannot be read: No such file"),
    (b"[gan]\ndata = \"there.txt\"\n", "4: data: needs data_format: \"bytes\", \"letters\", \"integers\" or \"npy\""),
    (b"[gan]\ndata = \"there.txt\"\ndata_format = \"csv\"\n", "5: data_format: \"csv\" is not one of "),
    (b"[gan]\ndata = \"there.txt\"\ndata_format = \"integers\"\n", "4: data: there.txt:2: 'b' is not a whole number"),
    (b"[gan]\ndata = 3\ndata_format = \"bytes\"\n", "4: data: 3 is not the name of a file"),
    (b"[gan]\ndata_format = \"bytes\"\n", "4: data_format: there is no data to which this would apply"),
    (b"[gan]\ndata_order = \"iid\"\n", "4: data_order: there is no data to which this would apply"),
    (b"[gan]\ndata = \"there.txt\"\ndata_format = \"bytes\"\ntarget = [0.5, 0.5]\n", "6: target: is the shares of"),
    (b"[gan]\ndata = \"there.txt\"\ndata_format = \"bytes\"\n[grid]\ntarget = [[0.5, 0.5]]\n",
     "7: target: is the shares of"),
]

SMALL = """
replicas = 2
[gan]
epochs = 2
steps_per_epoch = 3
[grid]
generator_learning_rate = [1e-4, 1e-3]
[[zip]]
target = [[0.5, 0.5], [0.25, 0.25, 0.5]]
loss = ["hinge", "saturating"]
"""


class Sweep(CommandTest):
    def setUp(self):
        super().setUp()
        if not self.info()["sweeps"]:
            self.skipTest("this build has no toml++, so no sweeps")

    def write(self, name, content):
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    def sweep(self, *arguments):
        result = self.run_command("sweep", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result

    def test_files_that_are_refused(self):
        self.write("there.txt", "1\nb\n")
        for content, message in REFUSED:
            with self.subTest(content[:60]):
                self.write("a.toml", FIRST.encode() + content)
                self.assert_refused(2, "sweep", "a.toml", "--csv", "never.csv", says=["error: a.toml:", message] if message[0] == ":" else ["error: a.toml:" + message])
                self.assert_files("a.toml", "there.txt")

    def test_files_that_are_not_there(self):
        self.assert_refused(2, "sweep", "none.toml", says=["error: none.toml: cannot be read: No such file"])
        self.assert_refused(2, "sweep", ".", says=["error: .: cannot be read: Is a directory"])
        self.assert_refused(2, "sweep", says=["SWEEP.toml"])

    def test_more_gans_than_fit(self):
        self.write("a.toml", "replicas = 4294967296\n")
        self.assert_refused(2, "sweep", "a.toml", says=["a.toml: 4,294,967,296 GANs (replicas 4,294,967,296) need ", "iB are free"])
        self.write("a.toml", "replicas = 4294967297\n")
        self.assert_refused(2, "sweep", "a.toml", says=["4,294,967,297 GANs", "2^32 are allowed"])

    def test_outputs_that_cannot_be(self):
        self.write("a.toml", SMALL)
        refused = [(["--out", "a.csv"], 2, "--out: 'a.csv' would be HDF5"), (["--out", "-"], 2, "--out: '-' is standard output"),
                   (["--csv", "a.json"], 2, "gumbelcuda sweep --json > a.json"), (["--csv", "-", "--json"], 2, "--csv"),
                   (["--csv", "no/a.csv"], 1, "no folder no"), (["--tolerance", "2"], 2, "--tolerance: 2"),
                   (["--threads", "-1"], 2, "--threads: -1"), (["--cpu-target", "mmx"], 2, "--cpu-target: "),
                   (["--backend", "tpu"], 2, "--backend: ")]
        for arguments, code, message in refused:
            with self.subTest(arguments):
                self.assert_refused(code, "sweep", "a.toml", *arguments, says=[message])
        self.assert_files("a.toml")

    def test_history_needs_a_file(self):
        self.write("a.toml", "[gan]\nhistory = \"all\"\n")
        self.assert_refused(2, "sweep", "a.toml", says=["a.toml: history", "--out"])

    def test_plan_and_table(self):
        self.write("a.toml", SMALL)
        result = self.sweep("a.toml")
        self.assertRegex(without_progress(result.stderr),
                         r"\Asweep   8 GANs: generator_learning_rate 2 × target, loss 2 × replicas 2\n"
                         r"memory  [\d.]+ \w+\ntime    about \d+:\d\d on \w+[^\n]*\n\Z")
        self.assertRegex(result.stdout, r"\Aconverged \(total variation at most 0.1\): \d of 8 \(")
        self.assertIn("generator_learning_rate", result.stdout)
        self.assertRegex(result.stdout, r"\n[^\n]*8 GANs in [^\n]* GANs/s\n\Z")

    def test_dry_run_trains_and_writes_nothing(self):
        self.write("a.toml", SMALL)
        result = self.sweep("a.toml", "--dry-run", "--csv", "never.csv")
        self.assertEqual(result.stdout, "")
        self.assertIn("sweep   8 GANs", result.stderr)
        quiet = self.sweep("a.toml", "--dry-run", "--quiet")
        self.assertEqual((quiet.stdout, quiet.stderr), ("", ""))
        self.assert_files("a.toml")

    def test_csv_has_axes_and_leaves_missing_classes_empty(self):
        self.write("a.toml", SMALL)
        result = self.sweep("a.toml", "--csv", "-", "--quiet")
        self.assertEqual(result.stderr, "")
        rows = list(csv.DictReader(result.stdout.splitlines()))
        self.assertEqual([row["gan"] for row in rows], [str(gan) for gan in range(8)])
        self.assertEqual([float(row["generator_learning_rate"]) for row in rows], [0.0001] * 4 + [0.001] * 4)
        self.assertEqual([row["loss"] for row in rows], ["hinge", "hinge", "saturating", "saturating"] * 2)
        self.assertEqual([row["replica"] for row in rows], ["0", "1"] * 4)
        for row in rows:
            self.assertEqual(row["p2"] == "", row["target"] == "0.5,0.5")
            self.assertAlmostEqual(sum(float(row[f"p{k}"] or 0) for k in range(3)), 1, places=5)
            self.assertEqual((row["outcome"], row["epochs"], row["steps"]), ("end", "2", "6"))

    def test_csv_has_gradients_where_they_are_asked_for(self):
        self.write("a.toml", "[gan]\nepochs = 1\nsteps_per_epoch = 2\ngradient_samples = 64\n[grid]\ntemperature = [0.001, 1]\n")
        cold, warm = csv.DictReader(self.sweep("a.toml", "--csv", "-", "--quiet").stdout.splitlines())
        self.assertEqual(list(cold)[6:10], ["generator_loss", "discriminator_loss", "nonzero_gradients", "gradient_variance"])
        self.assertEqual(float(warm["nonzero_gradients"]), 1)
        self.assertLess(float(cold["nonzero_gradients"]), .5)  # softmax(x / 0.001) is one-hot, nearly always
        self.assertGreater(float(warm["gradient_variance"]), 0)

    def test_the_file_and_what_info_says(self):
        self.need_result_files()
        self.write("a.toml", SMALL.replace("[grid]", "gradient_samples = 64\n[grid]") + "[random]\ndraws = 2\nhidden = {choices = [[], [8]]}\n")
        whole = json.loads(self.sweep("a.toml", "--out", "a.h5", "--json", "--quiet").stdout)
        self.sweep("a.toml", "--out", "b.h5", "--quiet", "--threads", 1)
        self.assertEqual((self.folder / "a.h5").read_bytes(), (self.folder / "b.h5").read_bytes())
        text = self.run_command("info", "a.h5").stdout
        self.assertIn("sweep file      a.h5, format version 1\n", text)
        self.assertIn("gans            16, numbers 0 … 15, 3 classes or fewer\n", text)
        self.assertIn("loss: hinge | saturating\n", text)
        self.assertIn("gradients       64 samples a GAN\n", text)
        told = json.loads(self.run_command("info", "a.h5", "--json").stdout)
        self.assertEqual((told["kind"], told["gradient_samples"]), ("sweep", 64))
        for key in ("gans", "axes", "best", "converged", "diverged", "total_variation"):
            self.assertEqual(told[key], whole[key])
        damaged = bytearray((self.folder / "a.h5").read_bytes())
        damaged[1000] ^= 1
        self.write("b.h5", bytes(damaged))
        self.assert_refused(3, "info", "b.h5", says=["b.h5 is damaged"])

    def test_data_from_standard_input(self):
        self.need_result_files()
        self.write("a.toml", "[gan]\nepochs = 2\nsteps_per_epoch = 3\ndata = \"-\"\ndata_format = \"letters\"\n")
        run = subprocess.run([COMMAND, "sweep", "a.toml", "--quiet", "--out", "a.h5"], input=b"Hello, World!\n",
                             capture_output=True, cwd=self.folder, timeout=120)
        self.assertEqual((run.returncode, run.stderr), (0, b""))
        told = json.loads(self.run_command("info", "a.h5", "--json").stdout)
        self.assertEqual((told["classes"], told["data_count"]), (26, 10))

    def test_all_diverged(self):
        # The step is 1e38: weights and logits overflow.
        self.write("a.toml", "replicas = 3\n[gan]\nepochs = 2\noptimizer = \"sgd\"\nlearning_rate = 1e38\n")
        result = self.run_command("sweep", "a.toml", "--csv", "a.csv", "--quiet")
        self.assertEqual((result.returncode, result.stdout), (5, ""))
        self.assertRegex(result.stderr, r"\Agumbelcuda: error: all 3 GANs diverged: [^\n]+\n\Z")
        self.assert_files("a.csv", "a.toml")
        self.assertEqual((self.folder / "a.csv").read_text().count(",diverged,"), 3)

    def test_signals_stop_it_and_leave_nothing(self):
        self.write("a.toml", "replicas = 100000\n")  # minutes
        code, output, received = self.run_on_terminal("sweep", "a.toml", "--csv", "a.csv", signals=[signal.SIGINT])
        self.assertEqual((code, output), (130, ""))
        self.assertIn("gumbelcuda: interrupted: nothing was written", received)
        self.assert_files("a.toml")

    def test_a_fleet_of_equal_gans_is_that_of_train(self):
        self.write("a.toml", "replicas = 3\n[gan]\nepochs = 2\nsteps_per_epoch = 5\nseed = 9\nfirst_gan = 4\n")
        swept = list(csv.DictReader(self.sweep("a.toml", "--csv", "-", "--quiet").stdout.splitlines()))
        trained = list(csv.DictReader(self.train("--gans", 3, "--epochs", 2, "--steps-per-epoch", 5, "--seed", 9, "--first-gan", 4,
                                                 "--csv", "-").splitlines()))
        for here, there in zip(swept, trained, strict=True):
            self.assertEqual({key: here[key] for key in there}, there)


class ValuesOfEachGan(CommandTest):
    def test_from_a_file(self):
        (self.folder / "t.txt").write_text("0.5,0.25\r\n0.125\n1")
        told = json.loads(self.train("--gans", 4, "--epochs", 1, "--steps-per-epoch", 1, "--temperature", "@t.txt", "--json"))
        self.assertEqual(told["temperature"], [0.5, 0.25, 0.125, 1])
        (self.folder / "t.txt").write_text("0.5\n" * 20000)
        self.train("--gans", 20000, "--epochs", 1, "--steps-per-epoch", 1, "--learning-rate", "@t.txt", "--quiet")

    def test_files_that_are_refused(self):
        for content, message in (("", "t.txt is empty"), ("1\nx\n", "t.txt:2: 'x' is not a number"),
                                 ("1\n\n2\n", "t.txt:2: '' is not a number"), ("1\n", "1 value"), ("1\n2\n3\n", "3 values")):
            with self.subTest(content):
                (self.folder / "t.txt").write_text(content)
                if content == "1\n":  # one for all
                    self.train("--gans", 2, "--epochs", 1, "--steps-per-epoch", 1, "--temperature", "@t.txt", "--quiet")
                    continue
                self.assert_refused(2, "train", "--gans", 2, "--temperature", "@t.txt", says=["--temperature: ", message])
        self.assert_refused(2, "train", "--temperature", "@none.txt", says=["--temperature: none.txt: cannot be read"])


if __name__ == "__main__":
    unittest.main()
