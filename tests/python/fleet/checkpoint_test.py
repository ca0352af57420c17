# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: trainings that are stopped and resumed, shards that are joined, and what is refused."""

import os
import resource
import signal

import numpy as np
import pytest
from alike import expect_alike, expect_same_settings
from sweep_test import mixed

import gumbelcuda

GANS = 24
FLEET = dict(
    num_gans=GANS,
    target=[0.5, 0.25, 0.25],
    epochs=5,
    temperature=np.linspace(0, 0.2, GANS),
    first_gan=1000,
    history_gans=15,
)
SWEEP = dict(
    data=b"to be or not to be",
    data_order="shuffled",
    epochs=[4 + i % 3 for i in range(GANS)],
    hidden=[(2,) if i % 2 else () for i in range(GANS)],
    first_gan=1000,
    history_gans=15,
)
KINDS = [
    pytest.param(gumbelcuda.train_fleet, FLEET, id="fleet"),
    pytest.param(gumbelcuda.train_sweep, SWEEP, id="sweep"),
]
# Half a second for what the best instruction set does at once.
SLOWLY = dict(backend="cpu", threads=1, cpu_target="scalar")


class Enough(Exception):
    pass


def raise_enough():
    raise Enough


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("stop, exception", [(raise_enough, Enough), (press_ctrl_c, KeyboardInterrupt)])
@pytest.mark.parametrize("train, arguments", KINDS)
def test_a_stopped_training_goes_on(tmp_path, train, arguments, stop, exception):
    path = tmp_path / "run.checkpoint"

    def stop_after_a_third(done, total):
        if done >= total / 3:
            stop()

    with pytest.raises(exception):
        train(**arguments, **SLOWLY, checkpoint=path, progress=stop_after_a_third)
    with pytest.raises(ValueError, match="^files: GAN 10.. is in none of them"):
        gumbelcuda.merge(path)
    begun = []
    resumed = train(
        **arguments, checkpoint=os.fspath(path), resume=True, threads=2, progress=lambda *report: begun.append(report)
    )
    whole = train(**arguments)
    expect_alike(resumed, whole)
    expect_same_settings(resumed.settings, whole.settings)
    assert begun[-1][0] == begun[-1][1]

    expect_alike(train(**arguments, checkpoint=os.fsencode(path), resume=True), whole)
    merged = gumbelcuda.merge(path)
    expect_alike(merged, whole)
    assert (merged.backend, merged.hardware, merged.threads, merged.seconds) == (None,) * 4


