# SPDX-License-Identifier: Apache-2.0
"""train_sweep: recorded bytes of every problem, settings of each kind, data, and what is refused."""

import ctypes

import numpy as np
import pytest
from alike import expect_alike, same_bytes
from golden import fingerprint_of

import gumbelcuda
from gumbelcuda import _sweep_settings, _training
from gumbelcuda.sweep_result import OUTCOMES

# sweep_of() of tests/sweep/mixed_sweep.hpp.
COMMON = dict(
    num_gans=9,
    gradient_samples=5,
    temperature=0.5,
    learning_rate=0.02,
    epochs=2,
    steps_per_epoch=5,
    batch_size=6,
    generator_steps=2,
)
TARGET = dict(target=[0.1, 0.2, 0.3, 0.4])
DATA = dict(data=[0, 1, 2, 3, 3, 2, 1, 3, 2, 3])


def layers(count, **more):
    return dict(hidden=(7, 6, 5)[:count], initializer="he_uniform") | TARGET | more


# every_problem() of the same file, with the fingerprints of tests/sweep/bytes_test.cpp.
PROBLEMS = [
    ("2292f2e125bdacbf", layers(1)),
    ("530914557a796b61", layers(3, activation="tanh", gradient_penalty=1)),
    ("6a4e45fb48e76f69", layers(2, gradient_penalty=10)),
    ("b7adb4b9c5bc7333", TARGET | dict(loss="saturating")),
    ("fe225993d51ed6cc", TARGET | dict(loss="hinge")),
    ("f1b7a6fb4790e951", TARGET | dict(loss="wasserstein")),
    ("c979694cf7de9445", layers(1, estimator="straight_through", inner_samples=3)),
    ("35bce5a5724f41ec", layers(1, estimator="gumbel_rao", inner_samples=3)),
    ("db30d79d6c3a6845", layers(1, estimator="score_function", inner_samples=3)),
    ("c6f821288a71ebd6", TARGET | dict(optimizer="adam_pytorch")),
    ("1113bfbfe2d1785c", TARGET | dict(optimizer="sgd")),
    ("bb4c0575cfe68de", TARGET | dict(optimizer="rmsprop")),
    ("4960a1045f2d084", DATA),
    ("91c15b2cd6ca6d0d", DATA | dict(data_order="shuffled")),
    ("d2fe4d99d6993210", DATA | dict(data_order="iid")),
]


def fingerprint_of_sweep(sweep):
    return fingerprint_of(
        sweep.logits,
        sweep.generator_loss,
        sweep.discriminator_loss,
        sweep.nonzero_gradients,
        sweep.gradient_variance,
        start=0xCBF29CE484222325,
    )


@pytest.mark.parametrize("fingerprint, arguments", PROBLEMS)
def test_bytes_are_those_of_cpp(fingerprint, arguments):
    assert fingerprint_of_sweep(gumbelcuda.train_sweep(**COMMON | arguments)) == fingerprint


def mixed(coldest=0.25):
    """mixed() of the same file: GANs that differ in everything."""
    gans = range(41)
    targets = []
    for i in gans:
        target = [0.0] * (4 if i % 7 == 0 else 3)
        target[i % 3], target[(i + 1) % 3] = 0.75, 0.25
        targets.append(target)
    f = np.float32
    # Floats as C++ has them: products and sums of floats.
    values = [f(i) for i in gans]
    knots = [(0, 8 * coldest), (4, 4 * coldest), (7, coldest)]
    schedules = [
        gumbelcuda.TemperatureSchedule(knots[: 1 + i % 3], ("linear", "exponential", "cosine")[i % 3]) for i in gans
    ]
    logits = [np.full(len(target), f(0.1) * v) for target, v in zip(targets, values)]
    for row in logits:
        row[1] = -0.5
    return dict(
        history_gans="all",
        steps_per_epoch=3,
        gradient_samples=6,
        generator_steps=2,
        target=targets,
        weight_clip=[f(0.5) + f(0.01) * v if i % 3 == 0 else f(0) for i, v in enumerate(values)],
        gradient_penalty=[f(0.1) * (v + 1) if i % 2 == 0 else f(0) for i, v in enumerate(values)],
        hidden=[(3, 4) if i % 5 == 1 else () for i in gans],
        activation=["tanh" if i % 5 == 1 else "leaky_relu" for i in gans],
        smoothing=[("none", "gumbel_softmax", "label", "normal")[i % 4] for i in gans],
        smoothing_amount=[f(0.01) * v for v in values],
        seed=[5 if i % 2 else 1234567890123456789 + i for i in gans],
        generator_learning_rate=[f(0.01) + f(0.001) * v for v in values],
        discriminator_learning_rate=[f(0.02) + f(0.001) * v for v in values],
        beta_1=[0.5 + 0.01 * i for i in gans],
        beta_2=[0.9 + 0.001 * i for i in gans],
        epsilon=[f(1e-8) * (v + 1) for v in values],
        temperature=schedules,
        batch_size=[3 + i % 2 for i in gans],
        epochs=[1 + i % 4 for i in gans],
        initial_logits=logits,
    )


