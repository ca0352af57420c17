# SPDX-License-Identifier: Apache-2.0
"""train_fleet: recorded bytes, what a result has, and what is refused."""

import gc
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from alike import expect_alike, same_bytes
from golden import fingerprint_of, trainings

import gumbelcuda

SMALL = dict(num_gans=5, epochs=3, steps_per_epoch=4)


@pytest.mark.parametrize("arguments, fingerprint", trainings())
def test_bytes_are_those_of_cpp(arguments, fingerprint):
    for target in gumbelcuda.cpu_targets():
        fleet = gumbelcuda.train_fleet(**arguments, backend="cpu", cpu_target=target, threads=1)
        assert fingerprint_of(fleet.logits, fleet.weights, fleet.bias, fleet.distribution) == fingerprint
        assert (fleet.backend, fleet.hardware, fleet.threads) == ("cpu", target, 1)


def test_every_gan_has_its_own_settings():
    temperature = np.array([0.1, 0.2, 0.3, 0.4, 0.0])
    rates = [0.01, 0.02, 0.03, 0.04, 0.05]
    together = gumbelcuda.train_fleet(**SMALL, temperature=temperature, generator_learning_rate=rates)
    for i in range(5):
        alone = gumbelcuda.train_fleet(
            **SMALL | {"num_gans": 1}, first_gan=i, temperature=temperature[i], generator_learning_rate=rates[i]
        )
        assert same_bytes(together.logits[i], alone.logits[0])
    assert len({row.tobytes() for row in together.logits}) == 5


def test_shapes_types_and_history():
    fleet = gumbelcuda.train_fleet(**SMALL, target=[0.5, 0.25, 0.25], history_gans=2)
    for name in ("distribution", "logits", "weights"):
        assert getattr(fleet, name).shape == (5, 3) and getattr(fleet, name).dtype == np.float32
    for name in ("bias", "generator_loss", "discriminator_loss"):
        assert getattr(fleet, name).shape == (5,)
    assert fleet.history.shape == (2, 3, 3)
    assert same_bytes(fleet.history[:, -1], fleet.distribution[:2])
    assert gumbelcuda.train_fleet(**SMALL).history is None
    assert gumbelcuda.train_fleet(**SMALL, history_gans="all").history.shape == (5, 3, 5)
    assert (fleet.num_gans, fleet.classes, fleet.seconds > 0) == (5, 3, True)


def test_distances_are_the_formulas():
    fleet = gumbelcuda.train_fleet(**SMALL, target=[0.5, 0.5, 0])
    learned = fleet.distribution.astype(float)
    for i in range(5):
        assert fleet.total_variation[i] == pytest.approx(
            (abs(learned[i, 0] - 0.5) + abs(learned[i, 1] - 0.5) + learned[i, 2]) / 2, rel=1e-12
        )
        assert fleet.kl_divergence[i] == pytest.approx(
            0.5 * np.log(0.5 / learned[i, 0]) + 0.5 * np.log(0.5 / learned[i, 1]), rel=1e-12
        )
    assert not fleet.diverged.any()
    assert gumbelcuda.train_fleet(**SMALL, learning_rate=1e38).diverged.any()


def test_parts_are_the_whole():
    rates = np.linspace(0.01, 0.02, 5)
    whole = gumbelcuda.train_fleet(**SMALL, generator_learning_rate=rates, history_gans="all")
    parts = [
        gumbelcuda.train_fleet(
            **SMALL | {"num_gans": count},
            first_gan=first,
            history_gans="all",
            generator_learning_rate=rates[first : first + count]
        )
        for first, count in ((0, 2), (2, 2), (4, 1))
    ]
    joined = gumbelcuda.FleetResult.concatenate(parts)
    expect_alike(joined, whole)
    assert np.array_equal(joined.settings["generator_learning_rate"], whole.settings["generator_learning_rate"])
    assert len(joined.settings["temperature"]) == 1
    parts[1] = gumbelcuda.train_fleet(**SMALL | {"num_gans": 2}, first_gan=2, history_gans=1)
    assert gumbelcuda.FleetResult.concatenate(parts).history.shape == (3, 3, 5), "no gap"
    for wrong, message in (
        ([], "there are none"),
        (parts[::-1], "number 0 begins|number 1 begins"),
        ([parts[0], gumbelcuda.train_fleet(**SMALL | {"seed": 1}, first_gan=2)], "seed"),
    ):
        with pytest.raises(ValueError, match=message):
            gumbelcuda.FleetResult.concatenate(wrong)


def test_settings_train_the_same_fleet_again():
    fleet = gumbelcuda.train_fleet(**SMALL, temperature=[0.1, 0.2, 0.3, 0.4, 0.5], seed=2**64 - 1, first_gan=7)
    expect_alike(gumbelcuda.train_fleet(5, **fleet.settings), fleet)


