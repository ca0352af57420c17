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
        plain = (self.folder / "map.png").read_bytes()
        self.plot("a.h5", "-o", "map.png", "--scale", 2)
        self.assertEqual((self.folder / "map.png").read_bytes(), plain)
        for scale in (".05", "auto"):
            self.plot("a.h5", "-o", "map.png", "--scale", scale)
            self.assert_picture("map.png")
            self.assertNotEqual((self.folder / "map.png").read_bytes(), plain)
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
import argparse, h5py, numpy as np, plot
with h5py.File("a.h5", "w") as f:
    f["target"] = np.array([0.25, 0.75])
    f["history"] = np.array([[[0.5, 0.5], [0.25, 0.75]], [[0.75, 0.25], [0.25, 0.75]], [[np.nan] * 2] * 2], "f4")
    f["distribution"] = np.zeros((3, 2), "f4")
    mean, whose, warning = plot.difference_over_epochs(f, None)
    assert (mean == [[0.375, -0.375], [0, 0]]).all(), mean
    assert (whose, warning) == ("mean of 2 of 3 GANs (1 diverged, left out)", "1 of 3 GANs diverged, left out")
    one, whose, warning = plot.difference_over_epochs(f, 1)
    assert (one == [[0.5, -0.5], [0, 0]]).all() and (whose, warning) == ("GAN 1", ""), (one, whose)
    image = plot.draw_heat_map(f, argparse.Namespace(gan=None, scale='2'))[0].axes[0].images[0]
    assert image.get_cmap().name == "bwr" and image.get_clim() == (-2, 2)
    assert (image.get_array() == mean.T).all()
""")

    def test_gans_that_diverged_are_named_wherever_they_are_drawn_or_left_out(self):
        self.run_command("train", *SMALL[2:], "--gans", 3, "--learning-rate", "1e-3,1e38,1e-3", "--out", "some.h5",
                         "--history", "all", "--quiet")
        warning = "gumbelcuda: warning: "
        self.plot("some.h5", "-o", "map.png", says=f"{warning}map.png: 1 of 3 GANs diverged, left out\n")
        self.plot("some.h5", "-o", "map.png", "--spread", "spread.png",
                  says=f"{warning}map.png, spread.png: 1 of 3 GANs diverged, left out\n")
        self.plot("some.h5", "-o", "map.png", "--gan", 1, says=f"{warning}map.png: GAN 1 diverged in epoch 1\n")
        self.plot("some.h5", "-o", "map.png", "--gan", 2)
        self.run_command("train", *SMALL, "--learning-rate", "1e38", "--out", "all.h5", "--history", "1", "--quiet")
        self.plot("all.h5", "-o", "map.png", "--spread", "spread.png",
                  says=f"{warning}map.png: GAN 0 diverged in epoch 1; spread.png: 4 of 4 GANs diverged\n")
        for name in ("map.png", "spread.png"):
            self.assert_picture(name)

    def test_what_is_not_finite_is_grey_and_hatched_and_nothing_else_is(self):
        """Pixels in the middle of an epoch: no hue means grey, as nothing in the map of these numbers is."""
        self.run_python("""
import argparse, h5py, numpy as np, plot
from matplotlib.backends.backend_agg import FigureCanvasAgg

def pixels(figure, x, half=0.3):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    (left, bottom), (right, top) = figure.axes[0].transData.transform([(x - half, 1.4), (x + half, -0.4)]).astype(int)
    rows = np.asarray(canvas.buffer_rgba())[::-1, :, :3].astype(int)
    return rows[min(bottom, top):max(bottom, top), left:right].reshape(-1, 3)

def is_hatched(part):
    grey = (part.max(axis=1) - part.min(axis=1) < 3) & (part.max(axis=1) < 230)
    return grey.all() and len(np.unique(part)) > 2

nan = np.nan
with h5py.File("a.h5", "w") as f:
    f["target"] = np.array([0.0, 1.0])
    f["history"] = np.array([[[0.5, 0.5]] * 3, [[0.5, 0.5], [nan, nan], [nan, np.inf]], [[0.5, 0.5]] * 3], "f4")
    f["distribution"] = f["history"][:, -1]
    for gan, hatched, title in ((None, 0, "mean of 2 of 3 GANs (1 diverged, left out)"), (0, 0, "GAN 0"),
                                (1, 2, "GAN 1 (diverged in epoch 2)")):
        figure = plot.draw_heat_map(f, argparse.Namespace(gan=gan, scale='2'))[0]
        assert figure.axes[0].get_title().endswith(", " + title), figure.axes[0].get_title()
        found = [bool(is_hatched(pixels(figure, epoch))) for epoch in (1, 2, 3)]
        assert found == [False] * (3 - hatched) + [True] * hatched, found
    figure, warning = plot.draw_spread(f, None)
    assert figure.axes[0].get_title() == "What 2 of 3 GANs (1 diverged, left out) learned"
    assert warning == "1 of 3 GANs diverged, left out"
    f["history"][0, 2], f["history"][2] = nan, nan
    figure, warning = plot.draw_heat_map(f, argparse.Namespace(gan=None, scale='2'))
    assert figure.axes[0].get_title().endswith(", mean of 3 GANs (all diverged)") and warning == "3 of 3 GANs diverged"
    assert all(is_hatched(pixels(figure, epoch)) for epoch in (1, 2, 3))
    f["distribution"][:] = nan
    figure, warning = plot.draw_spread(f, None)
    assert figure.axes[0].get_title() == "What 3 GANs (all diverged) learned" and warning == "3 of 3 GANs diverged"
    assert figure.axes[0].patch.get_hatch()
