# SPDX-License-Identifier: Apache-2.0
"""The grammar's GANs beside a program of its own: the same networks by PyTorch's LSTM cell and its automatic gradients in
double, fed the noise of the same addresses. Initial weights and noise are computed here from docs/noise-stream.md."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[3]
SYMBOLS, STEPS = 6, 12
UNITS, BATCH = 8, 16  # of both networks
SEED, ROW = 20261129, 5
TAU, LABEL_SMOOTHING, INNER = 0.8, 0.125, 3
RATE, LIKELIHOOD_RATE = {"generator": 2.0, "discriminator": 1.0}, 0.25

# Where the noise of a step lies, in blocks of four words (examples/sequences/sequence_noise.hpp).
OF_STRING = SYMBOLS * STEPS // 4
START = 2 * 2**15 // 4
SMOOTHING = BATCH * 2 // 4
FAKE = SMOOTHING + BATCH * OF_STRING
INNER_SAMPLES = FAKE + BATCH * OF_STRING
UPDATE = INNER_SAMPLES + BATCH * 64 * OF_STRING


@pytest.fixture(autouse=True)
def one_thread():
    """Two threads wait for each other longer than these small networks take."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def program() -> str:
    built = [os.environ.get("GUMBELCUDA_GRAMMAR_GAN"), *sorted(ROOT.glob("build/*/examples/grammar_gan"))]
    found = [path for path in built if path]
    if not found:
        pytest.skip("examples/sequences/grammar_gan.cpp is not built")
    return str(found[0])


def philox(counter: np.ndarray, key: int) -> np.ndarray:
    """Philox4x32-10: counter[..., 4] and a 64-bit key to output[..., 4], in numbers of 64 bits."""
    low = np.uint64(0xFFFFFFFF)
    c = [counter[..., i].astype(np.uint64) for i in range(4)]
    k = [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]), b & low, (a >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]), a & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, axis=-1)


def words(first_block: int, blocks: int) -> np.ndarray:
    """The words of so many blocks of the model's row, [block][4]."""
    number = first_block + np.arange(blocks, dtype=np.uint64)
    counter = np.zeros((blocks, 4), np.uint64)
    counter[:, 0], counter[:, 1] = number & np.uint64(0xFFFFFFFF), number >> np.uint64(32)
    counter[:, 2] = ROW
    return philox(counter, SEED)


def gumbel(word: np.ndarray) -> torch.Tensor:
    v = (word.astype(np.float64) + 0.5) * 2.0**-32
    return torch.from_numpy(-np.log(-np.log1p(-v)))


def signed(word: np.ndarray) -> np.ndarray:
    return (2 * word.astype(np.float64) + 1) * 2.0**-32 - 1


