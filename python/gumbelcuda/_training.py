# SPDX-License-Identifier: Apache-2.0
"""How fleets and sweeps are trained from Python: settings become arrays for C, the training runs on a thread of its
own, and the calling thread waits for it, reports progress and takes Ctrl-C.

The thread is why KeyboardInterrupt, and whatever else a signal handler or the caller's progress function raises, is
raised where the caller expects it. An exception that is raised inside a callback from C would be lost.
"""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gumbelcuda import _binding, _names

if TYPE_CHECKING:
    from gumbelcuda._checkpoint import Checkpoint

REPORT_SECONDS = 0.1  # the library reports no more often

KINDS = {"float32": "iuf", "float64": "iuf", "int32": "iu", "int64": "iu", "uint32": "iu", "uint64": "iu"}
BACKENDS = ("auto", "cpu", "cuda")  # in the order of their numbers


def per_gan(name: str, value: Any, dtype: str) -> np.ndarray:
    """One value for all GANs, [1], or one for each, [gan], of this type. The library checks their number and range."""
    array = np.asarray(value)
    if array.dtype.kind not in KINDS[dtype]:
        wanted = "numbers" if "f" in KINDS[dtype] else "whole numbers"
        raise TypeError(f"{name}: {value!r} is not one of, or an array of, {wanted}")
    if array.ndim > 1:
        raise ValueError(f"{name}: an array of shape {array.shape} has not one value for each GAN")
    array = np.atleast_1d(array)
    if np.dtype(dtype).kind in "iu":
        check_range(name, array, dtype)
    with np.errstate(over="ignore"):  # what float32 does not have becomes inf, which the library refuses by name
        return np.ascontiguousarray(array, dtype)


def check_range(name: str, array: np.ndarray, dtype: str) -> None:
    """Whole numbers must be those of the type: conversion would wrap them around."""
    limits = np.iinfo(dtype)
    for extreme in (array.min(), array.max()) if array.size else ():
        if not limits.min <= int(extreme) <= limits.max:
            raise ValueError(f"{name}: {extreme} is not in {limits.min} … {limits.max}")


def number(name: str, value: Any, dtype: str = "float64") -> Any:
    array = per_gan(name, value, dtype)
    if np.ndim(value) != 0:
        raise ValueError(f"{name}: an array of shape {np.shape(value)} is not one number")
    return array[0]


def whole_number(name: str, value: Any, dtype: str = "int64") -> int:
    return int(number(name, value, dtype))


def rate(network: str, of_network: Any, of_both: Any) -> np.ndarray:
    """A network's learning rate, if it has one of its own, or the one of both."""
    if of_network is None:
        return per_gan("learning_rate", of_both, "float32")
    return per_gan(f"{network}_learning_rate", of_network, "float32")


def not_zero(name: str, value: int) -> int:
    """0 stands for the default in C; in Python it is as wrong as in C++."""
    if value == 0:
        raise ValueError(f"{name}: 0 is not 1 or more")
    return value


def count_of_history(history_gans: Any, num_gans: int) -> int:
    return num_gans if history_gans == "all" else whole_number("history_gans", history_gans, "uint64")


def words(name: str, value: str | Sequence[str], allowed: Sequence[str]) -> np.ndarray:
    """The words' numbers: one for all GANs, [1], or one for each, [gan]."""
    given = [value] if isinstance(value, str) else list(value)
    for word in given:
        if word not in allowed:
            near = difflib.get_close_matches(str(word), allowed, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"{name}: {word!r} is not one of {', '.join(map(repr, allowed))}{hint}")
    return np.array([allowed.index(word) for word in given], np.int32)


class Settings:
    """A struct of settings, and the arrays that it points to."""

    def __init__(self, struct: str, **numbers: Any):
        self.struct = _binding.structs[struct]()
        self.struct.struct_size = ctypes.sizeof(self.struct)
        self.arrays: list[np.ndarray] = []
        for name, number in numbers.items():
            setattr(self.struct, name, number)

    def address(self, array: np.ndarray) -> int:
        self.arrays.append(array)
        return array.ctypes.data

    def set_array(self, name: str, array: np.ndarray) -> None:
        member = getattr(self.struct, name)
        member.data, member.count = self.address(array), len(array)

    def set_rows(self, name: str, rows: Sequence[np.ndarray]) -> None:
        """Rows of different lengths."""
        member = getattr(self.struct, name)
        member.data = self.address(np.concatenate(rows))
        member.length, member.count = self.address(np.array([len(row) for row in rows], np.int32)), len(rows)


def execution(
    backend: str, threads: int | None, cpu_target: str | None, devices: int | Sequence[int] | None
) -> Settings:
    where = Settings(
        "gumbelcuda_training_execution",
        backend=words("backend", backend, BACKENDS)[0],
        threads=0 if threads is None else whole_number("threads", threads, "int32"),
        cpu_target=None if cpu_target is None else cpu_target.encode(),
    )
    if devices is not None:
        where.set_array("devices", per_gan("devices", devices, "int32"))
    return where


