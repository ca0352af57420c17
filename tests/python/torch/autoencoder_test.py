# SPDX-License-Identifier: Apache-2.0
"""examples/autoencoder: gradients and bounds against sums over all codes of a small model, divergences, a short
training and its bytes, and the command."""

from __future__ import annotations

import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gumbelcuda.torch import kl_divergence

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples"))
pytest.importorskip("matplotlib")  # without it, importing run ends the process

from autoencoder import data, rates, run  # noqa: E402
from autoencoder.bounds import bounds  # noqa: E402
from autoencoder.estimators import ESTIMATORS, annealed, losses  # noqa: E402
from autoencoder.latents import LATENTS, Binary, Categorical, Gaussian  # noqa: E402
from autoencoder.networks import decode, encode, initial, log_likelihood  # noqa: E402
from autoencoder.train import train  # noqa: E402

PIXELS, IMAGES = 6, 3
# A mean of n independent numbers is within 5 standard errors of its expectation but for 1 in 1.7 million.
ERRORS = 5.0


def parameters_of(latent: Any, models: int) -> dict[str, Tensor]:
    """The same random parameters for all models: models that differ by their noise alone."""
    generator = torch.Generator().manual_seed(3)
    shapes = {"encoder": (PIXELS, latent.encoded), "encoder_bias": (1, latent.encoded), "decoder": (latent.code, PIXELS),
              "decoder_bias": (1, PIXELS)}  # fmt: skip
    return {name: torch.randn(shape, generator=generator).expand(models, *shape).clone().requires_grad_()
            for name, shape in shapes.items()}  # fmt: skip


def some_images() -> Tensor:
    return (torch.rand(IMAGES, PIXELS, generator=torch.Generator().manual_seed(4)) < 0.5).float()


def every_code(latent: Any) -> Tensor:
    """[codes, latent.code]."""
    if isinstance(latent, Binary):
        return torch.tensor(list(itertools.product((0.0, 1.0), repeat=latent.variables)))
    rows = torch.eye(latent.classes)
    return torch.stack([torch.cat(rows_of) for rows_of in itertools.product(rows, repeat=latent.variables)])


