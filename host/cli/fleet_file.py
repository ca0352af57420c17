# SPDX-License-Identifier: Apache-2.0
"""Opens result files for plot.py. For any content, the result is a fleet that can be drawn, or a Failure that says in
one line what is wrong. docs/command.md has the layout; host/results/result_file_read.cpp reads it for the command.
"""
import h5py
import numpy as np

EXIT_FAILED, EXIT_USAGE, EXIT_DAMAGED = 1, 2, 3
FORMAT_VERSIONS = (2, 3)  # host/results/result_layout.hpp
MOST_CLASSES = 1024
BLOCK_NUMBERS = 1 << 21  # read at a time: 8 MiB, twice that in double precision
ROUNDING = 1e-5


class Failure(Exception):
    def __init__(self, exit_code, message):
        super().__init__(message)
        self.exit_code = exit_code


class Damage(Exception):
    """What is wrong with a file, without its name."""


def number(fleet, name, least, most):
    value = fleet.attrs.get(name)
    if not isinstance(value, np.integer):
        raise Damage(f"{name} is not a whole number" if name in fleet.attrs else f"it has no {name}")
    if not least <= int(value) <= most:
        raise Damage(f"{name} is {value}, not in {least} … {most}")
    return int(value)


def array(fleet, name, kind, shape):
    """The dataset, if it has this type and shape and all of its numbers are in this file, uncompressed."""
    if not isinstance(fleet.get(name, getlink=True), h5py.HardLink) or not isinstance(fleet[name], h5py.Dataset):
        raise Damage(f"it has no {name}")
    dataset = fleet[name]
    if dataset.dtype != np.dtype(kind):
        raise Damage(f"{name} has another type")
    if dataset.shape != shape:
        raise Damage(f"{name} has another shape")
    size = int(np.prod(shape, dtype=object)) * dataset.dtype.itemsize
    if dataset.is_virtual or dataset.external or dataset.id.get_storage_size() < size:
        raise Damage(f"{name} is not all there, or compressed")
    return dataset


def expect_probabilities(name, values):
    finite = values[np.isfinite(values)]  # the others are those of a GAN that diverged
    if finite.size and (finite.min() < 0 or finite.max() > 1 + ROUNDING):
        raise Damage(f"{name} has values that are no probabilities")


def check(fleet):
    form = fleet.attrs.get("format")
    if (form.decode(errors="replace") if isinstance(form, bytes) else form) != "gumbelcuda fleet":
        raise Damage("it is no result file of gumbelcuda")
    if number(fleet, "format_version", 0, 2**64) not in FORMAT_VERSIONS:
        raise Damage("it has another format version than " + " and ".join(map(str, FORMAT_VERSIONS)))
    gans = number(fleet, "num_gans", 1, 2**63)
    classes = number(fleet, "classes", 2, MOST_CLASSES)
    epochs = number(fleet, "epochs", 1, 2**63)
    history_gans = number(fleet, "history_gans", 0, gans)
    number(fleet, "first_gan", 0, 2**64)
    if fleet.attrs["format_version"] >= 3 and (fleet["gan_classes"].shape != () or fleet["gan_classes"][()] != classes):
        raise Damage("its GANs differ in their number of classes, which this program does not know")
    target = array(fleet, "target", "<f8", (classes,))[:]
    if not np.isfinite(target).all() or target.min() < 0 or abs(target.sum() - 1) > 1e-6:
        raise Damage("target is no distribution")
    array(fleet, "distribution", "<f4", (gans, classes))
    if history_gans > 0:
        array(fleet, "history", "<f4", (history_gans, epochs, classes))


def open_fleet(path):
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise Failure(EXIT_FAILED, f"cannot read {path}: {error.strerror}") from None
    try:
        fleet = h5py.File(path, "r")
    except OSError:
        raise Failure(EXIT_DAMAGED, f"{path} is not an HDF5 file, or a damaged one") from None
    try:
        check(fleet)
    except Exception as problem:  # h5py raises many kinds of errors for malformed files
        fleet.close()
        raise Failure(EXIT_DAMAGED, f"{path} is damaged or no result file of this program: {problem}") from None
    return fleet


def blocks(dataset):
    """Yields blocks of a dataset of probabilities that fit in memory, each with the number of its first GAN."""
    step = max(1, BLOCK_NUMBERS // max(1, int(np.prod(dataset.shape[1:]))))
    for first in range(0, dataset.shape[0], step):
        part = dataset[first:first + step].astype(np.float64)
        try:
            expect_probabilities(dataset.name[1:], part)
        except Damage as problem:
            raise Failure(EXIT_DAMAGED, f"{dataset.file.filename} is damaged: {problem}") from None
        yield first, part
