# SPDX-License-Identifier: Apache-2.0
"""--metrics-file is text that Prometheus reads, with what the log says. docs/command.md lists exactly the metrics that
there are."""
import os
import re
import signal
import subprocess
import unittest

import ranks_test
from command import COMMAND, LONG, SANITIZED, SMALL
from log_case import EPOCHS, GANS, LOGS, OFTEN, RUN, LogTest
from page_test import rows_under

try:
    import prometheus_client.openmetrics.parser
    import prometheus_client.parser
except ImportError:
    prometheus_client = None


def metrics_of(text):
    """{name: (labels, value)} of a file whose metrics have one sample each. Fails on what either format forbids."""
    samples, kind, lines = {}, {}, text.split("\n")
    assert lines[-2:] == ["# EOF", ""], lines[-2:]
    for line in lines[:-2]:
        if match := re.fullmatch(r"# (TYPE|HELP|UNIT) ([a-z_]+) (.+)", line):
            if match[1] == "TYPE":
                assert match[2] not in kind and match[3] in ("counter", "gauge"), line
                kind[match[2]] = match[3]
            assert match[1] != "UNIT" or match[2].endswith("_" + match[3]), line
            continue
        match = re.fullmatch(r'([a-z_]+)\{((?:[a-z_]+="(?:[^"\\]|\\["\\n])*",?)+)\} (-?[0-9.e+-]+)', line)
        assert match and match[1] not in samples, line
        family = match[1].removesuffix("_total")
        assert (kind[family] == "counter") == (family != match[1]), line
        labels = {name: re.sub(r"\\(.)", lambda c: {"n": "\n"}.get(c[1], c[1]), value)
                  for name, value in re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', match[2])}
        samples[match[1]] = labels, float(match[3])
    return samples


class Metrics(LogTest):
    def metrics(self, name):
        text = (self.folder / name).read_bytes().decode()
        metrics = metrics_of(text)
        if prometheus_client:  # the formats' own parsers agree
            theirs = {sample.name: (sample.labels, sample.value)
                      for family in prometheus_client.openmetrics.parser.text_string_to_metric_families(text)
                      for sample in family.samples}
            self.assertEqual(theirs, metrics)
            theirs = {sample.name: (sample.labels, sample.value)
                      for family in prometheus_client.parser.text_string_to_metric_families(text)
                      for sample in family.samples}
            self.assertEqual(theirs, metrics)
        return metrics

    def test_are_what_the_log_says(self):
        self.succeed(*RUN, *OFTEN, "--checkpoint", "a", "--log-file", "log", "--metrics-file", "x.prom")
        lines, metrics = self.lines(), self.metrics("x.prom")
        value = {name.removeprefix("gumbelcuda_"): number for name, (_, number) in metrics.items()}
        end = lines[-1]
        additions = [line for line in lines if line["event"] == "checkpoint"]
        self.assertEqual({labels["run"] for labels, _ in metrics.values()}, {"x"})
        self.assertEqual(metrics["gumbelcuda_run_info"],
                         ({"run": "x", "version": lines[0]["version"], "command": "train", "checkpoint": "a",
                           "backend": "cpu", "hardware": end["hardware"]}, 1))
        expected = {"running": 0, "exit_code": 0, "gans": GANS, "gans_resumed": 0, "gans_ended_total": GANS,
                    "gan_epochs": GANS * EPOCHS, "gan_epochs_done_total": GANS * EPOCHS, "progress_ratio": 1,
                    "training_seconds_total": end["training_seconds"], "warnings_total": 0}
        self.assertEqual({name: value[name] for name in expected}, expected)
        self.assertEqual(value["checkpoint_additions_total"], len(additions))
        for field in ("gans", "bytes"):
            self.assertEqual(value[f"checkpoint_{field}_total"], sum(line[f"checkpoint_{field}"] for line in additions))

    def test_are_there_while_it_trains_and_after_it_has_failed(self):
        process = self.start("train", *LONG, "--quiet", "--metrics-file", "x.prom")
        while not (self.folder / "x.prom").exists():
            self.assertIsNone(process.poll())
        metrics = self.metrics("x.prom")
        self.assertEqual(metrics["gumbelcuda_running"][1], 1)
        self.assertNotIn("gumbelcuda_exit_code", metrics)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 143)
        metrics = self.metrics("x.prom")
        self.assertEqual((metrics["gumbelcuda_running"][1], metrics["gumbelcuda_exit_code"][1]), (0, 143))
        # They are no result: of those "nothing was written".
        self.assertEqual(process.stderr.read(), "gumbelcuda: interrupted: nothing was written\n")
        self.assertEqual(self.run_command("train", "--gans", 0, "--metrics-file", "x.prom").returncode, 2)
        self.assertEqual(self.metrics("x.prom")["gumbelcuda_exit_code"][1], 2)
        self.assert_files("x.prom")

    def test_of_files_with_any_name(self):
        for name in ('a "b" \\ c\nd', "é€", "\udcff"):
            self.succeed("train", *SMALL, "--quiet", "--checkpoint", f"{name}.c", "--metrics-file", f"{name}.prom",
                         "--log-file", f"{name}.log")
            labels = self.metrics(f"{name}.prom")["gumbelcuda_run_info"][0]
            seen = name.replace("\udcff", "\ufffd")
            self.assertEqual((labels["run"], labels["checkpoint"]), (seen, f"{seen}.c"))
            self.assertIn(f"{seen}.c", self.lines(f"{name}.log")[0]["command_line"])

    def test_lists_the_metrics(self):
        told = {name: row[1] for _, row in rows_under(LOGS, "metric")
                for name in re.findall(r"`(gumbelcuda_\w+)`", row[0])}
        self.succeed("train", *SMALL, "--quiet", "--checkpoint", "a", "--metrics-file", "b.prom", "--shard", "0/1")
        found = metrics_of((self.folder / "b.prom").read_text())
        running = {"gumbelcuda_remaining_seconds"}  # in none that has ended
        self.assertEqual({*told} - {*found}, running)
        self.assertEqual({name: "counter" if name.endswith("_total") else "gauge" for name in {*found, *running}}, told)
        labels = re.findall(r"`(\w+)`", next(row[2] for _, row in rows_under(LOGS, "metric") if "run_info" in row[0]))
        self.assertEqual({*labels, "run"}, set(found["gumbelcuda_run_info"][0]))