""")


    def test_the_scale_of_the_heat_map(self):
        self.run_python("""
import argparse, h5py, numpy as np, plot
with h5py.File("a.h5", "w") as f:
    f["target"] = np.array([0.5, 0.5])
    for difference, scale, limit, extend in ((0.3, "2", 2, "neither"), (0.3, ".05", 0.05, "both"),
                                             (0.3, "0.5", 0.5, "neither"), (0.25, "auto", 0.5, "neither"),
                                             (0.015, "auto", 0.02, "neither"), (0.5, "auto", 0.5, "neither"),
                                             (0, "auto", 1e-6, "neither")):
        f["history"] = np.array([[[0.5 + difference, 0.5 - difference]] * 2], "f8")
        figure, _ = plot.draw_heat_map(f, argparse.Namespace(gan=None, scale=scale))
        colourbar = figure.axes[0].images[0].colorbar
        assert figure.axes[0].images[0].get_clim() == (-limit, limit), figure.axes[0].images[0].get_clim()
        assert colourbar.extend == extend and np.allclose(colourbar.get_ticks(), np.linspace(-limit, limit, 5))
        del f["history"]
""")

    def test_nothing_in_the_spread_touches_an_edge_or_the_title(self):
        self.run_python("""
import itertools, h5py, numpy as np, plot
from matplotlib.backends.backend_agg import FigureCanvasAgg

rng = np.random.default_rng(1)
for classes, gans in itertools.product((2, 5, 12, 13, 24, 25, 40), (1, 3, 100)):
    with h5py.File("a.h5", "w") as f:
        f["target"] = np.arange(classes) / np.arange(classes).sum()
        f["distribution"] = rng.dirichlet(np.ones(classes), gans).astype("f4")
        figure, _ = plot.draw_spread(f, None)
        top = max(f["target"][:].max(), f["distribution"][:].max() if classes < 25 else 0)
    canvas, axes = FigureCanvasAgg(figure), figure.axes[0]
    canvas.draw()
    title, frame = axes.title.get_window_extent(), axes.get_window_extent()
    for label in axes.texts:
        box = label.get_window_extent()
        assert frame.y0 < box.y0 and box.y1 < min(title.y0, frame.y1), (classes, gans, box, title)
        assert figure.bbox.x0 < box.x0 and box.x1 < figure.bbox.x1, (classes, gans, box)
    assert len(axes.texts) == (classes if classes <= 12 else 0)
    assert axes.dataLim.y1 >= top and axes.dataLim.y0 >= 0, (classes, gans, axes.dataLim)
    height = axes.get_ylim()[1] - axes.get_ylim()[0]
    assert axes.get_ylim()[0] < 0 and axes.get_ylim()[1] > axes.dataLim.y1 + 0.1 * height, (classes, gans)
    assert axes.get_xlim()[0] < axes.dataLim.x0 and axes.dataLim.x1 < axes.get_xlim()[1], (classes, gans)
    assert axes.dataLim.width > classes - 0.2, (classes, gans, axes.dataLim)  # the outermost classes are whole
""")

    def test_epochs_and_numbers_are_whole(self):
        self.run_python("""
import argparse, h5py, numpy as np, plot
for epochs in (1, 2, 3, 200):
    for classes in (2, 5, 40):
        with h5py.File("a.h5", "w") as f:
            f["target"] = np.full(classes, 1 / classes)
            f["history"] = np.full((1, epochs, classes), 1 / classes, "f4")
            axes = plot.draw_heat_map(f, argparse.Namespace(gan=None, scale='2'))[0].axes[0]
        for axis, least, most in ((axes.xaxis, 1, epochs), (axes.yaxis, 0, classes - 1)):
            ticks = [tick for tick in axis.get_ticklocs() if least - 0.5 <= tick <= most + 0.5]
            assert len(ticks) >= min(2, most - least + 1), ticks
            assert all(tick == round(tick) and least <= tick <= most for tick in ticks), ticks
""")


class Refusing(CommandTest):
    def test_bad_usage(self):
        self.assert_refused(2, "plot", says=["FILE.h5"])
        self.assert_refused(2, "plot", "a.h5", says=["-o FILE.png", "--spread"])
        self.assert_refused(2, "plot", "a.h5", "-o", "b.png", "--gan", "x", says=["--gan: 'x'"])
        for flag in ("--gan", "--scale"):
            self.assert_refused(2, "plot", "a.h5", "--spread", "b.png", flag, "1", says=[f"{flag}: ", "-o"])
        for scale in ("0", "-1", "2.1", "1e-7", "nan", "inf", "wide"):
            self.assert_refused(2, "plot", "a.h5", "-o", "b.png", f"--scale={scale}",
                                says=["--scale: ", scale, "; allowed: 0.000001 … 2, or auto"])
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
        self.train("--gans", 70, "--probs", ",".join(["0.001953125"] * 512), "--epochs", 1000, "--steps-per-epoch", 1,
                   "--generator-steps", 1, "--batch-size", 1, "--history", "all", "--out", "a.h5", "--quiet")
        self.assertGreater((self.folder / "a.h5").stat().st_size, 128 << 20)
        self.assert_refused(1, "plot", "a.h5", "-o", "missing/map.png", says=["missing/map.png"],
                            preexec_fn=limit_memory(64 << 20))

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
