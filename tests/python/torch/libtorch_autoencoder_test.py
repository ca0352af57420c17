# SPDX-License-Identifier: Apache-2.0
"""examples/libtorch beside examples/autoencoder: one reads the other's images, and both draw the same weights, order and
noise, so the losses of all steps and the bounds at the end agree but for rounding."""

from __future__ import annotations

import gzip
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "examples"))

from autoencoder import data, train  # noqa: E402
from autoencoder.bounds import bounds  # noqa: E402
from autoencoder.estimators import ESTIMATORS  # noqa: E402
from autoencoder.latents import LATENTS  # noqa: E402

SEED, STEPS, SAMPLES = 3, 10, 20
RATES = {"categorical": 0.1, "binary": 0.05, "Gaussian": 0.002}
# float32: sums of 784 numbers of relative error 2^-24 are off by some 1e-7 of themselves, and ten updates pass that on.
# With a momentum of .89 in place of .9 losses are off by 1e-3.
RELATIVE = 1e-5
FILES = ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte")


def program() -> str:
    built = [os.environ.get("GUMBELCUDA_LIBTORCH_AUTOENCODER"), *sorted(ROOT.glob("build/*/examples/libtorch/autoencoder"))]
    found = [path for path in built if path]
    if not found:
        pytest.skip("examples/libtorch/autoencoder.cpp is not built")
    return str(found[0])


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program(), *map(str, arguments)], check=False, capture_output=True, text=True)


def idx(images: np.ndarray) -> bytes:
    return struct.pack(">4I", 0x803, *images.shape) + images.tobytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four images of 7 × 7 squares of 4 × 4 pixels, each many times."""
    path, generator = tmp_path_factory.mktemp("images"), np.random.default_rng(1)
    four = generator.integers(0, 256, (4, 7, 7), dtype=np.uint8).repeat(4, axis=1).repeat(4, axis=2)
    for name, count in zip(FILES, (800, 500)):
        content = idx(four[generator.integers(0, 4, count)])
        (path / name).write_bytes(content)
        (path / f"{name}.gz").write_bytes(gzip.compress(content))
    return path


# Gaussian samples need no estimator: the option changes nothing for them.
@pytest.mark.parametrize(
    ("latent", "estimator"),
    [(latent, estimator) for latent in LATENTS for estimator in ("relaxed", "straight_through")
     if (latent.name, estimator) != ("Gaussian", "straight_through")],
    ids=str,
)  # fmt: skip
def test_both_programs_have_the_same_losses_and_bounds(
    folder: Path, latent: Any, estimator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = ESTIMATORS[latent.name].get(estimator.replace("_", "-"), ESTIMATORS[latent.name].get("location and scale"))
    seen: list[float] = []
    models: list[dict[str, torch.Tensor]] = []
    losses, initial = train.losses, train.initial

    def recorded(*arguments: Any) -> torch.Tensor:
        loss = losses(*arguments)
        seen.append(float(loss.detach().mean()))
        return loss

    def kept(*arguments: Any) -> Any:
        # train() returns the best weights of its validations, and the program tests the last ones, which are these.
        made = initial(*arguments)
        models.append(made[0])
        return made

    monkeypatch.setattr(data, "FASHION", folder)
    monkeypatch.setattr(train, "losses", recorded)
    monkeypatch.setattr(train, "initial", kept)
    images = data.load("fashion")
    trained = train.train(images, latent, here, (SEED,), (RATES[latent.name],), STEPS)

    there = run("--data", folder, "--latents", latent.name.lower(), "--estimator", estimator, "--seed", SEED,
                "--steps", STEPS, "--rate", RATES[latent.name], "--samples", SAMPLES)  # fmt: skip
    assert there.returncode == 0, there.stderr
    found = [float(line.split()[2]) for line in re.findall(r"^ +\d+ +[\d.]+ +[\d.]+$", there.stdout, re.MULTILINE)]
    assert len(found) == STEPS
    np.testing.assert_allclose(found, seen, rtol=RELATIVE)
    assert seen[0] > 1.01 * seen[-1]  # it learns, so the updates count

    at_test = re.search(r"-ELBO ([\d.]+) .* samples ([\d.]+) ", there.stdout)
    assert at_test is not None
    expected = bounds(models[0], latent, images.test, trained.mean, SAMPLES, (SEED,), "test")
    printed = 0.005  # two decimals
    for text, bound in zip(at_test.groups(), expected):
        assert float(text) == pytest.approx(-float(bound.mean()), rel=RELATIVE, abs=printed)


def test_compressed_files_are_read_where_there_is_zlib(folder: Path, tmp_path: Path) -> None:
    few = ("--latents", "categorical", "--steps", 1, "--samples", 1)
    for name in FILES:
        (tmp_path / f"{name}.gz").write_bytes((folder / f"{name}.gz").read_bytes())
    compressed = run("--data", tmp_path, *few)
    if "without zlib" in compressed.stderr:
        assert compressed.returncode == 1
    else:
        assert compressed.stdout == run("--data", folder, *few).stdout != ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "does not begin as a file of images"),
        (idx(np.zeros((600, 4, 4), np.uint8))[:-1], "9599 bytes, but its header says 600 images of 16"),
        (idx(np.zeros((600, 4, 5), np.uint8)), "images of 4 by 5"),
        (idx(np.zeros((599, 4, 4), np.uint8)), "599 images; 600 or more are needed"),
        (None, "train-images-idx3-ubyte"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / FILES[0]).write_bytes(content)
    found = run("--data", tmp_path)
    assert found.returncode == 1 and found.stdout == "" and message in found.stderr


@pytest.mark.parametrize("arguments", [("--samples", 700), ("--rate", 0), ("--steps", 0), ("--latents", "bits")])
def test_arguments_are_checked_before_any_work(arguments: tuple[object, ...]) -> None:
    found = run(*arguments)
    assert found.returncode == 2 and str(arguments[0]) in found.stderr and found.stdout == ""
