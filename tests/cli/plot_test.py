# SPDX-License-Identifier: Apache-2.0
"""gumbelcuda plot: both pictures, its errors, and that the heat map shows what its title says."""
import os
import unittest

from command import SANITIZED, SMALL, CommandTest, limit_memory
from drawing import DrawingTest


class Drawing(DrawingTest):
    def test_both_pictures(self):
        for gans in (1, 4, 40):
            self.train(*SMALL[2:], "--gans", gans, "--out", "a.h5", "--history", "all", "--quiet")
            self.plot("a.h5", "-o", "map.png", "--spread", "spread.png")
            self.assert_picture("map.png")
            self.assert_picture("spread.png")
        self.assert_files("a.h5", "map.png", "spread.png")

    def test_many_classes(self):
        self.train(*SMALL, "--probs", ",".join(["0.01"] * 100), "--out", "a.h5", "--history", 1, "--quiet")
        self.plot("a.h5", "-o", "map.png", "--spread", "spread.png")
        self.assert_picture("map.png")
        self.assert_picture("spread.png")

    def test_one_gan_by_its_number_in_the_fleet(self):
        self.train(*SMALL, "--first-gan", 10, "--out", "a.h5", "--history", 2, "--quiet")
        self.plot("a.h5", "-o", "map.png", "--gan", 11)
        self.assert_picture("map.png")
        for gan in (9, 12):
            self.assert_refused(2, "plot", "a.h5", "-o", "other.png", "--gan", gan, says=["--gan: ", str(gan), "10 … 11"])
        self.assert_files("a.h5", "map.png")

    def test_a_file_without_history(self):
        self.train(*SMALL, "--out", "a.h5", "--quiet")
        self.assert_refused(2, "plot", "a.h5", "-o", "map.png", "--spread", "s.png", says=["no history", "--history"])
        self.assert_files("a.h5")
        self.plot("a.h5", "--spread", "s.png")
        self.assert_picture("s.png")

    def test_a_link_stays_a_link_and_permissions_stay(self):
        self.train(*SMALL, "--out", "a.h5", "--quiet")
        (self.folder / "far").mkdir()
        (self.folder / "far" / "s.png").write_text("old")
        (self.folder / "far" / "s.png").chmod(0o640)
        (self.folder / "s.png").symlink_to("far/s.png")
        (self.folder / "new.png").symlink_to("far/new.png")
        for name in ("s.png", "new.png"):
            self.plot("a.h5", "--spread", name)
            self.assertTrue((self.folder / name).is_symlink())
            self.assert_picture("far/" + name)
        self.assertEqual((self.folder / "far" / "s.png").stat().st_mode & 0o777, 0o640)
        self.assertEqual(sorted(os.listdir(self.folder / "far")), ["new.png", "s.png"])

    def test_an_unknown_kind_of_picture(self):
        self.train(*SMALL, "--out", "a.h5", "--history", 1, "--quiet")
        self.assert_refused(2, "plot", "a.h5", "-o", "map.docx", says=["map.docx", ".png"])
        self.assert_refused(2, "plot", "a.h5", "-o", "m.png", "--spread", "s.docx", says=["s.docx", ".png"])
        self.assert_files("a.h5")

    def test_file_names_are_not_interpreted(self):
        name = "-a $(touch b); 'c.h5"
        self.train(*SMALL, f"--out={name}", "--history", 1, "--quiet")
        self.plot("-o", "map.png", "--", name)
        self.assert_files(name, "map.png")

    def test_the_heat_map_is_learned_minus_target_averaged_over_gans(self):
        self.run_python("""
import h5py, numpy as np, plot
with h5py.File("a.h5", "w") as f:
    f["target"] = np.array([0.25, 0.75])
    f["history"] = np.array([[[0.5, 0.5], [0.25, 0.75]], [[0.75, 0.25], [0.25, 0.75]], [[np.nan] * 2] * 2], "f4")
    f["distribution"] = np.zeros((3, 2), "f4")
    mean, whose = plot.difference_over_epochs(f, None)
    assert (mean == [[0.375, -0.375], [0, 0]]).all() and "2 GANs" in whose, (mean, whose)
    one, whose = plot.difference_over_epochs(f, 1)
    assert (one == [[0.5, -0.5], [0, 0]]).all() and whose == "GAN 1", (one, whose)
    image = plot.draw_heat_map(f, None).axes[0].images[0]
    assert image.get_cmap().name == "bwr" and image.get_clim() == (-2, 2)
    assert (image.get_array() == mean.T).all()
""")


