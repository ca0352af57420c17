# SPDX-License-Identifier: Apache-2.0
"""gumbelcuda report: what it refuses, and that nothing is written or lost then. The page itself:
tests/results/sweep_report_test.cpp, report_page_test.py."""
import json
import re
import unittest

from command import CommandTest, without_progress


class Report(CommandTest):
    def test_a_page_must_be_named(self):
        self.assert_refused(2, "report", "run.h5", says=["--out: name the page", "-o FILE.html"])

    def test_names_that_promise_something_else_are_refused(self):
        for name, what in (("a.h5", "HDF5; that is gumbelcuda sweep --out a.h5"), ("a.csv", "text"), ("a.JSON", "JSON"),
                           ("a.png", "a picture"), ("a.html.gz", "something compressed; that is -o - and")):
            self.assert_refused(2, "report", "run.h5", "-o", name,
                                says=[f"--out: '{name}' would be HTML, and its name says {what}"])
        self.assert_files()

    def test_other_results_are_no_pages(self):
        for flag in ("--csv", "--out"):
            self.assert_refused(2, "train", flag, "a.html", says=["its name says a page; that is gumbelcuda report"])
        self.assert_files()

    def test_the_file_itself_is_not_replaced(self):
        (self.folder / "run").write_text("a sweep")
        self.assert_refused(2, "report", "run", "-o", "./run", says=["--out: './run' is the sweep's file"])
        self.assertEqual((self.folder / "run").read_text(), "a sweep")

    def test_a_page_stays_where_the_sweep_cannot_be_read(self):
        (self.folder / "old.html").write_text("a page")
        self.assert_refused(1, "report", "missing.h5", "-o", "old.html", says=["missing.h5"])
        self.assertEqual((self.folder / "old.html").read_text(), "a page")
        self.assert_refused(1, "report", "missing.h5", "-o", "-", says=["missing.h5"])
        self.assert_files("old.html")

    def test_a_sweeps_file_becomes_a_page(self):
        (self.folder / "a.toml").write_text("[gan]\nepochs = 1\nsteps_per_epoch = 2\nhistory = 1\n"
                                            "[grid]\nloss = [\"hinge\", \"saturating\"]\nbatch_size = [2, 3]\n")
        self.need_result_files()
        for arguments in (("sweep", "a.toml", "--out", "a.h5", "--quiet"), ("report", "a.h5", "-o", "a.html")):
            result = self.run_command(*arguments)
            self.assertEqual((result.returncode, result.stdout, without_progress(result.stderr)), (0, "", ""))
        page = (self.folder / "a.html").read_text()
        self.assertTrue(page.lower().startswith("<!doctype html>"))
        data = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)[1])
        self.assertEqual([axis["name"] for axis in data["axes"]], ["loss", "batch_size"])
        self.assert_files("a.toml", "a.h5", "a.html")

    def test_a_page_that_cannot_be_written(self):
        self.assert_refused(1, "report", "run.h5", "-o", "nowhere/a.html", says=["nowhere"])


if __name__ == "__main__":
    unittest.main()