def test_gans_that_differ_in_everything_have_the_bytes_of_cpp():
    sweep = gumbelcuda.train_sweep(**mixed())
    assert fingerprint_of_sweep(sweep) == "6f281b7858f96fdd"
    assert sweep.num_gans == 41 and sweep.history.shape == (41, 4, 4)
    assert (sweep.classes == [4 if i % 7 == 0 else 3 for i in range(41)]).all()
    assert (sweep.epochs == [1 + i % 4 for i in range(41)]).all()
    varied = {
        "target",
        "hidden",
        "activation",
        "smoothing",
        "smoothing_amount",
        "weight_clip",
        "gradient_penalty",
        "temperature",
        "initial_logits",
        "seed",
        "generator_learning_rate",
        "discriminator_learning_rate",
        "beta_1",
        "beta_2",
        "epsilon",
        "batch_size",
        "epochs",
    }
    assert set(sweep.varied) == varied


def test_the_defaults_are_a_fleet_s():
    sweep, fleet = gumbelcuda.train_sweep(2, epochs=3), gumbelcuda.train_fleet(2, epochs=3)
    assert same_bytes(sweep.logits, fleet.logits)
    assert gumbelcuda.train_sweep(epochs=1).num_gans == 1
    assert sweep.nonzero_gradients is None and sweep.history is None and sweep.varied == {}


def test_settings_train_the_same_sweep_again():
    sweep = gumbelcuda.train_sweep(**mixed() | {"history_gans": 0})
    expect_alike(gumbelcuda.train_sweep(sweep.num_gans, **sweep.settings), sweep)


def test_bytes_are_data():
    text = b"abracadabra"
    sweep = gumbelcuda.train_sweep(2, data=text, epochs=1)
    assert sweep.symbols == [b"a", b"b", b"c", b"d", b"r"]
    classes = np.array([sweep.symbols.index(bytes([byte])) for byte in text])
    for same in (classes, classes.astype(np.uint8), classes.tolist()):
        expect_alike(gumbelcuda.train_sweep(2, data=same, epochs=1), sweep)
    assert not same_bytes(gumbelcuda.train_sweep(2, data=text[::-1], epochs=1).logits, sweep.logits)


def test_gans_stop_early_and_diverge():
    sweep = gumbelcuda.train_sweep(3, epochs=50, learning_rate=[1e-3, 1e-9, 1e38], until_total_variation=0.3)
    outcomes = [OUTCOMES[i] for i in sweep.outcome]
    assert outcomes == ["converged", "end", "diverged"]
    assert sweep.epochs[0] < 50 and sweep.total_variation[0] <= 0.3
    assert (sweep.diverged == [False, False, True]).all() and np.isnan(sweep.total_variation[2])
    assert "1 end, 1 converged, 1 diverged" in repr(sweep)


def test_structs_are_those_of_c():
    structs = _training._binding.structs
    for dtype, name in (
        (_sweep_settings.PROBLEM, "gumbelcuda_gan_problem"),
        (_sweep_settings.SCHEDULE, "gumbelcuda_temperature_schedule"),
    ):
        assert dtype.itemsize == ctypes.sizeof(structs[name])
        for member in dtype.names:
            assert dtype.fields[member][1] == getattr(structs[name], member).offset, member


def test_a_number_is_the_width_of_one_hidden_layer():
    def trained(hidden, **each):
        return gumbelcuda.train_sweep(hidden=hidden, epochs=2, **each)

    for number in (16, np.int64(16), np.array(16)):
        assert np.array_equal(trained(number).logits, trained([16]).logits)
        assert trained(number).settings["hidden"] == (16,)
    each = trained([16, [8, 4], []], seed=[1, 2, 3])
    assert each.settings["hidden"] == [(16,), (8, 4), ()]
    assert np.array_equal(each.logits, trained([[16], [8, 4], []], seed=[1, 2, 3]).logits)


