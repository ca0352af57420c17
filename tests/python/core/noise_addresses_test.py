# SPDX-License-Identifier: Apache-2.0
"""Which noise a call draws: fresh by default, the same at the same address, its own for each row, thread and
process."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import gumbelcuda as g

ROOT = Path(__file__).resolve().parents[3]
X = np.zeros((16, 10), "float32")


@pytest.fixture(autouse=True)
def default_generator_afterwards():
    yield
    g.random._default = None


def recorded_noise() -> np.ndarray:
    text = (ROOT / "host/selftest/golden_bytes.cpp").read_text()
    words = re.search(r"first_noise\[\] = \{(.*?)\}", text, re.DOTALL)[1]
    return np.array([int(word.strip().rstrip("u"), 16) for word in words.split(",")], "uint32")


def test_noise_has_the_recorded_bytes():
    assert np.array_equal(g.gumbel_noise((1, 8), seed=42).view("uint32")[0], recorded_noise())


def test_the_bytes_are_those_of_the_program_in_the_readme():
    text = (ROOT / "README.md").read_text()
    numbers = {name: values.split() for name, values in re.findall(r"(?m)^(y|d_logits) +([-. 0-9]+)$", text)}
    logits, tau = np.array([[1, 2, 3, 0]], "float32"), 0.5
    drawn = re.search(r"sample (\d), token (\d), two (\d) (\d)", text)
    assert int(g.gumbel_max(logits, seed=2)[0]) == int(drawn[1])
    assert int(g.categorical_sample(logits, tau, seed=2)[0]) == int(drawn[2])
    assert g.gumbel_top_k(logits, 2, seed=2).tolist() == [[int(drawn[3]), int(drawn[4])]]
    y = g.gumbel_softmax(logits, tau, seed=2)
    d_logits = g.gumbel_softmax_vjp(np.array([[1, 0, 0, 0]], "float32"), tau, y=y)
    assert [f"{v:.3f}" for v in y[0]] == numbers["y"]
    assert [f"{v:.3f}" for v in d_logits[0]] == numbers["d_logits"]


def test_calls_draw_fresh_noise():
    assert not np.array_equal(g.gumbel_noise(like=X), g.gumbel_noise(like=X))


def test_manual_seed_begins_anew():
    g.manual_seed(7)
    first = [g.gumbel_noise(like=X), g.gumbel_noise(like=X)]
    g.manual_seed(7)
    again = [g.gumbel_noise(like=X), g.gumbel_noise(like=X)]
    assert np.array_equal(first, again)
    assert np.array_equal(first[1], g.gumbel_noise(like=X, seed=7, offset=12))  # 10 classes take 12 words


@pytest.mark.parametrize(
    "draw, words",
    [
        (lambda **a: g.gumbel_max(X, **a), 12),
        (lambda **a: g.categorical_sample(X, draws=5, **a), 60),
        (lambda **a: g.concrete_kl_estimate(X, X, samples=3, **a), 36),
        (lambda **a: g.gumbel_max_shard(X, 8, 50, **a), 52),
        (lambda **a: g.location_scale_sample(X, 1.0, **a), 12),
        (lambda **a: g.gumbel_softmax(X, gumbel=X, **a), 0),
    ],
)
def test_a_generator_moves_on_by_what_c_draws(draw, words):
    generator = g.Generator(3, position=8)
    address = generator.address
    found = draw(generator=generator)
    assert generator.position == 8 + words
    assert np.array_equal(found, draw(**address))
    if words:
        # The position in memory is moved on by C itself.
        counter = np.array([8], "uint64")
        moving = g.Generator(3, device_position=counter)
        assert np.array_equal(draw(generator=moving), found)
        assert counter[0] == 8 + words and moving.position == 0


def test_generators_of_others_move_on():
    numpy_generator = np.random.default_rng(5)
    first = g.gumbel_noise(like=X, generator=numpy_generator)
    assert not np.array_equal(first, g.gumbel_noise(like=X, generator=numpy_generator))
    assert np.array_equal(first, g.gumbel_noise(like=X, generator=np.random.default_rng(5)))
    seed = int.from_bytes(np.random.default_rng(5).bytes(8), "little")
    assert np.array_equal(first, g.gumbel_noise(like=X, seed=seed))
    assert g.gumbel_noise(like=X, generator=np.random.RandomState(1)).shape == X.shape


def test_a_row_is_drawn_alone_as_in_its_batch():
    batch = g.gumbel_noise(like=X, seed=9, row=100, offset=16)
    for r in range(16):
        assert np.array_equal(batch[r], g.gumbel_noise(like=X[0], seed=9, row=100 + r, offset=16))


def test_seeds_of_rows():
    seeds, offsets = np.arange(16, dtype="uint64") * 2**59, np.arange(0, 64, 4)
    found = g.gumbel_noise(like=X, seeds=seeds, offsets=offsets)
    for r in range(16):
        assert np.array_equal(found[r], g.gumbel_noise(like=X[0], seed=int(seeds[r]), offset=int(offsets[r])))
    only_offsets = g.gumbel_noise(like=X, seed=4, offset=8, offsets=offsets)
    assert np.array_equal(only_offsets[3], g.gumbel_noise(like=X[0], seed=4, row=3, offset=8 + 12))
    assert np.array_equal(found, g.gumbel_noise(like=X, seeds=seeds.view("int64"), offsets=list(range(0, 64, 4))))
    # Rows that are blocks of several calls in C.
    x = np.zeros((4, 8, 10), "float32")[:, :4]
    shaped = g.gumbel_softmax(x, seeds=seeds.reshape(4, 4), offsets=offsets.reshape(4, 4), returns=("y", "gumbel"))
    assert np.array_equal(shaped.gumbel.reshape(16, 10), found)
    # A backward pass draws them again.
    y = g.gumbel_softmax(x, 0.5, seeds=seeds.reshape(4, 4), offsets=offsets.reshape(4, 4))
    d_y = np.random.default_rng(0).normal(size=y.shape).astype("float32")
    again = g.gumbel_softmax_vjp(d_y, 0.5, logits=x, seeds=seeds.reshape(4, 4), offsets=offsets.reshape(4, 4))
    assert np.array_equal(again, g.gumbel_softmax_vjp(d_y, 0.5, y=y))


def test_shards_draw_what_the_whole_row_draws():
    logits = np.random.default_rng(0).normal(size=(50, 37)).astype("float32")
    bounds = [0, 8, 8, 20, 37]
    partials = np.stack(
        [g.gumbel_max_shard(logits[:, a:b], a, 37, seed=1, log_prob=True) for a, b in zip(bounds, bounds[1:])]
    )
    found = g.combine_gumbel_max(partials, returns=("index", "log_prob", "status"))
    whole = g.gumbel_max(logits, seed=1, returns=("index", "log_prob", "status"))
    assert np.array_equal(found.index, whole.index) and np.array_equal(found.status, whole.status)
    assert np.allclose(found.log_prob, whole.log_prob, rtol=1e-6)


def test_threads_share_a_generator_and_no_noise():
    generator = g.Generator(1)
    drawn = [[] for _ in range(4)]

    def work(mine):
        for _ in range(200):
            mine.append(g.gumbel_noise((1, 4), generator=generator))

    threads = [threading.Thread(target=work, args=(mine,)) for mine in drawn]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert generator.position == 4 * 800
    found = {row.tobytes() for mine in drawn for row in mine}
    assert found == {g.gumbel_noise((1, 4), seed=1, offset=4 * i).tobytes() for i in range(800)}


FORK = """
import os, sys, gumbelcuda as g
for prepare in (g.default_generator, lambda: g.manual_seed(3)):
    prepare()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, g.gumbel_noise((1, 8)).tobytes())
        os._exit(0)
    of_child = os.read(reading, 1000)
    os.waitpid(child, 0)
    print(len(of_child), of_child != g.gumbel_noise((1, 8)).tobytes())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_draws_other_noise_than_its_parent():
    # In a process of its own, since other frameworks' threads do not survive a fork.
    printed = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True).stdout
    assert printed == "32 True\n" * 2


def test_generators_are_pickled_with_their_position():
    generator = g.Generator(11)
    g.gumbel_noise(like=X, generator=generator)
    copy = pickle.loads(pickle.dumps(generator))
    assert (copy.seed, copy.position) == (11, 12)
    assert np.array_equal(g.gumbel_noise(like=X, generator=copy), g.gumbel_noise(like=X, generator=generator))


def test_gumbel_of_a_generator():
    drawn = g.Generator(1).gumbel(2.0, 3.0, size=(2, 5))
    assert drawn.dtype == np.float64
    assert np.array_equal(drawn, g.gumbel_noise((2, 5), "float64", seed=1) * 3.0 + 2.0)
    assert isinstance(float(g.Generator(1).gumbel()), float)


def test_positions_in_memory():
    counter, offsets = np.array([8], "uint64"), np.array([0, 4, 8], "int64")
    g.advance_noise(counter, 5)
    g.advance_row_offsets(offsets, 5)
    assert counter.tolist() == [16] and offsets.tolist() == [8, 12, 16]