def test_arrays_outlive_the_result():
    fleet = gumbelcuda.train_fleet(**SMALL, history_gans=1)
    kept, copy = fleet.history, fleet.history.copy()
    copied = pickle.loads(pickle.dumps(fleet))
    expect_alike(copied, fleet)
    del fleet
    gc.collect()
    gumbelcuda.train_fleet(**SMALL)
    assert same_bytes(kept, copy)


def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_is_given_back():
    def train_and_forget():
        fleet = gumbelcuda.train_fleet(5000, epochs=1, steps_per_epoch=1, threads=1)
        return sum(getattr(fleet, name).nbytes for name in ("distribution", "logits", "weights", "bias"))

    train_and_forget()
    before, rounds = resident_bytes(), 200
    taken = sum(train_and_forget() for _ in range(rounds))
    assert taken > 60e6
    assert resident_bytes() - before < taken / 10


BAD = [
    (dict(num_gans=0), ValueError, "num_gans: 0 is not 1 or more"),
    (dict(num_gans=-1), ValueError, "num_gans: -1 is not in 0"),
    (dict(num_gans=1.5), TypeError, "num_gans: 1.5 is not"),
    (dict(num_gans=True), TypeError, "num_gans: True is not"),
    (dict(num_gans=2**60), ValueError, "num_gans: the result of"),
    (dict(target=[0.5, 0.25]), ValueError, "target: probabilities sum to 0.75"),
    (dict(target=[1]), ValueError, "target: 1 probabilities"),
    (dict(target=np.full((2, 2), 0.5)), ValueError, r"target: an array of shape \(2, 2\)"),
    (dict(target="abc"), TypeError, "target: 'abc' is not"),
    (dict(epochs=0), ValueError, "epochs: 0 is not 1 or more"),
    (dict(epochs=-3), ValueError, "epochs: -3 is not in 1"),
    (dict(epochs=[1, 2]), ValueError, "epochs: an array of shape"),
    (dict(epochs=2**63), ValueError, "epochs: 9223372036854775808 is not in"),
    (dict(steps_per_epoch=0), ValueError, "steps_per_epoch: 0"),
    (dict(batch_size=4097), ValueError, "batch_size: 4097 is not in 1 … 4096"),
    (dict(generator_steps=1001), ValueError, "generator_steps: 1001 is not in 1 … 1000"),
    (dict(temperature=[0.1, 0.2]), ValueError, "temperature: 2 values, but 1 or one for each of the 5"),
    (dict(temperature=-1), ValueError, "temperature: -1 is not 0 or more"),
    (dict(temperature=1e39), ValueError, "temperature: inf"),
    (dict(temperature=None), TypeError, "temperature: None is not"),
    (dict(temperature=[]), ValueError, "temperature: 0 values"),
    (dict(generator_learning_rate=0), ValueError, "generator_learning_rate: 0 is not above 0"),
    (dict(learning_rate="fast"), TypeError, "learning_rate: 'fast' is not"),
    (dict(discriminator_learning_rate=np.nan), ValueError, "discriminator_learning_rate: nan"),
    (dict(seed=-1), ValueError, "seed: -1 is not in 0"),
    (dict(seed="a"), TypeError, "seed: 'a' is not"),
    (dict(first_gan=2**64 - 1), ValueError, r"first_gan: .*2\^64"),
    (dict(history_gans=6), ValueError, "history_gans: 6 is more than the 5"),
    (dict(history_gans="some"), TypeError, "history_gans: 'some' is not"),
    (dict(backend="gpu"), ValueError, "backend: 'gpu' is not one of 'auto', 'cpu', 'cuda'"),
    (dict(threads=4097), ValueError, "threads: 4097"),
    (dict(cpu_target="mmx"), ValueError, "cpu_target: "),
    (dict(devices=[0.5]), TypeError, "devices: "),
    (dict(progress=3), TypeError, "progress: 3 is neither"),
]


@pytest.mark.parametrize("bad, error, message", BAD, ids=[str(bad) for bad, *_ in BAD])
def test_bad_arguments_are_refused_by_name(bad, error, message):
    with pytest.raises(error, match=message):
        gumbelcuda.train_fleet(**SMALL | bad)


def test_the_article_s_defaults_learn_its_target():
    fleet = gumbelcuda.train_fleet(32)
    # Standard deviation of a mean of 32 GANs: at most .024/√32 = .0042 (docs/article.md); 4 of them.
    assert np.abs(fleet.distribution.mean(axis=0) - fleet.target).max() < 0.017
