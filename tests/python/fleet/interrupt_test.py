# SPDX-License-Identifier: Apache-2.0
"""Progress, Ctrl-C and other exceptions while a fleet is trained, and that the interpreter goes on meanwhile."""

import os
import signal
import threading
import time

import pytest

import gumbelcuda

ENDLESS = dict(num_gans=1_000_000, epochs=10_000)  # hours


def train_endlessly(kind, **arguments):
    (gumbelcuda.train_fleet if kind == "fleet" else gumbelcuda.train_sweep)(**ENDLESS | arguments)


def test_progress_is_reported_to_the_end():
    seen = []
    fleet = gumbelcuda.train_fleet(3, epochs=2, steps_per_epoch=2, progress=lambda *report: seen.append(report))
    assert seen[-1] == (6, 6) and seen == sorted(set(seen))
    assert fleet.num_gans == 3


@pytest.mark.parametrize("kind", ("fleet", "sweep"))
def test_what_progress_raises_stops_training_and_comes_back(kind):
    class Enough(Exception):
        pass

    threads = threading.active_count()

    def progress(done, total):
        assert total == ENDLESS["num_gans"] * ENDLESS["epochs"]
        if done > 0:
            raise Enough

    with pytest.raises(Enough):
        train_endlessly(kind, progress=progress, epochs=ENDLESS["epochs"])
    assert threading.active_count() == threads, "training goes on"


@pytest.mark.parametrize("kind", ("fleet", "sweep"))
def test_ctrl_c_stops_within_a_second(kind):
    sent = []

    def send():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threads = threading.active_count()
    timer = threading.Timer(0.5, send)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        train_endlessly(kind)
    ended = time.monotonic()
    timer.join()
    assert ended - sent[0] < 1
    assert threading.active_count() == threads
    assert gumbelcuda.train_fleet(2, epochs=1).num_gans == 2, "the next training works"


def test_ctrl_c_leaves_the_parts_that_are_done():
    parts = []

    def progress(done, total):
        if len(parts) == 2:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        for first in range(0, 1000, 10):
            parts.append(gumbelcuda.train_fleet(10, epochs=1, first_gan=first, progress=progress))
    assert gumbelcuda.FleetResult.concatenate(parts).num_gans == 20


def test_a_signal_handler_s_exception_is_not_lost():
    class Alarm(Exception):
        pass

    def ring(*_):
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(Alarm):
            train_endlessly("fleet")
    finally:
        signal.signal(signal.SIGALRM, before)


def test_other_threads_run_meanwhile_and_may_train():
    fleets = {}

    def work(seed):
        fleets[seed] = gumbelcuda.train_fleet(20, epochs=20, seed=seed, threads=1)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    counted = 0
    while any(thread.is_alive() for thread in threads):
        counted += 1
    for thread in threads:
        thread.join()
    assert counted > 100, "the GIL was held"
    for seed, fleet in fleets.items():
        assert (fleet.logits == gumbelcuda.train_fleet(20, epochs=20, seed=seed).logits).all()


def test_a_bar_is_shown(capsys):
    pytest.importorskip("tqdm")
    gumbelcuda.train_fleet(3, epochs=2, steps_per_epoch=2, progress=True)
    shown = capsys.readouterr().err
    assert "100%" in shown and "GAN-epochs" in shown