class Refusing(CommandTest):
    def test_bad_usage(self):
        self.assert_refused(2, "plot", says=["FILE.h5"])
        self.assert_refused(2, "plot", "a.h5", says=["-o FILE.png", "--spread"])
        self.assert_refused(2, "plot", "a.h5", "-o", "b.png", "--gan", "x", says=["--gan: 'x'"])
        self.assert_refused(2, "plot", "a.h5", "--spread", "b.png", "--gan", "1", says=["--gan: ", "-o"])
        self.assert_refused(2, "plot", "a.h5", "-o", "b.png", "--spread", "b.png", says=["--spread: ", "b.png"])

    def test_one_file_for_two_is_refused_however_it_is_spelled(self):
        self.need_result_files()
        self.train(*SMALL, "--out", "a.h5", "--history", 1, "--quiet")
        whole = (self.folder / "a.h5").read_bytes()
        (self.folder / "link").symlink_to("a.h5")
        for picture in ("a.h5", "./a.h5", "link", self.folder / "a.h5"):
            for flag, name in (("-o", "--out"), ("--spread", "--spread")):
                self.assert_refused(2, "plot", "a.h5", flag, picture, says=[f"{name}: ", str(picture)])
        self.assert_refused(2, "plot", "link", "-o", "a.h5", says=["--out: ", "a.h5"])
        self.assert_refused(2, "plot", "a.h5", "-o", "b.png", "--spread", "./b.png", says=["--spread: ", "b.png"])
        self.assertEqual((self.folder / "a.h5").read_bytes(), whole)
        self.assert_files("a.h5", "link")

    def test_files_that_are_not_there(self):
        self.need_result_files()
        self.assert_refused(1, "plot", "missing.h5", "-o", "map.png", says=["missing.h5"])
        self.train(*SMALL, "--out", "a.h5", "--history", 1, "--quiet")
        self.assert_refused(1, "plot", "a.h5", "-o", "missing/map.png", says=["missing/map.png"])
        self.assert_files("a.h5")

    @unittest.skipIf(SANITIZED, "the address sanitizer needs the address space that this test takes away")
    def test_a_file_larger_than_memory_can_be_checked(self):
        self.need_result_files()
        self.train("--gans", 50, "--probs", ",".join(["0.001953125"] * 512), "--epochs", 1000, "--steps-per-epoch", 1,
                   "--generator-steps", 1, "--batch-size", 1, "--history", "all", "--out", "a.h5", "--quiet")
        self.assertGreater((self.folder / "a.h5").stat().st_size, 90 << 20)
        self.assert_refused(1, "plot", "a.h5", "-o", "missing/map.png", says=["missing/map.png"],
                            preexec_fn=limit_memory(90 << 20))

    def test_damaged_files(self):
        self.need_result_files()
        self.train(*SMALL, "--out", "a.h5", "--history", "all", "--quiet")
        whole = (self.folder / "a.h5").read_bytes()
        flipped = bytearray(whole)
        flipped[-20] ^= 1
        (self.folder / "old.png").write_text("old")
        damaged = {"garbage": b"not a result file" * 100, "empty": b"", "half": whole[:len(whole) // 2],
                   "flipped": bytes(flipped)}
        for name, data in damaged.items():
            with self.subTest(name):
                (self.folder / "b.h5").write_bytes(data)
                self.assert_refused(3, "plot", "b.h5", "-o", "old.png", says=["b.h5"])
        self.assertEqual((self.folder / "old.png").read_text(), "old")
        self.assert_files("a.h5", "b.h5", "old.png")


if __name__ == "__main__":
    unittest.main()