SCHEDULE = gumbelcuda.TemperatureSchedule([(0, 1), (5, 0.1)])
BAD = [
    (dict(num_gans=0), ValueError, "num_gans: 0"),
    (dict(num_gans=4), ValueError, "generator_learning_rate: 3 values, but 1 or one for each of the 4"),
    (dict(target=[[0.5, 0.5]] * 2), ValueError, "target: 2 values"),
    (dict(target=[[0.5, 0.5], [0.5, 0.5], [1.0]]), ValueError, r"target\[2\], length: 1 is not in 2"),
    (dict(target=[[0.5, 0.5], [0.5, 0.5], [0.5, 0.4]]), ValueError, r"target\[2\]: .*sum to 0.9"),
    (dict(target=[["a"]]), TypeError, r"target\[0\]: "),
    (dict(data=b""), ValueError, "data: there are none"),
    (dict(data=b"aaa"), ValueError, "data: 1 class is too few"),
    (dict(data=[0, -1]), ValueError, "data: -1 is not in 0"),
    (dict(data=[0, 1024]), ValueError, "data: 1024 is no class"),
    (dict(data=[0, 0.5]), TypeError, "data: "),
    (dict(data=[0, 1], target=[0.5, 0.5]), ValueError, "target: must not be given with data"),
    (dict(data_order="random"), ValueError, "data_order: 'random' is not one of 'file', 'shuffled', 'iid'"),
    (dict(hidden=[1, 2, 3, 4]), ValueError, "hidden: 4 layers are more than 3"),
    (dict(hidden=[65]), ValueError, r"hidden\[0\]: 65 is not in 1 … 64"),
    (dict(hidden=[1.5]), TypeError, "hidden: "),
    (dict(hidden=1.5), TypeError, "hidden: 1.5 is not one of"),
    (dict(hidden=None), TypeError, "hidden: None is not one of"),
    (dict(hidden="16"), TypeError, "hidden: '16' is not one of"),
    (dict(hidden=65), ValueError, r"hidden\[0\]: 65 is not in 1 … 64"),
    (dict(hidden=[[1], [2], [1, 2, 3, 4]]), ValueError, r"hidden\[2\]: 4 layers are more than 3"),
    (dict(hidden=[(1,), (2,)]), ValueError, "hidden: 2 values, but 1 or one for each of the 3"),
    (dict(loss="hing"), ValueError, "loss: 'hing' is not one of .*; did you mean 'hinge'?"),
    (dict(loss=["hinge", "hinge"]), ValueError, "loss: 2 values"),
    (dict(activation="relu6"), ValueError, "activation: 'relu6'"),
    (dict(estimator="reinforce"), ValueError, "estimator: "),
    (dict(weight_clip=-1), ValueError, "weight_clip: -1"),
    (dict(gradient_penalty=np.inf), ValueError, "gradient_penalty: inf"),
    (dict(inner_samples=0), ValueError, "inner_samples: 0 is not in 1 … 64"),
    (dict(inner_samples=65, estimator="gumbel_rao"), ValueError, "inner_samples: 65"),
    (dict(smoothing="label", smoothing_amount=2), ValueError, "smoothing_amount: 2"),
    (dict(beta_1=1), ValueError, "beta_1: 1 is not in 0"),
    (dict(epsilon=0), ValueError, "epsilon: 0"),
    (dict(batch_size=[1, 2, 0]), ValueError, r"batch_size\[2\]: 0 is not in 1"),
    (dict(epochs=0), ValueError, "epochs: 0"),
    (dict(steps_per_epoch=0), ValueError, "steps_per_epoch: 0"),
    (dict(temperature=-1), ValueError, "temperature: -1 is not 0 or more"),
    (dict(temperature={"steps": [0]}), TypeError, "temperature: {'steps'"),
    (dict(temperature=[SCHEDULE, SCHEDULE, "cold"]), TypeError, r"temperature\[2\]: 'cold' is not"),
    (dict(temperature=[0.1, SCHEDULE]), ValueError, "temperature: 2 values"),
    (dict(initial_logits=[1, 2]), ValueError, "initial_logits: 2 of them, but GAN 0 has 5 classes"),
    (dict(initial_logits=[[np.nan] * 5, [], []]), ValueError, r"initial_logits\[0\]: nan is not finite"),
    (dict(until_total_variation=2), ValueError, "until_total_variation: 2"),
    (dict(gradient_samples=1), ValueError, "gradient_samples: 1 is not in 2"),
    (dict(seed=[1, 2, -1]), ValueError, "seed: -1"),
    (dict(history_gans=4), ValueError, "history_gans: 4 is more than the 3"),
    (dict(backend="gpu"), ValueError, "backend: 'gpu'"),
]


@pytest.mark.parametrize("bad, error, message", BAD, ids=[str(bad)[:60] for bad, *_ in BAD])
def test_bad_arguments_are_refused_by_name(bad, error, message):
    with pytest.raises(error, match=message):
        gumbelcuda.train_sweep(**dict(generator_learning_rate=[0.1, 0.2, 0.3]) | bad)
