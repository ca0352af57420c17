# SPDX-License-Identifier: Apache-2.0
"""The page of a report in a browser: what it shows for sweeps of every shape, its selects, cells, tables and theme, by
mouse and by keyboard. Any message on the console is a failure, and so is anything that the page loads. The numbers are
those of the page's data, which tests/results/sweep_report_test.cpp compares with the sweep."""
import json
import math
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import browser

EXAMPLE = os.environ.get("GUMBELCUDA_EXAMPLE_REPORT")
if not EXAMPLE:
    raise SystemExit("GUMBELCUDA_EXAMPLE_REPORT must name the program that prints pages")
KINDS = ("grid", "large", "ragged", "one_axis", "replicas", "no_axis", "hostile", "diverged", "wide", "gradients")


def data_of(html):
    return json.loads(re.search(r'(?s)<script type="application/json" id="data">(.*?)</script', html)[1])


class Shared:
    """One browser and one page of each kind for all tests."""

    def __init__(self):
        self.holder = tempfile.TemporaryDirectory()
        self.folder, self.data = pathlib.Path(self.holder.name), {}
        for kind in KINDS:
            page = subprocess.run([EXAMPLE, kind], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
            (self.folder / f"{kind}.html").write_text(page, encoding="utf-8")
            self.data[kind] = data_of(page)
        self.browser = browser.Browser()


def setUpModule():
    global shared
    if not browser.program():
        raise unittest.SkipTest("no Chromium here (Debian: chromium)")
    shared = Shared()
    unittest.addModuleCleanup(shared.holder.cleanup)
    unittest.addModuleCleanup(shared.browser.close)
    try:
        shared.browser.send("Browser.getVersion")
    except (OSError, RuntimeError) as problem:
        raise unittest.SkipTest(f"Chromium does not start: {problem}") from problem


class ReportPage(unittest.TestCase):
    @property
    def data(self):
        return shared.data

    def open(self, kind, **how):
        tab = browser.Tab(shared.browser, (shared.folder / f"{kind}.html").as_uri(), **how)
        self.addCleanup(tab.close)
        self.addCleanup(lambda: self.assertEqual((tab.complaints(), tab.requests()), ([], [])))
        return tab

    def cell(self, kind, ix, iy, x=0, y=1):
        """The numbers of a cell, from the data; axis x must come before y."""
        data = self.data[kind]
        cells = next(pair for pair in data["pairs"] if (pair["x"], pair["y"]) == (x, y))["cells"]
        number = ix + iy * len(data["axes"][x]["from"])
        at = number if cells["cell"] is None else cells["cell"].index(number)
        return {name: column[at] for name, column in cells.items() if name != "cell"}

    def colour(self, tab, grid, ix, iy, width, height):
        """Of a cell's middle on the canvas, as #rrggbb."""
        tab.evaluate("new Promise(done => requestAnimationFrame(done))")
        red, green, blue = tab.evaluate(
            f"(() => {{ const canvas = document.querySelector('{grid} canvas'), copy = document.createElement('canvas'); "
            "copy.width = copy.height = 1; const context = copy.getContext('2d'); context.drawImage(canvas, "
            f"-Math.floor(canvas.width * {(ix + .5) / width}), -Math.floor(canvas.height * {1 - (iy + .5) / height})); "
            "return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3); })()")
        return f"#{red:02x}{green:02x}{blue:02x}"

    def named(self, tab, name):
        return tab.evaluate(f"getComputedStyle(document.documentElement).getPropertyValue('--{name}').trim()")


    def number(self, value):
        """As the page has it, three digits."""
        if 0 < value < 1e-3:
            return re.sub(r"\.?0*e-0?", "e−", f"{value:.2e}")
        return f"{value:.3g}"

    def assert_shown_whole(self, kind, tab, width, scheme):
        self.assertLessEqual(tab.evaluate("document.documentElement.scrollWidth"), width)
        self.assertEqual(tab.evaluate("document.documentElement.dataset.theme"), scheme)
        gans = f"{self.data[kind]['summary']['gans']:,}"
        self.assertEqual(tab.text("h1"), f"Sweep of {gans} GAN{'' if gans == '1' else 's'}")
        shown = tab.text("main")
        for unset in ("NaN", "undefined", "null", "Infinity", "[object"):
            self.assertFalse(unset in shown, f"{unset} is shown")
        self.assertEqual(tab.evaluate("document.querySelectorAll('[d*=NaN], [points*=NaN], [cx=NaN]').length"), 0)


class Shapes(ReportPage):
    def test_every_sweep_fits_a_telephone_at_night(self):
        for kind in set(KINDS) - {"large"}:
            with self.subTest(kind):
                self.assert_shown_whole(kind, self.open(kind, width=400, scheme="dark"), 400, "dark")

    def test_head(self):
        tab, summary = self.open("grid"), self.data["grid"]["summary"]
        tiles = dict(zip(tab.texts(".tiles dt"), tab.texts(".tiles dd")))
        self.assertEqual(tiles["Diverged"].split("\n")[0], str(summary["diverged"]))
        self.assertEqual(tiles["Converged"].split("\n")[0], f"{summary['converged']:,}")
        self.assertTrue(tiles["Backend"].startswith("cpu\navx2, 2 threads"), tiles)
        settings = dict(zip(tab.texts("#settings dt"), tab.texts("#settings dd")))
        self.assertEqual(settings["target"], "0, 0, 0.1, 0.3, 0.6")
        self.assertEqual(len(tab.texts("#axes tbody tr")), 4)

    def test_one_axis_is_a_curve(self):
        tab = self.open("one_axis")
        self.assertEqual(tab.text("#diagram-title"), "Along one axis")
        self.assertEqual(tab.evaluate("document.querySelector('#y-axis').value"), "none")
        cells = self.data["one_axis"]["axes"][0]["cells"]
        finite = sum(each is not None for each in cells["total_variation"])
        self.assertEqual(tab.evaluate("document.querySelectorAll('#plot .point').length"), finite)
        self.assertEqual(tab.evaluate("document.querySelectorAll('#plot .cross').length"), 17 - finite)
        tab.click("#plot .grid", across=3.5 / 17)
        self.assertIn("Generator learning rate", tab.text("#cell-title"))
        self.assertEqual(len(tab.texts("#members tbody tr")), 5)

    def test_without_axes_there_is_no_diagram(self):
        tab = self.open("no_axis")
        self.assertFalse(tab.evaluate("Boolean(document.querySelector('#diagram'))"))
        self.assertEqual(len(tab.texts("#members tbody tr")), 1)
        self.assertTrue(tab.evaluate("Boolean(document.querySelector('#history canvas'))"))

    def test_diverged_gans_have_a_colour_of_their_own(self):
        tab = self.open("diverged")
        for metric in ("total_variation", "converged", "epochs", "diverged"):
            tab.choose("#metric", metric)
            self.assertEqual(self.colour(tab, "#plot", 0, 0, 17, 9), self.named(tab, "diverged-fill"))
        self.assertEqual(tab.texts("#ranked option"), ["153 GANs: diverged"])
        self.assertIn("diverged", tab.text("#ranking tbody tr"))
        self.assertIn("all of which diverged", tab.text("#cell-counts"))

    def test_other_gans_do_not(self):
        tab = self.open("grid")
        self.assertEqual(self.cell("grid", 16, 8)["diverged"], 20)
        self.assertEqual(self.colour(tab, "#plot", 16, 8, 17, 9), self.named(tab, "diverged-fill"))
        # The colours of viridis at the ends, by the fraction that converged.
        tab.choose("#metric", "converged")
        ends = {share: next((ix, iy) for ix in range(17) for iy in range(9)
                            if self.cell("grid", ix, iy)["diverged"] == 0
                            and self.cell("grid", ix, iy)["converged"] == 20 * share) for share in (0, 1)}
        self.assertEqual(self.colour(tab, "#plot", *ends[0], 17, 9), "#440154")
        self.assertEqual(self.colour(tab, "#plot", *ends[1], 17, 9), "#fde725")

    def test_classes_that_a_gan_does_not_have_are_not_shown(self):
        tab = self.open("ragged")
        self.assertEqual(len(tab.texts("#target option")), 2)
        seen = set()
        for target in (0, 1):
            tab.choose("#target", str(target))
            classes = len(self.data["ragged"]["targets"][target])
            seen.add(classes)
            self.assertEqual(tab.evaluate("document.querySelectorAll('#learned tbody tr').length"), classes)
        self.assertEqual(seen, {2, 5})
        label = tab.evaluate("document.querySelector('#history .grid').getAttribute('aria-label')")
        row = int(tab.evaluate("document.querySelector('#history-gan').value"))
        self.assertIn(f"{len(self.data['ragged']['history']['distribution'][row][0])} classes", label)

    def test_names_are_text(self):
        tab = self.open("hostile")
        self.assertIn("</script><script>alert(1)</script>", tab.text("#subtitle"))
        self.assertIn('<b>"bold" & \'quoted\'</b>', tab.text("#members tbody"))
        self.assertEqual(tab.evaluate("document.querySelectorAll('main b, main script').length"), 0)


class Diagram(ReportPage):
    def test_a_click_shows_the_gans_of_a_cell(self):
        tab, cell = self.open("grid"), self.cell("grid", 5, 3)
        tab.click("#plot .grid", across=5.5 / 17, down=1 - 3.5 / 9)
        self.assertEqual(tab.text("#cell-title"), "Generator learning rate 1.7783e−4, temperature 0.031623")
        counts = tab.text("#cell-counts")
        self.assertIn(f"{cell['gans']} GANs: {cell['converged']} converged", counts)
        self.assertIn(f"{cell['total_variation']:.3g}", counts)
        self.assertEqual(tab.text("#readout").split("\n")[0], tab.text("#cell-title"))
        gans = self.data["grid"]["gans"]
        members = [row for row in range(len(gans["number"])) if (gans["bins"][0][row], gans["bins"][1][row]) == (5, 3)]
        self.assertEqual(sorted(map(int, tab.texts("#members tbody th"))), sorted(gans["number"][row] for row in members))
        # The means that are drawn are those of the GANs.
        tab.click("#learned summary")
        shown = [float(row.split("\t")[2]) for row in tab.texts("#learned tbody tr")]
        for k, mean in enumerate(shown):
            self.assertAlmostEqual(mean, sum(gans["distribution"][row][k] for row in members) / len(members) / 1e4, 3)

    def test_pointing_reads_a_cell(self):
        tab, cell = self.open("grid"), self.cell("grid", 2, 1)
        self.assertIn("Point at a cell", tab.text("#readout"))
        tab.move("#plot .grid", across=2.5 / 17, down=1 - 1.5 / 9)
        self.assertIn(f"{cell['gans']} GANs", tab.text("#readout"))
        self.assertEqual(tab.text("#cell-title"), "All GANs")

    def test_axes_and_colours_can_be_chosen(self):
        tab = self.open("grid")
        tab.choose("#x-axis", "1")  # that of y: they change places
        self.assertEqual(tab.evaluate("document.querySelector('#y-axis').value"), "0")
        tab.click("#plot .grid", across=3.5 / 9, down=1 - 5.5 / 17)
        self.assertEqual(tab.text("#cell-title"), "Temperature 0.031623, generator learning rate 1.7783e−4")
        cell = self.cell("grid", 5, 3)
        self.assertIn(f"{cell['gans']} GANs: {cell['converged']} converged", tab.text("#cell-counts"))
        tab.choose("#y-axis", "2")
        self.assertIn("hinge", tab.text("#plot"))
        self.assertEqual(tab.text("#cell-title"), "All GANs")
        tab.choose("#metric", "diverged")
        self.assertIn("fraction diverged", tab.text("#legend"))
        self.assertIn("100 %", tab.text("#legend"))
        tab.choose("#y-axis", "none")
        self.assertEqual(tab.text("#diagram-title"), "Along one axis")
        tab.choose("#x-axis", "2")
        self.assertEqual(tab.evaluate("document.querySelectorAll('#plot .curve').length"), 0)  # words are not ordered

    def test_gradients_can_be_a_colour(self):
        tab = self.open("gradients")
        cells = {(ix, iy): self.cell("gradients", ix, iy) for ix in range(17) for iy in range(9)}
        finite = [place for place, cell in cells.items() if cell["diverged"] == 0]
        share = lambda place: cells[place]["nonzero_gradients"]
        variance = lambda place: cells[place]["gradient_variance"]
        tab.choose("#metric", "nonzero_gradients")
        self.assertIn("median share of samples with a gradient", tab.text("#legend"))
        self.assertEqual([share(min(finite, key=share)), share(max(finite, key=share))], [0, 1])
        self.assertEqual(self.colour(tab, "#plot", *min(finite, key=share), 17, 9), "#440154")
        self.assertEqual(self.colour(tab, "#plot", *max(finite, key=share), 17, 9), "#fde725")
        # From none through 1e−6 to 0.1: zero is apart, below the first decade.
        tab.choose("#metric", "gradient_variance")
        self.assertIn("median variance of the gradient (logarithmic)", tab.text("#legend"))
        ticks = [float(text.replace("−", "-")) for text in tab.texts("#legend .ticks span")]
        self.assertEqual(ticks[0], 0)
        self.assertTrue(all(abs(math.log10(tick) % 1) < 1e-9 for tick in ticks[1:]), ticks)
        none = next(place for place in finite if variance(place) == 0)
        self.assertEqual(self.colour(tab, "#plot", *none, 17, 9), "#440154")
        least, most = min(variance(place) for place in finite if variance(place) > 0), max(map(variance, finite))
        self.assertGreater(most, 100 * least)
        self.assertTrue(ticks[1] <= least and most <= ticks[-1], ticks)
        brightness = lambda place: sum(int(self.colour(tab, "#plot", *place, 17, 9)[i:i + 2], 16) for i in (1, 3))
        positive = sorted((place for place in finite if variance(place) > 0), key=variance)
        shown = [brightness(place) for place in (none, *positive[::8])]
        self.assertEqual(shown, sorted(shown))
        tab.move("#plot .grid", across=2.5 / 17, down=1 - 4.5 / 9)
        self.assertIn(f"median variance of the gradient {self.number(cells[2, 4]['gradient_variance'])}", tab.text("#readout"))

    def test_a_tiny_variance_does_not_take_the_scale(self):
        tab = self.open("gradients")
        ticks = lambda *variances: json.loads(tab.evaluate(
            f"(() => {{ const scale = scaleOf(metrics.gradient_variance, {json.dumps([{'gradient_variance': each} for each in variances])});"
            " return JSON.stringify(scale.ticks(4).map(tick => [scale.label(tick, numberText), scale.share(tick)])); })()"))
        self.assertEqual([label for label, _ in ticks(2, 5, 30)], ["0", "10", "20", "30"])
        self.assertEqual(ticks(.01, 9), [["0.01", 0], ["0.1", 1 / 3], ["1", 2 / 3], ["10", 1]])
        self.assertEqual([label for label, _ in ticks(0, .01, 9)], ["0", "0.01", "0.1", "1", "10"])
        self.assertEqual([label for label, _ in ticks(0, 1e-30, .01, 90)], ["< 1e−10", "1e−7", "1e−4", "0.1", "100"])
        self.assertEqual([label for label, _ in ticks(0, 0)], ["0", "0.5", "1"])

    def test_gradients_have_curves_and_columns(self):
        tab = self.open("gradients")
        for name in ("nonzero_gradients", "gradient_variance"):
            self.assertEqual(tab.evaluate(f"document.querySelectorAll('#{name}-1 .point').length"), 9)
            tab.choose("#y-axis", "none")
            tab.choose("#x-axis", "1")
            tab.choose("#metric", name)
            self.assertEqual(tab.evaluate("document.querySelectorAll('#plot .point').length"), 9)
        for table in ("#members", "#ranking"):
            headings = [text.strip() for text in tab.texts(f"{table} thead th")]
            self.assertIn("samples with a gradient", headings)
            self.assertIn("variance of the gradient", headings)
        summary = self.data["gradients"]["summary"]
        self.assertIn(f"median variance of the gradient {self.number(summary['gradient_variance'])}", tab.text("#cell-counts"))
        self.assertIn("of 256 single samples", tab.text("#gradients-note"))

    def test_there_are_no_gradients_where_nobody_looked(self):
        tab = self.open("grid")
        self.assertEqual(len(tab.texts("#metric option")), 4)
        self.assertFalse(tab.evaluate("Boolean(document.querySelector('#gradients-section'))"))
        self.assertEqual(re.findall("(?i)gradient", tab.evaluate("document.body.innerText")), [])

    def test_keyboard(self):
        tab = self.open("grid")
        tab.evaluate("document.querySelector('#metric').focus()")
        tab.press("Tab")
        self.assertEqual(tab.evaluate("document.activeElement.className"), "grid")
        self.assertNotEqual(tab.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none")
        best = tab.text("#readout")
        self.assertIn("median total variation", best)
        tab.press("Home", "PageDown", "ArrowRight", "ArrowRight", "ArrowUp")
        self.assertIn("temperature 0.0031623", tab.text("#readout"))
        tab.press("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown")
        self.assertIn("Generator learning rate 1e−5, temperature 0.001", tab.text("#readout"))
        tab.press("End", "PageUp", "Enter")
        self.assertEqual(tab.text("#cell-title"), "Generator learning rate 0.1, temperature 10")
        self.assertIn("nothing but the target", tab.text("#learned"))
        tab.press("Escape")
        self.assertEqual(tab.text("#cell-title"), "All GANs")
        tab.press("Tab")
        self.assertNotEqual(tab.evaluate("document.activeElement.className"), "grid")
        self.assertEqual(tab.evaluate("document.querySelector('#readout').getAttribute('aria-live')"), "polite")

    def test_one_gan_of_a_cell(self):
        tab = self.open("grid")
        tab.click("#plot .grid", across=.5 / 17, down=1 - .5 / 9)
        rows = tab.evaluate("[...document.querySelectorAll('#members [data-row]')].map(each => Number(each.dataset.row))")
        row = next(row for row in rows if row < len(self.data["grid"]["history"]["epochs"]))
        button = f"#members [data-row='{row}']"
        tab.click(button)
        number = tab.text(button)
        self.assertEqual(tab.evaluate(f'document.querySelector("{button}").getAttribute("aria-pressed")'), "true")
        self.assertIn(f"GAN {number}", tab.text("#learned"))
        self.assertEqual(tab.evaluate("document.querySelectorAll('#learned circle.one').length"), 5)
        self.assertIn(f"GAN {number}:", tab.evaluate("document.querySelector('#history .grid').getAttribute('aria-label')"))

    def test_history(self):
        tab, history = self.open("grid"), self.data["grid"]["history"]
        tab.choose("#history-gan", "0")
        tab.move("#history .grid", across=.999, down=.99)
        value = history["distribution"][0][-1][4] / 1e4
        self.assertIn(f"Epoch {history['epochs'][0][-1]}, class 4: {value:.3g}", tab.text("#history .readout"))

    def test_a_large_sweep_has_a_gan_of_each_cell(self):
        tab = self.open("large")
        self.assert_shown_whole("large", tab, 1280, "light")
        tab.click("#plot .grid", across=.3, down=.6)
        self.assertIn("4 GANs", tab.text("#cell-counts"))
        self.assertGreaterEqual(len(tab.texts("#members tbody tr")), 1)


class Rest(ReportPage):
    def test_tables_are_sorted_by_any_column(self):
        tab = self.open("gradients")
        headings = [text.strip() for text in tab.texts("#ranking thead th")]
        for column, name in enumerate(headings, 1):
            heading = f"#ranking thead th:nth-child({column})"
            for direction in ("ascending", "descending")[:2 if column < 4 else 1]:
                tab.click(f"{heading} button")
                self.assertEqual(tab.evaluate(f"document.querySelector('{heading}').getAttribute('aria-sort')"), direction)
                self.assertEqual(tab.evaluate("document.querySelectorAll('#ranking [aria-sort]').length"), 1)
                cells = tab.texts(f"#ranking tbody tr > :nth-child({column})")
                if name not in ("loss", "outcome"):
                    cells = [float(each.replace("−", "-").replace(",", "").removesuffix(" %")) for each in cells]
                self.assertEqual(cells, sorted(cells, reverse=direction == "descending"), name)
        tab.choose("#ranked", "worst")
        rows = self.data["grid"]["gans"]["worst"]["row"]
        self.assertEqual(tab.text("#ranking tbody th"), str(self.data["grid"]["gans"]["number"][rows[0]]))

    def test_theme(self):
        tab = self.open("grid")
        for dark in (True, False):
            tab.click("#theme")
            self.assertEqual(tab.evaluate("document.documentElement.dataset.theme"), "dark" if dark else "light")
            self.assertEqual(tab.evaluate("document.querySelector('#theme').getAttribute('aria-pressed')"), str(dark).lower())
            self.assertEqual(self.colour(tab, "#plot", 16, 8, 17, 9), self.named(tab, "diverged-fill"))

    def test_text_stands_out(self):
        def luminance(colour):
            parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
            parts = [part / 12.92 if part <= .04045 else ((part + .055) / 1.055) ** 2.4 for part in parts]
            return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2]
        for scheme in ("light", "dark"):
            tab = self.open("no_axis", scheme=scheme)
            for text in ("ink", "muted", "accent", "diverged"):
                for ground in ("page", "surface", "empty") + (("accent-soft",) if text in ("ink", "accent") else ()):
                    one, other = sorted(luminance(self.named(tab, name)) for name in (text, ground))
                    self.assertGreaterEqual((other + .05) / (one + .05), 4.5, f"{text} on {ground}, {scheme}")

    def test_structure_on_a_large_screen(self):
        for kind in ("grid", "ragged", "one_axis", "no_axis", "diverged", "wide", "gradients"):
            tab = self.open(kind)
            self.assert_shown_whole(kind, tab, 1280, "light")
            levels = [int(name[1]) for name in tab.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName)")]
            self.assertEqual(levels.count(1), 1)
            self.assertTrue(all(b - a <= 1 for a, b in zip(levels, levels[1:])), levels)
            faults = tab.evaluate("""[
              ...[...document.querySelectorAll('select')].filter(each => !each.labels.length),
              ...[...document.querySelectorAll('table')].filter(each => !each.caption),
              ...[...document.querySelectorAll('th')].filter(each => !each.scope),
              ...[...document.querySelectorAll('[role=application], [role=region]')].filter(each => !each.ariaLabel),
              ...[...document.querySelectorAll('[aria-labelledby], [aria-describedby]')].filter(each =>
                ['aria-labelledby', 'aria-describedby'].some(name => (each.getAttribute(name) ?? '').split(' ')
                  .some(id => id && !document.getElementById(id)))),
              ...[...document.querySelectorAll('[id]')].filter(each => document.querySelectorAll('#' + each.id).length > 1),
              ...[...document.querySelectorAll('[tabindex]')].filter(each => each.tabIndex > 0),
            ].map(each => each.outerHTML.slice(0, 200))""")
            self.assertEqual(faults, [], kind)

    def test_width_changes(self):
        tab = self.open("grid")
        tab.send("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
        tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))")
        self.assertLessEqual(tab.evaluate("document.documentElement.scrollWidth"), 400)
        self.assertLess(tab.evaluate("document.querySelector('#plot .grid').clientWidth"), 340)


if __name__ == "__main__":
    unittest.main()