class Ranks(LogTest):
    def setUp(self):
        super().setUp()
        if ranks_test.MPIRUN is None or not self.info()["mpi"] or SANITIZED:
            self.skipTest("no mpirun, or a build without MPI")

    def share(self, *arguments):
        return subprocess.run([ranks_test.MPIRUN, "-n", "2", COMMAND, *map(str, arguments)], cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              env={**os.environ, **ranks_test.ALLOWED})

    def test_log_into_one_file(self):
        arguments = [*RUN, *OFTEN, "--checkpoint", "a", "--log-file", "log", "--metrics-file", "a.prom"]
        result = self.share(*arguments)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        lines = self.lines()
        for rank in range(2):
            own = [line for line in lines if line["rank"] == rank]
            events = [line["event"] for line in own]
            self.assertEqual((events[0], events[-1], events.count("end")), ("start", "end", 1))
            additions = [line for line in own if line["event"] == "checkpoint"]
            self.assertLessEqual({line["checkpoint"] for line in additions}, {f"a.{rank}"})
            self.assertEqual(sum(line["checkpoint_gans"] for line in additions), own[-1]["gans_ended"])
            self.assertEqual((own[-1]["num_gans"], own[-1]["progress_ratio"], own[-1]["exit_code"]), (GANS, 1, 0))
        ends = [line for line in lines if line["event"] == "end"]
        self.assertEqual(sum(line["gans_ended"] for line in ends), GANS)
        value = {name: number for name, (_, number) in metrics_of((self.folder / "a.prom").read_text()).items()}
        self.assertEqual((value["gumbelcuda_gans"], value["gumbelcuda_progress_ratio"]), (GANS, 1))
        self.assertEqual(value["gumbelcuda_gans_ended_total"],
                         next(line["gans_ended"] for line in ends if line["rank"] == 0))
        (self.folder / "log").unlink()
        self.assertEqual(self.share(*arguments, "--resume").returncode, 0)
        for line in self.lines():
            if line["event"] in ("progress", "end"):
                self.assertEqual((line["gans_resumed"], line["gans_ended"], line["progress_ratio"]), (GANS, 0, 1))
        self.assertEqual(self.share(*arguments).returncode, 2)  # there are checkpoints
        self.assertIn(2, [line["exit_code"] for line in self.lines() if line["event"] == "end"])


if __name__ == "__main__":
    unittest.main()
