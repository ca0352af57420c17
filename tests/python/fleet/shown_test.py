# SPDX-License-Identifier: Apache-2.0
"""Tables, pictures and what a notebook shows, of tiny fleets and sweeps; and what is said where a package is missing."""

import sys

import numpy as np
import pytest

import gumbelcuda


def fleet(**more):
    return gumbelcuda.train_fleet(**dict(num_gans=6, epochs=3, steps_per_epoch=4, first_gan=10) | more)


def sweep(**more):
    return gumbelcuda.train_sweep(
        **dict(
            epochs=2,
            steps_per_epoch=4,
            gradient_samples=2,
            first_gan=10,
            generator_learning_rate=np.repeat([1e-4, 1e-3, 1e-2], 4),
        )
        | more
    )


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


def test_the_table_of_a_fleet():
    pandas = pytest.importorskip("pandas")
    trained = fleet(temperature=np.arange(1, 7) / 10)
    table = trained.to_pandas()
    assert isinstance(table, pandas.DataFrame) and table.index.name == "gan"
    assert list(table.index) == list(range(10, 16))
    np.testing.assert_array_equal(table[[f"p{k}" for k in range(5)]], trained.distribution)
    np.testing.assert_array_equal(table["temperature"], np.float32(np.arange(1, 7) / 10))
    assert (table["generator_learning_rate"] == np.float32(7e-4)).all()
    for name in ("total_variation", "kl_divergence", "generator_loss", "discriminator_loss"):
        np.testing.assert_array_equal(table[name], getattr(trained, name))


def test_the_table_of_a_sweep():
    pytest.importorskip("pandas")
    trained = sweep(loss=["hinge", "wasserstein"] * 6, target=[[0.5, 0.5]] * 6 + [[0.2, 0.3, 0.5]] * 6)
    table = trained.to_pandas()
    assert list(table.index) == list(range(10, 22))
    assert list(table["loss"]) == ["hinge", "wasserstein"] * 6
    assert list(table["outcome"]) == ["end"] * 12
    np.testing.assert_array_equal(table["gradient_variance"], trained.gradient_variance)
    assert table["p2"][:6].isna().all() and (table["p2"][6:] > 0).all()
    assert table.groupby("generator_learning_rate")["total_variation"].median().shape == (3,)


def test_the_heat_map_is_learned_minus_target():
    pytest.importorskip("matplotlib")
    trained = fleet(history_gans=4)
    figure = trained.plot()
    assert titles(figure)[:2] == ["Learned − target probability, mean of 4 GANs", "What 6 GANs learned"]
    np.testing.assert_allclose(
        figure.axes[0].images[0].get_array(),
        trained.history.astype(float).mean(axis=0).T - trained.target[:, None],
        atol=1e-12,
    )
    one = trained.plot(gan=12, scale="auto").axes[0]
    assert one.get_title().endswith("GAN 12")
    np.testing.assert_allclose(one.images[0].get_array(), (trained.history[2] - trained.target).T, atol=1e-12)
    with pytest.raises(ValueError, match="gan: 14 is not in 10 … 13"):
        trained.plot(gan=14)
    assert titles(fleet().plot()) == ["What 6 GANs learned"]
    with pytest.raises(ValueError, match="gan: 10 has no history"):
        fleet().plot(gan=10)


def test_pictures_leave_out_what_diverged():
    pytest.importorskip("matplotlib")
    trained = fleet(learning_rate=[1e-3] * 5 + [1e38], history_gans="all")
    figure = trained.plot()
    assert titles(figure)[1] == "What 5 of 6 GANs (1 diverged, left out) learned"
    assert np.isfinite(figure.axes[0].images[0].get_array()).all()
    assert fleet(learning_rate=1e38).plot()._repr_png_().startswith(b"\x89PNG")


def test_the_picture_of_a_sweep():
    pytest.importorskip("matplotlib")
    trained = sweep(loss=["hinge", "wasserstein"] * 6)
    points = trained.plot("generator_learning_rate").axes[0]
    assert points.get_xscale() == "log"
    np.testing.assert_array_equal(points.lines[0].get_ydata(), trained.total_variation)
    words = trained.plot("loss").axes[0]
    assert [tick.get_text() for tick in words.get_xticklabels()] == ["hinge", "wasserstein"]
    by_both = trained.plot("generator_learning_rate", "loss").axes[0]
    expected = np.median(trained.total_variation.reshape(3, 2, 2), axis=1).T
    np.testing.assert_allclose(by_both.images[0].get_array(), expected)
    assert trained.plot().axes[0].get_ylabel() == "generator_learning_rate"
    with pytest.raises(ValueError, match="x: 'epochs' is not varied; these are: loss, generator_learning_rate"):
        trained.plot("epochs")
    with pytest.raises(ValueError, match="x: nothing is varied"):
        sweep(generator_learning_rate=0.1).plot()


def test_a_notebook_shows_a_short_table():
    assert repr(fleet(history_gans=2)) == "<FleetResult: 6 GANs of 5 classes, history of 2>"
    html = fleet()._repr_html_()
    assert html.count("<tr>") == 4 and "standard deviation" in html and len(html) < 2000
    assert "more classes" in fleet(target=[1 / 100] * 100)._repr_html_()
    html = sweep()._repr_html_()
    assert html.count("<tr>") == 6 and "generator_learning_rate" in html


@pytest.mark.parametrize(
    "package, use",
    [
        ("pandas", lambda: fleet().to_pandas()),
        ("matplotlib", lambda: fleet().plot()),
        ("matplotlib", lambda: sweep().plot()),
        ("h5py", lambda: gumbelcuda.load_fleet("none.h5")),
        ("tqdm", lambda: fleet(progress=True)),
    ],
)
def test_a_missing_package_is_named_with_what_installs_it(package, use, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"needs {package}.*pip install 'gumbelcuda\[train\]'"):
        use()
