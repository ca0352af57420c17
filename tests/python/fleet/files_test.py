# SPDX-License-Identifier: Apache-2.0
"""A file of the command is what Python trains with the same settings, and their checkpoints are the same. The command is
that of GUMBELCUDA_COMMAND."""

import os
import shutil
import subprocess

import numpy as np
import pytest
from alike import expect_alike, expect_same_settings

import gumbelcuda

h5py = pytest.importorskip("h5py")
COMMAND = os.environ.get("GUMBELCUDA_COMMAND") or shutil.which("gumbelcuda")
needs_command = pytest.mark.skipif(COMMAND is None, reason="no command gumbelcuda: set GUMBELCUDA_COMMAND")


def run(*arguments):
    subprocess.run([COMMAND, *map(str, arguments)], check=True, capture_output=True)


@needs_command
@pytest.mark.parametrize("history", (0, 3))
def test_a_fleet_from_a_file_is_the_one_that_was_trained(tmp_path, history):
    path = tmp_path / "fleet.h5"
    run(
        "train",
        "--gans=4",
        "--epochs=3",
        "--steps-per-epoch=5",
        "--probs=0.2,0.3,0.5",
        "--temperature=0.1",
        "--seed=7",
        "--first-gan=100",
        "--batch-size=6",
        f"--history={history}",
        "--out",
        path,
    )
    loaded = gumbelcuda.load_fleet(path)
    trained = gumbelcuda.train_fleet(
        4,
        epochs=3,
        steps_per_epoch=5,
        target=[0.2, 0.3, 0.5],
        temperature=0.1,
        seed=7,
        first_gan=100,
        batch_size=6,
        history_gans=history,
    )
    expect_alike(loaded, trained)
    expect_same_settings(loaded.settings, trained.settings)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(file["total_variation"][:], loaded.total_variation)
        np.testing.assert_allclose(file["kl_divergence"][:], loaded.kl_divergence, rtol=1e-13)
    expect_alike(gumbelcuda.train_fleet(4, **loaded.settings, history_gans=history), trained)


SWEEP = """
replicas = 2
[gan]
target = [0.2, 0.8]
epochs = 3
steps_per_epoch = 4
first_gan = 5
gradient_samples = 3
history = 2
until_tv = 0.01
[grid]
hidden = [[], [3, 4]]
loss = ["hinge", "saturating"]
temperature = [0.5, {shape = "cosine", steps = [0, 8], temperatures = [1, 0.25]}]
"""


@needs_command
def test_a_sweep_from_a_file_is_the_one_that_was_trained(tmp_path):
    (tmp_path / "sweep.toml").write_text(SWEEP)
    run("sweep", tmp_path / "sweep.toml", "--out", tmp_path / "sweep.h5")
    loaded = gumbelcuda.load_sweep(tmp_path / "sweep.h5")
    schedule = gumbelcuda.TemperatureSchedule([(0, 1), (8, 0.25)], "cosine")
    trained = gumbelcuda.train_sweep(
        16,
        target=[0.2, 0.8],
        epochs=3,
        steps_per_epoch=4,
        first_gan=5,
        gradient_samples=3,
        history_gans=2,
        until_total_variation=0.01,
        hidden=[()] * 8 + [(3, 4)] * 8,
        loss=(["hinge"] * 4 + ["saturating"] * 4) * 2,
        temperature=([0.5] * 2 + [schedule] * 2) * 4,
    )
    expect_alike(loaded, trained)
    assert list(loaded.varied) == ["hidden", "loss", "temperature", "replica"]
    assert list(loaded.varied["loss"]) == trained.settings["loss"]
    settings = loaded.settings | {"data": None}
    expect_alike(gumbelcuda.train_sweep(16, **settings, history_gans=2), trained)
    assert settings["hidden"] == trained.settings["hidden"] and settings["loss"] == trained.settings["loss"]


@needs_command
def test_what_is_no_result_is_refused(tmp_path):
    path = tmp_path / "fleet.h5"
    run("train", "--gans=2", "--epochs=1", "--out", path)
    with pytest.raises(gumbelcuda.DamagedFileError, match="no file of a sweep"):
        gumbelcuda.load_sweep(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(gumbelcuda.DamagedFileError, match="damaged"):
        gumbelcuda.load_fleet(path)
    path.write_bytes(b"nothing")
    for load in (gumbelcuda.load_fleet, gumbelcuda.load_sweep):
        with pytest.raises(ValueError, match="not an HDF5 file"):
            load(path)
        with pytest.raises(OSError, match="none.h5"):
            load(tmp_path / "none.h5")


@needs_command
def test_checkpoints_of_the_command_and_of_python_are_the_same(tmp_path):
    arguments = dict(num_gans=6, epochs=3, steps_per_epoch=5, target=[0.2, 0.3, 0.5], history_gans=4, first_gan=100)
    options = "--gans=6 --epochs=3 --steps-per-epoch=5 --probs=0.2,0.3,0.5 --history=4 --first-gan=100".split()
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    gumbelcuda.train_fleet(**arguments, checkpoint=ours, shard=(0, 2))
    run("train", *options, "--shard=1/2", "--checkpoint", theirs)
    run("merge", ours, theirs, "--out", tmp_path / "fleet.h5")
    merged, loaded = gumbelcuda.merge(theirs, ours), gumbelcuda.load_fleet(tmp_path / "fleet.h5")
    expect_alike(merged, loaded)
    expect_alike(merged, gumbelcuda.train_fleet(**arguments))
    expect_same_settings(merged.settings, loaded.settings)
    # Each goes on with the other's.
    run("train", *options, "--shard=0/2", "--checkpoint", ours, "--resume")
    part = gumbelcuda.train_fleet(**arguments, checkpoint=theirs, resume=True, shard=(1, 2))
    assert part.logits.tobytes() == merged.logits[3:].tobytes()


@needs_command
def test_a_sweep_of_the_command_is_joined_with_its_axes(tmp_path):
    (tmp_path / "sweep.toml").write_text(SWEEP)
    paths = [tmp_path / f"part-{i}" for i in range(3)]
    for i, path in enumerate(paths):
        run("sweep", tmp_path / "sweep.toml", f"--shard={i}/3", "--checkpoint", path)
    run("merge", *paths, "--out", tmp_path / "sweep.h5")
    merged, loaded = gumbelcuda.merge(*paths), gumbelcuda.load_sweep(tmp_path / "sweep.h5")
    expect_alike(merged, loaded)
    assert list(merged.axes) == ["hidden", "loss", "temperature", "replica"]
    expect_same_settings(merged.axes, loaded.axes)
    assert merged.settings["loss"] == loaded.settings["loss"] and merged.settings["activation"] == "leaky_relu"
    expect_alike(gumbelcuda.train_sweep(16, **merged.settings, history_gans=2), merged)


@needs_command
def test_the_command_joins_a_sweep_of_python(tmp_path):
    arguments = dict(loss=["hinge", "saturating"] * 2, seed=range(4), data=b"abracadabra", epochs=2, gradient_samples=3)
    paths = [tmp_path / f"part-{i}" for i in range(2)]
    for i, path in enumerate(paths):
        gumbelcuda.train_sweep(**arguments, checkpoint=path, shard=(i, 2))
    run("merge", *paths, "--out", tmp_path / "sweep.h5")
    loaded = gumbelcuda.load_sweep(tmp_path / "sweep.h5")
    expect_alike(loaded, gumbelcuda.train_sweep(**arguments))
    expect_alike(loaded, gumbelcuda.merge(*paths))