def test_what_was_done_is_not_done_again(tmp_path):
    path = tmp_path / "run.checkpoint"
    with pytest.raises(Enough):
        gumbelcuda.train_fleet(
            **FLEET, **SLOWLY, checkpoint=path, progress=lambda done, total: done >= total / 3 and raise_enough()
        )
    reports = []
    gumbelcuda.train_fleet(
        **FLEET, **SLOWLY, checkpoint=path, resume=True, progress=lambda *report: reports.append(report)
    )
    # Whole GANs are done, and those are a third of all, but for one that was trained.
    assert reports[0][0] >= (GANS // 3 - 1) * FLEET["epochs"]


def train_shards(train, arguments, folder, count):
    paths = [folder / f"{train.__name__}-{i}" for i in range(count)]
    return paths, [train(**arguments, checkpoint=path, shard=(i, count)) for i, path in enumerate(paths)]


@pytest.mark.parametrize("train, arguments", KINDS)
def test_shards_are_joined_in_any_order(tmp_path, train, arguments):
    whole = train(**arguments)
    reports = []
    paths, parts = train_shards(train, arguments | dict(progress=lambda *report: reports.append(report)), tmp_path, 5)
    assert [part.num_gans for part in parts] == [5, 5, 5, 5, 4]
    for part in parts:
        assert (part.gan == np.arange(part.num_gans) + part.settings["first_gan"]).all()
        begin = int(part.gan[0]) - 1000
        assert part.logits.tobytes() == whole.logits[begin : begin + part.num_gans].tobytes()
        kept = min(max(15 - begin, 0), part.num_gans)
        assert kept == (0 if part.history is None else len(part.history))
        expect_alike(train(part.num_gans, **part.settings, history_gans=kept), part)
    epochs = np.broadcast_to(arguments["epochs"], GANS)
    ends = [(done, total) for done, total in reports if done == total]
    assert ends == [(part, part) for part in [int(each.sum()) for each in np.split(epochs, [5, 10, 15, 20])]]
    if train is gumbelcuda.train_fleet:
        expect_alike(gumbelcuda.FleetResult.concatenate(parts), whole)

    merged = gumbelcuda.merge(*(paths[i] for i in (3, 0, 4, 2, 1)))
    expect_alike(merged, whole)
    if train is gumbelcuda.train_fleet:
        expect_same_settings(merged.settings, whole.settings)
    else:  # of data there are the shares
        _, count = np.unique(list(SWEEP["data"]), return_counts=True)
        expect_same_settings(merged.settings, whole.settings | {"data": None, "target": count / count.sum()})


def test_a_merged_sweep_has_its_settings(tmp_path):
    arguments = mixed() | dict(until_total_variation=0.3, loss="hinge")
    whole = gumbelcuda.train_sweep(**arguments)
    paths, _ = train_shards(gumbelcuda.train_sweep, arguments, tmp_path, 2)
    merged = gumbelcuda.merge(*paths)
    expect_alike(merged, whole)
    schedules = [repr(sweep.settings["temperature"]) for sweep in (merged, whole)]
    assert schedules[0] == schedules[1]
    without = {"temperature": None}
    expect_same_settings(merged.settings | without, whole.settings | without)
    assert merged.axes is None and set(merged.varied) == set(whole.varied)
    expect_alike(gumbelcuda.train_sweep(merged.num_gans, **merged.settings, history_gans="all"), whole)


BAD = [
    (dict(checkpoint=""), ValueError, "checkpoint: '' is not the name of a file"),
    (dict(checkpoint="a\0b"), ValueError, "checkpoint: .* is not the name of a file"),
    (dict(checkpoint=3), TypeError, "checkpoint: 3 is not the name of a file"),
    (dict(checkpoint=None, resume=True), ValueError, "resume: needs a checkpoint"),
    (dict(checkpoint=None, shard=(0, 2)), ValueError, "shard: needs a checkpoint"),
    (dict(checkpoint=None, checkpoint_interval=5), ValueError, "checkpoint_interval: needs a checkpoint"),
    (dict(checkpoint_interval=0), ValueError, "checkpoint_interval: 0 is not in 0.1 … 1e6"),
    (dict(checkpoint_interval=1e7), ValueError, "checkpoint_interval: 1e.?0?7 is not in 0.1 … 1e6"),
    (dict(checkpoint_interval=np.nan), ValueError, "checkpoint_interval: nan is not in"),
    (dict(checkpoint_interval="often"), TypeError, "checkpoint_interval: 'often' is not"),
    (dict(checkpoint_interval=[1, 2]), ValueError, r"checkpoint_interval: an array of shape \(2,\) is not one number"),
    (dict(shard="0/2"), TypeError, r"shard: '0/2' is not \(i, n\)"),
    (dict(shard=2), TypeError, r"shard: 2 is not \(i, n\)"),
    (dict(shard=(1, 2, 3)), TypeError, r"shard: \(1, 2, 3\) is not \(i, n\)"),
    (dict(shard=(0.5, 2)), TypeError, "shard: 0.5 is not"),
    (dict(shard=(-1, 2)), ValueError, "shard: -1 is not in 0"),
    (dict(shard=(0, 0)), ValueError, "shard: 0 of 0 is no shard"),
    (dict(shard=(2, 2)), ValueError, "shard: 2 of 2 is no shard"),
    (dict(shard=(0, 25)), ValueError, "shard: 24 GANs cannot be divided by 25"),
    (dict(cpu_target="mmx"), ValueError, "cpu_target: "),
]


@pytest.mark.parametrize("train, arguments", KINDS)
@pytest.mark.parametrize("bad, error, message", BAD, ids=[str(bad) for bad, *_ in BAD])
def test_bad_arguments_are_refused_by_name(tmp_path, monkeypatch, train, arguments, bad, error, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match="^" + message):
        train(**arguments | dict(checkpoint="run.checkpoint") | bad)
    assert os.listdir() == []


@pytest.mark.parametrize("train, arguments", KINDS)
def test_files_that_are_refused_stay_as_they_are(tmp_path, train, arguments):
    (path, _), _ = train_shards(train, arguments, tmp_path, 2)
    whole = path.read_bytes()
    with pytest.raises(FileExistsError, match="resume=True") as raised:
        train(**arguments, checkpoint=path, shard=(0, 2))
    assert raised.value.filename == os.fspath(path)
    with pytest.raises(ValueError, match="^resume: .* GAN 1000, which is of another shard"):
        train(**arguments, checkpoint=path, resume=True, shard=(1, 2))
    with pytest.raises(ValueError, match="^resume: .* a run with other settings"):
        train(**arguments | dict(first_gan=7), checkpoint=path, resume=True)
    assert path.read_bytes() == whole
    changed = whole[:-1] + bytes([whole[-1] ^ 1])
    for damaged in (changed, whole[:-1], b"nothing"):
        path.write_bytes(damaged)
        with pytest.raises(gumbelcuda.DamagedFileError, match=str(path)):
            train(**arguments, checkpoint=path, resume=True, shard=(0, 2))
        with pytest.raises(ValueError, match="is damaged|is not a checkpoint"):
            gumbelcuda.merge(path)
        assert path.read_bytes() == damaged
    with pytest.raises(OSError, match="no folder"):
        train(**arguments, checkpoint=tmp_path / "no folder" / "run", resume=True)
    with pytest.raises(OSError, match="no file"):
        gumbelcuda.merge(tmp_path / "no file")


def test_files_that_are_not_one_run_are_refused(tmp_path):
    fleets, _ = train_shards(gumbelcuda.train_fleet, FLEET, tmp_path, 2)
    sweeps, _ = train_shards(gumbelcuda.train_sweep, SWEEP, tmp_path, 2)
    for files, message in (
        ([], "files: there are none"),
        (fleets[:1], "files: GAN 1012 is in none of them"),
        ([*fleets, fleets[0]], "files: GAN 1000 is in '.*train_fleet-0' and was there before"),
        ([*fleets, *sweeps], "files: .* are of different runs"),
        (["a\0b"], "files: .* is not the name of a file"),
    ):
        with pytest.raises(ValueError, match="^" + message):
            gumbelcuda.merge(*files)
    with pytest.raises(TypeError, match=r"^files: \["):
        gumbelcuda.merge(fleets)


def test_a_full_disk_is_told_and_the_training_goes_on(tmp_path):
    """Soon after the beginning no file may grow any more."""
    path = tmp_path / "run.checkpoint"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_the_disk(done, total):
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, limits[1]))

    kept = dict(checkpoint=path, checkpoint_interval=0.1)
    try:
        with pytest.warns(RuntimeWarning) as told:
            fleet = gumbelcuda.train_fleet(**FLEET, **SLOWLY, **kept, progress=fill_the_disk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    texts = [str(each.message) for each in told]
    assert len(texts) == 2 and all(str(path) in text for text in texts), texts
    assert "it is tried again" in texts[0] and "has not all that was trained" in texts[1]
    assert {each.filename for each in told} == {__file__}
    whole = gumbelcuda.train_fleet(**FLEET)
    expect_alike(fleet, whole)
    with pytest.raises(ValueError, match="is in none of them"):
        gumbelcuda.merge(path)
    expect_alike(gumbelcuda.train_fleet(**FLEET, **kept, resume=True), whole)