class Result:
    """A result in the library's memory, which arrays made from it keep alive."""

    def __init__(self, kind: str, address: int):
        self._kind, self._address = kind, address
        self.view = _binding.structs[f"gumbelcuda_{kind}_view"]()
        self.view.struct_size = ctypes.sizeof(self.view)
        getattr(_binding.library, f"gumbelcuda_view_{kind}")(self._address, ctypes.byref(self.view))

    def __del__(self):
        getattr(_binding.library, f"gumbelcuda_destroy_{self._kind}")(self._address)

    def array(self, name: str, *shape: int, dtype: str = "float32") -> Any:
        """The member of this name, without a copy; None if the library has none."""
        address = getattr(self.view, name)
        if not address:
            return None
        bytes_of_it = int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
        memory: Any = (ctypes.c_uint8 * bytes_of_it).from_address(address)
        memory.owner = self
        return np.frombuffer(memory, dtype).reshape(shape)


class _Run:
    """One training on its thread."""

    def __init__(self, kind: str, settings: Settings, where: Settings, kept: Checkpoint | None):
        self.kind = kind
        self.function = f"gumbelcuda_train_{kind}" if kept is None else f"gumbelcuda_train_{kind}_kept"
        self.given = [each for each in (settings, kept, where) if each is not None]  # which C reads while it trains
        self.reports = reports = []
        self.result: Result
        self.failure: Exception | None = None
        self.stop = ctypes.c_int(0)
        where.struct.stop = ctypes.addressof(self.stop)

        def note(context: int | None, now: int, total: int) -> int:
            # Not of self: in a cycle of references the result's memory would wait for the collector.
            reports[:] = [(now, total)]
            return 0

        where.struct.on_progress = type(where.struct.on_progress)(note)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.train, name=f"gumbelcuda {kind}", daemon=True)

    def start(self) -> None:
        try:
            self.thread.start()
        except RuntimeError:  # none can be started
            self.ended.set()
            raise

    def train(self) -> None:
        try:
            self.train_and_keep()
        finally:
            self.ended.set()

    def train_and_keep(self) -> None:
        address = ctypes.c_void_p()
        structs = [ctypes.byref(each.struct) for each in self.given]
        status = getattr(_binding.library, self.function)(ctypes.byref(address), *structs)
        if status == 0:
            self.result = Result(self.kind, address.value or 0)
        else:  # the message is this thread's
            self.failure = _binding.failure(status)


def train(
    kind: str,
    settings: Settings,
    where: Settings,
    epochs: np.ndarray,
    progress: bool | Callable[[int, int], object],
    arguments: Mapping[str, Any],
    kept: Checkpoint | None = None,
) -> Result:
    """Trains a "fleet" or a "sweep". Whatever is raised meanwhile stops it first. epochs: of all GANs, [1], or of each,
    [gan]. arguments: the caller's, for errors."""
    with reporter(progress, gan_epochs(epochs, 0, settings.struct.num_gans)) as report:
        run = _Run(kind, settings, where, kept)
        try:
            run.start()
            while not run.ended.wait(REPORT_SECONDS):
                for each in run.reports:
                    report(*each)
                if kept is not None:
                    kept.warn()
        finally:
            if run.thread.ident is not None:  # it could be started
                run.stop.value = 1
                run.ended.wait()  # not join(): once interrupted, Python 3.11's takes a thread for ended that is not
                run.thread.join()
            if kept is not None:
                kept.warn()
        if type(run.failure) is ValueError:
            raise _names.setting_in_python(run.failure, arguments)
        if run.failure is not None:
            raise run.failure
        view = run.result.view
        total = gan_epochs(epochs, view.first_gan - settings.struct.first_gan, view.num_gans)
        report(total, total)
    return run.result


def gan_epochs(epochs: np.ndarray, first: int, count: int) -> int:
    """Of `count` GANs from `first` on."""
    return int(epochs[0]) * count if len(epochs) == 1 else int(epochs[first : first + count].sum())


@contextlib.contextmanager
def reporter(progress: bool | Callable[[int, int], object], total: int) -> Iterator[Callable[[int, int], object]]:
    """A function of the GAN-epochs that are done, and those of all, which tells `progress` of them when there are more.
    `total`: those of the whole run, of which a shard is a part."""
    latest = -1

    def tell(done: int, of: int) -> None:
        nonlocal latest
        if done > latest:
            latest = done
            progress(done, of)  # type: ignore[operator]

    if progress is True:
        with needed("tqdm.auto").tqdm(total=total, unit=" GAN-epochs", unit_scale=True) as bar:

            def show(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            yield show
    elif progress is False or progress is None:
        yield lambda done, of: None
    elif callable(progress):
        yield tell
    else:
        raise TypeError(f"progress: {progress!r} is neither True, False nor a function of (done, total)")


def needed(module: str) -> Any:
    """Imports a package of the extra `train`, on use."""
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise ImportError(
            f"this needs {name}, which cannot be imported ({error}): pip install 'gumbelcuda[train]'", name=name
        ) from error
