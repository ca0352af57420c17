# SPDX-License-Identifier: Apache-2.0
"""Possible destinations of results: standard output, pipes, devices; and file names that imply another format."""
import os
import signal
import subprocess
import threading
import unittest

from command import COMMAND, LONG, SMALL, CommandTest, without_progress

STANDARD_OUTPUT = ("-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


class Streams(CommandTest):
    def setUp(self):
        super().setUp()
        self.train(*SMALL, "--csv", "a.csv")
        self.expected = (self.folder / "a.csv").read_text()
        (self.folder / "a.csv").unlink()

    def test_standard_output_gets_the_rows_instead_of_the_table(self):
        for name in STANDARD_OUTPUT:
            for quiet in ([], ["--quiet"]):
                with self.subTest(name=name, quiet=quiet):
                    self.assertEqual(self.train(*SMALL, "--csv", name, *quiet), self.expected)
        self.assert_files()

    def test_a_log_is_written_on_and_not_replaced(self):
        for name in STANDARD_OUTPUT:
            with (self.folder / "log").open("w") as log:
                log.write("before\n")
                log.flush()
                subprocess.run([COMMAND, "train", *SMALL, "--csv", name], stdout=log, check=True, timeout=60,
                               cwd=self.folder)
                log.write("after\n")
            self.assertEqual((self.folder / "log").read_text(), "before\n" + self.expected + "after\n")

    def test_with_a_result_file_beside_it(self):
        self.need_result_files()
        self.assertEqual(self.train(*SMALL, "--csv", "-", "--out", "./-"), self.expected)
        self.assert_files("-")

    def test_one_standard_output_for_two_results_is_refused(self):
        for name in STANDARD_OUTPUT:
            self.assert_refused(2, "train", *LONG, "--csv", name, "--json",
                                says=[f"--csv: '{name}' is standard output", "--json"])

    def test_a_result_file_needs_a_file(self):
        self.need_result_files()
        for name in STANDARD_OUTPUT:
            self.assert_refused(2, "train", *LONG, "--out", name, says=[f"--out: '{name}' is standard output", "HDF5"])
        self.assert_refused(1, "train", *LONG, "--out", "/dev/null", says=["cannot write /dev/null: it is a device"])
        self.assert_files()

    def through_pipe(self, name, reader, **options):
        """Returns the thread that reads the pipe, the list that will hold what it read, and what the command prints."""
        received = []
        thread = threading.Thread(target=lambda: received.append(reader.read()))
        thread.start()
        table = self.train(*SMALL, "--csv", name, **options)
        return thread, received, table

    def test_pipes_get_the_rows_and_standard_output_the_table(self):
        ends = os.pipe()
        with os.fdopen(ends[0]) as reader:
            thread, received, table = self.through_pipe(f"/dev/fd/{ends[1]}", reader, pass_fds=[ends[1]])
            os.close(ends[1])
            thread.join()
        self.assertEqual(received, [self.expected])
        self.assertIn("converged", table)

        os.mkfifo(self.folder / "named")
        # Open for reading and writing, so that opening does not wait for the other end.
        with os.fdopen(os.open(self.folder / "named", os.O_RDWR)) as keeper, (self.folder / "named").open() as reader:
            thread, received, table = self.through_pipe("named", reader)
            keeper.close()
            thread.join()
        self.assertEqual(received, [self.expected])
        self.assertIn("converged", table)
        self.assert_files("named")

    def test_devices_are_written_to_and_stay_devices(self):
        self.assertIn("converged", self.train(*SMALL, "--csv", "/dev/null"))
        self.assertTrue(os.path.exists("/dev/null") and not os.path.isfile("/dev/null"))

    def test_a_stream_that_fails_takes_nothing_else_with_it(self):
        reader, closed = os.pipe()
        os.close(reader)
        for name, problem in (("/dev/full", "the disk is full"), (f"/dev/fd/{closed}", "Broken pipe")):
            result = self.run_command("train", *SMALL, "--csv", name, pass_fds=[closed])
            self.assertEqual(result.returncode, 1)
            self.assertRegex(without_progress(result.stderr), rf"\Agumbelcuda: error: cannot write {name}: {problem}[^\n]*\n\Z")
            self.assertIn("converged", result.stdout)
        os.close(closed)

    def test_a_reader_that_has_seen_enough_ends_it_after_the_files(self):
        reader, closed = os.pipe()
        os.close(reader)
        files = ["--out", "a.h5"] if self.info()["result_file"] else []
        with open(closed, "w") as nobody:
            result = subprocess.run([COMMAND, "train", *SMALL, "--csv", "-", *files], stdout=nobody, timeout=60,
                                    stderr=subprocess.PIPE, text=True, cwd=self.folder)
        self.assertEqual((result.returncode, without_progress(result.stderr)), (-signal.SIGPIPE, ""))
        self.assert_files(*files[1:])

    def test_a_file_that_is_open_elsewhere_is_not_overwritten_from_its_beginning(self):
        with (self.folder / "log").open("w") as log:
            self.assert_refused(1, "train", *LONG, "--csv", f"/dev/fd/{log.fileno()}", pass_fds=[log.fileno()],
                                says=["cannot write /dev/fd/", "a process has open"])
        self.assert_files("log")


class Names(CommandTest):
    def test_names_of_other_formats_are_refused(self):
        wrong = {"--csv": (("a.h5", "HDF5", "--out a.h5"), ("a.hdf5", "HDF5", "--out a.hdf5"),
                           ("b/a.JSON", "JSON", "--json > b/a.JSON"), ("a.png", "a picture", "plot FILE.h5 -o a.png"),
                           ("a.csv.gz", "something compressed", "--csv - and a compressor"))}
        if self.info()["result_file"]:
            wrong["--out"] = (("res.csv", "text", "--csv res.csv"), ("res.CSV", "text", "--csv res.CSV"),
                              ("./res.tsv", "text", "--csv ./res.tsv"), ("res.txt", "text", "--csv res.txt"),
                              ("res.json", "JSON", "--json > res.json"), ("res.svg", "a picture", "plot FILE.h5 -o res.svg"))
        for flag, names in wrong.items():
            for name, what, way in names:
                with self.subTest(flag=flag, name=name):
                    holds = "HDF5" if flag == "--out" else "text"
                    self.assert_refused(2, "train", *LONG, flag, name, says=[
                        f"{flag}: '{name}' would be {holds}, and its name says {what}; that is ", way])
        self.assert_files()

    def test_any_other_name_is_taken(self):
        names = {"--csv": ("a", "a.tsv", "a.txt", "a.h5.csv", ".csv", "csv", "run.2")}
        if self.info()["result_file"]:
            names["--out"] = ("a", "a.h5", "a.hdf5", "a.csv.h5", "csv", "run.2")
        for flag, each in names.items():
            for name in each:
                with self.subTest(flag=flag, name=name):
                    self.train(*SMALL, flag, name, "--quiet")
                    self.assert_files(name)
                    (self.folder / name).unlink()


if __name__ == "__main__":
    unittest.main()