class Network:
    """An LSTM and the weights of its output, from their packed numbers: for each gate and unit the weights of the inputs,
    those of the units, and the bias; then those of each output."""

    def __init__(self, outputs: int, first_word: int):
        count = 4 * UNITS * (SYMBOLS + UNITS + 1) + outputs * (UNITS + 1)
        drawn = signed(words(first_word // 4, (count + 3) // 4).ravel()[:count]) / np.sqrt(UNITS)
        self.packed = torch.tensor(drawn, dtype=torch.float64, requires_grad=True)
        self.cell = torch.nn.LSTMCell(SYMBOLS, UNITS, dtype=torch.float64)

    def begin(self, batch: int):
        rows = 4 * UNITS
        inner = self.packed[: rows * (SYMBOLS + UNITS + 1)].view(rows, -1)
        self.outer = self.packed[rows * (SYMBOLS + UNITS + 1) :].view(-1, UNITS + 1)
        self.weights = {"weight_ih": inner[:, :SYMBOLS], "weight_hh": inner[:, SYMBOLS:-1], "bias_ih": inner[:, -1],
                        "bias_hh": torch.zeros(rows, dtype=torch.float64)}
        zero = torch.zeros(batch, UNITS, dtype=torch.float64)
        self.state = (zero, zero)

    def __call__(self, symbol: torch.Tensor) -> torch.Tensor:
        self.state = torch.func.functional_call(self.cell, self.weights, (symbol, self.state))
        return functional.linear(self.state[0], self.outer[:, :-1], self.outer[:, -1])

    def descend(self, loss: torch.Tensor, rate: float):
        (gradient,) = torch.autograd.grad(loss, [self.packed])
        with torch.no_grad():
            self.packed -= rate * gradient


def noise_of(first_block: int) -> torch.Tensor:
    """Gumbel noise, [string][moment][symbol]."""
    return gumbel(words(first_block, BATCH * OF_STRING).reshape(BATCH, STEPS, SYMBOLS))


def real_strings(first_block: int) -> torch.Tensor:
    """From two words each: how many operators, and two bits for each of them."""
    strings = torch.zeros(BATCH, STEPS, SYMBOLS, dtype=torch.float64)
    for s, (length, code) in enumerate(words(first_block, BATCH // 2).reshape(BATCH, 2).tolist()):
        m = length * 6 >> 32
        for t in range(STEPS):
            operator = 1 + (code >> (31 - t) & 3) if t < 2 * m else 5
            strings[s, t, 0 if t % 2 == 0 and t <= 2 * m else operator] = 1
    return strings


def gumbel_rao(logits: torch.Tensor, token: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """softmax of the logits and of noise given that the token is the argmax: the noise has no gradient."""
    top = (torch.logsumexp(logits, -1, keepdim=True) + (noise * token).sum(-1, keepdim=True)).detach()
    others = -torch.log(torch.exp(-(logits + noise)) + torch.exp(-top))
    scores = torch.where(token == 1, top, others).detach()
    return functional.softmax((logits + scores - logits.detach()) / TAU, dim=-1)


def generate(net: Network, first_block: int, estimator: str, feedback: str) -> torch.Tensor:
    """What the discriminator sees of fake strings, [string][moment][symbol]."""
    net.begin(BATCH)
    noise, symbol, seen = noise_of(first_block + FAKE), torch.zeros(BATCH, SYMBOLS, dtype=torch.float64), []
    if estimator == "gumbel_rao":
        drawn = [words(first_block + INNER_SAMPLES + s * 64 * OF_STRING, INNER * OF_STRING) for s in range(BATCH)]
        inner = gumbel(np.stack(drawn).reshape(BATCH, INNER, STEPS, SYMBOLS))
    for t in range(STEPS):
        logits = net(symbol)
        y = functional.softmax((logits + noise[:, t]) / TAU, dim=-1)
        token = functional.one_hot((logits + noise[:, t]).argmax(-1), SYMBOLS).double()
        through = y
        if estimator == "gumbel_rao":
            through = sum(gumbel_rao(logits, token, inner[:, m, t]) for m in range(INNER)) / INNER
        seen.append(y if estimator == "relaxed" else token + through - through.detach())
        symbol = {"hard": token, "straight_through": token + y - y.detach(), "soft": y}[feedback]
    return torch.stack(seen, 1)


def judge(net: Network, strings: torch.Tensor) -> torch.Tensor:
    """The logits after each symbol, [sequence][moment]."""
    net.begin(len(strings))
    return torch.stack([net(strings[:, t])[:, 0] for t in range(STEPS)], 1)


def mean_loss(kind: str, logits: torch.Tensor, sign: int, smoothing: float, judged: str) -> torch.Tensor:
    """The discriminator's loss: sign 1 for real strings, -1 for fake ones."""
    logits = logits[:, -1:] if judged == "final" else logits
    if kind == "hinge":
        return functional.relu(1 - sign * logits).mean()
    return functional.binary_cross_entropy_with_logits(logits, torch.full_like(logits, 1 - smoothing if sign > 0 else 0))


def train(steps: int, *, estimator: str, feedback: str, judged: str, loss: str, real_smoothing: float,
          label_smoothing: float, averaging: float, updates: tuple[int, int]) -> np.ndarray:
    """A GAN's parameters after so many steps of plain gradient descent, then the average of the generator's."""
    generator, discriminator = Network(SYMBOLS, 0), Network(1, 2**15)
    average = generator.packed.detach().clone()
    for step in range(steps):
        begin = START + step * 32 * UPDATE
        for update in range(updates[0]):
            block = begin + update * UPDATE
            real = real_strings(block)
            if real_smoothing:
                z = torch.log(real * (1 - real_smoothing) + real_smoothing / SYMBOLS) + noise_of(block + SMOOTHING)
                real = functional.softmax(z / TAU, dim=-1)
            fake = generate(generator, block, estimator, feedback).detach()
            discriminator.descend(mean_loss(loss, judge(discriminator, real), 1, label_smoothing, judged) +
                                  mean_loss(loss, judge(discriminator, fake), -1, 0, judged), RATE["discriminator"])
        for update in range(updates[1]):
            fake = generate(generator, begin + (16 + update) * UPDATE, estimator, feedback)
            logits = judge(discriminator, fake)
            logits = logits[:, -1:] if judged == "final" else logits
            generator.descend(-logits.mean() if loss == "hinge" else functional.softplus(-logits).mean(), RATE["generator"])
        average = averaging * average + (1 - averaging) * generator.packed.detach()
    return torch.cat([generator.packed, discriminator.packed, average]).detach().numpy()


def train_by_likelihood(steps: int) -> np.ndarray:
    generator = Network(SYMBOLS, 0)
    for step in range(steps):
        real = real_strings(START + step * 32 * UPDATE)
        generator.begin(BATCH)
        before = torch.cat([torch.zeros(BATCH, 1, SYMBOLS, dtype=torch.float64), real[:, :-1]], 1)
        logits = torch.stack([generator(before[:, t]) for t in range(STEPS)], 1)
        generator.descend(-(functional.log_softmax(logits, -1) * real).sum() / BATCH, LIKELIHOOD_RATE)
    return generator.packed.detach().numpy()


def trained_by_the_program(folder: Path, steps: int, options: dict[str, object]) -> np.ndarray:
    path = folder / "parameters.csv"
    plain = {"hidden": UNITS, "batch": BATCH, "gans": 1, "seed": SEED, "first": ROW, "steps": steps, "epochs": 1,
             "optimizer": "sgd", "beta1": 0, "samples": 0, "tau-begin": TAU, "tau-end": TAU, "parameters": path,
             "generator-rate": RATE["generator"], "discriminator-rate": RATE["discriminator"], "inner-samples": INNER}
    arguments = [f"--{name}={value}" for name, value in {**plain, **options}.items()]
    subprocess.run([program(), "--quiet", *arguments], check=True, stdout=subprocess.DEVNULL)
    return np.array([float(x) for x in path.read_text().split(",")])


def expect_the_same(ours: np.ndarray, theirs: np.ndarray, begin: np.ndarray):
    """The tolerance is an estimate and no bound: 5 times the largest difference seen, in 56 trainings (the 14 here, with
    four seeds each). Its form counts roundings of u = 2^-24: a gradient comes through two networks, forward and
    backward, 12 moments each, so that 48 sums each add some u of it; and each of up to 9 updates rounds each parameter.
    What is amplified between them, as by a softmax of a small temperature, is not counted."""
    moved = abs(theirs - begin).max()
    assert moved > 0.01
    assert abs(ours - theirs).max() < 2.0**-24 * (48 * moved + 9 * abs(theirs).max())


GANS = {
    "plain": {},
    "soft": {"feedback": "soft", "judged": "dense"},
    "straight through": {"estimator": "straight_through", "feedback": "straight_through",
                         "label_smoothing": LABEL_SMOOTHING, "updates": (2, 3)},
    "Gumbel-Rao": {"estimator": "gumbel_rao", "feedback": "straight_through", "loss": "hinge"},
    "averaged": {"averaging": 0.75, "estimator": "straight_through", "judged": "dense"},
    "smoothed": {"judged": "dense", "loss": "hinge", "real_smoothing": 0.25},
}
PLAIN = {"estimator": "relaxed", "feedback": "hard", "judged": "final", "loss": "non_saturating", "real_smoothing": 0.0,
         "label_smoothing": 0.0, "averaging": 0.0, "updates": (1, 1)}


@pytest.mark.parametrize("steps", (1, 3))
@pytest.mark.parametrize("settings", GANS.values(), ids=GANS.keys())
def test_the_first_updates_of_a_gan_are_those_of_pytorch(tmp_path, settings, steps):
    settings = {**PLAIN, **settings}
    options = {name.replace("_", "-"): value for name, value in settings.items() if name != "updates"}
    options["discriminator-updates"], options["generator-updates"] = settings["updates"]
    expect_the_same(trained_by_the_program(tmp_path, steps, options), train(steps, **settings), train(0, **settings))


@pytest.mark.parametrize("steps", (1, 3))
def test_the_first_updates_by_maximum_likelihood_are_those_of_pytorch(tmp_path, steps):
    ours = trained_by_the_program(tmp_path, steps, {"model": "likelihood", "generator-rate": LIKELIHOOD_RATE})
    expect_the_same(ours, train_by_likelihood(steps), train_by_likelihood(0))