def log_joint(latent: Any, parameters: dict[str, Tensor], x: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
    """log p(x | code) and log q(code | x), [models, images, codes]; written again, without the example's samples."""
    models = len(parameters["encoder"])
    encoded = encode(parameters, x.expand(models, -1, -1), 0.5)
    if isinstance(latent, Binary):
        log_q = codes @ torch.nn.functional.logsigmoid(encoded).mT + (1 - codes) @ torch.nn.functional.logsigmoid(-encoded).mT
    else:
        log_q = codes @ latent.logits(encoded).log_softmax(-1).flatten(-2).mT
    odds = decode(parameters, codes.expand(models, -1, -1))
    return log_likelihood(x[None, :, None], odds[:, None]), log_q.mT


DISCRETE = (Categorical(2, 3), Binary(3))


def gradient_of(latent: Any, name: str, models: int) -> Tensor:
    """[models, ...]: an estimate of the encoder's gradient from each model's noise."""
    parameters, x = parameters_of(latent, models), some_images()
    loss = losses(ESTIMATORS[latent.name][name], parameters, latent, x.expand(models, -1, -1), 0.5, 0.5,
                  range(models), "training", 0)  # fmt: skip
    loss.mean(1).sum().backward()
    assert parameters["encoder"].grad is not None
    return parameters["encoder"].grad


@pytest.mark.parametrize("latent", DISCRETE, ids=str)
def test_the_score_function_has_the_gradient_of_the_sum_over_all_codes(latent: Any) -> None:
    parameters, x = parameters_of(latent, 1), some_images()
    log_p, log_q = log_joint(latent, parameters, x, every_code(latent))
    log_prior = -math.log(len(every_code(latent)))
    (-(log_q.exp() * (log_p + log_prior - log_q)).sum(-1).mean()).backward()
    exact = parameters["encoder"].grad
    assert exact is not None

    found = gradient_of(latent, "score function", 4000)
    error = found.std(0) / math.sqrt(len(found))
    assert ((found.mean(0) - exact[0]).abs() <= ERRORS * error + 1e-5).all()
    # And the test can tell: the errors are small beside the gradient.
    assert error.max() < 0.1 * exact.abs().max()


def test_the_baseline_takes_away_variance() -> None:
    latent = DISCRETE[0]
    models = 1000
    parameters, x = parameters_of(latent, models), some_images()
    encoded = encode(parameters, x.expand(models, -1, -1), 0.5)
    code, log_q = latent.exact(encoded, range(models), "training", 0)
    score = log_likelihood(x, decode(parameters, code)).detach()
    (latent.kl(encoded) - score * log_q).mean(1).sum().backward()
    without = parameters["encoder"].grad
    assert without is not None
    assert gradient_of(latent, "score function", models).var(0).sum() < 0.5 * without.var(0).sum()


@pytest.mark.parametrize("latent", DISCRETE, ids=str)
def test_gumbel_rao_has_the_mean_of_straight_through_and_less_variance(latent: Any) -> None:
    rao = next(name for name in ESTIMATORS[latent.name] if name.startswith("Gumbel-Rao"))
    found, plain = gradient_of(latent, rao, 4000), gradient_of(latent, "straight-through", 4000)
    error = ((found.var(0) + plain.var(0)) / len(found)).sqrt()
    assert ((found.mean(0) - plain.mean(0)).abs() <= ERRORS * error + 1e-5).all()
    assert found.var(0).sum() < 0.9 * plain.var(0).sum()


@pytest.mark.parametrize("latent", DISCRETE, ids=str)
def test_bounds_against_the_sum_over_all_codes(latent: Any) -> None:
    models, x = 8, some_images()
    parameters = parameters_of(latent, models)
    log_p, log_q = log_joint(latent, parameters, x, every_code(latent))
    log_prior = -math.log(len(every_code(latent)))
    elbo = (log_q.exp() * (log_p + log_prior - log_q)).sum(-1)[0]
    evidence = (log_p + log_prior).logsumexp(-1)[0]

    found = bounds(parameters, latent, x, 0.5, 1000, range(models), "test")
    deviation = (log_q.exp() * (log_p + log_prior - log_q - elbo[:, None]).square()).sum(-1)[0].sqrt()
    assert ((found.elbo.mean(0) - elbo).abs() <= ERRORS * deviation / math.sqrt(1000 * models)).all()
    # The mean of w is log p(x) with the relative variance of w; its log is that to first order.
    w = (log_p + log_prior - log_q - evidence[:, None]).exp()
    relative = ((log_q.exp() * w.square()).sum(-1)[0] - 1).sqrt()
    assert ((found.tight.mean(0) - evidence).abs() <= ERRORS * relative / math.sqrt(1000 * models) + relative**2 / 1000).all()
    few = bounds(parameters, latent, x, 0.5, 5, range(models), "test")
    assert (few.elbo <= few.tight + 1e-5).all()


def test_a_gaussian_bound_against_an_integral() -> None:
    """One Gaussian variable: integrals by the trapezoid rule, to 12 standard deviations of prior and posterior."""
    latent, x, models, samples = Gaussian(1), some_images(), 8, 1000
    parameters = parameters_of(latent, models)
    with torch.no_grad():
        parameters["encoder"] *= 0.3
    encoded = encode(parameters, x.expand(models, -1, -1), 0.5)
    location, scale = (part[0].double() for part in latent.parts(encoded.detach()))
    end = max(12.0, float((location.abs() + 12 * scale).max()))
    grid = torch.linspace(-end, end, 20001, dtype=torch.float64)
    log_prior = torch.distributions.Normal(0.0, 1.0).log_prob(grid)
    log_q = torch.distributions.Normal(location, scale).log_prob(grid)
    log_p = log_likelihood(x[:, None], decode(parameters, grid.float().view(1, -1, 1).expand(models, -1, -1))[0])

    def expected(values: Tensor) -> Tensor:
        return torch.trapezoid(log_q.exp() * values, grid)

    torch.testing.assert_close(latent.kl(encoded)[0].double(), expected(log_q - log_prior), rtol=1e-4, atol=1e-5)
    log_w = log_p.detach() + log_prior - log_q
    elbo = expected(log_w)
    evidence = torch.trapezoid((log_p.detach() + log_prior).exp(), grid).log()
    found = bounds(parameters, latent, x, 0.5, samples, range(models), "test")
    number = samples * models
    deviation = expected((log_w - elbo[:, None]).square()).sqrt()
    assert ((found.elbo.mean(0) - elbo).abs() <= ERRORS * deviation / math.sqrt(number)).all()
    relative = (expected((log_w - evidence[:, None]).mul(2).exp()) - 1).sqrt()
    assert ((found.tight.mean(0) - evidence).abs() <= ERRORS * relative / math.sqrt(number) + relative**2 / samples).all()


def test_divergences() -> None:
    encoded = torch.randn(2, 50, 60, generator=torch.Generator().manual_seed(5))
    bits = Binary(60)
    pairs = kl_divergence(bits.logits(encoded), torch.zeros(2, 50, 60, 2)).sum(-1)
    torch.testing.assert_close(bits.kl(encoded), pairs, rtol=1e-5, atol=1e-5)
    # The discrete sample is a function of the relaxed one, and no function of two variables has a larger divergence.
    for latent in (bits, Categorical(6, 10)):
        relaxed = latent.concrete_kl(encoded, 0.5, 64, range(2), "test", 0)
        assert relaxed.mean() > 1.05 * latent.kl(encoded).mean()


@pytest.mark.parametrize("latent", DISCRETE, ids=str)
def test_all_samples_of_one_noise_are_one_code(latent: Any) -> None:
    encoded, where = torch.randn(2, 5, latent.encoded), (range(2), "training", 7)
    code, log_q = latent.exact(encoded, *where)
    assert code.shape == (2, 5, latent.code) and set(code.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(code, latent.relaxed(encoded, 0.0, False, *where))
    assert torch.equal(code, latent.relaxed(encoded, 0.7, True, *where))
    assert log_q.shape == (2, 5) and (log_q < 0).all()


def test_annealing() -> None:
    assert annealed(0.0) == 1 and annealed(0.25) == pytest.approx(math.sqrt(0.5)) and annealed(1.0) == 0.5


# ----------------------------------------------------------------------------------------------------------------------
# With data


@pytest.fixture(scope="module")
def small() -> data.Images:
    pytest.importorskip("sklearn")
    return data.load("small")


def test_images_are_binarized_and_split(small: data.Images) -> None:
    assert [len(part) for part in small] == [1397, 200, 200] and small.side == 8
    together = torch.cat(small)
    assert set(together.unique().tolist()) == {0.0, 1.0}
    from sklearn.datasets import load_digits

    intensity = torch.from_numpy(load_digits().data / 16)
    error = (intensity * (1 - intensity)).sum(0).sqrt()
    assert ((together.sum(0) - intensity.sum(0)).abs() <= ERRORS * error).all()
    assert all(torch.equal(one, another) for one, another in zip(small, data.load("small")))


@pytest.mark.parametrize("latent", LATENTS, ids=str)
def test_a_short_training_learns_and_repeats_its_bytes(small: data.Images, latent: Any) -> None:
    parameters, mean = initial((1,), small, latent)
    untrained = bounds(parameters, latent, small.validation, mean, 5, (1,), "validation").elbo.mean()
    for name, estimator in ESTIMATORS[latent.name].items():
        steps = 10 if "Rao" in name else 40
        trained = train(small, latent, estimator, (1, 2), (0.03, 0.01), steps)
        again = train(small, latent, estimator, (1, 2), (0.03, 0.01), steps)
        for parameter in trained.parameters:
            assert torch.equal(trained.parameters[parameter], again.parameters[parameter]), name
        assert torch.equal(trained.history, again.history)
        assert (trained.history[-1] > trained.history[0]).all(), name
        if steps == 40:
            assert trained.best.max() > untrained + 1, name


def test_a_seed_does_not_depend_on_the_seeds_beside_it(small: data.Images) -> None:
    latent = Categorical(4, 5)
    alone = train(small, latent, ESTIMATORS["categorical"]["relaxed"], (7,), (0.02,), 10)
    beside = train(small, latent, ESTIMATORS["categorical"]["relaxed"], (3, 7), (0.02, 0.02), 10)
    # The noise is the same; the matrix products of a batch of two may be summed in another order.
    for name, parameter in alone.parameters.items():
        torch.testing.assert_close(parameter[0], beside.parameters[name][1], rtol=1e-4, atol=1e-5)


def command(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    threads = torch.get_num_threads()
    monkeypatch.setattr(sys, "argv", ["run.py", *map(str, arguments)])
    try:
        return run.main()
    finally:
        torch.set_num_threads(threads)


def test_the_command_gives_the_same_bytes_twice(
    small: data.Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--only", "categorical: relaxed", "--only", "categorical: straight-through", "--only",
           "Gaussian: location and scale"]  # fmt: skip
    for folder in ("one", "two"):
        arguments = ("--tiny", "--data", "small", "--out", tmp_path / folder, *few)
        assert command(monkeypatch, *arguments) == 0
        assert "20×10 categorical  straight-through" in capsys.readouterr().out
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["small.png", "small.txt", "small_images.png"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_rates_are_chosen_for_one_estimator(small: data.Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate of the best bound is written, beside those that are there."""
    before = {"digits": {"binary: relaxed": 7.0, "binary: straight-through": 8.0}}
    monkeypatch.setattr(rates, "CHOSEN", tmp_path / "rates.json")
    rates.CHOSEN.write_text(json.dumps(before))
    some = (0.001, 0.02)
    given = [word for rate in some for word in ("--rate", rate)]
    assert command(monkeypatch, "--data", "small", "--steps", 10, "--choose-rates", "--only", "binary: relaxed", *given) == 0
    after = json.loads(rates.CHOSEN.read_text())
    best = {rate: train(small, Binary(), ESTIMATORS["binary"]["relaxed"], rates.SEEDS, (rate,) * 2, 10).best.mean()
            for rate in some}  # fmt: skip
    assert after == {**before, "small": {"binary: relaxed": max(best, key=lambda rate: best[rate])}}
    assert rates.rate_of("small", Binary(), "straight-through") == 8
    assert rates.rate_of("small", Binary(), "relaxed") == after["small"]["binary: relaxed"]


def test_missing_data_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(data, "FASHION", tmp_path)
    assert command(monkeypatch, "--data", "fashion", "--tiny") == 77
    assert "apt-get install dataset-fashion-mnist" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("--seeds", 1), ("--steps", 0), ("--samples", 700), ("--data", "mnist"), ("--rate", 0.1)])
def test_arguments_are_checked_before_any_work(
    arguments: tuple[str, object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command(monkeypatch, *arguments)
    assert stopped.value.code == 2 and arguments[0] in capsys.readouterr().err
